"""TensorFlow's numbers for element types, and the words of the table for them."""

from __future__ import annotations

from xdsl.dialects import builtin
from xdsl.dialects.builtin import ComplexType, IntegerType, Signedness
from xdsl.ir import Attribute

from inferir.dialects.framework.types import STRING

_UNSIGNED = Signedness.UNSIGNED
TF_ELEMENTS: dict[int, Attribute] = {
    1: builtin.f32,
    2: builtin.f64,
    3: IntegerType(32),
    4: IntegerType(8, _UNSIGNED),
    5: IntegerType(16),
    6: IntegerType(8),
    7: STRING,
    8: ComplexType(builtin.f32),
    9: IntegerType(64),
    10: IntegerType(1),
    11: IntegerType(8),
    12: IntegerType(8, _UNSIGNED),
    13: IntegerType(32),
    14: builtin.bf16,
    15: IntegerType(16),
    16: IntegerType(16, _UNSIGNED),
    17: IntegerType(16, _UNSIGNED),
    18: ComplexType(builtin.f64),
    19: builtin.f16,
    22: IntegerType(32, _UNSIGNED),
    23: IntegerType(64, _UNSIGNED),
}
"""DataType -> element type (quantised ones as the integers they are). Resources (20) and variants (21) have none. Source: types.proto."""
REFERENCE = 100
"""Added to a DataType for a reference to a value of it."""
WORDS: dict[str, Attribute] = {
    "f32": builtin.f32,
    "i32": IntegerType(32),
    "i64": IntegerType(64),
    "u8": IntegerType(8, _UNSIGNED),
    "bool": IntegerType(1),
    "string": STRING,
    "c64": ComplexType(builtin.f32),
}
"""How the table writes element types; `any` is a value of no element type."""


def tf_element(number: int) -> Attribute | None:
    """The element type of a DataType, None for one that tensors of numbers or strings do not have."""
    return TF_ELEMENTS.get(number % REFERENCE)
