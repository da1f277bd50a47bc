"""Let a convolution or pool do the padding in front of it.

  %0 = inference.pad %x low [0, 0, 1, 1] high [0, 0, 1, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x3x10x10xf32>
  %1 = inference.conv %0, %w : (tensor<1x3x10x10xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x8x8xf32>
becomes
  %1 = inference.conv %x, %w pads [1, 1, 1, 1] : (tensor<1x3x8x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x8x8xf32>
"""

import math
from dataclasses import dataclass

import numpy as np

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@dataclass
class Joint:
    """A window op's input without its pad, and the pads of both."""

    pad: inf.PadOp
    pads: tuple[int, ...]


def joined(op: inf.ConvOp | inf.Pool, value: float, rw: Rewriter) -> Joint | str:
    """The pad of `value` around the spatial dimensions of the input of a window op, joined with the op's own; or why it is none."""
    pad = op.x.owner
    if not isinstance(pad, inf.PadOp) or pad.low is None or pad.high is None:
        return "its input is not a pad of known size"
    filler = np.float32(0) if pad.value is None else rw.written_out(pad.value)
    if pad.mode != "constant" or filler is None or filler != value:
        return "it pads with something else"
    others = (0, 1) if op.layout == "nchw" else (0, len(pad.low) - 1)
    if any(pad.low[i] or pad.high[i] for i in others) or min(*pad.low, *pad.high) < 0:
        return "it pads the batch or the channels, or crops"
    inner = slice(2, None) if op.layout == "nchw" else slice(1, -1)
    pads = (*pad.low[inner], *pad.high[inner])
    return Joint(pad, tuple(a + b for a, b in zip(pads, op.pads or (0,) * len(pads), strict=True)))


@rewrites(inf.ConvOp)
def into_convolution(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """conv(pad(x, p), pads q) = conv(x, pads p + q)"""
    joint = joined(op, 0.0, rw)
    if isinstance(joint, str):
        return joint
    rw.replace(op, op.like(x=joint.pad.x, pads=joint.pads, result_types=[op.result.type]), sources=[joint.pad])


@rewrites(inf.MaxPoolOp)
def into_max_pool(op: inf.MaxPoolOp, rw: Rewriter) -> str | None:
    """max_pool(pad(x, p, -inf), pads q) = max_pool(x, pads p + q)"""
    joint = joined(op, -math.inf, rw)
    if isinstance(joint, str):
        return joint
    if op.ceil_mode:
        return "the last window of ceil_mode depends on what is padding"
    rw.replace(op, op.like(x=joint.pad.x, pads=joint.pads, result_types=[op.result.type]), sources=[joint.pad])


@rewrites(inf.AvgPoolOp)
def into_avg_pool(op: inf.AvgPoolOp, rw: Rewriter) -> str | None:
    """avg_pool(pad(x, p)) = avg_pool(x, pads p) that counts its padding"""
    joint = joined(op, 0.0, rw)
    if isinstance(joint, str):
        return joint
    if op.ceil_mode:
        return "the last window of ceil_mode depends on what is padding"
    if op.pads is not None and any(op.pads) and not op.count_include_pad:
        return "its own padding does not count, that of the pad does"
    new = op.like(x=joint.pad.x, pads=joint.pads, count_include_pad=True, result_types=[op.result.type])
    rw.replace(op, new, sources=[joint.pad])


class FoldPad(Pass):
    """A padded copy of the input is written and read for nothing: windows know how to step over an edge."""

    patterns = (into_convolution, into_max_pool, into_avg_pool)
