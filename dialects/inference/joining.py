"""Tensors put together and taken apart: concat, split."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import operand_def, result_def, var_operand_def, var_result_def

from inferir.core import define, integer, ints
from inferir.core.dims import Shape, differ, shape_text, total
from inferir.dialects.inference.base import InferenceOp, axis_in


@define
class ConcatOp(InferenceOp):
    """Tensors one after the other along an axis; all other dimensions are equal.

    Source: ONNX Concat-13. Example:
        %y = inference.concat %a, %b axis 1 : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
    """

    name = "inference.concat"
    SYMBOLIC = True
    args = var_operand_def()
    axis = integer(0)
    result = result_def()

    def infer_shape(self, args: list[Shape]) -> Shape:
        """The sum along the axis."""
        if not args:
            self.error("needs an operand")
        rank = len(args[0])
        axis = axis_in(self, self.axis, rank)
        out = list(args[0])
        for number, shape in enumerate(args[1:], 1):
            if len(shape) != rank:
                self.error(f"operand {number} has rank {len(shape)}, operand 0 has {rank}")
            for i, dim in enumerate(shape):
                if i != axis and differ(dim, out[i]):
                    self.error(f"operand {number} is {shape_text(shape)}, operand 0 {shape_text(args[0])}: they differ off axis {axis}")
                if i != axis and isinstance(dim, int):
                    out[i] = dim
        out[axis] = total(shape[axis] for shape in args)
        return tuple(out)

    def infer_dtype(self, *elements: Any) -> Any:
        """The common element type."""
        if any(e != elements[0] for e in elements):
            self.error(f"operands have element types {', '.join(map(str, elements))}; insert a cast")
        return elements[0]

    def reference(self, args: list[np.ndarray]) -> np.ndarray:
        """numpy."""
        return np.concatenate(args, self.axis)


@define
class SplitOp(InferenceOp):
    """x in parts along an axis.

    sizes  how much each part takes; their sum is x's dimension

    Source: ONNX Split-18 with constant sizes. Example:
        %a, %b = inference.split %x axis 1 sizes [2, 3] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>)
    """

    name = "inference.split"
    SYMBOLIC = True
    x = operand_def()
    axis = integer(0)
    sizes = ints(())
    parts = var_result_def()

    def infer_shape(self, x: Shape) -> Any:
        """One shape per size."""
        axis = axis_in(self, self.axis, len(x))
        if not self.sizes:
            self.error("needs sizes, what each part takes")
        if any(s < 0 for s in self.sizes) or differ(sum(self.sizes), x[axis]):
            self.error(f"sizes {list(self.sizes)} do not add up to x's {x[axis]}")
        return [(*x[:axis], size, *x[axis + 1 :]) for size in self.sizes]

    def result_count(self) -> int:
        """One per size."""
        return len(self.sizes)

    def reference(self, x: np.ndarray) -> list[np.ndarray]:
        """numpy."""
        return np.split(x, np.cumsum(self.sizes)[:-1].tolist(), self.axis)
