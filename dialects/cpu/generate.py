"""A tensor whose every element is computed from its indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IndexType, TensorType
from xdsl.ir import Attribute, SSAValue

from inferir.core.dims import DimLike, Shape, evaluate, parse_dim
from inferir.core.op import ValueOf, define
from inferir.core.properties import dims
from inferir.core.relations import Relation, at_most
from inferir.core.types import numpy_dtype, tensor
from inferir.dialects.cpu.base import Level3Op, any_strides, shape_of
from inferir.dialects.cpu.many import run_program
from inferir.dialects.cpu.reads import reads
from inferir.dialects.cpu.scalar import YieldOp, scalar_type
from inferir.dialects.cpu.symbolic import elements_over_dims


@define
class GenerateOp(Level3Op):
    """y[i0, i1, ...] = what the region yields for i0, i1, ...: gathers, pads, resampling, windows, contractions of any kind.

    extras  tensors the region reads from, of any element type
    shape   the dimensions of y: numbers, and expressions over those of the operands as text (`x0_1`: operand 0, axis 1)
    requires  what must hold of the operands' dimensions: `a == b` or `a <= b` over them, and what is wrong where it does not (`: text`)

    The region's arguments are one index for each dimension of y, then the operands. It holds `arith` and `math` ops, `cpu.load`,
    `cpu.size`, and `scf.for` with carried values. An element is only read within its tensor.

    Source: MLIR tensor.generate, TVM te.compute. Example (a gather of rows):
        %y = cpu.generate %x, %rows shape [6, 8] {
        ^bb0(%i: index, %j: index, %a: tensor<30x8xf32>, %b: tensor<6xi32>):
          %0 = cpu.load %b[%i] : tensor<6xi32>
          %1 = arith.index_cast %0 : i32 to index
          %2 = cpu.load %a[%1, %j] : tensor<30x8xf32>
          cpu.yield %2 : f32
        } : (tensor<30x8xf32>, tensor<6xi32>) -> tensor<6x8xf32>
    """

    name = "cpu.generate"
    merges = any_strides
    SPANNED = False
    shape = dims(())
    requires = dims(())

    def yielded(self) -> SSAValue | None:
        """The value of one element; None where the region does not end in a yield of one value."""
        last = self.epilogue.block.last_op if self.epilogue.blocks else None
        return last.values[0] if isinstance(last, YieldOp) and len(last.values) == 1 else None

    def size_relations(self, extras: Any, outs: Any) -> Iterator[Relation]:
        """Those of `requires`, and that what the region reads at plain indices lies within its tensor."""
        known = _known(extras)
        for text in self.requires:
            relation, _, says = str(text).partition(": ")
            left, operator, right = relation.split(" ")
            a, b = (evaluate(parse_dim(d), known) for d in (left, right))
            yield Relation(a, b, says or f"its operands do not fit: {text}", operator == "<=", stretches=not says)
        if not self.epilogue.blocks:
            return
        y = self.infer_shape(extras, outs)
        args = self.epilogue.block.args
        shapes: dict[SSAValue, Shape] = dict(zip(args[len(y) :], extras, strict=False))
        for count, size, where in reads(self.epilogue.block, dict(zip(args, y, strict=False)), frozenset(y), lambda v: shapes.get(v)):
            if not _empty(y):
                yield at_most(count, size, f"{count} elements are read along {where} of {size}")

    def infer_shape(self, extras: Any, outs: Any) -> Shape:
        """`shape` with the dimensions of the operands put in."""
        if outs is not None:
            return outs
        known = _known(extras)
        return tuple(d if isinstance(d, int) else evaluate(parse_dim(d), known) for d in self.shape)

    def infer_values(self, shape_of: Callable[[SSAValue], Shape], value_of: ValueOf) -> list[np.ndarray] | None:
        """What the region computes of sizes."""
        (shape,) = self.infer_result_shapes(shape_of, value_of)
        if not all(isinstance(d, int) for d in shape):
            return None
        sizes = [d for d in shape if isinstance(d, int)]
        found = elements_over_dims(self.epilogue.block, sizes, self.extras, shape_of, value_of)
        return None if found is None else [found]

    def infer_types(self) -> list[Attribute]:
        if self.outs is not None:
            return super().infer_types()
        value = self.yielded()
        if value is None:
            self.error("the region ends in cpu.yield of one value")
        declared = self.y.type.element_type if self.y is not None and isinstance(self.y.type, TensorType) else value.type
        if scalar_type(declared) != value.type:
            self.error(f"the region yields {value.type}, the result holds {declared}")
        return [tensor(s, declared) for s in self.infer_result_shapes(lambda v: shape_of(v.type))]

    def check(self) -> None:
        if (self.outs is None) == (self.y is None):
            self.error("has either a result (on tensors) or outs (on buffers)")
        if self.outs is not None:
            self.check_strides()
        if self.yielded() is None:
            self.error("the region ends in cpu.yield of one value")
        expected = [*[IndexType()] * len(self.shape), *(v.type for v in self.extras)]
        given = [a.type for a in self.epilogue.block.args]
        if given != expected:
            self.error(f"the region takes ({', '.join(map(str, expected))}), it has ({', '.join(map(str, given))})")

    def bind(self) -> None:
        """Give the region's arguments the types of the operands."""
        for argument, value in zip(self.epilogue.block.args[len(self.shape) :], self.extras, strict=True):
            argument._type = value.type  # pyright: ignore[reportAttributeAccessIssue]

    def read_in_place(self) -> Sequence[SSAValue]:
        return ()

    def reference(self, extras: list[np.ndarray], outs: np.ndarray | None = None) -> np.ndarray:
        """The region on all indices at once."""
        known = {f"x{i}_{axis}": d for i, each in enumerate(extras) for axis, d in enumerate(each.shape)}
        shape = outs.shape if outs is not None else [_number(d, known) for d in self.shape]
        value = self.yielded()
        assert value is not None
        indices = np.ix_(*(np.arange(d) for d in shape)) if len(shape) else ()
        (out,) = run_program(self.epilogue.block, [*indices, *extras])
        held = np.broadcast_to(np.asarray(out), shape).astype(numpy_dtype(value.type))
        return held.view(outs.dtype if outs is not None else numpy_dtype(element_type_of(self.y)))


def _known(shapes: Sequence[Shape]) -> dict[str, DimLike]:
    """The dimensions of the operands by the names that `shape` has for them."""
    return {f"x{i}_{axis}": d for i, each in enumerate(shapes) for axis, d in enumerate(each)}


def _empty(shape: Shape) -> bool:
    return any(d == 0 for d in shape)


def element_type_of(value: SSAValue | None) -> Attribute:
    """The element type of a tensor value."""
    assert value is not None and isinstance(value.type, TensorType)
    return value.type.element_type


def _number(dim: int | str, known: dict[str, int]) -> int:
    value = dim if isinstance(dim, int) else parse_dim(dim, known)
    assert isinstance(value, int)
    return value
