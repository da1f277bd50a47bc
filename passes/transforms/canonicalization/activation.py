"""Clamps and their relatives, powers and roots, casts."""

import math

import numpy as np
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.casts import passes_through
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import inference as inf


def bounds(op: inf.ReluOp | inf.ClampOp) -> tuple[float, float]:
    """What an op of the clamp family clamps to."""
    if isinstance(op, inf.ReluOp):
        return 0.0, math.inf
    return -math.inf if op.low is None else op.low, math.inf if op.high is None else op.high


def clamped(x: SSAValue, low: float, high: float) -> inf.Unary:
    """The simplest op that clamps to a range."""
    if (low, high) == (0.0, math.inf):
        return inf.ReluOp.make(x)
    return inf.ClampOp.make(x, low=None if low == -math.inf else low, high=None if high == math.inf else high)


@rewrites(inf.ReluOp, inf.ClampOp)
def clamp_of_clamp(op: inf.ReluOp | inf.ClampOp, rw: Rewriter) -> str | None:
    """clamp(clamp(x, a, b), c, d) = clamp(x, max(a, c), min(b, d)); relu is clamp(x, 0, inf)"""
    inner = op.x.owner
    if not isinstance(inner, inf.ReluOp | inf.ClampOp):
        return "its input is not a clamp"
    low, high = (f(a, b) for f, a, b in zip((max, min), bounds(inner), bounds(op), strict=True))
    if low > high:
        return "the ranges do not meet"
    rw.replace(op, clamped(inner.x, low, high), sources=[inner])


@rewrites(inf.ClampOp)
def simplest_clamp(op: inf.ClampOp, rw: Rewriter) -> str | None:
    """clamp(x, -inf, inf) = x; clamp(x, 0, inf) = relu(x)"""
    low, high = bounds(op)
    if (low, high) == (-math.inf, math.inf):
        return rw.pass_through(op, op.x)
    elif (low, high) == (0.0, math.inf):
        rw.replace(op, inf.ReluOp.make(op.x))
    else:
        return "it has a bound that is not relu's"


@rewrites(inf.MaximumOp, inf.MinimumOp)
def clamp_by_constant(op: inf.MaximumOp | inf.MinimumOp, rw: Rewriter) -> str | None:
    """max(x, c) = clamp(x, low c); min(x, c) = clamp(x, high c), c one number"""
    c = rw.written_out(op.rhs)
    if c is None or c.size == 0 or (c != c.reshape(-1)[0]).any() or not np.isfinite(c).all():
        return "the bound is not one number"
    if op.lhs.type != op.result.type or c.dtype.kind != "f":
        return "it broadcasts, or is of integers"
    bound = float(c.reshape(-1)[0])
    low, high = (bound, math.inf) if isinstance(op, inf.MaximumOp) else (-math.inf, bound)
    rw.replace(op, clamped(op.lhs, low, high))


@rewrites(inf.PowOp)
def small_power(op: inf.PowOp, rw: Rewriter) -> str | None:
    """x ** 1 = x, x ** 2 = x * x, x ** 0.5 = sqrt(x), x ** -1 = 1 / x"""
    c = rw.written_out(op.rhs)
    if c is None or c.size != 1 or op.lhs.type != op.result.type:
        return "the exponent is not one number"
    exponent = float(c.reshape(-1)[0])
    if exponent not in (1.0, 2.0, 0.5, -1.0) or (exponent in (0.5, -1.0) and numpy_dtype(element_of(op.lhs)).kind in "iu"):
        return "the power has no cheaper form"
    match exponent:
        case 2.0:
            rw.replace(op, inf.MulOp.make(op.lhs, op.lhs))
        case 0.5:
            rw.replace(op, inf.SqrtOp.make(op.lhs))
        case -1.0:
            rw.replace(op, inf.ReciprocalOp.make(op.lhs))
        case _:
            return rw.pass_through(op, op.lhs)


@rewrites(inf.ReciprocalOp)
def reciprocal_root(op: inf.ReciprocalOp, rw: Rewriter) -> str | None:
    """1 / sqrt(x) = rsqrt(x)"""
    root = op.x.owner
    if not isinstance(root, inf.SqrtOp):
        return "its input is not a root"
    if not op.x.has_one_use():
        return "the root is needed anyway"
    rw.replace(op, inf.RsqrtOp.make(root.x), sources=[root])


@rewrites(inf.DivOp)
def divide_one(op: inf.DivOp, rw: Rewriter) -> str | None:
    """1 / x = reciprocal(x)"""
    c = rw.written_out(op.lhs)
    if c is None or c.dtype.kind in "iu" or not (c == 1).all() or op.rhs.type != op.result.type:
        return "it does not divide one"
    rw.replace(op, inf.ReciprocalOp.make(op.rhs))


@rewrites(inf.CastOp)
def cast_to_itself(op: inf.CastOp, rw: Rewriter) -> str | None:
    """cast(x, type of x) = x"""
    if op.x.type != op.result.type:
        return "it changes the type"
    return rw.pass_through(op, op.x)


@rewrites(inf.CastOp)
def cast_of_cast(op: inf.CastOp, rw: Rewriter) -> str | None:
    """cast(cast(x, wider), t) = cast(x, t) where the wider type holds every x, and t what would go through a float"""
    inner = op.x.owner
    if not isinstance(inner, inf.CastOp):
        return "its input is not a cast"
    source, between, target = (numpy_dtype(element_of(v)) for v in (inner.x, op.x, op.result))
    if any(t.name not in np.sctypeDict and t.name != "bfloat16" for t in (source, between)) or not passes_through(source, between, target):
        return "the inner cast may lose digits"
    rw.replace(op, op.like(x=inner.x, result_types=[op.result.type]), sources=[inner])
