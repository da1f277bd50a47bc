"""Ops that move elements without computing: reshape, transpose, concat, slice, ..."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, result_def, var_operand_def, var_result_def

from inferir.core import define, dims, enum, flag, integer, ints
from inferir.core.dims import DimLike, Shape, broadcast, differ, maximum, minimum, parse_dim, product, shape_text
from inferir.core.op import unknown_dim
from inferir.dialects.inference.base import InferenceOp


@define
class ReshapeOp(InferenceOp):
    """The same elements, row-major, in another shape.

    shape  the target: numbers, one -1 for what is left over, and expressions over x's own dimensions d0, d1, ... as text
    to     the target as an i64 tensor, where it is only known at run time; then `shape` is absent. -1 is what is left over, 0 is no elements.

    Source: ONNX Reshape-21. Example:
        %y = inference.reshape %x shape ["d0", "d1", 12, 64] : (tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32>
        %z = inference.reshape %x to %s : (tensor<?x?x768xf32>, tensor<2xi64>) -> tensor<?x?xf32>
    """

    name = "inference.reshape"
    SHAPE_OPERANDS = ("to",)
    SYMBOLIC = True
    x = operand_def()
    to = opt_operand_def()
    shape = dims()
    result = result_def()

    def infer_shape(self, x: Shape, to: Shape | None, known: dict[str, Any]) -> Shape:
        """The target with -1 resolved."""
        if (to is None) == (self.shape is None):
            self.error("needs either `shape` or `to`")
        if to is not None:
            if len(to) != 1 or not isinstance(to[0], int):
                self.error(f"`to` is {shape_text(to)}, must be one dimension of known length")
            target: list[DimLike] = [d for d in known["to"]] if known["to"] else [unknown_dim() for _ in range(to[0])]
        else:
            target = self.target(x)
        rest = [i for i, d in enumerate(target) if d == -1]
        if len(rest) > 1:
            self.error(f"shape {[str(d) for d in target]} has more than one -1")
        if rest:
            others = product(tuple(d for d in target if d != -1))
            target[rest[0]] = product(x) // others if others != 0 else 0
        if differ(product(tuple(target)), product(x)):
            self.error(f"x is {shape_text(x)}, which is not {shape_text(tuple(target))} elements")
        return tuple(target)

    def target(self, x: Shape) -> list[DimLike]:
        """`shape` with x's dimensions put in."""
        own = {f"d{i}": d for i, d in enumerate(x)}
        return [d if isinstance(d, int) else parse_dim(d, own) for d in self.shape]

    def reference(self, x: np.ndarray, to: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        return x.reshape([int(d) for d in to] if to is not None else [d if isinstance(d, int) else -1 for d in self.target(x.shape)])


@define
class TransposeOp(InferenceOp):
    """Axes in another order: axis i of the result is axis permutation[i] of x.

    Source: ONNX Transpose-21. Example:
        %y = inference.transpose %x permutation [0, 2, 3, 1] : (tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32>
    """

    name = "inference.transpose"
    x = operand_def()
    permutation = ints()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """x's dimensions permuted."""
        if sorted(self.permutation or ()) != list(range(len(x))):
            self.error(f"permutation {list(self.permutation or ())} does not permute {len(x)} axes")
        return tuple(x[i] for i in self.permutation or ())

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x.transpose(self.permutation or ())


@define
class ConcatOp(InferenceOp):
    """Tensors one after the other along an axis; all other dimensions are equal.

    Source: ONNX Concat-13. Example:
        %y = inference.concat %a, %b axis 1 : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
    """

    name = "inference.concat"
    SYMBOLIC = True
    args = var_operand_def()
    axis = integer(0)
    result = result_def()

    def infer_shape(self, args: list[Shape]) -> Shape:
        """The sum along the axis."""
        if not args:
            self.error("needs an operand")
        rank = len(args[0])
        axis = axis_in(self, self.axis, rank)
        out = list(args[0])
        for number, shape in enumerate(args[1:], 1):
            if len(shape) != rank:
                self.error(f"operand {number} has rank {len(shape)}, operand 0 has {rank}")
            for i, dim in enumerate(shape):
                if i != axis and differ(dim, out[i]):
                    self.error(f"operand {number} is {shape_text(shape)}, operand 0 {shape_text(args[0])}: they differ off axis {axis}")
                if i != axis and isinstance(dim, int):
                    out[i] = dim
        total: DimLike = 0
        for shape in args:
            total = total + shape[axis]
        out[axis] = total
        return tuple(out)

    def infer_dtype(self, *elements: Any) -> Any:
        """The common element type."""
        if any(e != elements[0] for e in elements):
            self.error(f"operands have element types {', '.join(map(str, elements))}; insert a cast")
        return elements[0]

    def reference(self, args: list[np.ndarray]) -> np.ndarray:
        """numpy."""
        return np.concatenate(args, self.axis)


def axis_in(op: InferenceOp, axis: int, rank: int) -> int:
    """An axis counted from the front; an error where x has no such axis."""
    if not -rank <= axis < rank:
        op.error(f"axis {axis} is outside of x, which has rank {rank}")
    return axis % rank


@define
class SplitOp(InferenceOp):
    """x in parts along an axis.

    sizes  how much each part takes; their sum is x's dimension

    Source: ONNX Split-18 with constant sizes. Example:
        %a, %b = inference.split %x axis 1 sizes [2, 3] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>)
    """

    name = "inference.split"
    SYMBOLIC = True
    x = operand_def()
    axis = integer(0)
    sizes = ints(())
    parts = var_result_def()

    def infer_shape(self, x: Shape) -> Any:
        """One shape per size."""
        axis = axis_in(self, self.axis, len(x))
        if any(s < 0 for s in self.sizes) or differ(sum(self.sizes), x[axis]):
            self.error(f"sizes {list(self.sizes)} do not add up to x's {x[axis]}")
        return [(*x[:axis], size, *x[axis + 1 :]) for size in self.sizes]

    def result_count(self) -> int:
        """One per size."""
        return len(self.sizes)

    def reference(self, x: np.ndarray) -> list[np.ndarray]:
        """numpy."""
        return np.split(x, np.cumsum(self.sizes)[:-1].tolist(), self.axis)


@define
class SliceOp(InferenceOp):
    """A box out of x, every steps-th element. As Python's slices: negative places count from the end, what lies outside is cut off.

    starts, ends  properties, or operands (i64, one dimension) where they are only known at run time
    axes          the axes they are for; all others stay whole
    steps         1 by default; a negative step goes backwards

    Source: ONNX Slice-13. Example:
        %y = inference.slice %x starts [1, 0] ends [3, 9] axes [0, 2] : (tensor<5x4x9xf32>) -> tensor<2x4x9xf32>
        %z = inference.slice %x begin %s end %e axes [0] : (tensor<5x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
    """

    name = "inference.slice"
    AS_PROPERTIES = {"begin": "starts", "end": "ends"}
    SHAPE_OPERANDS = ("begin", "end")
    SYMBOLIC = True
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    x = operand_def()
    begin = opt_operand_def()
    end = opt_operand_def()
    starts = ints()
    ends = ints()
    axes = ints(())
    steps = ints()
    result = result_def()

    def infer_shape(self, x: Shape, begin: Shape | None, end: Shape | None, known: dict[str, Any]) -> Shape:
        """The number of places from start to end."""
        if (self.starts is None) == (begin is None) or (self.ends is None) == (end is None):
            self.error("needs starts and ends, each as a property or as an operand")
        out = list(x)
        n = len(self.axes)
        starts = self.starts if self.starts is not None else known["begin"] or [None] * n
        ends = self.ends if self.ends is not None else known["end"] or [None] * n
        steps = self.steps or (1,) * n
        if not len(starts) == len(ends) == len(steps) == n:
            self.error(f"{len(starts)} starts, {len(ends)} ends and {len(steps)} steps for {n} axes")
        for axis, first, last, step in zip(self.axes, starts, ends, steps, strict=True):
            axis = axis_in(self, axis, len(x))
            if step == 0:
                self.error("a step is 0")
            out[axis] = unknown_dim() if first is None or last is None else sliced(x[axis], first, last, step)
        return tuple(out)

    def infer_dtype(self, x: Any, *bounds: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, begin: np.ndarray | None = None, end: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        index = [slice(None)] * x.ndim
        starts = self.starts if self.starts is not None else begin
        ends = self.ends if self.ends is not None else end
        assert starts is not None and ends is not None
        for axis, first, last, step in zip(self.axes, starts, ends, self.steps or (1,) * len(self.axes), strict=True):
            size = x.shape[axis]
            first, last = (v + size if v < 0 else v for v in (int(first), int(last)))
            if step > 0:
                index[axis] = slice(max(first, 0), max(last, 0), step)
            else:
                first = min(first, size - 1)
                index[axis] = slice(first, last if last >= 0 else None, step) if first >= 0 else slice(0, 0)
        return x[tuple(index)]


def sliced(size: DimLike, start: DimLike, end: DimLike, step: int) -> DimLike:
    """How many places `start:end:step` has in a dimension."""
    if isinstance(size, int) and isinstance(start, int) and isinstance(end, int):
        if step > 0:
            return len(range(*slice(start, end, step).indices(size)))
        first = min(start + size if start < 0 else start, size - 1)
        last = max(end + size if end < 0 else end, -1)
        return max(0, -(-(first - last) // -step))
    if step < 0:
        return size if step == -1 and start == -1 and isinstance(end, int) and end < -(2**31) else unknown_dim()

    def place(at: DimLike) -> DimLike:
        if not isinstance(at, int):
            return minimum(at, size)
        if at >= 2**31 - 1:
            return size
        return minimum(at, size) if at >= 0 else maximum(size + at, 0)

    length = place(end) - place(start)
    length = maximum(length, 0) if isinstance(length, int) or "-" in str(length) else length
    return (length + (step - 1)) // step


@define
class PadOp(InferenceOp):
    """x with elements around it; negative pads crop.

    low, high  how many elements before and after, per dimension; or `pads`, an i64 operand: all befores, then all afters
    value      what constant mode puts there, a scalar operand; 0 where it is absent
    mode       constant; reflect (without the edge), edge, wrap

    Source: ONNX Pad-25. Example:
        %y = inference.pad %x value %v low [0, 1] high [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x6xf32>
    """

    name = "inference.pad"
    SHAPE_OPERANDS = ("pads",)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    x = operand_def()
    value = opt_operand_def()
    pads = opt_operand_def()
    low = ints()
    high = ints()
    mode = enum("constant", "reflect", "edge", "wrap")
    result = result_def()

    def infer_shape(self, x: Shape, value: Shape | None, pads: Shape | None, known: dict[str, Any]) -> Shape:
        """x's dimensions and the pads."""
        if self.low is not None and self.high is not None:
            low, high = self.low, self.high
        elif pads is None:
            self.error("needs `low` and `high`, or `pads`")
        elif known["pads"] is None:
            return tuple(unknown_dim() for _ in x)
        else:
            low, high = known["pads"][: len(x)], known["pads"][len(x) :]
        if len(low) != len(x) or len(high) != len(x):
            self.error(f"{len(low)} and {len(high)} pads for {len(x)} dimensions")
        return tuple(d + a + b for d, a, b in zip(x, low, high, strict=True))

    def infer_dtype(self, x: Any, *others: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, value: np.ndarray | None = None, pads: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        low, high = (self.low, self.high) if pads is None else (pads[: x.ndim], pads[x.ndim :])
        widths = [(int(a), int(b)) for a, b in zip(low, high, strict=True)]
        crop = tuple(slice(max(0, -a), x.shape[i] - max(0, -b)) for i, (a, b) in enumerate(widths))
        grow = [(max(0, a), max(0, b)) for a, b in widths]
        if self.mode == "constant":
            fill = x.dtype.type(0) if value is None else value.reshape(-1)[0]
            return np.pad(x[crop], grow, constant_values=fill)
        return np.pad(x[crop], grow, mode=self.mode)


@define
class BroadcastOp(InferenceOp):
    """x repeated along new leading dimensions and dimensions of 1.

    shape  broadcast against x's own; or `to`, an i64 operand, where it is only known at run time

    Source: ONNX Expand-13. Example:
        %y = inference.broadcast %x shape [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
    """

    name = "inference.broadcast"
    AS_PROPERTIES = {"to": "shape"}
    SHAPE_OPERANDS = ("to",)
    SYMBOLIC = True
    x = operand_def()
    to = opt_operand_def()
    shape = ints()
    result = result_def()

    def infer_shape(self, x: Shape, to: Shape | None, known: dict[str, Any]) -> Shape:
        """The joint shape."""
        if (to is None) == (self.shape is None):
            self.error("needs either `shape` or `to`")
        if self.shape is not None:
            return broadcast(x, self.shape)
        assert to is not None
        if known["to"] is not None:
            return broadcast(x, known["to"])
        if len(to) != 1 or not isinstance(to[0], int):
            self.error(f"`to` is {shape_text(to)}, must be one dimension of known length")
        return tuple(d if isinstance(d, int) and d != 1 else unknown_dim() for d in ((1,) * (to[0] - len(x)) + x))

    def infer_dtype(self, x: Any, *to: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, to: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        target = self.shape if to is None else tuple(int(d) for d in to)
        return np.broadcast_to(x, np.broadcast_shapes(x.shape, target))


@define
class TileOp(InferenceOp):
    """x repeated whole along every dimension.

    repeats  how often per dimension; or `times`, an i64 operand

    Source: ONNX Tile-13. Example:
        %y = inference.tile %x repeats [2, 1] : (tensor<3x4xf32>) -> tensor<6x4xf32>
    """

    name = "inference.tile"
    AS_PROPERTIES = {"times": "repeats"}
    SHAPE_OPERANDS = ("times",)
    x = operand_def()
    times = opt_operand_def()
    repeats = ints()
    result = result_def()

    def infer_shape(self, x: Shape, times: Shape | None, known: dict[str, Any]) -> Shape:
        """x's dimensions times the repeats."""
        if (times is None) == (self.repeats is None):
            self.error("needs either `repeats` or `times`")
        repeats = self.repeats if self.repeats is not None else known["times"]
        if repeats is None:
            return tuple(unknown_dim() for _ in x)
        if len(repeats) != len(x):
            self.error(f"{len(repeats)} repeats for {len(x)} dimensions")
        return tuple(d * r for d, r in zip(x, repeats, strict=True))

    def infer_dtype(self, x: Any, *times: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        return np.tile(x, self.repeats if times is None else [int(r) for r in times])


@define
class FlipOp(InferenceOp):
    """The elements along some axes in reverse order. Source: ATen flip, TFLite REVERSE_V2. Example:
    %y = inference.flip %x axes [1] : tensor<2x3xf32>
    """

    name = "inference.flip"
    x = operand_def()
    axes = ints(())
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        return x

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.flip(x, self.axes)


@define
class DepthToSpaceOp(InferenceOp):
    """Blocks of channels become blocks of pixels.

    x     [N, C * block * block, H, W] -> [N, C, H * block, W * block]
    mode  dcr: the channel is the last part of the channel index; crd: the first

    Source: ONNX DepthToSpace-13. Example:
        %y = inference.depth_to_space %x block 2 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
    """

    name = "inference.depth_to_space"
    x = operand_def()
    block = integer(1)
    mode = enum("dcr", "crd")
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """[N, C, H * block, W * block]."""
        square = self.block * self.block
        if len(x) != 4 or self.block < 1 or (isinstance(x[1], int) and x[1] % square):
            self.error(f"x is {shape_text(x)}, must be [N, C * {square}, H, W]")
        return (x[0], x[1] // square, x[2] * self.block, x[3] * self.block)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        n, c, h, w = x.shape
        b = self.block
        if self.mode == "dcr":
            y = x.reshape(n, b, b, c // (b * b), h, w).transpose(0, 3, 4, 1, 5, 2)
        else:
            y = x.reshape(n, c // (b * b), b, b, h, w).transpose(0, 1, 4, 2, 5, 3)
        return y.reshape(n, c // (b * b), h * b, w * b)


@define
class SpaceToDepthOp(InferenceOp):
    """Blocks of pixels become channels, the block's place in front of the channel.

    x  [N, C, H * block, W * block] -> [N, block * block * C, H, W]

    Source: ONNX SpaceToDepth-13. Example:
        %y = inference.space_to_depth %x block 2 : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
    """

    name = "inference.space_to_depth"
    x = operand_def()
    block = integer(1)
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """[N, block * block * C, H, W]."""
        b = self.block
        if len(x) != 4 or b < 1 or any(isinstance(d, int) and d % b for d in x[2:]):
            self.error(f"x is {shape_text(x)}, must be [N, C, H * {b}, W * {b}]")
        return (x[0], x[1] * b * b, x[2] // b, x[3] // b)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        n, c, h, w = x.shape
        b = self.block
        return x.reshape(n, c, h // b, b, w // b, b).transpose(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)


@define
class TriluOp(InferenceOp):
    """The upper or lower triangle of the last two dimensions; the rest is zero.

    k      a scalar i64 operand: which diagonal is still kept, 0 the main one, positive above it; absent: 0
    lower  keep what is at or below the diagonal instead

    Source: ONNX Trilu-14. Example:
        %y = inference.trilu %x lower : tensor<4x4xf32>
    """

    name = "inference.trilu"
    x = operand_def()
    k = opt_operand_def()
    lower = flag()
    result = result_def()

    def infer_shape(self, x: Shape, k: Shape | None) -> Shape:
        """The shape of x."""
        if len(x) < 2:
            self.error(f"x is {shape_text(x)}, needs two dimensions")
        return x

    def reference(self, x: np.ndarray, k: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        at = 0 if k is None else int(k.reshape(-1)[0])
        return np.tril(x, at) if self.lower else np.triu(x, at)
