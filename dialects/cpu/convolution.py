"""Convolutions in NHWC with packed weights."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.op import Cost, define
from inferir.core.properties import enum, integer, ints
from inferir.core.relations import Relation, at_most
from inferir.dialects.cpu.base import Level3Op, any_strides, ceil_div, shape_of
from inferir.dialects.cpu.quads import QUAD, from_quads, is_bytes, product_dtype


def pack_conv2d(w: np.ndarray, panel: int, groups: int = 1) -> np.ndarray:
    """[O, C / groups, KH, KW] -> [groups P, KH, KW, C / groups, panel], P = ceil(O / groups / panel), zeros beyond O."""
    out, inner, kh, kw = w.shape
    each = out // groups
    panels = ceil_div(each, panel)
    padded = np.zeros((groups, panels * panel, inner, kh, kw), w.dtype)
    padded[:, :each] = w.reshape(groups, each, inner, kh, kw)
    padded = padded.reshape(groups * panels, panel, inner, kh, kw)
    return np.ascontiguousarray(padded.transpose(0, 3, 4, 2, 1))


def unpack_conv2d(w: np.ndarray, channels: int, groups: int = 1) -> np.ndarray:
    """The inverse of `pack_conv2d`."""
    panels, kh, kw, inner, panel = w.shape
    each = channels // groups
    whole = w.transpose(0, 4, 3, 1, 2).reshape(groups, panels // groups * panel, inner, kh, kw)
    return whole[:, :each].reshape(channels, inner, kh, kw)


def pack_dwconv2d(w: np.ndarray) -> np.ndarray:
    """[C, 1, KH, KW] -> [KH, KW, C]."""
    return np.ascontiguousarray(w[:, 0].transpose(1, 2, 0))


def extent(size: Any, kernel: int, stride: int, dilation: int, before: int, after: int) -> Any:
    """The number of window positions along one axis."""
    return (size + before + after - dilation * (kernel - 1) - 1) // stride + 1


def windows(
    x: np.ndarray, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int], pads: Sequence[int], fill: float
) -> np.ndarray:
    """[N, H, W, C] -> [N, OH, OW, KH, KW, C]: a copy of each window, `fill` in the padding."""
    (kh, kw), (sh, sw), (dh, dw) = kernel, strides, dilations
    top, left, bottom, right = pads
    padded = np.pad(x, ((0, 0), (max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0)), (0, 0)), constant_values=fill)
    oh = extent(x.shape[1], kh, sh, dh, top, bottom)
    ow = extent(x.shape[2], kw, sw, dw, left, right)
    rows = np.arange(oh)[:, None] * sh + np.arange(kh) * dh - min(top, 0)
    columns = np.arange(ow)[:, None] * sw + np.arange(kw) * dw - min(left, 0)
    return padded[:, rows[:, None, :, None], columns[None, :, None, :]]


WINDOW = "the window is larger than the padded input"


class Windowed(Level3Op):
    """An op that slides a window over [N, H, W, C].

    strides    of the window, rows then columns
    pads       rows above, columns left, rows below, columns right; negative ones leave rows and columns of x out
    dilations  distance of neighbouring taps
    """

    strides = ints((1, 1))
    pads = ints((0, 0, 0, 0))
    dilations = ints((1, 1))

    def extras_of_tile(self) -> Sequence[SSAValue]:
        """Tiles of an image of unknown width may overlap: what one writes another may write again."""
        x = self.operands[0].type
        assert isinstance(x, TensorType | MemRefType)
        return () if DYNAMIC_INDEX in x.get_shape()[1:3] else super().extras_of_tile()

    def windows_fit(self, positions: Sequence[Any]) -> Iterator[Relation]:
        """A window has a position in x."""
        yield from (at_most(1, count, WINDOW) for count in positions if not isinstance(count, int))

    def positions(self, x: Any, kh: int, kw: int) -> tuple[Any, Any]:
        """OH and OW."""
        if len(x) != 4:
            self.error("x is [N, H, W, C]")
        (sh, sw), (dh, dw), (top, left, bottom, right) = self.strides, self.dilations, self.pads
        return extent(x[1], kh, sh, dh, top, bottom), extent(x[2], kw, sw, dw, left, right)


@define
class Conv2dOp(Windowed):
    """y = epilogue(cross-correlation of x with w), without a copy of x.

    x          [N, H, W, C]
    w          [groups P, KH, KW, C / groups, NR], packed by `pack_conv2d`; NR is a multiple of 16;
               where x is ui8, [P, KH, KW, ceil(C / 4), NR] of four channels each (`quads`), and accumulators are i32
    channels   O; y is [N, OH, OW, O]
    groups     input and output channels fall into this many independent parts
    rows       pixels of the register tile (its columns are NR)
    algorithm  direct: implicit GEMM over the taps

    Source: ONNX Conv-22 in NHWC. Example:
        %y = cpu.conv2d %x, %w channels 64 strides [2, 2] pads [3, 3, 3, 3] {} : (tensor<1x224x224x3xf32>, tensor<1x7x7x3x64xf32>) -> tensor<1x112x112x64xf32>
    """

    name = "cpu.conv2d"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    w = operand_def(TensorType.constr() | MemRefType.constr())
    channels = integer()
    groups = integer(1)
    rows = integer(6)
    algorithm = enum("direct")

    def read_in_place(self) -> Sequence[SSAValue]:
        return self.extras_of_tile()

    def size_relations(self, x: Any, w: Any, *others: Any) -> Iterator[Relation]:
        """The channels of x are those that the filters take; a window fits."""
        if len(x) == 4 and len(w) == 5:
            inner = ceil_div(x[3] // self.groups, QUAD) * self.groups if is_bytes(self.x) else x[3]
            yield Relation(inner, w[3] * self.groups, f"x has {x[3]} channels, w takes {w[3]} in each of {self.groups} groups")
            yield from self.windows_fit(self.positions(x, w[1], w[2]))

    def infer_shape(self, x: Any, w: Any, extras: Any, outs: Any) -> Any:
        if len(w) != 5 or w[4] % 16 != 0:
            self.error("w is [panels, KH, KW, C / groups, NR] with NR a multiple of 16")
        oh, ow = self.positions(x, w[1], w[2])
        if self.channels is None or self.channels % self.groups:
            self.error(f"{self.channels} channels do not fall into {self.groups} groups")
        if ceil_div(self.channels // self.groups, w[4]) * self.groups != w[0]:
            self.error(f"{self.channels} channels in {self.groups} groups do not make {w[0]} panels of {w[4]}")
        return (x[0], oh, ow, self.channels)

    def reference(self, x: np.ndarray, w: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        if is_bytes(self.x):
            x, w = x.astype(np.int32), from_quads(w, x.shape[-1] // self.groups)
        filters = unpack_conv2d(w, self.channels, self.groups)
        out, inner, kh, kw = filters.shape
        taken = windows(x, (kh, kw), self.strides, self.dilations, self.pads, 0.0)
        parts = []
        for g in range(self.groups):
            own = filters[g * out // self.groups : (g + 1) * out // self.groups]
            seen = taken[..., g * inner : (g + 1) * inner]
            parts.append(np.tensordot(seen, own, ([3, 4, 5], [2, 3, 1])))
        return self.finish(np.concatenate(parts, -1), extras)

    def value_dtype(self, *elements: Any) -> Any:
        """i32 for bytes."""
        return product_dtype(elements[0])

    def cost(self) -> Cost:
        taps = [d for d in shape_of(self.w.type)[1:4] if isinstance(d, int)]
        base = super().cost()
        return Cost(2 * base.flops * int(np.prod(taps)), base.bytes)


@define
class Dwconv2dOp(Windowed):
    """Depthwise convolution: every channel with its own window.

    x  [N, H, W, C]
    w  [KH, KW, C], packed by `pack_dwconv2d`; where x is ui8, whole numbers (as floats, which hold their sums exactly),
       and accumulators are i32

    Source: ONNX Conv-22 with groups = C, one filter a channel. Example:
        %y = cpu.dwconv2d %x, %w pads [1, 1, 1, 1] {} : (tensor<1x56x56x24xf32>, tensor<3x3x24xf32>) -> tensor<1x56x56x24xf32>
    """

    name = "cpu.dwconv2d"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    w = operand_def(TensorType.constr() | MemRefType.constr())

    def read_in_place(self) -> Sequence[SSAValue]:
        return self.extras_of_tile()

    def size_relations(self, x: Any, w: Any, *others: Any) -> Iterator[Relation]:
        """One filter a channel; a window fits."""
        if len(x) == 4 and len(w) == 3:
            yield Relation(w[2], x[3], f"w has {w[2]} channels, x {x[3]}")
            yield from self.windows_fit(self.positions(x, w[0], w[1]))

    def infer_shape(self, x: Any, w: Any, extras: Any, outs: Any) -> Any:
        if len(w) != 3:
            self.error("w is [KH, KW, C] with the channels of x")
        return (x[0], *self.positions(x, w[0], w[1]), x[3])

    def reference(self, x: np.ndarray, w: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        if is_bytes(self.x):
            x, w = x.astype(np.int32), w.astype(np.int32)
        taken = windows(x, w.shape[:2], self.strides, self.dilations, self.pads, 0.0)
        return self.finish(np.einsum("nhwrsc,rsc->nhwc", taken, w), extras)

    def value_dtype(self, *elements: Any) -> Any:
        """i32 for bytes."""
        return product_dtype(elements[0])

    def cost(self) -> Cost:
        taps = [d for d in shape_of(self.w.type)[:2] if isinstance(d, int)]
        base = super().cost()
        return Cost(2 * base.flops * int(np.prod(taps)), base.bytes)
