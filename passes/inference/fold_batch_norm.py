"""Fold an inference-mode batch norm into the op that feeds it, or into the convolution that it feeds.

  %0 = inference.conv %x, %w : ...
  %1 = inference.batch_norm %0, %g, %b, %m, %v : ...
becomes, with s = g / sqrt(v + epsilon),
  %1 = inference.conv %x, %w' bias %b' : ...        w' = s * w, b' = b - s * m
"""

import numpy as np

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.BatchNormOp)
def into_producer(bn: inf.BatchNormOp, rw: Rewriter) -> str | None:
    """bn(A x + c) = (s A) x + (b + s * (c - m))"""
    producer = bn.x.owner
    if not isinstance(producer, inf.Affine):
        return "its input has no weights per channel"
    if not bn.x.has_one_use():
        return "its input has another user that needs the unscaled value"
    if producer.channel_axis() != bn.channel_axis():
        return "the weights are per channel of another axis"
    constants = rw.constants(producer.weights(), bn.scale, bn.bias, bn.mean, bn.variance)
    c = rw.constant(producer.bias, default=0.0)
    if constants is None or c is None:
        return "weights, bias or statistics are not constant"
    w, g, b, m, v = constants
    s = g / np.sqrt(v + bn.epsilon)
    shift = b - s * (m if producer.bias is None else m - c)
    rw.replace(bn, producer.with_weights(rw.const(producer.scale_weights(w, s)), rw.const(shift)))


@rewrites(inf.ConvOp)
def into_consumer(conv: inf.ConvOp, rw: Rewriter) -> str | None:
    """conv(s * x + t, w) = conv(x, s * w) + sum of w * t: the batch norm before it, where no padding comes between"""
    bn = conv.x.owner
    if not isinstance(bn, inf.BatchNormOp):
        return "its input is not a batch norm"
    if not conv.x.has_one_use():
        return "the batch norm has another user"
    if any(conv.pads or ()) or conv.groups != 1 or bn.layout != conv.layout:
        return "padding is zeros, not shifts; groups and layouts must agree"
    constants = rw.constants(conv.w, bn.scale, bn.bias, bn.mean, bn.variance)
    c = rw.constant(conv.bias, default=0.0)
    if constants is None or c is None:
        return "filter, bias or statistics are not constant"
    w, g, b, m, v = constants
    s = g / np.sqrt(v + bn.epsilon)
    inputs = (1, -1, *[1] * conv.rank) if conv.layout == "nchw" else (*[1] * (conv.rank + 1), -1)
    shift = (w * (b - s * m).reshape(*inputs)).sum(*range(1, w.ndim))
    rw.replace(conv, conv.like(x=bn.x, w=rw.const(w * s.reshape(*inputs)), bias=rw.const(shift + c)))


class FoldBatchNorm(Pass):
    """Batch norm after a convolution costs a pass over memory and nothing else; its scale and shift belong to the weights."""

    patterns = (into_producer, into_consumer)
