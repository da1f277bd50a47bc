"""Operators of com.microsoft that ONNX Runtime's quantiser and optimiser write."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx_builder import Builder, operator

from onnx_operators.nets import spatial_of
from onnx_operators.quantized import KINDS, numbers, scale, zero

DOMAIN = "com.microsoft"


@operator("QLinearAdd", "QLinearMul", since=11)
def quantized_binary(b: Builder, op: str) -> None:
    """Shapes that broadcast"""
    kind = b.rng.choice(KINDS)
    x = numbers(b, kind, [max(d, 1) for d in b.shape(1)])
    y = numbers(b, kind, [1 if b.rng.random() < 0.2 else d for d in x.shape])
    b.node(op, [x, scale(b), zero(b, kind), y, scale(b), zero(b, kind), scale(b), zero(b, kind)], domain=DOMAIN)


@operator("QLinearLeakyRelu", "QLinearSigmoid", "QLinearGlobalAveragePool", "QLinearAveragePool", since=11)
def quantized_unary(b: Builder, op: str) -> None:
    """Images"""
    kind = b.rng.choice(KINDS)
    spatial, kernel = spatial_of(b)
    x = numbers(b, kind, [1, b.rng.randint(1, 3), *spatial])
    extra: dict[str, Any] = {"QLinearLeakyRelu": {"alpha": 0.1}, "QLinearAveragePool": {"kernel_shape": kernel}}.get(op, {})
    b.node(op, [x, scale(b), zero(b, kind), scale(b), zero(b, kind)], domain=DOMAIN, **extra)


@operator("QLinearConcat", since=11)
def quantized_concat(b: Builder, op: str) -> None:
    """Two or three parts"""
    kind = b.rng.choice(KINDS)
    parts = [v for _ in range(b.rng.randint(2, 3)) for v in (numbers(b, kind, [2, b.rng.randint(1, 3)]), scale(b), zero(b, kind))]
    b.node(op, [scale(b), zero(b, kind), *parts], domain=DOMAIN, axis=1)


@operator("QGemm", since=11)
def quantized_gemm(b: Builder, op: str) -> None:
    """Integers or floats out"""
    m, k, n = (b.rng.randint(1, 5) for _ in range(3))
    a, w = b.rng.choice([(np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8)])
    flip = b.rng.randint(0, 1)
    filters = numbers(b, w, [n, k] if flip else [k, n])
    bias = b.fresh(np.int32, [n], -100, 100, constant=True) if b.rng.random() < 0.6 else None
    tail = [scale(b), zero(b, a)] if b.rng.random() < 0.7 else []
    b.node(op, [numbers(b, a, [m, k]), scale(b), zero(b, a), filters, scale(b), zero(b, w), bias, *tail], domain=DOMAIN, transB=flip)


@operator("MatMulIntegerToFloat", "DynamicQuantizeMatMul", since=11)
def integers_to_floats(b: Builder, op: str) -> None:
    """With a bias or without; signed weights of 7 bits, beyond which ONNX Runtime's kernels for AVX2 saturate"""
    m, k, n = (b.rng.randint(1, 5) for _ in range(3))
    kind = b.rng.choice(KINDS)
    w = b.fresh(kind, [k, n], -64, 63) if kind is np.int8 else numbers(b, kind, [k, n])
    bias = [b.fresh(np.float32, [n])] if b.rng.random() < 0.5 else []
    zw = zero(b, w.dtype.type)
    if op == "DynamicQuantizeMatMul":
        b.node(op, [b.fresh(np.float32, [m, k]), w, scale(b), zw, *bias], domain=DOMAIN)
    else:
        b.node(op, [numbers(b, np.uint8, [m, k]), w, scale(b), scale(b), zero(b, np.uint8), zw, *bias], domain=DOMAIN)


@operator("DynamicQuantizeLSTM", since=11)
def quantized_lstm(b: Builder, op: str) -> None:
    """Directions, biases, first states, lengths; one scale for a direction or one for each row"""
    steps, batch, size, hidden = (b.rng.randint(1, k) for k in (4, 3, 4, 5))
    direction = b.rng.choice(["forward", "reverse", "bidirectional"])
    d, kind = 2 if direction == "bidirectional" else 1, b.rng.choice([np.int8, np.uint8])
    each = [d, 4 * hidden] if b.rng.random() < 0.3 else [d]
    w, r = (b.new(b.random(kind, [d, n, 4 * hidden], *((-99, 99) if kind is np.int8 else (0, 250))), True) for n in (size, hidden))
    bias = b.fresh(np.float32, [d, 8 * hidden], -1, 1, constant=True) if b.rng.random() < 0.6 else None
    lengths = b.fresh(np.int32, [batch], steps, steps) if b.rng.random() < 0.2 else None
    states = [b.fresh(np.float32, [d, batch, hidden], -1, 1) if b.rng.random() < 0.5 else None for _ in range(2)]
    middle = b.new(np.full(each, 0 if kind is np.int8 else 128, kind), True)
    scales = [b.new(b.random(np.float32, each, 0.005, 0.02), True) for _ in range(2)]
    x = b.fresh(np.float32, [steps, batch, size], -1, 1)
    operands = [x, w, r, bias, lengths, *states, None, scales[0], middle, scales[1], middle]
    b.node(op, operands, 3, domain=DOMAIN, hidden_size=hidden, direction=direction)


@operator("MatMulNBits", since=11)
def packed_weights(b: Builder, op: str) -> None:
    """Blocks of 16 with 4 bits"""
    k, n, block = b.rng.choice([16, 32, 20]), b.rng.randint(1, 4), 16
    blocks = -(-k // block)
    w = b.new(b.random(np.uint8, [n, blocks, block // 2], 0, 255), True)
    zeros = [b.new(b.random(np.uint8, [n * -(-blocks // 2)], 0, 255), True)] if b.rng.random() < 0.5 else []
    scales = b.new(b.random(np.float32, [n * blocks], 0.02, 0.1), True)
    b.node(op, [b.fresh(np.float32, [b.rng.randint(1, 3), k]), w, scales, *zeros], domain=DOMAIN, K=k, N=n, bits=4, block_size=block)


@operator("FusedConv", since=11)
def fused_conv(b: Builder, op: str) -> None:
    """An activation behind"""
    x, w = b.fresh(np.float32, [1, 2, 5, 5]), b.filters(np.float32, [3, 2, 2, 2])
    name = b.rng.choice(["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Clip"])
    extra: dict[str, Any] = {"LeakyRelu": {"activation_params": [0.1]}, "Clip": {"activation_params": [-0.5, 0.5]}}.get(name, {})
    b.node(op, [x, w, b.fresh(np.float32, [3])], domain=DOMAIN, activation=name, strides=[1, 2], pads=[1, 0, 0, 1], **extra)


@operator("FusedGemm", "FusedMatMul", since=11)
def fused_matmul(b: Builder, op: str) -> None:
    """Transposes, alpha"""
    m, k, n = (b.rng.randint(1, 5) for _ in range(3))
    ta, tb = b.rng.randint(0, 1), b.rng.randint(0, 1)
    operands = [b.fresh(np.float32, (k, m) if ta else (m, k)), b.fresh(np.float32, (n, k) if tb else (k, n))]
    if op == "FusedGemm":
        operands.append(b.fresh(np.float32, [n]))
    extra: dict[str, Any] = {"activation": "Relu"} if op == "FusedGemm" else {}
    b.node(op, operands, domain=DOMAIN, transA=ta, transB=tb, alpha=b.rng.choice([1.0, 0.5]), **extra)


@operator("BiasGelu", "FastGelu", "QuickGelu", since=11)
def fused_gelu(b: Builder, op: str) -> None:
    """With a bias where it is not left out"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1, 3)])
    bias = [b.fresh(np.float32, x.shape[-1:])] if op == "BiasGelu" or (op == "FastGelu" and b.rng.random() < 0.5) else []
    b.node(op, [x, *bias], domain=DOMAIN)


@operator("SkipLayerNormalization", "SkipSimplifiedLayerNormalization", since=11)
def skip_norm(b: Builder, op: str) -> None:
    """With everything that may be added"""
    n, s, d = b.rng.randint(1, 2), b.rng.randint(1, 3), b.rng.choice([4, 8])
    x, skip = b.fresh(np.float32, [n, s, d]), b.fresh(np.float32, [n, s, d])
    rows = [b.fresh(np.float32, [d]) for _ in range(b.rng.randint(1, 2 if "Simplified" in op else 3))]
    b.node(op, [x, skip, *rows], domain=DOMAIN, epsilon=1e-3)


@operator("EmbedLayerNormalization", since=11)
def embed_norm(b: Builder, op: str) -> None:
    """Words, places, segments, a mask"""
    n, s, d = b.rng.randint(1, 2), b.rng.randint(1, 4), 8
    ids, segments = b.fresh(np.int32, [n, s], 0, 9), b.fresh(np.int32, [n, s], 0, 1)
    tables = [b.filters(np.float32, [c, d]) for c in (10, 6, 2)]
    mask = []
    if b.rng.random() < 0.5:
        mask = [b.new(np.tile(np.arange(s) < b.rng.randint(1, s), (n, 1)).astype(np.int32))]
    tail = [b.filters(np.float32, [d]), b.filters(np.float32, [d])]
    b.node(op, [ids, segments, *tables, *tail, *mask], 2, domain=DOMAIN, epsilon=1e-3)


@operator("MultiHeadAttention", since=11)
def multi_head(b: Builder, op: str) -> None:
    """A bias, a mask"""
    n, s, t, h, d = b.rng.randint(1, 2), b.rng.randint(1, 3), b.rng.randint(1, 4), b.rng.randint(1, 2), 4
    q, k, v = (b.filters(np.float32, [n, length, h * d]) for length in (s, t, t))
    bias = b.fresh(np.float32, [3 * h * d]) if b.rng.random() < 0.5 else None
    mask = b.new(np.tile(np.arange(t) < b.rng.randint(1, t), (n, 1)).astype(np.int32)) if b.rng.random() < 0.4 else None
    operands = [q, k, v, bias, mask]
    while operands[-1] is None:
        operands.pop()
    b.node(op, operands, domain=DOMAIN, num_heads=h, scale=b.rng.choice([None, 0.3]))


@operator("Attention.com.microsoft", since=11)
def packed_attention(b: Builder, op: str) -> None:
    """One product for q, k and v; causal or not; a cache in front"""
    n, s, h, d, size = b.rng.randint(1, 2), b.rng.randint(1, 4), b.rng.randint(1, 2), 4, 6
    x, w, bias = b.fresh(np.float32, [n, s, size]), b.filters(np.float32, [size, 3 * h * d], -1, 1), b.fresh(np.float32, [3 * h * d])
    causal = b.rng.randint(0, 1)
    mask = b.new(np.tile(np.arange(s) < b.rng.randint(1, s), (n, 1)).astype(np.int32)) if b.rng.random() < 0.3 else None
    past = b.fresh(np.float32, [2, n, h, b.rng.randint(1, 3), d]) if mask is None and b.rng.random() < 0.4 else None
    operands = [x, w, bias, mask, past]
    while operands[-1] is None:
        operands.pop()
    b.node("Attention", operands, 2 if past is not None else 1, DOMAIN, num_heads=h, unidirectional=causal)


@operator("RotaryEmbedding.com.microsoft", since=11)
def rotary(b: Builder, op: str) -> None:
    """Places per step, or the first one"""
    n, s, h, d = b.rng.randint(1, 2), b.rng.randint(1, 3), b.rng.randint(1, 2), b.rng.choice([4, 8])
    x = b.filters(np.float32, [n, h, s, d] if b.rng.random() < 0.5 else [n, s, h * d])
    places = b.fresh(np.int64, [n, s], 0, 5) if b.rng.random() < 0.6 else b.new(np.array([b.rng.randint(0, 2)], np.int64))
    tables = [b.filters(np.float32, [8, d // 2]), b.filters(np.float32, [8, d // 2])]
    b.node("RotaryEmbedding", [x, places, *tables], domain=DOMAIN, interleaved=b.rng.choice([0, 1]))


@operator("Gelu.com.microsoft", since=11)
def gelu(b: Builder, op: str) -> None:
    """Exact"""
    b.node("Gelu", [b.pick((np.float32,))], domain=DOMAIN)


@operator("SimplifiedLayerNormalization", since=11)
def simplified(b: Builder, op: str) -> None:
    """As ONNX Runtime names rms_norm, in the standard's own domain"""
    x = b.fresh(np.float32, [2, 3, 4])
    b.node(op, [x, b.fresh(np.float32, [4])], axis=-1, epsilon=1e-3, stash_type=1)
