"""Reductions along axes, places of extremes, running sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects import math
from xdsl.dialects.builtin import Float64Type, IntegerType, f32, f64, i1
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.cpu.scalar import scalar_type
from inferir.passes.cpu.inference_to_cpu.building import (
    FLOATS,
    Scalars,
    not_number,
    rank_of,
    replace,
    reshaped,
    result,
    shape_of,
    transposed,
)
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps

KINDS = {
    "sum": "sum",
    "mean": "sum",
    "max": "max",
    "min": "min",
    "prod": "product",
    "l1": "sum",
    "l2": "sum",
    "sum_square": "sum",
    "any": "max",
    "all": "min",
}


@rewrites(inf.ReduceOp)
def reduce(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """Axes that are neighbours, or that a transpose makes so; what is combined is computed before, what is left after."""
    reason = not_number(op.x)
    if reason is not None:
        return reason
    shape, rank, type = shape_of(op.x), rank_of(op.x), scalar_type(element_of(op.x))
    axes = _axes(op)
    count = 1
    for axis in axes:
        count = -1 if shape[axis] < 0 or count < 0 else count * shape[axis]
    together = axes == tuple(range(axes[0], axes[-1] + 1))
    if op.keepdims and not together and shape_of(op.result).count(-1) > 1:
        return "more than one dynamic dimension around the axes"
    x: SSAValue = op.x
    if op.kind in ("l1", "l2", "sum_square"):
        x = result(inf.AbsOp.make(x) if op.kind == "l1" else inf.MulOp.make(x, x), rw)
    keepdims = op.keepdims
    if not together:
        x = transposed(x, [*(d for d in range(rank) if d not in axes), *axes], rw)
        axes, keepdims = tuple(range(rank - len(axes), rank)), False
    after = Region()
    if op.kind in ("mean", "l2"):
        s = Scalars([type], type)
        (total,) = s.args
        after = s.region(s.do(math.SqrtOp, total) if op.kind == "l2" else s.mul(total, s.const(1 / count if count else float("nan"))))
    made = cpu.ReduceOp.make(x, [], kind=KINDS[op.kind], axes=axes, keepdims=keepdims, regions=[after])
    if not together and op.keepdims:
        rw.insert(made)
        rw.replace(op, reshaped(made.results[0], shape_of(op.result), rw))
        return None
    replace(op, made, rw)
    return None


def _axes(op: inf.ReduceOp) -> tuple[int, ...]:
    return tuple(sorted({a % rank_of(op.x) for a in op.axes})) if rank_of(op.x) else ()


@rewrites(inf.ReduceOp, benefit=2)
def reduce_of_single_elements(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """Where no axis is reduced, every element is a reduction of its own."""
    if _axes(op):
        return "an axis is reduced"
    do = Steps(rw)
    match op.kind:
        case "l1":
            rw.replace(op, do(inf.AbsOp, op.x))
        case "l2":
            rw.replace(op, do(inf.AbsOp, op.x))
        case "sum_square":
            rw.replace(op, do(inf.MulOp, op.x, op.x))
        case _:
            rw.replace(op, op.x)
    return None


@rewrites(inf.ReduceOp, benefit=2)
def logsumexp(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """m + log(sum(exp(x - m))), m the maximum where it is finite and else 0"""
    if op.kind != "logsumexp":
        return "it is no logsumexp"
    do, axes = Steps(rw), _axes(op)
    top = do(inf.ReduceOp, op.x, kind="max", axes=axes, keepdims=True)
    wild = do(inf.LogicalOp, do(inf.IsInfOp, top), do(inf.IsNanOp, top), fn="or")
    top = do(inf.SelectOp, wild, rw.const(np.zeros((), numpy_dtype(element_of(op.x)))), top)
    total = do(inf.ReduceOp, do(inf.ExpOp, do(inf.SubOp, op.x, top)), kind="sum", axes=axes, keepdims=True)
    y = do(inf.AddOp, do(inf.LogOp, total), top)
    rw.replace(op, y if op.keepdims else do(inf.ReshapeOp, y, shape=shape_of(op.result)))
    return None


@rewrites(inf.ReduceOp, benefit=2)
def reduce_in_doubles(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """Means and lengths of integers are cut to integers at the end."""
    element = element_of(op.x)
    if not isinstance(element, IntegerType) or op.kind not in ("mean", "l2"):
        return "its elements stay integers"
    do = Steps(rw)
    y = do(inf.ReduceOp, do(inf.CastOp, op.x, to=f64), kind=op.kind, axes=op.axes, keepdims=op.keepdims)
    rw.replace(op, do(inf.CastOp, y, to=element))
    return None


@rewrites(inf.ReduceOp, benefit=2)
def mean_of_unknown_count(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """A sum, divided by a product of sizes"""
    shape, axes = shape_of(op.x), _axes(op)
    if op.kind != "mean" or element_of(op.x) not in (f32, f64) or all(shape[a] >= 0 for a in axes):
        return "it is no mean of floats over a dynamic dimension"
    do = Steps(rw)
    sizes = [do(inf.ShapeOfOp, op.x, start=a, end=a + 1) for a in axes]
    count = do(inf.ReduceOp, do(inf.ConcatOp, sizes, axis=0), kind="prod", axes=(0,), keepdims=False)
    total = do(inf.ReduceOp, op.x, kind="sum", axes=op.axes, keepdims=op.keepdims)
    rw.replace(op, do(inf.DivOp, total, do(inf.CastOp, count, to=element_of(op.x))))
    return None


@rewrites(inf.SoftmaxOp, benefit=2)
def softmax_of_doubles(op: inf.SoftmaxOp, rw: Rewriter) -> str | None:
    """exp(x - m) / sum(exp(x - m)), m the maximum"""
    if not isinstance(element_of(op.x), Float64Type) or not rank_of(op.x):
        return "its elements are not doubles along an axis"
    do, axes = Steps(rw), (op.axis % rank_of(op.x),)
    power = do(inf.ExpOp, do(inf.SubOp, op.x, do(inf.ReduceOp, op.x, kind="max", axes=axes, keepdims=True)))
    rw.replace(op, do(inf.DivOp, power, do(inf.ReduceOp, power, kind="sum", axes=axes, keepdims=True)))
    return None


@rewrites(inf.ArgmaxOp, inf.ArgminOp)
def place_of_extreme(op: inf.ArgmaxOp | inf.ArgminOp, rw: Rewriter) -> str | None:
    """The least (or last) of the places that hold the extreme; NaN is one."""
    rank, shape = rank_of(op.x), shape_of(op.x)
    if not rank:
        rw.replace(op, rw.const(np.zeros((), np.int64)))
        return None
    axis = op.axis % rank
    count = shape[axis]
    if count < 0:
        return "the number of places is not known"
    if count == 0:
        return "of no elements none is the extreme one"
    do, kind = Steps(rw), "max" if isinstance(op, inf.ArgmaxOp) else "min"
    extreme = do(
        inf.ReduceOp, op.x, kind=kind if element_of(op.x) != i1 else {"max": "any", "min": "all"}[kind], axes=(axis,), keepdims=True
    )
    here = do(inf.CompareOp, op.x, extreme, pred="eq")
    if element_of(op.x) in FLOATS:
        here = do(inf.LogicalOp, here, do(inf.IsNanOp, op.x), fn="or")
    places = rw.const(np.arange(count, dtype=np.int64).reshape(count, *[1] * (rank - 1 - axis)))
    found = do(inf.SelectOp, here, places, rw.const(np.asarray(-1 if op.last else count, np.int64)))
    rw.replace(op, do(inf.ReduceOp, found, kind="max" if op.last else "min", axes=(axis,), keepdims=op.keepdims))
    return None


@rewrites(inf.CumulateOp)
def cumulate(op: inf.CumulateOp, rw: Rewriter) -> str | None:
    """Each element and the one before, then the two before those, the four before: log2(n) steps"""
    along = rw.array(op.axis)
    if along is None:
        return "the axis is computed at run time"
    rank, shape = rank_of(op.x), shape_of(op.x)
    axis = int(along.reshape(-1)[0]) % max(rank, 1)
    if not rank or shape[axis] < 0:
        return "the length of the axis is not known"
    do, x, step = Steps(rw), op.x, 1
    combine = inf.AddOp if op.kind == "sum" else inf.MulOp
    neutral = rw.const(np.asarray(0 if op.kind == "sum" else 1, numpy_dtype(element_of(op.x))))
    if op.exclusive and shape[axis]:
        x = _shifted(do, x, axis, 1, op.reverse, neutral)
    while step < shape[axis]:
        x = do(combine, x, _shifted(do, x, axis, step, op.reverse, neutral))
        step *= 2
    rw.replace(op, x)
    return None


def _shifted(do: Steps, x: SSAValue, axis: int, by: int, back: bool, fill: SSAValue) -> SSAValue:
    """x moved along an axis, `fill` where nothing comes from."""
    rank, size = rank_of(x), shape_of(x)[axis]
    ends: dict[str, Any] = {"starts": (by,), "ends": (size,)} if back else {"starts": (0,), "ends": (size - by,)}
    part = do(inf.SliceOp, x, axes=(axis,), **ends)
    amount, none = tuple(by if d == axis else 0 for d in range(rank)), (0,) * rank
    return do(inf.PadOp, part, fill, low=none if back else amount, high=amount if back else none, mode="constant")
