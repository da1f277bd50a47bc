"""Branches whose condition is known, loops that do not run or run once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Block, Operation, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.core import Rewriter, rewrites
from inferir.core.op import constant_dims
from inferir.core.types import is_static, numpy_dtype, ranked
from inferir.dialects import inference as inf


def known(value: SSAValue | None) -> int | None:
    """The number a constant of one element holds."""
    found = None if value is None else constant_dims(value)
    return None if found is None or found.size != 1 else int(found.reshape(-1)[0])


def opened(block: Block, op: Operation, arguments: Sequence[SSAValue], rw: Rewriter) -> list[SSAValue]:
    """Put the ops of a region before the op it belongs to; what it yields."""
    rw.inline_block(block, InsertPoint.before(op), arguments)
    last = op.prev_op
    assert last is not None
    values = list(last.operands)
    rw.erase(last)
    return values


@rewrites(inf.IfOp)
def known_condition(op: inf.IfOp, rw: Rewriter) -> str | None:
    """if true {a} {b} = a"""
    taken = known(op.condition)
    if taken is None:
        return "the condition is not constant"
    block = (op.then if taken else op.otherwise).block
    assert block.last_op is not None
    if [v.type for v in block.last_op.operands] != list(op.result_types):
        return "what the region yields is declared with other types"
    rw.replace(op, (), opened(block, op, (), rw))
    return None


@rewrites(inf.LoopOp)
def loop_that_never_runs(op: inf.LoopOp, rw: Rewriter) -> str | None:
    """no run leaves what is carried as it was"""
    limit = known(op.limit)
    if (limit is None or limit > 0) and known(op.condition) != 0:
        return "it may run"
    stacks = [r.type for r in op.results[len(op.carried) :]]
    if [v.type for v in op.carried] != list(op.result_types)[: len(op.carried)] or not all(is_static(t) for t in stacks):
        return "its results are declared with other types, or of unknown size"
    empty = [rw.const(np.zeros(t.get_shape(), numpy_dtype(t.element_type))) for t in stacks if isinstance(t, TensorType)]
    rw.replace(op, (), [*op.carried, *empty])
    return None


@rewrites(inf.LoopOp)
def loop_that_runs_once(op: inf.LoopOp, rw: Rewriter) -> str | None:
    """one run is the body"""
    if known(op.limit) != 1 or not op.runs_to_limit():
        return "it does not run exactly once"
    block, count = op.body.block, len(op.carried)
    assert block.last_op is not None
    given, results = [v.type for v in block.last_op.operands][1:], list(op.result_types)
    same = given[:count] == results[:count] and [v.type for v in op.carried] == [a.type for a in block.args[2:]]
    if not same or not all(is_static(t) for t in given[count:]):
        return "its values are declared with other types, or of unknown size"
    starts = [rw.const(np.full(_shape(a), value)) for a, value in zip(block.args, (np.int64(0), np.bool_(True)), strict=False)]
    _, *values = opened(block, op, [*starts, *op.carried], rw)
    rw.replace(op, (), [*values[:count], *(_stack_of_one(v, rw) for v in values[count:])])
    return None


def _stack_of_one(value: SSAValue, rw: Rewriter) -> SSAValue:
    """[*s] as [1, *s]."""
    op = inf.ReshapeOp.make(value, shape=(1, *ranked(value).get_shape()))
    rw.insert(op)
    return op.results[0]


def _shape(value: SSAValue) -> tuple[int, ...]:
    return ranked(value).get_shape()
