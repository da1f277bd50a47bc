"""Resampling on another grid, every axis on its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects import math
from xdsl.dialects.builtin import IntegerType, f32, f64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.ranges import LARGEST
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import rank_of, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generate_sized
from inferir.passes.cpu.inference_to_cpu.sampling import keys


@rewrites(inf.ResizeOp, benefit=0)
def resize_any(op: inf.ResizeOp, rw: Rewriter) -> str | None:
    """The weighted sum of neighbours, the weights computed for each axis from the scale"""
    operands = {n: v for n, v in (("to", op.to), ("by", op.by), ("roi", op.roi)) if v is not None}

    def body(s: Program, at: list[Any], x: SSAValue, *others: SSAValue) -> Any:
        return Resize(op, s, x, dict(zip(operands, others, strict=True))).value(at)

    def sizes(s: Program, x: SSAValue, *others: SSAValue) -> list[Scalar]:
        resize = Resize(op, s, x, dict(zip(operands, others, strict=True)))
        out: list[Scalar] = [s.size(x, axis) for axis in range(rank_of(x))]
        for k, axis in enumerate(resize.axes):
            out[axis] = resize.count(k)
        return out

    return generate_sized(op, [op.x, *operands.values()], body, sizes, rw)


class Resize:
    """The program of one element."""

    def __init__(self, op: inf.ResizeOp, s: Program, x: SSAValue, named: dict[str, SSAValue]):
        self.op, self.s, self.x, self.named = op, s, x, named
        self.axes = [a % rank_of(x) for a in op.axes]
        self.scales = [self.scale(k) for k in range(len(self.axes))]
        if op.policy != "stretch":
            pick = s.smaller if op.policy == "not_larger" else s.larger
            joint = self.scales[0]
            for each in self.scales[1:]:
                joint = pick(joint, each)
            self.scales = [joint] * len(self.axes)

    def real(self, value: Scalar) -> Value:
        """A number as a double."""
        return value.to(f64) if isinstance(value, Value) else self.s.number(float(value), f64)

    def scale(self, k: int) -> Value:
        """New size / old size along axis k of the list."""
        op, s = self.op, self.s
        if op.scales is not None:
            return s.number(float(np.float32(op.scales[k])), f64)
        if "by" in self.named:
            return s.load(self.named["by"], [k]).to(f64)
        size = op.sizes[k] if op.sizes is not None else s.load(self.named["to"], [k])
        return self.real(size) / self.real(s.larger(s.size(self.x, self.axes[k]), 1))

    def count(self, k: int) -> Scalar:
        """The new size along axis k of the list; negative where that is no number."""
        op, s, axis = self.op, self.s, self.axes[k]
        known, size = shape_of(op.result)[axis], s.size(self.x, axis)
        if "to" in self.named:
            least = s.where(s.value(size).equals(0), s.value(0), 1)
            wanted = s.checked(s.load(self.named["to"], [k]), least, LARGEST, f"{op.name}: a size")
            if op.policy == "stretch":
                return wanted
        if known >= 0:
            return known
        if op.policy != "stretch":
            new = s.floor(self.scales[k] * self.real(size) + 0.5)
        else:  # in single precision, as ONNX Runtime multiplies
            scale = self.scales[k].to(f32)
            new = s.floor((s.value(size).to(f32) * scale).to(f64))
            new = s.where((scale > 0.0) & (scale < float("inf")), new, s.number(-1.0, f64))
        good = (new >= 0.0) & (new <= float(LARGEST))
        return s.where(good, s.where(good, new, s.number(0.0, f64)).index(), -1)

    def position(self, k: int, i: Value) -> Value:
        """Where on the old grid an element of the new one lies."""
        op, s, scale, at = self.op, self.s, self.scales[k], i.to(f64)
        size = self.real(s.size(self.x, self.axes[k]))
        width = scale * size
        match op.coordinates:
            case "align_corners":
                return s.where(width.equals(1.0), s.number(0.0, f64), at * (size - 1.0) / (width - 1.0))
            case "asymmetric":
                return at / scale
            case "tf_crop_and_resize":
                first, last = self.box(k)
                span = (last - first) * (size - 1.0)
                return first * (size - 1.0) + s.where(width.equals(1.0), span * 0.5, at * span / (width - 1.0))
            case "half_pixel_symmetric":
                count = self.real(self.count(k))
                return size * 0.5 * (1.0 - count / width) + (at + 0.5) / scale - 0.5
        middle = (at + 0.5) / scale - 0.5
        return s.where(width.equals(1.0), s.number(-0.5, f64), middle) if op.coordinates == "pytorch_half_pixel" else middle

    def box(self, k: int) -> tuple[Value, Value]:
        """What tf_crop_and_resize cuts out along an axis of the list."""
        if "roi" not in self.named:
            return self.real(0.0), self.real(1.0)
        first, last = (self.s.load(self.named["roi"], [place]).to(f64) for place in (k, k + len(self.axes)))
        return first, last

    def value(self, at: list[Any]) -> Value:
        """The element at a place of the result."""
        op, s, x = self.op, self.s, self.x
        positions = [self.position(k, at[axis]) for k, axis in enumerate(self.axes)]
        element = cpu.element_of(x)
        if op.mode == "nearest":
            places = list(at)
            for axis, position in zip(self.axes, positions, strict=True):
                places[axis] = s.clamped(self.neighbour(position).index(), s.size(x, axis))
            out = s.load(x, places)
        else:
            total = self.sum(at, positions)
            out = bounded(s, total, x) if isinstance(element, IntegerType) else total.to(element)
        if op.coordinates != "tf_crop_and_resize":
            return out
        for axis, position in zip(self.axes, positions, strict=True):
            outside = (position < 0.0) | (position > self.real(s.size(x, axis) - 1))
            out = s.where(outside, s.number(op.extrapolation, f32).to(element), out)
        return out

    def neighbour(self, position: Value) -> Value:
        """The place nearest mode reads."""
        s = self.s
        match self.op.nearest:
            case "floor":
                return s.floor(position)
            case "ceil":
                return s.apply(math.CeilOp, position)
            case "round_prefer_floor":
                return s.apply(math.CeilOp, position - 0.5)
        return s.floor(position + 0.5)

    def sum(self, at: list[Any], positions: list[Value]) -> Value:
        """Neighbours along every axis, weighted."""
        s, x, axes = self.s, self.x, [Taps(self, k, p) for k, p in enumerate(positions)]

        def tap(turns: list[Any], total: Value) -> list[Any]:
            places, weight = list(at), None
            for taps, turn in zip(axes, turns, strict=True):
                places[taps.axis] = s.clamped(taps.place(turn), taps.size)
                own = taps.weight(turn)
                weight = own if weight is None else weight * own
            return [total + s.load(x, places).to(f64) * (1.0 if weight is None else weight)]

        return s.over([taps.count for taps in axes], [s.number(0.0, f64)], tap)[0]


class Taps:
    """The neighbours of a position along one axis."""

    def __init__(self, resize: Resize, k: int, position: Value):
        op, s = resize.op, resize.s
        self.resize, self.axis, self.position = resize, resize.axes[k], position
        self.size = s.size(resize.x, self.axis)
        self.shrink = s.smaller(resize.scales[k], s.number(1.0, f64)) if op.antialias else s.number(1.0, f64)
        reach = 1 if op.mode == "linear" else 2
        first = s.floor(-float(reach) / self.shrink).index() + 1 if op.antialias else 1 - reach
        self.first = first
        self.count: Scalar = 2 - first * 2 if isinstance(first, int) else 2 - first - first
        if op.mode == "linear" and not op.antialias:
            self.count = 2
        self.below = s.apply(math.CeilOp, position) - 1.0
        self.norm: Value | None = None
        if op.antialias:
            self.norm = self.total()
        if op.exclude_outside:
            self.norm = self.total()

    def total(self) -> Value:
        """The sum of all weights."""
        s = self.resize.s
        return s.over([self.count], [s.number(0.0, f64)], lambda k, total: [total + self.weight(k[0])])[0]

    def place(self, turn: Scalar) -> Scalar:
        """Where the neighbour lies; it may be outside."""
        return self.below.index() + self.first + turn

    def weight(self, turn: Scalar) -> Value:
        """How much of the neighbour there is."""
        op, s = self.resize.op, self.resize.s
        offset = self.resize.real(s.value(turn) + self.first)
        distance = s.apply(math.AbsFOp, (offset - (self.position - self.below)) * self.shrink)
        value = s.larger(1.0 - distance, s.number(0.0, f64)) if op.mode == "linear" else keys(s, distance, op.cubic_a)
        if op.exclude_outside:
            place = self.place(turn)
            value = s.where((place >= 0) & (place < self.size), value, s.number(0.0, f64))
        return value if self.norm is None else value / self.norm


def bounded(s: Program, value: Value, x: SSAValue) -> Value:
    """A double as an integer of x's type, cut towards zero, the nearest one where it is too large."""
    info = np.iinfo(numpy_dtype(element_of(x)))
    held = s.larger(s.smaller(value, s.number(float(info.max), f64)), s.number(float(info.min), f64))
    return held.index().to(cpu.element_of(x))
