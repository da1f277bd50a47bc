"""Loops that stack a result of every run: how often they run is a size."""

from __future__ import annotations

from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import TensorType, i64
from xdsl.ir import Operation, SSAValue

from inferir.core.dims import symbols
from inferir.core.shapes import ShapeAnalysis
from inferir.core.types import shape_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.control import always_true
from inferir.passes.cpu.inference_to_cpu.building import rank_of
from inferir.passes.cpu.inference_to_cpu.program import Program, generated


def count_runs(function: func.FuncOp) -> None:
    """Have the limits of loops that stack results computed ahead, as a size, where no size is known that they are."""
    loops = [o for o in function.walk() if isinstance(o, inf.LoopOp) and len(o.outs) > len(o.carried) and _ends_at_limit(o)]
    if not loops:
        return
    shapes = ShapeAnalysis(function)
    for op in loops:
        stack = op.outs[len(op.carried)]
        if isinstance(stack.type, TensorType) and symbols(shapes[stack][0]) & shapes.unknown:
            _count(op)


def _ends_at_limit(op: inf.LoopOp) -> bool:
    """Whether it stands outside of other loops, and once it runs nothing but its limit ends it."""
    outer: Operation | None = op.parent_op()
    while isinstance(outer, inf.IfOp):
        outer = outer.parent_op()
    block = op.body.block
    more = block.last_op.operands[0] if block.last_op is not None else None
    given = [v for v in (op.limit, op.condition) if v is not None]
    known = op.limit is not None and all(isinstance(v.type, TensorType) and -1 not in shape_of(v) for v in given)
    return isinstance(outer, func.FuncOp) and known and always_true(more, block.args[1])


def _count(op: inf.LoopOp) -> None:
    """limit = the dimension of an extent, which is the limit, or 0 where the condition does not hold"""
    assert op.limit is not None and op.parent is not None
    operands = [op.limit, *([op.condition] if op.condition is not None else [])]

    def runs(s: Program, at: list[Any], limit: SSAValue, *condition: SSAValue) -> Any:
        number = s.larger(s.load(limit, [0] * rank_of(limit)).to(i64), s.number(0, i64))
        return s.where(s.load(condition[0], [0] * rank_of(condition[0])), number, 0) if condition else number

    number = generated(operands, [1], i64, runs)
    holder = cpu.ExtentOp.make(number.y)
    size = inf.ShapeOfOp.make(holder.y)
    limit = inf.ReshapeOp.make(size.result, shape=shape_of(op.limit))
    for made in (number, holder, size, limit):
        made.location = op.location
        op.parent.insert_op_before(made, op)
    new = op.like(limit=limit.result, condition=None, result_types=list(op.result_types))
    new.location = op.location
    op.parent.insert_op_before(new, op)
    for old, now in zip(op.results, new.results, strict=True):
        old.replace_all_uses_with(now)
    op.detach()
    op.erase()
