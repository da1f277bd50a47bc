"""The same elements several times: broadcast, tile."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import operand_def, opt_operand_def, result_def

from inferir.core import define, ints
from inferir.core.dims import Shape, broadcast, shape_text
from inferir.core.op import unknown_dim
from inferir.dialects.inference.base import InferenceOp


@define
class BroadcastOp(InferenceOp):
    """x repeated along new leading dimensions and dimensions of 1.

    shape  broadcast against x's own; or `to`, an i64 operand, where it is only known at run time

    Source: ONNX Expand-13. Example:
        %y = inference.broadcast %x shape [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
    """

    name = "inference.broadcast"
    AS_PROPERTIES = {"to": "shape"}
    SHAPE_OPERANDS = ("to",)
    SYMBOLIC = True
    x = operand_def()
    to = opt_operand_def()
    shape = ints()
    result = result_def()

    def infer_shape(self, x: Shape, to: Shape | None, known: dict[str, Any]) -> Shape:
        """The joint shape."""
        if (to is None) == (self.shape is None):
            self.error("needs either `shape` or `to`")
        if self.shape is not None:
            if any(d < 0 for d in self.shape):
                self.error(f"shape {list(self.shape)} has a negative dimension")
            return broadcast(x, self.shape)
        assert to is not None
        self.check_list("to", to)
        if known["to"] is not None:
            return broadcast(x, known["to"])
        if not isinstance(to[0], int):
            self.error(f"`to` is {shape_text(to)}, must be one dimension of known length")
        return tuple(d if isinstance(d, int) and d != 1 else unknown_dim() for d in ((1,) * (to[0] - len(x)) + x))

    def infer_dtype(self, x: Any, *to: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, to: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        target = self.shape if to is None else tuple(int(d) for d in to)
        return np.broadcast_to(x, np.broadcast_shapes(x.shape, target))


@define
class TileOp(InferenceOp):
    """x repeated whole along every dimension.

    repeats  how often per dimension; or `times`, an i64 operand

    Source: ONNX Tile-13. Example:
        %y = inference.tile %x repeats [2, 1] : (tensor<3x4xf32>) -> tensor<6x4xf32>
    """

    name = "inference.tile"
    AS_PROPERTIES = {"times": "repeats"}
    SHAPE_OPERANDS = ("times",)
    x = operand_def()
    times = opt_operand_def()
    repeats = ints()
    result = result_def()

    def infer_shape(self, x: Shape, times: Shape | None, known: dict[str, Any]) -> Shape:
        """x's dimensions times the repeats."""
        if (times is None) == (self.repeats is None):
            self.error("needs either `repeats` or `times`")
        self.check_list("times", times, len(x))
        repeats = self.repeats if self.repeats is not None else known["times"]
        if repeats is None:
            return tuple(unknown_dim() for _ in x)
        if len(repeats) != len(x):
            self.error(f"{len(repeats)} repeats for {len(x)} dimensions")
        if any(isinstance(r, int) and r < 0 for r in repeats):
            self.error(f"repeats {[str(r) for r in repeats]}: nothing is repeated a negative number of times")
        return tuple(d * r for d, r in zip(x, repeats, strict=True))

    def infer_dtype(self, x: Any, *times: Any) -> Any:
        """x's."""
        return x

    def reference(self, x: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
        """numpy."""
        repeats = self.repeats if times is None else [int(r) for r in times]
        if 0 in repeats:  # numpy would repeat along the other dimensions first
            return np.empty([d * r for d, r in zip(x.shape, repeats, strict=True)], x.dtype)
        return np.tile(x, repeats)
