"""Norms of rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.op import define
from inferir.core.properties import flag, number
from inferir.dialects.cpu.base import Level3Op, any_sizes, any_strides


@define
class NormOp(Level3Op):
    """y = epilogue((x - m) / sqrt(mean of (x - m)^2 + epsilon)) along the last axis; m is the mean, or 0 where not `centred`.

    x  [..., C], C at least 1; scale and bias are operands of the epilogue

    Source: ONNX LayerNormalization-17 (centred), RMSNormalization-23. Example:
        %y = cpu.norm %x, %scale centred epsilon 1e-12 {
        ^bb0(%v: f32, %s: f32):
          %0 = arith.mulf %v, %s : f32
          cpu.yield %0 : f32
        } : (tensor<1x128x768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
    """

    name = "cpu.norm"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    centred = flag()
    epsilon = number(1e-5)
    size_relations = any_sizes

    def read_in_place(self) -> Sequence[SSAValue]:
        """A row is read before it is written."""
        return [*self.extras, self.x]

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        if not x:
            self.error("x has no axis to normalise along")
        return x

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        centre = x.mean(-1, keepdims=True) if self.centred else x.dtype.type(0)
        apart = x - centre
        return self.finish(apart / np.sqrt((apart * apart).mean(-1, keepdims=True) + x.dtype.type(self.epsilon)), extras)
