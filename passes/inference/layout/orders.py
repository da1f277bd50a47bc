"""Orders of axes: what the patterns compute with."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Operation, SSAValue

from inferir.core import Rewriter
from inferir.dialects import inference as inf


def channels_last(rank: int) -> tuple[int, ...]:
    """[N, C, *spatial] -> [N, *spatial, C]"""
    return (0, *range(2, rank), 1)


def channels_first(rank: int) -> tuple[int, ...]:
    """[N, *spatial, C] -> [N, C, *spatial]"""
    return (0, rank - 1, *range(1, rank - 1))


def inverse(order: Sequence[int]) -> tuple[int, ...]:
    """The order that undoes another."""
    return tuple(list(order).index(i) for i in range(len(order)))


def restored(value: SSAValue) -> inf.TransposeOp | None:
    """The transpose that brings the channels of an image-like tensor back to the front, if one defines the value."""
    op = value.owner
    if isinstance(op, inf.TransposeOp) and len(op.permutation) > 2 and op.permutation == channels_first(len(op.permutation)):
        return op
    return None


def reordered(value: SSAValue, order: Sequence[int], rw: Rewriter) -> SSAValue:
    """The value with its axes in another order: undone, folded, or a transpose."""
    op = value.owner
    if isinstance(op, inf.TransposeOp) and op.permutation == inverse(order):
        return op.x
    constants = rw.constants(value)
    if constants is not None:
        return rw.const(constants[0].transpose(*order))
    made = inf.TransposeOp.make(value, permutation=tuple(order))
    rw.insert(made)
    return made.result


def replace_located(op: Operation, new_ops: Sequence[Operation], rw: Rewriter, results: Sequence[SSAValue] | None = None) -> None:
    """Replace an op by ops at its own location: a transpose that goes away was never a node of the model."""
    for new in new_ops:
        new.location = op.location
    rw.replace(op, new_ops, results)
