"""Attention that gives its scores away, and attention as a recurrence."""

from __future__ import annotations

import numpy as np

from inferir.core.types import numpy_dtype
from inferir.dialects.inference.attention import attend, attention_bias
from inferir.dialects.inference.host import host_function


@host_function("attention_with_scores")
def attention_with_scores(
    q: np.ndarray,
    k: np.ndarray,
    v: np.ndarray,
    mask: np.ndarray | None = None,
    offset: np.ndarray | None = None,
    lengths: np.ndarray | None = None,
    *,
    stage: int,
    scale: float | None = None,
    softcap: float = 0.0,
    causal: int = 0,
    left: int = -1,
    right: int = -1,
    precision: object = None,
) -> tuple[np.ndarray, np.ndarray]:
    """inference.attention and the scores after `stage`: 0 the product, 1 the cap, 2 the bias, 3 the softmax."""
    bias = attention_bias(q, k.shape[2], mask, offset, lengths, bool(causal), left, right)
    kind = None if precision is None else numpy_dtype(precision)  # pyright: ignore[reportArgumentType]
    y, stages = attend(q, k, v, bias, 1 / np.sqrt(q.shape[3]) if scale is None else scale, softcap, kind)
    return y, stages[stage]


@host_function("linear_attention")
def linear_attention(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    state: np.ndarray | None = None,
    decay: np.ndarray | None = None,
    beta: np.ndarray | None = None,
    *,
    q_num_heads: int,
    kv_num_heads: int,
    scale: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """ONNX LinearAttention-27: a state [B, heads, D, E] that each step decays, corrects, adds to and reads."""
    batch, steps, _ = query.shape

    def heads(x: np.ndarray, count: int) -> np.ndarray:
        return x.reshape(batch, steps, count, -1).transpose(0, 2, 1, 3).astype(np.float32)

    q, k, v = heads(query, q_num_heads), heads(key, kv_num_heads), heads(value, kv_num_heads)
    gate = None if decay is None else heads(decay, kv_num_heads)
    rate = None if beta is None else heads(beta, beta.shape[-1])
    factor = scale if scale else 1 / np.sqrt(q.shape[-1])
    dtype = query.dtype if state is None else state.dtype
    now = np.zeros((batch, kv_num_heads, k.shape[-1], v.shape[-1]), np.float32) if state is None else state.astype(np.float32)
    out = np.zeros((batch, q_num_heads, steps, v.shape[-1]), np.float32)
    for i in range(steps):
        new = v[:, :, i]
        if gate is not None:
            now = now * np.exp(gate[:, :, i])[..., None]
        if rate is not None:
            new = rate[:, :, i] * (new - np.einsum("bhdm,bhd->bhm", now, k[:, :, i]))
        now = now + k[:, :, i, :, None] * new[..., None, :]
        out[:, :, i] = factor * np.einsum("bhd,bhdm->bhm", q[:, :, i], np.repeat(now, q_num_heads // kv_num_heads, axis=1))
    y = out.transpose(0, 2, 1, 3).reshape(batch, steps, -1)
    return y.astype(query.dtype), now.astype(dtype)
