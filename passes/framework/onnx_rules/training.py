"""Optimisers (ai.onnx.preview.training) as the arithmetic they are, and dropout that drops."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering, lowering


def scaled(lo: Lowering, x: SSAValue, factor: float) -> SSAValue:
    """x * factor"""
    return lo.mul(x, lo.scalar(factor, x))


def _regularised(op: Any, lo: Lowering, x: SSAValue, gradient: SSAValue) -> SSAValue:
    return lo.add(scaled(lo, x, op.get("norm_coefficient")), gradient)


def _columns(op: Any, states: int) -> list[list[SSAValue]]:
    """Operands behind rate and step, by kind: all tensors, all gradients, all states."""
    rest = list(op.operands[2:])
    count = len(rest) // (2 + states)
    return [rest[i * count : (i + 1) * count] for i in range(2 + states)]


@lowering("onnx.training", "Momentum")
def momentum(op: Any, lo: Lowering) -> Any:
    """v = alpha v + beta g, x = x - rate v (standard) or x - rate (g + alpha v) (nesterov); beta is 1 in the first step"""
    rate, step = op.operands[:2]
    xs, vs = [], []
    for x, g, v in zip(*_columns(op, 1), strict=True):
        g = _regularised(op, lo, x, g)
        beta = lo.select(lo.compare(step, lo.scalar(0, step), pred="gt"), lo.scalar(op.get("beta"), x), lo.scalar(1, x))
        v = lo.add(scaled(lo, v, op.get("alpha")), lo.mul(beta, g))
        move = v if op.get("mode") == "standard" else lo.add(g, scaled(lo, v, op.get("alpha")))
        xs.append(lo.sub(x, lo.mul(lo.cast(rate, lo.element(x)), move)))
        vs.append(v)
    return [*xs, *vs]


@lowering("onnx.training", "Adagrad")
def adagrad(op: Any, lo: Lowering) -> Any:
    """h = h + g^2, x = x - rate / (1 + step decay) g / (sqrt(h) + epsilon)"""
    rate, step = op.operands[:2]
    xs, hs = [], []
    for x, g, h in zip(*_columns(op, 1), strict=True):
        kind = lo.element(x)
        slower = lo.add(scaled(lo, lo.cast(step, kind), op.get("decay_factor")), lo.scalar(1, x))
        g = _regularised(op, lo, x, g)
        h = lo.add(h, lo.mul(g, g))
        move = lo.div(lo.mul(lo.div(lo.cast(rate, kind), slower), g), lo.add(lo.sqrt(h), lo.scalar(op.get("epsilon"), x)))
        xs.append(lo.sub(x, move))
        hs.append(h)
    return [*xs, *hs]


@lowering("onnx.training", "Adam")
def adam(op: Any, lo: Lowering) -> Any:
    """v = alpha v + (1 - alpha) g, h = beta h + (1 - beta) g^2, x = x - rate' v / (sqrt(h) + epsilon), rate' corrected for the first steps"""
    rate, step = op.operands[:2]
    alpha, beta = op.get("alpha"), op.get("beta")
    out: list[list[SSAValue]] = [[], [], []]
    for x, g, v, h in zip(*_columns(op, 2), strict=True):
        kind = lo.element(x)
        g = _regularised(op, lo, x, g)
        v = lo.add(scaled(lo, v, alpha), scaled(lo, g, 1 - alpha))
        h = lo.add(scaled(lo, h, beta), scaled(lo, lo.mul(g, g), 1 - beta))
        one = lo.scalar(1, x)
        count = lo.cast(step, kind)
        bias = lo.div(lo.sqrt(lo.sub(one, lo.pow(lo.scalar(beta, x), count))), lo.sub(one, lo.pow(lo.scalar(alpha, x), count)))
        bias = lo.select(lo.compare(step, lo.scalar(0, step), pred="gt"), bias, one)
        move = lo.div(lo.mul(lo.mul(lo.cast(rate, kind), bias), v), lo.add(lo.sqrt(h), lo.scalar(op.get("epsilon"), x)))
        out[0].append(scaled(lo, lo.sub(x, move), 1 - op.get("norm_coefficient_post")))
        out[1].append(v)
        out[2].append(h)
    return [*out[0], *out[1], *out[2]]
