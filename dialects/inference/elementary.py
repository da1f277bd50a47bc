"""Elementary functions of one tensor: exp, log, rounding, trigonometry."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from xdsl.dialects.builtin import i1

from inferir.core import define, enum, flag
from inferir.dialects.inference.base import Unary


@define
class NegOp(Unary):
    """-x. Source: ONNX Neg-13."""

    name = "inference.neg"
    INVOLUTION = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return -x


@define
class AbsOp(Unary):
    """|x|. Source: ONNX Abs-13."""

    name = "inference.abs"
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.abs(x)


@define
class ExpOp(Unary):
    """e to the power of x. Source: ONNX Exp-13."""

    name = "inference.exp"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.exp(x)


@define
class LogOp(Unary):
    """The natural logarithm. Source: ONNX Log-13."""

    name = "inference.log"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.log(x)


@define
class SqrtOp(Unary):
    """The square root. Source: ONNX Sqrt-13."""

    name = "inference.sqrt"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.sqrt(x)


@define
class RsqrtOp(Unary):
    """1 / sqrt(x). Source: TFLite RSQRT, ATen rsqrt."""

    name = "inference.rsqrt"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return 1 / np.sqrt(x)


@define
class ReciprocalOp(Unary):
    """1 / x. Source: ONNX Reciprocal-13."""

    name = "inference.reciprocal"
    INVOLUTION = False

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return 1 / x


@define
class SignOp(Unary):
    """-1, 0 or 1. Source: ONNX Sign-13."""

    name = "inference.sign"
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.sign(x)


@define
class FloorOp(Unary):
    """The largest integer not above x. Source: ONNX Floor-13."""

    name = "inference.floor"
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.floor(x)


@define
class CeilOp(Unary):
    """The smallest integer not below x. Source: ONNX Ceil-13."""

    name = "inference.ceil"
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.ceil(x)


@define
class RoundOp(Unary):
    """The nearest integer, halves to the even one. Source: ONNX Round-22."""

    name = "inference.round"
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.rint(x)


@define
class ErfOp(Unary):
    """The error function. Source: ONNX Erf-13."""

    name = "inference.erf"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """The C library's, element by element."""
        return erf_of(x)


_erf = np.frompyfunc(math.erf, 1, 1)


def erf_of(x: np.ndarray) -> np.ndarray:
    """The error function of every element, exact to the last bits of a double."""
    return np.asarray(_erf(x.astype(np.float64)), np.float64).astype(x.dtype)


@define
class SinOp(Unary):
    """The sine of an angle in radians. Source: ONNX Sin-22."""

    name = "inference.sin"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.sin(x)


@define
class CosOp(Unary):
    """The cosine of an angle in radians. Source: ONNX Cos-22."""

    name = "inference.cos"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.cos(x)


@define
class UnaryMathOp(Unary):
    """A function of the C library that nets rarely use, by name.

    Source: ONNX Tan-22, Asin-22, Acos-22, Atan-22, Sinh-22, Cosh-22, Asinh-22, Acosh-22, Atanh-22; ATen expm1, log1p. Example:
        %y = inference.unary_math %x fn asin : tensor<4xf32>
    """

    name = "inference.unary_math"
    fn = enum("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "expm1", "log1p")

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy's function of that name."""
        return getattr(np, {"a": "arc"}.get(self.fn[0], self.fn[0]) + self.fn[1:])(x)


class Classify(Unary):
    """One tensor in, a tensor of booleans of its shape out."""

    def infer_dtype(self, x: Any) -> Any:
        """i1."""
        return i1


@define
class IsNanOp(Classify):
    """Whether x is NaN. Source: ONNX IsNaN-20."""

    name = "inference.is_nan"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.isnan(x)


@define
class IsInfOp(Classify):
    """Whether x is infinite; `negative_only` and `positive_only` leave the other sign out.

    Source: ONNX IsInf-20. Example:
        %y = inference.is_inf %x positive_only : (tensor<4xf32>) -> tensor<4xi1>
    """

    name = "inference.is_inf"
    negative_only = flag()
    positive_only = flag()

    def check(self) -> None:
        """At most one sign is left out."""
        if self.negative_only and self.positive_only:
            self.error("negative_only and positive_only leave nothing")

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        found = np.isinf(x)
        if self.negative_only:
            found &= x < 0
        if self.positive_only:
            found &= x > 0
        return found
