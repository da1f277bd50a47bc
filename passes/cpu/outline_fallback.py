"""Part a program into native functions and the ops between them that only the reference executor can run.

  func.func @main(%x: tensor<?x4xf32> {..}) -> (tensor<2x?xi64> {..}) {
    %0 = cpu.map %x {..} : ...
    %1 = inference.non_zero %0 {cpu.fallback = "it has no kernel"} : ...
    return %1 : ...
  }
becomes
  func.func @main(%x: tensor<?x4xf32> {..}) -> (tensor<2x?xi64> {..}) attributes {cpu.host} {
    %0 = cpu.call @native_0(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %1 = inference.non_zero %0 {cpu.fallback = "it has no kernel"} : ...
    return %1 : ...
  }
  func.func @native_0(%in0: tensor<?x4xf32> {inference.dims = ["d0", 4]}) -> tensor<?x4xf32> {
    %0 = cpu.map %in0 {..} : ...
    return %0 : ...
  }

The numbers that `cpu.extent` makes sizes of end a native part as well: the next one is called when they are known.

An If that stays, because the size of its result depends on the branch that runs or because an op inside has no kernel, is parted as well:
the kernels of a branch become native functions of their own, which the host calls where it takes that branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from xdsl.dialects import func
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    ArrayAttr,
    DictionaryAttr,
    FunctionType,
    IntegerAttr,
    MemRefType,
    ModuleOp,
    StringAttr,
    TensorType,
    UnitAttr,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.traits import IsTerminator

from inferir.core import Context, Op, Pass
from inferir.core.dims import DimLike, Shape, assumptions, symbols
from inferir.core.rewriting import constant_attribute_of
from inferir.core.shapes import ShapeAnalysis
from inferir.core.walk import walk
from inferir.dialects import cpu
from inferir.dialects.cpu import CPU, FALLBACK, HOST, CallOp, branches_on_host
from inferir.dialects.cpu.packing import Pack
from inferir.passes.cpu.inference_to_cpu.control import why_not_in_memory

KERNELS = frozenset(CPU.operations) - {cpu.ExtentOp}
FLOW = (cpu.IfOp, cpu.LoopOp)


class OutlineFallback(Pass):
    """Everything that has kernels runs in as few native calls as the ops without one allow. A program without such ops stays as it is."""

    anchor = "builtin.module"

    def run(self, op: Operation, ctx: Context) -> None:
        """Part @main of the module."""
        assert isinstance(op, ModuleOp)
        for main in [o for o in op.body.ops if isinstance(o, func.FuncOp) and o.sym_name.data == "main" and HOST not in o.attributes]:
            ports = [*main.function_type.inputs.data, *main.function_type.outputs.data]
            if any(isinstance(t, MemRefType) for t in ports) or main.is_declaration:
                continue
            dynamic = any(_is_dynamic(v) for o in walk(main) for v in o.results)
            if _stays(main.body.block, ShapeAnalysis(main) if dynamic else None) or any(why_not_in_memory(t) is not None for t in ports):
                self.count("native functions", _outline(main, op))


def _stays(block: Block, shapes: ShapeAnalysis | None) -> bool:
    """Whether some op of a block must stay on the host; each is marked with the reason, also in the branches of an If that stays."""
    inner = [o for o in block.ops if not _is_constant(o) and not o.has_trait(IsTerminator)]
    for op in inner:
        reason = None if _is_on_host(op) else _why_not_native(op, shapes)
        if reason is not None:
            op.attributes[FALLBACK] = StringAttr(reason)
    for branch in branches_on_host(block):
        _stays(branch, shapes)
    return any(_is_on_host(o) for o in inner)


def _is_on_host(op: Operation) -> bool:
    """Whether an op stands between native parts: it has no native code, or it makes numbers that one part computes the sizes of the next."""
    return FALLBACK in op.attributes or isinstance(op, cpu.ExtentOp)


def _outline(main: func.FuncOp, module: ModuleOp) -> int:
    """Part a function and the branches that the host takes, the inner ones first; how many native functions there are."""
    shapes, natives = ShapeAnalysis(main), count()

    def part(block: Block) -> None:
        for branch in branches_on_host(block):
            part(branch)
        _Parts(block, shapes).outline(module, natives)

    part(main.body.block)
    main.attributes[HOST] = UnitAttr()
    return next(natives)


def _why_not_native(op: Operation, shapes: ShapeAnalysis | None) -> str | None:
    """Why an op cannot be native: a kernel is missing, for it or for an op inside it, or a size is."""
    for inner in walk(op):
        if FALLBACK in inner.attributes:
            return f"{inner.name} inside it has no native code: {inner.attributes[FALLBACK].data}"  # pyright: ignore[reportAttributeAccessIssue]
        if isinstance(inner, cpu.ExtentOp):
            return "the size of a result inside it is computed while it runs"
        if isinstance(inner, Pack):
            return "weights that are computed while the model runs are packed then"
    if type(op) not in KERNELS:
        return "it has no kernel"
    if shapes is None:
        return None
    read = {v for o in _steps(op) for v in o.operands if isinstance(v.type, TensorType)}
    inner = {v for o in _steps(op) for v in o.results} | {
        a for o in _steps(op) if isinstance(o, FLOW) for r in o.regions for a in r.block.args
    }
    made = [v for v in inner if isinstance(v.type, TensorType)]
    known = set().union(*(symbols(d) for v in read - inner for d in (*shapes[v], *_elements(v, shapes))))
    if any(not symbols(d) <= known for v in made for d in shapes[v]):
        return "the size of its result does not follow from the sizes of its operands"
    with assumptions() as pairs:
        for step in _steps(op):
            if isinstance(step, Op) and step.results and not isinstance(step, FLOW):
                step.infer_result_shapes(shapes.__getitem__, shapes.value_of)
    if any((symbols(a) | symbols(b)) & shapes.unknown for a, b, says in pairs if not says):  # sizes of 1 would be broadcast
        return "whether its operands have the same size is known when it runs"
    return None


def _elements(value: SSAValue, shapes: ShapeAnalysis) -> Sequence[DimLike]:
    """The elements of a value that follow from sizes."""
    found = shapes.value_of(value)
    return () if found is None else tuple(found.reshape(-1))


def _steps(op: Operation) -> Iterator[Operation]:
    """An op, and those that a branch or a loop holds."""
    yield op
    if isinstance(op, FLOW):
        for inner in [o for region in op.regions for o in region.block.ops]:
            yield from _steps(inner)


class _Parts:
    """The ops of a block by part: native part 0, the ops of the host that follow it, native part 1, and so on."""

    def __init__(self, block: Block, shapes: ShapeAnalysis):
        self.block = block
        self.shapes = shapes
        self.natives: dict[int, list[Operation]] = {}
        self.hosts: dict[int, list[Operation]] = {}
        part: dict[Operation, int] = {}
        for op in self.block.ops:
            if _is_constant(op) or op.has_trait(IsTerminator):
                continue
            stays = _is_on_host(op)
            before = [o for v in self.read_by(op) if isinstance(o := v.owner, Operation) and o in part]
            part[op] = max((part[o] + (not stays and _is_on_host(o)) for o in before), default=0)
        for op in reversed(part):  # a kernel that only later parts wait for runs with them
            users = [part.get(self.outer(use.operation), part[op]) for r in op.results for use in r.uses]
            if not _is_on_host(op) and users:
                part[op] = min(users)
        for op, number in part.items():
            (self.hosts if _is_on_host(op) else self.natives).setdefault(number, []).append(op)

    def outline(self, module: ModuleOp, numbers: Iterator[int]) -> None:
        """Make a function of every native part; `numbers` give their names."""
        last = self.block.last_op
        assert last is not None
        constants = [op for op in self.block.ops if _is_constant(op)]
        order = list(constants)
        for part in sorted(self.natives.keys() | self.hosts.keys()):
            if part in self.natives:
                function, call = self.function(f"native_{next(numbers)}", self.natives[part])
                module.body.block.add_op(function)
                order.append(call)
            order += self.hosts.get(part, ())
        for op in (*order, last):
            op.detach()
            self.block.add_op(op)
        for op in constants:
            if not any(r.first_use for r in op.results):
                op.detach()
                op.erase()

    def function(self, name: str, ops: Sequence[Operation]) -> tuple[func.FuncOp, CallOp]:
        """Move ops into a function of their own; it, and a call of it."""
        inside = set(ops)
        read: dict[SSAValue, None] = {}
        copied: dict[Operation, None] = {}
        for value in [v for op in ops for v in self.read_by(op) if v.owner not in inside]:
            self.needed(value, read, copied)
        given = [v for v in read if constant_attribute_of(v) is None]
        kept = [r for op in ops for r in op.results if any(self.outer(use.operation) not in inside for use in r.uses)]
        block = Block(arg_types=[v.type for v in given])
        attributes = _argument_attributes([self.shapes[v] for v in given])
        call = CallOp(name, given, [r.type for r in kept])
        call.location = ops[0].location
        self.block.insert_op_before(call, ops[0])
        stand_ins, stand_in_of = iter(block.args), dict[SSAValue, SSAValue]()
        for value in read:
            if value in given:
                stand_in = next(stand_ins)
            else:
                assert isinstance(value.owner, Operation)
                block.add_op(copy := value.owner.clone())
                copy.location = value.owner.location
                stand_in = copy.results[0]
            stand_in.name_hint = value.name_hint
            stand_in_of[value] = stand_in
            value.replace_uses_with_if(stand_in, lambda use: self.outer(use.operation) in inside)
        for op in copied:  # what they read, the function has by now
            block.add_op(copy := op.clone())
            copy.location = op.location
            for operand_index, operand in enumerate(op.operands):
                copy.operands[operand_index] = stand_in_of[operand]
            for old, new in zip(op.results, copy.results, strict=True):
                stand_in_of[old] = new
                old.replace_uses_with_if(new, lambda use: self.outer(use.operation) in inside)
        for old, new in zip(kept, call.outs, strict=True):
            new.name_hint = old.name_hint
            old.replace_uses_with_if(new, lambda use: self.outer(use.operation) not in inside)
        for op in ops:
            op.detach()
            block.add_op(op)
        block.add_op(func.ReturnOp(*kept))
        types = FunctionType.from_lists([v.type for v in given], [r.type for r in kept])
        function = func.FuncOp(name, types, Region(block), arg_attrs=attributes)
        function.location = call.location
        return function, call

    def needed(self, value: SSAValue, read: dict[SSAValue, None], copied: dict[Operation, None]) -> None:
        """Note how a function comes by a value: it is given it, or computes it again from sizes, which it could not tell from the value."""
        op = value.owner
        if value not in self.shapes.values or not isinstance(op, Operation) or _is_on_host(op) or _is_constant(op) or op.regions[1:]:
            read.setdefault(value)
        elif op not in copied:
            for operand in op.operands:
                self.needed(operand, read, copied)
            copied.setdefault(op)

    def read_by(self, op: Operation) -> Iterator[SSAValue]:
        """The values from outside of an op that it reads, in its regions too."""
        for inner in walk(op):
            yield from (v for v in inner.operands if not op.is_ancestor(v.owner))

    def outer(self, op: Operation) -> Operation:
        """The op of the block that an op is, or is inside of."""
        while op.parent is not None and op.parent is not self.block:
            above = op.parent_op()
            assert above is not None
            if isinstance(above, func.FuncOp):
                return op
            op = above
        return op


def _argument_attributes(shapes: Sequence[Shape]) -> ArrayAttr[DictionaryAttr]:
    """The dimensions of arguments: numbers, symbols that some dimension is, expressions over these; anything else is a symbol of its own."""
    known = {str(d) for shape in shapes for d in shape if symbols(d) == {str(d)}}
    fresh: dict[DimLike, str] = {}

    def named(dim: DimLike) -> Attribute:
        if isinstance(dim, int):
            return IntegerAttr(dim, i64)
        if not symbols(dim) <= known and dim not in fresh:
            fresh[dim] = next(n for i in range(len(fresh), len(fresh) + len(known) + 1) if (n := f"d{i}") not in known)
        return StringAttr(fresh.get(dim, str(dim)))

    return ArrayAttr([DictionaryAttr({"inference.dims": ArrayAttr([named(d) for d in shape])}) for shape in shapes])


def _is_constant(op: Operation) -> bool:
    return bool(op.results) and constant_attribute_of(op.results[0]) is not None


def _is_dynamic(value: SSAValue) -> bool:
    return isinstance(value.type, TensorType) and DYNAMIC_INDEX in value.type.get_shape()
