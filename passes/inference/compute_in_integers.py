"""Multiply quantised numbers as the integers they are, and scale the sum once.

  %a = inference.dequantize %x, %sx zero_point %zx : (tensor<4x64xui8>, ...) -> tensor<4x64xf32>
  %b = inference.dequantize %w, %sw : (tensor<64x10xi8>, ...) -> tensor<64x10xf32>
  %y = inference.matmul %a, %b : ...
becomes
  %i = inference.matmul (cast %x - %zx), (cast %w) : (tensor<4x64xi32>, tensor<64x10xi32>) -> tensor<4x10xi32>
  %y = inference.mul (cast %i), (%sx * %sw) : ...
"""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import Float32Type, IntegerType, f32, i32
from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.op import Op
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import element_of, shape_of
from inferir.dialects import inference as inf


class Steps:
    """Inserts ops one after the other."""

    def __init__(self, rw: Rewriter):
        self.rw = rw

    def __call__(self, op: type[Op], *operands: Any, **properties: Any) -> SSAValue:
        made = op.make(*operands, **properties)
        self.rw.insert(made)
        return made.results[0]

    def centred(self, op: inf.DequantizeOp, axis: int) -> SSAValue:
        """The integers less their zero points, in 32 bits; a vector of zero points lies along `axis`."""
        wide = self(inf.CastOp, op.x, to=i32)
        if op.zero_point is None:
            return wide
        return self(inf.SubOp, wide, self.along(self(inf.CastOp, op.zero_point, to=i32), axis, len(shape_of(op.x))))

    def along(self, v: SSAValue, axis: int, rank: int) -> SSAValue:
        """A vector along an axis of so many; a single element as a scalar."""
        if all(d == 1 for d in shape_of(v)):
            return self(inf.ReshapeOp, v, shape=())
        behind = rank - 1 - axis % rank
        return self(inf.ReshapeOp, v, shape=(shape_of(v)[0], *[1] * behind)) if behind else v


def bytes_behind(x: SSAValue) -> inf.DequantizeOp | None:
    """The op that makes floats of 8-bit integers, without blocks."""
    op = x.owner
    if not isinstance(op, inf.DequantizeOp) or op.block or not isinstance(element_of(x), Float32Type):
        return None
    element = element_of(op.x)
    return op if isinstance(element, IntegerType) and element.bitwidth == 8 and isinstance(element_of(op.scale), Float32Type) else None


def why_not(x: inf.DequantizeOp | None, w: inf.DequantizeOp | None, axis: int) -> str | None:
    """Why a product of x and w, whose results lie along `axis` of w, is not one of integers."""
    if x is None or w is None:
        return "an operand is not dequantised from 8 bits"
    if constant_attribute_of(w.x) is None:
        return "its weights are computed"
    if any(d != 1 for d in shape_of(x.scale)):
        return "x has more than one scale"
    single = all(d == 1 for d in shape_of(w.scale))
    if not single and (len(shape_of(w.scale)) != 1 or w.axis % len(shape_of(w.x)) != axis):
        return "the scales of the weights differ along an axis that is summed over"
    return None


@rewrites(inf.MatmulOp)
def product(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """(sa (a - za)) (sb (b - zb)) = sa sb ((a - za) (b - zb))"""
    a, b = bytes_behind(op.a), bytes_behind(op.b)
    if len(shape_of(op.b)) != 2:
        return "the right side is no matrix"
    axis = 0 if op.transpose_b else 1
    reason = why_not(a, b, axis)
    if reason is not None:
        return reason
    assert a is not None and b is not None
    do = Steps(rw)
    left, right = do.centred(a, 0), do.centred(b, axis)
    total = do(inf.MatmulOp, left, right, transpose_a=op.transpose_a, transpose_b=op.transpose_b)
    factor = do(inf.MulOp, do.along(a.scale, 0, 1), do.along(b.scale, 0, 1))
    y = do(inf.MulOp, do(inf.CastOp, total, to=f32), factor)
    rw.replace(op, y if op.bias is None else do(inf.AddOp, y, op.bias))
    return None


@rewrites(inf.ConvOp)
def convolution(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """conv(sx (x - zx), sw (w - zw)) = sx sw conv(x - zx, w - zw)"""
    x, w = bytes_behind(op.x), bytes_behind(op.w)
    reason = why_not(x, w, 0)
    if reason is not None:
        return reason
    if op.groups != 1 or op.rank != 2:
        return "it has groups, or is not 2-D"
    assert x is not None and w is not None
    do, rank = Steps(rw), op.rank + 2
    total = do(type(op), do.centred(x, 1), do.centred(w, 0), **{n: getattr(op, n) for n in op.property_definitions()})
    at = 1 if op.layout == "nchw" else rank - 1
    factor = do(inf.MulOp, do.along(x.scale, 0, 1), do.along(w.scale, at, rank))
    y = do(inf.MulOp, do(inf.CastOp, total, to=f32), factor)
    rw.replace(op, y if op.bias is None else do(inf.AddOp, y, do.along(op.bias, at, rank)))
    return None


@rewrites(inf.ReshapeOp, inf.TransposeOp)
def move_bytes(op: inf.ReshapeOp | inf.TransposeOp, rw: Rewriter) -> str | None:
    """move(s (x - z)) = s (move(x) - z)"""
    x = bytes_behind(op.x)
    if x is None:
        return "it does not move numbers dequantised from 8 bits"
    if any(d != 1 for d in shape_of(x.scale)):
        return "it moves more than one scale"
    moved = op.like(x=x.x)
    rw.insert(moved)
    rw.replace(op, x.like(x=moved.results[0]))
    return None


class ComputeInIntegers(Pass):
    """Sums of products of 8-bit integers are exact in 32 bits; the scales are factors of the whole sum."""

    patterns = (product, convolution, move_bytes)
