"""Attention, as products and a softmax until it has a kernel of its own."""

from __future__ import annotations

import numpy as np
from xdsl.dialects.builtin import Float32Type, TensorType
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import not_float, shape_of
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps


@rewrites(inf.AttentionOp)
def attention(op: inf.AttentionOp, rw: Rewriter) -> str | None:
    """softmax(cap(q k^T scale) + mask) v"""
    reason = not_float(op.q, op.k, op.v, op.mask)
    if reason is not None:
        return reason
    if op.offset is not None or op.lengths is not None:
        return "lengths that are computed at run time have no kernel yet"
    if not isinstance(op.precision, Float32Type | None):
        return "a softmax of another precision has no kernel yet"
    (_, heads, queries, size), (_, groups, keys, _) = shape_of(op.q), shape_of(op.k)
    if min(heads, queries, size, groups, keys) < 0:
        return "heads or lengths are not known"
    if op.mask is not None and shape_of(op.mask)[-1:] not in ((keys,), (1,)):
        return "a mask for a part of the keys has no kernel yet"
    seen = visible(op, queries, keys)
    if not seen.any(1).all():
        return "a query that sees no key has no kernel yet"
    do = Steps(rw)
    k, v = (_shared(do, x, heads // groups) for x in (op.k, op.v))
    scores = do(inf.MatmulOp, op.q, k, transpose_b=True)
    scores = do(inf.MulOp, scores, float(op.scale if op.scale is not None else size**-0.5))
    if op.softcap > 0:
        scores = do(inf.MulOp, do(inf.TanhOp, do(inf.DivOp, scores, op.softcap)), op.softcap)
    if op.mask is not None:
        scores = do(inf.AddOp, scores, op.mask)
    if not seen.all():
        scores = do(inf.AddOp, scores, rw.const(np.where(seen, 0, -np.inf).astype(np.float32)))
    rw.replace(op, do(inf.MatmulOp, do(inf.SoftmaxOp, scores, axis=3), v))
    return None


def visible(op: inf.AttentionOp, queries: int, keys: int) -> np.ndarray:
    """[query, key]: whether the query sees the key, by position alone."""
    apart = np.arange(keys) - np.arange(queries)[:, None]
    seen = np.ones((queries, keys), np.bool_)
    if op.causal:
        seen &= apart <= 0
    if op.left >= 0:
        seen &= apart >= -op.left
    if op.right >= 0:
        seen &= apart <= op.right
    return seen


def _shared(do: Steps, x: SSAValue, times: int) -> SSAValue:
    """[B, G, T, D] with each head `times` times: [B, G * times, T, D]."""
    if times == 1:
        return x
    assert isinstance(x.type, TensorType)
    b, g, t, d = shape_of(x)
    wide = do(inf.TileOp, do(inf.ReshapeOp, x, shape=(b, g, 1, t, d)), repeats=(1, 1, times, 1, 1))
    return do(inf.ReshapeOp, wide, shape=(b, g * times, t, d))
