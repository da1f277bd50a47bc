"""Shape analysis: every dimension of every value as an expression over the symbols of the function's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, IntegerType, TensorType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.traits import ConstantLike

from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.dims import FOREIGN, Dim, DimLike, Shape, assumptions, parse_dim, symbol, symbols
from inferir.core.executor import argument_dims
from inferir.core.op import Op, constant_dims
from inferir.core.types import Unranked, ranked

MOST_DIMS = 64
"""Integer tensors with more elements are data, not shapes."""


class Claim(NamedTuple):
    """A type that gives a dimension a number which does not follow from the function's arguments."""

    value: SSAValue
    axis: int
    declared: int
    found: DimLike | None
    """What follows; None where nothing does."""


class Assumption(NamedTuple):
    """Two dimensions that an op takes to be equal, where the symbols leave it open, and what is wrong where they are not."""

    left: DimLike
    right: DimLike
    says: str
    op: Operation


class ShapeAnalysis:
    """`shapes[value]` for every tensor value of a function; `values[value]` for the integer tensors that shapes are computed with.

    A dimension that nothing determines is a fresh symbol, listed in `unknown`; it is equal to itself only.
    A dimension that a type declares is taken as declared; where that is not proven it is one of `claims`, which whoever relies on it must check.
    """

    def __init__(self, function: func.FuncOp):
        self.shapes: dict[SSAValue, Shape] = {}
        self.values: dict[SSAValue, np.ndarray] = {}
        self.unknown: set[str] = set()
        self.claims: list[Claim] = []
        self.assumed: list[Assumption] = []
        """What ops rely on: their size relations, as far as the symbols leave them open."""
        self.taken: set[str] = set()
        """Names that dimensions of the arguments have."""
        for index, argument in enumerate(function.body.block.args):
            if isinstance(argument.type, TensorType):
                self.shapes[argument] = self._argument_shape(function, index, argument.type)
        self.taken = {name for shape in self.shapes.values() for d in shape for name in symbols(d)}
        self._block(function.body.block)

    def becomes(self, old: SSAValue, new: SSAValue) -> None:
        """Note that a value took the place of another: it has its shape and, where they are known, its elements."""
        self.shapes[new] = self[old]
        if old in self.values:
            self.values[new] = self.values[old]

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
                inferred = self._inferred(op)
                self._follow_values(op)
            inside = op.follow_shapes(self) if isinstance(op, Op) and op.regions else None
            for index, result in enumerate(op.results):
                if isinstance(result.type, TensorType):
                    found = inside[index] if inside is not None else inferred[index] if inferred is not None else None
                    self.shapes[result] = self._declared(result, found)
                    if isinstance(op, Op) and not op.has_trait(ConstantLike):
                        self._compare(result, found)
            if inside is None:
                for region in op.regions:
                    self.enter(region)

    def _inferred(self, op: Op) -> list[Shape] | None:
        """The shapes that an op gives, None where it does not say; what it relies on is noted."""
        with assumptions() as pairs:
            try:
                return op.infer_result_shapes(self.__getitem__, self.value_of)
            except InferError:
                return None
            finally:
                self.assumed += [Assumption(*pair, op) for pair in pairs]

    def enter(self, region: Region, arguments: Sequence[Sequence[DimLike | None] | None] = ()) -> None:
        """Follow a region, given what is known of its arguments: shapes, None for a dimension or a shape that is not known."""
        for block in region.blocks:
            for argument, shape in zip(block.args, arguments, strict=False):
                if isinstance(argument.type, TensorType):
                    fits = shape is not None and len(shape) == argument.type.get_num_dims()
                    known = shape if fits else None
                    self.shapes[argument] = self._declared(argument, known)
                    self._compare(argument, known)
            self._block(block)

    def value_of(self, value: SSAValue) -> np.ndarray | None:
        """The elements of an integer tensor as dimensions (numbers or expressions), None where they are not known."""
        return self.values[value] if value in self.values else constant_dims(value)

    def _follow_values(self, op: Op) -> None:
        """Evaluate shape computations on dimensions."""
        if not op.results or not all(_holds_dims(r.type) for r in op.results):
            return
        try:
            found = op.infer_values(self.__getitem__, self.value_of)
        except (InferError, Unranked, ValueError, TypeError, IndexError, ZeroDivisionError):
            return
        if found is not None:
            self.values.update(zip(op.results, found, strict=True))

    def _declared(self, value: SSAValue, inferred: Sequence[DimLike | None] | None) -> Shape:
        """The declared dimensions where they are numbers, the inferred ones elsewhere."""
        out: list[int | Dim] = []
        for axis, dim in enumerate(ranked(value).get_shape()):
            found = None if inferred is None else inferred[axis]
            if dim != DYNAMIC_INDEX:
                out.append(dim)
            elif found is not None and not self._is_foreign(found):
                out.append(found)
            else:
                out.append(self._fresh())
        return tuple(out)

    def _fresh(self) -> Dim:
        """A symbol that no dimension has."""
        number = len(self.unknown)
        while (name := f"s{number}") in self.unknown or name in self.taken:
            number += 1
        self.unknown.add(name)
        return symbol(name)

    def _compare(self, value: SSAValue, inferred: Sequence[DimLike | None] | None) -> None:
        """Note what a type declares beyond what was inferred; of a body that is followed again, what was found last."""
        shape = ranked(value).get_shape()
        if DYNAMIC_INDEX in shape or inferred is None or tuple(inferred) != shape:
            self.claims = [c for c in self.claims if c.value is not value] if self.claims else self.claims
            for axis, declared in enumerate(shape):
                found = None if inferred is None else inferred[axis]
                if declared != DYNAMIC_INDEX and found != declared:
                    self.claims.append(Claim(value, axis, declared, None if found is None or self._is_foreign(found) else found))

    @staticmethod
    def _is_foreign(dim: int | Dim) -> bool:
        """Whether a dimension mentions a symbol that type inference made up."""
        return FOREIGN in str(dim)


def analysed(function: func.FuncOp, ctx: Context) -> ShapeAnalysis:
    """The analysis of a function: that of an earlier pass of the pipeline where every pass since kept it valid, else a new one."""
    found = ctx.analyses.get(function)
    if found is None:
        found = ShapeAnalysis(function)
        if ctx.keeps_analyses:
            ctx.analyses[function] = found
    return found


def _holds_dims(type: Attribute) -> bool:
    """Whether a type is of a small integer tensor."""
    if not isinstance(type, TensorType) or not isinstance(type.element_type, IntegerType) or type.element_type.width.data < 32:
        return False
    shape = type.get_shape()
    return len(shape) <= 1 and all(d <= MOST_DIMS for d in shape)


def _parsed(text: str) -> int | Dim:
    """A dimension as text; text that is no expression is one opaque symbol."""
    try:
        return parse_dim(text)
    except ValueError:
        return symbol(text)
