"""What the families of the dialect share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from xdsl.dialects.builtin import IntegerType, TensorType
from xdsl.ir import OpResult, SSAValue
from xdsl.irdl import operand_def, result_def, traits_def
from xdsl.traits import Pure

from inferir.core import Op
from inferir.core.dims import Shape, broadcast, differ, product, shape_text
from inferir.core.lazy import Lazy


class InferenceOp(Op):
    """An op of the dialect: no side effects, tensors in, tensors out."""

    AS_PROPERTIES: ClassVar[Mapping[str, str]] = {}
    """Operands that a property replaces where their elements are known: name of the property by name of the operand."""

    FAMILY_FIRST: ClassVar[bool] = True
    traits = traits_def(Pure())

    def check_list(self, name: str, shape: Shape | None, length: int | None = None) -> None:
        """Raise unless an operand, where it is given, is one dimension of integers, as many as `length` says."""
        value = self.operand_named(name)
        if value is None or shape is None:
            return
        element = value.type.element_type if isinstance(value.type, TensorType) else None
        if (
            not isinstance(element, IntegerType)
            or element.width.data < 32
            or len(shape) != 1
            or (length is not None and differ(shape[0], length))
        ):
            count = "" if length is None else f"{length} "
            self.error(f"`{name}` is {value.type}, must be one dimension of {count}i64")

    def check_scalar(self, name: str, shape: Shape | None) -> None:
        """Raise unless an operand, where it is given, is one element."""
        if shape is not None and differ(product(shape), 1):
            self.error(f"`{name}` is {shape_text(shape)}, must be one element")


class Affine(InferenceOp):
    """An op with one result channel per row of its weights: y[.., c, ..] = (weights[c] applied to x) + bias[c].

    Scaling channel c of the result is scaling weights[c] and bias[c]; what is added to channel c is added to bias[c].
    """

    if TYPE_CHECKING:
        bias: SSAValue | None
        result: OpResult

    WEIGHTS: ClassVar[str] = "w"
    """Name of the operand that holds the weights. The bias is the operand `bias`, absent for none."""

    def weights(self) -> SSAValue:
        """The value of the weights."""
        return getattr(self, self.WEIGHTS)

    def with_weights(self, weights: SSAValue, bias: SSAValue | None) -> Self:
        """The op with other weights and bias."""
        return self.like(result_types=self.result_types, **{self.WEIGHTS: weights, "bias": bias})

    def channel_axis(self) -> int | None:
        """The axis of the result that counts the channels, from the end: -1 for the last. None where the result has none."""
        raise TypeError(f"{self.name} does not define channel_axis")

    def scale_weights(self, weights: Lazy, factors: Lazy) -> Lazy:
        """The weights with those of channel c multiplied by factors[c]."""
        raise TypeError(f"{self.name} does not define scale_weights")


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

    def neutral(self) -> float | None:
        """NEUTRAL, for ops where it depends on a property."""
        return self.NEUTRAL

    def infer_shape(self, lhs: Shape, rhs: Shape) -> Shape:
        """The broadcast shape."""
        return broadcast(lhs, rhs)

    def infer_dtype(self, lhs: Any, rhs: Any) -> Any:
        """The common element type."""
        if lhs != rhs:
            self.error(f"operands have element types {lhs} and {rhs}; insert a cast")
        return lhs


def axis_in(op: InferenceOp, axis: int, rank: int) -> int:
    """An axis counted from the front; an error where x has no such axis."""
    if not -rank <= axis < rank:
        op.error(f"axis {axis} is outside of x, which has rank {rank}")
    return axis % rank


def axes_in(op: InferenceOp, axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes counted from the front; an error where x has no such axis or one comes twice."""
    out = tuple(axis_in(op, a, rank) for a in axes)
    if len(set(out)) != len(out):
        op.error(f"axes {list(axes)} name an axis twice")
    return out
