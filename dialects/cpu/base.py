"""What all level 3 ops share: extra operands of the epilogue, `outs` after bufferisation, the epilogue region.

On tensors an op has a result `y`. On buffers it has an operand `outs` of memref type instead and no result; every operand
is then a memref. A memref's last stride is 1; the others may be larger than the shape says, so that an operand or the
output may be a slice of channels of a larger buffer.

The epilogue maps the op's value at one position to what is stored. Its first argument is that value, one more argument
follows for each of `extras`, read at the same position after numpy's broadcasting against the output. An empty region
stores the value as it is:

    %y = cpu.gemm %x, %w, %bias columns 10 {
    ^bb0(%acc: f32, %b: f32):
      %0 = arith.addf %acc, %b : f32
      cpu.yield %0 : f32
    } : (tensor<4x84xf32>, tensor<1x84x16xf32>, tensor<10xf32>) -> tensor<4x10xf32>
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType, TensorType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import AttrSizedOperandSegments, opt_operand_def, opt_result_def, region_def, var_operand_def

from inferir.core.dims import Shape, shape_text, symbol
from inferir.core.op import Op, ValueOf, unknown_dim
from inferir.core.relations import Relation, spans
from inferir.dialects.cpu.scalar import YieldOp, as_elements, evaluate_region, scalar_type


def ceil_div(a: Any, b: int) -> Any:
    """a / b rounded up, for numbers and symbolic dimensions."""
    return (a + (b - 1)) // b


def shape_of(type: Attribute) -> Shape:
    """The shape of a memref or tensor; unknown dimensions are symbols of their own."""
    assert isinstance(type, MemRefType | TensorType)
    return tuple(d if d != DYNAMIC_INDEX else unknown_dim() for d in type.get_shape())


Runs = Sequence[tuple[int, int]]
"""(first, last) of runs of neighbouring dimensions."""


class Sized(Op):
    """Base of the ops on tensors: every class states the relations of sizes that its kernel relies on."""

    def size_relations(self, *shapes: Any, **none: Any) -> Iterable[Relation]:
        """`Op.size_relations`; that there are none is an answer too."""
        self.error("does not state which relations of sizes it relies on")


def any_sizes(self: Op, *shapes: Any, **none: Any) -> Iterable[Relation]:
    """`size_relations` of an op that any sizes fit."""
    return ()


class Kernel(Sized):
    """Base of the ops that become kernels, on tensors and on buffers.

    Every class states which strides its kernel takes, for each operand by its name and for its results as `outs`. Bufferisation
    gives a kernel no other memory (it copies where it has to), and the verifier holds ops on buffers to it.
    """

    def merges(self, role: str, rank: int) -> Runs:
        """The runs of dimensions of an operand, or of the results (`outs`), that the kernel goes through as one: in memory their
        elements have one stride. The last dimension always steps by one element."""
        self.error("does not state which strides its kernel takes")

    def roles(self) -> Iterator[tuple[str, SSAValue]]:
        """Every operand with the name it is declared by."""
        for (name, _), group in zip(self.operand_definitions(), self.operand_groups(), strict=True):
            yield from ((name, value) for value in group)

    def check_strides(self) -> None:
        """On buffers: every operand is a memref whose strides the kernel takes."""
        for role, value in self.roles():
            type = value.type
            strides = type.get_strides() if isinstance(type, MemRefType) else (None,)
            if not isinstance(type, MemRefType) or strides is None or (strides and strides[-1] != 1):
                self.error(f"operand {type}: on buffers every operand is a memref whose last stride is 1")
            if None in strides or type.layout.name == "none":
                continue
            for first, last in self.merges(role, len(strides)):
                if merged_stride(sizes_of(type), strides, first, last) is None:
                    self.error(f"dimensions {first} to {last} of {role} {type} have no common stride in memory")


def any_strides(self: Kernel, role: str, rank: int) -> Runs:
    """`merges` of a kernel that finds every element by the strides."""
    return ()


def merged_stride(shape: Shape, strides: Sequence[int | None], first: int, last: int) -> int | None:
    """How far apart neighbouring elements are, in elements, when dimensions first..last are made one; None where that varies, and where the
    last dimension of all is one of them and the distance is not one element."""
    own = [d for d in range(first, last + 1) if shape[d] != 1]
    if not own:
        return strides[last] if first <= last else 1
    for outer, inner in pairwise(own):
        step = strides[inner]
        if step is None or strides[outer] != shape[inner] * step:
            return None
    return strides[own[-1]] if last < len(shape) - 1 or strides[own[-1]] == 1 else None


def sizes_of(type: MemRefType | TensorType) -> Shape:
    """The declared dimensions; those that are not known are equal to nothing."""
    return tuple(d if d != DYNAMIC_INDEX else _ANY for d in type.get_shape())


_ANY = symbol("?")


class Level3Op(Kernel):
    """Base of the level 3 ops that become one kernel launch. Subclasses declare their operands before `extras`."""

    SPANNED: ClassVar[bool] = True
    """Whether `extras` are read at the position that is written, broadcast to the result."""
    extras = var_operand_def(TensorType.constr() | MemRefType.constr())
    outs = opt_operand_def(MemRefType)
    y = opt_result_def(TensorType)
    epilogue = region_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    def infer_types(self) -> list[Attribute]:
        if self.outs is None:
            return super().infer_types()
        declared = self.outs.type
        assert isinstance(declared, MemRefType)
        inferred = self.infer_result_shapes(lambda v: shape_of(v.type))[0]
        if len(inferred) != declared.get_num_dims() or any(
            isinstance(a, int) and b not in (a, DYNAMIC_INDEX) for a, b in zip(inferred, declared.get_shape(), strict=True)
        ):
            self.error(f"outs is {declared}, its operands make it {shape_text(inferred)}")
        return []

    def infer_dtype(self, *elements: Any, **none: Any) -> Any:
        """What the epilogue yields, else what the op computes. An integer's sign is as declared."""
        if not self.epilogue.blocks:
            return self.value_dtype(*elements)
        last = self.epilogue.block.last_op
        yielded = last.operands[0].type if isinstance(last, YieldOp) and len(last.operands) else elements[0]
        declared = self.y.type.element_type if self.y is not None and isinstance(self.y.type, TensorType) else None
        return declared if declared is not None and scalar_type(declared) == yielded else yielded

    def value_dtype(self, *elements: Any) -> Any:
        """The element type of what the op computes, before its epilogue."""
        return elements[0]

    def check(self) -> None:
        if (self.outs is None) == (self.y is None):
            self.error("has either a result (on tensors) or outs (on buffers)")
        if self.outs is not None:
            self.check_strides()
        if self.epilogue.blocks and len(self.epilogue.block.args) != 1 + len(self.extras):
            self.error(f"the epilogue takes {1 + len(self.extras)} arguments, it has {len(self.epilogue.block.args)}")
        for argument, extra in zip(self.epilogue.block.args[1:] if self.epilogue.blocks else (), self.extras, strict=False):
            assert isinstance(extra.type, TensorType | MemRefType)
            if argument.type != scalar_type(extra.type.element_type):
                self.error(f"the epilogue reads {extra.type} as {argument.type}")

    def read_in_place(self) -> Sequence[SSAValue]:
        """Operands that are read at exactly the position that is written, and before anything is: y may lie over them."""
        return ()

    def extras_of_tile(self) -> Sequence[SSAValue]:
        """`read_in_place` of an op that computes tiles in registers: a long epilogue runs after the tile was stored."""
        ops = list(self.epilogue.block.ops) if self.epilogue.blocks else []
        return () if len(ops) > 12 or any(op.name.startswith("math.") for op in ops) else self.extras

    def bind(self) -> None:
        """Called when the operands have become memrefs: for ops whose region names them."""

    def infer_result_shapes(self, shape_of: Callable[[SSAValue], Shape], value_of: ValueOf | None = None) -> list[Shape]:
        """As an op's own; what the epilogue reads beside the value must span the result."""
        (y,) = super().infer_result_shapes(shape_of, value_of)
        for extra in self.extras if self.SPANNED else ():
            shape = shape_of(extra)
            for relation in spans(shape, y, "an operand of the epilogue is not broadcast to the result"):
                if relation.fails():
                    self.error(f"{relation.says}: {shape_text(shape)} to {shape_text(y)}")
        return [y]

    def evaluate(self, operands: Sequence[Any], **context: Any) -> list[np.ndarray]:
        return super().evaluate(operands)

    def finish(self, value: np.ndarray, extras: Sequence[np.ndarray]) -> np.ndarray:
        """Apply the epilogue to the op's value, in numpy."""
        if not self.epilogue.blocks:
            return value
        target = (self.outs if self.outs is not None else self.results[0]).type
        assert isinstance(target, TensorType | MemRefType)
        return as_elements(evaluate_region(self.epilogue, value, *extras), target.element_type)
