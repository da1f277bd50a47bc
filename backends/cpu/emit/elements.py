"""How the elements of a tensor lie in memory, and what they are in registers."""

from dataclasses import dataclass

from xdsl.dialects.builtin import BFloat16Type, Float16Type, Float32Type, Float64Type, IndexType, IntegerType
from xdsl.ir import Attribute

from inferir.core.types import numpy_dtype


@dataclass(frozen=True)
class Element:
    """One element. A bool is a byte in memory and a bit in registers; a bfloat16 is its 16 bits in both."""

    stored: str
    """LLVM's type of it in memory."""
    value: str
    """LLVM's type of it in registers."""
    bytes: int


F32 = Element("float", "float", 4)
_FLOATS: dict[type[Attribute], Element] = {
    Float64Type: Element("double", "double", 8),
    Float32Type: F32,
    Float16Type: Element("half", "half", 2),
    BFloat16Type: Element("i16", "i16", 2),
    IndexType: Element("i64", "i64", 8),
}


def element(type: Attribute) -> Element:
    """The element of a tensor, memref or region type. What no region computes with is its bits."""
    known = _FLOATS.get(type.__class__)
    if known is not None:
        return known
    if type == IntegerType(1):
        return Element("i8", "i1", 1)
    bytes = numpy_dtype(type).itemsize
    return Element(f"i{8 * bytes}", f"i{8 * bytes}", bytes)
