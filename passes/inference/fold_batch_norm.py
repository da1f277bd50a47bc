"""Fold an inference-mode batch norm into the op that feeds it.

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
    rw.replace(bn, producer.with_weights(rw.const(producer.scale_weights(w, s)), rw.const(b + s * (c - m))))


class FoldBatchNorm(Pass):
    """Batch norm after a convolution costs a pass over memory and nothing else; its scale and shift belong to the weights."""

    patterns = (into_producer,)
