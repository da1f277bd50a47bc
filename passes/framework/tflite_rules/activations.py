"""Activations: functions of one tensor that nets put between layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules import integers
from inferir.passes.framework.tflite_rules.operands import is_quantized, need_floats


@lowering("tfl", "RELU")
def relu(op: Any, lo: Lowering) -> Any:
    """relu"""
    if is_quantized(op, lo):
        return integers.rescaled(op, lo, "RELU")
    return lo.relu(op.operands[0])


BOUNDS = {"RELU6": (0.0, 6.0), "RELU_N1_TO_1": (-1.0, 1.0), "RELU_0_TO_1": (0.0, 1.0)}


@lowering("tfl", *BOUNDS)
def bounded_relu(op: Any, lo: Lowering) -> Any:
    """clamp"""
    if is_quantized(op, lo):
        return integers.rescaled(op, lo, op.schema.name)
    low, high = BOUNDS[op.schema.name]
    return lo.clamp(op.operands[0], low=low, high=high)


@lowering("tfl", "LOGISTIC")
def logistic(op: Any, lo: Lowering) -> Any:
    """sigmoid"""
    need_floats(op, lo)
    return lo.sigmoid(op.operands[0])


@lowering("tfl", "TANH")
def tanh(op: Any, lo: Lowering) -> Any:
    """tanh"""
    need_floats(op, lo)
    return lo.tanh(op.operands[0])


@lowering("tfl", "SOFTMAX")
def softmax(op: Any, lo: Lowering) -> Any:
    """softmax(beta x) along the last axis"""
    (x,) = lo.operands(1)
    if is_quantized(op, lo):
        return integers.softmax(op, lo)
    beta = op.get("beta")
    return lo.softmax(x if beta == 1 else lo.mul(x, lo.scalar(beta, x)), axis=-1)


@lowering("tfl", "LOG_SOFTMAX")
def log_softmax(op: Any, lo: Lowering) -> Any:
    """log_softmax along the last axis"""
    need_floats(op, lo)
    return lo.log_softmax(op.operands[0], axis=-1)


@lowering("tfl", "ELU")
def elu(op: Any, lo: Lowering) -> Any:
    """elu with alpha 1"""
    if is_quantized(op, lo):
        return integers.by_table(op, lo, lambda x: np.where(x < 0, np.expm1(x), x))
    return lo.elu(op.operands[0])


@lowering("tfl", "LEAKY_RELU")
def leaky_relu(op: Any, lo: Lowering) -> Any:
    """leaky_relu"""
    if is_quantized(op, lo):
        return integers.leaky_relu(op, lo)
    return lo.leaky_relu(op.operands[0], alpha=op.get("alpha"))


@lowering("tfl", "PRELU")
def prelu(op: Any, lo: Lowering) -> Any:
    """prelu"""
    need_floats(op, lo)
    x, slope = lo.operands(2)
    return lo.prelu(x, slope)


@lowering("tfl", "HARD_SWISH")
def hard_swish(op: Any, lo: Lowering) -> Any:
    """hard_swish"""
    need_floats(op, lo)
    return lo.hard_swish(op.operands[0])


@lowering("tfl", "GELU")
def gelu(op: Any, lo: Lowering) -> Any:
    """gelu, exact or by tanh"""
    need_floats(op, lo)
    return lo.gelu(op.operands[0], approximate="tanh" if op.get("approximate") else "none")
