"""Operators that reduce, normalise, sort and search along axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx_builder import FLOATS, Builder, Value, operator

SINGLE = (np.float32,)
REDUCTIONS = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2")
LOGS = ("ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare")


@operator(*REDUCTIONS, *LOGS)
def reduce(b: Builder, op: str) -> None:
    """Axes are an attribute until 18 (13 for the sum), then an operand, and may be none"""
    kinds = (np.float32, np.float64, np.int32, np.int64) if op in ("ReduceSum", "ReduceMax", "ReduceMin") else (np.float32, np.float64)
    x = b.pick(kinds, low=0.2 if op == "ReduceLogSum" else -3, high=4 if op == "ReduceLogSum" else 3)
    if 0 in x.shape:
        x = b.fresh(x.dtype, [max(d, 1) for d in x.shape], 0.2, 3)
    keep = b.rng.choice([0, 1, None])
    axes = b.axes(x) if b.rng.random() < 0.8 and x.rank else None
    if b.opset < (13 if op == "ReduceSum" else 18):
        b.node(op, [x], axes=axes, keepdims=keep)
        return
    empty = axes is None and b.rng.random() < 0.5
    operands: list[Value | None] = [x]
    if axes is not None or b.rng.random() < 0.3:
        operands.append(b.ints(axes if axes is not None else []))
    b.node(op, operands, keepdims=keep, noop_with_empty_axes=1 if empty else None)


@operator("ArgMax", "ArgMin")
def place(b: Builder, op: str) -> None:
    """Ties are common"""
    x = b.fresh(b.rng.choice([np.float32, np.int32, np.int8]), [max(d, 1) for d in b.shape(1)], -2, 2)
    last = b.rng.choice([0, 1, None]) if b.opset >= 12 else None
    b.node(op, [x], axis=b.axis(x) if b.opset >= 11 else abs(b.axis(x)) % x.rank, keepdims=b.rng.choice([0, 1]), select_last_index=last)


@operator("Softmax", "LogSoftmax", "Hardmax")
def softmax(b: Builder, op: str) -> None:
    """Before version 13 all axes from one on are flattened"""
    x = b.pick(FLOATS[:4] if op != "Hardmax" else SINGLE, least=1)
    b.node(op, [x], axis=b.axis(x) if b.opset >= 11 and b.rng.random() < 0.8 else None)


@operator("CumSum", since=11)
@operator("CumProd", since=26)
def cumulate(b: Builder, op: str) -> None:
    """The axis is an operand"""
    x = b.pick((np.float32, np.float64, np.int32, np.int64), least=1)
    axis = b.ints(b.axis(x), b.rng.choice([np.int32, np.int64]))
    b.node(op, [x, axis], exclusive=b.rng.choice([0, 1]), reverse=b.rng.choice([0, 1]))


@operator("TopK", since=10)
def topk(b: Builder, op: str) -> None:
    """No ties: an unstable order would be right too"""
    shape = [max(d, 1) for d in b.shape(1)]
    x = b.new(b.arrays.permutation(int(np.prod(shape))).reshape(shape).astype(np.float32))
    axis = b.axis(x) if b.opset >= 11 else x.rank - 1
    extra: dict[str, Any] = {"largest": b.rng.choice([0, 1])} if b.opset >= 11 else {}
    b.node(op, [x, b.ints([b.rng.randint(1, x.shape[axis])])], 2, axis=axis, **extra)


@operator("LpNormalization")
def lp(b: Builder, op: str) -> None:
    """p of 1 or 2"""
    x = b.pick((np.float32, np.float64), least=1, low=0.1, high=3)
    b.node(op, [x], axis=b.rng.randint(0, x.rank - 1), p=b.rng.choice([1, 2]))


@operator("LayerNormalization", since=17)
def layer_norm(b: Builder, op: str) -> None:
    """From an axis on; mean and deviation sometimes wanted"""
    x = b.fresh(np.float32, [max(d, 2) for d in b.shape(1)])
    axis = b.axis(x)
    inner = x.shape[axis:] if axis >= 0 else x.shape[x.rank + axis :]
    bias = b.fresh(np.float32, inner) if b.rng.random() < 0.6 else None
    b.node(op, [x, b.fresh(np.float32, inner), *([bias] if bias else [])], b.rng.choice([1, 1, 3]), axis=axis, epsilon=1e-3)


@operator("RMSNormalization", since=23)
def rms_norm(b: Builder, op: str) -> None:
    """From an axis on"""
    x = b.fresh(np.float32, [max(d, 2) for d in b.shape(1)])
    axis = b.axis(x) % x.rank
    b.node(op, [x, b.fresh(np.float32, x.shape[axis:])], axis=axis, epsilon=1e-3)


@operator("InstanceNormalization")
def instance_norm(b: Builder, op: str) -> None:
    """Over the positions of a channel"""
    x = b.fresh(np.float32, [max(d, 2) for d in b.shape(3, 4)])
    b.node(op, [x, b.fresh(np.float32, x.shape[1:2]), b.fresh(np.float32, x.shape[1:2])], epsilon=1e-3)


@operator("GroupNormalization", since=21)
def group_norm(b: Builder, op: str) -> None:
    """Over groups of channels"""
    groups, each = b.rng.choice([1, 2, 3]), b.rng.choice([1, 2])
    x = b.fresh(np.float32, [b.rng.choice([1, 2]), groups * each, *b.shape(1, 2)])
    channels = x.shape[1:2]
    b.node(op, [x, b.fresh(np.float32, channels), b.fresh(np.float32, channels)], num_groups=groups, epsilon=1e-3)


@operator("BatchNormalization", since=9)
def batch_norm(b: Builder, op: str) -> None:
    """With known statistics"""
    x = b.pick(SINGLE, least=2)
    channel = x.shape[1:2]
    statistics = [b.fresh(np.float32, channel) for _ in range(3)]
    b.node(op, [x, *statistics, b.fresh(np.float32, channel, 0.2, 2)], epsilon=b.rng.choice([1e-5, 1e-2]))


@operator("LRN")
def lrn(b: Builder, op: str) -> None:
    """Over neighbouring channels"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(4, 4)])
    b.node(op, [x], size=b.rng.choice([1, 3, 5]), alpha=b.rng.choice([None, 0.1]), beta=b.rng.choice([None, 0.5]), bias=1.0)


@operator("MeanVarianceNormalization", since=9)
def mean_variance(b: Builder, op: str) -> None:
    """Over batch and positions"""
    b.node(op, [b.fresh(np.float32, [max(d, 2) for d in b.shape(4, 4)])])


@operator("Unique", since=11)
def unique(b: Builder, op: str) -> None:
    """Sorted or not, all of x or slices of it"""
    x = b.fresh(b.rng.choice([np.float32, np.int64]), [max(d, 1) for d in b.shape(1, 3)], 0, 3)
    x = b.new(np.round(x.array)) if x.dtype.kind == "f" else x
    b.node(op, [x], 4, sorted=b.rng.choice([0, 1]), axis=b.axis(x) if b.rng.random() < 0.5 else None)


@operator("NonZero", since=9)
def non_zero(b: Builder, op: str) -> None:
    """Zeros are common"""
    b.node(op, [b.fresh(b.rng.choice([np.float32, np.int64, np.bool_, np.uint8]), b.shape(1), 0, 1)])


@operator("SoftmaxCrossEntropyLoss", since=12)
@operator("NegativeLogLikelihoodLoss", since=12)
def loss(b: Builder, op: str) -> None:
    """With and without weights, ignored classes, reductions"""
    classes = b.rng.randint(2, 4)
    rest = [max(d, 1) for d in b.shape(0, 2)]
    x = b.fresh(np.float32, [b.rng.randint(1, 3), classes, *rest])
    labels = b.fresh(np.int64, [x.shape[0], *rest], 0, classes - 1)
    weights = b.fresh(np.float32, [classes], 0.2, 1) if b.rng.random() < 0.5 else None
    outputs = 2 if op.startswith("Softmax") and b.rng.random() < 0.4 else 1
    ignore = b.rng.choice([None, None, 0])
    b.node(op, [x, labels, *([weights] if weights else [])], outputs, reduction=b.rng.choice(["none", "mean", "sum"]), ignore_index=ignore)
