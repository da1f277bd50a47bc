"""Losses: in inference graphs they are ordinary arithmetic."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


@lowering("onnx", "NegativeLogLikelihoodLoss")
def negative_log_likelihood(op: Any, lo: Lowering) -> Any:
    """-weight[target] * x[target], reduced"""
    x, target, weight = lo.operands(3)
    return _loss(op, lo, x, target, weight)


@lowering("onnx", "SoftmaxCrossEntropyLoss")
def softmax_cross_entropy(op: Any, lo: Lowering) -> Any:
    """The negative log likelihood of the log softmax over the classes"""
    x, target, weight = lo.operands(3)
    logarithm = lo.log_softmax(x, axis=1)
    return [_loss(op, lo, logarithm, target, weight), logarithm]


def _loss(op: Any, lo: Lowering, x: SSAValue, target: SSAValue, weight: SSAValue | None) -> SSAValue:
    """x [N, C, ...], target [N, ...], weight [C]"""
    ignored = attr(op, "ignore_index")
    target = lo.cast(target, i64)
    counted = None if ignored is None else lo.compare(target, lo.i64(ignored), pred="ne")
    if counted is not None:
        target = lo.select(counted, target, lo.i64(0))
    loss = lo.neg(lo.squeeze(lo.gather_elements(x, lo.unsqueeze(target, [1]), axis=1), [1]))
    share = None if weight is None else lo.gather(weight, target)
    if counted is not None:
        one = lo.scalar(1, x)
        share = lo.select(counted, one if share is None else share, lo.scalar(0, x))
    if share is not None:
        loss = lo.mul(loss, share)
    axes = tuple(range(lo.rank(target)))
    match op.get("reduction"):
        case "none":
            return loss
        case "sum":
            return lo.reduce(loss, "sum", axes, keepdims=False)
    if share is None:
        return lo.reduce(loss, "mean", axes, keepdims=False)
    share = share if lo.shape(share) == lo.shape(loss) else lo.add(share, lo.mul(loss, lo.scalar(0, x)))
    return lo.div(lo.reduce(loss, "sum", axes, keepdims=False), lo.reduce(share, "sum", axes, keepdims=False))
