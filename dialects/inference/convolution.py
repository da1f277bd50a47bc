"""Convolutions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.irdl import operand_def, opt_operand_def, result_def

from inferir.core import Cost, define, defined_here, enum, integer, ints
from inferir.core.casts import widened
from inferir.core.dims import DimLike, Shape, differ, shape_text
from inferir.core.lazy import Lazy
from inferir.core.relations import at_most
from inferir.core.types import ranked
from inferir.dialects.inference.base import Affine
from inferir.dialects.inference.pooling import tap_views


def window_output(size: DimLike, kernel: DimLike, stride: int, dilation: int, pad_begin: int, pad_end: int) -> DimLike:
    """Number of positions of a window of `kernel` taps along `size` elements (floor mode). Source: ONNX Conv-22."""
    return (size + pad_begin + pad_end - dilation * (kernel - 1) - 1) // stride + 1


@define
class ConvOp(Affine):
    """N-dimensional cross-correlation with groups.

    y[n, o, p] = bias[o] + sum over c, k of x[n, c, p * strides + k * dilations - pads_begin] * w[o, c, k]

    The sum is over the taps that lie in x: those in the padding add nothing, though their weight be infinite or NaN.

    x     [N, C, *spatial]  (layout nchw; [N, *spatial, C] in nhwc)
    w     [O, C / groups, *kernel]  (nhwc: [O, *kernel, C / groups])
    bias  [O], optional
    pads  begins then ends, in elements, as ONNX has them

    Source: ONNX Conv-22. Example:
        %y = inference.conv %x, %w bias %b strides [2, 2] pads [3, 3, 3, 3]
            : (tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32>, tensor<64xf32>) -> tensor<1x64x112x112xf32>
    """

    name = "inference.conv"
    x = operand_def()
    w = operand_def()
    bias = opt_operand_def()
    strides = ints()
    pads = ints()
    dilations = ints()
    groups = integer(1)
    layout = enum("nchw", "nhwc")
    result = result_def()

    @property
    def rank(self) -> int:
        """Number of spatial dimensions."""
        return ranked(self.x).get_num_dims() - 2

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """strides, dilations, pads at the begins, pads at the ends; each with one entry per spatial dimension."""
        n = self.rank
        pads = self.pads or (0,) * (2 * n)
        return self.strides or (1,) * n, self.dilations or (1,) * n, pads[:n], pads[n:]

    def channel_axis(self) -> int:
        """O of [N, O, *positions] or [N, *positions, O]."""
        return -1 if self.layout == "nhwc" else -1 - self.rank

    def scale_weights(self, weights: Lazy, factors: Lazy) -> Lazy:
        """O comes first."""
        return weights * factors.reshape(-1, *[1] * (weights.ndim - 1))

    def infer_shape(self, x: Shape, w: Shape, bias: Shape | None) -> Shape:
        """[N, O, *positions]."""
        n = len(x) - 2
        if n < 1 or len(w) != len(x):
            self.error(f"x has rank {len(x)} and w rank {len(w)}; both need the same rank, 3 at least")
        for what, values, length in (("strides", self.strides, n), ("dilations", self.dilations, n), ("pads", self.pads, 2 * n)):
            if values is not None and len(values) != length:
                self.error(f"{what} {list(values)} needs {length} entries for {n} spatial dimensions")
        if any(s < 1 for s in self.strides or ()) or any(d < 1 for d in self.dilations or ()) or self.groups < 1:
            self.error("strides, dilations and groups are 1 at least")
        if any(p < 0 for p in self.pads or ()):
            self.error("pads are 0 at least; inference.slice crops")
        if self.layout == "nchw":
            channels, spatial, taken, kernel = x[1], x[2:], w[1], w[2:]
        else:
            channels, spatial, taken, kernel = x[-1], x[1:-1], w[-1], w[1:-1]
        if differ(taken * self.groups, channels):
            groups = "1 group" if self.groups == 1 else f"{self.groups} groups"
            self.error(f"filter takes {taken * self.groups} channels in {groups}, x has {channels}", [defined_here(self.x, "x")])
        if isinstance(w[0], int) and w[0] % self.groups:
            self.error(f"{w[0]} output channels do not divide into {self.groups} groups")
        if bias is not None and (len(bias) != 1 or differ(bias[0], w[0])):
            self.error(f"bias has shape {list(bias)}, expected [{w[0]}]")
        out = self.positions(spatial, kernel)
        return (x[0], w[0], *out) if self.layout == "nchw" else (x[0], *out, w[0])

    def positions(self, spatial: Sequence[DimLike], kernel: Sequence[DimLike]) -> tuple[DimLike, ...]:
        """How many positions the window has along each spatial dimension. Raises InferError where it has none."""
        out = tuple(window_output(s, k, *rest) for s, k, *rest in zip(spatial, kernel, *self.window(), strict=True))
        if any(at_most(1, d, "the window is larger than the padded input").fails() for d in out):
            self.error(f"the window {list(kernel)} is larger than the padded input {list(spatial)}")
        return out

    def cost(self) -> Cost:
        """A multiplication and an addition per tap and output element."""
        base = super().cost()
        taps = int(np.prod(ranked(self.w).get_shape()[1:], dtype=np.int64))
        return Cost(2 * base.flops * taps, base.bytes)

    def reference(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
        """numpy: one matrix product per group over the gathered windows."""
        if self.layout == "nhwc":
            x, w = np.moveaxis(x, -1, 1), np.moveaxis(w, -1, 1)
        strides, dilations, begins, ends = self.window()
        self.positions(x.shape[2:], w.shape[2:])
        y = correlate(x, w, strides, dilations, begins, ends, self.groups)
        if bias is not None:
            y = y + bias.reshape((-1,) + (1,) * self.rank)
        return np.ascontiguousarray(np.moveaxis(y, 1, -1)) if self.layout == "nhwc" else y


def correlate(x: np.ndarray, w: np.ndarray, strides: Any, dilations: Any, begins: Any, ends: Any, groups: int) -> np.ndarray:
    """Cross-correlation of x [N, C, *spatial] with w [O, C / groups, *kernel]; taps in the padding add nothing, half precision in single."""
    (batch, channels, *spatial), (outputs, _, *kernel) = x.shape, w.shape
    positions: list[Any] = [window_output(*each) for each in zip(spatial, kernel, strides, dilations, begins, ends, strict=True)]
    filters = widened(w).reshape(groups, outputs // groups, channels // groups, *kernel)
    total: Any = np.zeros((batch, groups, outputs // groups, *positions), np.result_type(widened(x[:0]), filters))
    window = kernel, strides, dilations, begins, positions
    inside = tap_views(np.ones((1, 1, *spatial), np.bool_), *window, False)
    for tap, seen, there in zip(np.ndindex(*kernel), tap_views(widened(x), *window, 0), inside, strict=True):
        columns = seen.reshape(batch, groups, channels // groups, math.prod(positions))
        product = (filters[(..., *tap)] @ columns).reshape(total.shape)
        total += product if there.all() else np.where(there[:, :, None], product, total.dtype.type(0))
    return total.reshape(batch, outputs, *positions).astype(np.result_type(x, w), copy=False)


@define
class ConvTransposeOp(Affine):
    """The transpose of a convolution: every element of x puts a scaled filter into the result.

    x     [N, C, *spatial]  (layout nchw; [N, *spatial, C] in nhwc)
    w     [C, O / groups, *kernel]  (nhwc: [C, *kernel, O / groups])
    bias  [O], optional
    pads  begins then ends: what is cut off the full result; out_pads  what is added at the ends

    result size = strides * (size - 1) + out_pads + (kernel - 1) * dilations + 1 - pads

    Source: ONNX ConvTranspose-22. Example:
        %y = inference.conv_transpose %x, %w strides [2, 2] : (tensor<1x3x4x4xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x8x8xf32>
    """

    name = "inference.conv_transpose"
    x = operand_def()
    w = operand_def()
    bias = opt_operand_def()
    strides = ints()
    pads = ints()
    out_pads = ints()
    dilations = ints()
    groups = integer(1)
    layout = enum("nchw", "nhwc")
    result = result_def()

    def channel_axis(self) -> int:
        """O of [N, O, *positions] or [N, *positions, O]."""
        return -1 if self.layout == "nhwc" else 1 - ranked(self.x).get_num_dims()

    def scale_weights(self, weights: Lazy, factors: Lazy) -> Lazy:
        """Those of a group lie in its input channels, beside each other or last."""
        shape, n = weights.shape, weights.ndim - 2
        each = shape[1] if self.layout == "nchw" else shape[-1]
        by_channel = (each, *[1] * n) if self.layout == "nchw" else (*[1] * n, each)
        grouped = weights.reshape(self.groups, shape[0] // self.groups, *shape[1:])
        return (grouped * factors.reshape(self.groups, 1, *by_channel)).reshape(shape)

    def window(self, n: int) -> tuple[tuple[int, ...], ...]:
        """strides, dilations, pads at the begins, pads at the ends, out_pads."""
        pads = self.pads or (0,) * (2 * n)
        return self.strides or (1,) * n, self.dilations or (1,) * n, pads[:n], pads[n:], self.out_pads or (0,) * n

    def infer_shape(self, x: Shape, w: Shape, bias: Shape | None) -> Shape:
        """[N, O, *positions]."""
        if len(x) != len(w) or len(x) < 3:
            self.error(f"x has rank {len(x)} and w rank {len(w)}; both need the same rank, 3 at least")
        n = len(x) - 2
        if self.layout == "nhwc":
            x, w = (x[0], x[-1], *x[1:-1]), (w[0], w[-1], *w[1:-1])
        for what, values, length in (
            ("strides", self.strides, n),
            ("dilations", self.dilations, n),
            ("pads", self.pads, 2 * n),
            ("out_pads", self.out_pads, n),
        ):
            if values is not None and len(values) != length:
                self.error(f"{what} {list(values)} needs {length} entries for {n} spatial dimensions")
        if any(v < 1 for v in (*(self.strides or ()), *(self.dilations or ()), self.groups)):
            self.error("strides, dilations and groups are 1 at least")
        if differ(x[1], w[0]):
            self.error(f"filter takes {w[0]} channels, x has {x[1]}", [defined_here(self.x, "x")])
        if isinstance(w[0], int) and w[0] % self.groups:
            self.error(f"{w[0]} channels do not divide into {self.groups} groups")
        channels = w[1] * self.groups
        if bias is not None and (len(bias) != 1 or differ(bias[0], channels)):
            self.error(f"bias is {shape_text(bias)}, expected {channels}")
        out = tuple(s * (d - 1) + o + (k - 1) * di + 1 - b - e for d, k, s, di, b, e, o in zip(x[2:], w[2:], *self.window(n), strict=True))
        if any(isinstance(d, int) and d < 1 for d in out):
            self.error(f"pads {list(self.pads or ())} cut off the whole result")
        return (x[0], channels, *out) if self.layout == "nchw" else (x[0], *out, channels)

    def reference(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
        """numpy: every tap adds a strided copy."""
        if self.layout == "nhwc":
            x, w = np.moveaxis(x, -1, 1), np.moveaxis(w, -1, 1)
        n = x.ndim - 2
        strides, dilations, begins, ends, extra = self.window(n)
        full = [
            s * (d - 1) + (k - 1) * di + 1 + o for s, d, k, di, o in zip(strides, x.shape[2:], w.shape[2:], dilations, extra, strict=True)
        ]
        inner, each = x.shape[1] // self.groups, w.shape[1]
        y = np.zeros((x.shape[0], each * self.groups, *full), x.dtype)
        for tap in np.ndindex(*w.shape[2:]):
            place = tuple(
                slice(t * di, t * di + s * (d - 1) + 1, s) for t, di, s, d in zip(tap, dilations, strides, x.shape[2:], strict=True)
            )
            for group in range(self.groups):
                part = x[:, group * inner : (group + 1) * inner]
                filters = w[(slice(group * inner, (group + 1) * inner), slice(None), *tap)]
                y[(slice(None), slice(group * each, (group + 1) * each), *place)] += np.einsum("nc...,co->no...", part, filters)
        y = y[(slice(None), slice(None), *(slice(max(b, 0), size - max(e, 0)) for b, e, size in zip(begins, ends, full, strict=True)))]
        grow = [(0, 0), (0, 0), *((max(-b, 0), max(-e, 0)) for b, e in zip(begins, ends, strict=True))]
        y = np.pad(y, grow)
        if bias is not None:
            y = y + bias.reshape((-1,) + (1,) * n)
        return np.ascontiguousarray(np.moveaxis(y, 1, -1)) if self.layout == "nhwc" else y
