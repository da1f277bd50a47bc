"""Give every tensor a place in memory; kernels write to `outs` instead of returning.

  func.func @main(%x: tensor<1x8x8x4xf32> {..}) -> (tensor<1x8x8x32xf32> {..}) {
    %0 = cpu.map %x {..} : ...
    %1 = cpu.concat %0, %0 axis 3 ...
becomes
  func.func @main(%x: memref<1x8x8x4xf32> {..}, %y: memref<1x8x8x32xf32> {..}) {
    %0 = cpu.view %y at %c0 ... to memref<1x8x8x16xf32, strided<[2048, 256, 32, 1]>>
    cpu.map %x outs %0 {..} : ...
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import (
    ArrayAttr,
    DictionaryAttr,
    FunctionType,
    IndexType,
    IntegerAttr,
    MemRefType,
    StridedLayoutAttr,
    StringAttr,
    TensorType,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import Context, InferError, Pass
from inferir.core.diagnostics import label
from inferir.core.dims import DimLike, Shape, maximum, minimum, product, symbol, symbols
from inferir.core.executor import argument_names, result_names
from inferir.core.rewriting import constant_attribute_of
from inferir.core.shapes import ShapeAnalysis
from inferir.core.signatures import LARGEST, range_error, size_ranges
from inferir.core.string_codes import STRINGS
from inferir.core.types import numpy_dtype
from inferir.dialects import cpu
from inferir.dialects.cpu.packing import Pack
from inferir.dialects.cpu.scalar import scalar_type
from inferir.passes.cpu.memory.control_flow import branch, loop
from inferir.passes.cpu.memory.copies import always, broadcast, identity, is_constant, memref_shape
from inferir.passes.cpu.memory.places import Buffer, Place, Placement, tensor_type
from inferir.passes.cpu.memory.sizes import Indices


class Bufferize(Pass):
    """Destination passing: concatenations, slices and reshapes become views, inputs and outputs are used where the caller has them.

    `cpu.assumes` on the function lists the pairs of dimensions that only the caller's arrays can tell apart, and that must be equal: the size
    relations of its ops, as far as types leave them open, with the error to report.
    """

    def run(self, op: Operation, ctx: Context) -> None:
        """Bufferize the function (or every function of the module that does not run on the host)."""
        for function in [op] if isinstance(op, func.FuncOp) else [o for o in op.walk() if isinstance(o, func.FuncOp)]:
            ports = function.function_type.inputs.data + function.function_type.outputs.data
            if cpu.HOST not in function.attributes and any(isinstance(t, TensorType) for t in ports):
                Bufferizer(function, self).run()


KEPT = (STRINGS,)
"""What else an argument or a result says of itself, for whoever calls the function."""


def _descriptions(given: ArrayAttr[DictionaryAttr] | None, ports: Sequence[Any]) -> list[Mapping[str, Attribute]]:
    """The attributes of arguments or results."""
    return [each.data for each in given.data] if given is not None else [{} for _ in ports]


class Bufferizer:
    """One function on buffers."""

    def __init__(self, function: func.FuncOp, step: Pass):
        self.step = step
        self.old = function
        self.shapes = ShapeAnalysis(function)
        self.source = function.body.block
        last = self.source.last_op
        assert isinstance(last, func.ReturnOp)
        self.block = Block()
        self.here = self.block
        """Where ops go; memory and views of it go to the function's own block."""
        self.results = [Buffer(self.shapes[v]) for v in last.operands]
        self.placement = Placement(self.shapes, self.results)
        self.values: dict[tuple[Place, Attribute], SSAValue] = {}
        self.constants: dict[SSAValue, SSAValue] = {}
        self.location: Any = function.location

    def run(self) -> None:
        for op in self.source.ops:
            self.check(op)
        self.check_claims()
        inputs = list(self.source.args)
        outputs = [v.type for v in self.source.last_op.operands]  # pyright: ignore[reportOptionalMemberAccess]
        names = list(dict.fromkeys(s for a in inputs for d in self.shapes[a] for s in sorted(symbols(d))))
        types: list[Attribute] = [_memref(t) for t in [*(a.type for a in inputs), *outputs]]
        types += [IndexType()] * len(names)
        for type in types:
            self.block.insert_arg(type, len(self.block.args))
        self.indices = Indices(self.block, dict(zip(names, self.block.args[len(types) - len(names) :], strict=True)))
        for argument, value in zip(inputs, self.block.args, strict=False):
            value.name_hint = argument.name_hint
            shape = self.shapes[argument]
            self.placement.places[argument] = Place(Buffer(shape, value), shape)
        for buffer, value in zip(self.results, self.block.args[len(inputs) :], strict=False):
            buffer.value = value
        self.placement.run(self.source)
        for op in self.source.ops:
            self.location = op.location
            self.op(op)
        attributes = self.attributes(names)
        if assumed := self.assumed():
            self.old.attributes["cpu.assumes"] = ArrayAttr(assumed)
        replaced = self.old.detach_region(self.old.body)
        replaced.drop_all_references()
        self.old.add_region(Region(self.block))
        self.old.properties["function_type"] = FunctionType.from_lists(types, [])
        self.old.properties["arg_attrs"] = attributes
        self.old.properties.pop("res_attrs", None)

    def attributes(self, names: Sequence[str]) -> ArrayAttr[DictionaryAttr]:
        """Name and dims of every input and output, the symbol of every index."""
        ports = list(zip(argument_names(self.old), (self.shapes[a] for a in self.source.args), strict=True))
        ports += zip(result_names(self.old), (b.shape for b in self.results), strict=True)
        out = [{"inference.name": StringAttr(name), "inference.dims": _dims(shape)} for name, shape in ports]
        described = [*_descriptions(self.old.arg_attrs, self.source.args), *_descriptions(self.old.res_attrs, self.results)]
        for given, own in zip(described, out, strict=True):
            own |= {key: given[key] for key in KEPT if key in given}
        for index in range(len(self.results)):
            out[len(out) - 1 - index]["inference.output"] = IntegerAttr(len(self.results) - 1 - index, i64)
        return ArrayAttr([DictionaryAttr(d) for d in [*out, *({"inference.symbol": StringAttr(n)} for n in names)]])

    def check(self, op: Operation) -> None:
        """Whether the op has a form on buffers and its sizes are known before it runs."""
        control = isinstance(op, cpu.IfOp | cpu.LoopOp)
        for region in op.regions if control else ():
            for inner in [o for o in region.block.ops if o is not region.block.last_op]:
                self.check(inner)
        if not isinstance(op, func.ReturnOp | cpu.Level3Op | cpu.RecurrenceOp | cpu.View) and not control and not is_constant(op):
            if isinstance(op, Pack):
                raise InferError(
                    f"{op.name}: weights that are not constant cannot be packed (run pack-weights before bufferize)", op.location
                )
            if isinstance(op, cpu.ExtentOp):
                raise InferError(f"bufferize: {op.name}: a size is computed while the model runs; run outline-fallback before", op.location)
            raise InferError(f"bufferize: {op.name} has no form on buffers; lower it to the cpu dialect first", op.location)
        for result in op.results:
            for dim in self.shapes[result]:
                if symbols(dim) & self.shapes.unknown:
                    raise InferError(
                        f"bufferize: the size of {op.name}'s result ({result.type}) does not follow from the inputs", op.location
                    )

    def assumed(self) -> list[ArrayAttr[Attribute]]:
        """What is to be checked before the function runs: pairs of dimensions that must be equal, and what is wrong where they are not."""
        out: dict[frozenset[str], ArrayAttr[Attribute]] = {}
        for claim in self.shapes.claims:
            assert claim.found is not None
            out[frozenset((str(claim.found), str(claim.declared)))] = _dims((claim.found, claim.declared))
        for left, right, says, op in self.shapes.assumed:
            runs = self.runs(op)
            a, b = left * runs, right * runs
            if (symbols(a) | symbols(b)) & self.shapes.unknown:
                raise InferError(f"bufferize: {op.name}: {says or f'whether {a} is {b}'} does not follow from the inputs", op.location)
            nodes = label(op.location)
            text = [StringAttr(f"{f'node {nodes!r}' if nodes else op.name}: {says}")] if says else []
            out.setdefault(frozenset((str(a), str(b))), ArrayAttr([*_dims((a, b)), *text]))
        return [*out.values(), *self.ranges()]

    def ranges(self) -> Iterator[ArrayAttr[Attribute]]:
        """That symbols are in the ranges that the model states: as large as what the range cuts them to."""
        for name, (low, high) in size_ranges(self.old).items():
            size = symbol(name)
            text = StringAttr(range_error(name, low, high))
            cuts = [*([maximum(size, low)] if low > 0 else []), *([minimum(size, high)] if high < LARGEST else [])]
            yield from (ArrayAttr([*_dims((size, cut)), text]) for cut in cuts)

    def runs(self, op: Operation) -> DimLike:
        """1, or 0 where a loop that an op is in does not run: what the op relies on is then not needed."""
        out: DimLike = 1
        outer = op.parent_op()
        while outer is not None and outer is not self.old:
            known = self.shapes.value_of(outer.limit) if isinstance(outer, cpu.LoopOp) and outer.limit is not None else None
            if known is not None:
                out = minimum(out, known.reshape(-1)[0])
            outer = outer.parent_op()
        return out

    def check_claims(self) -> None:
        """No size is taken from a type alone."""
        for claim in self.shapes.claims:
            if claim.found is None or symbols(claim.found) & self.shapes.unknown:
                owner = claim.value.owner
                op = owner if isinstance(owner, Operation) else owner.parent_op()
                name = op.name if op is not None else "a block"
                raise InferError(
                    f"bufferize: {name} declares {claim.value.type}; that dimension {claim.axis} is {claim.declared} does not follow "
                    "from the inputs",
                    op.location if op is not None else None,
                )

    def op(self, op: Operation) -> None:
        """Emit one op on buffers."""
        match op:
            case _ if is_constant(op):
                return
            case func.ReturnOp():
                for buffer, value in zip(self.results, op.operands, strict=True):
                    self.copy(value, Place(buffer, buffer.shape))
                self.insert(func.ReturnOp())
            case cpu.ReshapeOp():
                self.view(op.x, op.y, self.placement.own(op.x).reshaped(self.shapes[op.y]) if not is_constant(op.x.owner) else None)
            case cpu.EnsureShapeOp():
                there = None if is_constant(op.x.owner) else replace(self.placement.own(op.x), shape=self.shapes[op.y])
                self.view(op.x, op.y, there)
            case cpu.SliceOp():
                self.view(op.x, op.y, self.placement.own(op.x).part(op.axis, op.start, self.shapes[op.y]))
            case cpu.ConcatOp():
                self.concat(op)
            case cpu.RepeatOp():
                for start in itertools.product(*map(range, op.factors)):
                    self.scatter(op, op.x, op.factors, start)
            case cpu.InterleaveOp():
                for part, start in zip(op.parts, op.turns(), strict=True):
                    self.scatter(op, part, op.factors, start)
            case cpu.PadOp():
                whole = self.memory(self.placement.own(op.y), op.y)
                self.insert(
                    cpu.MapOp.make(
                        whole, [], whole, result_types=[], regions=[always(op.value, scalar_type(tensor_type(op.y).element_type))]
                    )
                )
                self.scatter(op, op.x, (1,) * len(op.low), op.low)
            case cpu.Level3Op():
                self.kernel(op)
            case cpu.RecurrenceOp():
                self.recurrence(op)
            case cpu.IfOp():
                branch(self, op)
            case cpu.LoopOp():
                loop(self, op)
            case _:
                raise InferError(f"bufferize: {op.name} has no form on buffers", op.location)

    def kernel(self, op: cpu.Level3Op) -> None:
        """The same op, writing to its place."""
        assert op.y is not None
        out = self.memory(self.placement.own(op.y), op.y)
        operands: list[Any] = []
        for (name, _), group in zip(op.operand_definitions(), op.operand_groups(), strict=True):
            values = [self.operand(op, name, v) for v in group] if name != "workspace" else [self.workspace(op)]
            operands.append(values if name == "extras" else out if name == "outs" else (values[0] if values else None))
        properties = {name: getattr(op, name) for name in op.property_definitions()}
        regions = [op.detach_region(r) for r in list(op.regions)]
        made = type(op).make(*operands, result_types=[], regions=regions, **properties)
        made.bind()
        self.insert(made)

    def operand(self, op: cpu.Kernel, role: str, value: SSAValue) -> SSAValue:
        """The memory of an operand; a copy where the kernel does not take its strides."""
        if is_constant(value.owner) or self.placement.own(value).suits(op, role):
            return self.value(value)
        return self.memory(self.contiguous(value), value)

    def contiguous(self, value: SSAValue) -> Place:
        """Where a value lies without gaps: its place, or a copy."""
        if is_constant(value.owner):
            return Place(Buffer(self.shapes[value], self.value(value)), self.shapes[value])
        place = self.placement.own(value)
        if place.strides is None:
            return place
        copy = Place(Buffer(place.shape), place.shape)
        self.move(place, copy, value)
        return copy

    def workspace(self, op: Any) -> SSAValue:
        """Memory that an op needs while it runs."""
        shape = op.workspace_shape(lambda v: self.shapes[v])
        made = self.memory(Place(Buffer(shape), shape), op.results[0])
        made.name_hint = "workspace"
        return made

    def recurrence(self, op: cpu.RecurrenceOp) -> None:
        """Start the states where they will be; the first has two places, which steps read and write in turn."""
        y, first, *others = op.results
        shape, steps = self.shapes[first], self.shapes[op.x][0]
        both = Place(Buffer((2, *shape)), (2, *shape))
        ends = [self.turn(both, 0), *(self.placement.own(o) for o in others)]
        memory = [self.memory(both, first)]
        for start, end, like in zip(op.states, ends, op.results[1:], strict=True):
            self.insert(broadcast(self.value(start), self.memory(end, like)))
        memory += [self.memory(end, like) for end, like in zip(ends[1:], others, strict=True)]
        named = [(name, op.operand_named(name)) for name in ("x", "w", "second", "bias", "peepholes", "scales", "lengths")]
        given = [None if v is None else self.operand(op, name, v) for name, v in named]
        ranges = self.workspace(op) if op.rounded else None
        operands = [*given[:2], memory, *given[2:], ranges, self.memory(self.placement.own(y), y)]
        regions = [op.detach_region(r) for r in list(op.regions)]
        properties = {name: getattr(op, name) for name in op.property_definitions()}
        self.insert(cpu.RecurrenceOp.make(*operands, result_types=[], regions=regions, **properties))
        if first.first_use is not None:
            self.move(self.turn(both, steps - steps // 2 * 2), self.placement.own(first), first)

    def turn(self, both: Place, which: DimLike) -> Place:
        """One of two places that take turns."""
        part = both.part(0, which, (1, *both.shape[1:]))
        place = None if part is None else part.reshaped(both.shape[1:])
        assert place is not None
        return place

    def scatter(self, op: cpu.View, x: SSAValue, factors: tuple[int, ...], start: tuple[int, ...]) -> None:
        """Copy x to positions of y, unless it was computed there."""
        there = self.placement.own(op.y).every(factors, start, self.shapes[x])
        if there is None:
            raise InferError(f"{op.name} of {x.type}: all dimensions but the first must be known", op.location)
        self.copy(x, there)

    def view(self, x: SSAValue, y: SSAValue, there: Place | None) -> None:
        """y is x's memory seen otherwise, unless y must lie elsewhere or no view says it."""
        wanted = self.placement.places.get(y)
        if wanted is None and there is not None:
            self.placement.places[y] = there
            return
        if wanted is not None and there is not None and _same(wanted, there):
            return
        target = self.placement.own(y)
        if there is not None:
            self.move(there, target, y)
            return
        back = target.reshaped(self.shapes[x])
        if back is None:
            self.step.count("copies")
            target_whole = Place(Buffer(target.shape), target.shape)
            self.copy(x, target_whole.reshaped(self.shapes[x]))  # pyright: ignore[reportArgumentType]
            self.move(target_whole, target, y)
            return
        self.copy(x, back)

    def concat(self, op: cpu.ConcatOp) -> None:
        """Copy the parts that are computed elsewhere."""
        whole = self.placement.own(op.y)
        start: DimLike = 0
        for part in op.parts:
            shape = self.shapes[part]
            place = whole.part(op.axis, start, shape)
            if place is not None:
                self.copy(part, place)
            else:
                self.copy_columns(op, part, whole, start)
            start = start + shape[op.axis]

    def copy_columns(self, op: cpu.ConcatOp, part: SSAValue, whole: Place, start: DimLike) -> None:
        """A part of a concatenation with symbolic dimensions behind the first: as columns of a matrix."""
        shape, total = self.shapes[part], self.shapes[op.y]
        inner = product(shape[op.axis + 1 :])
        width, row = shape[op.axis] * inner, total[op.axis] * inner
        if not isinstance(width, int) or not isinstance(row, int) or not isinstance(start, int):
            raise InferError(
                f"cpu.concat along axis {op.axis} of {op.y.type}: the sizes along and after the axis must be known", op.location
            )
        rows = product(shape[: op.axis])
        source = self.contiguous(part).reshaped((rows, width))
        matrix = whole.reshaped((rows, row))
        target = None if matrix is None else matrix.part(1, start * int(inner), (rows, width))  # pyright: ignore[reportArgumentType]
        assert source is not None and target is not None
        self.move(source, target, part)

    def copy(self, value: SSAValue, target: Place) -> None:
        """Copy a value to a place, unless it lies there."""
        if is_constant(value.owner):
            self.insert(identity(self.value(value), self.memory(target, value)))
            self.step.count("copies")
            return
        source = self.placement.own(value)
        if not _same(source, target):
            self.move(source, target, value)

    def move(self, source: Place, target: Place, like: SSAValue) -> None:
        """Copy between places of one shape."""
        self.step.count("copies")
        self.insert(identity(self.memory(source, like), self.memory(target, like)))

    def value(self, value: SSAValue) -> SSAValue:
        """The memory of an operand."""
        if not is_constant(value.owner):
            return self.memory(self.placement.own(value), value)
        if value not in self.constants:
            attribute = constant_attribute_of(value)
            assert attribute is not None
            made = self.insert(cpu.ConstantOp.of(attribute, _memref(value.type)), self.block)
            made.results[0].name_hint = value.name_hint
            self.constants[value] = made.results[0]
        return self.constants[value]

    def memory(self, place: Place, like: SSAValue) -> SSAValue:
        """The memref of a place: the buffer itself, or a view of it."""
        element = tensor_type(like).element_type
        buffer = place.buffer
        whole = place.offset == 0 and place.strides is None and place.shape == buffer.shape
        if buffer.value is None:
            type = MemRefType(element, memref_shape(buffer.shape))
            sizes = [self.indices[d] for d in buffer.shape if not isinstance(d, int)]
            made = self.insert(cpu.AllocOp.make(sizes, result_types=[type]), self.block)
            made.results[0].name_hint = like.name_hint if whole else None
            buffer.value = made.results[0]
        if whole:
            return buffer.value
        key = (place, element)
        if key not in self.values:
            layout = StridedLayoutAttr(place.strides) if place.strides is not None else None
            type = MemRefType(element, memref_shape(place.shape), *([layout] if layout is not None else []))
            offset = self.indices[place.offset * numpy_dtype(element).itemsize]
            view = cpu.ViewOp(buffer.value, offset, [self.indices[d] for d in place.shape if not isinstance(d, int)], type)
            self.values[key] = self.insert(view, self.block).results[0]
        return self.values[key]

    def insert(self, op: Operation, block: Block | None = None) -> Operation:
        """Add an op at the end of a block, of the one in progress by default, located at the op it comes from."""
        op.location = self.location
        (block or self.here).add_op(op)
        return op


def _same(a: Place, b: Place) -> bool:
    return a.buffer is b.buffer and a.offset == b.offset and a.strides == b.strides


def _memref(type: Attribute) -> MemRefType:
    if not isinstance(type, TensorType):
        raise InferError(f"bufferize: {type} is not a ranked tensor")
    return MemRefType(type.element_type, list(type.get_shape()))


def _dims(shape: Shape) -> ArrayAttr[Attribute]:
    return ArrayAttr([IntegerAttr(d, i64) if isinstance(d, int) else StringAttr(str(d)) for d in shape])
