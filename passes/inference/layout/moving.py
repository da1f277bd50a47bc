"""A transpose moves behind the op that reads it. T brings channels to the front; T' undoes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import ranked, shape_of
from inferir.dialects import inference as inf
from inferir.dialects.inference.base import Elementwise
from inferir.passes.inference.layout.orders import inverse, reordered, replace_located, restored


def _before(values: Sequence[SSAValue], rw: Rewriter) -> tuple[int, ...] | None:
    """The order of the first transpose among the values that brings channels to the front.

    With one spatial dimension that order undoes itself; there all values that are not constant must have it.
    """
    found = [restored(v) for v in values]
    order = next((t.permutation for t in found if t is not None), None)
    if order is not None and len(order) == 3 and any(t is None and rw.constants(v) is None for t, v in zip(found, values, strict=True)):
        return None
    return order


def _behind(value: SSAValue, order: Sequence[int], like: SSAValue) -> inf.TransposeOp:
    return inf.TransposeOp.make(value, permutation=tuple(order), result_types=[like.type])


def _aligned(value: SSAValue, order: tuple[int, ...], rw: Rewriter) -> SSAValue | None:
    """An operand of an elementwise op as it is read by the op before the transpose: axes aligned at the end, then undone."""
    shape = shape_of(value)
    if all(d == 1 for d in shape):
        return value
    wide = (*[1] * (len(order) - len(shape)), *shape)
    constants = rw.constants(value)
    if constants is not None:
        return rw.const(constants[0].reshape(wide).transpose(*inverse(order)))
    if len(wide) > len(shape):
        if wide.count(-1) > 1:
            return None
        made = inf.ReshapeOp.make(value, shape=wide)
        rw.insert(made)
        value = made.result
    return reordered(value, inverse(order), rw)


@rewrites(Elementwise)
def behind_elementwise(op: Elementwise, rw: Rewriter) -> str | None:
    """f(T(x), y) = T(f(x, T'(y)))"""
    (result,) = op.results
    order = _before(op.operands, rw)
    if order is None or len(order) != len(shape_of(result)):
        return "no operand is a transpose to channels first"
    operands = [_aligned(v, order, rw) for v in op.operands]
    if any(v is None for v in operands):
        return "an operand of lower rank has several unknown dimensions"
    names = [name for name, _ in op.operand_definitions()]
    changes: dict[str, Any] = dict(zip(names, operands, strict=True))
    made = op.like(**changes)
    replace_located(op, [made, _behind(made.results[0], order, result)], rw)
    return None


@rewrites(inf.ConcatOp)
def behind_concat(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """concat(T(x), y) = T(concat(x, T'(y)))"""
    order = _before(op.args, rw)
    if order is None:
        return "no operand is a transpose to channels first"
    made = inf.ConcatOp.make([reordered(v, inverse(order), rw) for v in op.args], axis=order[op.axis])
    replace_located(op, [made, _behind(made.result, order, op.result)], rw)
    return None


@rewrites(inf.SplitOp)
def behind_split(op: inf.SplitOp, rw: Rewriter) -> str | None:
    """split(T(x)) = T(split(x))"""
    t = restored(op.x)
    if t is None:
        return "its input is no transpose to channels first"
    made = op.like(x=t.x, axis=t.permutation[op.axis])
    parts = [_behind(new, t.permutation, old) for new, old in zip(made.results, op.results, strict=True)]
    replace_located(op, [made, *parts], rw, [p.result for p in parts])
    return None


@rewrites(inf.SliceOp, inf.ResizeOp)
def behind_slice_or_resize(op: inf.SliceOp | inf.ResizeOp, rw: Rewriter) -> str | None:
    """f(T(x)) = T(f(x)) for what is done along given axes, named as they were"""
    t = restored(op.x)
    if t is None:
        return "its input is no transpose to channels first"
    made = op.like(x=t.x, axes=tuple(t.permutation[a] for a in op.axes))
    replace_located(op, [made, _behind(made.result, t.permutation, op.result)], rw)
    return None


@rewrites(inf.PadOp)
def behind_pad(op: inf.PadOp, rw: Rewriter) -> str | None:
    """pad(T(x)) = T(pad(x))"""
    t = restored(op.x)
    if t is None:
        return "its input is no transpose to channels first"
    back = inverse(t.permutation)
    if op.pads is None:
        assert op.low is not None and op.high is not None
        changes: dict[str, Any] = {"low": tuple(op.low[i] for i in back), "high": tuple(op.high[i] for i in back)}
    else:
        order = rw.const(np.array([*back, *(len(back) + i for i in back)]))
        rw.insert(ordered := inf.GatherOp.make(op.pads, order))
        shape = [ranked(op.result).get_shape()[i] for i in back]
        changes = {"pads": ordered.result, "result_types": [TensorType(ranked(op.result).element_type, shape)]}
    made = op.like(x=t.x, **changes)
    replace_located(op, [made, _behind(made.result, t.permutation, op.result)], rw)
    return None


@rewrites(inf.SoftmaxOp, inf.LogSoftmaxOp)
def behind_softmax(op: inf.SoftmaxOp | inf.LogSoftmaxOp, rw: Rewriter) -> str | None:
    """softmax(T(x)) = T(softmax(x)), along the axis as it was"""
    t = restored(op.x)
    if t is None:
        return "its input is no transpose to channels first"
    made = op.like(x=t.x, axis=t.permutation[op.axis])
    replace_located(op, [made, _behind(made.result, t.permutation, op.result)], rw)
    return None


@rewrites(inf.ReduceOp)
def behind_reduce(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """reduce(T(x)) = T(reduce(x)); without keepdims T orders the axes that are left"""
    t = restored(op.x)
    if t is None:
        return "its input is no transpose to channels first"
    rank = len(t.permutation)
    gone = {a % rank for a in op.axes}
    made = op.like(x=t.x, axes=tuple(sorted(t.permutation[a] for a in gone)))
    kept = [t.permutation[a] for a in range(rank) if a not in gone]
    order = t.permutation if op.keepdims else tuple(sorted(kept).index(a) for a in kept)
    replace_located(op, [made, _behind(made.result, order, op.result)], rw)
    return None
