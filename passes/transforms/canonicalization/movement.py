"""Concat, split, slice, pad, broadcast, tile and flip."""

import math

from xdsl.dialects.builtin import AnyFloat, IntegerType
from xdsl.ir import Operation, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import UNKNOWN, element_of, is_static, numpy_dtype, shape_of
from inferir.dialects import inference as inf

MOST_BYTES = 1 << 47
"""Of a process on any 64-bit processor: no tensor is larger."""


@rewrites(inf.ConcatOp)
def concat_of_one(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """concat(x) = x; operands without elements along the axis add nothing"""
    kept = [v for v in op.args if shape_of(v)[op.axis] != 0]
    if len(kept) == len(op.args) and len(kept) > 1:
        return "every operand adds something"
    if not kept:
        return "the result has no elements"
    if len(kept) == 1:
        return rw.pass_through(op, kept[0])
    rw.replace(op, op.like(args=kept, result_types=[op.result.type]))


@rewrites(inf.ConcatOp)
def concat_of_concat(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """concat(x, concat(y, z)) = concat(x, y, z) along one axis"""
    if _around(op) is not None:
        return "the concat that needs it takes in its operands"
    flat: list[SSAValue] = []
    inner: list[inf.ConcatOp] = []
    stack = [*reversed(op.args)]
    while stack:
        value = stack.pop()
        concat = value.owner
        if isinstance(concat, inf.ConcatOp) and _around(concat) is not None:
            inner.append(concat)
            stack += reversed(concat.args)
        else:
            flat.append(value)
    if not inner:
        return "no operand is a concat along the same axis that nothing else needs"
    rw.replace(op, op.like(args=flat, result_types=[op.result.type]), sources=inner)


def _around(op: inf.ConcatOp) -> inf.ConcatOp | None:
    """The concat along the same axis that alone needs a concat. A chain is taken in at once by its last: one after the other takes n squared."""
    use = op.result.get_user_of_unique_use()
    if not isinstance(use, inf.ConcatOp):
        return None
    rank = len(shape_of(op.result))
    return use if use.axis % rank == op.axis % rank else None


@rewrites(inf.ConcatOp)
def concat_of_split(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """concat(split(x)) = x where the parts keep their order"""
    split = op.args[0].owner
    if not isinstance(split, inf.SplitOp) or tuple(op.args) != tuple(split.parts):
        return "the operands are not all parts of a split in order"
    rank = len(shape_of(op.result))
    if split.axis % rank != op.axis % rank:
        return "the split is along another axis"
    return rw.pass_through(op, split.x)


@rewrites(inf.SplitOp)
def split_of_concat(op: inf.SplitOp, rw: Rewriter) -> str | None:
    """split(concat(x, y)) = x, y where the sizes are theirs"""
    concat = op.x.owner
    if not isinstance(concat, inf.ConcatOp):
        return "its input is not a concat"
    rank = len(shape_of(op.x))
    axis = op.axis % rank
    if concat.axis % rank != axis or tuple(shape_of(v)[axis] for v in concat.args) != tuple(op.sizes):
        return "the parts are not the operands of the concat"
    return rw.pass_through(op, *concat.args)


@rewrites(inf.SplitOp)
def split_into_one(op: inf.SplitOp, rw: Rewriter) -> str | None:
    """split(x) = x where there is one part"""
    if len(op.sizes) != 1:
        return "it has several parts"
    return rw.pass_through(op, op.x)


@rewrites(inf.SliceOp)
def slice_of_everything(op: inf.SliceOp, rw: Rewriter) -> str | None:
    """x[0:n] = x"""
    if op.starts is None or op.ends is None:
        return "its bounds are not known"
    for axis, start, end, step in zip(op.axes, op.starts, op.ends, op.steps or (1,) * len(op.axes), strict=True):
        whole = end >= 2**31 - 1 or end >= _longest(op.x, axis)
        if start != 0 or step != 1 or not whole:
            return "it leaves elements out"
    return rw.pass_through(op, op.x)


def _longest(x: SSAValue, axis: int) -> int:
    """What an axis of x is never longer than."""
    shape = shape_of(x)
    if shape[axis] != UNKNOWN:
        return shape[axis]
    others = math.prod(shape[:axis] + shape[axis + 1 :])
    return (
        MOST_BYTES // (others * numpy_dtype(element_of(x)).itemsize)
        if others > 0 and isinstance(element_of(x), IntegerType | AnyFloat)
        else 2**63
    )


@rewrites(inf.PadOp)
def pad_by_nothing(op: inf.PadOp, rw: Rewriter) -> str | None:
    """pad(x, 0) = x"""
    if op.low is None or any(op.low) or any(op.high):
        return "it adds or removes elements"
    return rw.pass_through(op, op.x)


@rewrites(inf.BroadcastOp)
def broadcast_to_itself(op: inf.BroadcastOp, rw: Rewriter) -> str | None:
    """broadcast(x) = x where x has the shape already"""
    if op.x.type != op.result.type or not is_static(op.x.type):
        return "it repeats elements, or may"
    return rw.pass_through(op, op.x)


@rewrites(inf.Binary)
def broadcast_inside(op: inf.Binary, rw: Rewriter) -> str | None:
    """f(broadcast(x), y) = f(x, y): an elementwise op broadcasts by itself"""
    operands = [v.owner.x if isinstance(v.owner, inf.BroadcastOp) else v for v in (op.lhs, op.rhs)]
    if operands == [op.lhs, op.rhs]:
        return "no operand is a broadcast"
    sources = [v.owner for v in (op.lhs, op.rhs) if isinstance(v.owner, Operation)]
    for lhs, rhs in ((operands[0], operands[1]), (operands[0], op.rhs), (op.lhs, operands[1])):
        if (lhs, rhs) != (op.lhs, op.rhs):
            new = op.like(lhs=lhs, rhs=rhs)
            if new.result.type == op.result.type and UNKNOWN not in shape_of(new.result):
                rw.replace(op, new, sources=sources)
                return None
            new.erase()
    return "the broadcast makes the result larger"


@rewrites(inf.TileOp)
def tile_once(op: inf.TileOp, rw: Rewriter) -> str | None:
    """tile(x, 1) = x"""
    if op.repeats is None or any(r != 1 for r in op.repeats):
        return "it repeats elements"
    return rw.pass_through(op, op.x)


@rewrites(inf.FlipOp)
def flip_of_nothing(op: inf.FlipOp, rw: Rewriter) -> str | None:
    """flip(x) = x where every flipped axis has one element"""
    shape = shape_of(op.x)
    if any(shape[axis] != 1 for axis in op.axes):
        return "it moves elements"
    return rw.pass_through(op, op.x)
