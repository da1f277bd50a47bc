"""A pass with a mistake in one of its two patterns."""

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.AddOp)
def commute(add: inf.AddOp, rw: Rewriter) -> str | None:
    """x + y = y + x, once"""
    if add.lhs is add.rhs or "done" in add.attributes:
        return "nothing to swap"
    new = inf.AddOp.make(add.rhs, add.lhs)
    new.attributes["done"] = add.operands[0].type
    rw.replace(add, new)


@rewrites(inf.SubOp)
def swap(sub: inf.SubOp, rw: Rewriter) -> str | None:
    """x - y = y - x, which is wrong"""
    if "done" in sub.attributes:
        return "nothing to swap"
    new = inf.SubOp.make(sub.rhs, sub.lhs)
    new.attributes["done"] = sub.operands[0].type
    rw.replace(sub, new)


class SwapAll(Pass):
    """Swap operands."""

    patterns = (commute, swap)
