"""Choose how each convolution is computed.

  %p = cpu.pack_conv2d %w layout nhwc : (tensor<64x1x1x256xf32>) -> ...
  %y = cpu.conv2d %x, %p channels 64 : (tensor<1x56x56x256xf32>, ...) -> tensor<1x56x56x64xf32>
becomes
  %m = cpu.reshape %w shape [64, 256] : ...
  %p = cpu.pack_gemm %m transposed : ...
  %y = cpu.gemm %x, %p columns 64 : (tensor<1x56x56x256xf32>, ...) -> tensor<1x56x56x64xf32>
"""

from __future__ import annotations

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import cpu
from inferir.passes.cpu.inference_to_cpu.building import shape_of


@rewrites(cpu.Conv2dOp)
def pointwise_is_gemm(op: cpu.Conv2dOp, rw: Rewriter) -> str | None:
    """a 1x1 window that visits every pixel is a matrix product of pixels and filters"""
    pack = op.w.owner
    if not isinstance(pack, cpu.PackConv2dOp):
        return "its weights are packed already"
    packed = shape_of(op.w)
    if packed[1:3] != (1, 1) or op.groups != 1:
        return "its window has more than one tap, or it has groups"
    if op.strides != (1, 1) or any(op.pads):
        return "it skips or pads pixels"
    constants = rw.constants(pack.w)
    if constants is None:
        return "the filter is not constant"
    (w,) = constants
    matrix = rw.const(w.reshape(op.channels, packed[3]))
    weights = cpu.PackGemmOp.make(matrix, panel=pack.panel, transposed=True)
    rw.insert(weights)
    region = op.detach_region(op.epilogue)
    y = op.results[0].type
    rw.replace(op, cpu.GemmOp.make(op.x, weights.packed, op.extras, regions=[region], result_types=[y], columns=op.channels, rows=op.rows))
    return None


class SelectConvAlgorithm(Pass):
    """What a convolution is best computed as depends on its window."""

    patterns = (pointwise_is_gemm,)
