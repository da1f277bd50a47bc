"""ONNX's names and numbers for types."""

from __future__ import annotations

from functools import cache, lru_cache

from xdsl.dialects import builtin
from xdsl.dialects.builtin import ComplexType, IntegerType, Signedness, TensorType, UnrankedTensorType
from xdsl.ir import Attribute

from inferir.dialects.framework.types import STRING, MapType, OptionalType, SeqType, SparseType

_UNSIGNED = Signedness.UNSIGNED
ONNX_ELEMENTS: dict[int, tuple[str, Attribute]] = {
    1: ("float", builtin.f32),
    2: ("uint8", IntegerType(8, _UNSIGNED)),
    3: ("int8", IntegerType(8)),
    4: ("uint16", IntegerType(16, _UNSIGNED)),
    5: ("int16", IntegerType(16)),
    6: ("int32", IntegerType(32)),
    7: ("int64", IntegerType(64)),
    8: ("string", STRING),
    9: ("bool", IntegerType(1)),
    10: ("float16", builtin.f16),
    11: ("double", builtin.f64),
    12: ("uint32", IntegerType(32, _UNSIGNED)),
    13: ("uint64", IntegerType(64, _UNSIGNED)),
    14: ("complex64", ComplexType(builtin.f32)),
    15: ("complex128", ComplexType(builtin.f64)),
    16: ("bfloat16", builtin.bf16),
    17: ("float8e4m3fn", builtin.Float8E4M3FNType()),
    18: ("float8e4m3fnuz", builtin.Float8E4M3FNUZType()),
    19: ("float8e5m2", builtin.Float8E5M2Type()),
    20: ("float8e5m2fnuz", builtin.Float8E5M2FNUZType()),
    21: ("uint4", IntegerType(4, _UNSIGNED)),
    22: ("int4", IntegerType(4)),
    23: ("float4e2m1", builtin.Float4E2M1FNType()),
    24: ("float8e8m0", builtin.Float8E8M0FNUType()),
    25: ("uint2", IntegerType(2, _UNSIGNED)),
    26: ("int2", IntegerType(2)),
    27: ("float6e2m3", builtin.Float6E2M3FNType()),
    28: ("float6e3m2", builtin.Float6E3M2FNType()),
}
"""TensorProto.DataType -> (name in ONNX's type strings, element type)."""

_NAMES: dict[Attribute, str] = {element: name for name, element in ONNX_ELEMENTS.values()}
_ELEMENTS: dict[str, Attribute] = {name: element for name, element in ONNX_ELEMENTS.values()}


@lru_cache(4096)
def onnx_name(type: Attribute) -> str | None:
    """ONNX's text for a type, such as `tensor(float)` or `seq(tensor(int64))`; None where the type is not known or ONNX has no such type."""
    match type:
        case TensorType() | UnrankedTensorType():
            element = _NAMES.get(type.element_type)
            return element and f"tensor({element})"
        case SeqType():
            inner = onnx_name(type.element)
            return inner and f"seq({inner})"
        case OptionalType():
            inner = onnx_name(type.element)
            return inner and f"optional({inner})"
        case SparseType():
            inner = onnx_name(type.element)
            return inner and f"sparse_{inner}"
        case MapType():
            key, value = _NAMES.get(type.key), onnx_name(type.value)
            if isinstance(type.value, TensorType) and not type.value.get_shape():
                value = _NAMES.get(type.value.element_type)
            return f"map({key}, {value})" if key and value else None
    return None


@cache
def type_of_onnx_name(text: str) -> Attribute:
    """The type of an ONNX type string, tensors unranked: `seq(tensor(float))` -> `!framework.seq<tensor<*xf32>>`."""
    head, _, rest = text.partition("(")
    body = rest[:-1]
    match head:
        case "tensor":
            return UnrankedTensorType(_ELEMENTS[body])
        case "seq":
            return SeqType(type_of_onnx_name(body))
        case "optional":
            return OptionalType(type_of_onnx_name(body))
        case "sparse_tensor":
            return SparseType(UnrankedTensorType(_ELEMENTS[body]))
        case "map":
            key, value = body.split(", ", 1)
            return MapType(_ELEMENTS[key], TensorType(_ELEMENTS[value], []) if value in _ELEMENTS else type_of_onnx_name(value))
    raise ValueError(f"'{text}' is not an ONNX type")
