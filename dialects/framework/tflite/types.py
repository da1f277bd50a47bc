"""TFLite's numbers and names for element types."""

from __future__ import annotations

from functools import lru_cache

from xdsl.dialects import builtin
from xdsl.dialects.builtin import ComplexType, IntegerType, Signedness, TensorType, UnrankedTensorType
from xdsl.ir import Attribute

from inferir.dialects.framework.types import STRING

_UNSIGNED = Signedness.UNSIGNED
TFLITE_ELEMENTS: dict[str, Attribute] = {
    "FLOAT32": builtin.f32,
    "FLOAT16": builtin.f16,
    "INT32": IntegerType(32),
    "UINT8": IntegerType(8, _UNSIGNED),
    "INT64": IntegerType(64),
    "STRING": STRING,
    "BOOL": IntegerType(1),
    "INT16": IntegerType(16),
    "COMPLEX64": ComplexType(builtin.f32),
    "INT8": IntegerType(8),
    "FLOAT64": builtin.f64,
    "COMPLEX128": ComplexType(builtin.f64),
    "UINT64": IntegerType(64, _UNSIGNED),
    "UINT32": IntegerType(32, _UNSIGNED),
    "UINT16": IntegerType(16, _UNSIGNED),
    "INT4": IntegerType(4),
    "BFLOAT16": builtin.bf16,
}
"""Name in the enum TensorType -> element type. RESOURCE and VARIANT have none: such values are `!framework.any`."""
_NAMES = {element: name for name, element in TFLITE_ELEMENTS.items()}


@lru_cache(4096)
def tflite_name(type: Attribute) -> str | None:
    """TFLite's name of a tensor's element type, None for what is no tensor of its types."""
    return _NAMES.get(type.element_type) if isinstance(type, TensorType | UnrankedTensorType) else None
