"""Pack constant weights when the package is written, not when the model runs.

  %w = inference.constant #inference.weight<"w"> : tensor<64x3x7x7xf32>
  %p = cpu.pack_conv2d %w panel 64 : ...
becomes
  %p = inference.constant #inference.fold<cpu.pack_conv2d(#inference.weight<"w">) {panel = 64} : ...>
"""

from typing import Any

from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.lazy import apply
from inferir.core.rewriting import constant_attribute_of
from inferir.dialects import cpu
from inferir.dialects.cpu.packing import Pack
from inferir.passes.cpu.inference_to_cpu.building import reshaped, result, shape_of, transposed
from inferir.passes.cpu.inference_to_cpu.program import Program, generate


def from_constants(value: SSAValue) -> bool:
    """Whether a value follows from constants alone by ops that the patterns fold."""
    op = value.owner
    if constant_attribute_of(value) is not None:
        return True
    return isinstance(op, cpu.ReshapeOp | cpu.TransposeOp | cpu.SliceOp) and from_constants(op.x)


@rewrites(Pack)
def pack_constant(pack: Pack, rw: Rewriter) -> str | None:
    """pack(constant) is a constant, computed once"""
    constants = rw.constants(pack.w)
    if constants is None:
        return "the weights are not constant"
    properties = {name: getattr(pack, name) for name in pack.property_definitions()}
    rw.replace(pack, rw.const(apply(pack.name, [*constants], rw.ctx, **properties)))
    return None


@rewrites(cpu.PackGemmOp)
def pack_when_computed(pack: cpu.PackGemmOp, rw: Rewriter) -> str | None:
    """[K, N] -> pad N -> [K, P, panel] -> [P, K, panel], at run time"""
    if from_constants(pack.w):
        return None
    w = pack.w if not pack.transposed else transposed(pack.w, (1, 0), rw)
    k, n = shape_of(w)
    panels = shape_of(pack.packed)[0]
    if k < 0 or n < 0:
        return "its size is not known"
    if panels * pack.panel > n:
        w = result(cpu.PadOp.make(w, low=(0, 0), high=(0, panels * pack.panel - n)), rw)
    rw.replace(pack, transposed(reshaped(w, (k, panels, pack.panel), rw), (1, 0, 2), rw))
    return None


@rewrites(cpu.PackGatesOp)
def pack_gates_when_computed(pack: cpu.PackGatesOp, rw: Rewriter) -> str | None:
    """[D, gates H, K] -> [D, gates, H, K] -> pad H -> [D, gates, P, U, K] -> [D, P, K, gates, U], at run time"""
    if from_constants(pack.w):
        return None
    (count, rows, depth), (panels, *_) = shape_of(pack.w), shape_of(pack.packed)
    hidden, panels = rows // pack.gates, panels // count
    w = reshaped(pack.w, (count, pack.gates, hidden, depth), rw)
    if panels * pack.units > hidden:
        w = result(cpu.PadOp.make(w, low=(0, 0, 0, 0), high=(0, 0, panels * pack.units - hidden, 0)), rw)
    parts = transposed(reshaped(w, (count, pack.gates, panels, pack.units, depth), rw), (0, 2, 4, 1, 3), rw)
    rw.replace(pack, reshaped(parts, shape_of(pack.packed), rw))
    return None


@rewrites(cpu.PackConv2dOp)
def pack_filters_when_computed(pack: cpu.PackConv2dOp, rw: Rewriter) -> str | None:
    """packed[g p, r, s, c, j] = w[g, p panel + j, c, r, s], zeros beyond the filters of a group, at run time"""
    if from_constants(pack.w):
        return None
    each = shape_of(pack.w)[0] // pack.groups
    panels, whole = shape_of(pack.packed)[0] // pack.groups, each % pack.panel == 0

    def body(s: Program, at: list[Any], w: SSAValue) -> Any:
        number, r, q, c, j = at
        own = number % panels * pack.panel + j
        filter = number // panels * each + own
        return s.load(w, [filter, c, r, q] if pack.layout == "nchw" else [filter, r, q, c], True if whole else own < each, 0)

    return generate(pack, [pack.w], body, rw)


@rewrites(cpu.PackDwconv2dOp)
def pack_channels_when_computed(pack: cpu.PackDwconv2dOp, rw: Rewriter) -> str | None:
    """packed[r, s, c] = w[c, 0, r, s], at run time"""
    if from_constants(pack.w):
        return None
    nchw = pack.layout == "nchw"
    return generate(pack, [pack.w], lambda s, at, w: s.load(w, [at[2], 0, *at[:2]] if nchw else [at[2], *at[:2], 0]), rw)


@rewrites(cpu.ReshapeOp, cpu.SliceOp)
def view_of_constant(op: cpu.ReshapeOp | cpu.SliceOp, rw: Rewriter) -> str | None:
    """a part or another shape of a constant is a constant"""
    constants = rw.constants(op.x)
    if constants is None or len(op.operands) > 1:
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

    patterns = (
        pack_constant,
        pack_when_computed,
        pack_gates_when_computed,
        pack_filters_when_computed,
        pack_channels_when_computed,
        view_of_constant,
        transpose_of_constant,
    )
