"""Sizes that are computed while a model runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType, i1, i64
from xdsl.irdl import operand_def, result_def, traits_def
from xdsl.traits import Pure

from inferir.core.dims import Shape
from inferir.core.op import define, unknown_dim
from inferir.core.ranges import checked_shape
from inferir.core.relations import Relation
from inferir.dialects.cpu.base import Sized


@define
class ExtentOp(Sized):
    """A tensor of the sizes that another one holds: what reads it reads its dimensions, its elements are undefined.

    sizes  [rank] of i64

    It ends a native part: the next one is given the tensor, and knows all sizes before it runs. An error where no tensor has such sizes.

    Source: the `size` operands of MLIR's tensor.empty. Example:
        %e = cpu.extent %sizes : (tensor<2xi64>) -> tensor<?x?xi1>
    """

    name = "cpu.extent"
    SHAPE_OPERANDS = ("sizes",)
    sizes = operand_def(TensorType)
    y = result_def(TensorType)
    traits = traits_def(Pure())

    def size_relations(self, sizes: Shape) -> Iterable[Relation]:
        """One list."""
        yield Relation(len(sizes), 1, "sizes has one dimension")

    def infer_shape(self, sizes: Shape, known: dict[str, Any]) -> Shape:
        """The elements of `sizes`."""
        if not isinstance(sizes[0], int):
            self.error("how many sizes there are must be known")
        return tuple(unknown_dim() for _ in range(sizes[0])) if known["sizes"] is None else known["sizes"]

    def infer_dtype(self, sizes: Any) -> Any:
        """i1: the smallest elements that there are."""
        if sizes != i64:
            self.error(f"sizes are {sizes}, must be i64")
        return i1

    def reference(self, sizes: np.ndarray) -> np.ndarray:
        """numpy: memory that is not touched."""
        return np.empty(checked_shape(sizes), np.bool_)
