"""Rotary position codes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.dims import shape_text
from inferir.core.op import define
from inferir.core.relations import Relation, spans
from inferir.dialects.cpu.base import Level3Op, any_strides

OPERAND = TensorType.constr() | MemRefType.constr()


@define
class RopeOp(Level3Op):
    """y = x * cos + (-x[D / 2:], x[:D / 2]) * sin, for each row of x.

    x         [..., D], D even and known
    cos, sin  [..., D], broadcast to x's rows

    There is no epilogue.

    Source: Su et al., RoFormer. Example:
        %y = cpu.rope %x, %cos, %sin {} : (tensor<1x16x8x64xf32>, tensor<16x1x64xf32>, tensor<16x1x64xf32>) -> tensor<1x16x8x64xf32>
    """

    name = "cpu.rope"
    merges = any_strides
    x = operand_def(OPERAND)
    cos = operand_def(OPERAND)
    sin = operand_def(OPERAND)

    def read_in_place(self) -> Sequence[SSAValue]:
        """Both halves of a row are read before either is written."""
        return [self.x]

    def size_relations(self, x: Any, cos: Any, sin: Any, *others: Any) -> Iterator[Relation]:
        """The codes span the rows of x, and are as long."""
        for angles in (cos, sin) if x else ():
            says = f"codes are {shape_text(angles)}, x {shape_text(x)}: they must broadcast to its rows and be as long"
            yield from spans(angles, x, says)
            if angles:
                yield Relation(angles[-1], x[-1], says)

    def infer_shape(self, x: Any, cos: Any, sin: Any, extras: Any, outs: Any) -> Any:
        if not x or not isinstance(x[-1], int) or x[-1] % 2:
            self.error(f"x is {shape_text(x)}, its rows must have an even length that is known")
        if not cos or not sin:
            self.error("codes have a row at least")
        return x

    def check(self) -> None:
        """Nothing but the value is stored."""
        super().check()
        if self.epilogue.blocks or len(self.extras):
            self.error("has no epilogue")

    def reference(self, x: np.ndarray, cos: np.ndarray, sin: np.ndarray, extras: Any, outs: None = None) -> np.ndarray:
        """numpy."""
        first, second = np.split(x, 2, axis=-1)
        return x * cos + np.concatenate([-second, first], axis=-1) * sin
