"""Sliding windows of any rank, element type, group and dilation: what the tuned kernels do not take."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects import math
from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.pooling import Pool
from inferir.passes.cpu.inference_to_cpu.building import rank_of, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, accumulator, generate, generated


def split_channels(at: list[Any], layout: str) -> tuple[Any, Any, list[Any]]:
    """Sample, channel and position of [N, C, *spatial] or [N, *spatial, C]."""
    return (at[0], at[1], at[2:]) if layout == "nchw" else (at[0], at[-1], at[1:-1])


def joined(n: Any, c: Any, position: list[Any], layout: str) -> list[Any]:
    """The inverse of `split_channels`."""
    return [n, c, *position] if layout == "nchw" else [n, *position, c]


def spatial(s: Program, x: SSAValue, layout: str) -> list[Scalar]:
    """The sizes of the spatial dimensions."""
    first = 2 if layout == "nchw" else 1
    return [s.size(x, first + d) for d in range(rank_of(x) - 2)]


def within(places: list[Any], sizes: list[Any], padded: tuple[bool, ...] | None = None) -> Any:
    """Whether places lie within sizes; dimensions that are not padded always do."""
    inside: Any = True
    for axis, (place, size) in enumerate(zip(places, sizes, strict=True)):
        if padded is None or padded[axis]:
            inside = inside & (place >= 0) & (place < size)
    return inside


class Window:
    """Taps of a pool or a convolution, seen from one position of the result."""

    def __init__(self, kernel: Any, strides: Any, dilations: Any, begins: Any, ends: Any, ceil_mode: bool = False):
        self.kernel, self.strides, self.dilations, self.begins, self.ends = kernel, strides, dilations, begins, ends
        self.padded = tuple(bool(b or e or ceil_mode) for b, e in zip(begins, ends, strict=True))

    def places(self, position: list[Any], tap: list[Any]) -> list[Any]:
        """Where the tap lies in x; it may be in the padding."""
        each = zip(position, tap, self.strides, self.dilations, self.begins, strict=True)
        return [p * s + t * d - b for p, t, s, d, b in each]


def lowest(x: SSAValue) -> float:
    """The least number of x's element type."""
    dtype = numpy_dtype(element_of(x))
    return int(np.iinfo(dtype).min) if dtype.kind in "iu" else 0 if dtype.kind == "b" else float("-inf")


def pool_window(op: Pool) -> Window:
    """The window of a pool."""
    return Window(op.kernel, *op.window(), ceil_mode=op.ceil_mode)


@rewrites(inf.MaxPoolOp, benefit=0)
def max_pool_any(op: inf.MaxPoolOp, rw: Rewriter) -> str | None:
    """The largest element under the window"""
    window = pool_window(op)

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        n, c, position = split_channels(at, op.layout)
        least = s.number(lowest(x), cpu.element_of(x))
        least.unsigned = is_unsigned(x)

        def tap(k: list[Any], best: Value) -> list[Any]:
            places = window.places(position, k)
            value = s.load(x, joined(n, c, places, op.layout), within(places, spatial(s, x, op.layout), window.padded), least)
            return [s.larger(best.wide(), value.wide()).to(best.type)]

        return s.over(op.kernel, [least], tap)[0]

    return generate(op, [op.x], body, rw)


def is_unsigned(x: SSAValue) -> bool:
    """Whether x holds unsigned integers."""
    return numpy_dtype(element_of(x)).kind == "u"


@rewrites(inf.MaxPoolWithIndicesOp)
def max_pool_with_indices(op: inf.MaxPoolWithIndicesOp, rw: Rewriter) -> str | None:
    """The largest element under the window, and, by the same search, its index in the flattened x"""
    window = pool_window(op)

    def search(s: Program, at: list[Any], x: SSAValue) -> list[Value]:
        n, c, position = split_channels(at, op.layout)
        sizes = spatial(s, x, op.layout)
        least = s.number(lowest(x), cpu.element_of(x))
        least.unsigned = is_unsigned(x)

        def tap(k: list[Any], best: Value, found: Value) -> list[Any]:
            places = window.places(position, k)
            inside = within(places, sizes, window.padded)
            value = s.load(x, joined(n, c, places, op.layout), inside, least)
            order = reversed(list(zip(places, sizes, strict=True))) if op.storage_order else zip(places, sizes, strict=True)
            number: Any = n * s.size(x, 1) + c
            for place, size in order:
                number = number * size + place
            better = inside & ((value.wide() > best.wide()) | (found < 0))
            return [s.where(better, value, best), s.where(better, number, found)]

        return s.over(op.kernel, [least, s.value(-1)], tap)

    shapes = [shape_of(r) for r in op.results]
    if any(-1 in shape for shape in shapes):
        return "the size of its result is known at run time only"
    largest = generated([op.x], shapes[0], element_of(op.x), lambda s, at, x: search(s, at, x)[0])
    places = generated([op.x], shapes[1], i64, lambda s, at, x: search(s, at, x)[1].to(i64))
    rw.replace(op, [largest, places], [largest.results[0], places.results[0]])
    return None


@rewrites(inf.AvgPoolOp, benefit=0)
def avg_pool_any(op: inf.AvgPoolOp, rw: Rewriter) -> str | None:
    """The sum of the elements under the window, over how many there are"""
    window = pool_window(op)

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        n, c, position = split_channels(at, op.layout)
        sizes = spatial(s, x, op.layout)
        type = accumulator(x)

        def tap(k: list[Any], total: Value, count: Value) -> list[Any]:
            places = window.places(position, k)
            inside = within(places, sizes, window.padded)
            value = s.load(x, joined(n, c, places, op.layout), inside, 0).to(type)
            if op.count_include_pad:
                inside = True
                for place, size, end in zip(places, sizes, window.ends if op.ceil_mode else (), strict=False):
                    inside = inside & (place < size + end)
            return [total + value, count + s.where(inside, s.number(1, type), s.number(0, type))]

        total, count = s.over(op.kernel, [s.number(0, type)] * 2, tap)
        return (total / count).to(cpu.element_of(x))

    return generate(op, [op.x], body, rw)


@rewrites(inf.LpPoolOp)
def lp_pool(op: inf.LpPoolOp, rw: Rewriter) -> str | None:
    """(sum |x|^p)^(1/p)"""
    window = pool_window(op)

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        n, c, position = split_channels(at, op.layout)
        type = accumulator(x)

        def tap(k: list[Any], total: Value) -> list[Any]:
            places = window.places(position, k)
            inside = within(places, spatial(s, x, op.layout), window.padded)
            size = s.apply(math.AbsFOp, s.load(x, joined(n, c, places, op.layout), inside, 0).to(type))
            power = size
            for _ in range(op.p - 1):
                power = power * size
            return [total + power]

        (total,) = s.over(op.kernel, [s.number(0, type)], tap)
        if op.p == 1:
            return total.to(cpu.element_of(x))
        root = s.apply(math.SqrtOp, total) if op.p == 2 else s.power(total, 1 / op.p)
        return root.to(cpu.element_of(x))

    return generate(op, [op.x], body, rw)


@rewrites(inf.ConvOp, benefit=0)
def conv_any(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """bias[o] + the sum over taps and channels of a group of x w"""
    strides, dilations, begins, ends = op.window()
    layout, groups = op.layout, op.groups
    kernel_first = 2 if layout == "nchw" else 1

    def body(s: Program, at: list[Any], x: SSAValue, w: SSAValue, *bias: SSAValue) -> Any:
        n, o, position = split_channels(at, layout)
        kernel = [s.size(w, kernel_first + d) for d in range(op.rank)]
        window = Window(kernel, strides, dilations, begins, ends)
        sizes, type = spatial(s, x, layout), accumulator(x)
        inner = s.size(w, 1 if layout == "nchw" else rank_of(w) - 1)
        first = 0 if groups == 1 else o // (s.size(w, 0) // groups) * inner

        def tap(k: list[Any], total: Value) -> list[Any]:
            *taps, c = k
            places = window.places(position, taps)
            inside = within(places, sizes, window.padded)
            value = s.load(x, joined(n, first + c, places, layout), inside, 0).to(type)
            return [s.where(inside, total + value * s.load(w, joined(o, c, taps, layout)).to(type), total)]

        start = s.load(bias[0], [o]).to(type) if bias else s.number(0, type)
        return s.over([*kernel, inner], [start], tap)[0].to(cpu.element_of(x))

    return generate(op, [op.x, op.w, *([op.bias] if op.bias is not None else [])], body, rw)


@rewrites(inf.ConvTransposeOp, benefit=0)
def conv_transpose_any(op: inf.ConvTransposeOp, rw: Rewriter) -> str | None:
    """bias[o] + the sum over taps and channels that reach a position: x at (position + pad - k dilation) / stride, where that is whole"""
    n_axes = rank_of(op.x) - 2
    strides, dilations, begins, _, _ = op.window(n_axes)
    layout, groups = op.layout, op.groups

    def body(s: Program, at: list[Any], x: SSAValue, w: SSAValue, *bias: SSAValue) -> Any:
        n, o, position = split_channels(at, layout)
        kernel = spatial(s, w, layout)
        channel = 1 if layout == "nchw" else n_axes + 1
        sizes, type, each = spatial(s, x, layout), accumulator(x), s.size(w, channel)
        inner = s.size(x, channel) // groups
        first = 0 if groups == 1 else o // each * inner
        own = o if groups == 1 else o % each

        def tap(k: list[Any], total: Value) -> list[Any]:
            *taps, c = k
            inside: Any = True
            places = []
            for p, t, stride, dilation, begin, size in zip(position, taps, strides, dilations, begins, sizes, strict=True):
                reach = p + begin - t * dilation
                place = reach if stride == 1 else s.larger(reach, 0) // stride
                inside = inside & (reach >= 0) & (place < size)
                if stride != 1:
                    inside = inside & (place * stride).equals(reach)
                places.append(place)
            value = s.load(x, joined(n, first + c, places, layout), inside, 0).to(type)
            return [s.where(inside, total + value * s.load(w, joined(first + c, own, taps, layout)).to(type), total)]

        start = s.load(bias[0], [o]).to(type) if bias else s.number(0, type)
        return s.over([*kernel, inner], [start], tap)[0].to(cpu.element_of(x))

    return generate(op, [op.x, op.w, *([op.bias] if op.bias is not None else [])], body, rw)
