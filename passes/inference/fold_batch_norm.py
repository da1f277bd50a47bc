"""Fold an inference-mode batch norm into the convolution that feeds it.

  %0 = inference.conv %x, %w : ...
  %1 = inference.batch_norm %0, %g, %b, %m, %v : ...
becomes, with s = g / sqrt(v + epsilon),
  %1 = inference.conv %x, %w' bias %b' : ...        w' = s * w, b' = b - s * m
"""

import numpy as np

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.BatchNormOp)
def into_conv(bn: inf.BatchNormOp, rw: Rewriter) -> str | None:
    """bn(conv(x, w) + c) = conv(x, s * w) + (b + s * (c - m))"""
    conv = bn.x.owner
    if not isinstance(conv, inf.ConvOp):
        return "its input is not a convolution"
    if not conv.result.has_one_use():
        return "the convolution has another user that needs the unscaled value"
    constants = rw.constants(conv.w, bn.scale, bn.bias, bn.mean, bn.variance)
    c = rw.constant(conv.bias, default=0.0)
    if constants is None or c is None:
        return "filter, bias or statistics are not constant"
    w, g, b, m, v = constants
    s = g / np.sqrt(v + bn.epsilon)
    along_outputs = s.reshape(-1, *[1] * (w.ndim - 1))
    rw.replace(bn, conv.like(w=rw.const(w * along_outputs), bias=rw.const(b + s * (c - m))))


class FoldBatchNorm(Pass):
    """Batch norm after a convolution costs a pass over memory and nothing else; its scale and shift belong to the filter."""

    patterns = (into_conv,)
