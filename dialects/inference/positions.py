"""Position codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import operand_def, result_def

from inferir.core import define
from inferir.core.dims import Shape, broadcasts_to, shape_text
from inferir.dialects.inference.base import InferenceOp


@define
class RopeOp(InferenceOp):
    """Rotary position codes: feature i and feature i + D / 2 of each row are rotated together.

    y = x * cos + (-x[D / 2:], x[:D / 2]) * sin

    x         [.., D], D even
    cos, sin  of x's element type, broadcast to x

    Source: transformers' apply_rotary_pos_emb; ONNX RotaryEmbedding-23 with each half of D alike. Example:
        %y = inference.rope %x, %c, %s : (tensor<1x8x16x64xf32>, tensor<16x64xf32>, tensor<16x64xf32>) -> tensor<1x8x16x64xf32>
    """

    name = "inference.rope"
    x = operand_def()
    cos = operand_def()
    sin = operand_def()
    result = result_def()

    def infer_shape(self, x: Shape, cos: Shape, sin: Shape) -> Shape:
        """The shape of x."""
        if not x or (isinstance(x[-1], int) and x[-1] % 2):
            self.error(f"x is {shape_text(x)}, its rows must have an even length")
        for name, angles in (("cos", cos), ("sin", sin)):
            if not broadcasts_to(angles, x):
                self.error(f"{name} is {shape_text(angles)}, which does not broadcast to x {shape_text(x)}")
        return x

    def infer_dtype(self, x: Any, cos: Any, sin: Any) -> Any:
        """x's."""
        if x != cos or x != sin:
            self.error(f"operands have element types {x}, {cos} and {sin}; insert a cast")
        return x

    def reference(self, x: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> np.ndarray:
        """numpy."""
        first, second = np.split(x, 2, axis=-1)
        return x * cos + np.concatenate([-second, first], axis=-1) * sin
