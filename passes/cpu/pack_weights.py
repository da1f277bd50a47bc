"""Pack constant weights when the package is written, not when the model runs.

  %w = inference.constant #inference.weight<"w"> : tensor<64x3x7x7xf32>
  %p = cpu.pack_conv2d %w panel 64 : ...
becomes
  %p = inference.constant #inference.fold<cpu.pack_conv2d(#inference.weight<"w">) {panel = 64} : ...>
"""

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.lazy import apply
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


class PackWeights(Pass):
    """A kernel reads its weights as one stream; the order that makes it one is known now."""

    patterns = (pack_constant,)
