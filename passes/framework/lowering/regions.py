"""Subgraphs of control flow: put in place, or ended as regions of the inference dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdsl.dialects.builtin import TensorType, i1, i64
from xdsl.ir import Region, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.core.types import opened
from inferir.dialects import inference as inf
from inferir.passes.framework.lowering.tools import Lowering


def finish(region: Region, values: Sequence[SSAValue] | None = None) -> None:
    """End a region with inference.yield."""
    last = region.block.last_op
    assert last is not None
    new = inf.YieldOp.make(list(last.operands) if values is None else list(values))
    new.location = last.location
    region.block.insert_op_before(new, last)
    region.block.erase_op(last)


def spliced(region: Region, lo: Lowering) -> list[SSAValue]:
    """The results of a subgraph without arguments, put where the op stands."""
    lo.region(region)
    *inner, last = region.block.ops
    for each in inner:
        each.detach()
        lo.rw.insert(each)
    return list(last.operands)


def bind(region: Region, values: Sequence[SSAValue]) -> None:
    """Let a subgraph see the values it is given."""
    block = region.block
    for argument, value in zip(list(block.args), values, strict=True):
        argument.replace_all_uses_with(value)
        block.erase_arg(argument)


def truth(lo: Lowering, condition: SSAValue) -> SSAValue:
    """A condition as a scalar i1."""
    condition = lo.cast(condition, i1)
    return lo.reshape(condition) if lo.shape(condition) != () else condition


def branched(op: Any, condition: SSAValue, values: Sequence[SSAValue], names: Sequence[str], lo: Lowering) -> list[SSAValue]:
    """if, whose subgraphs (the names of then and else) take values; where the condition is known, what its branch computes."""
    regions = [op.graph(name) for name in names]
    known = lo.array(condition)
    for region in regions:
        bind(region, values)
    if known is not None:
        return spliced(regions[0 if known.any() else 1], lo)
    for region in regions:
        lo.region(region)
        op.detach_region(region)
        finish(region)
    return lo.results_of(lo.emit(inf.IfOp, truth(lo, condition), regions=regions))


def looped(op: Any, values: Sequence[SSAValue], condition: Region, body: Region, lo: Lowering) -> list[SSAValue]:
    """loop: the condition is computed of what goes in, then at the end of each run of what comes out."""
    first = condition.clone()
    op.add_region(first)
    bind(first, values)
    (start,) = spliced(first, lo)
    start = truth(lo, start)
    for argument, value in zip(body.block.args, values, strict=True):
        argument._type = opened(value.type) if isinstance(value.type, TensorType) else value.type
    body.block.insert_arg(TensorType(i64, []), 0)
    body.block.insert_arg(TensorType(i1, []), 1)
    lo.region(body)
    last = body.block.last_op
    assert last is not None
    results = list(last.operands)
    point = lo.rw.insertion_point
    lo.rw.insertion_point = InsertPoint.before(last)
    bind(condition, results)
    (again,) = spliced(condition, lo)
    again = truth(lo, again)
    lo.rw.insertion_point = point
    op.detach_region(body)
    finish(body, [again, *results])
    return lo.results_of(lo.emit(inf.LoopOp, None, start, list(values), regions=[body]))
