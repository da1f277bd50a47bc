"""Operands that are constants become properties, where the op has one for them."""

from inferir.core import Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.SliceOp, inf.BroadcastOp, inf.TileOp, inf.ResizeOp)
def constant_operand(op: inf.InferenceOp, rw: Rewriter) -> str | None:
    """slice(x, begin c) = slice(x, starts [c]), and so on: what is known at compile time is a property"""
    changes: dict[str, object] = {}
    for operand, name in op.AS_PROPERTIES.items():
        elements = rw.written_out(op.operand_named(operand))
        if elements is not None:
            changes |= {operand: None, name: tuple(elements.reshape(-1).tolist())}
    if not changes:
        return "no such operand is a small constant"
    rw.replace(op, op.like(result_types=op.result_types, **changes))


@rewrites(inf.PadOp)
def constant_pads(op: inf.PadOp, rw: Rewriter) -> str | None:
    """pad(x, pads c) = pad(x, low c[:n], high c[n:])"""
    pads = rw.written_out(op.pads)
    if pads is None:
        return "the pads are not a small constant"
    n = pads.size // 2
    rw.replace(op, op.like(pads=None, low=tuple(pads[:n].tolist()), high=tuple(pads[n:].tolist()), result_types=op.result_types))
