"""Reading between elements: grids, regions of interest, deformed windows."""

from __future__ import annotations

import itertools
import math as numbers
from collections.abc import Callable
from typing import Any

from xdsl.dialects import math
from xdsl.dialects.builtin import f32, i1
from xdsl.ir import SSAValue

from inferir.core import Rewriter
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.host import in_call
from inferir.dialects.inference.host_functions.sampling import LEAST_SAMPLES, MOST_SAMPLES
from inferir.passes.cpu.inference_to_cpu.building import rank_of, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generate

Call = inf.HostCallOp


def keys(s: Program, d: Value, a: float) -> Value:
    """Keys' cubic kernel at a distance."""
    inner = ((d * (a + 2) - (a + 3)) * d * d) + 1.0
    outer = ((d * a - 5 * a) * d + 8 * a) * d - 4 * a
    return s.where(d <= 1.0, inner, s.where(d >= 2.0, s.number(0.0, d.type), outer))


def real(s: Program, value: Scalar) -> Value:
    """A number as an f32."""
    return value.to(f32) if isinstance(value, Value) else s.number(float(value), f32)


def mirrored(s: Program, x: Value, low: Value, high: Value) -> Value:
    """Reflected at the borders until it lies between them."""
    span = high - low
    far = s.apply(math.AbsFOp, x - low)
    turned = far - s.floor(far / (span * 2.0)) * (span * 2.0)
    there = low + s.where(turned > span, span * 2.0 - turned, turned)
    return s.where(span.equals(0.0), low, there)


class Axis:
    """The neighbours that a sample takes along one axis: places, weights and whether they exist."""

    def __init__(self, s: Program, at: Value, size: Scalar, mode: str, padding: str, corners: bool):
        last = real(s, size) - 1.0
        low, high = (real(s, 0.0), last) if corners else (real(s, -0.5), last + 0.5)
        at = s.apply(math.RoundEvenOp, at) if mode == "nearest" else at
        outside = (at < low) | (at > high)
        if padding == "border":
            at = s.where(outside, s.larger(s.smaller(at, last), real(s, 0.0)), at)
        elif padding == "reflection":
            at = s.where(outside, mirrored(s, at, low, high), at)
        first = s.floor(at)
        part = at - first
        if mode == "nearest":
            taps, self.weights = [at], [real(s, 1.0)]
        elif mode == "linear":
            taps, self.weights = [first, first + 1.0], [1.0 - part, part]
        else:
            taps = [first + float(i) for i in (-1, 0, 1, 2)]
            self.weights = [keys(s, d, -0.75) for d in (part + 1.0, part, 1.0 - part, 2.0 - part)]
        self.inside: list[Any] = [(t >= 0.0) & (t <= last) if padding == "zeros" else True for t in taps]
        if padding == "reflection":
            taps = [s.where((t < low) | (t > high), s.apply(math.TruncOp, mirrored(s, t, low, high)), t) for t in taps]
        self.places = [s.clamped(s.larger(s.smaller(t, last), real(s, 0.0)).index(), size) for t in taps]
        """Within the image, even for a NaN."""


def sampled(s: Program, x: SSAValue, head: list[Any], axes: list[Axis]) -> Value:
    """The weighted sum of the neighbours along all axes."""
    total = real(s, 0.0)
    for taps in itertools.product(*(range(len(a.places)) for a in axes)):
        inside, weight = True, real(s, 1.0)
        for axis, tap in zip(axes, taps, strict=True):
            inside, weight = inside & axis.inside[tap], weight * axis.weights[tap]
        value = s.load(x, [*head, *(a.places[t] for a, t in zip(axes, taps, strict=True))], inside, 0).to(f32)
        total = total + s.where(inside & weight.differs(0.0), value * weight, real(s, 0.0))
    return total


def grid_sample(op: Call, rw: Rewriter, x: SSAValue, grid: SSAValue, mode: str, padding_mode: str, align_corners: int) -> str | None:
    """x [N, C, *spatial] at the places of grid [N, *out, n], from -1 to 1, last axis first"""
    count = rank_of(x) - 2

    def body(s: Program, at: list[Any], x: SSAValue, grid: SSAValue) -> Any:
        axes = []
        for d in range(count):
            size = s.size(x, 2 + d)
            unit = s.load(grid, [at[0], *at[2:], count - 1 - d]).to(f32)
            full = real(s, size)
            place = (unit + 1.0) / 2.0 * (full - 1.0) if align_corners else ((unit + 1.0) * full - 1.0) / 2.0
            axes.append(Axis(s, place, size, mode, padding_mode, bool(align_corners)))
        return sampled(s, x, at[:2], axes).to(cpu.element_of(x))

    return generate(op, [x, grid], body, rw)


def bilinear(s: Program, image: SSAValue, head: list[Any], y: Value, x: Value, mode: str) -> Value:
    """image [.., H, W] at a place; zero outside by more than one element. `max` takes the largest weighted neighbour."""
    tops, parts, outside = [], [], s.number(0, i1)
    for axis, at in ((2, y), (3, x)):
        size = s.size(image, axis)
        full = real(s, size)
        outside = outside | (at < -1.0) | (at > full)
        at = s.larger(at, real(s, 0.0))
        low = s.smaller(at.index(), size - 1)
        high = s.smaller(low + 1, size - 1)
        parts.append(s.where(low.equals(size - 1), real(s, 0.0), at - low.to(f32)))
        tops.append((low, high))
    corners = []
    for a, b in itertools.product((0, 1), (0, 1)):
        weight = (parts[0] if a else 1.0 - parts[0]) * (parts[1] if b else 1.0 - parts[1])
        place = [s.clamped(t[k], s.size(image, axis)) for t, k, axis in ((tops[0], a, 2), (tops[1], b, 3))]
        corners.append(s.load(image, [*head, *place]).to(f32) * weight)
    combined = corners[0]
    for each in corners[1:]:
        combined = s.larger(combined, each) if mode == "max" else combined + each
    return s.where(outside, real(s, 0.0), combined)


def roi_align(
    op: Call,
    rw: Rewriter,
    x: SSAValue,
    rois: SSAValue,
    batch: SSAValue,
    *,
    height: int,
    width: int,
    ratio: int,
    scale: float,
    mode: str,
    half_pixel: int,
) -> str | None:
    """Each region of interest averaged (or its maximum) on a grid of bins, a few samples in each"""

    def body(s: Program, at: list[Any], x: SSAValue, rois: SSAValue, batch: SSAValue) -> Any:
        shift = 0.5 if half_pixel else 0.0
        left, top, right, bottom = (s.load(rois, [at[0], k]).to(f32) * scale - shift for k in range(4))
        tall, wide = bottom - top, right - left
        if not half_pixel:
            tall, wide = s.larger(tall, real(s, 1.0)), s.larger(wide, real(s, 1.0))
        bins = tall / float(height), wide / float(width)
        counts: list[Scalar] = [ratio, ratio] if ratio > 0 else [s.apply(math.CeilOp, b).index() for b in bins]
        if ratio <= 0:
            counts = [s.checked(c, LEAST_SAMPLES, MOST_SAMPLES, in_call("roi_align", "samples along a bin")) for c in counts]
        image = s.checked(s.load(batch, [at[0]]), 0, s.size(x, 0), in_call("roi_align", "batch index"))

        def sample(k: list[Any], total: Value, seen: Value) -> list[Any]:
            places = [
                start + at[2 + d].to(f32) * bins[d] + (s.value(k[d]).to(f32) + 0.5) * bins[d] / real(s, counts[d])
                for d, start in enumerate((top, left))
            ]
            value = bilinear(s, x, [image, at[1]], places[0], places[1], mode)
            best = s.where(seen.equals(0.0), value, s.larger(total, value))
            return [best if mode == "max" else total + value, seen + 1.0]

        total, seen = s.over(counts, [real(s, 0.0), real(s, 0.0)], sample)
        return (total if mode == "max" else total / s.larger(seen, real(s, 1.0))).to(cpu.element_of(x))

    return generate(op, [x, rois, batch], body, rw)


def max_roi_pool(op: Call, rw: Rewriter, x: SSAValue, rois: SSAValue, *, pooled: tuple[int, ...], scale: float) -> str | None:
    """The maximum of each bin of each region of interest"""

    def body(s: Program, at: list[Any], x: SSAValue, rois: SSAValue) -> Any:
        image = s.checked(s.load(rois, [at[0], 0]).index(), 0, s.size(x, 0), in_call("max_roi_pool", "batch index"))
        lows, highs = [], []
        for d, first in ((0, 2), (1, 1)):
            begin, end = (s.floor(s.load(rois, [at[0], k]).to(f32) * scale + 0.5) for k in (first, first + 2))
            size = s.larger(end - begin + 1.0, real(s, 1.0)) / float(pooled[d])
            i, full = at[2 + d].to(f32), real(s, s.size(x, 2 + d))
            edges = begin + s.floor(i * size), begin + s.apply(math.CeilOp, (i + 1.0) * size)
            low, high = (s.larger(s.smaller(e, full), real(s, 0.0)).index() for e in edges)
            lows.append(low)
            highs.append(high)
        element = cpu.element_of(x)
        least = s.number(-numbers.inf, element)

        def row(y: Value, best: Value) -> list[Value]:
            return s.loop(lows[1], highs[1], [best], lambda c, inner: [s.larger(inner, s.load(x, [image, at[1], y, c]))])

        (best,) = s.loop(lows[0], highs[0], [least], row)
        return s.where(best.equals(-numbers.inf), s.number(0, element), best)

    return generate(op, [x, rois], body, rw)


def deform_conv(
    op: Call,
    rw: Rewriter,
    x: SSAValue,
    w: SSAValue,
    offset: SSAValue,
    bias: SSAValue | None = None,
    mask: SSAValue | None = None,
    *,
    strides: tuple[int, ...],
    pads: tuple[int, ...],
    dilations: tuple[int, ...],
    groups: int,
    offset_groups: int,
) -> str | None:
    """A convolution whose every tap reads at a place of its own"""
    kernel = shape_of(w)[2:]
    given = [v for v in (bias, mask) if v is not None]

    def body(s: Program, at: list[Any], x: SSAValue, w: SSAValue, offset: SSAValue, *others: SSAValue) -> Any:
        n, o, position = at[0], at[1], at[2:]
        inner, each = s.size(w, 1), s.size(x, 1) // offset_groups
        first = o // (s.size(w, 0) // groups) * inner
        mask_value = others[-1] if mask is not None else None

        def tap(k: list[Any], total: Value) -> list[Any]:
            *taps, c = k
            channel = first + c
            group = channel // each
            number: Scalar = 0
            for t, size in zip(taps, kernel, strict=True):
                number = number * size + t
            axes = []
            for d, (p, t) in enumerate(zip(position, taps, strict=True)):
                moved = s.load(offset, [n, (group * numbers.prod(kernel) + number) * len(kernel) + d, *position]).to(f32)
                base = s.value(p * strides[d] - pads[d] + t * dilations[d]).to(f32)
                axes.append(Axis(s, base + moved, s.size(x, 2 + d), "linear", "zeros", True))
            value = sampled(s, x, [n, channel], axes)
            if mask_value is not None:
                value = value * s.load(mask_value, [n, group * numbers.prod(kernel) + number, *position]).to(f32)
            return [total + value * s.load(w, [o, c, *taps]).to(f32)]

        start = s.load(others[0], [o]).to(f32) if bias is not None else real(s, 0.0)
        return s.over([*kernel, inner], [start], tap)[0].to(cpu.element_of(x))

    return generate(op, [x, w, offset, *given], body, rw)


CALLEES: dict[str, Callable[..., str | None]] = {
    "grid_sample": grid_sample,
    "roi_align": roi_align,
    "max_roi_pool": max_roi_pool,
    "deform_conv": deform_conv,
}
"""How to replace a call of each function: (op, rewriter, operands..., configuration...)."""
