"""Operators of com.microsoft that ONNX Runtime's optimiser fuses: taken apart into what they were fused from."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i32, i64
from xdsl.ir import SSAValue

from inferir.dialects.framework.values import to_python
from inferir.passes.framework.lowering import Lowering, lowering

DOMAIN = "com.microsoft"


def option(op: Any, name: str, default: Any = None) -> Any:
    """An attribute of an operator that no table knows."""
    value = op.attrs.get(name)
    return default if value is None else to_python(value)


def activated(op: Any, lo: Lowering, y: SSAValue) -> SSAValue:
    """y after the `activation` attribute."""
    parameters = list(option(op, "activation_params") or ())
    match option(op, "activation", ""):
        case "":
            return y
        case "Relu" | "Sigmoid" | "Tanh" as name:
            return getattr(lo, name.lower())(y)
        case "LeakyRelu":
            return lo.leaky_relu(y, alpha=option(op, "activation_alpha", parameters[0] if parameters else 0.01))
        case "Clip" if len(parameters) == 2:
            return lo.clamp(y, low=parameters[0], high=parameters[1])
        case "HardSigmoid" if len(parameters) == 2:
            return lo.hard_sigmoid(y, alpha=parameters[0], beta=parameters[1])
        case other:
            return lo.decline(f"activation {other}")


@lowering(DOMAIN, "FusedConv")
def fused_conv(op: Any, lo: Lowering) -> Any:
    """conv, what is added to it, the activation"""
    x, w, bias, z = lo.operands(4)
    if option(op, "auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        lo.decline(f"auto_pad {option(op, 'auto_pad')}")
    given = {name: option(op, name) for name in ("strides", "pads", "dilations")}
    y = lo.conv(x, w, bias, groups=option(op, "group", 1), **{name: tuple(v) for name, v in given.items() if v})
    return activated(op, lo, y if z is None else lo.add(y, z))


@lowering(DOMAIN, "FusedGemm")
def fused_gemm(op: Any, lo: Lowering) -> Any:
    """alpha a b + beta c, the activation"""
    a, b, c = lo.operands(3)
    y = lo.matmul(a, b, transpose_a=bool(option(op, "transA", 0)), transpose_b=bool(option(op, "transB", 0)))
    y = scaled(lo, y, option(op, "alpha", 1.0))
    return activated(op, lo, y if c is None else lo.add(y, scaled(lo, c, option(op, "beta", 1.0))))


def scaled(lo: Lowering, x: SSAValue, factor: float) -> SSAValue:
    """x * factor"""
    return x if factor == 1 else lo.mul(x, lo.scalar(factor, x))


@lowering(DOMAIN, "FusedMatMul", "TransposeMatMul")
def fused_matmul(op: Any, lo: Lowering) -> Any:
    """alpha a b"""
    a, b = lo.operands(2)
    if option(op, "transBatchA", 0) or option(op, "transBatchB", 0):
        lo.decline("transposed batches")
    y = lo.matmul(a, b, transpose_a=bool(option(op, "transA", 0)), transpose_b=bool(option(op, "transB", 0)))
    return scaled(lo, y, option(op, "alpha", 1.0))


@lowering(DOMAIN, "Gelu", "BiasGelu")
def gelu(op: Any, lo: Lowering) -> Any:
    """gelu of x + bias"""
    x, bias = lo.operands(2)
    return lo.gelu(x if bias is None else lo.add(x, bias))


@lowering(DOMAIN, "FastGelu")
def fast_gelu(op: Any, lo: Lowering) -> Any:
    """gelu of x + bias by tanh"""
    x, bias = lo.operands(2)
    return lo.gelu(x if bias is None else lo.add(x, bias), approximate="tanh")


@lowering(DOMAIN, "QuickGelu")
def quick_gelu(op: Any, lo: Lowering) -> Any:
    """x * sigmoid(alpha x)"""
    (x,) = lo.operands(1)
    return lo.mul(x, lo.sigmoid(lo.mul(x, lo.scalar(option(op, "alpha", 1.702), x))))


@lowering(DOMAIN, "SkipLayerNormalization", "SkipSimplifiedLayerNormalization")
def skip_layer_norm(op: Any, lo: Lowering) -> Any:
    """The norm of x + skip + bias, and that sum; the simplified one is rms_norm"""
    simple = op.op_type == "SkipSimplifiedLayerNormalization"
    x, skip, gamma, *rest = lo.operands(4 if simple else 5)
    beta, bias = (None, rest[0]) if simple else rest
    total = lo.add(x, skip)
    total = total if bias is None else lo.add(total, bias)
    if lo.wants(1) or lo.wants(2):
        lo.decline("mean and deviation are wanted")
    axis, epsilon = lo.rank(x) - 1, option(op, "epsilon", 1e-12)
    y = lo.rms_norm(total, gamma, axis=axis, epsilon=epsilon) if simple else lo.layer_norm(total, gamma, beta, axis=axis, epsilon=epsilon)
    return [y, None, None, total]


@lowering("onnx", "SimplifiedLayerNormalization")
@lowering("", "SimplifiedLayerNormalization")
@lowering("ai.onnx", "SimplifiedLayerNormalization")
@lowering(DOMAIN, "SimplifiedLayerNormalization")
def simplified_layer_norm(op: Any, lo: Lowering) -> Any:
    """rms_norm"""
    x, scale = lo.operands(2)
    if lo.wants(1):
        lo.decline("the deviation is wanted")
    return [lo.rms_norm(x, scale, axis=lo.axis(option(op, "axis", -1), x), epsilon=option(op, "epsilon", 1e-5))]


@lowering(DOMAIN, "EmbedLayerNormalization")
def embed_layer_norm(op: Any, lo: Lowering) -> Any:
    """layer_norm of the sum of the embeddings of words, places and segments; how many words the mask has"""
    ids, segments, words, places, kinds, gamma, beta, mask, positions = lo.operands(9)
    total = lo.gather(words, ids)
    if positions is None:
        length = lo.reshape(lo.shape_of(ids, start=1, end=2))
        positions = lo.range(lo.i64(0), length, lo.i64(1))
    total = lo.add(total, lo.gather(places, positions))
    total = total if segments is None else lo.add(total, lo.gather(kinds, segments))
    y = lo.layer_norm(total, gamma, beta, axis=2, epsilon=option(op, "epsilon", 1e-12))
    if mask is not None:
        count = lo.cast(lo.reduce(lo.cast(mask, i64), "sum", (1,), keepdims=False), i32)
    else:
        first = lo.slice(lo.cast(ids, i32), starts=(0,), ends=(1,), axes=(1,))
        count = lo.reshape(lo.mul(first, lo.const(np.int32(0))), (0,))
    return [y, count, total]


def heads(lo: Lowering, x: SSAValue, count: int) -> SSAValue:
    """[B, S, count * D] as [B, count, S, D]."""
    size = lo.shape(x)[2]
    if size < 0:
        lo.decline("the size of the heads is not known")
    return lo.transpose(lo.reshape(x, (0,), (1,), count, size // count), permutation=(0, 2, 1, 3))


def joined_heads(lo: Lowering, y: SSAValue) -> SSAValue:
    """[B, H, S, D] as [B, S, H * D]."""
    return lo.reshape(lo.transpose(y, permutation=(0, 2, 1, 3)), (0,), (1,), (2, 3))


def _mask(op: Any, lo: Lowering, mask: SSAValue | None, like: SSAValue) -> SSAValue | None:
    """A padding mask [B, T] of ones and zeros as what is added to the scores."""
    if mask is None:
        return None
    if lo.rank(mask) != 2:
        lo.decline(f"a mask of {lo.rank(mask)} dimensions")
    hidden = lo.cast(lo.compare(mask, lo.scalar(0, mask), pred="eq"), lo.element(like))
    low = max(option(op, "mask_filter_value", -10000.0), float(np.finfo(lo.dtype(like)).min))
    return lo.unsqueeze(lo.mul(hidden, lo.scalar(low, like)), [1, 2])


def _with_bias(lo: Lowering, mask: SSAValue | None, bias: SSAValue | None) -> SSAValue | None:
    return bias if mask is None else mask if bias is None else lo.add(mask, bias)


@lowering(DOMAIN, "Attention")
def attention(op: Any, lo: Lowering) -> Any:
    """One product gives q, k and v of all heads; then attention; past and present are k and v stacked"""
    x, w, bias, mask, past, added = lo.operands(6)
    count = option(op, "num_heads")
    if option(op, "do_rotary", 0):
        lo.decline("do_rotary")
    sizes = tuple(option(op, "qkv_hidden_sizes") or (lo.shape(w)[1] // 3,) * 3)
    q, k, v = (heads(lo, part, count) for part in lo.split(lo.matmul(x, w, bias), axis=2, sizes=sizes))
    offset = None
    if past is not None:
        k, v = (
            lo.concat([lo.squeeze(part, [0]), new], axis=2) for part, new in zip(lo.split(past, axis=0, sizes=(1, 1)), (k, v), strict=True)
        )
        offset = lo.shape_of(past, start=3, end=4)
    causal = bool(option(op, "unidirectional", 0))
    bias = _with_bias(lo, _mask(op, lo, mask, q), added)
    y = lo.attention(q, k, v, bias, offset if causal else None, scale=option(op, "scale"), causal=causal)
    present = lo.concat([lo.unsqueeze(k, [0]), lo.unsqueeze(v, [0])], axis=0) if lo.wants(1) else None
    return [joined_heads(lo, y), present]


@lowering(DOMAIN, "MultiHeadAttention")
def multi_head_attention(op: Any, lo: Lowering) -> Any:
    """attention of q, k, v that are there; a bias for each, a cache in front"""
    q, k, v, bias, mask, added, past_k, past_v = lo.operands(8)
    count = option(op, "num_heads")
    if k is None or v is None or lo.rank(k) != 3:
        lo.decline("packed or cached keys")
    if bias is not None:
        widths = (lo.shape(q)[2], lo.shape(k)[2], lo.shape(v)[2])
        q, k, v = (lo.add(x, part) for x, part in zip((q, k, v), lo.split(bias, axis=0, sizes=widths), strict=True))
    q, k, v = (heads(lo, x, count) for x in (q, k, v))
    offset = None
    if past_k is not None:
        k, v = lo.concat([past_k, k], axis=2), lo.concat([past_v, v], axis=2)
        offset = lo.shape_of(past_k, start=2, end=3)
    causal = bool(option(op, "unidirectional", 0))
    added = _with_bias(lo, _mask(op, lo, mask, q), added)
    y = lo.attention(q, k, v, added, offset if causal else None, scale=option(op, "scale") or None, causal=causal)
    return [joined_heads(lo, y), k, v]


@lowering(DOMAIN, "RotaryEmbedding")
def rotary_embedding(op: Any, lo: Lowering) -> Any:
    """Pairs of features rotated by the angle of their position; places are one per step, or the first one"""
    x, places, cos, sin = lo.operands(4)
    size = 2 * lo.shape(cos)[1]
    flat = lo.rank(x) == 3
    y = (
        lo.reshape(x, (0,), (1,), -1, (option(op, "rotary_embedding_dim", 0) and lo.shape(x)[2] // option(op, "num_heads")) or size)
        if flat
        else lo.transpose(x, permutation=(0, 2, 1, 3))
    )
    if lo.shape(y)[3] != size:
        lo.decline("only a part of each head is rotated")
    if lo.rank(places) == 1:
        steps = lo.range(lo.i64(0), lo.size_of(y, 1), lo.i64(1))
        places = lo.add(lo.unsqueeze(steps, [0]), lo.reshape(places, 1, 1))
    cos, sin = (lo.unsqueeze(lo.gather(table, places), [2]) for table in (cos, sin))
    if option(op, "interleaved", 0):
        a, b = (lo.slice(y, starts=(i,), ends=(size,), axes=(3,), steps=(2,)) for i in (0, 1))
    else:
        a, b = lo.split(y, axis=3, sizes=(size // 2, size // 2))
    real, imaginary = lo.sub(lo.mul(cos, a), lo.mul(sin, b)), lo.add(lo.mul(sin, a), lo.mul(cos, b))
    if option(op, "interleaved", 0):
        y = lo.reshape(lo.concat([lo.unsqueeze(real, [4]), lo.unsqueeze(imaginary, [4])], axis=4), (0,), (1,), (2,), size)
    else:
        y = lo.concat([real, imaginary], axis=3)
    return lo.like_shape(y, x) if flat else lo.transpose(y, permutation=(0, 2, 1, 3))


@lowering(DOMAIN, "BiasAdd")
def bias_add(op: Any, lo: Lowering) -> Any:
    """x + bias + skip"""
    x, bias, skip = lo.operands(3)
    return lo.add(lo.add(x, bias), skip)
