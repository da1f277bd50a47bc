"""Normalisation."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tf_rules.windows import is_nhwc
from inferir.passes.framework.tflite_rules.reductions import local_response


@lowering("tf", "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def batch_norm(op: Any, lo: Lowering) -> Any:
    """batch_norm with the statistics that are operands, which are results too"""
    x, scale, offset, mean, variance = lo.operands(5)
    if op.get("is_training"):
        lo.decline("it computes statistics of its own (is_training), which is no inference")
    layout = {"layout": "nhwc"} if is_nhwc(op) else {}
    y = lo.batch_norm(x, scale, offset, mean, variance, epsilon=op.get("epsilon"), **layout)
    return [y, mean, variance, mean, variance]


@lowering("tf", "LRN")
def lrn(op: Any, lo: Lowering) -> Any:
    """x / (bias + alpha sum of squares over 2 radius + 1 channels)^beta"""
    radius = op.get("depth_radius")
    return local_response(lo, op.operands[0], (radius, radius), (op.get("bias"), op.get("alpha"), op.get("beta")))
