"""Pack constant weights when the package is written, not when the model runs.

  %w = inference.constant #inference.weight<"w"> : tensor<64x3x7x7xf32>
  %p = cpu.pack_conv2d %w panel 64 : ...
becomes
  %p = inference.constant #inference.fold<cpu.pack_conv2d(#inference.weight<"w">) {panel = 64} : ...>
"""

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.lazy import apply
from inferir.dialects import cpu
from inferir.dialects.cpu.packing import Pack


@rewrites(Pack)
def pack_constant(pack: Pack, rw: Rewriter) -> str | None:
    """pack(constant) is a constant, computed once"""
    constants = rw.constants(pack.w)
    if constants is None:
        return "the weights are not constant"
    properties = {name: getattr(pack, name) for name in pack.property_definitions()}
    rw.replace(pack, rw.const(apply(pack.name, [*constants], rw.ctx, **properties)))
    return None


@rewrites(cpu.ReshapeOp, cpu.SliceOp)
def view_of_constant(op: cpu.ReshapeOp | cpu.SliceOp, rw: Rewriter) -> str | None:
    """a part or another shape of a constant is a constant"""
    constants = rw.constants(op.x)
    if constants is None:
        return "its input is not constant"
    properties = {name: getattr(op, name) for name in op.property_definitions()}
    rw.replace(op, rw.const(apply(op.name, [*constants], rw.ctx, **properties)))
    return None


@rewrites(cpu.TransposeOp)
def transpose_of_constant(op: cpu.TransposeOp, rw: Rewriter) -> str | None:
    """a constant in another order is a constant"""
    constants = rw.constants(op.x)
    if constants is None or op.epilogue.blocks:
        return "its input is not constant, or it computes as well"
    rw.replace(op, rw.const(constants[0].transpose(*op.permutation)))
    return None


class PackWeights(Pass):
    """A kernel reads its weights as one stream; the order that makes it one is known now."""

    patterns = (pack_constant, view_of_constant, transpose_of_constant)
