"""Keep what was quantised in 8 bits: quantize moves up to what is computed, dequantize down to where floats are needed.

  %1 = inference.max_pool %0 kernel [2, 2] strides [2, 2] : (tensor<1x6x8x8xf32>) -> tensor<1x6x4x4xf32>
  %2 = inference.quantize %1, %s zero_point %z to ui8 : ...
  %3 = inference.dequantize %2, %s zero_point %z : ...
  %4 = inference.reshape %3 shape [1, 96] : ...
becomes
  %1 = inference.quantize %0, %s zero_point %z to ui8 : ...
  %2 = inference.max_pool %1 kernel [2, 2] strides [2, 2] : (tensor<1x6x8x8xui8>) -> tensor<1x6x4x4xui8>
  %3 = inference.reshape %2 shape [1, 96] : (tensor<1x6x4x4xui8>) -> tensor<1x96xui8>
  %4 = inference.dequantize %3, %s zero_point %z : ...
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xdsl.dialects.builtin import Float32Type, IntegerType, Signedness, i8
from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.types import element_of, shape_of
from inferir.dialects import inference as inf
from inferir.dialects.inference.quantization import Scaled

UI8 = IntegerType(8, Signedness.UNSIGNED)
Move = inf.ReshapeOp | inf.TransposeOp | inf.SliceOp | inf.MaxPoolOp
"""Ops whose result holds elements of x as they are."""


def one_scale(op: Scaled, rw: Rewriter) -> float | None:
    """The known scale of all elements, where floats become bytes with it or bytes floats; none otherwise."""
    known = rw.array(op.scale)
    if op.block or known is None or known.size != 1 or not isinstance(element_of(op.scale), Float32Type):
        return None
    floats, whole = (op.result, op.x) if isinstance(op, inf.DequantizeOp) else (op.x, op.result)
    scale = float(known.reshape(-1)[0])
    is_bytes = isinstance(element_of(floats), Float32Type) and element_of(whole) in (i8, UI8)
    return scale if is_bytes and 2.0**-60 < scale < 2.0**60 else None


def zero_of(op: Scaled, rw: Rewriter) -> int | None:
    """Its known zero point."""
    if op.zero_point is None:
        return 0
    known = rw.array(op.zero_point)
    return None if known is None or known.size != 1 else int(known.reshape(-1)[0])


def may_see_only_padding(op: inf.MaxPoolOp) -> bool:
    """Whether a window may lie outside of x, where the largest of floats is minus infinity and that of integers a number."""
    _, dilations, begins, ends = op.window()
    return op.ceil_mode or any(
        (b or e) and (d > 1 or max(b, e) >= k) for b, e, k, d in zip(begins, ends, op.kernel, dilations, strict=True)
    )


@rewrites(inf.QuantizeOp)
def cancel_dq_q(op: inf.QuantizeOp, rw: Rewriter) -> str | None:
    """round(s (q - z) / s) + z = q"""
    inner = op.x.owner
    if not isinstance(inner, inf.DequantizeOp) or inner.x.type != op.result.type:
        return "it does not quantise what was dequantised from its type"
    scales, zeros = ((f(inner, rw), f(op, rw)) for f in (one_scale, zero_of))
    if None in (*scales, *zeros) or len({*scales}) > 1 or len({*zeros}) > 1:
        return "the scales or zero points differ, or are not known"
    rw.replace(op, inner.x)
    return None


@rewrites(inf.QuantizeOp)
def hoist_quantize(op: inf.QuantizeOp, rw: Rewriter) -> str | None:
    """quantize(move(x)) = move(quantize(x)), and so with max of x: quantize is monotonic"""
    moved = op.x.owner
    if not isinstance(moved, Move | inf.ConcatOp):
        return "what it quantises is computed, not moved"
    if not op.x.has_one_use():
        return "the floats have another reader"
    if one_scale(op, rw) is None:
        return "it has no known scale for all elements, or does not make bytes"
    if isinstance(moved, inf.MaxPoolOp) and may_see_only_padding(moved):
        return "a window may lie in the padding"
    values = [inf.QuantizeOp.make(v, op.scale, op.zero_point, to=op.to, precision=op.precision) for v in sources(moved)]
    rw.insert(values)
    results = [v.result for v in values]
    rw.replace(op, moved.like(args=results) if isinstance(moved, inf.ConcatOp) else moved.like(x=results[0]))
    return None


def sources(op: Move | inf.ConcatOp) -> Sequence[SSAValue]:
    """What an op moves."""
    return op.args if isinstance(op, inf.ConcatOp) else (op.x,)


@rewrites(inf.ReshapeOp, inf.TransposeOp, inf.SliceOp, inf.SplitOp, inf.MaxPoolOp)
def sink_dequantize(op: Move | inf.SplitOp, rw: Rewriter) -> str | None:
    """move(s (x - z)) = s (move(x) - z)"""
    x = op.x.owner
    if not isinstance(x, inf.DequantizeOp) or x.block:
        return "it does not move dequantised numbers"
    if any(d != 1 for d in shape_of(x.scale)):
        return "it moves more than one scale"
    if isinstance(op, inf.MaxPoolOp) and (one_scale(x, rw) is None or may_see_only_padding(op)):
        return "a window may lie in the padding, or the order of the numbers is not known"
    moved = op.like(x=x.x)
    rw.insert(moved)
    floats = [x.like(x=part) for part in moved.results]
    rw.replace(op, floats, [f.result for f in floats])
    return None


def unsigned_source(x: SSAValue) -> SSAValue | None:
    """The unsigned bytes that x, which is signed, is made of by `flip_sign`."""
    cast = x.owner
    if not isinstance(cast, inf.CastOp) or element_of(x) != i8 or not isinstance(cast.x.owner, inf.BitwiseOp):
        return None
    return cast.x.owner.lhs if cast.x.owner.fn == "xor" and element_of(cast.x) == UI8 else None


def flip_sign(x: SSAValue, rw: Rewriter) -> inf.CastOp:
    """x - 128, as signed bytes."""
    xor = inf.BitwiseOp.make(x, rw.const(np.asarray(128, np.uint8)), fn="xor")
    rw.insert(xor)
    return inf.CastOp.make(xor.result, to=i8)


@rewrites(inf.QuantizeOp)
def quantize_unsigned(op: inf.QuantizeOp, rw: Rewriter) -> str | None:
    """round(x / s) + z from -128 to 127 is round(x / s) + (z + 128) from 0 to 255, less 128"""
    if op.to != i8:
        return "it does not produce signed bytes"
    zero = zero_of(op, rw)
    if one_scale(op, rw) is None or zero is None:
        return "it has no known scale and zero point for all elements"
    plain = op.like(zero_point=rw.const(np.asarray(zero + 128, np.uint8)), to=UI8)
    rw.insert(plain)
    rw.replace(op, flip_sign(plain.result, rw))
    return None


@rewrites(inf.ReshapeOp, inf.TransposeOp, inf.SliceOp, inf.MaxPoolOp, inf.ConcatOp)
def sink_sign_flip(op: Move | inf.ConcatOp, rw: Rewriter) -> str | None:
    """move(x - 128) = move(x) - 128, and so with max of x"""
    plain = [unsigned_source(v) for v in sources(op)]
    if any(v is None for v in plain):
        return "not all that it moves are bytes whose sign bit was flipped"
    if isinstance(op, inf.MaxPoolOp) and may_see_only_padding(op):
        return "a window may lie in the padding"
    moved = op.like(args=plain) if isinstance(op, inf.ConcatOp) else op.like(x=plain[0])
    rw.insert(moved)
    rw.replace(op, flip_sign(moved.results[0], rw))
    return None


@rewrites(inf.DequantizeOp)
def dequantize_unsigned(op: inf.DequantizeOp, rw: Rewriter) -> str | None:
    """s ((x - 128) - z) = s (x - (z + 128))"""
    plain = unsigned_source(op.x)
    if plain is None:
        return "its input's sign bit was not flipped"
    zero = zero_of(op, rw)
    if zero is None or any(d != 1 for d in shape_of(op.scale)):
        return "it has no known zero point for all elements"
    rw.replace(op, op.like(x=plain, zero_point=rw.const(np.full(shape_of(op.scale), zero + 128, np.uint8))))
    return None


class MoveQuantization(Pass):
    """A byte moves four times as fast as a float, and an order, a maximum or a place is the same in both."""

    patterns = (cancel_dq_q, hoist_quantize, sink_dequantize, quantize_unsigned, sink_sign_flip, dequantize_unsigned)
