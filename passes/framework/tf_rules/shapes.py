"""Shapes as values."""

from __future__ import annotations

from typing import Any

import numpy as np

from inferir.passes.framework.lowering import Lowering, lowering


@lowering("tf", "Shape", "ShapeN")
def shape(op: Any, lo: Lowering) -> Any:
    """shape_of, in the type that is asked for"""
    return [lo.cast(lo.shape_of(x), lo.element(result)) for x, result in zip(op.operands, op.results, strict=True)]


@lowering("tf", "Size")
def size(op: Any, lo: Lowering) -> Any:
    """The product of the dimensions"""
    x, to = op.operands[0], lo.element(op.results[0])
    if min(lo.shape(x), default=0) >= 0:
        return lo.const(np.prod(lo.shape(x), dtype=np.int64), lo.dtype(op.results[0]))
    return lo.cast(lo.reduce(lo.shape_of(x), "prod", (0,), keepdims=False), to)
