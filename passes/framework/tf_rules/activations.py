"""Activations: functions of one tensor that nets put between layers."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering

UNARY = {"Relu": "relu", "Elu": "elu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus"}


@lowering("tf", *UNARY)
def activation(op: Any, lo: Lowering) -> Any:
    """The op of that name"""
    return getattr(lo, UNARY[op.schema.name])(op.operands[0])


@lowering("tf", "Relu6")
def relu6(op: Any, lo: Lowering) -> Any:
    """clamp"""
    return lo.clamp(op.operands[0], low=0.0, high=6.0)


@lowering("tf", "LeakyRelu")
def leaky_relu(op: Any, lo: Lowering) -> Any:
    """leaky_relu"""
    return lo.leaky_relu(op.operands[0], alpha=op.get("alpha"))


@lowering("tf", "Selu")
def selu(op: Any, lo: Lowering) -> Any:
    """elu with alpha and scale; the numbers are those of relu_op_functor.h"""
    return lo.elu(op.operands[0], alpha=1.6732632423543772, scale=1.0507009873554805)


@lowering("tf", "Softsign")
def softsign(op: Any, lo: Lowering) -> Any:
    """x / (1 + |x|)"""
    x = op.operands[0]
    return lo.div(x, lo.add(lo.abs(x), lo.scalar(1, x)))


@lowering("tf", "Softmax")
def softmax(op: Any, lo: Lowering) -> Any:
    """softmax along the last axis"""
    return lo.softmax(op.operands[0], axis=-1)


@lowering("tf", "LogSoftmax")
def log_softmax(op: Any, lo: Lowering) -> Any:
    """log_softmax along the last axis"""
    return lo.log_softmax(op.operands[0], axis=-1)
