"""Recognise rotary position codes in their parts.

  %a = inference.slice %x starts [0] ends [4] axes [3] : ...              // %x has rows of 8
  %b = inference.slice %x starts [4] ends [8] axes [3] : ...
  %n = inference.neg %b : ...
  %r = inference.concat %n, %a axis 3 : ...
  %c = inference.mul %x, %cos : ...
  %s = inference.mul %r, %sin : ...
  %y = inference.add %c, %s : ...
becomes
  %y = inference.rope %x, %cos, %sin : ...
"""

from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.types import shape_of
from inferir.dialects import inference as inf


def half(value: SSAValue, which: int) -> SSAValue | None:
    """x where a value is the first (0) or second (1) half of its rows."""
    op = value.owner
    if isinstance(op, inf.SplitOp):
        parts = list(op.parts)
        same = len(parts) == 2 and op.sizes[0] == op.sizes[1] and op.axis % len(shape_of(op.x)) == len(shape_of(op.x)) - 1
        return op.x if same and parts[which] == value else None
    if not isinstance(op, inf.SliceOp) or op.starts is None or op.ends is None or set(op.steps or ()) - {1}:
        return None
    rank, size = len(shape_of(op.x)), shape_of(op.x)[-1]
    if len(op.axes) != 1 or op.axes[0] % rank != rank - 1 or size < 0 or size % 2:
        return None
    place = slice(op.starts[0], op.ends[0]).indices(size)
    return op.x if place == (which * size // 2, (which + 1) * size // 2, 1) else None


def turned(value: SSAValue) -> SSAValue | None:
    """x where a value is (-x[D / 2:], x[:D / 2])."""
    op = value.owner
    if not isinstance(op, inf.ConcatOp) or len(op.args) != 2 or op.axis % len(shape_of(value)) != len(shape_of(value)) - 1:
        return None
    negative = op.args[0].owner
    first, second = half(op.args[1], 0), half(negative.x, 1) if isinstance(negative, inf.NegOp) else None
    return first if first is not None and first == second else None


@rewrites(inf.AddOp)
def rope(op: inf.AddOp, rw: Rewriter) -> str | None:
    """x * cos + (-x2, x1) * sin = rope(x, cos, sin)"""
    for straight, crossed in ((op.lhs.owner, op.rhs.owner), (op.rhs.owner, op.lhs.owner)):
        if not isinstance(straight, inf.MulOp) or not isinstance(crossed, inf.MulOp):
            return "it does not add two products"
        for halves, sin in ((crossed.lhs, crossed.rhs), (crossed.rhs, crossed.lhs)):
            x = turned(halves)
            if x is not None and x in (straight.lhs, straight.rhs) and x.type == op.result.type:
                cos = straight.rhs if straight.lhs == x else straight.lhs
                rw.replace(op, inf.RopeOp.make(x, cos, sin), sources=[straight, crossed])
                return None
    return "the products are not of x and of x with its halves exchanged"


class FuseRope(Pass):
    """Seven passes over memory become one."""

    patterns = (rope,)
