"""The cpu target: from the inference dialect to kernels on one arena, by optimisation level.

A level takes what holds on any target (`passes/inference/pipeline.py`), then lowers.
"""

from inferir.core import pipeline
from inferir.passes.inference import pipeline as inference

CONVERT = pipeline(
    "func.func(encode-strings)",  # those that are only compared with constants are numbers
    "func.func(bind-symbols)",  # the sizes that weights dictate
    "func.func(select-integer-kernels)",  # products of bytes as products of bytes
    "convert-inference-to-cpu{fallback=true}",
)

MEMORY = pipeline(
    "outline-fallback",  # what has no kernel runs between native functions
    "bufferize",  # concatenations, slices and reshapes become views of the buffers they belong to
    "plan-arena",  # after this there are no tensors, only offsets
    "convert-cpu-to-kernels",
)

LOWER = pipeline(
    CONVERT,
    "select-tiles",
    "pack-weights",
    MEMORY,
)

FUSE = pipeline(
    CONVERT,
    "fold-head-transposes",  # attention reads heads where projections have them
    "fuse-epilogue",  # bias, activation, residual: on the accumulators
    "func.func(reduce-strength)",  # their arithmetic in cheaper instructions
    "select-conv-algorithm",
    "select-tiles",
    "pack-weights",  # once, at compile time
    "cse",
)

NONE = pipeline(inference.NONE, LOWER)

BASIC = pipeline(inference.BASIC, LOWER)

EXTENDED = pipeline(inference.EXTENDED, FUSE, MEMORY)

LAYOUT = pipeline(
    inference.LAYOUT,
    "func.func(lower-quantization,fold-constants)",
    "func.func(legalize-precision)",
    "propagate-layout{to=nhwc}",  # transposes meet and cancel; what is left sits at the edges of the graph
    "cse",  # an input that two convolutions read is transposed once
    FUSE,
    MEMORY,
)
