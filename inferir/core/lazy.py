"""Constants that compute like numpy arrays and stay lazy: `w * s` is a fold, not a multiplication done now.

Patterns get them from `Rewriter.constants`. Operators, `np.sqrt` and friends, `reshape`, `transpose` and `astype` build
folds over the ops of the `inference` dialect; small results are computed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, Block

from inferir.core.constants import DENSE_LIMIT, constant_attribute, constant_value, fold, is_constant_attribute, is_written_out
from inferir.core.types import numpy_dtype, tensor_of

if TYPE_CHECKING:
    from inferir.core.context import Context

_UFUNCS = {
    np.add: "inference.add",
    np.subtract: "inference.sub",
    np.multiply: "inference.mul",
    np.divide: "inference.div",
    np.sqrt: "inference.sqrt",
    np.exp: "inference.exp",
    np.negative: "inference.neg",
    np.maximum: "inference.maximum",
    np.minimum: "inference.minimum",
    np.power: "inference.pow",
}


class Lazy(NDArrayOperatorsMixin):
    """A constant of the IR that stands in for its array."""

    def __init__(self, value: Attribute, type: TensorType, ctx: Context):
        self.value = value
        self.type = type
        self.ctx = ctx

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.type.get_shape())

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype:
        return numpy_dtype(self.type.element_type)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def numpy(self) -> np.ndarray:
        """The numbers, computed now."""
        return constant_value(self.value, self.ctx)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.numpy(), dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or ufunc not in _UFUNCS:
            return NotImplemented
        return apply(_UFUNCS[ufunc], [_lazy(i, self) for i in inputs], self.ctx)

    def reshape(self, *shape: Any) -> Lazy:
        """The same elements in another shape; one dimension may be -1."""
        dims = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else tuple(shape)
        if -1 in dims:
            known = -int(np.prod(dims, dtype=np.int64))
            dims = tuple(self.size // known if d == -1 else d for d in dims)
        return self if dims == self.shape else apply("inference.reshape", [self], self.ctx, shape=dims)

    def transpose(self, *permutation: int) -> Lazy:
        """Axes in another order."""
        return apply("inference.transpose", [self], self.ctx, permutation=permutation)

    def sum(self, *axes: int) -> Lazy:
        """The sum over some axes, which go."""
        return apply("inference.reduce", [self], self.ctx, kind="sum", axes=axes)

    def broadcast_to(self, *shape: int) -> Lazy:
        """The elements repeated to another shape."""
        return self if shape == self.shape else apply("inference.broadcast", [self], self.ctx, shape=shape)

    def astype(self, dtype: Any) -> Lazy:
        """Another element type."""
        from inferir.core.types import element_type, tensor

        if np.dtype(dtype) == self.dtype:
            return self
        type = tensor(self.shape, element_type(np.dtype(dtype)))
        return settle(fold("inference.cast", [self.value], {}, type), type, self.ctx)


def lazy_array(array: np.ndarray, ctx: Context) -> Lazy:
    """An array as a constant: `dense` where it is small, an entry of the WeightStore by content where not."""
    array = np.asarray(array, order="C")
    if array.nbytes <= DENSE_LIMIT:
        return Lazy(constant_attribute(array), tensor_of(array), ctx)
    import hashlib

    from xdsl.dialects.builtin import StringAttr

    from inferir.core.constants import WeightAttr

    key = "const." + hashlib.sha256(str((array.shape, array.dtype)).encode() + array.tobytes()).hexdigest()[:16]
    if key not in ctx.weights:
        array.setflags(write=False)
        ctx.weights.add(key, array)
    return Lazy(WeightAttr(StringAttr(key)), tensor_of(array), ctx)


def apply(op_name: str, args: Sequence[Lazy], ctx: Context, **properties: Any) -> Lazy:
    """The value of an op on constants, as a lazy constant of the type the op infers."""
    key = (op_name, *((a.shape, a.type.element_type) for a in args), *properties.items())
    if key not in ctx.fold_types:
        block = Block(arg_types=[a.type for a in args])
        op = ctx.get_op(op_name).make(*block.args, **properties)  # pyright: ignore[reportAttributeAccessIssue]
        ctx.fold_types[key] = op.results[0].type, op.properties
    type, encoded = ctx.fold_types[key]
    return settle(fold(op_name, [a.value for a in args], encoded, type), type, ctx)


def settle(value: Attribute, type: TensorType, ctx: Context) -> Lazy:
    """A fold, or its value where that is small and made of small parts only."""
    size = int(np.prod(type.get_shape(), dtype=np.int64)) * numpy_dtype(type.element_type).itemsize
    if size <= DENSE_LIMIT and all(is_written_out(a) for a in value.args.data):  # pyright: ignore[reportAttributeAccessIssue]
        return Lazy(constant_attribute(constant_value(value, ctx)), type, ctx)
    return Lazy(value, type, ctx)


def _lazy(value: Any, like: Lazy) -> Lazy:
    if isinstance(value, Lazy):
        return value
    if isinstance(value, Attribute) and is_constant_attribute(value):
        return lazy_array(constant_value(value, like.ctx), like.ctx)
    return lazy_array(np.asarray(value, like.dtype), like.ctx)
