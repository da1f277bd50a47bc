"""Quantised operators."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx_builder import Builder, operator

from onnx_operators.nets import spatial_of, window

KINDS = (np.int8, np.uint8)


def scale(b: Builder, count: int | None = None) -> Any:
    """A scale that is no power of two, or one per channel."""
    return b.new(np.asarray(b.arrays.uniform(0.02, 0.1, () if count is None else count), np.float32), True)


def zero(b: Builder, kind: Any, count: int | None = None) -> Any:
    """A zero point."""
    low, high = (-10, 10) if kind is np.int8 else (100, 150)
    return b.new(np.asarray(b.arrays.integers(low, high, () if count is None else count)).astype(kind), True)


def numbers(b: Builder, kind: Any, shape: Any, fixed: bool = False) -> Any:
    """All numbers that the type has."""
    info = np.iinfo(kind)
    return b.filters(kind, shape, info.min, info.max) if fixed else b.fresh(kind, shape, info.min, info.max)


@operator("QuantizeLinear", since=10)
def quantize(b: Builder, op: str) -> None:
    """One scale, or one per place along an axis from 13 on"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1)], -6, 6)
    kind = b.rng.choice(KINDS)
    if b.opset >= 13 and b.rng.random() < 0.4:
        axis = b.axis(x)
        b.node(op, [x, scale(b, x.shape[axis]), zero(b, kind, x.shape[axis])], axis=axis)
    else:
        b.node(op, [x, scale(b), *([zero(b, kind)] if b.rng.random() < 0.8 else [])])


@operator("DequantizeLinear", since=10)
def dequantize(b: Builder, op: str) -> None:
    """One scale, per axis from 13 on, per block from 21 on"""
    kind = b.rng.choice(KINDS)
    x = numbers(b, kind, [max(d, 1) for d in b.shape(1)])
    choice = b.rng.random()
    if b.opset >= 21 and choice < 0.3:
        axis = b.axis(x) % x.rank
        block = b.rng.randint(1, x.shape[axis])
        dims = [-(-d // block) if i == axis else d for i, d in enumerate(x.shape)]
        if x.shape[axis] % block == 0 and x.rank > 1:
            b.node(op, [x, b.new(b.random(np.float32, dims, 0.02, 0.1), True)], axis=axis, block_size=block)
    elif b.opset >= 13 and choice < 0.6:
        axis = b.axis(x)
        b.node(op, [x, scale(b, x.shape[axis]), zero(b, kind, x.shape[axis])], axis=axis)
    else:
        b.node(op, [x, scale(b), *([zero(b, kind)] if b.rng.random() < 0.8 else [])])


@operator("DynamicQuantizeLinear", since=11)
def dynamic(b: Builder, op: str) -> None:
    """Scale and zero point from x"""
    b.node(op, [b.fresh(np.float32, [max(d, 1) for d in b.shape(1)], -6, 6)], 3)


@operator("MatMulInteger", since=10)
def matmul_integer(b: Builder, op: str) -> None:
    """With zero points or without"""
    a, w = b.rng.choice(KINDS), b.rng.choice(KINDS)
    m, k, n = (b.rng.randint(1, 5) for _ in range(3))
    zeros = [zero(b, a), zero(b, w)] if b.rng.random() < 0.6 else []
    b.node(op, [numbers(b, a, [*b.shape(0, 1), m, k]), numbers(b, w, [k, n]), *zeros])


@operator("QLinearMatMul", since=10)
def quantized_matmul(b: Builder, op: str) -> None:
    """Scalars for scales"""
    a, w, y = b.rng.choice([(np.uint8, np.uint8, np.uint8), (np.uint8, np.int8, np.uint8), (np.int8, np.int8, np.int8)])
    m, k, n = (b.rng.randint(1, 5) for _ in range(3))
    operands = [numbers(b, a, [m, k]), scale(b), zero(b, a), numbers(b, w, [k, n]), scale(b), zero(b, w), scale(b), zero(b, y)]
    b.node(op, operands)


@operator("ConvInteger", since=10)
def conv_integer(b: Builder, op: str) -> None:
    """With zero points or without"""
    spatial, kernel = spatial_of(b)
    x, w = numbers(b, np.uint8, [1, 2, *spatial]), numbers(b, b.rng.choice(KINDS), [2, 2, *kernel], True)
    zeros = [zero(b, np.uint8), zero(b, w.dtype.type)] if b.rng.random() < 0.5 else []
    b.node(op, [x, w, *zeros], **window(b, spatial, kernel))


@operator("QLinearConv", since=10)
def quantized_conv(b: Builder, op: str) -> None:
    """Filters per tensor or per channel"""
    spatial, kernel = spatial_of(b)
    x, w, y = b.rng.choice([(np.uint8, np.uint8, np.uint8), (np.uint8, np.int8, np.uint8), (np.int8, np.int8, np.int8)])
    channels = b.rng.randint(1, 3)
    each = channels if w is np.int8 and b.rng.random() < 0.5 else None
    zeros = b.new(np.zeros(() if each is None else each, w), True) if each else zero(b, w)
    bias = [b.fresh(np.int32, [channels], -100, 100, constant=True)] if b.rng.random() < 0.5 else []
    data = [numbers(b, x, [1, 2, *spatial]), scale(b), zero(b, x), numbers(b, w, [channels, 2, *kernel], True), scale(b, each), zeros]
    b.node(op, [*data, scale(b), zero(b, y), *bias], **window(b, spatial, kernel))
