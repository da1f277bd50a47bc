"""What kernels are shaped for: `cpu.vector`, an attribute of the module.

  module attributes {cpu.vector = 256 : i64} { ... }       # AVX2: 16 registers of 8 floats

A module without it is for 512 bits: 32 registers of 16 floats.
"""

from xdsl.dialects.builtin import IntegerAttr, ModuleOp
from xdsl.ir import Operation

VECTOR = "cpu.vector"
WIDEST = 512
NARROW = 256


def vector_bits(op: Operation) -> int:
    """Bits of a vector register of the machine that the module around `op` is for: 512, or 256 where it has less."""
    top = op
    while (parent := top.parent_op()) is not None:
        top = parent
    bits = top.attributes.get(VECTOR)
    return NARROW if isinstance(bits, IntegerAttr) and bits.value.data < WIDEST else WIDEST


def set_vector_bits(module: ModuleOp, bits: int) -> None:
    """Shape the kernels of a module for registers of so many bits."""
    if bits != WIDEST:
        module.attributes[VECTOR] = IntegerAttr(bits, 64)
