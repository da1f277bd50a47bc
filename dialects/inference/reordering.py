"""The same elements in another shape or another order: reshape, transpose, flip, blocks of pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from xdsl.irdl import operand_def, opt_operand_def, result_def

from inferir.core import define, dims, enum, flag, integer, ints
from inferir.core.dims import DimLike, Shape, differ, parse_dim, product, shape_text
from inferir.core.op import unknown_dim
from inferir.dialects.inference.base import InferenceOp, axes_in


@define
class ReshapeOp(InferenceOp):
    """The same elements, row-major, in another shape.

    shape  the target: numbers, one -1 for what is left over, and expressions over x's own dimensions d0, d1, ... as text
    to     the target as an i64 tensor, where it is only known at run time; then `shape` is absent. -1 is what is left over, 0 is no elements,
           with `keep_zeros` x's own dimension at that place

    Source: ONNX Reshape-21. Example:
        %y = inference.reshape %x shape ["d0", "d1", 12, 64] : (tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32>
        %z = inference.reshape %x to %s : (tensor<?x?x768xf32>, tensor<2xi64>) -> tensor<?x?xf32>
    """

    name = "inference.reshape"
    SHAPE_OPERANDS = ("to",)
    SYMBOLIC = True
    x = operand_def()
    to = opt_operand_def()
    shape = dims()
    keep_zeros = flag()
    result = result_def()

    def infer_shape(self, x: Shape, to: Shape | None, known: dict[str, Any]) -> Shape:
        """The target with -1 resolved."""
        if (to is None) == (self.shape is None):
            self.error("needs either `shape` or `to`")
        if to is not None:
            self.check_list("to", to)
            if not isinstance(to[0], int):
                self.error(f"`to` is {shape_text(to)}, must be one dimension of known length")
            target: list[DimLike] = self.kept(known["to"], x) if known["to"] else [unknown_dim() for _ in range(to[0])]
        else:
            target = self.target(x)
        rest = [i for i, d in enumerate(target) if d == -1]
        if len(rest) > 1:
            self.error(f"shape {[str(d) for d in target]} has more than one -1")
        if rest:
            others = product(tuple(d for d in target if d != -1))
            target[rest[0]] = product(x) // others if others != 0 else beside_zeros(target, x)
        if differ(product(tuple(target)), product(x)):
            self.error(f"x is {shape_text(x)}, which is not {shape_text(tuple(target))} elements")
        return tuple(target)

    def target(self, x: Shape) -> list[DimLike]:
        """`shape` with x's dimensions put in."""
        own = {f"d{i}": d for i, d in enumerate(x)}
        return [d if isinstance(d, int) else parse_dim(d, own) for d in self.shape]

    def kept(self, to: Iterable[Any], x: Shape) -> list[Any]:
        """The elements of `to`, with x's own dimensions for zeros where they stand for those."""
        return [x[i] if self.keep_zeros and isinstance(d, int) and d == 0 and i < len(x) else d for i, d in enumerate(to)]

    def reference(self, x: np.ndarray, to: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        target = self.kept(map(int, to), x.shape) if to is not None else [d if isinstance(d, int) else -1 for d in self.target(x.shape)]
        return x.reshape([beside_zeros(target, x.shape) if d == -1 and 0 in target else d for d in target])


def beside_zeros(target: Sequence[DimLike], x: Shape) -> int:
    """What -1 stands for in a target with zeros: what it would be for as many samples, [2, 0, 64] to [2, 0, -1, 8] is [2, 0, 8, 8]."""
    own, other = ([d for d in dims if d not in (0, -1)] for dims in (x, target))
    if len(x) - len(own) != list(target).count(0) or not all(isinstance(d, int) for d in (*own, *other)):
        return 0
    return math.prod(d for d in own if isinstance(d, int)) // math.prod(d for d in other if isinstance(d, int))


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
        if sorted(self.permutation or ()) != list(range(len(x))):
            self.error(f"permutation {list(self.permutation or ())} does not permute {len(x)} axes")
        return tuple(x[i] for i in self.permutation or ())

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x.transpose(self.permutation or ())


@define
class FlipOp(InferenceOp):
    """The elements along some axes in reverse order. Source: ATen flip, TFLite REVERSE_V2. Example:
    %y = inference.flip %x axes [1] : tensor<2x3xf32>
    """

    name = "inference.flip"
    x = operand_def()
    axes = ints(())
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        axes_in(self, self.axes, len(x))
        return x

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.flip(x, self.axes)


@define
class DepthToSpaceOp(InferenceOp):
    """Blocks of channels become blocks of pixels.

    x     [N, C * block * block, H, W] -> [N, C, H * block, W * block]
    mode  dcr: the channel is the last part of the channel index; crd: the first

    Source: ONNX DepthToSpace-13. Example:
        %y = inference.depth_to_space %x block 2 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
    """

    name = "inference.depth_to_space"
    x = operand_def()
    block = integer(1)
    mode = enum("dcr", "crd")
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """[N, C, H * block, W * block]."""
        square = self.block * self.block
        if len(x) != 4 or self.block < 1 or (isinstance(x[1], int) and x[1] % square):
            self.error(f"x is {shape_text(x)}, must be [N, C * {square}, H, W]")
        return (x[0], x[1] // square, x[2] * self.block, x[3] * self.block)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        n, c, h, w = x.shape
        b = self.block
        if self.mode == "dcr":
            y = x.reshape(n, b, b, c // (b * b), h, w).transpose(0, 3, 4, 1, 5, 2)
        else:
            y = x.reshape(n, c // (b * b), b, b, h, w).transpose(0, 1, 4, 2, 5, 3)
        return y.reshape(n, c // (b * b), h * b, w * b)


@define
class SpaceToDepthOp(InferenceOp):
    """Blocks of pixels become channels, the block's place in front of the channel.

    x  [N, C, H * block, W * block] -> [N, block * block * C, H, W]

    Source: ONNX SpaceToDepth-13. Example:
        %y = inference.space_to_depth %x block 2 : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
    """

    name = "inference.space_to_depth"
    x = operand_def()
    block = integer(1)
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """[N, block * block * C, H, W]."""
        b = self.block
        if len(x) != 4 or b < 1 or any(isinstance(d, int) and d % b for d in x[2:]):
            self.error(f"x is {shape_text(x)}, must be [N, C, H * {b}, W * {b}]")
        return (x[0], x[1] * b * b, x[2] // b, x[3] // b)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        n, c, h, w = x.shape
        b = self.block
        return x.reshape(n, c, h // b, b, w // b, b).transpose(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)
