"""Symbolic dimensions as index values in the IR, and back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from xdsl.dialects import arith
from xdsl.dialects.builtin import IndexType, IntegerAttr, StringAttr
from xdsl.ir import Block, BlockArgument, Operation, SSAValue

from inferir.core import InferError
from inferir.core.dims import DimLike, maximum, minimum, symbol

_OPERATORS: dict[type, type] = {ast.Add: arith.AddiOp, ast.Sub: arith.SubiOp, ast.Mult: arith.MuliOp, ast.FloorDiv: arith.FloorDivSIOp}
_FUNCTIONS: dict[str, type] = {"max": arith.MaxSIOp, "min": arith.MinSIOp}
_MEANING: dict[type, Callable[[DimLike, DimLike], DimLike]] = {
    arith.AddiOp: lambda a, b: a + b,
    arith.SubiOp: lambda a, b: a - b,
    arith.MuliOp: lambda a, b: a * b,
    arith.FloorDivSIOp: lambda a, b: a // b,
    arith.MaxSIOp: maximum,
    arith.MinSIOp: minimum,
}


class Indices:
    """Index values at the head of a block: `indices[dim]` computes a dimension once, from the values of the symbols."""

    def __init__(self, block: Block, symbols: Mapping[str, SSAValue]):
        self.block = block
        self.symbols = symbols
        self.made: dict[str, SSAValue] = {}
        self.last: Operation | None = None

    def __getitem__(self, dim: DimLike) -> SSAValue:
        return self._value(ast.parse(str(dim), mode="eval").body)

    def append(self, op: Operation) -> None:
        """Add another op at the head of the block, behind what is there."""
        self._insert(op)

    def _value(self, node: ast.expr) -> SSAValue:
        key = ast.unparse(node)
        if key not in self.made:
            self.made[key] = self._make(node)
        return self.made[key]

    def _make(self, node: ast.expr) -> SSAValue:
        match node:
            case ast.Constant(value=int(number)):
                return self._insert(arith.ConstantOp(IntegerAttr(number, IndexType())))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return self._insert(arith.ConstantOp(IntegerAttr(-number, IndexType())))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._insert(arith.SubiOp(self[0], self._value(operand)))
            case ast.Name(id=name):
                return self.symbols[name]
            case ast.BinOp(left=left, op=operator, right=right):
                return self._insert(_OPERATORS[type(operator)](self._value(left), self._value(right)))
            case ast.Call(func=ast.Name(id=name), args=[left, right]):
                return self._insert(_FUNCTIONS[name](self._value(left), self._value(right)))
        raise InferError(f"'{ast.unparse(node)}' is not a dimension")

    def _insert(self, op: Operation) -> SSAValue:
        if self.last is not None:
            self.block.insert_op_after(op, self.last)
        elif self.block.first_op is not None:
            self.block.insert_op_before(op, self.block.first_op)
        else:
            self.block.add_op(op)
        self.last = op
        return op.results[0]


def symbol_of(argument: BlockArgument, attributes: Mapping[str, object]) -> str:
    """The symbol an index argument stands for."""
    name = attributes.get("inference.symbol")
    return name.data if isinstance(name, StringAttr) else f"d{argument.index}"


def dim_of(value: SSAValue, names: Mapping[SSAValue, str]) -> DimLike:
    """What an index value computes, over the symbols. Raises InferError for anything that is not index arithmetic."""
    if value in names:
        return symbol(names[value])
    op = value.owner
    if isinstance(op, arith.ConstantOp) and isinstance(op.value, IntegerAttr):
        return op.value.value.data
    if isinstance(op, Operation) and type(op) in _MEANING:
        return _MEANING[type(op)](dim_of(op.operands[0], names), dim_of(op.operands[1], names))
    raise InferError("a size is not an expression over the symbolic dimensions", op.location if isinstance(op, Operation) else None)
