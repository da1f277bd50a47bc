"""Shape analysis: every dimension of every value as an expression over the symbols of the function's arguments."""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType
from xdsl.ir import Block, SSAValue

from inferir.core.diagnostics import InferError
from inferir.core.dims import Dim, Shape, parse_dim, symbol
from inferir.core.executor import argument_dims
from inferir.core.op import Op


class ShapeAnalysis:
    """`shapes[value]` for every tensor value of a function.

    A dimension that nothing determines is a fresh symbol, listed in `unknown`; it is equal to itself only.
    """

    def __init__(self, function: func.FuncOp):
        self.shapes: dict[SSAValue, Shape] = {}
        self.unknown: set[str] = set()
        for index, argument in enumerate(function.body.block.args):
            if isinstance(argument.type, TensorType):
                self.shapes[argument] = self._argument_shape(function, index, argument.type)
        self._block(function.body.block)

    def __getitem__(self, value: SSAValue) -> Shape:
        if value not in self.shapes:
            self.shapes[value] = self._declared(value, None)
        return self.shapes[value]

    def _argument_shape(self, function: func.FuncOp, index: int, type: TensorType) -> Shape:
        names = argument_dims(function, index)
        out: list[int | Dim] = []
        for axis, dim in enumerate(type.get_shape()):
            if dim != DYNAMIC_INDEX:
                out.append(dim)
            elif names is not None and axis < len(names) and isinstance(names[axis], str):
                out.append(_parsed(str(names[axis])))
            else:
                out.append(symbol(f"d{index}_{axis}"))
        return tuple(out)

    def _block(self, block: Block) -> None:
        for op in block.ops:
            inferred: list[Shape] | None = None
            if isinstance(op, Op) and all(isinstance(v.type, TensorType) for v in op.operands):
                try:
                    inferred = op.infer_result_shapes(self.__getitem__)
                except InferError:
                    inferred = None
            for index, result in enumerate(op.results):
                if isinstance(result.type, TensorType):
                    self.shapes[result] = self._declared(result, inferred[index] if inferred is not None else None)
            for region in op.regions:
                for inner in region.blocks:
                    self._block(inner)

    def _declared(self, value: SSAValue, inferred: Shape | None) -> Shape:
        """The declared dimensions where they are numbers, the inferred ones elsewhere."""
        assert isinstance(value.type, TensorType)
        out: list[int | Dim] = []
        for axis, dim in enumerate(value.type.get_shape()):
            if dim != DYNAMIC_INDEX:
                out.append(dim)
            elif inferred is not None and not self._is_foreign(inferred[axis]):
                out.append(inferred[axis])
            else:
                name = f"s{len(self.unknown)}"
                self.unknown.add(name)
                out.append(symbol(name))
        return tuple(out)

    @staticmethod
    def _is_foreign(dim: int | Dim) -> bool:
        """Whether a dimension mentions a symbol that type inference made up."""
        return "unknown" in str(dim)


def _parsed(text: str) -> int | Dim:
    """A dimension as text; text that is no expression is one opaque symbol."""
    try:
        return parse_dim(text)
    except ValueError:
        return symbol(text)
