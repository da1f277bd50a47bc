"""Comparisons, booleans, bits, and the choice by a condition."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, i1
from xdsl.irdl import operand_def, result_def

from inferir.core import define, enum
from inferir.core.dims import Shape, broadcast
from inferir.dialects.inference.base import Binary, Elementwise, Unary

_COMPARE = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
_LOGICAL = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}
_BITWISE = {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}


@define
class CompareOp(Binary):
    """Whether `lhs pred rhs`, element by element; false where one is NaN, but for ne.

    Source: ONNX Equal-19, Greater-13, Less-13, GreaterOrEqual-16, LessOrEqual-16. Example:
        %y = inference.compare %a, %b pred lt : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    """

    name = "inference.compare"
    pred = enum("eq", "ne", "lt", "le", "gt", "ge")

    def infer_dtype(self, lhs: Any, rhs: Any) -> Any:
        """i1."""
        super().infer_dtype(lhs, rhs)
        return i1

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.asarray(_COMPARE[self.pred](lhs, rhs), np.bool_)


@define
class LogicalOp(Binary):
    """`lhs fn rhs` of booleans. Source: ONNX And-7, Or-7, Xor-7. Example:
    %y = inference.logical %a, %b fn or : tensor<4xi1>
    """

    name = "inference.logical"
    fn = enum("and", "or", "xor")
    COMMUTATIVE = True
    ASSOCIATIVE = True

    def neutral(self) -> float | None:
        """True for and, false for the others."""
        return float(self.fn == "and")

    def infer_dtype(self, lhs: Any, rhs: Any) -> Any:
        """i1, of i1."""
        if lhs != i1 or rhs != i1:
            self.error(f"operands are {lhs} and {rhs}, both must be i1")
        return i1

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return _LOGICAL[self.fn](lhs, rhs)


@define
class LogicalNotOp(Unary):
    """Not x, of booleans. Source: ONNX Not-1."""

    name = "inference.logical_not"
    INVOLUTION = True

    def infer_dtype(self, x: Any) -> Any:
        """i1, of i1."""
        if x != i1:
            self.error(f"x is {x}, must be i1")
        return i1

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.logical_not(x)


@define
class BitwiseOp(Binary):
    """`lhs fn rhs` bit by bit, of integers. Source: ONNX BitwiseAnd-18, BitwiseOr-18, BitwiseXor-18. Example:
    %y = inference.bitwise %a, %b fn xor : tensor<4xi32>
    """

    name = "inference.bitwise"
    fn = enum("and", "or", "xor")
    COMMUTATIVE = True
    ASSOCIATIVE = True

    def infer_dtype(self, lhs: Any, rhs: Any) -> Any:
        """The integers' type."""
        return super().infer_dtype(_integer(self, lhs), rhs)

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return _BITWISE[self.fn](lhs, rhs)


def _integer(op: Binary | Unary, element: Any) -> Any:
    """An element type; an error unless it is one of integers."""
    if not isinstance(element, IntegerType):
        op.error(f"operands are {element}, must be integers; inference.cast makes them so, inference.bitcast takes their bits")
    return element


@define
class BitwiseNotOp(Unary):
    """Every bit of x inverted. Source: ONNX BitwiseNot-18."""

    name = "inference.bitwise_not"
    INVOLUTION = True

    def infer_dtype(self, x: Any) -> Any:
        """The integers' type."""
        return _integer(self, x)

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.bitwise_not(x)


@define
class ShiftOp(Binary):
    """lhs shifted by rhs bits; what leaves is lost. Source: ONNX BitShift-11. Example:
    %y = inference.shift %a, %b direction right : tensor<4xui8>
    """

    name = "inference.shift"
    direction = enum("left", "right")

    def infer_dtype(self, lhs: Any, rhs: Any) -> Any:
        """The integers' type."""
        return super().infer_dtype(_integer(self, lhs), rhs)

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.left_shift(lhs, rhs) if self.direction == "left" else np.right_shift(lhs, rhs)


@define
class SelectOp(Elementwise):
    """lhs where the condition holds, rhs elsewhere; all three broadcast.

    Source: ONNX Where-16. Example:
        %y = inference.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    """

    name = "inference.select"
    SYMBOLIC = True
    condition = operand_def()
    lhs = operand_def()
    rhs = operand_def()
    result = result_def()

    def infer_shape(self, condition: Shape, lhs: Shape, rhs: Shape) -> Shape:
        """The broadcast shape."""
        return broadcast(condition, lhs, rhs)

    def infer_dtype(self, condition: Any, lhs: Any, rhs: Any) -> Any:
        """The common element type of lhs and rhs."""
        if condition != i1 or lhs != rhs:
            self.error(f"operands are {condition}, {lhs} and {rhs}; the first must be i1 and the others the same")
        return lhs

    def reference(self, condition: np.ndarray, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.where(condition.astype(np.bool_), lhs, rhs)
