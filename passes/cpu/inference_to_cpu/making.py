"""Tensors made from sizes and numbers."""

from __future__ import annotations

from typing import Any

from xdsl.dialects import arith
from xdsl.dialects.builtin import i1, i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import rank_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generate


def only(s: Program, x: SSAValue) -> Value:
    """The one element of a tensor."""
    return s.load(x, [0] * rank_of(x))


@rewrites(inf.RangeOp)
def range_of(op: inf.RangeOp, rw: Rewriter) -> str | None:
    """y[i] = start + i step"""

    def body(s: Program, at: list[Any], start: SSAValue, step: SSAValue) -> Any:
        first, by = only(s, start).wide(), only(s, step).wide()
        return (first + at[0].to(first.type) * by).to(cpu.element_of(start))

    return generate(op, [op.start, op.step], body, rw)


@rewrites(inf.FillOp)
def fill(op: inf.FillOp, rw: Rewriter) -> str | None:
    """y[i] = value"""
    return generate(op, [op.value], lambda s, at, value: only(s, value), rw)


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
