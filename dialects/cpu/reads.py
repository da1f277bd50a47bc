"""How far a scalar program reads: the indices of its loads that are plain loop indices, with what bounds them.

An index that is computed is checked where it is computed (`cpu.check`), or stands behind a condition; one that only counts is within a
tensor by the sizes alone, which is a relation between sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import IntegerAttr
from xdsl.ir import Block, SSAValue

from inferir.core.dims import DimLike, Shape, minimum
from inferir.dialects.cpu.elements import LoadOp, SizeOp

ShapeOf = Callable[[SSAValue], Shape | None]


def reads(
    block: Block, counts: Mapping[SSAValue, DimLike], around: frozenset[DimLike], shape_of: ShapeOf
) -> Iterator[tuple[DimLike, DimLike, str]]:
    """(how many indices there are, the dimension they index, where) of each unconditional load, in the block and in its loops.

    counts    how many values the indices that are given take, from 0
    around    the lengths of the loops around: where none is 0, a tensor that is read at a computed index has an element
    shape_of  the shape of a tensor that the program reads; None where it is not one of the operands
    """
    for op in block.ops:
        if isinstance(op, scf.ForOp):
            count = _count(op, shape_of)
            inner = dict(counts) if count is None else {**counts, op.body.block.args[0]: count}
            yield from reads(op.body.block, inner, around | {0 if count is None else count}, shape_of)
        elif isinstance(op, LoadOp) and op.condition is None and (shape := shape_of(op.source)) is not None:
            for axis, (index, size) in enumerate(zip(op.indices, shape, strict=True)):
                if index in counts:
                    yield counts[index], size, f"dimension {axis}"
                elif size not in around and not (isinstance(size, int) and size > 0):
                    yield _one_where_run(around), size, f"dimension {axis}"


def _one_where_run(around: frozenset[DimLike]) -> DimLike:
    """1 where no loop around is empty, else 0."""
    out: DimLike = 1
    for count in sorted((c for c in around if not isinstance(c, int) or c < 1), key=str):
        out = minimum(out, count)
    return out


def _count(op: scf.ForOp, shape_of: ShapeOf) -> DimLike | None:
    """How many turns a loop takes from 0 in steps of 1; None where it does not go so, or the bound is computed."""
    if _number(op.lb) != 0 or _number(op.step) != 1:
        return None
    bound = op.ub.owner
    if isinstance(bound, SizeOp):
        shape = shape_of(bound.operands[0])
        return None if shape is None else shape[bound.axis.value.data]
    return _number(op.ub)


def _number(value: SSAValue) -> int | None:
    owner = value.owner
    return owner.value.value.data if isinstance(owner, arith.ConstantOp) and isinstance(owner.value, IntegerAttr) else None
