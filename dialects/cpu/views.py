"""Level 3 ops without a kernel of their own: once there are buffers, their result is a part or another shape of memory that is
there anyway, or plain copies into parts of it."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.irdl import operand_def, opt_operand_def, result_def, traits_def, var_operand_def
from xdsl.traits import Pure

from inferir.core.dims import DimLike, parse_dim, product, shape_text, total
from inferir.core.op import define
from inferir.core.properties import dims, integer, ints, number
from inferir.core.relations import Relation, at_most
from inferir.dialects.cpu.base import Sized, any_sizes, ceil_div
from inferir.dialects.inference.shape_values import ensured


class View(Sized):
    """A tensor whose memory is that of its operands."""

    y = result_def(TensorType)
    traits = traits_def(Pure())


@define
class ReshapeOp(View):
    """The same elements, row-major, in another shape; one dimension may be -1, others expressions over x's own dimensions d0, d1, ...

    other  a tensor whose dimensions the shape may name too, as x1_0, x1_1, ...; nothing else of it is used

    Example:
        %y = cpu.reshape %x shape [-1, 400] : (tensor<?x5x5x16xf32>) -> tensor<?x400xf32>
        %z = cpu.reshape %y other %x shape ["x1_0", 5, 5, 16] : (tensor<?x400xf32>, tensor<?x5x5x16xf32>) -> tensor<?x5x5x16xf32>
    """

    name = "cpu.reshape"
    SYMBOLIC = True
    x = operand_def(TensorType)
    other = opt_operand_def(TensorType)
    shape = dims()

    def size_relations(self, x: Any, other: Any) -> Iterator[Relation]:
        """As many elements."""
        target = self.resolved(x, other)
        yield Relation(product(target), product(x), f"x is {shape_text(x)}, which is not {shape_text(target)} elements")

    def infer_shape(self, x: Any, other: Any) -> Any:
        """`shape` with -1 resolved."""
        return self.resolved(x, other)

    def resolved(self, x: Any, other: Any) -> Any:
        """The dimensions of the result."""
        own = {f"d{i}": d for i, d in enumerate(x)} | {f"x1_{i}": d for i, d in enumerate(other or ())}
        target: list[DimLike] = [d if isinstance(d, int) else parse_dim(d, own) for d in self.shape]
        for i, d in enumerate(target):
            if d == -1:
                known = product(tuple(t for t in target if t != -1))
                target[i] = product(x) // known if known != 0 else 0
        return tuple(target)

    def infer_dtype(self, x: Any, *other: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, other: np.ndarray | None = None) -> np.ndarray:
        """numpy, with the dimensions of x and of `other` put into `shape`."""
        return x.reshape(self.infer_shape(x.shape, None if other is None else other.shape))


@define
class EnsureShapeOp(View):
    """x, whose dimensions must be those of `shape`, -1 being any: `inference.ensure_shape` where the sizes follow from the inputs.

    Example:
        %y = cpu.ensure_shape %x shape [6, -1] : (tensor<?x?xf32>) -> tensor<6x?xf32>
    """

    name = "cpu.ensure_shape"
    x = operand_def(TensorType)
    shape = ints(())

    def size_relations(self, x: Any) -> Iterator[Relation]:
        """The numbers of `shape` are x's dimensions."""
        yield from ensured(self.shape, x)

    def infer_shape(self, x: Any) -> Any:
        """The numbers of `shape`, x's own dimensions elsewhere."""
        return tuple(d if w < 0 else w for d, w in zip(x, self.shape, strict=True))

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x


@define
class ConcatOp(View):
    """Tensors one after the other along an axis (from 0). On buffers every operand is computed where it belongs in the whole.

    Example:
        %y = cpu.concat %a, %b axis 3 : (tensor<1x28x28x64xf32>, tensor<1x28x28x32xf32>) -> tensor<1x28x28x96xf32>
    """

    name = "cpu.concat"
    SYMBOLIC = True
    parts = var_operand_def(TensorType)
    axis = integer()

    def size_relations(self, parts: Any) -> Iterator[Relation]:
        """All dimensions but the one along the axis are those of the first part."""
        first = parts[0]
        for part in parts[1:]:
            says = f"{shape_text(part)} does not continue {shape_text(first)} along axis {self.axis}"
            yield Relation(len(part), len(first), says)
            yield from (Relation(b, a, says) for i, (a, b) in enumerate(zip(first, part, strict=True)) if i != self.axis)

    def infer_shape(self, parts: Any) -> Any:
        """The first part's shape, with the sizes along the axis added up."""
        first, axis = parts[0], self.axis
        if axis is None or not 0 <= axis < len(first):
            self.error(f"axis {axis} is not one of {len(first)}")
        return (*first[:axis], total(p[axis] for p in parts), *first[axis + 1 :])

    def reference(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        """numpy."""
        return np.concatenate(parts, self.axis)


@define
class SliceOp(View):
    """`size` positions of an axis (from 0), from `start` on.

    Example:
        %y = cpu.slice %x axis 3 start 24 size 24 : (tensor<1x28x28x48xf32>) -> tensor<1x28x28x24xf32>
    """

    name = "cpu.slice"
    x = operand_def(TensorType)
    axis = integer()
    start = integer(0)
    size = integer()

    def size_relations(self, x: Any) -> Iterator[Relation]:
        """The positions are x's."""
        axis, size = self.axis, self.size
        if axis is not None and size is not None and 0 <= axis < len(x):
            says = f"positions {self.start} to {self.start + size} along axis {axis} are not within {shape_text(x)}"
            yield at_most(self.start + size, x[axis], says)

    def infer_shape(self, x: Any) -> Any:
        """x's shape with `size` along the axis."""
        axis, size = self.axis, self.size
        if axis is None or size is None or not 0 <= axis < len(x) or self.start < 0 or size < 0:
            self.error(f"axis {axis}, start {self.start}, size {size} are no part of {shape_text(x)}")
        return (*x[:axis], size, *x[axis + 1 :])

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x[(slice(None),) * self.axis + (slice(self.start, self.start + self.size),)]


@define
class RepeatOp(View):
    """Every position of an axis `factors[axis]` times, one after the other; the last axis is not repeated.

    Example (nearest-neighbour upsampling):
        %y = cpu.repeat %x factors [1, 2, 2, 1] : (tensor<1x7x7x16xf32>) -> tensor<1x14x14x16xf32>
    """

    name = "cpu.repeat"
    x = operand_def(TensorType)
    factors = ints()
    size_relations = any_sizes

    def infer_shape(self, x: Any) -> Any:
        """Sizes times factors."""
        if len(self.factors) != len(x) or any(f < 1 for f in self.factors) or self.factors[-1:] not in ((1,), ()):
            self.error(f"factors {list(self.factors)} need one number from 1 for each axis of {shape_text(x)}, 1 for the last")
        return tuple(d * f for d, f in zip(x, self.factors, strict=True))

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        for axis, factor in enumerate(self.factors):
            x = np.repeat(x, factor, axis)
        return x


@define
class InterleaveOp(View):
    """Tensors whose positions take turns: position m of part r is at r + m factor. On buffers every part is computed where it belongs.

    factors  the parts that take turns along each axis, 1 along the last; parts are numbered row-major

    Example (the four phases of a transposed convolution of stride 2):
        %y = cpu.interleave %a, %b, %c, %d factors [1, 2, 2, 1]
            : (tensor<1x7x7x16xf32>, tensor<1x7x7x16xf32>, tensor<1x7x7x16xf32>, tensor<1x7x7x16xf32>) -> tensor<1x14x14x16xf32>
    """

    name = "cpu.interleave"
    parts = var_operand_def(TensorType)
    factors = ints()

    def turns(self) -> list[tuple[int, ...]]:
        """The position that each part begins at."""
        return list(itertools.product(*map(range, self.factors)))

    def size_relations(self, parts: Any) -> Iterator[Relation]:
        """Along each axis the parts that take turns there are as long, the first ones perhaps by one position longer."""
        first = parts[0]
        if len(self.factors) != len(first) or math.prod(self.factors) != len(parts):
            return
        along = self.along(parts)
        for sizes in along:
            says = f"parts of {shape_text(tuple(sizes))} positions do not take turns"
            yield from (Relation(size, ceil_div(sum(sizes) - r, len(sizes)), says) for r, size in enumerate(sizes))
        for turn, part in zip(self.turns(), parts, strict=True):
            says = f"the part at {list(turn)} is {shape_text(part)}, which does not fit beside {shape_text(first)}"
            yield Relation(len(part), len(first), says)
            yield from (Relation(part[axis], along[axis][r], says) for axis, r in enumerate(turn))

    def along(self, parts: Any) -> list[list[Any]]:
        """For each axis the sizes of the parts that take turns along it."""
        by_turn = dict(zip(self.turns(), parts, strict=True))
        axes = range(len(self.factors))
        return [[by_turn[tuple(r if a == axis else 0 for a in axes)][axis] for r in range(f)] for axis, f in enumerate(self.factors)]

    def infer_shape(self, parts: Any) -> Any:
        """Along each axis the sizes of the parts that take turns there, added up."""
        first = parts[0]
        if len(self.factors) != len(first) or any(f < 1 for f in self.factors) or self.factors[-1] != 1:
            self.error(f"factors {list(self.factors)} need one number from 1 for each axis of {shape_text(first)}, 1 for the last")
        if math.prod(self.factors) != len(parts):
            self.error(f"factors {list(self.factors)} make {math.prod(self.factors)} parts, {len(parts)} are given")
        return tuple(total(sizes) for sizes in self.along(parts))

    def reference(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        """numpy."""
        shape = self.infer_shape([p.shape for p in parts])
        y = np.empty(shape, parts[0].dtype)
        for turn, part in zip(self.turns(), parts, strict=True):
            y[tuple(slice(r, None, f) for r, f in zip(turn, self.factors, strict=True))] = part
        return y


@define
class PadOp(View):
    """x with `low` positions of `value` before and `high` behind along each axis.

    Example:
        %y = cpu.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : (tensor<1x7x7x16xf32>) -> tensor<1x9x9x16xf32>
    """

    name = "cpu.pad"
    x = operand_def(TensorType)
    low = ints()
    high = ints()
    value = number(0.0)
    size_relations = any_sizes

    def infer_shape(self, x: Any) -> Any:
        """Sizes and what is added to them."""
        if not len(self.low) == len(self.high) == len(x) or min((*self.low, *self.high), default=0) < 0:
            self.error(f"low {list(self.low)} and high {list(self.high)} need one number from 0 for each axis of {shape_text(x)}")
        return tuple(a + d + b for a, d, b in zip(self.low, x, self.high, strict=True))

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.pad(x, list(zip(self.low, self.high, strict=True)), constant_values=self.value)
