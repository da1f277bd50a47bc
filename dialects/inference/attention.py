"""Attention."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, result_def

from inferir.core import Cost, attribute, define, flag, integer, number
from inferir.core.dims import Shape, broadcasts_to, differ, shape_text
from inferir.core.types import numpy_dtype, ranked
from inferir.dialects.inference.base import InferenceOp
from inferir.dialects.inference.linear import matrix_product


@define
class AttentionOp(InferenceOp):
    """Scaled dot-product attention: softmax(q k^T * scale + bias) v.

    q  [B, H, S, D]; k  [B, G, T, D]; v  [B, G, T, E]; y  [B, H, S, E]. G divides H: each key head serves H / G query heads.

    mask     broadcasts to [B, H, S, T'], T' at most T (what is missing is masked): booleans (true: attend) or numbers that are added
    offset   [1] or [B], i64: how many keys come before the first query; causal and the windows count from there; 0 where absent
    lengths  [B], i64: how many keys of each sample are real
    scale    1 / sqrt(D) where absent
    softcap  s > 0: scores become s * tanh(score / s) before masking
    causal   query i sees the keys up to i + offset
    left, right  query i sees keys from i + offset - left to i + offset + right; -1: no bound
    precision    the element type of the softmax, that of q where absent

    A query that sees no key gives zeros.

    Source: ONNX Attention-24. Example:
        %y = inference.attention %q, %k, %v causal : (tensor<1x8x16x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32>
    """

    name = "inference.attention"
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    q = operand_def()
    k = operand_def()
    v = operand_def()
    mask = opt_operand_def()
    offset = opt_operand_def()
    lengths = opt_operand_def()
    scale = number()
    softcap = number(0.0)
    causal = flag()
    left = integer(-1)
    right = integer(-1)
    precision = attribute()
    result = result_def()

    def infer_shape(self, q: Shape, k: Shape, v: Shape, mask: Shape | None, offset: Shape | None, lengths: Shape | None) -> Shape:
        """[B, H, S, E]."""
        if not len(q) == len(k) == len(v) == 4:
            self.error(f"q is {shape_text(q)}, k {shape_text(k)}, v {shape_text(v)}; all must be [batch, heads, sequence, size]")
        if differ(q[3], k[3]) or differ(k[2], v[2]) or differ(k[1], v[1]):
            self.error(f"q is {shape_text(q)}, k {shape_text(k)}, v {shape_text(v)}: sizes, lengths or heads do not agree")
        if isinstance(q[1], int) and isinstance(k[1], int) and (k[1] == 0 or q[1] % k[1]):
            self.error(f"{q[1]} query heads do not divide among {k[1]} key heads")
        if differ(q[0], k[0]) or differ(k[0], v[0]):
            self.error(f"q is {shape_text(q)}, k {shape_text(k)}, v {shape_text(v)}: the batches do not agree")
        scores = (*q[:3], k[2])
        if mask is not None:
            short = bool(mask) and isinstance(mask[-1], int) and isinstance(k[2], int) and mask[-1] <= k[2]
            if not mask or not broadcasts_to((*mask[:-1], k[2]) if short else mask, scores):
                self.error(f"mask is {shape_text(mask)}, must broadcast to {shape_text(scores)}; its last dimension may be shorter")
        for name, shape in (("offset", offset), ("lengths", lengths)):
            self.check_list(name, shape)
            if shape is not None and (name == "lengths" or shape[0] != 1) and differ(shape[0], q[0]):
                self.error(f"`{name}` has {shape[0]} elements, the batch is {q[0]}")
        return (*q[:3], v[3])

    def infer_dtype(self, q: Any, k: Any, v: Any, *others: Any) -> Any:
        """q's."""
        if k != q or v != q:
            self.error(f"q is {q}, k {k}, v {v}; insert a cast")
        return q

    def cost(self) -> Cost:
        """Two matrix products."""
        base = super().cost()
        _, _, length, size = ranked(self.k).get_shape()
        return Cost(2 * base.flops * length * 2 if size else base.flops, base.bytes)

    def reference(
        self,
        q: np.ndarray,
        k: np.ndarray,
        v: np.ndarray,
        mask: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
    ) -> np.ndarray:
        """numpy."""
        bias = attention_bias(q, k.shape[2], mask, offset, lengths, self.causal, self.left, self.right)
        scale = self.scale if self.scale is not None else 1 / np.sqrt(q.shape[3])
        precision = None if self.precision is None else numpy_dtype(self.precision)
        return attend(q, k, v, bias, scale, self.softcap, precision)[0]


def attention_bias(
    q: np.ndarray,
    keys: int,
    mask: np.ndarray | None,
    offset: np.ndarray | None,
    lengths: np.ndarray | None,
    causal: bool,
    left: int = -1,
    right: int = -1,
) -> np.ndarray:
    """What is added to the scores: the mask, and minus infinity where a query does not see a key."""
    dtype = q.dtype
    hidden = dtype.type(-np.inf)
    bias = np.zeros((q.shape[2], keys), dtype)
    if mask is not None:
        added = np.asarray(np.where(mask, dtype.type(0), hidden) if mask.dtype == np.bool_ else mask)
        missing = keys - added.shape[-1]
        if missing > 0:
            added = np.pad(added, [(0, 0)] * (added.ndim - 1) + [(0, missing)], constant_values=hidden)
        bias = bias + added.astype(dtype)
    first = np.zeros(1, np.int64) if offset is None else offset.reshape(-1)
    place = np.arange(q.shape[2])[:, None] + first[:, None, None, None]
    key = np.arange(keys)
    sees = np.ones((1, 1, 1, 1), np.bool_)
    if causal:
        sees = sees & (key <= place)
    if left >= 0:
        sees = sees & (key >= place - left)
    if right >= 0:
        sees = sees & (key <= place + right)
    if lengths is not None:
        sees = sees & (key < lengths.reshape(-1, 1, 1, 1))
    return np.where(sees, bias, hidden)


def attend(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, bias: np.ndarray, scale: float, softcap: float, precision: np.dtype | None
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Attention with a bias; the scores as they are after the product, the cap, the bias and the softmax."""
    groups = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, groups, axis=1), np.repeat(v, groups, axis=1)
    root = q.dtype.type(np.sqrt(scale))
    scores = matrix_product(q * root, np.swapaxes(k, -1, -2) * root)
    capped = scores if softcap <= 0 else q.dtype.type(softcap) * np.tanh(scores / q.dtype.type(softcap))
    biased = capped + bias
    wide = biased if precision is None else biased.astype(precision)
    top = wide.max(axis=-1, keepdims=True, initial=-np.inf)
    e = np.exp(wide - np.where(np.isneginf(top), wide.dtype.type(0), top))
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, wide.dtype.type(1), total)
    blind = np.isneginf(bias.max(axis=-1, keepdims=True, initial=-np.inf))
    weights = np.where(blind, wide.dtype.type(0), weights).astype(q.dtype)
    return matrix_product(weights, v), [scores, capped, biased, weights]
