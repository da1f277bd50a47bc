"""Attention: a kernel, or products and a softmax where the scores are wanted too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from xdsl.dialects.builtin import Float64Type, IntegerType, f32, i1
from xdsl.ir import Attribute, Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of, ranked
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import not_float, replace, result, shape_of
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps
from inferir.passes.cpu.inference_to_cpu.half import is_half, like_precision


@dataclass
class Form:
    """What attention is asked for: see `inference.attention`."""

    q: SSAValue
    k: SSAValue
    v: SSAValue
    mask: SSAValue | None
    offset: SSAValue | None
    lengths: SSAValue | None
    scale: float | None
    softcap: float
    causal: bool
    left: int
    right: int
    precision: Attribute | None

    def why_not(self, widened: bool = False) -> str | None:
        """Why products and a softmax cannot say it. `widened`: half precision is made single before."""
        reason = not_float(self.q, self.k, self.v)
        if reason is not None and not widened:
            return reason
        if isinstance(self.precision, Float64Type):
            return "a softmax in double precision has no kernel yet"
        (_, heads, queries, size), (_, groups, keys, _) = shape_of(self.q), shape_of(self.k)
        if min(heads, size, groups) < 0:
            return "heads are not known"
        placed = self.causal or self.left >= 0 or self.right >= 0
        counted = placed or self.lengths is not None or self.mask is not None or heads != groups
        if (keys < 0 and counted) or (queries < 0 and placed):
            return "lengths are not known"
        if self.mask is not None and shape_of(self.mask)[-1] < 0:
            return "the length of the mask is not known"
        return None

    def attend(self, rw: Rewriter, stage: int | None = None) -> tuple[SSAValue, SSAValue]:
        """softmax(cap(q k^T scale) + bias) v, and the scores after a stage: the product, the cap, the bias, the softmax."""
        do = Steps(rw)
        heads, groups = shape_of(self.q)[1], shape_of(self.k)[1]
        k, v = (_shared(do, x, heads // groups) for x in (self.k, self.v))
        product = do(inf.MatmulOp, self.q, k, transpose_b=True)
        scale = self.scale if self.scale is not None else shape_of(self.q)[3] ** -0.5
        scores = capped = do(inf.MulOp, product, float(scale))
        if self.softcap > 0:
            capped = do(inf.MulOp, do(inf.TanhOp, do(inf.DivOp, scores, self.softcap)), self.softcap)
        bias, blind = self.bias(do), None
        biased = capped if bias is None else do(inf.AddOp, capped, bias)
        weights = do(inf.SoftmaxOp, biased, axis=3)
        if bias is not None and not self.always_sees():
            top = do(inf.ReduceOp, bias, kind="max", axes=(-1,), keepdims=True)
            blind = do(inf.CompareOp, top, -np.inf, pred="eq")
            weights = self.seen(do, blind, weights) if stage == 3 else weights
        y = do(inf.MatmulOp, weights, v)
        y = y if blind is None or stage == 3 else self.seen(do, blind, y)
        return y, (scores, capped, biased, weights)[stage or 0]

    @staticmethod
    def seen(do: Steps, blind: SSAValue, value: SSAValue) -> SSAValue:
        """The value, zeros where a query is blind."""
        return do(inf.SelectOp, blind, do.rw.const(np.float32(0)), value)

    def always_sees(self) -> bool:
        """Whether every query sees some key, by position alone."""
        if self.mask is not None or self.offset is not None or self.lengths is not None:
            return False
        return bool(visible(self, *self.size()).any(1).all())

    def size(self) -> tuple[int, int]:
        """Queries and keys."""
        return shape_of(self.q)[2], shape_of(self.k)[2]

    def bias(self, do: Steps) -> SSAValue | None:
        """What is added to the scores: the mask, and minus infinity where a query does not see a key."""
        const, (queries, keys) = do.rw.const, self.size()
        nothing, hidden = np.float32(0), np.float32(-np.inf)
        mask = self.mask
        if mask is not None:
            if isinstance(ranked(mask).element_type, IntegerType):
                mask = do(inf.SelectOp, mask, const(nothing), const(hidden))
            elif is_half(mask):
                mask = do(inf.CastOp, mask, to=f32)
            missing = keys - shape_of(mask)[-1]
            if missing > 0:
                low = (0,) * len(shape_of(mask))
                mask = do(inf.PadOp, mask, const(hidden), low=low, high=(*low[1:], missing))
        if self.offset is None and self.lengths is None:
            if not (self.causal or self.left >= 0 or self.right >= 0):
                return mask
            seen = visible(self, queries, keys)
            fixed = const(np.where(seen, nothing, hidden))
            return (None if seen.all() else fixed) if mask is None else do(inf.AddOp, mask, fixed)
        sees = self.sees(do)
        return mask if sees is None else do(inf.SelectOp, sees, const(nothing) if mask is None else mask, const(hidden))

    def sees(self, do: Steps) -> SSAValue | None:
        """Whether a query sees a key, where that is decided at run time: [B, 1, S, T]."""
        const, (queries, keys) = do.rw.const, self.size()
        key = const(np.arange(keys))
        found: list[SSAValue] = []

        def compare(pred: str, place: SSAValue, apart: int = 0) -> None:
            found.append(do(inf.CompareOp, key, do(inf.AddOp, place, const(np.int64(apart))) if apart else place, pred=pred))

        if self.causal or self.left >= 0 or self.right >= 0:
            place = const(np.arange(queries)[:, None])
            if self.offset is not None:
                place = do(inf.AddOp, do(inf.ReshapeOp, self.offset, shape=(-1, 1, 1, 1)), place)
            if self.causal:
                compare("le", place)
            if self.left >= 0:
                compare("ge", place, -self.left)
            if self.right >= 0:
                compare("le", place, self.right)
        if self.lengths is not None:
            compare("lt", do(inf.ReshapeOp, self.lengths, shape=(-1, 1, 1, 1)))
        if not found:
            return None
        total = found[0]
        for each in found[1:]:
            total = do(inf.LogicalOp, total, each, fn="and")
        return total


@rewrites(inf.AttentionOp)
def attention(op: inf.AttentionOp, rw: Rewriter) -> str | None:
    """softmax(cap(q k^T scale) + mask) v in one kernel; a mask is booleans or f32"""
    reason = not_float(op.q, op.k, op.v)
    if reason is not None:
        return reason
    if isinstance(op.precision, Float64Type):
        return "a softmax in double precision has no kernel"
    (_, heads, _, depth), (_, groups, _, columns) = shape_of(op.q), shape_of(op.v)
    if min(heads, depth, groups, columns) <= 0:
        return "heads are not known"
    mask = op.mask
    if mask is not None and element_of(mask) not in (i1, f32):
        mask = result(inf.CastOp.make(mask, to=f32), rw)
    settings = {name: getattr(op, name) for name in ("softcap", "causal", "left", "right")}
    scale = op.scale if op.scale is not None else depth**-0.5
    replace(
        op, cpu.AttentionOp.make(op.q, op.k, op.v, mask, op.offset, op.lengths, None, [], scale=scale, regions=[Region()], **settings), rw
    )
    return None


def attention_with_scores(
    op: inf.HostCallOp,
    rw: Rewriter,
    q: SSAValue,
    k: SSAValue,
    v: SSAValue,
    mask: SSAValue | None = None,
    offset: SSAValue | None = None,
    lengths: SSAValue | None = None,
    *,
    stage: int,
    **config: Any,
) -> str | None:
    """Attention that gives the scores of one of its stages away"""
    narrow = all(is_half(x) for x in (q, k, v))
    settings = {"scale": None, "softcap": 0.0, "left": -1, "right": -1, "precision": None, **config, "causal": bool(config.get("causal"))}
    form = Form(q, k, v, mask, offset, lengths, **settings)  # pyright: ignore[reportArgumentType]
    reason = form.why_not(narrow)
    if reason is not None:
        return reason
    if narrow:
        form.q, form.k, form.v = (result(inf.CastOp.make(x, to=f32), rw) for x in (q, k, v))
    found = form.attend(rw, stage)
    rw.replace(op, [like_precision(new, old, rw) for new, old in zip(found, op.results, strict=True)])
    return None


CALLEES = {"attention_with_scores": attention_with_scores}
"""Functions of the host that this family computes."""


def visible(form: Form, queries: int, keys: int) -> np.ndarray:
    """[query, key]: whether the query sees the key, by position alone."""
    apart = np.arange(keys) - np.arange(queries)[:, None]
    seen = np.ones((queries, keys), np.bool_)
    if form.causal:
        seen &= apart <= 0
    if form.left >= 0:
        seen &= apart >= -form.left
    if form.right >= 0:
        seen &= apart <= form.right
    return seen


def _shared(do: Steps, x: SSAValue, times: int) -> SSAValue:
    """[B, G, T, D] with each head `times` times: [B, G * times, T, D]."""
    if times == 1:
        return x
    b, g, t, d = shape_of(x)
    wide = do(inf.TileOp, do(inf.ReshapeOp, x, shape=(b, g, 1, t, d)), repeats=(1, 1, times, 1, 1))
    return do(inf.ReshapeOp, wide, shape=(b, g * times, t, d))
