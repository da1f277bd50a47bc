"""Quantised operators, in the integers that TFLite's reference kernels compute in: equal to the byte.

Sources: tflite/kernels/internal/reference/integer_ops/*.h, and the Prepare functions of tflite/kernels/*.cc for the factors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, i16, i32, i64
from xdsl.ir import SSAValue

from inferir.core.types import numpy_dtype
from inferir.dialects.framework import QuantizedAttr
from inferir.dialects.inference.quantization import bounds
from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.lowering.fixed_point import activation_bounds, centred, scaled
from inferir.passes.framework.tflite_rules.operands import of_result, quantization


def need(op: Any, lo: Lowering, index: int) -> QuantizedAttr:
    """The scale of an operand, or of a result behind the operands."""
    return quantization(op, index) or lo.decline("an operand says not what its integers stand for")


def need_result(op: Any, lo: Lowering) -> QuantizedAttr:
    """The scale of the result."""
    return of_result(op) or lo.decline("its result says not what its integers stand for")


def limits(op: Any, lo: Lowering) -> dict[str, int]:
    """The bounds that the fused activation sets."""
    activation = op.get("fused_activation_function") if "fused_activation_function" in op.schema.attributes else "NONE"
    low, high = activation_bounds(lo.element(op.results[0]), need_result(op, lo), activation, lo)  # pyright: ignore[reportArgumentType]
    return {"low": low, "high": high}


def product(op: Any, lo: Lowering, operands: tuple[int, int], axis: int, build: Callable[[Any, Any, Any], SSAValue]) -> SSAValue:
    """A sum of products of x and weights, as integers, at the result's scale. `axis` of the weights counts the results."""
    sx, sw, sy = need(op, lo, operands[0]), need(op, lo, operands[1]), need_result(op, lo)
    x, w = (op.operands[i] for i in operands)
    if not isinstance(lo.element(w), IntegerType) or not isinstance(lo.element(x), IntegerType):
        lo.decline("only one of its operands is quantised")
    bias = lo.operands(4)[max(operands) + 1] if max(operands) < 3 else None
    wide = i64 if lo.element(x) == i16 else i32
    bias = None if bias is None else lo.cast(bias, wide)
    total = build(centred(lo, x, sx, wide), centred(lo, w, sw, wide, axis), bias)
    signed = lo.dtype(x).kind == "i"
    factors = sx.numbers[0].astype(np.float64) * sw.numbers.astype(np.float64)
    if len(sw.numbers) == 1 and not (signed and op.schema.name in PER_CHANNEL):
        factors = (sx.numbers[0] * sw.numbers).astype(np.float64)
    factors = factors / np.float64(sy.numbers[0])
    return scaled(lo, total, factors, lo.element(op.results[0]), zero_point=int(sy.zeros[0]), **limits(op, lo))


PER_CHANNEL = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV")
"""Operators whose factors are products of doubles; those of others are products of floats."""


def sum_of_two(op: Any, lo: Lowering, subtract: bool = False) -> SSAValue:
    """Both operands at twice the larger scale, with bits to spare, then the result's scale."""
    a, b = op.operands
    sa, sb, sy = need(op, lo, 0), need(op, lo, 1), need_result(op, lo)
    spare = 15 if lo.dtype(a) == np.int16 else 20
    twice = 2 * np.float64(max(sa.numbers[0], sb.numbers[0]))
    bits = lo.const(np.int32(1 << spare))
    left = scaled(lo, lo.mul(centred(lo, a, sa), bits), np.float64(sa.numbers[0]) / twice)
    right = scaled(lo, lo.mul(centred(lo, b, sb), bits), np.float64(sb.numbers[0]) / twice)
    total = lo.sub(left, right) if subtract else lo.add(left, right)
    factor = twice / ((1 << spare) * np.float64(sy.numbers[0]))
    return scaled(lo, total, factor, lo.element(op.results[0]), zero_point=int(sy.zeros[0]), **limits(op, lo))


def product_of_two(op: Any, lo: Lowering) -> SSAValue:
    """The product of the integers, at the result's scale."""
    sa, sb, sy = need(op, lo, 0), need(op, lo, 1), need_result(op, lo)
    total = lo.mul(*(centred(lo, v, s) for v, s in zip(op.operands, (sa, sb), strict=True)))
    factor = sa.numbers[0] * sb.numbers[0] / sy.numbers[0]
    return scaled(lo, total, factor, lo.element(op.results[0]), zero_point=int(sy.zeros[0]), **limits(op, lo))


def rescaled(op: Any, lo: Lowering, activation: str = "NONE") -> SSAValue:
    """The same number at the result's scale, cut by an activation."""
    (x,), sx, sy = op.operands, need(op, lo, 0), need_result(op, lo)
    low, high = activation_bounds(lo.element(op.results[0]), sy, activation, lo)  # pyright: ignore[reportArgumentType]
    factor = np.float64(sx.numbers[0]) / np.float64(sy.numbers[0])
    return scaled(lo, centred(lo, x, sx), factor, lo.element(op.results[0]), zero_point=int(sy.zeros[0]), low=low, high=high)


def leaky_relu(op: Any, lo: Lowering) -> SSAValue:
    """Two factors, by the sign of the number."""
    (x,), sx, sy = op.operands, need(op, lo, 0), need_result(op, lo)
    wide, to = centred(lo, x, sx), lo.element(op.results[0])
    ratio = np.float64(sx.numbers[0]) / np.float64(sy.numbers[0])
    slope = np.float64(np.float32(op.get("alpha"))) * np.float64(sx.numbers[0]) / np.float64(sy.numbers[0])
    above, below = (scaled(lo, wide, f, to, zero_point=int(sy.zeros[0])) for f in (ratio, slope))
    return lo.select(lo.compare(wide, lo.scalar(0, wide), pred="ge"), above, below)


def table(lo: Lowering, x: SSAValue, values: np.ndarray) -> SSAValue:
    """values[x - least] of integers of 8 bits."""
    least = bounds(lo.dtype(x))[0]
    index = lo.cast(x, i32)
    return lo.gather(lo.const(values), lo.sub(index, lo.scalar(least, index)) if least else index, axis=0)


def by_table(op: Any, lo: Lowering, function: Callable[[np.ndarray], np.ndarray]) -> SSAValue:
    """A function of floats of every integer of 8 bits: computed now, looked up then. Source: LUTPopulate in common.h."""
    (x,), sx, sy = op.operands, need(op, lo, 0), need_result(op, lo)
    dtype = lo.dtype(x)
    if dtype.itemsize != 1:
        lo.decline(f"a table of {dtype.name}")
    low, high = bounds(dtype)
    numbers = sx.numbers[0] * (np.arange(low, high + 1) - sx.zeros[0]).astype(np.float32)
    with np.errstate(all="ignore"):
        ratio = np.nan_to_num(function(numbers) * (np.float32(1) / sy.numbers[0]), nan=0.0, posinf=1e9, neginf=-1e9)
    whole = np.copysign(np.floor(np.abs(ratio) + np.float32(0.5)), ratio)
    return table(lo, x, np.clip(whole + sy.zeros[0], low, high).astype(dtype))


def softmax(op: Any, lo: Lowering) -> SSAValue:
    """exp by a table of the distance to the maximum; the sum and the quotient in floats"""
    (x,), sx, sy = op.operands, need(op, lo, 0), need_result(op, lo)
    to = lo.element(op.results[0])
    if lo.dtype(x).itemsize != 1 or not isinstance(to, IntegerType):
        lo.decline("softmax of wider integers")
    wide = lo.cast(x, i32)
    distance = lo.sub(lo.reduce(wide, "max", (-1,)), wide)
    step = np.float32(-sx.numbers[0] * np.float32(op.get("beta")))
    exponentials = np.exp((step * np.arange(256, dtype=np.float32)).astype(np.float64)).astype(np.float32)
    e = lo.gather(lo.const(exponentials), distance, axis=0)
    share = lo.div(lo.const(np.float32(1)), lo.mul(lo.reduce(e, "sum", (-1,)), lo.const(sy.numbers[0].astype(np.float32))))
    rounded = lo.cast(lo.floor(lo.add(lo.mul(e, share), lo.const(np.float32(0.5)))), i32)
    low, high = bounds(numpy_dtype(to))
    return lo.cast(lo.clamp(lo.add(rounded, lo.const(np.int32(sy.zeros[0]))), low=float(low), high=float(high)), to)


def average(op: Any, lo: Lowering, x: SSAValue, properties: dict[str, Any]) -> SSAValue:
    """The sum under each window over its count, to the nearest, halves away from zero: the sum is a convolution with ones"""
    channels, kernel = lo.shape(x)[-1], properties.pop("kernel")
    if min(lo.shape(x)[1:]) < 0:
        lo.decline("the size of the image is dynamic")
    ones = np.ones((channels, *kernel, 1), np.int32)
    total = lo.conv(lo.cast(x, i32), lo.const(ones), groups=channels, **properties)
    count = lo.const(np.int32(np.prod(kernel)))
    if any(properties.get("pads", ())):
        inside = lo.const(np.ones((1, *lo.shape(x)[1:-1], 1), np.int32))
        count = lo.conv(inside, lo.const(ones[:1]), **properties)
    half = lo.div(count, lo.const(np.int32(2)))
    up = lo.compare(total, lo.const(np.int32(0)), pred="gt")
    mean = lo.div(lo.select(up, lo.add(total, half), lo.sub(total, half)), count)
    bound = limits(op, lo)
    return lo.cast(lo.clamp(mean, low=float(bound["low"]), high=float(bound["high"])), lo.element(op.results[0]))
