"""Normalisations."""

from __future__ import annotations

import math

import numpy as np
from xdsl.irdl import operand_def, opt_operand_def, result_def

from inferir.core import define, enum, integer, number
from inferir.core.dims import Shape, broadcasts_to, differ, shape_text
from inferir.core.lazy import Lazy
from inferir.core.types import ranked
from inferir.dialects.inference.base import Affine, InferenceOp


@define
class BatchNormOp(Affine):
    """Batch normalisation with known statistics, over the channels.

    y = (x - mean) / sqrt(variance + epsilon) * scale + bias

    x  [N, C, *spatial]  (layout nchw; [N, *spatial, C] in nhwc); scale, bias, mean, variance  [C]

    Source: ONNX BatchNormalization-15 with training_mode 0. Example:
        %y = inference.batch_norm %x, %scale, %bias, %mean, %variance epsilon 1e-05 : (...) -> tensor<1x64x56x56xf32>
    """

    name = "inference.batch_norm"
    WEIGHTS = "scale"
    x = operand_def()
    scale = operand_def()
    bias = operand_def()
    mean = operand_def()
    variance = operand_def()
    epsilon = number(1e-5)
    layout = enum("nchw", "nhwc")
    result = result_def()

    def channel_axis(self) -> int:
        """C of [N, C, *spatial] or [N, *spatial, C]."""
        rank = ranked(self.x).get_num_dims()
        return -1 if self.layout == "nhwc" or rank < 2 else 1 - rank

    def scale_weights(self, weights: Lazy, factors: Lazy) -> Lazy:
        """One scale per channel."""
        return weights * factors

    def infer_shape(self, x: Shape, *statistics: Shape) -> Shape:
        """The shape of x."""
        channels = x[1 if self.layout == "nchw" and len(x) > 1 else -1]
        for name, shape in zip(("scale", "bias", "mean", "variance"), statistics, strict=True):
            if len(shape) != 1 or differ(shape[0], channels):
                self.error(f"{name} has shape {list(shape)}, expected [{channels}]")
        return x

    def reference(self, x: np.ndarray, scale: np.ndarray, bias: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
        """numpy."""
        shape = (-1,) + (1,) * (x.ndim - 2) if self.layout == "nchw" and x.ndim > 1 else (-1,)
        factor = (scale / np.sqrt(variance + x.dtype.type(self.epsilon))).reshape(shape)
        return (x - mean.reshape(shape)) * factor + bias.reshape(shape)


class OverAxes(InferenceOp):
    """x normalised over its dimensions from `axis` on; scale (and bias) broadcast to those."""

    x = operand_def()
    scale = operand_def()
    axis = integer(-1)
    epsilon = number(1e-5)
    result = result_def()

    def infer_shape(self, x: Shape, scale: Shape, *others: Shape | None) -> Shape:
        """The shape of x."""
        if not -len(x) <= self.axis < len(x):
            self.error(f"axis {self.axis} is outside of x, which has rank {len(x)}")
        for name, shape in (("scale", scale), *(("bias", o) for o in others if o is not None)):
            if not broadcasts_to(shape, x):
                self.error(f"{name} {shape_text(shape)} does not broadcast to x {shape_text(x)}")
        return x

    def infer_dtype(self, x: object, *others: object) -> object:
        """x's."""
        return x

    def axes(self, rank: int) -> tuple[int, ...]:
        """The axes that are normalised over."""
        return tuple(range(self.axis % rank, rank))


@define
class LayerNormOp(OverAxes):
    """y = (x - mean) / sqrt(variance + epsilon) * scale + bias, statistics over the dimensions from `axis` on.

    x  any shape; scale, bias (optional)  broadcast to x's dimensions from `axis` on. Statistics are in f32 at least.

    Source: ONNX LayerNormalization-17. Example:
        %y = inference.layer_norm %x, %s bias %b : (tensor<1x128x768xf32>, tensor<768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
    """

    name = "inference.layer_norm"
    bias = opt_operand_def()

    def reference(self, x: np.ndarray, scale: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        axes = self.axes(x.ndim)
        wide = x.astype(np.result_type(x.dtype, np.float32)) if x.dtype.kind == "f" else x.astype(np.float32)
        centred = wide - wide.mean(axis=axes, keepdims=True)
        y = centred / np.sqrt((centred * centred).mean(axis=axes, keepdims=True) + wide.dtype.type(self.epsilon))
        y = y.astype(x.dtype) * scale
        return y if bias is None else y + bias


@define
class RmsNormOp(OverAxes):
    """y = x / sqrt(mean(x^2) + epsilon) * scale, the mean over the dimensions from `axis` on.

    x  any shape; scale  broadcasts to x's dimensions from `axis` on. The mean is in f32 at least.

    Source: ONNX RMSNormalization-23. Example:
        %y = inference.rms_norm %x, %s : (tensor<1x128x768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
    """

    name = "inference.rms_norm"

    def reference(self, x: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """numpy."""
        wide = x.astype(np.result_type(x.dtype, np.float32)) if x.dtype.kind == "f" else x.astype(np.float32)
        mean = (wide * wide).mean(axis=self.axes(x.ndim), keepdims=True)
        return (wide / np.sqrt(mean + wide.dtype.type(self.epsilon))).astype(x.dtype) * scale


@define
class GroupNormOp(InferenceOp):
    """Channels in groups, each group of each sample normalised over its channels and positions.

    x  [N, C, *spatial]; scale, bias  [C]; groups divides C, or is 0: one group per channel (instance norm)

    Source: ONNX GroupNormalization-21, InstanceNormalization-22 (groups 0). Example:
        %y = inference.group_norm %x, %s, %b groups 4 : (tensor<2x8x5x5xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8x5x5xf32>
    """

    name = "inference.group_norm"
    x = operand_def()
    scale = operand_def()
    bias = operand_def()
    groups = integer(0)
    epsilon = number(1e-5)
    result = result_def()

    def infer_shape(self, x: Shape, scale: Shape, bias: Shape) -> Shape:
        """The shape of x."""
        if len(x) < 2 or self.groups < 0 or (self.groups and isinstance(x[1], int) and x[1] % self.groups):
            self.error(f"x is {shape_text(x)}, must be [N, C, ...] with C a multiple of {self.groups} groups")
        for name, shape in (("scale", scale), ("bias", bias)):
            if len(shape) != 1 or differ(shape[0], x[1]):
                self.error(f"{name} has shape {list(shape)}, expected [{x[1]}]")
        return x

    def reference(self, x: np.ndarray, scale: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """numpy."""
        groups = self.groups or x.shape[1]
        wide = x.astype(np.result_type(x.dtype, np.float32)) if x.dtype.kind == "f" else x.astype(np.float32)
        parts = wide.reshape(x.shape[0], groups, x.shape[1] // groups * math.prod(x.shape[2:]))
        parts = parts - parts.mean(axis=2, keepdims=True)
        parts = parts / np.sqrt((parts * parts).mean(axis=2, keepdims=True) + wide.dtype.type(self.epsilon))
        shape = (-1,) + (1,) * (x.ndim - 2)
        return parts.reshape(x.shape).astype(x.dtype) * scale.reshape(shape) + bias.reshape(shape)


@define
class LrnOp(InferenceOp):
    """Local response normalisation across channels.

    y[n, c] = x[n, c] / (k + alpha / size * sum of x[n, i]^2)^beta, i from c - floor((size - 1) / 2) to c + ceil((size - 1) / 2)

    x  [N, C, *spatial]  (layout nchw; [N, *spatial, C] in nhwc)

    Source: ONNX LRN-13 (bias is k here). Example:
        %y = inference.lrn %x size 5 alpha 0.0002 beta 0.5 : tensor<1x96x55x55xf32>
    """

    name = "inference.lrn"
    x = operand_def()
    size = integer(1)
    alpha = number(1e-4)
    beta = number(0.75)
    k = number(1.0)
    layout = enum("nchw", "nhwc")
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        if len(x) < 2 or self.size < 1:
            self.error(f"x is {shape_text(x)} and size {self.size}; a channel axis and a size of 1 at least are needed")
        return x

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        axis = 1 if self.layout == "nchw" else x.ndim - 1
        squares = np.moveaxis(x * x, axis, -1)
        pads = [(0, 0)] * (x.ndim - 1) + [((self.size - 1) // 2, self.size // 2)]
        total = sum(np.pad(squares, pads)[..., i : i + x.shape[axis]] for i in range(self.size))
        return x / (self.k + self.alpha / self.size * np.moveaxis(np.asarray(total), -1, axis)) ** self.beta
