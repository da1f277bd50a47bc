"""Elementwise arithmetic of two tensors, with numpy's broadcasting."""

from __future__ import annotations

import numpy as np

from inferir.core import define
from inferir.dialects.inference.base import Binary, Unary


@define
class AddOp(Binary):
    """lhs + rhs; integers wrap around. Source: ONNX Add-14."""

    name = "inference.add"
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
    NEUTRAL = 0.0

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return lhs - rhs


@define
class MulOp(Binary):
    """lhs * rhs; integers wrap around. Source: ONNX Mul-14."""

    name = "inference.mul"
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
    NEUTRAL = 1.0

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy; integer division truncates as C's does, and a zero divisor gives zero."""
        if lhs.dtype.kind not in "iu":
            return lhs / rhs
        safe = np.where(rhs == 0, rhs.dtype.type(1), rhs)
        quotient = np.abs(lhs) // np.abs(safe) if lhs.dtype.kind == "i" else lhs // safe
        signed = quotient * (np.sign(lhs) * np.sign(safe)) if lhs.dtype.kind == "i" else quotient
        return np.where(rhs == 0, lhs.dtype.type(0), signed).astype(lhs.dtype)


@define
class SqrtOp(Unary):
    """The square root. Source: ONNX Sqrt-13."""

    name = "inference.sqrt"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.sqrt(x)
