"""Let attention read and write heads where projections have them.

  %q = cpu.transpose %x permutation [0, 2, 1, 3] : (tensor<1x128x12x64xf32>) -> tensor<1x12x128x64xf32>
  %y = cpu.attention %q, %k, %v : ...
becomes
  %y = cpu.attention %x, %k, %v interleaved [1, 0, 0, 0] : ...
"""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import cpu

HEADS = (0, 2, 1, 3)


def swaps_heads(op: object) -> cpu.TransposeOp | None:
    """The op, if it does nothing but change heads and positions over."""
    return op if isinstance(op, cpu.TransposeOp) and op.permutation == HEADS and not op.epilogue.blocks else None


def with_order(op: cpu.AttentionOp, operands: list[SSAValue], order: list[int]) -> cpu.AttentionOp:
    """The op with other q, k, v and another order of each and of y."""
    properties: dict[str, Any] = {name: getattr(op, name) for name in op.property_definitions()} | {"interleaved": tuple(order)}
    return cpu.AttentionOp.make(*operands, op.mask, op.offset, op.lengths, None, [], None, regions=[op.epilogue.clone()], **properties)


@rewrites(cpu.AttentionOp)
def transposed_operands(op: cpu.AttentionOp, rw: Rewriter) -> str | None:
    """q, k and v are read where they lie"""
    values, order = [op.q, op.k, op.v], list(op.interleaved)
    found = [swaps_heads(v.owner) for v in values]
    if not any(found):
        return "no operand is a transpose of heads"
    for i, transpose in enumerate(found):
        if transpose is not None:
            values[i], order[i] = transpose.x, 1 - order[i]
    rw.replace(op, with_order(op, values, order))
    for transpose in {t for t in found if t is not None}:
        if transpose.results[0].first_use is None:
            rw.erase(transpose)
    return None


@rewrites(cpu.TransposeOp)
def transposed_result(op: cpu.TransposeOp, rw: Rewriter) -> str | None:
    """y is written where it is wanted"""
    attention = op.x.owner
    if not isinstance(attention, cpu.AttentionOp):
        return "its operand does not come from attention"
    if swaps_heads(op) is None:
        return "it does more than change heads and positions over"
    if not op.x.has_one_use():
        return "the attention has another reader"
    order = [*attention.interleaved[:3], 1 - attention.interleaved[3]]
    made = with_order(attention, [attention.q, attention.k, attention.v], order)
    made.results[0]._type = op.results[0].type  # pyright: ignore[reportAttributeAccessIssue]
    rw.replace(op, made, sources=[attention])
    rw.erase(attention)
    return None


class FoldHeadTransposes(Pass):
    """Projections give all heads of a position, attention goes over the positions of a head: a stride, and no copy."""

    patterns = (transposed_operands, transposed_result)
