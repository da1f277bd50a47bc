"""Pooling windows and reductions over axes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.dims import minimum
from inferir.core.op import define
from inferir.core.properties import enum, flag, integer, ints, number
from inferir.core.relations import Relation
from inferir.dialects.cpu.base import Level3Op, Runs, any_sizes, any_strides
from inferir.dialects.cpu.convolution import Windowed, windows
from inferir.dialects.cpu.quads import is_bytes


@define
class Pool2dOp(Windowed):
    """The maximum or mean of each window.

    x                  [N, H, W, C], floats; of bytes (ui8) the maximum
    kind               max, or average
    kernel             rows and columns of the window
    count_include_pad  an average divides by the whole window, padding included (only what lies within x and pads)
    ceil_mode          a last window that starts within x or its padding counts, though it ends outside

    Source: ONNX MaxPool-22 and AveragePool-22 in NHWC. Example:
        %y = cpu.pool2d %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] {} : (tensor<1x112x112x64xf32>) -> tensor<1x56x56x64xf32>
    """

    name = "cpu.pool2d"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    kind = enum("max", "average")
    kernel = ints()
    count_include_pad = flag()
    ceil_mode = flag()

    def reach(self, size: Any, axis: int) -> tuple[Any, Any]:
        """Number of windows along an axis (0: rows), and the padding after x that they need."""
        kernel, stride, dilation = self.kernel[axis], self.strides[axis], self.dilations[axis]
        before, after = self.pads[axis], self.pads[axis + 2]
        window = dilation * (kernel - 1) + 1
        if not self.ceil_mode:
            return (size + before + after - window) // stride + 1, after
        count = minimum((size + before + after - window + stride - 1) // stride, (size + before - 1) // stride) + 1
        return count, (count - 1) * stride + window - size - before

    def read_in_place(self) -> Sequence[SSAValue]:
        return self.extras_of_tile()

    def size_relations(self, x: Any, *others: Any) -> Iterator[Relation]:
        """A window fits."""
        if len(x) == 4 and self.kernel is not None:
            yield from self.windows_fit([self.reach(x[axis + 1], axis)[0] for axis in (0, 1)])

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        if len(x) != 4 or self.kernel is None:
            self.error("x is [N, H, W, C] and kernel is given")
        if is_bytes(self.x) and self.kind != "max":
            self.error("of bytes there is the maximum only")
        return (x[0], self.reach(x[1], 0)[0], self.reach(x[2], 1)[0], x[3])

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        top, left = self.pads[:2]
        needed = (top, left, self.reach(x.shape[1], 0)[1], self.reach(x.shape[2], 1)[1])

        def taken(array: np.ndarray, pads: tuple[int, ...], fill: float) -> np.ndarray:
            return windows(array, self.kernel, self.strides, self.dilations, pads, fill)

        if self.kind == "max":
            return self.finish(taken(x, needed, 0 if is_bytes(self.x) else -np.inf).max((3, 4)), extras)
        seen = np.ones((1, *x.shape[1:3], 1), np.float32)
        if self.count_include_pad:
            seen = np.pad(seen, ((0, 0), (top, self.pads[2]), (left, self.pads[3]), (0, 0)), constant_values=1.0)
            beyond = (0, 0, max(needed[2] - self.pads[2], 0), max(needed[3] - self.pads[3], 0))
            count = taken(seen, beyond, 0.0).sum((3, 4))
        else:
            count = taken(seen, needed, 0.0).sum((3, 4))
        return self.finish(taken(x, needed, 0.0).sum((3, 4)) / count, extras)


@define
class ReduceOp(Level3Op):
    """Combines the elements along neighbouring axes; the epilogue sees the combination (a mean multiplies by 1 / count there).

    x         any shape
    kind      sum, max, min or product; of booleans max (any) and min (all)
    axes      increasing and adjacent, from 0
    keepdims  the axes stay, with size 1

    Source: ONNX ReduceSum-13 and its family. Example (a global average):
        %y = cpu.reduce %x axes [1, 2] {...} : (tensor<1x7x7x2048xf32>) -> tensor<1x2048xf32>
    """

    name = "cpu.reduce"
    x = operand_def(TensorType.constr() | MemRefType.constr())
    kind = enum("sum", "max", "min", "product")
    axes = ints()
    keepdims = flag()
    size_relations = any_sizes

    def merges(self, role: str, rank: int) -> Runs:
        """What is outside of the axes, the axes, and what is inside of them are one dimension each."""
        first, last = self.axes[0], self.axes[-1]
        if role == "x":
            return ((0, first - 1), (first, last), (last + 1, rank - 1))
        if role == "outs":
            return ((0, first - 1), (last + 1 if self.keepdims else first, rank - 1))
        return ()

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        axes = self.axes
        if not axes or list(axes) != list(range(axes[0], axes[-1] + 1)) or axes[-1] >= len(x):
            self.error(f"axes {list(axes or ())} are not increasing and adjacent within rank {len(x)}")
        return tuple(1 if d in axes else n for d, n in enumerate(x) if d not in axes or self.keepdims)

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        combine = {"sum": np.add, "max": np.maximum, "min": np.minimum, "product": np.multiply}[self.kind]
        out = combine.reduce(x, axis=self.axes, keepdims=self.keepdims, dtype=x.dtype, initial=self.start(x.dtype))
        return self.finish(np.asarray(out), extras)

    def start(self, dtype: np.dtype) -> Any:
        """What the combination of no elements is."""
        if self.kind in ("sum", "product"):
            return dtype.type(self.kind == "product")
        if dtype.kind == "b":
            return self.kind == "min"
        if dtype.kind in "iu":
            return np.iinfo(dtype).min if self.kind == "max" else np.iinfo(dtype).max
        return dtype.type(-np.inf if self.kind == "max" else np.inf)


@define
class SoftmaxOp(Level3Op):
    """y = exp(x - max) / sum(exp(x - max)) along the last axis.

    x  [..., C]

    Source: ONNX Softmax-13 with axis = -1. Example:
        %y = cpu.softmax %x {} : (tensor<1x1000xf32>) -> tensor<1x1000xf32>
    """

    name = "cpu.softmax"
    size_relations = any_sizes
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        return x

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        e = np.exp(x - x.max(-1, keepdims=True))
        return self.finish(e / e.sum(-1, keepdims=True), extras)


@define
class LrnOp(Level3Op):
    """Local response normalisation across channels.

    y[c] = x[c] / (bias + alpha / size * sum of x[i]^2 for i in [c - floor((size - 1) / 2), c + ceil((size - 1) / 2)])^beta

    x  [..., C]

    Source: ONNX LRN-13 in NHWC. Example:
        %y = cpu.lrn %x size 5 alpha 1e-4 beta 0.75 bias 1.0 {} : (tensor<1x55x55x96xf32>) -> tensor<1x55x55x96xf32>
    """

    name = "cpu.lrn"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    size = integer()
    alpha = number(1e-4)
    beta = number(0.75)
    bias = number(1.0)
    size_relations = any_sizes

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        if self.size is None or self.size < 1:
            self.error("size is at least 1")
        return x

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        before, after = (self.size - 1) // 2, self.size // 2
        channels = x.shape[-1]
        square = np.pad(x * x, [(0, 0)] * (x.ndim - 1) + [(before, after)])
        total = sum(square[..., i : i + channels] for i in range(self.size))
        return self.finish(x / (self.bias + self.alpha / self.size * total) ** np.float32(self.beta), extras)
