"""Lay out all buffers in one arena and all constants in one weights segment.

  func.func @main(%x: memref<?x4xf32> {..}, %y: memref<?x4xf32> {..}, %batch: index {..}) {
    %w = cpu.constant #inference.weight<"w"> : memref<4xf32>
    %0 = cpu.alloc %batch : (index) -> memref<?x4xf32>
becomes
  cpu.weight #inference.weight<"w"> at 0 : tensor<4xf32>
  func.func @main(%arena: memref<?xi8>, %weights: memref<?xi8>, %x: memref<?xi8> {..}, %y: memref<?xi8> {..}, %batch: index {..}) {
    %w = cpu.view %weights at %c0 sizes () : memref<?xi8> to memref<4xf32>
    %0 = cpu.view %arena at %c0 sizes (%batch) : memref<?xi8> to memref<?x4xf32>
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from xdsl.dialects import func
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    ArrayAttr,
    DictionaryAttr,
    FunctionType,
    IndexType,
    IntegerAttr,
    MemRefType,
    ModuleOp,
    TensorType,
    i8,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import Context, InferError, Pass
from inferir.core.dims import Dim, DimLike, evaluate, parse_dim, product, symbols
from inferir.core.types import numpy_dtype
from inferir.core.walk import walk
from inferir.dialects import cpu
from inferir.passes.cpu.memory.planner import Interval, lower_bound, plan
from inferir.passes.cpu.memory.sizes import Indices, dim_of, symbol_of

ALIGNMENT = 64
BYTES = MemRefType(i8, [DYNAMIC_INDEX])


class PlanArena(Pass):
    """Memory that one tensor no longer needs holds the next; offsets are numbers, or expressions over the symbolic dimensions.

    `cpu.arena` on the function says how many bytes the arena has with every symbol 1, `cpu.arena_bound` the largest sum of
    buffers alive at one time: no plan needs less.
    """

    def run(self, op: Operation, ctx: Context) -> None:
        """Plan every native function of the module; they share one segment of weights."""
        if not isinstance(op, ModuleOp):
            raise InferError(f"plan-arena works on a module, not on {op.name}", op.location)
        sizes = {cpu.arena_function(f.sym_name.data) for f in cpu.native_functions(op)}
        functions = [f for f in cpu.native_functions(op) if f.sym_name.data not in sizes]
        if not functions and not any(isinstance(o, func.FuncOp) for o in op.body.ops):
            raise InferError("plan-arena: the module has no function @main", op.location)
        weights = _Weights()
        for function in functions:
            if "cpu.arena" in function.attributes:
                continue
            if any(isinstance(t, TensorType) for t in function.function_type.inputs.data) or function.function_type.outputs.data:
                raise InferError(f"plan-arena: @{function.sym_name.data} takes tensors; run bufferize before", function.location)
            _Planner(function, weights, self).run()


@dataclass
class _Weights:
    """The segment of weights so far: the offset of every value, and its size."""

    offsets: dict[Attribute, int] = field(default_factory=dict)
    size: int = 0

    def place(self, size: int) -> int:
        """The offset of the next value, which has `size` bytes."""
        offset = self.size
        self.size += -(-size // ALIGNMENT) * ALIGNMENT
        return offset


@dataclass
class _Group:
    """Buffers whose sizes are multiples of one expression."""

    unit: DimLike
    allocs: list[cpu.AllocOp] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)


class _Planner:
    def __init__(self, main: func.FuncOp, weights: _Weights, step: Pass):
        self.main, self.weights, self.step = main, weights, step
        self.block: Block = main.body.block
        given = main.arg_attrs.data if main.arg_attrs is not None else [DictionaryAttr({})] * len(self.block.args)
        self.ports = [(a, dict(d.data)) for a, d in zip(self.block.args, given, strict=True) if not isinstance(a.type, IndexType)]
        self.symbols = [(a, dict(d.data)) for a, d in zip(self.block.args, given, strict=True) if isinstance(a.type, IndexType)]
        self.names: dict[SSAValue, str] = {a: symbol_of(a, d) for a, d in self.symbols}
        self.indices = Indices(self.block, {n: a for a, n in self.names.items()})

    def run(self) -> None:
        allocs = [op for op in self.block.ops if isinstance(op, cpu.AllocOp)]
        constants = [op for op in self.block.ops if isinstance(op, cpu.ConstantOp)]
        groups = self.groups(allocs)
        arena = self.block.insert_arg(BYTES, 0)
        weights = self.block.insert_arg(BYTES, 1)
        arena.name_hint, weights.name_hint = "arena", "weights"
        for argument, attributes in self.ports:
            self.as_bytes(argument, attributes)
        self.place_constants(constants, weights)
        total = self.place(groups, arena)
        self.signature()
        self.arena_size(total)

    def groups(self, allocs: Sequence[cpu.AllocOp]) -> list[_Group]:
        """Buffers by the expression their size is a multiple of."""
        order = {op: step for step, op in enumerate(walk(self.main))}
        loops = [(order[op], max(order[o] for o in walk(op))) for op in order if isinstance(op, cpu.LoopOp)]
        groups: dict[str, _Group] = {}
        for alloc in allocs:
            type = alloc.result.type
            assert isinstance(type, MemRefType)
            sizes = iter(alloc.sizes)
            shape = tuple(d if d != DYNAMIC_INDEX else dim_of(next(sizes), self.names) for d in type.get_shape())
            count, unit = _factored(product(shape))
            size = -(-count * numpy_dtype(type.element_type).itemsize // ALIGNMENT) * ALIGNMENT
            first, last = _alive([order[u] for u in _uses(alloc.result)] or [order[alloc]], loops)
            group = groups.setdefault(str(unit), _Group(unit))
            group.allocs.append(alloc)
            group.intervals.append(Interval(size, first, last))
        return list(groups.values())

    def place(self, groups: Sequence[_Group], arena: SSAValue) -> DimLike:
        """Replace every buffer by a view of the arena; the size of the arena."""
        base: DimLike = 0
        together: list[Interval] = []
        for group in groups:
            made = plan(group.intervals)
            for alloc, offset in zip(group.allocs, made.offsets, strict=True):
                self.replace(alloc, cpu.ViewOp(arena, self.indices[base + offset * group.unit], list(alloc.sizes), alloc.result.type))
            base = base + made.peak * group.unit
            unit = _at_one(group.unit)
            together += [Interval(i.size * unit, i.first, i.last) for i in group.intervals]
        peak, bound = _at_one(base), lower_bound(together)
        self.main.attributes["cpu.arena"] = IntegerAttr(peak, i64)
        self.main.attributes["cpu.arena_bound"] = IntegerAttr(bound, i64)
        self.step.count("arena bytes", peak)
        self.step.count("largest sum of live buffers", bound)
        return base

    def place_constants(self, constants: Sequence[cpu.ConstantOp], weights: SSAValue) -> None:
        """Each value once in the weights segment, in the order of use."""
        offsets = self.weights.offsets
        for op in constants:
            type = op.result.type
            assert isinstance(type, MemRefType)
            value = op.properties["value"]
            if value not in offsets:
                size = math.prod(type.get_shape()) * numpy_dtype(type.element_type).itemsize
                offsets[value] = self.weights.place(size)
                listed = cpu.WeightOp.of(value, TensorType(type.element_type, type.get_shape()), offsets[value])
                listed.location = op.location
                parent = self.main.parent
                assert parent is not None
                parent.insert_op_before(listed, self.main)
            self.replace(op, cpu.ViewOp(weights, self.indices[offsets[value]], [], type))

    def as_bytes(self, argument: SSAValue, attributes: dict[str, Attribute]) -> None:
        """Make an input or output plain bytes, with a typed view of them."""
        type = argument.type
        assert isinstance(type, MemRefType)
        attributes["inference.dtype"] = type.element_type
        dims = attributes.get("inference.dims")
        sizes = [
            self.indices[_dim(dims.data[axis])]
            for axis, d in enumerate(type.get_shape())
            if d == DYNAMIC_INDEX and isinstance(dims, ArrayAttr)
        ]
        zero = self.indices[0]
        view = cpu.ViewOp(argument, zero, sizes, type)
        argument.replace_all_uses_with(view.result)
        argument._type = BYTES  # pyright: ignore[reportAttributeAccessIssue]
        view.operands = [argument, zero, *sizes]
        self.indices.append(view)

    def replace(self, op: Operation, view: cpu.ViewOp) -> None:
        view.location = op.location
        view.result.name_hint = op.results[0].name_hint
        self.block.insert_op_before(view, op)
        op.results[0].replace_all_uses_with(view.result)
        self.block.erase_op(op)

    def signature(self) -> None:
        """arena, weights, inputs, outputs as bytes, then the symbols."""
        types = [a.type for a in self.block.args]
        self.main.properties["function_type"] = FunctionType.from_lists(types, [])
        attributes = [{}, {}, *(d for _, d in self.ports), *(d for _, d in self.symbols)]
        self.main.properties["arg_attrs"] = ArrayAttr([DictionaryAttr(d) for d in attributes])

    def arena_size(self, total: DimLike) -> None:
        """The function that gives the bytes of the arena for values of the symbols."""
        block = Block(arg_types=[IndexType()] * len(self.symbols))
        for argument, (old, _) in zip(block.args, self.symbols, strict=True):
            argument.name_hint = old.name_hint
        indices = Indices(block, {self.names[a]: v for (a, _), v in zip(self.symbols, block.args, strict=True)})
        size = indices[total]
        block.add_op(func.ReturnOp(size))
        name = cpu.arena_function(self.main.sym_name.data)
        made = func.FuncOp(name, FunctionType.from_lists([a.type for a in block.args], [IndexType()]), Region(block))
        parent = self.main.parent
        assert parent is not None
        parent.insert_op_after(made, self.main)


def _factored(size: DimLike) -> tuple[int, DimLike]:
    """A size as number * expression, the number as large as it goes."""
    if isinstance(size, int):
        return size, 1
    number = math.gcd(*size.terms.values())
    return number, Dim({m: c // number for m, c in size.terms.items()})


def _at_one(dim: DimLike) -> int:
    """The value with every symbol 1."""
    value = evaluate(dim, dict.fromkeys(symbols(dim), 1))
    return value if isinstance(value, int) else 0


def _dim(attribute: Attribute) -> DimLike:
    return attribute.value.data if isinstance(attribute, IntegerAttr) else parse_dim(attribute.data)  # pyright: ignore


def _alive(used: Sequence[int], loops: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The first and last step of a buffer that is used at some steps: all of a loop where it is used outside as well, for the
    next run may still read what was there before it."""
    first, last = min(used), max(used)
    for start, end in reversed(loops):
        if any(start <= u <= end for u in used) and not (start < first and last <= end):
            first, last = min(first, start), max(last, end)
    return first, last


def _uses(value: SSAValue) -> list[Operation]:
    """The ops that use a buffer, through views of it too."""
    out: list[Operation] = []
    for use in value.uses:
        out.append(use.operation)
        if isinstance(use.operation, cpu.ViewOp) and use.index == 0:
            out += _uses(use.operation.result)
    return out
