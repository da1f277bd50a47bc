"""What the families of the dialect share."""

from __future__ import annotations

from typing import Any, ClassVar

from xdsl.irdl import operand_def, result_def, traits_def
from xdsl.traits import Pure

from inferir.core import Op
from inferir.core.dims import Shape, broadcast


class InferenceOp(Op):
    """An op of the dialect: no side effects, tensors in, tensors out."""

    FAMILY_FIRST: ClassVar[bool] = True
    traits = traits_def(Pure())


class Elementwise(InferenceOp):
    """Each element of the result depends only on the elements of the operands at its place, after broadcasting.

    Reordering elements before or after it is the same; patterns that move transposes and reshapes rely on it.
    """


class Unary(Elementwise):
    """One tensor in, one of the same shape and type out."""

    IDEMPOTENT: ClassVar[bool] = False
    """f(f(x)) = f(x)"""
    INVOLUTION: ClassVar[bool] = False
    """f(f(x)) = x"""

    x = operand_def()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        return x


class Binary(Elementwise):
    """Two tensors of one element type in, broadcast against each other as numpy does."""

    COMMUTATIVE: ClassVar[bool] = False
    """f(x, y) = f(y, x)"""
    ASSOCIATIVE: ClassVar[bool] = False
    """f(f(x, y), z) = f(x, f(y, z)), up to rounding"""
    NEUTRAL: ClassVar[float | None] = None
    """The number e with f(x, e) = x."""

    lhs = operand_def()
    rhs = operand_def()
    result = result_def()

    def infer_shape(self, lhs: Shape, rhs: Shape) -> Shape:
        """The broadcast shape."""
        return broadcast(lhs, rhs)

    def infer_dtype(self, lhs: Any, rhs: Any) -> Any:
        """The common element type."""
        if lhs != rhs:
            self.error(f"operands have element types {lhs} and {rhs}; insert a cast")
        return lhs
