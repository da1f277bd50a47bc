"""Transposed convolutions as ordinary ones.

With stride s, positions r, r + s, r + 2 s, ... of the result see the same taps of the filter: they are a convolution of x with stride 1.
These phases are the channels of one convolution where that costs no more (`jointly`), else each is a convolution of its own, with fewer
taps, that writes where its positions lie (`apart`).

Where height or width is known at run time the phases are channels side by side of one image, of one convolution or of several, and
`cpu.depth_to_space` puts them in their positions (`on_grid`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import gcd, prod
from typing import Any

from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.lazy import Lazy, apply
from inferir.core.types import named_shape
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import (
    channels_last,
    image_of,
    not_float,
    rank_of,
    reshaped,
    result,
    shape_of,
    transposed,
)
from inferir.passes.cpu.inference_to_cpu.convolution import biased

BACKWARDS_END = -(2**31)
"""Where a slice that goes backwards to the first element ends."""
FEW_CHANNELS = 32
"""Below so many channels of x a copy of the phases costs more than multiplying by zeros."""


@dataclass(frozen=True)
class Axis:
    """A spatial axis: sizes of x, the filter and the result; what is cut off the begin of the full result.

    Position p of the result is p + begin of the full one, and m stride + i there has phase i of position m of the grid.
    """

    size: int
    kernel: int
    out: int
    stride: int
    dilation: int
    begin: int
    beyond: int
    """The result is this much longer than stride times x; sizes that are not known are -1."""

    def count(self, r: int) -> int:
        """Positions of phase r."""
        return -(-(self.out - r) // self.stride)

    @property
    def start(self) -> int:
        """The position of the grid that the result begins in."""
        return self.begin // self.stride

    @property
    def crop(self) -> int:
        """Phases of that position before the result."""
        return self.begin - self.start * self.stride

    @property
    def growth(self) -> int:
        """How much longer the grid is than x."""
        return (self.begin + self.beyond - 1) // self.stride + 1 - self.start

    @property
    def crop_behind(self) -> int:
        """Phases of the last position of the grid behind the result."""
        return self.growth * self.stride - self.crop - self.beyond

    @property
    def phases(self) -> range:
        """Those that have positions."""
        return range(min(self.stride, self.out))


@dataclass(frozen=True)
class Phase:
    """Every s-th position along an axis, as a convolution with stride 1.

    taps      of the filter that reach these positions, in the order of the positions of x that they read
    dilation  distance of these positions
    low, high padding of x
    """

    taps: range
    dilation: int
    low: int
    high: int


def phase(axis: Axis, r: int) -> Phase:
    """Phase r: position r + m stride gets tap t from x at m + (r + begin - t dilation) / stride, where that is whole."""
    first, count = r + axis.begin, axis.count(r)
    taps = [t for t in reversed(range(axis.kernel)) if (first - t * axis.dilation) % axis.stride == 0]
    if not taps:
        return Phase(range(1), 1, count, -axis.size)
    common = gcd(axis.stride, axis.dilation)
    low, distance = -((first - taps[0] * axis.dilation) // axis.stride), axis.dilation // common
    step = -axis.stride // common
    return Phase(range(taps[0], taps[-1] - 1, step), distance, low, count - axis.size - low + distance * (len(taps) - 1))


def phase_on_grid(axis: Axis, i: int) -> Phase | None:
    """Phase i at every position m of the grid: tap t from x at m + start + (i - t dilation) / stride, where that is whole; None without taps."""
    taps = [t for t in reversed(range(axis.kernel)) if (i - t * axis.dilation) % axis.stride == 0]
    if not taps:
        return None
    common = gcd(axis.stride, axis.dilation)
    low, distance = -(axis.start + (i - taps[0] * axis.dilation) // axis.stride), axis.dilation // common
    return Phase(range(taps[0], taps[-1] - 1, -axis.stride // common), distance, low, axis.growth - low + distance * (len(taps) - 1))


@rewrites(inf.ConvTransposeOp)
def conv_transpose(op: inf.ConvTransposeOp, rw: Rewriter) -> str | None:
    """phase r of conv_transpose(x, w) = conv(x, every stride-th tap of w, backwards)"""
    reason = not_float(op.x, op.w, op.bias)
    if reason is not None:
        return reason
    rank = rank_of(op.x) - 2
    if rank > 2:
        return f"{rank}-D convolution has no kernel"
    image = image_of(op.x, op.layout)
    constants = rw.constants(op.w)
    if constants is None:
        return "its filter is not constant"
    filters, axes = by_output(constants[0], op), axes_of(op)
    dynamic = -1 in image
    bias = None if op.bias is None else rw.constants(op.bias)
    joint = op.groups == 1 and (op.bias is None or bias is not None) and all(a.dilation == 1 for a in axes)
    hollow = dynamic and any(phase_on_grid(a, i) is None for a in axes for i in range(a.stride))
    if hollow and not joint:
        return "a phase has no taps, and its height or width is dynamic"
    simpler = hollow or (dynamic and filters.shape[1] < FEW_CHANNELS)
    x = channels_last(op.x, op.layout, rw)
    if rank == 1:
        n, length, channels = named_shape(x)
        x = reshaped(x, (n, 1, length, channels), rw)
        axes.insert(0, Axis(1, 1, 1, 1, 1, 0, 0))
        filters = filters.reshape(*filters.shape[:2], 1, -1)
    pays = joint and (simpler or joining_pays(axes, filters.shape[0]))
    y = together(op, x, filters, None if bias is None else bias[0], axes, rw) if pays else None
    if dynamic:
        y = on_grid(op, x, filters, axes, rw) if y is None else y
        y = in_positions(y, axes, rw)
    else:
        if y is not None:
            parts = cut_apart(y, axes, filters.shape[0], rw)
        else:
            each = itertools.product(*([phase(a, r) for r in a.phases] for a in axes))
            parts = [apart(op, x, filters, phases, rw) for phases in each]
        y = parts[0] if len(parts) == 1 else result(cpu.InterleaveOp.make(parts, factors=(1, *(len(a.phases) for a in axes), 1)), rw)
    if rank == 1:
        n, _, length, channels = named_shape(y)
        y = reshaped(y, (n, length, channels), rw)
    if op.layout == "nchw":
        y = transposed(y, (0, rank + 1, *range(1, rank + 1)), rw)
    rw.replace(op, y)
    return None


def axes_of(op: inf.ConvTransposeOp) -> list[Axis]:
    """The spatial axes."""
    kernel = image_of(op.w, op.layout)
    strides, dilations, begins, ends, out_pads = op.window(len(kernel))
    beyond = [o + (k - 1) * d + 1 - b - e - s for k, s, d, b, e, o in zip(kernel, strides, dilations, begins, ends, out_pads, strict=True)]
    sizes = image_of(op.x, op.layout), kernel, image_of(op.result, op.layout)
    return [Axis(*a) for a in zip(*sizes, strides, dilations, begins, beyond, strict=True)]


def by_output(w: Lazy, op: inf.ConvTransposeOp) -> Lazy:
    """[C, O / groups, *kernel] (or [C, *kernel, O / groups]) -> [O, C / groups, *kernel], as a convolution has its filters."""
    n = w.ndim - 2
    if op.layout == "nhwc":
        w = w.transpose(0, n + 1, *range(1, n + 1))
    inner, each, *kernel = w.shape
    w = w.reshape(op.groups, inner // op.groups, each, *kernel).transpose(0, 2, 1, *range(3, 3 + n))
    return w.reshape(op.groups * each, inner // op.groups, *kernel)


def joining_pays(axes: list[Axis], outputs: int) -> bool:
    """Whether all phases see windows so alike that one convolution, with zeros for what a phase does not see, is no more work."""
    if any(a.dilation != 1 or 0 <= a.out < a.stride for a in axes) or all(a.stride == 1 for a in axes):
        return False
    padded = -(-outputs // 16) * 16
    together = -(-outputs * prod(a.stride for a in axes) // 16) * 16 * prod(-(-a.kernel // a.stride) for a in axes)
    return together <= padded * prod(a.kernel for a in axes)


def together(op: inf.ConvTransposeOp, x: SSAValue, filters: Lazy, bias: Lazy | None, axes: list[Axis], rw: Rewriter) -> SSAValue:
    """All phases as channels of one convolution; tap t of the filter is tap t // stride of phase t % stride."""
    outputs, inner = filters.shape[:2]
    count, taps = prod(a.stride for a in axes), [-(-a.kernel // a.stride) for a in axes]
    missing = tuple(t * a.stride - a.kernel for t, a in zip(taps, axes, strict=True))
    if any(missing):
        filters = apply("inference.pad", [filters], rw.ctx, low=(0, 0, 0, 0), high=(0, 0, *missing))
    (h, w), (sh, sw) = taps, (a.stride for a in axes)
    split = filters.reshape(outputs, inner, h, sh, w, sw)
    backwards = apply("inference.slice", [split], rw.ctx, starts=(h - 1, w - 1), ends=(BACKWARDS_END,) * 2, axes=(2, 4), steps=(-1, -1))
    joined = backwards.transpose(3, 5, 0, 1, 2, 4).reshape(count * outputs, inner, h, w)
    extras = [] if bias is None else [rw.const(bias.reshape(1, outputs).broadcast_to(count, outputs).reshape(-1))]
    low = [t - 1 - a.start for t, a in zip(taps, axes, strict=True)]
    high = [a.growth - b + t - 1 for a, b, t in zip(axes, low, taps, strict=True)]
    packed = result(cpu.PackConv2dOp.make(rw.const(joined)), rw)
    made = cpu.Conv2dOp.make(x, packed, extras, regions=[biased(op.bias)], channels=count * outputs, pads=(*low, *high))
    return result(made, rw)


def cut_apart(whole: SSAValue, axes: list[Axis], outputs: int, rw: Rewriter) -> list[SSAValue]:
    """The phases that are channels of one convolution."""
    parts = []
    for turn in itertools.product(*(a.phases for a in axes)):
        part, number = whole, 0
        for axis, (a, r) in enumerate(zip(axes, turn, strict=True)):
            place, own = divmod(r + a.begin, a.stride)
            number = number * a.stride + own
            part = cut(part, 1 + axis, place - a.start, a.count(r), rw)
        parts.append(cut(part, 3, number * outputs, outputs, rw))
    return parts


def on_grid(op: inf.ConvTransposeOp, x: SSAValue, filters: Lazy, axes: list[Axis], rw: Rewriter) -> SSAValue:
    """The phases side by side, each a convolution with the taps that it sees."""
    each = itertools.product(*([phase_on_grid(a, i) for i in range(a.stride)] for a in axes))
    parts = [apart(op, x, filters, tuple(p for p in phases if p is not None), rw) for phases in each]
    return parts[0] if len(parts) == 1 else result(cpu.ConcatOp.make(parts, axis=3), rw)


def in_positions(y: SSAValue, axes: list[Axis], rw: Rewriter) -> SSAValue:
    """The phases, which are channels, where they belong."""
    crops = (*(a.crop for a in axes), *(a.crop_behind for a in axes))
    if all(a.stride == 1 for a in axes):
        return y
    return result(cpu.DepthToSpaceOp.make(y, [], block=tuple(a.stride for a in axes), crops=crops, regions=[Region()]), rw)


def cut(x: SSAValue, axis: int, start: int, size: int, rw: Rewriter) -> SSAValue:
    """A part of an axis."""
    return x if shape_of(x)[axis] == size else result(cpu.SliceOp.make(x, axis=axis, start=start, size=size), rw)


def apart(op: inf.ConvTransposeOp, x: SSAValue, filters: Lazy, phases: tuple[Phase, ...], rw: Rewriter) -> SSAValue:
    """The positions of one phase along each axis."""
    taps = [p.taps for p in phases]
    ends = tuple(t[-1] - 1 if t[-1] else BACKWARDS_END for t in taps)
    steps = tuple(-abs(t.step) for t in taps)
    own = apply("inference.slice", [filters], rw.ctx, starts=tuple(t[0] for t in taps), ends=ends, axes=(2, 3), steps=steps)
    window: dict[str, Any] = {"dilations": tuple(p.dilation for p in phases), "pads": (*(p.low for p in phases), *(p.high for p in phases))}
    outputs, inner = filters.shape[:2]
    extras = [op.bias] if op.bias is not None else []
    if op.groups == outputs and inner == 1 and op.groups > 1:
        w = result(cpu.PackDwconv2dOp.make(rw.const(own)), rw)
        return result(cpu.Dwconv2dOp.make(x, w, extras, regions=[biased(op.bias)], **window), rw)
    w = result(cpu.PackConv2dOp.make(rw.const(own), groups=op.groups), rw)
    return result(cpu.Conv2dOp.make(x, w, extras, regions=[biased(op.bias)], channels=outputs, groups=op.groups, **window), rw)
