"""Reductions along axes, running sums, places of extremes."""

from __future__ import annotations

from typing import Any

import numpy as np

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules.operands import need_floats

KINDS = {"MEAN": "mean", "SUM": "sum", "REDUCE_PROD": "prod", "REDUCE_MAX": "max", "REDUCE_MIN": "min"}
KINDS |= {"REDUCE_ANY": "any", "REDUCE_ALL": "all"}


def axes_of(lo: Lowering, x: Any, axes: Any) -> tuple[int, ...]:
    """The axes of a reduction, from the front, each once."""
    rank = lo.rank(x)
    return tuple(sorted({a % rank for a in lo.need_ints(axes, "the axes")})) if rank else ()


@lowering("tfl", *KINDS)
def reduce(op: Any, lo: Lowering) -> Any:
    """reduce; the extreme of integers of one scale is that of their numbers"""
    x, axes = lo.operands(2)
    kind = KINDS[op.schema.name]
    if kind not in ("max", "min"):
        need_floats(op, lo)
    at = axes_of(lo, x, axes)
    return lo.reduce(x, kind, at, bool(op.get("keep_dims"))) if at else x


@lowering("tfl", "ARG_MAX", "ARG_MIN")
def arg(op: Any, lo: Lowering) -> Any:
    """argmax, argmin, in the type of the result"""
    x, axis = lo.operands(2)
    (at,) = lo.need_ints(axis, "the axis")
    y = lo.argmax(x, axis=at) if op.schema.name == "ARG_MAX" else lo.argmin(x, axis=at)
    return lo.cast(y, lo.element(op.results[0]))


@lowering("tfl", "CUMSUM")
def cumsum(op: Any, lo: Lowering) -> Any:
    """cumulate"""
    x, axis = lo.operands(2)
    return lo.cumulate(x, axis, exclusive=bool(op.get("exclusive")), reverse=bool(op.get("reverse")))


@lowering("tfl", "TOPK_V2")
def topk(op: Any, lo: Lowering) -> Any:
    """topk along the last axis, indices in the type of the result"""
    x, k = lo.operands(2)
    values, indices = lo.topk(x, lo.reshape(lo.cast(k, np.int64), 1), axis=-1)
    return [values, lo.cast(indices, lo.element(op.results[1]))]


@lowering("tfl", "L2_NORMALIZATION")
def l2_normalization(op: Any, lo: Lowering) -> Any:
    """x / max(|x|, 1e-6) along the last axis"""
    need_floats(op, lo)
    (x,) = lo.operands(1)
    length = lo.sqrt(lo.reduce(lo.mul(x, x), "sum", (-1,)))
    return lo.div(x, lo.maximum(length, lo.scalar(1e-6, x)))


@lowering("tfl", "LOCAL_RESPONSE_NORMALIZATION")
def local_response_normalization(op: Any, lo: Lowering) -> Any:
    """x / (bias + alpha sum of squares over 2 radius channels)^beta: the sum is a product with a banded matrix"""
    (x,) = lo.operands(1)
    radius = op.get("radius")
    return local_response(lo, x, (radius, radius - 1), (op.get("bias"), op.get("alpha"), op.get("beta")))


def local_response(lo: Lowering, x: Any, reach: tuple[int, int], numbers: tuple[float, float, float]) -> Any:
    """x normalised over as many channels on each side as `reach` has, by `numbers`: bias, alpha, beta."""
    (bias, alpha, beta), channels = numbers, lo.shape(x)[-1]
    places = np.arange(channels)
    apart = places[:, None] - places[None, :]
    band = lo.const(((apart >= -reach[0]) & (apart <= reach[1])).astype(lo.dtype(x)))
    total = lo.matmul(lo.mul(x, x), band)
    base = lo.add(lo.mul(total, lo.scalar(alpha, x)), lo.scalar(bias, x))
    return lo.mul(x, lo.pow(base, lo.scalar(-beta, x)))
