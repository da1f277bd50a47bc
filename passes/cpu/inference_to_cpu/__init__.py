"""The patterns of `convert-inference-to-cpu`, one file for each family of ops."""

from inferir.core.rewriting import Pattern
from inferir.passes.cpu.inference_to_cpu import (
    attention,
    convolution,
    decompositions,
    elementwise,
    half,
    matmul,
    normalization,
    pooling,
    recurrent,
    reductions,
    shape,
)

FAMILIES = (attention, convolution, decompositions, elementwise, half, matmul, normalization, pooling, recurrent, reductions, shape)
PATTERNS: tuple[Pattern, ...] = tuple(value for module in FAMILIES for value in vars(module).values() if isinstance(value, Pattern))
