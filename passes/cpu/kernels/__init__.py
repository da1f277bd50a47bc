"""How each level 3 op becomes a kernel: one family a file. `convert-cpu-to-kernels` collects them."""
