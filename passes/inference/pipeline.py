"""The optimisation levels that hold on any target; each contains the one before it.

A target's own pipelines (`passes/<target>/pipeline.py`) begin with these.
"""

from inferir.core import pipeline

NONE = pipeline(
    "inline",  # functions of the source model become part of the graph
    "func.func(functionalize)",  # what a program writes to becomes a new value
    "framework-to-eval",  # dropout and batch norm in their inference form; no losses, gradients, optimizers
    "convert-framework-to-inference",
    "func.func(check-declared-shapes,infer-shapes)",  # what types declare is proven or checked
)

CLEAN = pipeline(  # O1 and O2: what the weights alone decide, and what decides nothing
    "func.func(fold-constants,canonicalize)",
    "func.func(fold-shape-values,infer-ranks,infer-shapes,fold-index-values)",  # dynamic graphs shed their Shape, Gather, Concat chains, and position masks
    "func.func(fold-constants,canonicalize,cse)",
)

BASIC = pipeline(
    NONE,
    "func.func(bind-symbols,infer-ranks,infer-shapes)",  # a squeeze of whatever is 1 then has a known rank
    "func.func(move-quantization)",  # what was quantised stays in bytes from kernel to kernel
    "func.func(compute-in-integers)",  # before the weights become floats
    "merge-duplicate-weights",
    CLEAN,
    "func.func(fuse-attention,fuse-rope)",  # O3: before transposes move
    "func.func(push-transposes)",  # those that meet cancel; a lone one ends at a matrix product, or at the end
    "func.func(fold-pad,fold-batch-norm,fold-scale-and-shift)",  # O3: into the windows, weights and biases
    "func.func(fuse-layer-norm,fuse-gelu,fuse-silu,fuse-hard-swish)",  # O3: formulas that exporters take apart
    CLEAN,
)

EXTENDED = pipeline(BASIC)

LAYOUT = pipeline(EXTENDED)
