"""Integers that stand for numbers, computed with as integers: factors as a multiplier of 31 bits and a shift."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, i32, i64
from xdsl.ir import Attribute, SSAValue

from inferir.core.types import numpy_dtype
from inferir.dialects.framework import QuantizedAttr
from inferir.dialects.inference.quantization import bounds
from inferir.passes.framework.lowering.tools import Lowering


def fixed_point(factor: float) -> tuple[int, int]:
    """A factor as (multiplier, shift): multiplier * 2^(shift - 31). Source: QuantizeMultiplier in tflite/kernels/internal/quantization_util.cc."""
    if factor == 0:
        return 0, 0
    mantissa, shift = math.frexp(factor)
    multiplier = math.floor(mantissa * (1 << 31) + 0.5)
    if multiplier == 1 << 31:
        multiplier, shift = multiplier // 2, shift + 1
    return (0, 0) if shift < -31 else ((1 << 31) - 1, 30) if shift > 30 else (multiplier, shift)


def scaled(lo: Lowering, x: SSAValue, factors: Any, to: Attribute = i32, **properties: Any) -> SSAValue:
    """x times factors, one or one for each place of the last axis."""
    pairs = np.array([fixed_point(float(f)) for f in np.asarray(factors, np.float64).reshape(-1)], np.int32)
    pairs = pairs[0] if len(pairs) == 1 else pairs.T
    rounding = "reduced" if lo.element(x) == i64 else "twice"
    return lo.requantize(x, lo.const(pairs[0]), lo.const(pairs[1]), to=to, rounding=rounding, **properties)


def centred(lo: Lowering, x: SSAValue, scale: QuantizedAttr, to: Attribute = i32, axis: int | None = None) -> SSAValue:
    """x - zero_point, in a wider type."""
    wide, zeros = lo.cast(x, to), scale.zeros
    if not zeros.any():
        return wide
    if len(zeros) == 1:
        return lo.sub(wide, lo.scalar(zeros[0], wide))
    shape = [1] * lo.rank(x)
    shape[scale.along if axis is None else axis] = -1
    return lo.sub(wide, lo.const(zeros.reshape(shape).astype(lo.dtype(wide))))


def activation_bounds(element: IntegerType, scale: QuantizedAttr, activation: str, lo: Lowering) -> tuple[int, int]:
    """What a fused activation lets through, as integers. Source: CalculateActivationRangeQuantized in tflite/kernels/kernel_util.cc."""
    low, high = bounds(numpy_dtype(element))

    def integer(number: float) -> int:
        ratio = np.float32(number) / np.float32(scale.numbers[0])
        return int(scale.zeros[0]) + int(math.copysign(math.floor(abs(ratio) + 0.5), ratio))

    match activation:
        case "NONE":
            return low, high
        case "RELU":
            return max(low, integer(0.0)), high
        case "RELU6":
            return max(low, integer(0.0)), min(high, integer(6.0))
        case "RELU_N1_TO_1":
            return max(low, integer(-1.0)), min(high, integer(1.0))
        case "RELU_0_TO_1":
            return max(low, integer(0.0)), min(high, integer(1.0))
    lo.decline(f"the fused activation {activation} of integers")
