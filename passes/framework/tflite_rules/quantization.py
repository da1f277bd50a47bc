"""Numbers to integers that stand for them, and back. Source: tflite/kernels/internal/reference/{quantize,dequantize}.h."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import Float16Type, IntegerType
from xdsl.ir import SSAValue

from inferir.core.types import numpy_dtype
from inferir.dialects.framework import QuantizedAttr
from inferir.dialects.inference.quantization import bounds
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.rounding import round_half_away
from inferir.passes.framework.tflite_rules import integers
from inferir.passes.framework.tflite_rules.operands import of_result, quantization


def dequantized(lo: Lowering, x: SSAValue, scale: QuantizedAttr) -> SSAValue:
    """scale * (x - zero_point), rounded once."""
    scales, zeros = scale.numbers, scale.zeros.astype(lo.dtype(x))
    if len(scales) == 1:
        scales, zeros = scales.reshape(()), zeros.reshape(())
    return lo.dequantize(x, lo.const(scales), lo.const(zeros) if zeros.any() else None, axis=scale.along)


def quantized(lo: Lowering, x: SSAValue, scale: QuantizedAttr, to: Any) -> SSAValue:
    """round(x / scale) + zero_point, halves away from zero, cut to what the type holds."""
    step, zero = scale.numbers[0], scale.zeros[0]
    if len(scale.numbers) > 1:
        lo.decline("its result has a scale for each place along an axis")
    low, high = bounds(numpy_dtype(to))
    whole = round_half_away(lo, lo.div(x, lo.scalar(step, x)))
    return lo.cast(lo.clamp(lo.add(whole, lo.scalar(zero, x)), low=float(low), high=float(high)), to)


@lowering("tfl", "DEQUANTIZE")
def dequantize(op: Any, lo: Lowering) -> Any:
    """dequantize; half precision is cast"""
    (x,) = lo.operands(1)
    scale = quantization(op, 0)
    if isinstance(lo.element(x), Float16Type):
        return lo.cast(x, lo.element(op.results[0]))
    return dequantized(lo, x, scale) if scale is not None else lo.decline("its operand says not what its integers stand for")


@lowering("tfl", "QUANTIZE")
def quantize(op: Any, lo: Lowering) -> Any:
    """round(x / scale) + zero_point"""
    (x,) = lo.operands(1)
    scale = of_result(op)
    if scale is None:
        lo.decline("its result says not what its integers stand for")
    if isinstance(lo.element(x), IntegerType):
        return integers.rescaled(op, lo)
    return quantized(lo, x, scale, lo.element(op.results[0]))
