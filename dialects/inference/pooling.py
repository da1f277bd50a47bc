"""Pooling: a window slides over the spatial dimensions, what it covers becomes one element."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import i64
from xdsl.irdl import operand_def, result_def

from inferir.core import Cost, define, enum, flag, integer, ints
from inferir.core.dims import DimLike, Shape, minimum
from inferir.core.relations import at_most
from inferir.dialects.inference.base import InferenceOp


class Pool(InferenceOp):
    """What the pools share.

    x          [N, C, *spatial]  (layout nchw; [N, *spatial, C] in nhwc)
    kernel     taps per spatial dimension
    pads       begins then ends, in elements, as ONNX has them
    ceil_mode  a last window that reaches over the end is kept if it starts inside x or its begin padding
    """

    x = operand_def()
    kernel = ints()
    strides = ints()
    pads = ints()
    dilations = ints()
    ceil_mode = flag()
    layout = enum("nchw", "nhwc")
    result = result_def()

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """strides, dilations, pads at the begins, pads at the ends; each with one entry per spatial dimension."""
        n = len(self.kernel)
        pads = self.pads or (0,) * (2 * n)
        return self.strides or (1,) * n, self.dilations or (1,) * n, pads[:n], pads[n:]

    def check(self) -> None:
        """The properties agree in length and are positive."""
        if not self.kernel:
            self.error("kernel is missing")
        n = len(self.kernel)
        for what, values, length in (("strides", self.strides, n), ("dilations", self.dilations, n), ("pads", self.pads, 2 * n)):
            if values is not None and len(values) != length:
                self.error(f"{what} {list(values)} needs {length} entries for {n} spatial dimensions")
        if any(v < 1 for v in (*self.kernel, *(self.strides or ()), *(self.dilations or ()))):
            self.error("kernel, strides and dilations are 1 at least")
        if any(p < 0 for p in self.pads or ()):
            self.error("pads are 0 at least; inference.slice crops")

    def infer_shape(self, x: Shape) -> Any:
        """[N, C, *positions]."""
        self.check()
        n = len(self.kernel)
        if len(x) != n + 2:
            self.error(f"x has rank {len(x)}, a window of {n} dimensions needs {n + 2}")
        spatial = x[2:] if self.layout == "nchw" else x[1:-1]
        out = self.positions(spatial)
        return (x[0], x[1], *out) if self.layout == "nchw" else (x[0], *out, x[-1])

    def cost(self) -> Cost:
        """One operation per tap and output element."""
        base = super().cost()
        return Cost(base.flops * int(np.prod(self.kernel)), base.bytes)

    def channels_first(self, x: np.ndarray) -> np.ndarray:
        """x as [N, C, *spatial]."""
        return np.moveaxis(x, -1, 1) if self.layout == "nhwc" else x

    def in_layout(self, y: np.ndarray) -> np.ndarray:
        """[N, C, *spatial] in the op's layout."""
        return np.ascontiguousarray(np.moveaxis(y, 1, -1)) if self.layout == "nhwc" else y

    def taps(self, x: np.ndarray, fill: Any) -> Iterator[np.ndarray]:
        """For every tap of the window, what it sees: arrays of the result's shape, row-major over the kernel."""
        strides, dilations, begins, _ = self.window()
        return tap_views(x, self.kernel, strides, dilations, begins, self.positions(x.shape[2:]), fill)

    def positions(self, spatial: Sequence[DimLike]) -> list[Any]:
        """How many positions the window has along each spatial dimension. Raises InferError where it has none."""
        sizes = zip(spatial, self.kernel, *self.window(), strict=True)
        out = [pooled(size, k, s, d, b, e, self.ceil_mode) for size, k, s, d, b, e in sizes]
        if any(at_most(1, d, "the window is larger than the padded input").fails() for d in out):
            self.error(f"the window {list(self.kernel)} is larger than the padded input {list(spatial)}")
        return out


def pooled(size: DimLike, kernel: int, stride: int, dilation: int, begin: int, end: int, ceil_mode: bool) -> DimLike:
    """Number of positions of a pooling window. Source: ONNX MaxPool-22, AveragePool-22."""
    room = size + begin + end - dilation * (kernel - 1) - 1
    if not ceil_mode:
        return room // stride + 1
    return minimum((room + stride - 1) // stride + 1, (size + begin - 1) // stride + 1)


def tap_views(
    x: np.ndarray,
    kernel: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    begins: Sequence[int],
    positions: Sequence[int],
    fill: Any,
) -> Iterator[np.ndarray]:
    """Strided views of x [N, C, *spatial], `fill` around it, one per tap of the window."""
    ends = [
        max(0, (p - 1) * s + (k - 1) * d + 1 - b - size)
        for p, s, k, d, b, size in zip(positions, strides, kernel, dilations, begins, x.shape[2:], strict=True)
    ]
    padded = np.pad(x, [(0, 0), (0, 0), *zip(begins, ends, strict=True)], constant_values=fill)
    for tap in itertools.product(*map(range, kernel)):
        yield padded[
            (
                slice(None),
                slice(None),
                *tuple(slice(t * d, t * d + (p - 1) * s + 1, s) for t, d, s, p in zip(tap, dilations, strides, positions, strict=True)),
            )
        ]


def lowest(dtype: np.dtype) -> Any:
    """The least number of a dtype."""
    return np.iinfo(dtype).min if dtype.kind in "iu" else False if dtype.kind == "b" else dtype.type(-np.inf)


@define
class MaxPoolOp(Pool):
    """The largest element under the window; padding counts as minus infinity.

    Source: ONNX MaxPool-22 without Indices. Example:
        %y = inference.max_pool %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x64x112x112xf32>) -> tensor<1x64x56x56xf32>
    """

    name = "inference.max_pool"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        taps = self.taps(self.channels_first(x), lowest(x.dtype))
        y = next(taps).copy()
        for tap in taps:
            np.maximum(y, tap, out=y)
        return self.in_layout(y)


@define
class MaxPoolWithIndicesOp(Pool):
    """Max pooling that also says where the largest element stands: its place in x flattened.

    storage_order  0: row-major; 1: the spatial dimensions are counted column-major

    Source: ONNX MaxPool-22. Example:
        %y, %i = inference.max_pool_with_indices %x kernel [2, 2] : (tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>)
    """

    name = "inference.max_pool_with_indices"
    storage_order = integer(0)
    indices = result_def()

    def infer_shape(self, x: Shape) -> Any:
        """Both results have the pooled shape."""
        shape = super().infer_shape(x)
        return [shape, shape]

    def infer_dtype(self, x: Any) -> Any:
        """x's, and i64."""
        return [x, i64]

    def reference(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """numpy."""
        x = self.channels_first(x)
        place = np.arange(x.size).reshape(x.shape)
        if self.storage_order:
            spatial = np.arange(int(np.prod(x.shape[2:]))).reshape(x.shape[2:], order="F")
            place = np.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], *[1] * (x.ndim - 2)) * spatial.size + spatial
        values = np.stack(list(self.taps(x, lowest(x.dtype))))
        places = np.stack(list(self.taps(place, -1)))
        best = values.argmax(0)[None]
        return self.in_layout(np.take_along_axis(values, best, 0)[0]), self.in_layout(np.take_along_axis(places, best, 0)[0])


@define
class AvgPoolOp(Pool):
    """The mean of the elements under the window.

    count_include_pad  padding counts as zeros; else the mean is over the elements of x alone.
    What a last window of ceil_mode covers beyond the padding never counts.

    Source: ONNX AveragePool-22. Example:
        %y = inference.avg_pool %x kernel [7, 7] : (tensor<1x1024x7x7xf32>) -> tensor<1x1024x1x1xf32>
    """

    name = "inference.avg_pool"
    count_include_pad = flag()

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy: sums of taps over counts of taps."""
        x = self.channels_first(x)
        wide = x.astype(np.float32) if x.dtype.itemsize < 4 else x
        total = sum(self.taps(wide, 0))
        return self.in_layout((total / self.counts(x.shape)).astype(x.dtype))

    def counts(self, shape: tuple[int, ...]) -> np.ndarray:
        """How many elements each window's mean is over, [1, 1, *positions]."""
        _, _, begins, ends = self.window()
        inside = np.ones((1, 1, *shape[2:]), np.float32)
        if not self.count_include_pad:
            return np.asarray(sum(self.taps(inside, 0)), np.float32)
        inside = np.pad(inside, [(0, 0), (0, 0), *zip(begins, ends, strict=True)], constant_values=1)
        strides, dilations, _, _ = self.window()
        return np.asarray(
            sum(tap_views(inside, self.kernel, strides, dilations, [0] * len(begins), self.positions(shape[2:]), 0)), np.float32
        )


@define
class LpPoolOp(Pool):
    """The p-norm of the elements under the window: (sum |x|^p)^(1/p). Padding counts as zeros.

    Source: ONNX LpPool-22. Example:
        %y = inference.lp_pool %x kernel [2, 2] p 3 : (tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32>
    """

    name = "inference.lp_pool"
    p = integer(2)

    def check(self) -> None:
        """A norm."""
        super().check()
        if self.p < 1:
            self.error(f"p is {self.p}, a norm has 1 at least")

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        total = sum(np.abs(tap) ** self.p for tap in self.taps(self.channels_first(x), 0))
        return self.in_layout(np.asarray(total ** (1 / self.p), x.dtype))
