"""Ops that move elements without computing: reshape, transpose, ..."""

from __future__ import annotations

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType
from xdsl.irdl import operand_def, result_def

from inferir.core import define, dims, ints
from inferir.core.dims import DimLike, Shape, differ, parse_dim, product, shape_text
from inferir.dialects.inference.base import InferenceOp


@define
class ReshapeOp(InferenceOp):
    """The same elements, row-major, in another shape. One dimension may be -1: what is left over.

    Source: ONNX Reshape-21 with a constant shape. Example:
        %y = inference.reshape %x shape [-1, 400] : (tensor<?x16x5x5xf32>) -> tensor<?x400xf32>
    """

    name = "inference.reshape"
    x = operand_def()
    shape = dims()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """`shape` with -1 resolved."""
        target: list[DimLike] = [d if isinstance(d, int) else parse_dim(d) for d in self.shape]
        rest = [i for i, d in enumerate(target) if d == -1]
        if len(rest) > 1:
            self.error(f"shape {list(self.shape)} has more than one -1")
        if rest:
            known = product(tuple(d for d in target if d != -1))
            target[rest[0]] = product(x) // known if known != 0 else 0
        if differ(product(tuple(target)), product(x)):
            self.error(f"x is {shape_text(x)}, which is not {shape_text(tuple(target))} elements")
        return tuple(target)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        target = [d if isinstance(d, int) else -1 for d in self.shape]
        if target.count(-1) > 1:
            assert isinstance(self.result.type, TensorType)
            declared = self.result.type.get_shape()
            target = [d if d != DYNAMIC_INDEX else (x.shape[i] if i < x.ndim else -1) for i, d in enumerate(declared)]
        return x.reshape(target)


@define
class TransposeOp(InferenceOp):
    """Axes in another order: axis i of the result is axis permutation[i] of x.

    Source: ONNX Transpose-21. Example:
        %y = inference.transpose %x permutation [0, 2, 3, 1] : (tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32>
    """

    name = "inference.transpose"
    x = operand_def()
    permutation = ints()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """x's dimensions permuted."""
        if sorted(self.permutation) != list(range(len(x))):
            self.error(f"permutation {list(self.permutation)} does not permute {len(x)} axes")
        return tuple(x[i] for i in self.permutation)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x.transpose(self.permutation)
