"""Multiply quantised numbers as the integers they are, and scale the sum once.

  %a = inference.dequantize %x, %sx zero_point %zx : (tensor<4x64xui8>, ...) -> tensor<4x64xf32>
  %b = inference.dequantize %w, %sw : (tensor<64x10xi8>, ...) -> tensor<64x10xf32>
  %y = inference.matmul %a, %b : ...
  %q = inference.quantize %y, %sy zero_point %zy to ui8 : ...
becomes
  %i = inference.matmul (cast %x - %zx), (cast %w) : (tensor<4x64xi32>, tensor<64x10xi32>) -> tensor<4x10xi32>
  %y = inference.mul (cast %i), (%sx * %sw / %sy) : ...
  %q = inference.quantize %y, 1.0 zero_point %zy to ui8 : ...

That is the arithmetic of ONNX's QLinearConv and QLinearMatMul: the sum is exact, what follows rounds the scale (twice), the product and the
result. The floats of a model that is written with dequantized numbers would round once more for each number and each sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import Float32Type, IntegerType, f32, i32
from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.op import Op
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import element_of, shape_of
from inferir.dialects import inference as inf
from inferir.dialects.inference.pooling import tap_views


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


def known(x: SSAValue, rw: Rewriter) -> np.ndarray | None:
    """The numbers of a constant, or of what moves, casts, dequantises and scales constants."""
    op, found = x.owner, rw.array(x)
    kinds = (inf.CastOp, inf.SubOp, inf.ReshapeOp, inf.TransposeOp, inf.DequantizeOp, inf.MulOp, inf.DivOp)
    if found is not None or not isinstance(op, kinds):
        return found
    operands: list[Any] = [known(v, rw) for v in op.operands]
    return None if any(o is None for o in operands) else op.evaluate(operands)[0]


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


class Scale:
    """The factor of a sum of products: the scale of x times those of the weights, known where both are."""

    def __init__(self, x: inf.DequantizeOp, w: inf.DequantizeOp, do: Steps):
        self.x, self.w, self.do = x.scale, w.scale, do
        a, b = do.rw.array(x.scale), do.rw.array(w.scale)
        self.known = None if a is None or b is None else np.asarray(a.reshape(()) * b)
        """[1] or one for each output."""

    def along(self, axis: int, rank: int) -> SSAValue:
        """The factors along an axis of the result."""
        if self.known is not None:
            return self.do.along(self.do.rw.const(self.known.reshape(-1)), axis, rank)
        return self.do(inf.MulOp, self.do.along(self.x, 0, 1), self.do.along(self.w, axis, rank))

    def in_steps(self, bias: SSAValue | None, depth: int) -> SSAValue | None:
        """The bias as a whole number of steps of the sum, if that is what it was quantised to and the sum still fits 32 bits."""
        op = None if bias is None else bias.owner
        if not isinstance(op, inf.DequantizeOp) or element_of(op.x) != i32 or self.known is None:
            return None
        if op.zero_point is not None and np.any(self.do.rw.array(op.zero_point) != 0):
            return None
        steps, scale = self.do.rw.array(op.x), self.do.rw.array(op.scale)
        if steps is None or scale is None or np.any(scale.reshape(-1) != self.known.reshape(-1)):
            return None
        return op.x if np.abs(steps.astype(np.int64)).max(initial=0) + depth * 2**16 < 2**31 else None


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
    left, right, scale = do.centred(a, 0), do.centred(b, axis), Scale(a, b, do)
    steps = scale.in_steps(op.bias, shape_of(op.b)[1 - axis])
    total = do(inf.MatmulOp, left, right, steps, transpose_a=op.transpose_a, transpose_b=op.transpose_b)
    y = do(inf.MulOp, do(inf.CastOp, total, to=f32), scale.along(0, 1))
    rw.replace(op, y if op.bias is None or steps is not None else do(inf.AddOp, y, op.bias))
    return None


@rewrites(inf.ConvOp)
def convolution(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """conv(sx (x - zx), sw (w - zw)) = sx sw conv(x - zx, w - zw)"""
    x, w = bytes_behind(op.x), bytes_behind(op.w)
    reason = why_not(x, w, 0)
    if reason is not None:
        return reason
    assert x is not None and w is not None
    do, rank = Steps(rw), op.rank + 2
    centred, filters, scale = do.centred(x, 1), do.centred(w, 0), Scale(x, w, do)
    steps = scale.in_steps(op.bias, int(np.prod(shape_of(op.w)[1:])))
    total = do(type(op), centred, filters, steps, **{n: getattr(op, n) for n in op.property_definitions()})
    at = 1 if op.layout == "nchw" else rank - 1
    y = do(inf.MulOp, do(inf.CastOp, total, to=f32), scale.along(at, rank))
    rw.replace(op, y if op.bias is None or steps is not None else do(inf.AddOp, y, do.along(op.bias, at, rank)))
    return None


@rewrites(inf.ReduceOp)
def mean(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """mean(s (x - z)) = s / n sum(x - z)"""
    x = bytes_behind(op.x)
    if op.kind != "mean":
        return "it is no mean"
    if x is None or any(d != 1 for d in shape_of(x.scale)):
        return "its input is not dequantised from 8 bits with one scale"
    rank = len(shape_of(op.x))
    counts = [shape_of(op.x)[a % rank] for a in op.axes or range(rank)]
    if any(c < 0 for c in counts) or np.prod(counts) > 2**22:
        return "how many elements it adds up is not known, or too large for 32 bits"
    do = Steps(rw)
    total = do(type(op), do.centred(x, 1), kind="sum", axes=op.axes, keepdims=op.keepdims)
    share = do(inf.DivOp, do.along(x.scale, 0, 1), rw.const(np.float32(np.prod(counts))))
    rw.replace(op, do(inf.MulOp, do(inf.CastOp, total, to=f32), share))
    return None


@rewrites(inf.AvgPoolOp)
def average(op: inf.AvgPoolOp, rw: Rewriter) -> str | None:
    """avg_pool(s (x - z)) = s / n conv(x - z, 1), every channel for itself; n counts what each window sees"""
    x = bytes_behind(op.x)
    if x is None or any(d != 1 for d in shape_of(x.scale)):
        return "its input is not dequantised from 8 bits with one scale"
    if op.ceil_mode:
        return "a window may reach beyond the padding"
    strides, dilations, begins, ends = op.window()
    last = op.layout == "nhwc"
    sizes, channels = shape_of(op.x)[1:-1] if last else shape_of(op.x)[2:], shape_of(op.x)[-1 if last else 1]
    varies = any((*begins, *ends)) and not op.count_include_pad
    if channels < 0 or (varies and -1 in sizes):
        return "the extent of its windows is dynamic"
    do = Steps(rw)
    ones = np.ones((channels, *op.kernel, 1) if last else (channels, 1, *op.kernel), np.int32)
    window: dict[str, Any] = {"strides": strides, "dilations": dilations, "pads": (*begins, *ends), "layout": op.layout}
    total = do(inf.ConvOp, do.centred(x, 1), rw.const(ones), groups=channels, **window)
    count: Any = np.float32(np.prod(op.kernel))
    if varies:
        whole = np.ones((1, 1, *sizes), np.float32)
        count = sum(tap_views(whole, op.kernel, strides, dilations, begins, op.positions(sizes), 0))
        count = np.moveaxis(count, 1, -1) if last else count
    share = do(inf.DivOp, do.along(x.scale, 0, 1), rw.const(count))
    rw.replace(op, do(inf.MulOp, do(inf.CastOp, total, to=f32), share))
    return None


@rewrites(inf.QuantizeOp)
def one_factor(op: inf.QuantizeOp, rw: Rewriter) -> str | None:
    """round(clamp(f t + b, l, h) / s) = round(clamp(f / s t + b / s, l / s, h / s)) of a sum t of integers"""
    scale = rw.array(op.scale)
    if scale is None or scale.size != 1 or scale.dtype != np.float32 or not scale.reshape(-1)[0] > 0 or scale.reshape(-1)[0] == 1:
        return "its scale is not one known number, or 1"
    s, clamps, x, bias = scale.reshape(()), [], op.x, None
    while isinstance(x.owner, inf.ReluOp | inf.ClampOp) and x.has_one_use():
        clamps.append(x.owner)
        x = x.owner.x
    if isinstance(x.owner, inf.AddOp) and x.has_one_use():
        x, bias = x.owner.lhs, known(x.owner.rhs, rw)
        if bias is None:
            return "what is added to the sum is not known"
    scaled = x.owner
    if not isinstance(scaled, inf.MulOp) or not isinstance(scaled.lhs.owner, inf.CastOp) or element_of(scaled.lhs.owner.x) != i32:
        return "it does not quantise a sum of integers"
    factor = known(scaled.rhs, rw)
    if factor is None:
        return "the factor of the sum is not known"
    if not x.has_one_use():
        return "the sum has another reader"
    do = Steps(rw)
    y = do(inf.MulOp, scaled.lhs, rw.const(factor / s))
    if bias is not None:
        y = do(inf.AddOp, y, rw.const(bias / s))
    for clamp in reversed(clamps):
        if isinstance(clamp, inf.ClampOp):
            y = do(
                inf.ClampOp,
                y,
                **{n: None if v is None else float(np.float32(v) / s) for n, v in (("low", clamp.low), ("high", clamp.high))},
            )
        else:
            y = do(inf.ReluOp, y)
    rw.replace(op, op.like(x=y, scale=rw.const(np.ones(scale.shape, np.float32))))
    return None


class ComputeInIntegers(Pass):
    """Sums of products of 8-bit integers are exact in 32 bits; the scales are factors of the whole sum."""

    patterns = (product, convolution, mean, average, one_factor)
