"""The elements of a `cpu.generate` as dimensions: where its region only computes with sizes, shapes can be followed through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerAttr
from xdsl.ir import Block, Operation, SSAValue

from inferir.core.dims import DimLike, Shape, maximum, minimum
from inferir.core.op import ValueOf
from inferir.dialects.cpu.elements import LoadOp, SizeOp
from inferir.dialects.cpu.scalar import YieldOp

_ARITHMETIC: Mapping[type[Operation], Callable[[Any, Any], Any]] = {
    arith.AddiOp: lambda a, b: a + b,
    arith.SubiOp: lambda a, b: a - b,
    arith.MuliOp: lambda a, b: a * b,
    arith.MaxSIOp: maximum,
    arith.MinSIOp: minimum,
}
_COMPARE: Mapping[int, Callable[[int, int], bool]] = {
    0: int.__eq__,
    1: int.__ne__,
    2: int.__lt__,
    3: int.__le__,
    4: int.__gt__,
    5: int.__ge__,
}
"""By the number that `arith.cmpi` has for a predicate; of signed integers."""


class _NotFollowed(Exception):
    """What the region does is no arithmetic on sizes."""


def elements_over_dims(
    block: Block, shape: Sequence[int], operands: Sequence[SSAValue], shape_of: Callable[[SSAValue], Shape], value_of: ValueOf
) -> np.ndarray | None:
    """The elements that the region of a generate gives a result of `shape`, None where they do not follow from the sizes of its operands, or from
    those of their elements that are dimensions."""
    arguments = block.args[len(shape) :]
    shapes: dict[SSAValue, Shape] = dict(zip(arguments, map(shape_of, operands), strict=True))
    held: dict[SSAValue, np.ndarray | None] = dict(zip(arguments, map(value_of, operands), strict=True))
    out = np.empty(shape, object)
    try:
        for place in np.ndindex(*shape):
            indices: dict[SSAValue, DimLike] = dict(zip(block.args, place, strict=False))
            out[place] = _element(block, indices, shapes, held)
    except _NotFollowed:
        return None
    return out


def _element(
    block: Block, known: dict[SSAValue, DimLike], shapes: Mapping[SSAValue, Shape], held: Mapping[SSAValue, np.ndarray | None]
) -> DimLike:
    """What the block yields for known indices."""
    for op in block.ops:
        if isinstance(op, YieldOp):
            return known[op.values[0]]
        known[op.results[0]] = _result(op, known, shapes, held)
    raise _NotFollowed


def _result(
    op: Operation, known: Mapping[SSAValue, DimLike], shapes: Mapping[SSAValue, Shape], held: Mapping[SSAValue, np.ndarray | None]
) -> DimLike:
    match op:
        case arith.ConstantOp(value=IntegerAttr() as number):
            return number.value.data
        case SizeOp():
            return shapes[op.source][op.axis.value.data]
        case LoadOp(condition=None):
            elements, place = held[op.source], [i for v in op.indices if isinstance(i := known[v], int)]
            inside = (
                elements is not None and len(place) == elements.ndim and all(0 <= i < d for i, d in zip(place, elements.shape, strict=True))
            )
            if elements is not None and inside:
                return elements[tuple(place)]
        case arith.IndexCastOp():
            return known[op.input]
        case arith.CmpiOp():
            a, b = known[op.lhs], known[op.rhs]
            if isinstance(a, int) and isinstance(b, int) and (compare := _COMPARE.get(op.predicate.value.data)) is not None:
                return int(compare(a, b))
        case arith.SelectOp():
            condition = known[op.cond]
            if isinstance(condition, int):
                return known[op.lhs if condition else op.rhs]
        case _ if type(op) in _ARITHMETIC:
            return _ARITHMETIC[type(op)](*(known[v] for v in op.operands))
        case _:
            pass
    raise _NotFollowed
