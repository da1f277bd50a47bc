"""Level 4 to LLVM text: control flow, index arithmetic, memrefs. The program knows what emits microkernels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xdsl.dialects import arith, memref, scf
from xdsl.dialects.builtin import DYNAMIC_INDEX, IndexType, IntegerAttr, MemRefType
from xdsl.ir import Block, Operation, SSAValue

from inferir.backends.cpu.emit.checks import checks_of
from inferir.backends.cpu.emit.elements import F32, Element, element
from inferir.backends.cpu.emit.text import Function, Int, Program
from inferir.core.diagnostics import InferError
from inferir.dialects.cpu.program import DoneOp, KernelOp


@dataclass(frozen=True)
class Memory:
    """A memref while code is written: its first element, sizes and strides in elements, and the buffer before the layout's offset."""

    pointer: str
    sizes: tuple[Int, ...]
    strides: tuple[Int, ...]
    base: str
    element: Element = F32


def dynamic_sizes(type: MemRefType) -> int:
    """How many dimensions have no size in the type; a kernel receives one i64 for each behind the pointer."""
    return sum(d == DYNAMIC_INDEX for d in type.get_shape())


def memory(f: Function, pointer: str, type: MemRefType, sizes: Sequence[Int]) -> Memory:
    """The memory of a memref type, given its dynamic sizes."""
    kind, rest = element(type.element_type), iter(sizes)
    shape = tuple(d if d != DYNAMIC_INDEX else next(rest) for d in type.get_shape())
    if type.layout.name == "none":
        strides: list[Int] = []
        step: Int = 1
        for size in reversed(shape):
            strides.insert(0, step)
            step = f.mul(step, size)
        return Memory(pointer, shape, tuple(strides), pointer, kind)
    given = type.get_strides()
    offset = type.get_offset()
    if given is None or offset is None or None in given:
        raise InferError(f"the cpu backend needs static strides, {type} has dynamic ones")
    return Memory(f.at(pointer, offset, kind.stored), shape, tuple(s for s in given if s is not None), pointer, kind)


_FOLDS: dict[type[Operation], Callable[[int, int], int]] = {
    arith.DivUIOp: lambda a, b: a // b,
    arith.DivSIOp: lambda a, b: int(a / b),
    arith.FloorDivSIOp: lambda a, b: a // b,
    arith.CeilDivSIOp: lambda a, b: -(-a // b),
    arith.CeilDivUIOp: lambda a, b: -(-a // b),
    arith.RemUIOp: lambda a, b: a % b,
    arith.RemSIOp: lambda a, b: a - b * int(a / b),
}
_PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")


class Emitter:
    """Writes the ops of one block structure into one LLVM function."""

    def __init__(self, program: Program, f: Function):
        self.program = program
        self.f = f
        self.values: dict[SSAValue, Int | Memory] = {}
        self.checks: dict[Operation, int] = {}
        """Numbers of the kernel's `cpu.check`s, from 1."""

    def integer(self, value: SSAValue) -> Int:
        """An index (or i1) value."""
        out = self.values[value]
        assert not isinstance(out, Memory)
        return out

    def memory(self, value: SSAValue) -> Memory:
        """A memref value."""
        out = self.values[value]
        assert isinstance(out, Memory)
        return out

    def address(self, value: SSAValue, start: Sequence[SSAValue]) -> str:
        """Pointer to the element of a memref at `start`."""
        place, f = self.memory(value), self.f
        total: Int = 0
        for index, stride in zip(start, place.strides, strict=True):
            total = f.add(total, f.mul(self.integer(index), stride))
        return f.at(place.pointer, total, place.element.stored)

    def block(self, block: Block) -> None:
        """Emit every op of a block but its terminator."""
        for op in block.ops:
            self.op(op)

    def op(self, op: Operation) -> None:
        """Emit one op. Raises InferError, naming it, where there is no code for it."""
        f = self.f
        match op:
            case scf.YieldOp() | DoneOp():
                return
            case arith.ConstantOp():
                assert isinstance(op.value, IntegerAttr)
                self.values[op.result] = op.value.value.data
            case arith.AddiOp():
                self.values[op.result] = f.add(self.integer(op.lhs), self.integer(op.rhs))
            case arith.SubiOp():
                self.values[op.result] = f.sub(self.integer(op.lhs), self.integer(op.rhs))
            case arith.MuliOp():
                self.values[op.result] = f.mul(self.integer(op.lhs), self.integer(op.rhs))
            case arith.MinSIOp() | arith.MinUIOp():
                self.values[op.result] = f.minimum(self.integer(op.lhs), self.integer(op.rhs))
            case arith.MaxSIOp() | arith.MaxUIOp():
                self.values[op.result] = f.maximum(self.integer(op.lhs), self.integer(op.rhs))
            case arith.CmpiOp():
                a, b = self.integer(op.lhs), self.integer(op.rhs)
                self.values[op.result] = f.let(f"icmp {_PREDICATES[op.predicate.value.data]} i64 {a}, {b}")
            case arith.SelectOp():
                a, b = self.integer(op.lhs), self.integer(op.rhs)
                self.values[op.result] = f.let(f"select i1 {self.integer(op.cond)}, i64 {a}, i64 {b}")
            case _ if type(op) in _FOLDS:
                self.values[op.results[0]] = self.division(op, self.integer(op.operands[0]), self.integer(op.operands[1]))
            case memref.DimOp():
                axis = self.integer(op.index)
                if not isinstance(axis, int):
                    raise InferError("memref.dim: the dimension is a constant", op.location)
                self.values[op.result] = self.memory(op.source).sizes[axis]
            case scf.ForOp():
                self.loop(op)
            case scf.IfOp() if not op.results and not op.false_region.blocks:
                f.when(str(self.integer(op.cond)), lambda: self.block(op.true_region.block))
            case _ if type(op) in self.program.microkernels:
                self.program.microkernels[type(op)](op, self)
            case _:
                raise InferError(f"the cpu backend has no code for {op.name} at level 4", op.location)

    def loop(self, op: scf.ForOp) -> None:
        """An `scf.for` over indices, possibly carrying indices."""

        def body(index: Int, carried: list[str]) -> list[str]:
            self.values[op.body.block.args[0]] = index
            for argument, value in zip(op.body.block.args[1:], carried, strict=True):
                self.values[argument] = value
            self.block(op.body.block)
            last = op.body.block.last_op
            assert last is not None
            return [str(self.integer(v)) for v in last.operands]

        carried = [("i64", str(self.integer(v))) for v in op.iter_args]
        out = self.f.loop(self.integer(op.lb), self.integer(op.ub), self.integer(op.step), carried, body)
        for result, value in zip(op.results, out, strict=True):
            self.values[result] = value

    def division(self, op: Operation, a: Int, b: Int) -> Int:
        """A quotient or remainder."""
        f = self.f
        if isinstance(a, int) and isinstance(b, int):
            return _FOLDS[type(op)](a, b)
        if b == 1:
            return 0 if isinstance(op, arith.RemUIOp | arith.RemSIOp) else a
        match op:
            case arith.RemUIOp():
                return f.let(f"urem i64 {a}, {b}")
            case arith.RemSIOp():
                return f.let(f"srem i64 {a}, {b}")
            case arith.CeilDivUIOp():
                return f.let(f"udiv i64 {f.sub(f.add(a, b), 1)}, {b}")
            case arith.CeilDivSIOp():
                return self.floor(f.sub(f.add(a, b), 1), b)
            case arith.FloorDivSIOp():
                return self.floor(a, b)
            case arith.DivSIOp():
                return f.let(f"sdiv i64 {a}, {b}")
        return f.let(f"udiv i64 {a}, {b}")

    def floor(self, a: Int, b: Int) -> Int:
        """a / b rounded down, for b > 0."""
        if isinstance(a, int) and isinstance(b, int):
            return a // b
        f = self.f
        quotient = f.let(f"sdiv i64 {a}, {b}")
        rest = f.let(f"srem i64 {a}, {b}")
        below = f.let(f"icmp slt i64 {rest}, 0")
        return f.let(f"select i1 {below}, i64 {f.sub(quotient, 1)}, i64 {quotient}")


def emit_kernel(op: KernelOp, program: Program) -> None:
    """One kernel: `void @name(ptr arguments, i64 task)`; arguments are 8-byte slots, a memref's dynamic sizes behind its pointer."""
    f = Function(op.sym_name.data, ["ptr %arguments", "i64 %task"])
    emitter = Emitter(program, f)
    task, *arguments = op.body.block.args
    emitter.values[task] = "%task"
    emitter.checks = {check: number for number, check in enumerate(checks_of(op), 1)}
    slot = 0

    def take(type: str) -> str:
        nonlocal slot
        slot += 1
        return f.load(type, f.at("%arguments", slot - 1, "i64"), 8)

    for argument in arguments:
        if isinstance(argument.type, IndexType):
            emitter.values[argument] = take("i64")
            continue
        assert isinstance(argument.type, MemRefType)
        pointer = take("ptr")
        sizes = [take("i64") for _ in range(dynamic_sizes(argument.type))]
        emitter.values[argument] = memory(f, pointer, argument.type, sizes)
    emitter.block(op.body.block)
    program.add(f)
