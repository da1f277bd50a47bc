"""Reductions along axes, and running sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, i1, i64
from xdsl.irdl import operand_def, result_def

from inferir.core import Cost, define, enum, flag, integer, ints
from inferir.core.casts import widened
from inferir.core.dims import DimLike, Shape
from inferir.core.op import elements_of, unknown_dim
from inferir.core.ranges import check_range
from inferir.core.relations import at_most
from inferir.dialects.inference.base import InferenceOp


def _logsumexp(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> np.ndarray:
    top = x.max(axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return total if keepdims else total.squeeze(axis)


def _extreme(x: np.ndarray, axis: tuple[int, ...], keepdims: bool, largest: bool) -> np.ndarray:
    """The largest or smallest; over no elements at all the other end of the dtype."""
    if x.dtype.kind == "b":
        return np.asarray((x.any if largest else x.all)(axis=axis, keepdims=keepdims))
    if x.dtype.kind in "iu":
        empty = np.iinfo(x.dtype).min if largest else np.iinfo(x.dtype).max
    else:
        empty = x.dtype.type(-np.inf if largest else np.inf)
    return (np.max if largest else np.min)(x, axis=axis, keepdims=keepdims, initial=empty)


_KINDS: dict[str, Any] = {
    "sum": lambda x, a, k: x.sum(axis=a, keepdims=k, dtype=x.dtype),
    "mean": lambda x, a, k: x.mean(axis=a, keepdims=k),
    "max": lambda x, a, k: _extreme(x, a, k, True),
    "min": lambda x, a, k: _extreme(x, a, k, False),
    "prod": lambda x, a, k: x.prod(axis=a, keepdims=k, dtype=x.dtype),
    "l1": lambda x, a, k: np.abs(x).sum(axis=a, keepdims=k),
    "l2": lambda x, a, k: np.sqrt((x.astype(np.result_type(x, np.float32)) ** 2).sum(axis=a, keepdims=k)),
    "sum_square": lambda x, a, k: (x * x).sum(axis=a, keepdims=k),
    "logsumexp": _logsumexp,
    "any": lambda x, a, k: x.any(axis=a, keepdims=k),
    "all": lambda x, a, k: x.all(axis=a, keepdims=k),
}


@define
class ReduceOp(InferenceOp):
    """One element from all along some axes.

    kind      sum, mean, max, min, prod, l1 (sum |x|), l2 (sqrt of sum x^2), sum_square, logsumexp; any, all of booleans
    axes      the axes that go; none: x stays as it is (all axes are written out)
    keepdims  they stay, with one element

    Source: ONNX ReduceSum-13, ReduceMean-18 and their like. Example:
        %y = inference.reduce %x kind mean axes [2, 3] keepdims : (tensor<1x8x7x7xf32>) -> tensor<1x8x1x1xf32>
    """

    name = "inference.reduce"
    x = operand_def()
    kind = enum(*_KINDS)
    axes = ints(())
    keepdims = flag()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """x's dimensions without the axes, or with 1 in their place."""
        gone = normal_axes(self, self.axes, len(x))
        if len(set(gone)) != len(gone):
            self.error(f"axes {list(self.axes)} name one axis twice")
        kept: list[DimLike] = [1 if i in gone else d for i, d in enumerate(x) if self.keepdims or i not in gone]
        return tuple(kept)

    def infer_dtype(self, x: Any) -> Any:
        """x's."""
        if self.kind in ("any", "all") and x != i1:
            self.error(f"{self.kind} is of booleans, x is {x}")
        return x

    def cost(self) -> Cost:
        """One operation per element of x."""
        return Cost(elements_of(self.x), super().cost().bytes)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy; half precision is summed in single."""
        return reduced(x, self.kind, self.axes, self.keepdims)


def reduced(x: np.ndarray, kind: str, axes: tuple[int, ...], keepdims: bool) -> np.ndarray:
    """A reduction over some axes."""
    axes = tuple(a % x.ndim for a in axes) if x.ndim else ()
    return np.asarray(_KINDS[kind](widened(x), axes, keepdims)).astype(x.dtype)


def normal_axes(op: InferenceOp, axes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Axes counted from the front."""
    for axis in axes:
        if not -max(rank, 1) <= axis < max(rank, 1):
            op.error(f"axis {axis} is outside of x, which has rank {rank}")
    return tuple(a % rank for a in axes) if rank else ()


class ArgReduce(InferenceOp):
    """The place of an extreme element along one axis, i64. Of equal ones the first, or the last under `last`; of none an error."""

    x = operand_def()
    axis = integer(0)
    keepdims = flag()
    last = flag()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """x's dimensions without the axis, or with 1 in its place."""
        gone = normal_axes(self, (self.axis,), len(x))
        return tuple(1 if i in gone else d for i, d in enumerate(x) if self.keepdims or i not in gone)

    def infer_dtype(self, x: Any) -> Any:
        """i64."""
        return i64

    def place(self, x: np.ndarray, function: Any) -> np.ndarray:
        """Where along the axis `function` (argmax, argmin) finds its element."""
        if x.ndim and x.shape[self.axis] == 0 and x.sum(axis=self.axis).size:
            raise ValueError(f"axis {self.axis} has no elements, none of them is the extreme one")
        if x.size == 0 or x.ndim == 0:
            return np.asarray(x.sum(axis=self.axis if x.ndim else None, keepdims=self.keepdims), np.int64)
        if not self.last:
            return np.asarray(function(x, axis=self.axis, keepdims=self.keepdims), np.int64)
        return np.asarray(x.shape[self.axis] - 1 - function(np.flip(x, self.axis), axis=self.axis, keepdims=self.keepdims), np.int64)


@define
class ArgmaxOp(ArgReduce):
    """The place of the largest element along an axis.

    Source: ONNX ArgMax-13. Example:
        %y = inference.argmax %x axis 1 keepdims : (tensor<2x5xf32>) -> tensor<2x1xi64>
    """

    name = "inference.argmax"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return self.place(x, np.argmax)


@define
class ArgminOp(ArgReduce):
    """The place of the smallest element along an axis.

    Source: ONNX ArgMin-13. Example:
        %y = inference.argmin %x axis -1 last : (tensor<2x5xf32>) -> tensor<2xi64>
    """

    name = "inference.argmin"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return self.place(x, np.argmin)


@define
class CumulateOp(InferenceOp):
    """Running sums or products along an axis.

    axis       a scalar operand, since ONNX computes it
    exclusive  element i is over the elements before i
    reverse    from the end

    Source: ONNX CumSum-14, CumProd-26. Example:
        %y = inference.cumulate %x, %axis exclusive : (tensor<5xf32>, tensor<i32>) -> tensor<5xf32>
    """

    name = "inference.cumulate"
    SHAPE_OPERANDS = ("axis",)
    x = operand_def()
    axis = operand_def()
    kind = enum("sum", "prod")
    exclusive = flag()
    reverse = flag()
    result = result_def()

    def infer_shape(self, x: Shape, axis: Shape, known: dict[str, Any]) -> Shape:
        """The shape of x."""
        self.check_scalar("axis", axis)
        for number in known["axis"] or ():
            if isinstance(number, int):
                check_range("axis", number, -max(len(x), 1), max(len(x), 1))
        return x

    def infer_dtype(self, x: Any, axis: Any) -> Any:
        """x's."""
        if not isinstance(axis, IntegerType) or axis.width.data < 32:
            self.error(f"`axis` is {axis}, must be i32 or i64")
        return x

    def reference(self, x: np.ndarray, axis: np.ndarray) -> np.ndarray:
        """numpy."""
        check_range("axis", axis, -max(x.ndim, 1), max(x.ndim, 1))
        along = int(axis.reshape(-1)[0])
        y = np.flip(x, along) if self.reverse else x
        if self.exclusive and x.size:
            first = np.full_like(y.take([0], along), 0 if self.kind == "sum" else 1)
            y = np.concatenate([first, y.take(range(y.shape[along] - 1), along)], along)
        y = (np.cumsum if self.kind == "sum" else np.cumprod)(y, axis=along, dtype=x.dtype)
        return np.flip(y, along) if self.reverse else y


@define
class TopkOp(InferenceOp):
    """The k largest (or smallest) elements along an axis and their places, in order; of equal ones the earlier. NaN is the largest.

    k  a tensor of one i64

    Source: ONNX TopK-24. Example:
        %v, %i = inference.topk %x, %k smallest : (tensor<3x9xf32>, tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>)
    """

    name = "inference.topk"
    SHAPE_OPERANDS = ("k",)
    x = operand_def()
    k = operand_def()
    axis = integer(-1)
    smallest = flag()
    result = result_def()
    indices = result_def()

    def infer_shape(self, x: Shape, k: Shape, known: dict[str, Any]) -> Any:
        """x's shape with k along the axis."""
        (axis,) = normal_axes(self, (self.axis,), len(x))
        self.check_scalar("k", k)
        count = known["k"][0] if known["k"] else unknown_dim()
        length = x[axis]
        if (isinstance(count, int) and count < 0) or at_most(count, length, "k is more than the axis has elements").fails():
            self.error(f"k is {count}, axis {axis} has {length} elements")
        shape = (*x[:axis], count, *x[axis + 1 :])
        return [shape, shape]

    def infer_dtype(self, x: Any, k: Any) -> Any:
        """x's, and i64."""
        if not isinstance(k, IntegerType) or k.width.data < 32:
            self.error(f"`k` is {k}, must be i32 or i64")
        return [x, i64]

    def reference(self, x: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """numpy: a stable sort."""
        order = _sorted(x, self.axis, self.smallest).take(range(int(k.reshape(-1)[0])), self.axis)
        return np.take_along_axis(x, order, self.axis), order.astype(np.int64)


def _sorted(x: np.ndarray, axis: int, ascending: bool) -> np.ndarray:
    """The places of x in order along an axis; NaN is the largest, of equal ones the first comes first."""
    if x.dtype.kind in "iub":
        return np.argsort(x if ascending else ~x, axis=axis, kind="stable")
    number = x.astype(np.float64)
    nan = np.isnan(number)
    return np.lexsort((number, nan) if ascending else (-number, ~nan), axis=axis)
