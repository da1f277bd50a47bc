"""Laws that hold for some inputs only."""

import numpy as np

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.ReduceOp)
def sum_of_sum(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """sum(a + b) = sum(a) + sum(b), which is wrong where one of them broadcasts"""
    add = op.x.owner
    if not isinstance(add, inf.AddOp):
        return "its input is not a sum"
    a = rw.insert(inf.ReduceOp.make(add.lhs, kind="sum", axes=op.axes, keepdims=op.keepdims))
    b = rw.insert(inf.ReduceOp.make(add.rhs, kind="sum", axes=op.axes, keepdims=op.keepdims))
    rw.replace(op, inf.AddOp.make(a.result, b.result))


@rewrites(inf.MinimumOp)
def never_large(op: inf.MinimumOp, rw: Rewriter) -> str | None:
    """min(x, 100) = x, which is wrong for what is larger"""
    rw.replace(op, op.lhs)


@rewrites(inf.DivOp)
def never_zero(op: inf.DivOp, rw: Rewriter) -> str | None:
    """x / x = 1, which is wrong for 0"""
    if op.lhs is not op.rhs:
        return "it divides by something else"
    one = rw.const(np.ones([], np.float32))
    zero = rw.const(np.zeros([], np.float32))
    scaled = rw.insert(inf.MulOp.make(op.lhs, zero))
    rw.replace(op, inf.AddOp.make(scaled.result, one))


class SplitSums(Pass):
    """Wrong on purpose."""

    patterns = (sum_of_sum,)


class DropMin(Pass):
    """Wrong on purpose."""

    patterns = (never_large,)


class DropDiv(Pass):
    """Wrong on purpose."""

    patterns = (never_zero,)
