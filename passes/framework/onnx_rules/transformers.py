"""Attention, its position codes, and the normalisations of transformers."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import SSAValue

from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


def split_heads(lo: Lowering, x: SSAValue, heads: int) -> SSAValue:
    """[B, S, heads * D] -> [B, heads, S, D]"""
    shape = lo.shape(x)
    if shape[2] < 0:
        lo.decline("the hidden size must be known")
    return lo.transpose(lo.reshape(x, (0,), (1,), heads, shape[2] // heads), permutation=(0, 2, 1, 3))


def join_heads(lo: Lowering, y: SSAValue) -> SSAValue:
    """[B, heads, S, D] -> [B, S, heads * D]"""
    return lo.reshape(lo.transpose(y, permutation=(0, 2, 1, 3)), (0,), (1,), (2, 3))


@lowering("onnx", "Attention")
def attention(op: Any, lo: Lowering) -> Any:
    """attention, heads split off where they are in the last dimension, the past put before keys and values"""
    q, k, v, mask, past_key, past_value, lengths = lo.operands(7)
    flat = lo.rank(q) == 3
    if flat:
        heads, groups = op.get("q_num_heads"), op.get("kv_num_heads")
        q, k, v = split_heads(lo, q, heads), split_heads(lo, k, groups), split_heads(lo, v, groups)
    causal, left, right = bool(op.get("is_causal")), attr(op, "left_window_size", -1), attr(op, "right_window_size", -1)
    placed = causal or left >= 0 or right >= 0
    offset = None
    if past_key is not None:
        offset = lo.reshape(lo.size_of(past_key, 2), 1) if placed else None
        k, v = lo.concat([past_key, k], axis=2), lo.concat([past_value, v], axis=2)
    elif lengths is not None and placed:
        offset = lo.sub(lengths, lo.reshape(lo.size_of(q, 2), 1))
    precision = attr(op, "softmax_precision")
    properties = {
        "scale": attr(op, "scale"),
        "softcap": attr(op, "softcap", 0.0),
        "causal": causal,
        "left": left,
        "right": right,
        "precision": None if precision is None else ONNX_ELEMENTS[precision][1],
    }
    operands = (q, k, v, mask, offset, lengths)
    scores = None
    if lo.wants(3):
        shape = lo.shape(q)[:3]
        kinds = [TensorType(lo.element(q), [*shape, lo.shape(v)[3]]), TensorType(lo.element(q), [*shape, lo.shape(k)[2]])]
        y, scores = lo.host("attention_with_scores", operands, kinds, stage=attr(op, "qk_matmul_output_mode", 0), **properties)
    else:
        y = lo.attention(*operands, **properties)
    return [join_heads(lo, y) if flat else y, k, v, scores]


@lowering("onnx", "RotaryEmbedding")
def rotary_embedding(op: Any, lo: Lowering) -> Any:
    """Pairs of features rotated by the angle of their position: (a, b) -> (a cos - b sin, a sin + b cos)"""
    x, cos, sin, places = lo.operands(4)
    flat = lo.rank(x) == 3
    if flat:
        size = lo.shape(x)[2] // op.get("num_heads")
        y = lo.reshape(x, (0,), (1,), op.get("num_heads"), size)
    else:
        y = lo.transpose(x, permutation=(0, 2, 1, 3))
        size = lo.shape(y)[3]
    if places is not None:
        cos, sin = lo.gather(cos, places), lo.gather(sin, places)
    cos, sin = lo.unsqueeze(cos, [2]), lo.unsqueeze(sin, [2])
    if size < 0:
        lo.decline("the size of the heads is not known")
    turned = op.get("rotary_embedding_dim") or size
    rest = lo.slice(y, starts=(turned,), ends=(size,), axes=(3,)) if turned < size else None
    part = y if rest is None else lo.slice(y, starts=(0,), ends=(turned,), axes=(3,))
    if op.get("interleaved"):
        a, b = (lo.slice(part, starts=(i,), ends=(turned,), axes=(3,), steps=(2,)) for i in (0, 1))
    else:
        a, b = lo.split(part, axis=3, sizes=(turned // 2, turned // 2))
    real, imaginary = lo.sub(lo.mul(cos, a), lo.mul(sin, b)), lo.add(lo.mul(sin, a), lo.mul(cos, b))
    if op.get("interleaved"):
        pairs = lo.concat([lo.unsqueeze(real, [4]), lo.unsqueeze(imaginary, [4])], axis=4)
        y = lo.reshape(pairs, (0,), (1,), (2,), turned)
    else:
        y = lo.concat([real, imaginary], axis=3)
    y = y if rest is None else lo.concat([y, rest], axis=3)
    return lo.like_shape(y, x) if flat else lo.transpose(y, permutation=(0, 2, 1, 3))


@lowering("onnx", "LayerNormalization")
def layer_normalization(op: Any, lo: Lowering) -> Any:
    """layer_norm; mean and inverse deviation are computed beside it where they are used"""
    x, scale, bias = lo.operands(3)
    axis = lo.axis(op.get("axis"), x)
    y = lo.layer_norm(x, scale, bias, axis=axis, epsilon=op.get("epsilon"))
    if not lo.wants(1) and not lo.wants(2):
        return [y]
    axes = tuple(range(axis, lo.rank(x)))
    wide = lo.cast(x, f32)
    mean = lo.reduce(wide, "mean", axes)
    centred = lo.sub(wide, mean)
    inverse = lo.rsqrt(lo.add(lo.reduce(lo.mul(centred, centred), "mean", axes), lo.scalar(op.get("epsilon"), wide)))
    return [y, mean, inverse]


@lowering("onnx", "RMSNormalization")
def rms_normalization(op: Any, lo: Lowering) -> Any:
    """rms_norm"""
    x, scale = lo.operands(2)
    return lo.rms_norm(x, scale, axis=lo.axis(op.get("axis"), x), epsilon=op.get("epsilon"))


@lowering("onnx", "InstanceNormalization")
def instance_normalization(op: Any, lo: Lowering) -> Any:
    """group_norm with one channel a group"""
    return lo.group_norm(*lo.operands(3), epsilon=op.get("epsilon"))


@lowering("onnx", "GroupNormalization")
def group_normalization_by_group(op: Any, lo: Lowering) -> Any:
    """Version 18: scale and bias are per group; here they are repeated per channel"""
    x, scale, bias = lo.operands(3)
    groups, channels = op.get("num_groups"), lo.shape(x)[1]

    def per_channel(v: SSAValue) -> SSAValue:
        return lo.reshape(lo.broadcast(lo.unsqueeze(v, [1]), shape=(groups, channels // groups)), channels)

    return lo.group_norm(x, per_channel(scale), per_channel(bias), groups=groups, epsilon=op.get("epsilon"))


@lowering("onnx", "GroupNormalization", since=21)
def group_normalization(op: Any, lo: Lowering) -> Any:
    """group_norm"""
    return lo.group_norm(*lo.operands(3), groups=op.get("num_groups"), epsilon=op.get("epsilon"))


@lowering("onnx", "LinearAttention")
def linear_attention(op: Any, lo: Lowering) -> Any:
    """A recurrence on the host"""
    q = op.operands[0]
    state = TensorType(lo.element(op.operands[3]) if lo.operands(4)[3] is not None else lo.element(q), [-1] * 4)
    config = {name: op.get(name) for name in ("q_num_heads", "kv_num_heads", "scale")}
    return lo.results_of(lo.host("linear_attention", lo.operands(6), [lo.open_type(3, q), state], **config))


@lowering("onnx", "CausalConvWithState")
def causal_convolution(op: Any, lo: Lowering) -> Any:
    """A depthwise convolution over the state and x; the end of both is the next state"""
    x, w, bias, state = lo.operands(4)
    taps = lo.shape(w)[2]
    whole = lo.pad(x, low=(0, 0, taps - 1), high=(0, 0, 0)) if state is None else lo.concat([state, x], axis=2)
    y = lo.conv(whole, w, bias, groups=lo.shape(x)[1])
    if attr(op, "activation", "none") in ("silu", "swish"):
        y = lo.silu(y)
    size = lo.shape(whole)[2]
    last = {"starts": (size - taps + 1,), "ends": (size,)} if size >= 0 else {"starts": (1 - taps,), "ends": (2**62,)}
    return [y, lo.slice(whole, axes=(2,), **last)]
