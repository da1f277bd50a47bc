"""Passes with a mistake: in the meaning of a pattern, in the IR that a pattern leaves, in the pass itself."""

from xdsl.dialects import arith
from xdsl.dialects.builtin import TensorType, f32

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.NegOp)
def forget(neg: inf.NegOp, rw: Rewriter) -> str | None:
    """-x = x, which is wrong"""
    rw.replace(neg, neg.x)


@rewrites(inf.AbsOp)
def shorten(op: inf.AbsOp, rw: Rewriter) -> str | None:
    """An op whose type does not follow from its operand's."""
    new = inf.ReluOp.make(op.x)
    new.result._type = TensorType(f32, [3])
    rw.replace(op, new)


@rewrites(arith.MaximumfOp)
def difference_for_max(op: arith.MaximumfOp, rw: Rewriter) -> str | None:
    """max(x, y) = x - y, which is wrong"""
    rw.replace(op, arith.SubfOp(op.lhs, op.rhs))


class SpoilMax(Pass):
    """Spoil relu on the cpu target."""

    patterns = (difference_for_max,)


class Forget(Pass):
    """Drop negations."""

    patterns = (forget,)


class Shorten(Pass):
    """Leave IR that does not verify."""

    patterns = (shorten,)


class Rename(Pass):
    """Turn tanh into sigmoid, without a pattern."""

    def run(self, op, ctx):
        """Rewrite every tanh."""
        for inner in list(op.walk()):
            if isinstance(inner, inf.TanhOp):
                Rewriter(inner, ctx).replace(inner, inf.SigmoidOp.make(inner.x))
