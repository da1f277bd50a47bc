"""Ops whose result's size depends on the elements."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i1, i64
from xdsl.irdl import operand_def, result_def

from inferir.core import define, integer
from inferir.core.dims import Shape
from inferir.core.op import unknown_dim
from inferir.dialects.inference.base import InferenceOp, axis_in


@define
class NonZeroOp(InferenceOp):
    """The places of the elements that are not zero, in row-major order, one column each.

    x  any shape; y  [rank, count], i64

    Source: ONNX NonZero-13. Example:
        %y = inference.non_zero %x : (tensor<3x3xf32>) -> tensor<2x?xi64>
    """

    name = "inference.non_zero"
    x = operand_def()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """[rank, unknown]."""
        return (len(x), unknown_dim())

    def infer_dtype(self, x: Any) -> Any:
        """i64."""
        return i64

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.array(np.nonzero(x) if x.ndim else np.nonzero(x.reshape(1))[:0], np.int64).reshape(x.ndim, -1)


@define
class CompressOp(InferenceOp):
    """The slices along an axis for which the condition holds.

    condition  [n] of i1, n at most x's dimension; slices beyond it are left out

    Source: ONNX Compress-11. Example:
        %y = inference.compress %x, %c axis 1 : (tensor<3x4xf32>, tensor<4xi1>) -> tensor<3x?xf32>
    """

    name = "inference.compress"
    x = operand_def()
    condition = operand_def()
    axis = integer(0)
    result = result_def()

    def infer_shape(self, x: Shape, condition: Shape) -> Shape:
        """x's dimensions with an unknown one at the axis."""
        axis = axis_in(self, self.axis, len(x))
        return (*x[:axis], unknown_dim(), *x[axis + 1 :])

    def infer_dtype(self, x: Any, condition: Any) -> Any:
        """x's."""
        if condition != i1:
            self.error(f"the condition is {condition}, must be i1")
        return x

    def reference(self, x: np.ndarray, condition: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.compress(condition, x, axis=self.axis)
