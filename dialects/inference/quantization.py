"""Quantised numbers: integers (or small floats) that stand for x = (q - zero_point) * scale."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType
from xdsl.irdl import operand_def, opt_operand_def, result_def

from inferir.core import attribute, define, flag, integer
from inferir.core.dims import Shape, broadcasts_to, differ, product, same, shape_text
from inferir.core.types import numpy_dtype
from inferir.dialects.inference.base import InferenceOp, axis_in
from inferir.dialects.inference.shape_values import cast_array


def alike(zero_point: Shape, scale: Shape) -> bool:
    """Whether there may be a zero point for each scale; one of each may be a scalar or a list."""
    if len(zero_point) == len(scale):
        return same(zero_point, scale)
    return not differ(product(scale), 1) and not differ(product(zero_point), 1)


class Scaled(InferenceOp):
    """One scale (and zero point) for all, for each place along an axis, or for blocks along it.

    scale       a scalar or one element; [n] along `axis`; or x's shape divided by `block` along the axis
    zero_point  of scale's shape; 0 where absent
    """

    x = operand_def()
    scale = operand_def()
    zero_point = opt_operand_def()
    axis = integer(1)
    block = integer(0)
    to = attribute()
    result = result_def()

    def infer_shape(self, x: Shape, scale: Shape, zero_point: Shape | None) -> Shape:
        """The shape of x."""
        if zero_point is not None and not alike(zero_point, scale):
            self.error(f"zero_point is {shape_text(zero_point)}, must be {shape_text(scale)} as the scale is")
        if self.block < 0:
            self.error(f"block is {self.block}, must be 1 at least; 0 for no blocks")
        if self.block:
            axis = axis_in(self, self.axis, len(x))
            expected = tuple((d + self.block - 1) // self.block if i == axis else d for i, d in enumerate(x))
            if not same(scale, expected):
                self.error(f"scale is {shape_text(scale)}, blocks of {self.block} along axis {axis} of x need {shape_text(expected)}")
        elif len(scale) > 1:
            if not broadcasts_to(scale, x):
                self.error(f"scale is {shape_text(scale)}: needs `block` to say how many elements share one")
        elif product(scale) != 1:
            places = x[axis_in(self, self.axis, len(x))]
            if differ(product(scale), places):
                self.error(f"scale has {product(scale)} elements, x has {places} places along axis {self.axis}")
        return x

    def broadcast(self, v: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Scales or zero points in a shape that broadcasts to x's."""
        if v.size == 1:
            return v.reshape(())
        axis = self.axis % len(shape)
        if v.ndim == 1 and not self.block:
            return v.reshape([-1 if i == axis else 1 for i in range(len(shape))])
        return np.repeat(v, self.block, axis).take(range(shape[axis]), axis) if self.block else v


@define
class QuantizeOp(Scaled):
    """q = round(x / scale) + zero_point, halves to even, cut to what the type holds.

    to        the element type
    saturate  of float8 types: what is too large becomes the largest number

    Source: ONNX QuantizeLinear-25. Example:
        %q = inference.quantize %x, %s zero_point %z to ui8 : (tensor<2x3xf32>, tensor<f32>, tensor<ui8>) -> tensor<2x3xui8>
    """

    name = "inference.quantize"
    saturate = flag()
    precision = attribute()

    def infer_dtype(self, x: Any, *others: Any) -> Any:
        """`to`."""
        if not isinstance(self.to, IntegerType) and getattr(self.to, "bitwidth", 32) > 8:
            self.error("needs `to`, the element type: an integer or a float of 8 bits at most")
        if len(others) > 1 and others[1] != self.to:
            self.error(f"zero_point is {others[1]}, must be {self.to} as the result is")
        return self.to

    def reference(self, x: np.ndarray, scale: np.ndarray, zero_point: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        dtype = numpy_dtype(self.to)
        divisor = self.broadcast(scale, x.shape)
        if self.precision is not None:
            kind = numpy_dtype(self.precision)
            x, divisor = x.astype(kind), divisor.astype(kind)
        ratio = x / divisor
        name = dtype.name
        if not ("int" in name):
            return cast_array(ratio, dtype, saturate=self.saturate)
        low, high = bounds(dtype)
        wide = np.rint(ratio.astype(np.float32)).astype(np.float64)
        wide = np.where(np.isnan(wide), 0, np.clip(wide, -(2**31), 2**31 - 1))
        if zero_point is not None:
            wide = wide + self.broadcast(zero_point, x.shape).astype(np.float64)
        return cast_array(np.clip(wide, low, high).astype(np.int32), dtype)


def bounds(dtype: np.dtype) -> tuple[int, int]:
    """The least and largest number of an integer type."""
    bits = {"int4": (-8, 7), "uint4": (0, 15), "int2": (-2, 1), "uint2": (0, 3)}.get(dtype.name)
    return bits if bits is not None else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))


@define
class DequantizeOp(Scaled):
    """x = (q - zero_point) * scale.

    to  the element type, that of scale where absent

    Source: ONNX DequantizeLinear-25. Example:
        %y = inference.dequantize %x, %s axis 0 : (tensor<2x3xi8>, tensor<2xf32>) -> tensor<2x3xf32>
    """

    name = "inference.dequantize"

    def infer_dtype(self, x: Any, scale: Any, *others: Any) -> Any:
        """`to`, or scale's."""
        if others and others[0] != x:
            self.error(f"zero_point is {others[0]}, must be {x} as x is")
        if isinstance(scale, IntegerType):
            self.error(f"scale is {scale}, must be floats")
        return scale if self.to is None else self.to

    def reference(self, x: np.ndarray, scale: np.ndarray, zero_point: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        wide = x.astype(np.float32)
        if zero_point is not None:
            wide = wide - self.broadcast(zero_point, x.shape).astype(np.float32)
        return (wide * self.broadcast(scale, x.shape)).astype(scale.dtype if self.to is None else numpy_dtype(self.to))
