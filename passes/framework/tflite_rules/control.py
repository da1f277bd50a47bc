"""Control flow: subgraphs that an operator runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdsl.dialects.builtin import TensorType, i1, i64
from xdsl.ir import Region, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.core.types import opened
from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.regions import finish, spliced


def bind(region: Region, values: Sequence[SSAValue]) -> None:
    """Let a subgraph see the values it is given."""
    block = region.block
    for argument, value in zip(list(block.args), values, strict=True):
        argument.replace_all_uses_with(value)
        block.erase_arg(argument)


@lowering("tfl", "IF")
def if_(op: Any, lo: Lowering) -> Any:
    """if; where the condition is known, what its branch computes"""
    condition, *values = op.operands
    regions = [op.graph(name) for name in ("then_branch", "else_branch")]
    known = lo.array(condition)
    for region in regions:
        bind(region, values)
    if known is not None:
        return spliced(regions[0 if known.any() else 1], lo)
    for region in regions:
        lo.region(region)
        op.detach_region(region)
        finish(region)
    return lo.results_of(lo.emit(inf.IfOp, condition, regions=regions))


@lowering("tfl", "WHILE")
def while_(op: Any, lo: Lowering) -> Any:
    """loop: the condition is computed of what goes in, then at the end of each run of what comes out"""
    values = list(op.operands)
    body, condition = op.graph("body"), op.graph("condition")
    first = condition.clone()
    op.add_region(first)
    bind(first, values)
    (start,) = spliced(first, lo)
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
    again = lo.reshape(again) if lo.shape(again) != () else again
    lo.rw.insertion_point = point
    op.detach_region(body)
    finish(body, [again, *results])
    start = lo.reshape(start) if lo.shape(start) != () else start
    return lo.results_of(lo.emit(inf.LoopOp, None, start, values, regions=[body]))


@lowering("tfl", "CALL")
def call(op: Any, lo: Lowering) -> Any:
    """What the subgraph computes"""
    bind(op.graph("body"), list(op.operands))
    return spliced(op.graph("body"), lo)
