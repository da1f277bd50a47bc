"""Patterns that leave it open whether they changed anything."""

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.ReluOp)
def changes_then_declines(relu: inf.ReluOp, rw: Rewriter) -> str | None:
    """relu(x) = x, which it then denies."""
    rw.replace(relu, relu.x)
    return "it was not to be"


@rewrites(inf.ReluOp)
def silent(relu: inf.ReluOp, rw: Rewriter) -> str | None:
    """Neither changes anything nor says why."""


class ChangeThenDecline(Pass):
    """Wrong on purpose."""

    patterns = (changes_then_declines,)


class StaySilent(Pass):
    """Wrong on purpose."""

    patterns = (silent,)
