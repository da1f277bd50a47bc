"""Operators that take graphs: cond, while_loop, scan, map, and graphs that are only called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType, i1, i64
from xdsl.ir import Region, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering, lowering


@lowering("higher_order", "cond")
def cond(op: Any, lo: Lowering) -> Any:
    """if; its graphs see what they are given from around them"""
    predicate, *given = op.operands
    regions = [op.graph(name) for name in ("true_graph", "false_graph")]
    for region in regions:
        _give(region, given)
        lo.region(region)
    for region in regions:
        op.detach_region(region)
        finish(region)
    return lo.results_of(lo.emit(inf.IfOp, lo.cast(predicate, i1), regions=regions))


@lowering("higher_order", "while_loop")
def while_loop(op: Any, lo: Lowering) -> Any:
    """loop; the condition is computed before the first run and at the end of each"""
    carried, additional = list(op.operand_list("carried")), op.operand_list("additional")
    condition, body = op.graph("cond_graph"), op.graph("body_graph")
    count = len(carried)
    for region in (condition, body):
        _give(region, additional, count)
    last = body.block.last_op
    assert last is not None
    again = inline(condition, last.operands, lo, InsertPoint.before(last), copy=True)
    last.operands = [*again, *last.operands]
    first = inline(condition, carried, lo, lo.rw.insertion_point)
    body.block.insert_arg(TensorType(i64, []), 0)
    body.block.insert_arg(TensorType(i1, []), 1)
    lo.region(body)
    op.detach_region(body)
    finish(body)
    return lo.results_of(lo.emit(inf.LoopOp, None, lo.reshape(lo.cast(first[0], i1)), carried, regions=[body]))


@lowering("higher_order", "map_impl", "scan")
def scan(op: Any, lo: Lowering) -> Any:
    """loop over the first dimension; what is carried comes first among the results, then what is collected"""
    init = list(op.operand_list("init")) if op.schema.name == "scan" else []
    xs, additional = list(op.operand_list("xs")), op.operand_list("additional")
    body = op.graph("body_graph")
    _give(body, additional, len(init) + len(xs))
    number = body.block.insert_arg(TensorType(i64, []), 0)
    body.block.insert_arg(TensorType(i1, []), 1)
    point = lo.rw.insertion_point
    first = body.block.first_op
    assert first is not None
    lo.rw.insertion_point = InsertPoint.before(first)
    for argument, value in zip(list(body.block.args[2 + len(init) :]), xs, strict=True):
        argument.replace_all_uses_with(lo.gather(value, number, axis=0))
        body.block.erase_arg(argument)
    lo.rw.insertion_point = point
    lo.region(body)
    last = body.block.last_op
    assert last is not None
    lo.rw.insertion_point = InsertPoint.before(last)
    go = lo.const(np.ones((), np.bool_))
    lo.rw.insertion_point = point
    op.detach_region(body)
    finish(body, [go, *last.operands])
    return lo.results_of(lo.emit(inf.LoopOp, lo.size_of(xs[0], 0), None, init, regions=[body]))


@lowering("higher_order", "wrap_with_set_grad_enabled", "invoke_subgraph")
def called(op: Any, lo: Lowering) -> Any:
    """The graph itself"""
    return inline(op.graph("body_graph"), op.operand_list("operands"), lo, lo.rw.insertion_point)


def _give(region: Region, values: Sequence[SSAValue], first: int = 0) -> None:
    """Put values of around in the place of a graph's arguments from `first` on."""
    for argument, value in zip(list(region.block.args[first:]), values, strict=True):
        argument.replace_all_uses_with(value)
        region.block.erase_arg(argument)


def inline(region: Region, values: Sequence[SSAValue], lo: Lowering, point: InsertPoint, copy: bool = False) -> list[SSAValue]:
    """A graph, or a copy of it, at a place with values for its arguments; what it yields."""
    source = region.clone() if copy else region
    for argument, value in zip(list(source.block.args), values, strict=True):
        argument.replace_all_uses_with(value)
        source.block.erase_arg(argument)
    if not copy:
        lo.region(source)
    *inner, last = source.block.ops
    before, lo.rw.insertion_point = lo.rw.insertion_point, point
    for each in inner:
        each.detach()
        lo.rw.insert(each)
    lo.rw.insertion_point = before
    return list(last.operands)


def finish(region: Region, values: Sequence[SSAValue] | None = None) -> None:
    """End a region with inference.yield."""
    last = region.block.last_op
    assert last is not None
    new = inf.YieldOp.make(list(last.operands) if values is None else list(values))
    new.location = last.location
    region.block.insert_op_before(new, last)
    region.block.erase_op(last)
