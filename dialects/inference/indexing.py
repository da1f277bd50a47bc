"""Reading and writing elements at computed places. A negative index counts from the end."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType
from xdsl.irdl import operand_def, result_def

from inferir.core import define, enum, integer
from inferir.core.casts import widened
from inferir.core.dims import Shape, differ, same, shape_text
from inferir.core.ranges import check_range
from inferir.core.types import shape_of
from inferir.dialects.inference.base import InferenceOp, axis_in


class Indexed(InferenceOp):
    """x read at the places that `indices` (i32 or i64) says."""

    x = operand_def()
    indices = operand_def()
    result = result_def()

    def infer_dtype(self, x: Any, indices: Any, *updates: Any) -> Any:
        """x's."""
        if not isinstance(indices, IntegerType) or indices.width.data < 32:
            self.error(f"indices are {indices}, must be i32 or i64")
        if any(u != x for u in updates):
            self.error(f"updates are {updates[0]}, x is {x}; insert a cast")
        return x


def index_of(axis: int) -> str:
    """What errors call an index of an axis."""
    return f"index along axis {axis}"


def check_index(axis: int, indices: np.ndarray, shape: tuple[int, ...]) -> None:
    """Raise OutOfRange unless all are indices of an axis, the negative ones from its end."""
    check_range(index_of(axis), indices, -shape[axis], shape[axis])


@define
class GatherOp(Indexed):
    """Slices of x along an axis: y[..., i, ...] = x[..., indices[i], ...]. An embedding is gather of its table at axis 0.

    Source: ONNX Gather-13. Example:
        %y = inference.gather %x, %i : (tensor<30522x768xf32>, tensor<1x128xi64>) -> tensor<1x128x768xf32>
    """

    name = "inference.gather"
    SYMBOLIC = True
    axis = integer(0)

    def infer_shape(self, x: Shape, indices: Shape) -> Shape:
        """x's dimensions with those of the indices in place of the axis."""
        axis = axis_in(self, self.axis, len(x))
        return (*x[:axis], *indices, *x[axis + 1 :])

    def reference(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """numpy."""
        check_index(self.axis % x.ndim, indices, x.shape)
        return np.take(x, indices.astype(np.int64), axis=self.axis)


@define
class GatherElementsOp(Indexed):
    """One element of x per index: y[i][j] = x[indices[i][j]][j] for axis 0.

    Source: ONNX GatherElements-13. Example:
        %y = inference.gather_elements %x, %i axis 1 : (tensor<3x3xf32>, tensor<3x2xi64>) -> tensor<3x2xf32>
    """

    name = "inference.gather_elements"
    axis = integer(0)

    def infer_shape(self, x: Shape, indices: Shape) -> Shape:
        """The shape of the indices."""
        within(self, x, indices)
        return indices

    def reference(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """numpy."""
        return x[_elements_at(x.shape, indices, self.axis)]


def within(op: GatherElementsOp | ScatterElementsOp, x: Shape, indices: Shape) -> None:
    """Raise unless there is an index for some places of x: of its rank, and nowhere longer but along the axis."""
    axis = axis_in(op, op.axis, len(x))
    if len(x) != len(indices):
        op.error(f"indices {shape_text(indices)} need the rank of x {shape_text(x)}")
    if any(isinstance(excess := b - a, int) and excess > 0 for i, (a, b) in enumerate(zip(x, indices, strict=True)) if i != axis):
        op.error(f"indices {shape_text(indices)} reach beyond x {shape_text(x)} off axis {axis}")


def _elements_at(shape: tuple[int, ...], indices: np.ndarray, axis: int) -> tuple[np.ndarray, ...]:
    """The full index of every element of `indices`. Raises OutOfRange where one is out of range."""
    axis %= len(shape)
    check_index(axis, indices, shape)
    grid: list[np.ndarray] = list(np.indices(indices.shape, sparse=True))
    grid[axis] = np.where(indices < 0, indices + shape[axis], indices)
    return tuple(grid)


@define
class GatherNdOp(Indexed):
    """Slices of x at index tuples: y[b][i] = x[b][tuple(indices[b][i])]; the tuples are the last dimension of `indices`.

    batch_dims  leading dimensions that x and indices share

    Source: ONNX GatherND-13. Example:
        %y = inference.gather_nd %x, %i : (tensor<2x2xf32>, tensor<2x2xi64>) -> tensor<2xf32>
    """

    name = "inference.gather_nd"
    batch_dims = integer(0)

    def infer_shape(self, x: Shape, indices: Shape) -> Shape:
        """The indices' dimensions but the last, then what of x a tuple leaves."""
        return (*indices[:-1], *x[self.batch_dims + tuple_length(self, x, indices) :])

    def reference(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """numpy."""
        return gathered(x, indices, self.batch_dims)


def gathered(x: np.ndarray, indices: np.ndarray, batch_dims: int) -> np.ndarray:
    """x at index tuples, after leading dimensions that both share. Raises OutOfRange where an index is out of range."""
    for k in range(indices.shape[-1]):
        check_index(batch_dims + k, indices[..., k], x.shape)
    batch = [np.arange(d).reshape([-1 if i == j else 1 for j in range(indices.ndim - 1)]) for i, d in enumerate(x.shape[:batch_dims])]
    return x[(*batch, *np.moveaxis(indices, -1, 0))]


def tuple_length(op: InferenceOp, x: Shape, indices: Shape) -> int:
    """How many dimensions of x an index tuple names."""
    if not indices:
        op.error("indices are a scalar, need a dimension of index tuples")
    length = indices[-1]
    batch = op.batch_dims if isinstance(op, GatherNdOp) else 0
    if not 0 <= batch < len(indices) or not same(x[:batch], indices[:batch]):
        op.error(f"x {shape_text(x)} and indices {shape_text(indices)} do not share {batch} leading dimensions")
    if not isinstance(length, int):
        op.error("the length of the index tuples must be known")
    if length + batch > len(x):
        op.error(f"index tuples have {length} entries, x has rank {len(x)}")
    return length


class Scatter(Indexed):
    """x with elements replaced by updates, or combined with them where `reduction` says how."""

    updates = operand_def()
    reduction = enum("none", "add", "mul", "max", "min")

    def infer_shape(self, x: Shape, indices: Shape, updates: Shape) -> Shape:
        """The shape of x."""
        return x

    def write(self, x: np.ndarray, at: tuple[Any, ...], updates: np.ndarray) -> np.ndarray:
        """A copy of x with the updates in it; updates to one place are all combined, half precision in single."""
        if self.reduction == "none":
            y = np.array(x)
            y[at] = updates
            return y
        y = np.array(widened(x))
        {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}[self.reduction].at(y, at, widened(updates))
        return y.astype(x.dtype, copy=False)


@define
class ScatterElementsOp(Scatter):
    """One element of x per index is written: y[indices[i][j]][j] = updates[i][j] for axis 0.

    Source: ONNX ScatterElements-18. Example:
        %y = inference.scatter_elements %x, %i, %u axis 1 : (tensor<1x5xf32>, tensor<1x2xi64>, tensor<1x2xf32>) -> tensor<1x5xf32>
    """

    name = "inference.scatter_elements"
    axis = integer(0)

    def infer_shape(self, x: Shape, indices: Shape, updates: Shape) -> Shape:
        """The shape of x."""
        within(self, x, indices)
        if not same(indices, updates):
            self.error(f"indices {shape_text(indices)} and updates {shape_text(updates)} need one shape")
        return x

    def reference(self, x: np.ndarray, indices: np.ndarray, updates: np.ndarray) -> np.ndarray:
        """numpy."""
        return self.write(x, _elements_at(x.shape, indices, self.axis), updates)


@define
class ScatterNdOp(Scatter):
    """Slices of x at index tuples are written: y[tuple(indices[i])] = updates[i].

    Source: ONNX ScatterND-18. Example:
        %y = inference.scatter_nd %x, %i, %u reduction add : (tensor<8xf32>, tensor<4x1xi64>, tensor<4xf32>) -> tensor<8xf32>
    """

    name = "inference.scatter_nd"

    def infer_shape(self, x: Shape, indices: Shape, updates: Shape) -> Shape:
        """The shape of x."""
        length = len(indices) - 1 + len(x) - len(updates)
        if not indices or not 0 <= length <= len(x) or differ(indices[-1], length):
            known = indices[-1] if indices else 0
            rank = (
                len(indices) - 1 + len(x) - known if isinstance(known, int) else f"from {len(indices) - 1} to {len(indices) - 1 + len(x)}"
            )
            self.error(f"updates are {shape_text(updates)} for indices {shape_text(indices)} of x {shape_text(x)}, must have rank {rank}")
        expected = (*indices[:-1], *x[length:])
        if not same(updates, expected):
            self.error(f"updates are {shape_text(updates)}, expected {shape_text(expected)}")
        return x

    def tuple_length(self) -> int:
        """How many indices name a place, by the ranks."""
        ranks = [len(shape_of(v)) for v in (self.indices, self.x, self.updates)]
        return ranks[0] - 1 + ranks[1] - ranks[2]

    def reference(self, x: np.ndarray, indices: np.ndarray, updates: np.ndarray) -> np.ndarray:
        """numpy."""
        for axis in range(indices.shape[-1]):
            check_index(axis, indices[..., axis], x.shape)
        return self.write(x, tuple(np.moveaxis(indices, -1, 0)), updates)
