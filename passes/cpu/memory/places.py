"""Where each tensor of a function will lie, decided backwards from its users.

The user of a value knows best where it should be computed: in the caller's output, in its part of a concatenation, or over
an operand without another reader (in place). What is not claimed gets a buffer of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from xdsl.dialects import func
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Block, Operation, OpResult, SSAValue

from inferir.core.dims import DimLike, Shape, product
from inferir.core.shapes import ShapeAnalysis
from inferir.core.types import ranked
from inferir.dialects import cpu
from inferir.dialects.cpu.base import merged_stride
from inferir.passes.cpu.memory.strides import contiguous_strides, normal, reshaped_strides

COMPUTED = (
    cpu.Level3Op,
    cpu.IfOp,
    cpu.LoopOp,
    cpu.RecurrenceOp,
    cpu.ConcatOp,
    cpu.InterleaveOp,
    cpu.ReshapeOp,
    cpu.RepeatOp,
    cpu.PadOp,
)
"""Ops whose result can be computed, or copied, where a user wants it."""


@dataclass(eq=False)
class Buffer:
    """Memory: of an argument, of an output of the function, or to be allocated with `shape`."""

    shape: Shape
    value: SSAValue | None = None


@dataclass(frozen=True)
class Place:
    """A part of a buffer: the element it starts at, and its strides (None: contiguous).

    overwritten: something else is computed here while the function runs, so that only one user may read what was there.
    """

    buffer: Buffer
    shape: Shape
    offset: DimLike = 0
    strides: tuple[int, ...] | None = None
    overwritten: bool = False

    def part(self, axis: int, start: DimLike, shape: Shape) -> Place | None:
        """`shape[axis]` positions of an axis from `start` on, or None where the strides are not known numbers."""
        if product(self.shape[:axis]) == 1 and self.strides is None:
            return replace(self, shape=shape, offset=self.offset + start * product(shape[axis + 1 :]))
        strides = self.strides or contiguous_strides(self.shape)
        if strides is None:
            return None
        return replace(self, shape=shape, offset=self.offset + start * strides[axis], strides=normal(shape, strides))

    def every(self, factors: tuple[int, ...], start: tuple[int, ...], shape: Shape) -> Place | None:
        """`shape` positions, `factors[axis]` apart along each axis, from `start` on; None where the strides are not known numbers."""
        strides = self.strides or contiguous_strides(self.shape)
        if strides is None:
            return None
        offset = self.offset + sum(i * s for i, s in zip(start, strides, strict=True))
        apart = tuple(f * s for f, s in zip(factors, strides, strict=True))
        return replace(self, shape=shape, offset=offset, strides=normal(shape, apart))

    def suits(self, op: cpu.Kernel, role: str) -> bool:
        """Whether a kernel takes the strides, for an operand or for its results (`outs`)."""
        strides = self.strides
        if strides is None:
            return True
        runs = op.merges(role, len(strides))
        return all(merged_stride(self.shape, strides, *run) is not None for run in runs)

    def reshaped(self, shape: Shape) -> Place | None:
        """The same elements under another shape, or None where no strides say that."""
        if self.strides is None:
            return replace(self, shape=shape)
        strides = reshaped_strides(self.shape, self.strides, shape)
        apart = strides is not None and shape and strides[-1] != 1 and shape[-1] != 1  # kernels step by one element
        return None if strides is None or apart else replace(self, shape=shape, strides=normal(shape, strides))


@dataclass
class Placement:
    """The places of a function's values, and the values that must be copied to where they are also wanted."""

    shapes: ShapeAnalysis
    results: list[Buffer]
    places: dict[SSAValue, Place] = field(default_factory=dict)
    block: Block | None = None
    """The block whose ops claim places now. What another block computes is not theirs: a loop would need it again."""

    def run(self, block: Block) -> None:
        """Decide."""
        outer, self.block = self.block, block
        for op in reversed(list(block.ops)):
            match op:
                case cpu.IfOp():
                    self.branch(op)
                case cpu.LoopOp():
                    self.loop(op)
                case func.ReturnOp():
                    for buffer, value in zip(self.results, op.operands, strict=True):
                        self.claim(value, Place(buffer, buffer.shape))
                case cpu.ReshapeOp():
                    place = self.places.get(op.y)
                    there = None if place is None else place.reshaped(self.shapes[op.x])
                    if there is not None:
                        self.claim(op.x, there)
                case cpu.ConcatOp():
                    self.concat(op)
                case cpu.InterleaveOp():
                    for part, turn in zip(op.parts, op.turns(), strict=True):
                        self.claim(part, self.own(op.y).every(op.factors, turn, self.shapes[part]))
                case cpu.Level3Op():
                    self.in_place(op)
                case _:
                    continue
        self.block = outer

    def branch(self, op: cpu.IfOp) -> None:
        """Both regions compute the results where they belong."""
        for region in op.regions:
            outer, self.block = self.block, region.block
            assert region.block.last_op is not None
            for value, result in zip(region.block.last_op.operands, op.results, strict=True):
                self.claim(value, self.own(result))
            self.block = outer
            self.run(region.block)

    def loop(self, op: cpu.LoopOp) -> None:
        """A carried value lies where its result does, from the start on if its initial value has no other reader."""
        for start, result in zip(op.carried, op.results, strict=False):
            if start.has_one_use() and _made_by_kernel(start):
                self.claim(start, replace(self.own(result), overwritten=True))
        self.run(op.body.block)

    def own(self, value: SSAValue) -> Place:
        """The place of a value; a buffer of its own where it is not claimed."""
        if value not in self.places:
            shape = self.shapes[value]
            self.places[value] = Place(Buffer(shape), shape)
        return self.places[value]

    def claim(self, value: SSAValue, place: Place | None) -> None:
        """Have a value computed at a place, if it is not computed elsewhere already."""
        if place is None or value in self.places or not isinstance(value, OpResult):
            return
        if value.op.parent is not self.block:
            return
        if not isinstance(value.op, COMPUTED):
            return
        if place.overwritten and not value.has_one_use():
            return
        if isinstance(value.op, cpu.Kernel) and not place.suits(value.op, "outs"):
            return
        self.places[value] = place

    def concat(self, op: cpu.ConcatOp) -> None:
        """Each part lies in the whole."""
        whole = self.own(op.y)
        start: DimLike = 0
        for part in op.parts:
            shape = self.shapes[part]
            self.claim(part, whole.part(op.axis, start, shape))
            start = start + shape[op.axis]

    def in_place(self, op: cpu.Level3Op) -> None:
        """An operand read at exactly the positions that are written, by this op only, may be written over."""
        assert op.y is not None
        place = self.own(op.y)
        for value in op.read_in_place():
            if value in self.places or not value.has_one_use() or value.type != op.y.type:
                continue
            if self.shapes[value] == self.shapes[op.y] and _made_by_kernel(value):
                self.claim(value, replace(place, overwritten=True))
                return


def _made_by_kernel(value: SSAValue) -> bool:
    """Whether a kernel computes the value (possibly under another shape, without another reader)."""
    op = value.owner
    while isinstance(op, cpu.ReshapeOp) and op.x.has_one_use():
        op = op.x.owner
    return isinstance(op, cpu.Level3Op | cpu.ConcatOp | cpu.InterleaveOp)


def tensor_type(value: SSAValue) -> TensorType:
    """The type of a tensor value."""
    return ranked(value)


def producer(value: SSAValue) -> Operation | None:
    """The op that defines a value, None for an argument."""
    return value.owner if isinstance(value.owner, Operation) else None
