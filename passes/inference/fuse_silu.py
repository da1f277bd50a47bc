"""Recognise silu and mish in their parts.

  %0 = inference.sigmoid %x : ...
  %1 = inference.mul %x, %0 : ...
becomes
  %1 = inference.silu %x : ...

and x * tanh(softplus(x)) becomes mish.
"""

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions import product_of


@rewrites(inf.MulOp)
def silu(op: inf.MulOp, rw: Rewriter) -> str | None:
    """x * sigmoid(beta * x) = silu(x)"""
    for x, other in ((op.lhs, op.rhs), (op.rhs, op.lhs)):
        if isinstance(other.owner, inf.SigmoidOp):
            argument = product_of(other.owner.x, rw)
            if argument.values == [x]:
                rw.replace(op, inf.SiluOp.make(x, beta=argument.constant), sources=[other.owner])
                return None
    return "it is not x * sigmoid(beta * x)"


@rewrites(inf.MulOp)
def mish(op: inf.MulOp, rw: Rewriter) -> str | None:
    """x * tanh(softplus(x)) = mish(x)"""
    for x, other in ((op.lhs, op.rhs), (op.rhs, op.lhs)):
        tanh = other.owner
        if isinstance(tanh, inf.TanhOp) and isinstance(tanh.x.owner, inf.SoftplusOp) and tanh.x.owner.x == x:
            rw.replace(op, inf.MishOp.make(x), sources=[tanh, tanh.x.owner])
            return None
    return "it is not x * tanh(softplus(x))"


class FuseSilu(Pass):
    """One pass over memory instead of two or three."""

    patterns = (silu, mish)
