"""Reductions, running sums, the largest elements."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr

_KINDS = {
    "ReduceSum": "sum",
    "ReduceMean": "mean",
    "ReduceMax": "max",
    "ReduceMin": "min",
    "ReduceProd": "prod",
    "ReduceL1": "l1",
    "ReduceL2": "l2",
    "ReduceSumSquare": "sum_square",
    "ReduceLogSumExp": "logsumexp",
    "ReduceLogSum": "sum",
}


@lowering("onnx", *_KINDS)
def reduction(op: Any, lo: Lowering) -> Any:
    """reduce over the axes, all of them where none are given; axes are an attribute before opset 18 (ReduceSum: 13), an operand since"""
    x, given = lo.operands(2)
    if given is None:
        axes = attr(op, "axes")
    else:
        axes = lo.ints(given) if lo.shape(given) != (0,) else ()
        if axes is None:
            return _computed_axes(op, lo, x, given)
    if not axes:
        axes = () if attr(op, "noop_with_empty_axes", 0) else tuple(range(lo.rank(x)))
        if not axes and op.schema.name not in ("ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"):
            return x
    kind = _KINDS[op.schema.name]
    y = lo.reduce(x, kind, tuple(lo.axis(a, x) for a in axes), bool(op.get("keepdims")))
    return lo.log(y) if op.schema.name == "ReduceLogSum" else y


def _computed_axes(op: Any, lo: Lowering, x: Any, axes: Any) -> Any:
    """Axes that are only known at run time."""
    keep, noop = op.get("keepdims"), attr(op, "noop_with_empty_axes", 0)
    gone = lo.shape(axes)[0]
    rank = lo.rank(x) if keep else lo.rank(x) - gone if gone > 0 else None
    result = lo.open_type(rank, x)
    y = lo.host("reduce", [x, axes], [result], kind=_KINDS[op.schema.name], keepdims=keep, noop=noop)
    return lo.log(y) if op.schema.name == "ReduceLogSum" else y


@lowering("onnx", "ArgMax", "ArgMin")
def arg_reduction(op: Any, lo: Lowering) -> Any:
    """argmax, argmin"""
    build = lo.argmax if op.schema.name == "ArgMax" else lo.argmin
    return build(*lo.operands(1), axis=op.get("axis"), keepdims=bool(op.get("keepdims")), last=bool(attr(op, "select_last_index", 0)))


@lowering("onnx", "CumSum", "CumProd")
def running(op: Any, lo: Lowering) -> Any:
    """cumulate"""
    kind = "sum" if op.schema.name == "CumSum" else "prod"
    return lo.cumulate(*lo.operands(2), kind=kind, exclusive=bool(op.get("exclusive")), reverse=bool(op.get("reverse")))


@lowering("onnx", "TopK")
def top_k(op: Any, lo: Lowering) -> Any:
    """topk; k is an attribute in version 1"""
    x, k = lo.operands(2)
    k = lo.i64([op.get("k")]) if op.version < 10 else k
    return lo.topk(x, k, axis=op.get("axis"), smallest=not attr(op, "largest", 1))


@lowering("onnx", "MeanVarianceNormalization")
def mean_variance_normalization(op: Any, lo: Lowering) -> Any:
    """(x - mean) / (standard deviation + 1e-9)"""
    (x,) = lo.operands(1)
    axes = tuple(attr(op, "axes", (0, 2, 3)))
    centred = lo.sub(x, lo.reduce(x, "mean", axes))
    deviation = lo.sqrt(lo.reduce(lo.mul(centred, centred), "mean", axes))
    return lo.div(centred, lo.add(deviation, lo.scalar(1e-9, x)))


@lowering("onnx", "LpNormalization")
def lp_normalization(op: Any, lo: Lowering) -> Any:
    """x / its p-norm along the axis, 0 where the norm is 0"""
    (x,) = lo.operands(1)
    norm = lo.reduce(x, f"l{op.get('p')}", (lo.axis(op.get("axis"), x),))
    empty = lo.compare(norm, lo.scalar(0, x), pred="eq")
    return lo.select(empty, lo.scalar(0, x), lo.div(x, norm))
