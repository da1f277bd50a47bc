"""Laws that elementwise ops declare: commutative, associative, neutral element, idempotent, involution."""

import numpy as np

from inferir.core import Rewriter, constant_of, rewrites
from inferir.core.lazy import apply
from inferir.core.types import shape_of
from inferir.dialects import inference as inf


@rewrites(inf.Binary)
def constant_to_the_right(op: inf.Binary, rw: Rewriter) -> str | None:
    """f(c, x) = f(x, c) where f is commutative"""
    if not op.COMMUTATIVE:
        return "its operands have different roles"
    if constant_of(op.lhs, rw.ctx) is None or constant_of(op.rhs, rw.ctx) is not None:
        return "the left operand is not the only constant"
    rw.replace(op, op.like(lhs=op.rhs, rhs=op.lhs))


@rewrites(inf.Binary)
def neutral_element(op: inf.Binary, rw: Rewriter) -> str | None:
    """f(x, e) = x where e is neutral: x + 0, x - 0, x * 1, x / 1, x and true"""
    c = rw.written_out(op.rhs)
    neutral = op.neutral()
    if neutral is None or c is None or not (c == neutral).all():
        return "the right operand is not its neutral element"
    if op.lhs.type != op.result.type:
        return "it broadcasts"
    rw.replace(op, op.lhs)


@rewrites(inf.Binary)
def combine_constants(op: inf.Binary, rw: Rewriter) -> str | None:
    """f(f(x, c), d) = f(x, f(c, d)) where f is associative"""
    inner = op.lhs.owner
    if not op.ASSOCIATIVE or not isinstance(inner, type(op)) or inner.properties != op.properties:
        return "it is not the same associative op twice"
    constants = rw.constants(inner.rhs, op.rhs)
    if constants is None:
        return "the right operands are not constant"
    if not inner.result.has_one_use():
        return "the inner result has another user, so nothing is saved"
    both = apply(op.name, constants, rw.ctx, **{n: getattr(op, n) for n in op.property_definitions()})
    if both.size > max(c.size for c in constants):
        return "the constants broadcast to a larger one"
    rw.replace(op, op.like(lhs=inner.lhs, rhs=rw.const(both)))


@rewrites(inf.SubOp)
def subtract_constant(op: inf.SubOp, rw: Rewriter) -> str | None:
    """x - c = x + -c"""
    c = constant_of(op.rhs, rw.ctx)
    if c is None:
        return "nothing constant is subtracted"
    rw.replace(op, inf.AddOp.make(op.lhs, rw.const(0 - c)))


@rewrites(inf.DivOp)
def divide_by_constant(op: inf.DivOp, rw: Rewriter) -> str | None:
    """x / c = x * (1 / c)"""
    c = rw.written_out(op.rhs)
    if c is None:
        return "the divisor is not written out"
    if c.dtype.kind in "iub":
        return "an integer has no reciprocal"
    if all(d == 1 for d in shape_of(op.result)):
        return "one division costs nothing, and the scale of a dynamic quantisation is exact to the last bit"
    with np.errstate(all="ignore"):
        reciprocal = (1 / c).astype(c.dtype)
    if not (np.isfinite(reciprocal) & (reciprocal != 0)).all():
        return "the reciprocal is out of range"
    rw.replace(op, inf.MulOp.make(op.lhs, rw.const(reciprocal)))


@rewrites(inf.Unary)
def idempotent_twice(op: inf.Unary, rw: Rewriter) -> str | None:
    """f(f(x)) = f(x) where f is idempotent: relu, abs, floor, ..."""
    if not op.IDEMPOTENT or not isinstance(op.x.owner, type(op)) or op.x.owner.properties != op.properties:
        return "it is not the same idempotent op twice"
    rw.replace(op, op.x)


@rewrites(inf.Unary)
def involution_twice(op: inf.Unary, rw: Rewriter) -> str | None:
    """f(f(x)) = x where f is an involution: neg, logical_not, bitwise_not"""
    inner = op.x.owner
    if not op.INVOLUTION or not isinstance(inner, type(op)):
        return "it is not the same involution twice"
    rw.replace(op, inner.x)
