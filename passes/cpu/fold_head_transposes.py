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
from inferir.passes.cpu.inference_to_cpu.building import shape_of

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


@rewrites(cpu.RopeOp)
def transposed_rows(op: cpu.RopeOp, rw: Rewriter) -> str | None:
    """rope(transpose(x), c) = transpose(rope(x, c')) before attention, where all heads have the same codes"""
    transpose = swaps_heads(op.x.owner)
    if transpose is None:
        return "its operand is no transpose of heads"
    if not all(isinstance(use.operation, cpu.AttentionOp) for use in op.results[0].uses):
        return "something else than attention reads it"
    codes = [shape_of(v) for v in (op.cos, op.sin)]
    if any(len(shape) > 2 and shape[-3] != 1 for shape in codes):
        return "its codes differ between heads"
    turned: list[SSAValue] = []
    for value, shape in zip((op.cos, op.sin), codes, strict=True):
        whole: list[int | str] = [d if d >= 0 else f"d{i}" for i, d in enumerate(shape)]
        whole = [*whole[:-3], whole[-2], 1, whole[-1]] if len(shape) > 1 else whole
        made = cpu.ReshapeOp.make(value, shape=tuple(whole))
        rw.insert(made)
        turned.append(made.results[0])
    made = cpu.RopeOp.make(transpose.x, *turned, [], None, regions=[op.epilogue.clone()])
    made.results[0]._type = transpose.x.type  # pyright: ignore[reportAttributeAccessIssue]
    rw.replace(op, [made, transpose.like(x=made.results[0], result_types=[op.results[0].type])], sources=[transpose])
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

    patterns = (transposed_rows, transposed_operands, transposed_result)
