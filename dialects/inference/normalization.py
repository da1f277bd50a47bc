"""Normalisations."""

from __future__ import annotations

import numpy as np
from xdsl.irdl import operand_def, result_def

from inferir.core import define, enum, number
from inferir.core.dims import Shape, differ
from inferir.dialects.inference.base import InferenceOp


@define
class BatchNormOp(InferenceOp):
    """Batch normalisation with known statistics, over the channels.

    y = (x - mean) / sqrt(variance + epsilon) * scale + bias

    x  [N, C, *spatial]  (layout nchw; [N, *spatial, C] in nhwc); scale, bias, mean, variance  [C]

    Source: ONNX BatchNormalization-15 with training_mode 0. Example:
        %y = inference.batch_norm %x, %scale, %bias, %mean, %variance epsilon 1e-05 : (...) -> tensor<1x64x56x56xf32>
    """

    name = "inference.batch_norm"
    x = operand_def()
    scale = operand_def()
    bias = operand_def()
    mean = operand_def()
    variance = operand_def()
    epsilon = number(1e-5)
    layout = enum("nchw", "nhwc")
    result = result_def()

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
