"""A plug-in: one pass, one pipeline."""

from inferir.core import Pass, Rewriter, pipeline, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.AddOp)
def double(add: inf.AddOp, rw: Rewriter) -> str | None:
    """x + x = x * x, for the sake of a test"""
    if add.lhs is not add.rhs:
        return "its operands differ"
    rw.replace(add, inf.MulOp.make(add.lhs, add.rhs))


class SquareInstead(Pass):
    """Turn x + x into x * x."""

    patterns = (double,)


class Break(Pass):
    """Raise, as a pass with a mistake would."""

    def run(self, op, ctx):
        """Raise."""
        raise ZeroDivisionError("division by zero")


BOTH = pipeline("cse", "square-instead")
