"""Tensors made from sizes and numbers."""

from __future__ import annotations

from typing import Any

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import f64, i1, i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import rank_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generate, generate_sized


def only(s: Program, x: SSAValue) -> Value:
    """The one element of a tensor."""
    return s.load(x, [0] * rank_of(x))


@rewrites(inf.RangeOp)
def range_of(op: inf.RangeOp, rw: Rewriter) -> str | None:
    """y[i] = start + i step"""

    def body(s: Program, at: list[Any], start: SSAValue, step: SSAValue) -> Any:
        first, by = only(s, start).wide(), only(s, step).wide()
        return (first + at[0].to(first.type) * by).to(cpu.element_of(start))

    def sizes(s: Program, start: SSAValue, limit: SSAValue, step: SSAValue) -> list[Scalar]:
        numbers = [only(s, v) for v in (start, limit, step)]
        return [(_steps_of_floats if numbers[0].is_float else _steps_of_integers)(s, *numbers)]

    return generate_sized(op, [op.start, op.step], body, sizes, rw)


def _steps_of_floats(s: Program, start: Value, limit: Value, step: Value) -> Scalar:
    """How many numbers there are before the limit; -1 where that is no number."""
    first, last, by = (v.to(f64) for v in (start, limit, step))
    count = s.apply(math.CeilOp, (last - first) / by)
    size = s.smaller(s.larger(count, s.number(0.0, f64)), s.number(2.0**62, f64))
    good = (s.apply(math.AbsFOp, count) < float("inf")) & (s.apply(math.AbsFOp, by) < float("inf"))
    return s.where(good, s.where(good, size, s.number(0.0, f64)).index(), -1)


def _steps_of_integers(s: Program, start: Value, limit: Value, step: Value) -> Scalar:
    """The same; differences are taken as unsigned numbers, which hold them all."""
    first, last, by = (v.to(i64) for v in (start, limit, step))
    up, there = by > 0, by.differs(0)
    distance = s.where(up, last - first, first - last)
    by = s.where(there, s.where(up, by, by * -1), 1)
    count = (distance - 1) // by + 1
    count = s.where((count < 0) | (count > 2**62), 2**62, count)
    return s.where(there, s.where(s.where(up, first < last, last < first), count, 0), -1).index()


@rewrites(inf.FillOp)
def fill(op: inf.FillOp, rw: Rewriter) -> str | None:
    """y[i] = value"""

    def sizes(s: Program, shape: SSAValue, value: SSAValue) -> list[Scalar]:
        return [s.load(shape, [axis]) for axis in range(rank_of(op.result))]

    return generate_sized(op, [op.value], lambda s, at, value: only(s, value), sizes, rw)


@rewrites(inf.ShapeOfOp)
def shape_of_any(op: inf.ShapeOfOp, rw: Rewriter) -> str | None:
    """y[i] = dimension start + i"""

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        value: Scalar = 0
        for place, axis in enumerate(range(rank_of(x))[op.start : op.end]):
            value = s.where(at[0].equals(place), s.size(x, axis), value)
        return s.value(value).to(i64)

    return generate(op, [op.x], body, rw)


@rewrites(inf.BitcastOp)
def bitcast(op: inf.BitcastOp, rw: Rewriter) -> str | None:
    """The bits of x, read otherwise; a bool is a byte"""
    to = cpu.element_of(op.result)

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        value = s.load(x, at)
        if value.type == to or i1 in (value.type, to):
            return value.to(to, unsigned=True)
        return Value(s, s.add_op(arith.BitcastOp(value.value, to)))

    return generate(op, [op.x], body, rw)
