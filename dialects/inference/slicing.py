"""A part of a tensor, or a tensor with something around it: slice, pad, trilu."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, result_def

from inferir.core import define, enum, flag, ints
from inferir.core.dims import DimLike, Shape, maximum, minimum, shape_text
from inferir.core.op import unknown_dim
from inferir.dialects.inference.base import InferenceOp, axes_in


@define
class SliceOp(InferenceOp):
    """A box out of x, every steps-th element. Negative places count from the end, and what lies outside is cut off: as Python's slices have
    it, but that a start before the first element is the first element for backward steps too.

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
        self.check_list("begin", begin, n)
        self.check_list("end", end, n)
        axes = axes_in(self, self.axes, len(x))
        starts = self.starts if self.starts is not None else known["begin"] or [None] * n
        ends = self.ends if self.ends is not None else known["end"] or [None] * n
        steps = self.steps or (1,) * n
        if not len(starts) == len(ends) == len(steps) == n:
            self.error(f"{len(starts)} starts, {len(ends)} ends and {len(steps)} steps for {n} axes")
        for axis, first, last, step in zip(axes, starts, ends, steps, strict=True):
            if step == 0:
                self.error("a step is 0")
            out[axis] = unknown_dim() if first is None or last is None else sliced(x[axis], first, last, step)
        return tuple(out)

    def infer_dtype(self, x: Any, *bounds: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, begin: np.ndarray | None = None, end: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        starts = self.starts if self.starts is not None else begin
        ends = self.ends if self.ends is not None else end
        return box(x, starts, ends, self.axes, self.steps or (1,) * len(self.axes))


def box(x: np.ndarray, starts: Any, ends: Any, axes: Any, steps: Any) -> np.ndarray:
    """x at the places that `places` says along each axis."""
    index = [slice(None)] * x.ndim
    for axis, first, last, step in zip(axes, starts, ends, steps, strict=True):
        at = places(x.shape[axis], int(first), int(last), int(step))
        index[axis] = slice(at.start, at.stop if at.stop >= 0 else None, at.step) if at else slice(0, 0)
    return x[tuple(index)]


def places(size: int, start: int, end: int, step: int) -> range:
    """The places that `start:end:step` names among `size`. Source: ONNX Slice-13: for backward steps a start is cut to [0, size - 1]."""
    if step > 0 or size == 0:
        return range(*slice(start, end, step).indices(size))
    first = min(max(start + size if start < 0 else start, 0), size - 1)
    return range(first, max(end + size if end < 0 else end, -1), step)


def sliced(size: DimLike, start: DimLike, end: DimLike, step: int) -> DimLike:
    """How many places `start:end:step` has in a dimension."""
    if isinstance(size, int) and isinstance(start, int) and isinstance(end, int):
        return len(places(size, start, end, step))
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
        self.check_scalar("value", value)
        self.check_list("pads", pads, 2 * len(x))
        given = [p is not None for p in (self.low, self.high, pads)]
        if given not in ([True, True, False], [False, False, True]):
            self.error("needs either `low` and `high`, or `pads`")
        if self.low is not None and self.high is not None:
            low, high = self.low, self.high
        elif known["pads"] is None:
            return tuple(unknown_dim() for _ in x)
        else:
            low, high = known["pads"][: len(x)], known["pads"][len(x) :]
        if len(low) != len(x) or len(high) != len(x):
            self.error(f"{len(low)} and {len(high)} pads for {len(x)} dimensions")
        out = tuple(d + a + b for d, a, b in zip(x, low, high, strict=True))
        if any(isinstance(d, int) and d < 0 for d in out):
            self.error(f"pads {[str(p) for p in low]} and {[str(p) for p in high]} crop more than x has, {shape_text(x)}")
        return out

    def infer_dtype(self, x: Any, *others: Any) -> Any:
        """x's, which the value shares."""
        value = self.operand_named("value")
        if value is not None and others[0] != x:
            self.error(f"`value` is {others[0]}, x is {x}; insert a cast")
        return x

    def reference(self, x: np.ndarray, value: np.ndarray | None = None, pads: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        if x.ndim == 0:
            return x
        low, high = (self.low, self.high) if pads is None else (pads[: x.ndim], pads[x.ndim :])
        widths = [(int(a), int(b)) for a, b in zip(low, high, strict=True)]
        crop = tuple(slice(max(0, -a), max(0, x.shape[i] - max(0, -b))) for i, (a, b) in enumerate(widths))
        grow = [(max(0, a), max(0, b)) for a, b in widths]
        if self.mode == "constant":
            fill = x.dtype.type(0) if value is None else value.reshape(-1)[0]
            if any(max(0, -a) + max(0, -b) > size for (a, b), size in zip(widths, x.shape, strict=True)):  # nothing of x is left
                return np.full([size + a + b for (a, b), size in zip(widths, x.shape, strict=True)], fill)
            return np.pad(x[crop], grow, constant_values=fill)
        return np.pad(x[crop], grow, mode=self.mode)


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
        at = 0 if k is None else min(max(int(k.reshape(-1)[0]), -x.shape[-2]), x.shape[-1])
        return np.tril(x, at) if self.lower else np.triu(x, at)
