"""Normalisations and what runs along one dimension."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import f32
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten


def _vector(lo: Lowering, given: SSAValue | None, like: SSAValue, count: int, number: float) -> SSAValue:
    """A weight of the norm, or as many ones or zeros."""
    return lo.const(np.full(count, number), lo.dtype(like)) if given is None else given


@aten("batch_norm", "_native_batch_norm_legit_no_training", "_native_batch_norm_legit", "native_batch_norm", "_native_batch_norm_legit_functional",
      "_batch_norm_no_update", "cudnn_batch_norm")  # fmt: skip
def batch_norm(call: Call, lo: Lowering) -> Any:
    """batch_norm with running statistics; with those of the batch where there are none"""
    x, scale, bias = call.x("input"), call.tensor("weight"), call.tensor("bias")
    mean, variance = call.tensor("running_mean"), call.tensor("running_var")
    if call.get("training", False) and mean is not None and lo.wants(3):
        lo.decline("it updates running statistics; export the model after model.eval()")
    batch = bool(call.get("training", False)) or mean is None or variance is None
    if mean is None or variance is None or batch:
        mean, variance = _of_the_batch(lo, x)
    channels = lo.shape(x)[1]
    if channels < 0 and (scale is None or bias is None):
        lo.decline("the number of channels is computed")
    scale, bias = _vector(lo, scale, x, channels, 1), _vector(lo, bias, x, channels, 0)
    eps = call.get("eps", 1e-5)
    y = lo.batch_norm(x, *(lo.cast(v, lo.element(x)) for v in (scale, bias, mean, variance)), epsilon=eps)
    if not any(lo.wants(i) for i in (1, 2)):
        return [y]
    if batch:
        return [y, mean, lo.rsqrt(lo.add(variance, lo.scalar(eps, variance)))]
    return [y, *[lo.const(np.zeros(0), lo.dtype(x))] * 2]


def _of_the_batch(lo: Lowering, x: SSAValue) -> tuple[SSAValue, SSAValue]:
    """Mean and variance of each channel."""
    axes = (0, *range(2, lo.rank(x)))
    centred = lo.sub(x, lo.reduce(x, "mean", axes))
    return lo.reduce(x, "mean", axes, keepdims=False), lo.reduce(lo.mul(centred, centred), "mean", axes, keepdims=False)


@aten("layer_norm", "native_layer_norm")
def layer_norm(call: Call, lo: Lowering) -> Any:
    """layer_norm; mean and inverse deviation are computed beside it where they are used"""
    x, shape, eps = call.x("input"), call.ints("normalized_shape"), call.get("eps", 1e-5)
    axis = lo.rank(x) - len(shape)
    scale, bias = call.tensor("weight"), call.tensor("bias")
    scale = lo.const(np.ones(shape), lo.dtype(x)) if scale is None else scale
    y = lo.layer_norm(x, scale, bias, axis=axis, epsilon=eps)
    if not lo.wants(1) and not lo.wants(2):
        return [y]
    axes, wide = tuple(range(axis, lo.rank(x))), lo.cast(x, f32)
    mean = lo.reduce(wide, "mean", axes)
    centred = lo.sub(wide, mean)
    inverse = lo.rsqrt(lo.add(lo.reduce(lo.mul(centred, centred), "mean", axes), lo.scalar(eps, wide)))
    return [y, lo.cast(mean, call.element(1)), lo.cast(inverse, call.element(2))]


@aten("rms_norm", "_fused_rms_norm")
def rms_norm(call: Call, lo: Lowering) -> Any:
    """rms_norm; without an epsilon it is that of the element type"""
    x = call.x("input")
    shape = call.ints("normalized_shape")
    scale = call.tensor("weight")
    scale = lo.const(np.ones(shape), lo.dtype(x)) if scale is None else scale
    eps = call.get("eps", float(np.finfo(np.float32).eps))
    return [lo.rms_norm(x, scale, axis=lo.rank(x) - len(shape), epsilon=eps)]


@aten("group_norm", "native_group_norm")
def group_norm(call: Call, lo: Lowering) -> Any:
    """group_norm"""
    x = call.x("input")
    channels, groups = lo.shape(x)[1], call.get("num_groups", call.get("group"))
    scale, bias = (_vector(lo, call.tensor(n), x, channels, v) for n, v in (("weight", 1), ("bias", 0)))
    eps = call.get("eps", 1e-5)
    y = lo.group_norm(x, scale, bias, groups=groups, epsilon=eps)
    if not lo.wants(1) and not lo.wants(2):
        return [y]
    rows = lo.reshape(x, (0,), groups, -1)
    mean = lo.reduce(rows, "mean", (2,))
    centred = lo.sub(rows, mean)
    variance = lo.reduce(lo.mul(centred, centred), "mean", (2,), keepdims=False)
    return [y, lo.squeeze(mean, [2]), lo.rsqrt(lo.add(variance, lo.scalar(eps, variance)))]


@aten("instance_norm")
def instance_norm(call: Call, lo: Lowering) -> Any:
    """group_norm of one channel each; batch_norm where running statistics are used"""
    x = call.x("input")
    channels = lo.shape(x)[1]
    scale, bias = (_vector(lo, call.tensor(n), x, channels, v) for n, v in (("weight", 1), ("bias", 0)))
    mean, variance = call.tensor("running_mean"), call.tensor("running_var")
    if not call.get("use_input_stats", True) and mean is not None and variance is not None:
        return lo.batch_norm(x, scale, bias, mean, variance, epsilon=call.get("eps", 1e-5))
    return lo.group_norm(x, scale, bias, groups=0, epsilon=call.get("eps", 1e-5))


@aten("softmax", "_softmax", "log_softmax", "_log_softmax", "special_softmax", "_safe_softmax")
def softmax(call: Call, lo: Lowering) -> Any:
    """softmax or log_softmax along one dimension; _safe_softmax gives zeros where all scores are minus infinity"""
    x = lo.cast(call.x(), call.element())
    axis = call.get("dim") % max(lo.rank(x), 1)
    if lo.rank(x) == 0:
        return lo.sub(x, x) if "log" in call.packet else lo.exp(lo.sub(x, x))
    y = (lo.log_softmax if "log" in call.packet else lo.softmax)(x, axis=axis)
    if call.packet != "_safe_softmax":
        return y
    dead = lo.is_inf(lo.reduce(x, "max", (axis,)), negative_only=True, positive_only=False)
    return lo.select(dead, call.number(0), y)


@aten("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
def losses(call: Call, lo: Lowering) -> Any:
    """Losses of two tensors, from their definitions; reduced as asked"""
    a, b = call.x(), call.x("target")
    d = lo.sub(a, b)
    match call.packet:
        case "mse_loss":
            y = lo.mul(d, d)
        case "l1_loss":
            y = lo.abs(d)
        case "smooth_l1_loss" | "huber_loss":
            y = _huber(call, lo, d)
        case "binary_cross_entropy":
            low = [lo.clamp(lo.log(t), low=-100.0) for t in (a, lo.sub(lo.scalar(1, a), a))]
            y = lo.neg(lo.add(lo.mul(b, low[0]), lo.mul(lo.sub(lo.scalar(1, b), b), low[1])))
        case _:
            y = lo.sub(lo.add(lo.maximum(a, lo.scalar(0, a)), lo.softplus(lo.neg(lo.abs(a)))), lo.mul(a, b))
    if call.tensor("weight") is not None or call.tensor("pos_weight") is not None:
        lo.decline("a weighted loss")
    kind = {0: None, 1: "mean", 2: "sum"}[call.get("reduction", 1)]
    return y if kind is None else lo.reduce(y, kind, tuple(range(lo.rank(y))), keepdims=False)


def _huber(call: Call, lo: Lowering, d: SSAValue) -> SSAValue:
    """d^2 / 2 near 0, a line beyond; smooth_l1 divides by beta"""
    delta = call.get("beta", 1.0) if call.packet == "smooth_l1_loss" else call.get("delta", 1.0)
    size, half = lo.abs(d), lo.mul(lo.mul(d, d), lo.scalar(0.5, d))
    line = lo.mul(lo.sub(size, lo.scalar(0.5 * delta, d)), lo.scalar(delta, d))
    y = lo.select(lo.compare(size, lo.scalar(delta, d), pred="lt"), half, line)
    return lo.mul(y, lo.scalar(1 / delta, d)) if call.packet == "smooth_l1_loss" and delta else y


@aten("weight_norm", "_weight_norm")
def weight_norm(call: Call, lo: Lowering) -> Any:
    """g * v / |v|, the norm over all dimensions but one"""
    v, g, keep = call.x("v"), call.x("g"), call.get("dim", 0)
    axes = tuple(i for i in range(lo.rank(v)) if i != keep % lo.rank(v))
    return lo.mul(v, lo.div(g, lo.reduce(v, "l2", axes)))
