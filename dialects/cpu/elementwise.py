"""Elementwise chains and data movement."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.dims import broadcast
from inferir.core.op import define
from inferir.core.properties import ints
from inferir.core.relations import Relation, at_most, broadcast_relations
from inferir.dialects.cpu.base import Level3Op, Runs, any_sizes, any_strides


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

    def size_relations(self, x: Any, extras: Any, outs: Any) -> Iterator[Relation]:
        """Of the dimensions that lie over each other all that are not 1 are equal."""
        yield from broadcast_relations(x, *extras)

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
    size_relations = any_sizes

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        if sorted(self.permutation or ()) != list(range(len(x))):
            self.error(f"permutation {list(self.permutation or ())} does not order the axes of rank {len(x)}")
        return tuple(x[axis] for axis in self.permutation)

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        return self.finish(x.transpose(self.permutation), extras)


@define
class DepthToSpaceOp(Level3Op):
    """Channels become positions, as a transposed convolution has its phases: y[n, p, q, c] = x[n, i, j, r, s, c] with
    i, r = divmod(p + top, BH) and j, s = divmod(q + left, BW).

    x      [N, H, W, BH BW C]
    block  BH and BW
    crops  lines above, columns left, lines below, columns right that are left out; each below its block

    Source: ONNX DepthToSpace-13 (mode DCR) in NHWC. Example:
        %y = cpu.depth_to_space %x block [2, 2] crops [1, 1, 1, 1] {} : (tensor<1x?x?x32xf32>) -> tensor<1x?x?x8xf32>
    """

    name = "cpu.depth_to_space"
    x = operand_def(TensorType.constr() | MemRefType.constr())
    block = ints()
    crops = ints((0, 0, 0, 0))

    def merges(self, role: str, rank: int) -> Runs:
        """x and y are each one run of elements."""
        return ((0, rank - 1),) if role in ("x", "outs") else ()

    def size_relations(self, x: Any, *others: Any) -> Iterator[Relation]:
        """The crops leave something of x."""
        if len(x) == 4 and len(self.block or ()) == 2 and len(self.crops) == 4:
            (bh, bw), (top, left, bottom, right) = self.block, self.crops
            sizes = (x[1] * bh - top - bottom, x[2] * bw - left - right)
            yield from (at_most(1, size, "its pads cut off the whole result") for size in sizes if not isinstance(size, int))

    def infer_shape(self, x: Any, extras: Any, outs: Any) -> Any:
        if len(x) != 4 or len(self.block or ()) != 2 or len(self.crops) != 4:
            self.error("x is [N, H, W, C], block has two numbers and crops four")
        (bh, bw), (top, left, bottom, right) = self.block, self.crops
        if min(bh, bw) < 1 or not (0 <= top < bh and 0 <= bottom < bh and 0 <= left < bw and 0 <= right < bw):
            self.error(f"crops {list(self.crops)} are not below block {list(self.block)}")
        if not isinstance(x[3], int) or x[3] % (bh * bw):
            self.error(f"{x[3]} channels do not fall into blocks {list(self.block)}")
        return (x[0], x[1] * bh - top - bottom, x[2] * bw - left - right, x[3] // (bh * bw))

    def reference(self, x: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        (bh, bw), (top, left, bottom, right) = self.block, self.crops
        n, h, w, c = x.shape
        whole = x.reshape(n, h, w, bh, bw, c // (bh * bw)).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * bh, w * bw, -1)
        return self.finish(whole[:, top : h * bh - bottom, left : w * bw - right], extras)
