"""Integers that stand for numbers at one scale, at another scale, by integer arithmetic alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType
from xdsl.irdl import operand_def, result_def

from inferir.core import attribute, define, enum, integer
from inferir.core.dims import Shape, broadcast, broadcasts_to, shape_text
from inferir.core.types import numpy_dtype
from inferir.dialects.inference.base import Elementwise
from inferir.dialects.inference.quantization import bounds


@define
class RequantizeOp(Elementwise):
    """y = min(max(zero_point + round(x * multiplier * 2^(shift - 31)), low), high), in integers.

    x           i32; i64 in the rounding `reduced`
    multiplier  i32, 0 or 2^30 at least; shift  i32, from -31 to 30; both broadcast to x
    rounding    twice    2^shift first where it is positive, the high half of the product to the nearest, then the rest of the shift, halves away
                         from zero both times (gemmlowp)
                reduced  the multiplier to 16 bits, then one shift, halves up: for accumulators of 48 bits
    low, high   bounds of the result, those of `to` where they are absent

    Source: MultiplyByQuantizedMultiplier in tflite/kernels/internal/common.cc. Example:
        %y = inference.requantize %x, %m, %s zero_point -3 to i8 : (tensor<2x4xi32>, tensor<4xi32>, tensor<4xi32>) -> tensor<2x4xi8>
    """

    name = "inference.requantize"
    x = operand_def()
    multiplier = operand_def()
    shift = operand_def()
    rounding = enum("twice", "reduced")
    zero_point = integer(0)
    low = integer()
    high = integer()
    to = attribute()
    result = result_def()

    def infer_shape(self, x: Shape, multiplier: Shape, shift: Shape) -> Shape:
        """The shape of x."""
        for what, shape in (("multiplier", multiplier), ("shift", shift)):
            if not broadcasts_to(shape, x):
                self.error(f"{what} is {shape_text(shape)}, which does not broadcast to {shape_text(x)}")
        return broadcast(broadcast(x, multiplier), shift)

    def infer_dtype(self, x: Any, multiplier: Any, shift: Any) -> Any:
        """`to`."""
        wide = 32 if self.rounding == "twice" else 64
        if x != IntegerType(wide) or multiplier != IntegerType(32) or shift != IntegerType(32):
            self.error(f"x, multiplier and shift are {x}, {multiplier} and {shift}, must be i{wide}, i32 and i32")
        if not isinstance(self.to, IntegerType):
            self.error("needs `to`, a type of integers")
        return self.to

    def limits(self) -> tuple[int, int]:
        """The bounds of the result."""
        low, high = bounds(numpy_dtype(self.to))
        return low if self.low is None else self.low, high if self.high is None else self.high

    def reference(self, x: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """numpy."""
        low, high = self.limits()
        scaled = twice if self.rounding == "twice" else reduced
        total = scaled(x, multiplier.astype(np.int64), shift.astype(np.int64)) + self.zero_point
        return np.clip(total, low, high).astype(numpy_dtype(self.to))


def twice(x: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """gemmlowp's SaturatingRoundingDoublingHighMul, then RoundingDivideByPOT, i64."""
    wide = (x.astype(np.int64) << np.maximum(shift, 0)).astype(np.int32).astype(np.int64)
    product = wide * multiplier
    nudged = product + np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    half = np.where(nudged >= 0, nudged >> 31, -(-nudged >> 31))
    by = np.maximum(-shift, 0)
    mask = (np.int64(1) << by) - 1
    return (half >> by) + ((half & mask) > (mask >> 1) + (half < 0))


def reduced(x: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """One product with the multiplier's upper 16 bits, i64."""
    short = np.where(multiplier < 0x7FFF0000, (multiplier + (1 << 15)) >> 16, 0x7FFF)
    by = 15 - shift
    return (x * short + (np.int64(1) << (by - 1))) >> by
