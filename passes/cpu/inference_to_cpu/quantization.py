"""Quantised numbers: the arithmetic of quantize and dequantize, as elementwise ops."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, f32, f64, i32
from xdsl.ir import Attribute, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import inference as inf
from inferir.dialects.inference.quantization import Scaled, bounds
from inferir.passes.cpu.inference_to_cpu.building import rank_of, shape_of
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps


class ScaleBroadcast:
    """Scales and zero points in a shape that broadcasts to x's; blocks become an axis of their own until the end."""

    def __init__(self, op: Scaled, rw: Rewriter):
        self.op, self.do = op, Steps(rw)
        self.shape = shape_of(op.x)
        self.blocked = bool(op.block) and rank_of(op.scale) == rank_of(op.x)

    def why_not(self) -> str | None:
        """The reason where blocks do not fit."""
        if not self.blocked:
            return None
        if -1 in self.shape:
            return "blocks of a dynamic shape have no kernel"
        return None if self.shape[self.axis] % self.op.block == 0 else "the last block is not whole"

    @property
    def axis(self) -> int:
        """The axis of the scales."""
        return self.op.axis % max(len(self.shape), 1)

    def x(self, x: SSAValue) -> SSAValue:
        """x with its blocks on an axis."""
        if not self.blocked:
            return x
        axis, block = self.axis, self.op.block
        return self.do(inf.ReshapeOp, x, shape=(*self.shape[:axis], self.shape[axis] // block, block, *self.shape[axis + 1 :]))

    def scales(self, v: SSAValue) -> SSAValue:
        """One scale or zero point for each element, by broadcasting."""
        sizes = shape_of(v)
        if all(d == 1 for d in sizes) and len(sizes) <= 1:
            return self.do(inf.ReshapeOp, v, shape=()) if sizes else v
        if self.blocked:
            return self.do(inf.ReshapeOp, v, shape=(*sizes[: self.axis + 1], 1, *sizes[self.axis + 1 :]))
        if len(sizes) == 1:
            behind = len(self.shape) - 1 - self.axis
            return self.do(inf.ReshapeOp, v, shape=(sizes[0], *[1] * behind)) if behind else v
        return v

    def back(self, y: SSAValue) -> SSAValue:
        """The result in x's shape."""
        return self.do(inf.ReshapeOp, y, shape=self.shape) if self.blocked else y

    def cast(self, x: SSAValue, to: Attribute, **properties: Any) -> SSAValue:
        """x in another element type."""
        return x if element_of(x) == to else self.do(inf.CastOp, x, to=to, **properties)


@rewrites(inf.DequantizeOp)
def dequantize(op: inf.DequantizeOp, rw: Rewriter) -> str | None:
    """(x - zero_point) * scale, in single; of constants now"""
    known: list[Any] = [rw.array(v) for v in op.operands]
    if all(k is not None for k in known):
        rw.replace(op, rw.const(op.evaluate(known)[0]))
        return None
    broadcast = ScaleBroadcast(op, rw)
    reason = broadcast.why_not()
    if reason is not None:
        return reason
    do = broadcast.do
    wide = broadcast.cast(broadcast.x(op.x), f32)
    if op.zero_point is not None:
        wide = do(inf.SubOp, wide, broadcast.cast(broadcast.scales(op.zero_point), f32))
    y = do(inf.MulOp, wide, broadcast.cast(broadcast.scales(op.scale), f32))
    rw.replace(op, broadcast.back(broadcast.cast(y, element_of(op.result))))
    return None


@rewrites(inf.QuantizeOp)
def quantize(op: inf.QuantizeOp, rw: Rewriter) -> str | None:
    """round(x / scale) + zero_point, cut to what the type holds; NaN counts as 0"""
    broadcast = ScaleBroadcast(op, rw)
    reason = broadcast.why_not()
    if reason is not None:
        return reason
    do, to = broadcast.do, element_of(op.result)
    x, scale = broadcast.x(op.x), broadcast.scales(op.scale)
    kind = op.precision if op.precision is not None else element_of(x) if element_of(x) == element_of(scale) else f32
    known = rw.array(op.scale)
    ratio = broadcast.cast(x, kind)
    if known is None or known.size != 1 or known.reshape(-1)[0] != 1:
        ratio = do(inf.DivOp, ratio, broadcast.cast(scale, kind))
    if not isinstance(to, IntegerType):
        rw.replace(op, broadcast.back(broadcast.cast(ratio, to, saturate=op.saturate)))
        return None
    low, high = bounds(numpy_dtype(to))
    zero = np.zeros((), np.int64) if op.zero_point is None else rw.array(op.zero_point)
    if zero is not None and zero.size == 1 and to.bitwidth <= 16:
        start = int(zero.reshape(-1)[0])
        near = do(
            inf.RoundOp, do(inf.ClampOp, not_nan(broadcast.cast(ratio, f32), do, rw), low=float(low - start), high=float(high - start))
        )
        if start:
            near = do(inf.AddOp, broadcast.cast(near, i32), rw.const(np.asarray(start, np.int32)))
        rw.replace(op, broadcast.back(broadcast.cast(near, to)))
        return None
    # Whole numbers beyond 2^24 are cut by types of 16 bits and fewer in any case.
    whole = not_nan(broadcast.cast(do(inf.RoundOp, broadcast.cast(ratio, f32)), f32 if to.bitwidth <= 16 else f64), do, rw)
    if op.zero_point is not None:
        if to.bitwidth > 16:
            whole = do(inf.ClampOp, whole, low=-(2.0**31), high=2.0**31 - 1)
        whole = do(inf.AddOp, whole, broadcast.cast(broadcast.scales(op.zero_point), element_of(whole)))
    rw.replace(op, broadcast.back(broadcast.cast(do(inf.ClampOp, whole, low=float(low), high=float(high)), to)))
    return None


def not_nan(x: SSAValue, do: Steps, rw: Rewriter) -> SSAValue:
    """x, and 0 for NaN."""
    return do(inf.SelectOp, do(inf.IsNanOp, x), rw.const(numpy_dtype(element_of(x)).type(0).reshape(())), x)
