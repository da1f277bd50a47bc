"""Recognise layer norm and RMS norm in their parts.

  %m = inference.reduce %x kind mean axes [-1] keepdims : ...
  %d = inference.sub %x, %m : ...
  %q = inference.mul %d, %d : ...
  %v = inference.reduce %q kind mean axes [-1] keepdims : ...
  %e = inference.add %v, %epsilon : ...
  %s = inference.sqrt %e : ...
  %n = inference.div %d, %s : ...
  %g = inference.mul %n, %scale : ...
  %y = inference.add %g, %bias : ...
becomes
  %y = inference.layer_norm %x, %scale bias %bias epsilon 1e-05 : ...

Without the mean it is RMS norm.
"""

import numpy as np
from xdsl.ir import Operation, SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.lazy import lazy_array
from inferir.core.types import UNKNOWN, element_of, numpy_dtype, shape_of
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions import number


def last_mean(value: SSAValue) -> SSAValue | None:
    """x of mean(x) over the last axis, that axis kept."""
    op = value.owner
    if not isinstance(op, inf.ReduceOp) or op.kind != "mean" or not op.keepdims:
        return None
    return op.x if [a % len(shape_of(op.x)) for a in op.axes] == [len(shape_of(op.x)) - 1] else None


def mean_square(value: SSAValue, rw: Rewriter) -> tuple[SSAValue, float] | None:
    """(y, epsilon) of mean(y * y) + epsilon."""
    op = value.owner
    epsilon = number(op.rhs, rw) if isinstance(op, inf.AddOp) else None
    square = last_mean(op.lhs) if isinstance(op, inf.AddOp) else None
    if epsilon is None or square is None or not isinstance(square.owner, inf.MulOp) or square.owner.lhs != square.owner.rhs:
        return None
    return square.owner.lhs, epsilon


def normalized(op: Operation, rw: Rewriter) -> tuple[SSAValue, float] | None:
    """(y, epsilon) of y / sqrt(mean(y * y) + epsilon), however the division is written."""
    match op:
        case inf.DivOp(lhs=y, rhs=root) if isinstance(root.owner, inf.SqrtOp):
            found = mean_square(root.owner.x, rw)
        case inf.MulOp(lhs=y, rhs=root) if isinstance(root.owner, inf.RsqrtOp):
            found = mean_square(root.owner.x, rw)
        case inf.MulOp(lhs=root, rhs=y) if isinstance(root.owner, inf.RsqrtOp):
            found = mean_square(root.owner.x, rw)
        case _:
            return None
    return found if found is not None and found[0] == y else None


def followed_by(value: SSAValue, kind: type[inf.Binary], channels: int) -> tuple[inf.Binary, SSAValue] | None:
    """The op of a kind that alone uses a value, with its other operand of one number per channel."""
    if not value.has_one_use():
        return None
    op = next(iter(value.uses)).operation
    if not isinstance(op, kind):
        return None
    other = op.rhs if op.lhs == value else op.lhs
    return (op, other) if shape_of(other) == (channels,) else None


@rewrites(inf.DivOp, inf.MulOp)
def norm(op: inf.Binary, rw: Rewriter) -> str | None:
    """y / sqrt(mean(y^2) + e) * s = rms_norm(y, s); where y = x - mean(x), and + b: layer_norm(x, s, b)"""
    found = normalized(op, rw)
    if found is None:
        return "it is not y / sqrt(mean(y * y) + epsilon)"
    y, epsilon = found
    channels = shape_of(y)[-1]
    if channels == UNKNOWN:
        return "the length of the scale is not known"
    last, scale, bias = op, None, None
    factor = followed_by(last.result, inf.MulOp, channels)
    if factor is not None:
        last, scale = factor
    if scale is None:
        one = lazy_array(np.ones((), numpy_dtype(element_of(y))), rw.ctx)
        scale = rw.const(one.broadcast_to(channels))
    if not isinstance(y.owner, inf.SubOp) or last_mean(y.owner.rhs) != y.owner.lhs:
        rw.replace(last, inf.RmsNormOp.make(y, scale, epsilon=epsilon), sources=[op])
        return None
    summand = followed_by(last.result, inf.AddOp, channels)
    if summand is not None:
        last, bias = summand
    rw.replace(last, inf.LayerNormOp.make(y.owner.lhs, scale, bias, epsilon=epsilon), sources=[op, y.owner])


class FuseLayerNorm(Pass):
    """Nine passes over memory become one that reads each row once."""

    patterns = (norm,)
