"""Reductions along axes, running products, places of extremes."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules.reductions import axes_of

KINDS = {"Mean": "mean", "Sum": "sum", "Prod": "prod", "Max": "max", "Min": "min", "Any": "any", "All": "all", "EuclideanNorm": "l2"}


@lowering("tf", *KINDS)
def reduce(op: Any, lo: Lowering) -> Any:
    """reduce"""
    x, axes = lo.operands(2)
    at = axes_of(lo, x, axes)
    return lo.reduce(x, KINDS[op.schema.name], at, bool(op.get("keep_dims"))) if at else x


@lowering("tf", "ArgMax", "ArgMin")
def arg(op: Any, lo: Lowering) -> Any:
    """argmax, argmin, in the type of the result"""
    x, axis = lo.operands(2)
    (at,) = lo.need_ints(axis, "the axis")
    y = lo.argmax(x, axis=at) if op.schema.name == "ArgMax" else lo.argmin(x, axis=at)
    return lo.cast(y, lo.element(op.results[0]))


@lowering("tf", "Cumprod")
def cumprod(op: Any, lo: Lowering) -> Any:
    """cumulate"""
    x, axis = lo.operands(2)
    return lo.cumulate(x, axis, kind="prod", exclusive=bool(op.get("exclusive")), reverse=bool(op.get("reverse")))
