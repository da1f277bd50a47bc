"""Activations."""

from __future__ import annotations

import numpy as np

from inferir.core import define
from inferir.dialects.inference.base import Unary


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
