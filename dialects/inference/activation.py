"""Activations: elementwise functions of one tensor that nets put between layers."""

from __future__ import annotations

import numpy as np
from xdsl.irdl import operand_def, result_def

from inferir.core import define, enum, integer, number
from inferir.core.dims import Shape, broadcasts_to, shape_text
from inferir.dialects.inference.base import Elementwise, InferenceOp, Unary
from inferir.dialects.inference.elementary import erf_of


@define
class ReluOp(Unary):
    """y = max(x, 0), NaN stays NaN.

    Source: ONNX Relu-14. Example:
        %y = inference.relu %x : tensor<4xf32>
    """

    name = "inference.relu"
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.maximum(x, x.dtype.type(0))


@define
class ClampOp(Unary):
    """y = min(max(x, low), high); a bound that is absent does not bind. NaN stays NaN. Where low > high, y = high.

    Bounds that are not known at compile time are `inference.maximum` and `inference.minimum`.

    Source: ONNX Clip-13 with constant bounds. Example:
        %y = inference.clamp %x low 0.0 high 6.0 : tensor<4xf32>
    """

    name = "inference.clamp"
    low = number()
    high = number()
    IDEMPOTENT = True

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        y = x if self.low is None else np.maximum(x, bound(x.dtype, self.low))
        return y if self.high is None else np.minimum(y, bound(x.dtype, self.high))


def bound(dtype: np.dtype, value: float) -> np.generic:
    """A bound in a dtype: for integers the nearest number that the dtype has."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return dtype.type(min(max(value, info.min), info.max))
    return dtype.type(value)


@define
class LeakyReluOp(Unary):
    """y = x where x >= 0, alpha * x elsewhere. Source: ONNX LeakyRelu-16."""

    name = "inference.leaky_relu"
    alpha = number(0.01)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.where(x >= 0, x, x * x.dtype.type(self.alpha))


@define
class PreluOp(Elementwise):
    """y = x where x >= 0, slope * x elsewhere.

    x      any shape
    slope  broadcasts to x's shape (of one channel axis: [C, 1, 1] for nchw)

    Source: ONNX PRelu-16. Example:
        %y = inference.prelu %x, %slope : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
    """

    name = "inference.prelu"
    x = operand_def()
    slope = operand_def()
    result = result_def()

    def infer_shape(self, x: Shape, slope: Shape) -> Shape:
        """The shape of x."""
        if not broadcasts_to(slope, x):
            self.error(f"slope {shape_text(slope)} does not broadcast to x {shape_text(x)}")
        return x

    def reference(self, x: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.where(x >= 0, x, x * slope)


@define
class EluOp(Unary):
    """y = scale * x where x > 0, scale * alpha * (exp(x) - 1) elsewhere. Selu is elu with alpha 1.6733 and scale 1.0507.

    Source: ONNX Elu-22, Selu-22. Example:
        %y = inference.elu %x alpha 2.0 : tensor<4xf32>
    """

    name = "inference.elu"
    alpha = number(1.0)
    scale = number(1.0)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        kind = x.dtype.type
        return kind(self.scale) * np.where(x > 0, x, kind(self.alpha) * np.expm1(np.minimum(x, kind(0))))


@define
class GeluOp(Unary):
    """y = x * Phi(x), Phi the normal distribution: exact by erf, or the tanh approximation.

    none  y = x / 2 * (1 + erf(x / sqrt(2)))
    tanh  y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))

    Source: ONNX Gelu-20. Example:
        %y = inference.gelu %x approximate tanh : tensor<4xf32>
    """

    name = "inference.gelu"
    approximate = enum("none", "tanh")

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        if self.approximate == "tanh":
            return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi).astype(x.dtype) * (x + 0.044715 * x * x * x)))
        return 0.5 * x * (1 + erf_of(x / np.sqrt(2).astype(x.dtype)))


@define
class SiluOp(Unary):
    """y = x * sigmoid(beta * x). Source: ONNX Swish-24 (alpha is beta here)."""

    name = "inference.silu"
    beta = number(1.0)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x * sigmoid_of(x if self.beta == 1 else x * x.dtype.type(self.beta))


@define
class HardSigmoidOp(Unary):
    """y = min(max(alpha * x + beta, 0), 1). Source: ONNX HardSigmoid-22."""

    name = "inference.hard_sigmoid"
    alpha = number(0.2)
    beta = number(0.5)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        kind = x.dtype.type
        return np.minimum(np.maximum(x * kind(self.alpha) + kind(self.beta), kind(0)), kind(1))


@define
class HardSwishOp(Unary):
    """y = x * min(max(x / 6 + 1/2, 0), 1). Source: ONNX HardSwish-22."""

    name = "inference.hard_swish"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        kind = x.dtype.type
        return x * np.minimum(np.maximum(x * kind(1 / 6) + kind(0.5), kind(0)), kind(1))


@define
class SigmoidOp(Unary):
    """y = 1 / (1 + exp(-x)). Source: ONNX Sigmoid-13."""

    name = "inference.sigmoid"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return sigmoid_of(x)


def sigmoid_of(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e)).astype(x.dtype)


@define
class TanhOp(Unary):
    """The hyperbolic tangent. Source: ONNX Tanh-13."""

    name = "inference.tanh"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.tanh(x)


@define
class SoftplusOp(Unary):
    """y = log(1 + exp(x)). Source: ONNX Softplus-22."""

    name = "inference.softplus"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy, without overflow."""
        return np.logaddexp(x, x.dtype.type(0)) if x.dtype.kind == "f" else softplus_of(x)


def softplus_of(x: np.ndarray) -> np.ndarray:
    """log(1 + exp(x)), in dtypes that numpy has no logaddexp for too."""
    return np.maximum(x, x.dtype.type(0)) + np.log1p(np.exp(-np.abs(x)))


@define
class MishOp(Unary):
    """y = x * tanh(log(1 + exp(x))). Source: ONNX Mish-22."""

    name = "inference.mish"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x * np.tanh(softplus_of(x))


class AlongAxis(InferenceOp):
    """One tensor in, one of the same shape out; elements along one axis depend on each other."""

    x = operand_def()
    axis = integer(-1)
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        if not -max(len(x), 1) <= self.axis < max(len(x), 1):
            self.error(f"axis {self.axis} is outside of x, which has rank {len(x)}")
        return x


@define
class SoftmaxOp(AlongAxis):
    """y = exp(x - max(x)) / sum(exp(x - max(x))), maximum and sum along one axis.

    Source: ONNX Softmax-13. Example:
        %y = inference.softmax %x axis 1 : tensor<1x1000xf32>
    """

    name = "inference.softmax"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return softmax_of(x, self.axis)


def softmax_of(x: np.ndarray, axis: int) -> np.ndarray:
    """Softmax along an axis."""
    if x.size == 0:
        return np.ones_like(x)
    if x.ndim == 0:
        return np.asarray(np.exp(x - x))
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@define
class LogSoftmaxOp(AlongAxis):
    """y = x - max(x) - log(sum(exp(x - max(x)))), maximum and sum along one axis.

    Source: ONNX LogSoftmax-13. Example:
        %y = inference.log_softmax %x axis 1 : tensor<1x1000xf32>
    """

    name = "inference.log_softmax"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        if x.size == 0:
            return np.zeros_like(x)
        if x.ndim == 0:
            return np.asarray(x - x)
        shifted = x - x.max(axis=self.axis, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=self.axis, keepdims=True))
