"""If: one branch where the condition is known; else both, with what follows as long as they differ in rank.

Rules need ranks, and torch writes `If(size == 1) Squeeze else Identity` where no size is known before the model runs. What reads such a
result is then computed in both branches, where its rank is known, until both give the same rank again:

    %y = If(%c) {Squeeze(%x)} {%x}             %z = if %c { softmax(squeeze %x), summed }
    %s = Softmax(%y)                  becomes         { softmax(%x), summed }
    %z = ReduceSum(%s, axes, keepdims = 0)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.traits import IsTerminator

from inferir.core.rewriting import constant_attribute_of
from inferir.core.walk import walk
from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.regions import finish, spliced

MOST_OPS = 2000
"""Ops that are computed in both branches, at most."""
MOST_DEPTH = 3
"""Ifs within each other that do so: each doubles what follows it."""


@lowering("onnx", "If")
def if_(op: Any, lo: Lowering) -> Any:
    """if; where the condition is known, what its branch computes"""
    known = lo.array(op.operands[0])
    if known is not None:
        return spliced(op.graph("then_branch" if known.any() else "else_branch"), lo)
    regions = [op.graph(name) for name in ("then_branch", "else_branch")]
    for region in regions:
        lo.region(region)
    results: list[SSAValue] = list(op.results)
    impossible = _follow(op, regions, results, lo)
    if impossible is not None:
        return spliced(regions[1 - impossible], lo)[: len(op.results)]
    for region in regions:
        op.detach_region(region)
        finish(region)
    made = lo.results_of(lo.emit(inf.IfOp, op.operands[0], regions=regions))
    extra = results[len(op.results) :]
    followers = dict.fromkeys(r.owner for r in extra)
    for old, new in zip(extra, made[len(op.results) :], strict=True):
        old.replace_all_uses_with(new)
    for follower in reversed(followers):
        assert isinstance(follower, Operation)
        follower.detach()
        follower.erase()
    return made[: len(op.results)]


def _follow(op: Operation, regions: Sequence[Region], results: list[SSAValue], lo: Lowering) -> int | None:
    """Compute followers in both regions until no value of two ranks is read outside, and add to `results` what the regions then yield.

    Returns the branch that no run can take, if there is one: a follower does not take what it gives, and sizes alone decide."""
    followers = _followers(op) if _depth(op) < MOST_DEPTH else []
    if sum(1 for f in followers for _ in walk(f)) > MOST_OPS:
        return None
    for position, follower in enumerate(followers):
        if not any(_reads(f, results[i]) for f in followers[position:] for i in _of_two_ranks(regions)):
            return None
        before = [list(region.block.ops) for region in regions]
        fits = [_append(region.block, follower, results, lo) for region in regions]
        if all(fits):
            results += follower.results
            continue
        decided = any(fits) and _by_sizes(op.operands[0])
        for region, kept in zip(regions, before, strict=True):
            _undo(region.block, kept, len(op.results) if decided else len(results))
        return fits.index(False) if decided else None
    return None


def _append(block: Block, op: Operation, results: Sequence[SSAValue], lo: Lowering) -> bool:
    """A converted copy of an op at the end of a branch that yields `results`, which then yields what the copy gives too; False where the op
    does not take what the branch gives."""
    last = block.last_op
    assert last is not None
    copy = op.clone(dict(zip(results, last.operands, strict=True)))
    block.insert_op_before(copy, last)
    last.operands = [*last.operands, *copy.results]
    return lo.rw.convert_op(copy)


def _undo(block: Block, kept: Sequence[Operation], count: int) -> None:
    """Take away what was appended to `kept`; the branch yields its first `count` values again."""
    last = block.last_op
    assert last is not None
    last.operands = last.operands[:count]
    staying = set(kept)
    for op in [o for o in reversed(list(block.ops)) if o not in staying]:
        op.detach()
        op.erase()


def _by_sizes(value: SSAValue) -> bool:
    """Whether a value is computed from sizes of tensors and constants alone."""
    pending, seen = [value], {value}
    while pending:
        owner = (one := pending.pop()).owner
        if constant_attribute_of(one) is not None or isinstance(owner, inf.ShapeOfOp):
            continue
        if not isinstance(owner, inf.InferenceOp) or owner.regions or not owner.operands:
            return False
        pending += [v for v in owner.operands if v not in seen]
        seen.update(owner.operands)
    return True


def _of_two_ranks(regions: Sequence[Region]) -> list[int]:
    """The results whose rank the branches do not agree on."""
    then, otherwise = ([v.type for v in r.block.last_op.operands] for r in regions if r.block.last_op is not None)
    return [i for i, (a, b) in enumerate(zip(then, otherwise, strict=True)) if _rank(a) != _rank(b)]


def _rank(type: Any) -> int | None:
    return type.get_num_dims() if isinstance(type, TensorType) else None


def _followers(op: Operation) -> list[Operation]:
    """What is computed of an op's results later in its block, in order."""
    seen: set[SSAValue] = set(op.results)
    out: list[Operation] = []
    for later in _after(op):
        if not later.has_trait(IsTerminator) and any(v in seen for inner in walk(later) for v in inner.operands):
            seen.update(later.results)
            out.append(later)
    return out


def _after(op: Operation) -> Iterator[Operation]:
    later = op.next_op
    while later is not None:
        yield later
        later = later.next_op


def _reads(op: Operation, value: SSAValue) -> bool:
    return any(v is value for inner in walk(op) for v in inner.operands)


def _depth(op: Operation) -> int:
    """How many Ifs the op is inside of."""
    around, depth = op.parent_op(), 0
    while around is not None:
        depth += around.name.endswith(".If")
        around = around.parent_op()
    return depth
