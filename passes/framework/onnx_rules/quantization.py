"""Quantised operators: on integers where ONNX computes on integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, Signedness, f32, i32
from xdsl.ir import SSAValue

from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr
from inferir.passes.framework.onnx_rules.windows import window

UI8 = IntegerType(8, Signedness.UNSIGNED)


@lowering("onnx", "QuantizeLinear")
def quantize(op: Any, lo: Lowering) -> Any:
    """quantize"""
    x, scale, zero = lo.operands(3)
    named = attr(op, "output_dtype", 0)
    to = lo.element(zero) if zero is not None else ONNX_ELEMENTS[named][1] if named else UI8
    small = str(to).startswith("f8")
    precision = attr(op, "precision", 0)
    return lo.quantize(
        x,
        scale,
        None if small else zero,
        to=to,
        axis=attr(op, "axis", 1),
        block=attr(op, "block_size", 0),
        saturate=small and bool(attr(op, "saturate", 1)),
        precision=ONNX_ELEMENTS[precision][1] if precision else None,
    )


@lowering("onnx", "DequantizeLinear")
def dequantize(op: Any, lo: Lowering) -> Any:
    """dequantize"""
    x, scale, zero = lo.operands(3)
    named = attr(op, "output_dtype", 0)
    zero = None if zero is not None and str(lo.element(x)).startswith("f") else zero
    to = ONNX_ELEMENTS[named][1] if named else None
    return lo.dequantize(x, scale, zero, axis=attr(op, "axis", 1), block=attr(op, "block_size", 0), to=to)


@lowering("onnx", "DynamicQuantizeLinear")
def dynamic_quantize(op: Any, lo: Lowering) -> Any:
    """Scale and zero point from the range of x, which always includes 0"""
    (x,) = lo.operands(1)
    scale, point = dynamic_scale(lo, x)
    return [lo.quantize(x, scale, point, to=UI8), scale, point]


def dynamic_scale(lo: Lowering, x: SSAValue) -> tuple[SSAValue, SSAValue]:
    """Scale and zero point, ui8, for the range of x. Source: ONNX DynamicQuantizeLinear-11."""
    axes = tuple(range(lo.rank(x)))
    zero = lo.scalar(0, x)
    low = lo.minimum(lo.reduce(x, "min", axes, keepdims=False), zero)
    high = lo.maximum(lo.reduce(x, "max", axes, keepdims=False), zero)
    scale = lo.div(lo.sub(high, low), lo.scalar(255, x))
    point = lo.clamp(lo.round(lo.div(lo.neg(low), scale)), low=0.0, high=255.0)
    return scale, lo.cast(point, UI8)


def centred(lo: Lowering, x: SSAValue, zero: SSAValue | None, axes: tuple[int, ...] = ()) -> SSAValue:
    """x - zero_point in 32 bits; a vector of zero points gets dimensions of 1 at `axes`."""
    wide = lo.cast(x, i32)
    if zero is None:
        return wide
    zero = lo.cast(zero, i32)
    if lo.rank(zero) == 1 and lo.shape(zero) == (1,):
        zero = lo.reshape(zero)
    elif lo.rank(zero) == 1 and axes:
        zero = lo.unsqueeze(zero, axes)
    return lo.sub(wide, zero)


@lowering("onnx", "MatMulInteger")
def matmul_integer(op: Any, lo: Lowering) -> Any:
    """A product of 32-bit integers; zero points of a are per row"""
    a, b, za, zb = lo.operands(4)
    return lo.matmul(centred(lo, a, za, (1,)), centred(lo, b, zb))


@lowering("onnx", "ConvInteger")
def conv_integer(op: Any, lo: Lowering) -> Any:
    """A convolution of 32-bit integers"""
    x, w, zx, zw = lo.operands(4)
    kernel = tuple(attr(op, "kernel_shape") or lo.shape(w)[2:])
    filters = centred(lo, w, zw, tuple(range(1, lo.rank(w))))
    x, properties = window(op, lo, centred(lo, x, zx), kernel)
    return lo.conv(x, filters, groups=op.get("group"), **properties)


def requantized(lo: Lowering, total: SSAValue, factor: SSAValue, y_scale: SSAValue, y_zero: SSAValue) -> SSAValue:
    """round(total * factor / y_scale) + y_zero"""
    y = lo.mul(lo.cast(total, f32), lo.div(lo.cast(factor, f32), lo.cast(y_scale, f32)))
    return lo.quantize(y, lo.const(np.float32(1)), y_zero, to=lo.element(y_zero))


@lowering("onnx", "QLinearMatMul")
def quantized_matmul(op: Any, lo: Lowering) -> Any:
    """A product of integers, scaled once"""
    a, sa, za, b, sb, zb, sy, zy = lo.operands(8)
    total = lo.matmul(centred(lo, a, za, (1,)), centred(lo, b, zb))
    sa = lo.unsqueeze(sa, [1]) if lo.rank(sa) == 1 and lo.shape(sa) != (1,) else sa
    return requantized(lo, total, lo.mul(sa, sb), sy, zy)


@lowering("onnx", "QLinearConv")
def quantized_conv(op: Any, lo: Lowering) -> Any:
    """A convolution of integers, scaled once; scales of w may be per output channel"""
    x, sx, zx, w, sw, zw, sy, zy, bias = lo.operands(9)
    kernel = tuple(attr(op, "kernel_shape") or lo.shape(w)[2:])
    behind = tuple(range(1, lo.rank(w)))
    x, properties = window(op, lo, centred(lo, x, zx), kernel)
    total = lo.conv(x, centred(lo, w, zw, behind), bias, groups=op.get("group"), **properties)
    sw = lo.unsqueeze(sw, behind[:-1]) if lo.rank(sw) == 1 and lo.shape(sw) != (1,) else lo.reshape(sw)
    return requantized(lo, total, lo.mul(lo.reshape(sx), sw), lo.reshape(sy), lo.reshape(zy))
