"""Recognise hard sigmoid and hard swish in their parts.

  %0 = inference.add %x, %three : ...
  %1 = inference.clamp %0 low 0.0 high 6.0 : ...
  %2 = inference.mul %x, %1 : ...
  %3 = inference.mul %2, %sixth : ...
becomes
  %3 = inference.hard_swish %x : ...

clamp(x + 3, 0, 6) / 6 alone is hard_sigmoid with alpha 1/6 and beta 1/2.
"""

import math

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions import product_of, sum_of


@rewrites(inf.MulOp)
def hard_swish(op: inf.MulOp, rw: Rewriter) -> str | None:
    """x * hard_sigmoid(x) = hard_swish(x); x * clamp(x + 3, 0, 6) / 6 likewise"""
    product = product_of(op.result, rw)
    if len(product.values) != 2:
        return "it is not a product of two"
    for x, gate in (product.values, product.values[::-1]):
        match gate.owner:
            case inf.HardSigmoidOp(x=inner) as hard if inner == x and (product.constant, hard.beta) == (1, 0.5) and is_sixth(hard.alpha):
                rw.replace(op, inf.HardSwishOp.make(x), sources=[hard])
                return None
            case inf.ClampOp(low=0.0, high=6.0) as clamp if is_sixth(product.constant):
                terms = sum_of(clamp.x, rw)
                if terms.constant == 3 and terms.values == [x]:
                    rw.replace(op, inf.HardSwishOp.make(x), sources=[*product.ops, clamp, *terms.ops])
                    return None
    return "the other factor is no hard sigmoid of the first"


def is_sixth(number: float) -> bool:
    """Whether a number is meant to be 1/6."""
    return math.isclose(number, 1 / 6, rel_tol=1e-4)


@rewrites(inf.MulOp)
def hard_sigmoid(op: inf.MulOp, rw: Rewriter) -> str | None:
    """clamp(x + 3, 0, 6) / 6 = hard_sigmoid(x, 1/6, 1/2)"""
    product = product_of(op.result, rw)
    if len(product.values) != 1 or not is_sixth(product.constant):
        return "it is not a sixth of something"
    clamp = product.values[0].owner
    if not isinstance(clamp, inf.ClampOp) or (clamp.low, clamp.high) != (0.0, 6.0):
        return "it is not a sixth of a clamp to 0 .. 6"
    terms = sum_of(clamp.x, rw)
    if terms.constant != 3 or len(terms.values) != 1:
        return "the clamp is not of x + 3"
    rw.replace(op, inf.HardSigmoidOp.make(terms.values[0], alpha=1 / 6, beta=0.5), sources=[*product.ops, clamp, *terms.ops])


class FuseHardSwish(Pass):
    """One pass over memory instead of four."""

    patterns = (hard_swish, hard_sigmoid)
