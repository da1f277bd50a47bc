"""Tables of keys and values."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import Float32Type, Float64Type, IntegerType
from xdsl.irdl import operand_def, result_def

from inferir.core import define
from inferir.core.dims import Shape, differ, shape_text
from inferir.dialects.inference.base import InferenceOp


@define
class LookupOp(InferenceOp):
    """The value of the key that each element of x is: y = values[k] where keys[k] = x, `other` where there is none.

    x       any shape, of integers, f32 or f64
    keys    [K], x's element type, ascending, no two alike; the last may be NaN, which every NaN is
    values  [K]
    other   one element of the values' type
    result  x's shape

    Source: ONNX LabelEncoder-4 (ai.onnx.ml). Example:
        %y = inference.lookup %x, %keys, %values, %other : (tensor<4xi64>, tensor<3xi64>, tensor<3xf32>, tensor<f32>) -> tensor<4xf32>
    """

    name = "inference.lookup"
    x = operand_def()
    keys = operand_def()
    values = operand_def()
    other = operand_def()
    result = result_def()

    def infer_shape(self, x: Shape, keys: Shape, values: Shape, other: Shape) -> Shape:
        """The shape of x."""
        if len(keys) != 1 or len(values) != 1 or differ(keys[0], values[0]):
            self.error(f"keys are {shape_text(keys)}, values {shape_text(values)}; there is a value for each key")
        self.check_scalar("other", other)
        return x

    def infer_dtype(self, x: Any, keys: Any, values: Any, other: Any) -> Any:
        """The values'."""
        if x != keys or not isinstance(x, IntegerType | Float32Type | Float64Type):
            self.error(f"x is {x}, keys are {keys}; both must be integers, f32 or f64 of one type")
        if values != other:
            self.error(f"values are {values}, `other` is {other}; insert a cast")
        return values

    def check_keys(self, keys: np.ndarray) -> None:
        """Raise ValueError unless the keys ascend."""
        if not (keys[:-1] < keys[1:])[: len(keys) - 1 - bool(len(keys) and np.isnan(keys[-1]))].all():
            raise ValueError("the keys are not ascending numbers, each once")

    def reference(self, x: np.ndarray, keys: np.ndarray, values: np.ndarray, other: np.ndarray) -> np.ndarray:
        """numpy."""
        self.check_keys(keys)
        if not len(keys):
            return np.full(x.shape, other, values.dtype)
        at = np.minimum(np.searchsorted(keys, x), len(keys) - 1)
        found = (keys[at] == x) | (np.isnan(keys[at]) & np.isnan(x))
        return np.where(found, values[at], other.reshape(())).astype(values.dtype)
