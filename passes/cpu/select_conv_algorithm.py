"""Choose how each convolution is computed.

  %p = cpu.pack_conv2d %w layout nhwc : (tensor<64x1x1x256xf32>) -> ...
  %y = cpu.conv2d %x, %p channels 64 : (tensor<1x56x56x256xf32>, ...) -> tensor<1x56x56x64xf32>
becomes
  %m = cpu.reshape %w shape [64, 256] : ...
  %p = cpu.pack_gemm %m transposed : ...
  %y = cpu.gemm %x, %p columns 64 : (tensor<1x56x56x256xf32>, ...) -> tensor<1x56x56x64xf32>
A 3x3 window becomes `cpu.winograd_conv2d`.
"""

from __future__ import annotations

from xdsl.dialects.builtin import f32

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.types import element_of
from inferir.dialects import cpu
from inferir.dialects.cpu.winograd import POINTS
from inferir.passes.cpu.inference_to_cpu.building import is_finite, shape_of

FEWEST_CHANNELS = 32
MANY_TILES = 32
"""From so many tiles on, reading larger weights is paid for; with fewer, tile 2 reads less (1.8 times the filters)."""


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


@rewrites(cpu.Conv2dOp)
def winograd(op: cpu.Conv2dOp, rw: Rewriter) -> str | None:
    """a 3x3 window that visits every pixel: (m + 2)^2 products for m^2 outputs instead of 9 m^2"""
    pack = op.w.owner
    if not isinstance(pack, cpu.PackConv2dOp):
        return "its weights are packed already"
    if shape_of(op.w)[1:3] != (3, 3) or op.groups != 1:
        return "its window has not 3x3 taps, or it has groups"
    if op.strides != (1, 1) or op.dilations != (1, 1):
        return "its window skips pixels"
    if any(element_of(v) != f32 for v in (op.x, op.results[0], *op.extras)):
        return "its elements are not f32"
    y = op.results[0].type
    (_, height, width, channels), inner = shape_of(op.results[0]), shape_of(op.x)[3]
    if min(inner, channels) < FEWEST_CHANNELS or inner % 16 or channels % 16:
        return f"{inner} to {channels} channels: the transforms pay from {FEWEST_CHANNELS} on, in multiples of 16"
    known = height >= 0 and width >= 0
    if any(0 <= size < max(POINTS) for size in (height, width)):
        return "its image is smaller than a tile"
    constants = rw.constants(pack.w)
    if constants is None:
        return "the filter is not constant"
    weights = {tile: 4 * (tile + 2) ** 2 * inner * channels for tile in POINTS}
    small = 4 * cpu.machine_of(op).l2  # transformed filters for tile 4 have four times the size of the filters
    if not known and weights[2] > small:
        return "its image may be small, and many weights are read for each tile"
    if not is_finite(pack.w, rw):
        return "the filter has numbers that are not finite, which the transforms would mix with the others"
    tile = 4 if weights[4] <= small or (known and -(-height // 4) * -(-width // 4) >= MANY_TILES) else 2
    packed = cpu.PackWinogradOp.make(pack.w, tile=tile, panel=pack.panel, layout=pack.layout)
    rw.insert(packed)
    region = op.detach_region(op.epilogue)
    made = cpu.WinogradConv2dOp.make(
        op.x, packed.packed, None, op.extras, regions=[region], result_types=[y], channels=channels, pads=op.pads, tile=tile
    )
    rw.replace(op, made)
    return None


class SelectConvAlgorithm(Pass):
    """What a convolution is best computed as depends on its window."""

    patterns = (pointwise_is_gemm, winograd)
