"""Fold multiplications and additions by one constant per channel into the weights and the bias of the op before them.

  %0 = inference.conv %x, %w bias %b : ...
  %1 = inference.mul %0, %s : (tensor<1x64x56x56xf32>, tensor<64x1x1xf32>) -> ...
  %2 = inference.add %1, %t : (tensor<1x64x56x56xf32>, tensor<64x1x1xf32>) -> ...
becomes
  %2 = inference.conv %x, %w' bias %b' : ...        w' = s * w, b' = s * b + t

The op may be a convolution, a matrix product or a batch norm.
"""

from xdsl.dialects.builtin import DYNAMIC_INDEX

from inferir.core import Pass, Rewriter, constant_of, rewrites
from inferir.core.lazy import Lazy
from inferir.core.types import ranked
from inferir.dialects import inference as inf


def per_channel(op: inf.Binary, producer: inf.Affine, rw: Rewriter) -> Lazy | str:
    """The constant right operand as one number per channel of the producer, or why it is none."""
    c = constant_of(op.rhs, rw.ctx)
    if c is None:
        return "the right operand is not constant"
    if op.result.type != producer.result.type:
        return "it broadcasts the result"
    axis = producer.channel_axis()
    if axis is None or any(n != 1 for i, n in enumerate(c.shape) if i - c.ndim != axis):
        return "the constant varies along another axis than the channels"
    channels = ranked(producer.result).get_shape()[axis]
    return "the number of channels is not known" if channels == DYNAMIC_INDEX else c.reshape(-1).broadcast_to(channels)


@rewrites(inf.MulOp)
def scale(op: inf.MulOp, rw: Rewriter) -> str | None:
    """(A x + b) * s = (s A) x + s * b"""
    producer = op.lhs.owner
    if not isinstance(producer, inf.Affine):
        return "the left operand has no weights per channel"
    if not op.lhs.has_one_use():
        return "the left operand has another user that needs the unscaled value"
    s = per_channel(op, producer, rw)
    if isinstance(s, str):
        return s
    w = constant_of(producer.weights(), rw.ctx)
    b = rw.constant(producer.bias, default=0.0)
    if w is None or b is None:
        return "weights or bias are not constant"
    bias = None if producer.bias is None else rw.const(b * s)
    rw.replace(op, producer.with_weights(rw.const(producer.scale_weights(w, s)), bias))


@rewrites(inf.AddOp)
def shift(op: inf.AddOp, rw: Rewriter) -> str | None:
    """(A x + b) + t = A x + (b + t)"""
    producer = op.lhs.owner
    if not isinstance(producer, inf.Affine):
        return "the left operand has no bias per channel"
    if not op.lhs.has_one_use():
        return "the left operand has another user that needs it without the constant"
    t = per_channel(op, producer, rw)
    if isinstance(t, str):
        return t
    b = rw.constant(producer.bias, default=0.0)
    if b is None:
        return "the bias is not constant"
    rw.replace(op, producer.with_weights(producer.weights(), rw.const(t if producer.bias is None else b + t)))


class FoldScaleAndShift(Pass):
    """Frameworks that split batch norm in two leave a multiplication and an addition per channel; both are free in the weights."""

    patterns = (scale, shift)
