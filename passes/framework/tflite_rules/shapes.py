"""Shapes as values, and the same elements in another shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i32

from inferir.dialects.framework.tflite.types import TFLITE_ELEMENTS
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules.operands import wide


@lowering("tfl", "SHAPE")
def shape(op: Any, lo: Lowering) -> Any:
    """shape_of, in the type that is asked for"""
    return lo.cast(lo.shape_of(op.operands[0]), TFLITE_ELEMENTS[op.get("out_type")] if op.get("out_type") != "FLOAT32" else i32)


@lowering("tfl", "RANK")
def rank(op: Any, lo: Lowering) -> Any:
    """The number of dimensions"""
    return lo.const(lo.rank(op.operands[0]), np.int32)


@lowering("tfl", "RESHAPE")
def reshape(op: Any, lo: Lowering) -> Any:
    """reshape, to an operand or to `new_shape`"""
    x, to = lo.operands(2)
    target = lo.ints(to) if to is not None else op.get("new_shape")
    if to is not None and target is None:
        return lo.emit_reshape(x, wide(lo, to))
    if target is None:
        lo.decline("neither a shape operand nor new_shape")
    return lo.reshape(x, *target) if 0 not in target else lo.emit_reshape(x, lo.i64(target))


@lowering("tfl", "SQUEEZE")
def squeeze(op: Any, lo: Lowering) -> Any:
    """reshape without dimensions of 1"""
    (x,) = lo.operands(1)
    axes = op.get("squeeze_dims") or [i for i, d in enumerate(lo.shape(x)) if d == 1]
    return lo.squeeze(x, axes)


@lowering("tfl", "EXPAND_DIMS")
def expand_dims(op: Any, lo: Lowering) -> Any:
    """reshape with a dimension of 1 more"""
    x, axis = lo.operands(2)
    return lo.unsqueeze(x, lo.need_ints(axis, "the axis"))


@lowering("tfl", "BROADCAST_TO")
def broadcast_to(op: Any, lo: Lowering) -> Any:
    """broadcast"""
    x, to = lo.operands(2)
    return lo.broadcast(x, wide(lo, to))


@lowering("tfl", "BROADCAST_ARGS")
def broadcast_args(op: Any, lo: Lowering) -> Any:
    """The joint shape of two shapes: dimension by dimension the one that is not 1"""
    a, b = lo.operands(2)
    longer = max(lo.shape(a)[0], lo.shape(b)[0])
    if min(lo.shape(a)[0], lo.shape(b)[0]) < 0:
        lo.decline("the number of dimensions is dynamic")
    a, b = (lo.pad(v, lo.scalar(1, v), low=(longer - lo.shape(v)[0],), high=(0,)) for v in (a, b))
    return lo.select(lo.compare(a, lo.scalar(1, a), pred="eq"), b, a)


@lowering("tfl", "FILL")
def fill(op: Any, lo: Lowering) -> Any:
    """fill"""
    to, value = lo.operands(2)
    return lo.fill(wide(lo, to), value)


@lowering("tfl", "ZEROS_LIKE")
def zeros_like(op: Any, lo: Lowering) -> Any:
    """fill with zeros"""
    (x,) = lo.operands(1)
    return lo.fill(lo.shape_of(x), lo.scalar(0, x))


@lowering("tfl", "RANGE")
def range_(op: Any, lo: Lowering) -> Any:
    """range"""
    return lo.range(*lo.operands(3))


@lowering("tfl", "CAST")
def cast(op: Any, lo: Lowering) -> Any:
    """cast, to the type of the result"""
    return lo.cast(op.operands[0], lo.element(op.results[0]))


@lowering("tfl", "BITCAST")
def bitcast(op: Any, lo: Lowering) -> Any:
    """bitcast, to a type of the same width"""
    x, to = op.operands[0], lo.element(op.results[0])
    if lo.dtype(x).itemsize != lo.dtype(op.results[0]).itemsize:
        lo.decline("the element types have different widths")
    return lo.bitcast(x, to=to)
