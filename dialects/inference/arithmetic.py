"""Elementwise arithmetic of two tensors, with numpy's broadcasting."""

from __future__ import annotations

import numpy as np
from xdsl.irdl import operand_def, result_def

from inferir.core import define, flag
from inferir.core.casts import float_to_integer
from inferir.core.dims import Shape, broadcast, maximum, minimum
from inferir.dialects.inference.base import Binary, Elementwise

larger_dims = np.frompyfunc(maximum, 2, 1)
smaller_dims = np.frompyfunc(minimum, 2, 1)


@define
class AddOp(Binary):
    """lhs + rhs; integers wrap around. Source: ONNX Add-14."""

    name = "inference.add"
    SYMBOLIC = True
    COMMUTATIVE = True
    ASSOCIATIVE = True
    NEUTRAL = 0.0

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return lhs + rhs


@define
class SubOp(Binary):
    """lhs - rhs; integers wrap around. Source: ONNX Sub-14."""

    name = "inference.sub"
    SYMBOLIC = True
    NEUTRAL = 0.0

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return lhs - rhs


@define
class MulOp(Binary):
    """lhs * rhs; integers wrap around. Source: ONNX Mul-14."""

    name = "inference.mul"
    SYMBOLIC = True
    COMMUTATIVE = True
    ASSOCIATIVE = True
    NEUTRAL = 1.0

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return lhs * rhs


@define
class DivOp(Binary):
    """lhs / rhs; integers truncate towards zero. Source: ONNX Div-14."""

    name = "inference.div"
    SYMBOLIC = True
    NEUTRAL = 1.0

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy; integer division truncates as C's does, and a zero divisor gives zero."""
        if lhs.dtype.kind == "O":
            return lhs // rhs
        if lhs.dtype.kind not in "iu":
            return lhs / rhs
        safe = np.where(rhs == 0, rhs.dtype.type(1), rhs)
        with np.errstate(over="ignore"):
            down = lhs // safe
        towards_zero = down + ((lhs % safe != 0) & ((lhs < 0) != (safe < 0)))
        return np.where(rhs == 0, 0, towards_zero).astype(lhs.dtype)


@define
class ModOp(Binary):
    """The remainder of lhs / rhs: with the sign of rhs, or of lhs under `truncated` (as C's fmod). Zero for an integer zero divisor.

    Source: ONNX Mod-13 (fmod is `truncated`). Example:
        %y = inference.mod %a, %b truncated : tensor<4xf32>
    """

    name = "inference.mod"
    SYMBOLIC = True
    truncated = flag()

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        if lhs.dtype.kind == "O":
            return lhs - lhs // rhs * rhs
        return np.fmod(lhs, rhs) if self.truncated else np.mod(lhs, rhs)


@define
class PowOp(Elementwise):
    """lhs to the power of rhs; the result has the type of lhs, whatever number rhs is.

    Source: ONNX Pow-15. Example:
        %y = inference.pow %a, %b : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
    """

    name = "inference.pow"
    lhs = operand_def()
    rhs = operand_def()
    result = result_def()

    def infer_shape(self, lhs: Shape, rhs: Shape) -> Shape:
        """The broadcast shape."""
        return broadcast(lhs, rhs)

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy, in the wider of the two types; of integers exact, modulo 2 to the width."""
        if lhs.dtype.kind in "iu":
            if rhs.dtype.kind in "iu":
                return integer_power(lhs, rhs)
            return float_to_integer(np.power(lhs.astype(np.float64), rhs.astype(np.float64)), lhs.dtype)
        return np.power(lhs, rhs).astype(lhs.dtype)


def integer_power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Integers to whole powers, wrapping around; a negative power is what is left of 1 / base: itself for 1 and -1, else 0."""
    value, power, left = np.ones_like(base), base, np.maximum(exponent, 0)
    while left.any():
        value = np.where(left & 1, value * power, value)
        power, left = power * power, left >> 1
    unit = (base == 1) | (base + base.dtype.type(1) == 0) & (base.dtype.kind == "i")
    inverse = np.where(unit, np.where(exponent & 1, base, 1), 0)
    return np.where(exponent < 0, inverse, value).astype(base.dtype)


@define
class MaximumOp(Binary):
    """The larger of lhs and rhs; NaN where one is NaN. Source: ONNX Max-13."""

    name = "inference.maximum"
    SYMBOLIC = True
    COMMUTATIVE = True
    ASSOCIATIVE = True

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.asarray(larger_dims(lhs, rhs)) if lhs.dtype.kind == "O" else np.maximum(lhs, rhs)


@define
class MinimumOp(Binary):
    """The smaller of lhs and rhs; NaN where one is NaN. Source: ONNX Min-13."""

    name = "inference.minimum"
    SYMBOLIC = True
    COMMUTATIVE = True
    ASSOCIATIVE = True

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.asarray(smaller_dims(lhs, rhs)) if lhs.dtype.kind == "O" else np.minimum(lhs, rhs)


@define
class Atan2Op(Binary):
    """The angle of the point (rhs, lhs), in radians. Source: ATen atan2, TFLite ATAN2."""

    name = "inference.atan2"

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.arctan2(lhs, rhs)
