"""Elementwise chains and data movement."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.dims import broadcast
from inferir.core.op import define
from inferir.core.properties import ints
from inferir.dialects.cpu.base import Level3Op, any_strides


@define
class MapOp(Level3Op):
    """A fused chain of elementwise ops: y = epilogue(x, extras...), all broadcast against each other as numpy does.

    x, extras  float tensors; y has the shape they broadcast to

    Example (a batch norm that could not be folded, then relu):
        %y = cpu.map %x, %scale, %shift {
        ^bb0(%a: f32, %s: f32, %t: f32):
          ...
          cpu.yield %2 : f32
        } : (tensor<1x56x56x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<1x56x56x64xf32>
    """

    name = "cpu.map"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        return broadcast(x, *extras)

    def read_in_place(self) -> Sequence[SSAValue]:
        return [*self.extras, self.x]

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        shape = np.broadcast_shapes(x.shape, *(e.shape for e in extras))
        return self.finish(np.broadcast_to(x, shape), extras)


@define
class TransposeOp(Level3Op):
    """y[i] = x with its axes reordered: axis d of y is axis permutation[d] of x.

    x            any shape and element type
    permutation  of the axes

    Source: ONNX Transpose-23. Example:
        %y = cpu.transpose %x permutation [0, 2, 3, 1] {} : (tensor<1x3x224x224xf32>) -> tensor<1x224x224x3xf32>
    """

    name = "cpu.transpose"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    permutation = ints()

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        if sorted(self.permutation or ()) != list(range(len(x))):
            self.error(f"permutation {list(self.permutation or ())} does not order the axes of rank {len(x)}")
        return tuple(x[axis] for axis in self.permutation)

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        return self.finish(x.transpose(self.permutation), extras)
