"""Tensor types and numpy dtypes, one table both ways."""

from __future__ import annotations

from collections.abc import Sequence

import ml_dtypes
import numpy as np
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    BFloat16Type,
    ComplexType,
    Float16Type,
    Float32Type,
    Float64Type,
    IndexType,
    IntegerType,
    Signedness,
    TensorType,
    UnrankedTensorType,
)
from xdsl.ir import Attribute, SSAValue

from inferir.core.dims import DimLike, Shape

_FROM_NUMPY: dict[np.dtype, Attribute] = {
    np.dtype(np.float32): Float32Type(),
    np.dtype(np.float64): Float64Type(),
    np.dtype(np.float16): Float16Type(),
    np.dtype(ml_dtypes.bfloat16): BFloat16Type(),
    np.dtype(np.bool_): IntegerType(1),
    np.dtype(np.complex64): ComplexType(Float32Type()),
    np.dtype(np.complex128): ComplexType(Float64Type()),
    **{np.dtype(f"i{w // 8}"): IntegerType(w) for w in (8, 16, 32, 64)},
    **{np.dtype(f"u{w // 8}"): IntegerType(w, Signedness.UNSIGNED) for w in (8, 16, 32, 64)},
    np.dtype(ml_dtypes.int4): IntegerType(4),
    np.dtype(ml_dtypes.uint4): IntegerType(4, Signedness.UNSIGNED),
    np.dtype(ml_dtypes.int2): IntegerType(2),
    np.dtype(ml_dtypes.uint2): IntegerType(2, Signedness.UNSIGNED),
}
for _numpy_name, _mlir_name in (
    ("float8_e4m3fn", "Float8E4M3FNType"),
    ("float8_e4m3fnuz", "Float8E4M3FNUZType"),
    ("float8_e5m2", "Float8E5M2Type"),
    ("float8_e5m2fnuz", "Float8E5M2FNUZType"),
    ("float8_e8m0fnu", "Float8E8M0FNUType"),
    ("float4_e2m1fn", "Float4E2M1FNType"),
    ("float6_e2m3fn", "Float6E2M3FNType"),
    ("float6_e3m2fn", "Float6E3M2FNType"),
):
    import xdsl.dialects.builtin as _builtin

    if hasattr(_builtin, _mlir_name):
        _FROM_NUMPY[np.dtype(getattr(ml_dtypes, _numpy_name))] = getattr(_builtin, _mlir_name)()

_TO_NUMPY: dict[Attribute, np.dtype] = {element: dtype for dtype, element in _FROM_NUMPY.items()}
_TO_NUMPY[IndexType()] = np.dtype(np.int64)


def register_element(element: Attribute, dtype: np.dtype) -> None:
    """Say how numpy holds an element type of a dialect (strings are objects)."""
    _TO_NUMPY[element] = dtype


def numpy_dtype(element: Attribute) -> np.dtype:
    """The numpy dtype of an element type. Signless integers are signed. Raises ValueError for types numpy cannot hold."""
    try:
        return _TO_NUMPY[element]
    except KeyError:
        raise ValueError(f"no numpy dtype for element type {element}") from None


def element_type(dtype: np.dtype | type) -> Attribute:
    """The element type of a numpy dtype. Raises ValueError for dtypes the IR has no type for."""
    try:
        return _FROM_NUMPY[np.dtype(dtype)]
    except KeyError:
        raise ValueError(f"no element type for numpy dtype {dtype}") from None


def tensor(shape: Sequence[DimLike], element: Attribute) -> TensorType:
    """A tensor type; symbolic dimensions become `?`."""
    return TensorType(element, [d if isinstance(d, int) else DYNAMIC_INDEX for d in shape])


def opened(type: Attribute) -> Attribute:
    """A type without the sizes that it declares: a tensor's rank and element type are kept; what is no ranked tensor is as it was."""
    return TensorType(type.element_type, [DYNAMIC_INDEX] * type.get_num_dims()) if isinstance(type, TensorType) else type


def tensor_of(array: np.ndarray) -> TensorType:
    """The type of an array."""
    return TensorType(element_type(array.dtype), list(array.shape))


def is_ranked(type: Attribute) -> bool:
    """Whether a type is a tensor of known rank."""
    return isinstance(type, TensorType)


def is_static(type: Attribute) -> bool:
    """Whether a type is a tensor whose every dimension is a number."""
    return isinstance(type, TensorType) and DYNAMIC_INDEX not in type.get_shape()


UNKNOWN = -1
"""An unknown dimension in `shape_of`, spelled as reshape spells it."""


class Unranked(Exception):
    """Raised by `ranked` for a tensor of unknown rank; a pattern that meets one declines."""


def ranked(value: SSAValue) -> TensorType:
    """The type of a tensor value. Raises Unranked where its rank is not known."""
    if not isinstance(value.type, TensorType):
        raise Unranked(f"the rank of a value of type {value.type} is not known")
    return value.type


def shape_of(value: SSAValue) -> tuple[int, ...]:
    """The declared dimensions of a tensor value, UNKNOWN for those that are not numbers. Raises Unranked where there are none."""
    return tuple(UNKNOWN if d == DYNAMIC_INDEX else d for d in ranked(value).get_shape())


def named_shape(value: SSAValue) -> tuple[int | str, ...]:
    """The declared dimensions as a reshape of the value names them: numbers, `d0`, `d1`, ... for those that are not."""
    return tuple(f"d{axis}" if size == UNKNOWN else size for axis, size in enumerate(shape_of(value)))


def is_open(operand: SSAValue, whole: SSAValue) -> bool:
    """Whether a dimension of an operand is not known where that of what it is broadcast to is: it may be 1 when the model runs."""
    return any(a == UNKNOWN != b for a, b in zip(reversed(shape_of(operand)), reversed(shape_of(whole)), strict=False))


def element_of(value: SSAValue) -> Attribute:
    """The element type of a ranked tensor value."""
    return ranked(value).element_type


def refines(new: Attribute, old: Attribute) -> bool:
    """Whether `new` says the same as `old` or more: same element type, and every dimension that both give is equal."""
    if new == old:
        return True
    if isinstance(old, UnrankedTensorType):
        return isinstance(new, TensorType | UnrankedTensorType) and new.element_type == old.element_type
    if not isinstance(new, TensorType) or not isinstance(old, TensorType) or new.element_type != old.element_type:
        return False
    a, b = new.get_shape(), old.get_shape()
    return len(a) == len(b) and all(x == y or DYNAMIC_INDEX in (x, y) for x, y in zip(a, b, strict=True))


def static_shape(type: Attribute) -> Shape | None:
    """The shape of a static tensor type, or None."""
    return tuple(type.get_shape()) if isinstance(type, TensorType) and is_static(type) else None
