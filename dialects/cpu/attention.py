"""Scaled dot-product attention in one op: the scores of some queries never leave the registers and the first-level cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def, opt_operand_def

from inferir.core.dims import Shape, shape_text
from inferir.core.op import Cost, define
from inferir.core.properties import flag, integer, ints, number
from inferir.core.relations import Relation, at_most, pairwise_equal, spans
from inferir.dialects.cpu.base import Level3Op, any_strides, ceil_div
from inferir.dialects.inference.attention import attend, attention_bias

OPERAND = TensorType.constr() | MemRefType.constr()
PANEL = 64
"""Keys side by side in the workspace: the columns of a tile of scores."""


@define
class AttentionOp(Level3Op):
    """y = softmax(cap(q k^T scale) + mask) v, as `inference.attention` means it; a query that sees no key gives zeros.

    q            [B, H, S, D]
    k, v         [B, G, T, D] and [B, G, T, E]; H / G query heads share a key head
    mask         broadcasts to [B, H, S, T'], T' at most T (keys beyond are not seen): i1 (true: attend), or f32 that is added; optional
    offset       [1] or [B], i64: how many keys come before the first query; optional
    lengths      [B], i64: how many keys of each sample are real; optional
    workspace    on buffers: room for the keys as the product reads them, [B, G, P, D, 64]: panel p holds keys 64 p to 64 p + 63
    interleaved  for q, k, v and y, 1 where heads lie within a position: [B, S, H, D] in place of [B, H, S, D]
    scale, softcap, causal, left, right  as for `inference.attention`

    There is no epilogue.

    Source: Milakov and Gimelshein (softmax in one pass), Dao (blocks of keys). Example:
        %y = cpu.attention %q, %k, %v interleaved [1, 1, 1, 1] scale 0.125 causal {} : (tensor<1x16x8x64xf32>, tensor<1x16x2x64xf32>, tensor<1x16x2x64xf32>) -> tensor<1x16x8x64xf32>
    """

    name = "cpu.attention"
    merges = any_strides
    q = operand_def(OPERAND)
    k = operand_def(OPERAND)
    v = operand_def(OPERAND)
    mask = opt_operand_def(OPERAND)
    offset = opt_operand_def(OPERAND)
    lengths = opt_operand_def(OPERAND)
    workspace = opt_operand_def(MemRefType)
    interleaved = ints((0, 0, 0, 0))
    scale = number(1.0)
    softcap = number(0.0)
    causal = flag()
    left = integer(-1)
    right = integer(-1)

    def size_relations(self, q: Any, k: Any, v: Any, mask: Any, offset: Any, lengths: Any, *others: Any) -> Iterator[Relation]:
        """Batches, heads, lengths and sizes agree; the mask spans the scores, but for keys at its end."""
        if not len(q) == len(k) == len(v) == len(self.interleaved) == 4:
            return
        q, k, v = (self.heads_first(s, i) for i, s in enumerate((q, k, v)))
        says = f"q is {shape_text(q)}, k {shape_text(k)}, v {shape_text(v)}: batches, heads, lengths or sizes do not agree"
        yield from pairwise_equal((q[3], k[2], k[1], q[0], k[0]), (k[3], v[2], v[1], k[0], v[0]), says)
        if mask:
            says = f"mask is {shape_text(mask)}, must broadcast to {shape_text((*q[:3], k[2]))}; its last dimension may be shorter"
            yield from spans((*mask[:-1], 1), (*q[:3], k[2]), says)
            yield at_most(mask[-1], k[2], says)
        for name, given, most in (("offset", offset, ()), ("lengths", lengths, ())):
            if given is not None:
                yield from spans(given, (q[0], *most), f"{name} is {shape_text(given)}, must be one for all or one a sample")

    def infer_shape(self, q: Any, k: Any, v: Any, mask: Any, offset: Any, lengths: Any, workspace: Any, extras: Any, outs: Any) -> Any:
        """[B, H, S, E], or [B, S, H, E]."""
        if not len(q) == len(k) == len(v) == len(self.interleaved) == 4:
            self.error(f"q is {shape_text(q)}, k {shape_text(k)}, v {shape_text(v)}; all have four dimensions, and an order each and for y")
        q, k, v = (self.heads_first(s, i) for i, s in enumerate((q, k, v)))
        if not all(isinstance(d, int) for d in (q[1], k[1], q[3], v[3])) or k[1] == 0 or q[1] % k[1]:
            self.error(f"{q[1]} query heads of size {q[3]} do not divide among {k[1]} key heads")
        if mask is not None and not mask:
            self.error("mask has no dimension")
        return self.heads_first((*q[:3], v[3]), 3)

    def heads_first(self, shape: Any, which: int) -> Any:
        """[B, H, S, D] of the shape of q, k, v or y (0 to 3), and back."""
        return (shape[0], shape[2], shape[1], shape[3]) if self.interleaved[which] else shape

    def check(self) -> None:
        """Nothing but the value is stored."""
        super().check()
        if self.epilogue.blocks or len(self.extras):
            self.error("has no epilogue")

    def workspace_shape(self, shape: Callable[[SSAValue], Shape]) -> Shape:
        """Panels of all keys."""
        batch, groups, keys, size = self.heads_first(shape(self.k), 1)
        return (batch, groups, ceil_div(keys, PANEL), size, PANEL)

    def cost(self) -> Cost:
        """Two matrix products."""
        base = super().cost()
        sizes = [d if isinstance(d, int) and d > 0 else 1 for d in self.heads_first(self.k.type.get_shape(), 1)]  # pyright: ignore
        return Cost(4 * base.flops * sizes[2], base.bytes)

    def reference(
        self,
        q: np.ndarray,
        k: np.ndarray,
        v: np.ndarray,
        mask: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
        workspace: Any = None,
        extras: Any = None,
        outs: None = None,
    ) -> np.ndarray:
        """numpy."""
        q, k, v = (np.swapaxes(a, 1, 2) if inside else a for a, inside in zip((q, k, v), self.interleaved, strict=False))
        bias = attention_bias(q, k.shape[2], mask, offset, lengths, self.causal, self.left, self.right)
        y = attend(q, k, v, bias, self.scale, self.softcap, None)[0]
        return np.swapaxes(y, 1, 2) if self.interleaved[3] else y
