"""The native functions of a program, the size of the arena each needs, and the object around them."""

from xdsl.dialects import func
from xdsl.dialects.builtin import IndexType, MemRefType, ModuleOp
from xdsl.ir import Operation, SSAValue

from inferir.backends.cpu.emit import interruption
from inferir.backends.cpu.emit.checks import FAULT, checked_launches, end_if_failed, kernels_of, recorder
from inferir.backends.cpu.emit.kernel import Emitter, Memory, emit_kernel, memory
from inferir.backends.cpu.emit.microkernels import MICROKERNELS
from inferir.backends.cpu.emit.text import Function, Int, Program
from inferir.backends.cpu.emit.threads import declarations, thread_pool
from inferir.backends.runtime.program import SEAL, SEAL_SIZE, exports
from inferir.core.diagnostics import InferError
from inferir.dialects.cpu.buffers import WeightOp
from inferir.dialects.cpu.control import IfOp, LoopOp
from inferir.dialects.cpu.host import native_programs
from inferir.dialects.cpu.machine import machine_of
from inferir.dialects.cpu.program import KernelOp, LaunchOp, ViewOp
from inferir.dialects.cpu.scalar import YieldOp

TIMELINE = 264  # byte in the pool: ptr or null, i64[launches + 1] for the cycle counter
MOST_OPTIMISED = 1000
"""Launches of a function that LLVM optimises; its time grows faster than the length of a block. What is left is stores between launches."""


def timed(op: func.FuncOp) -> list[Operation]:
    """What a timeline has an entry for: launches of main's own block, and loops and branches with launches in them."""
    return [o for o in op.body.block.ops if any(isinstance(inner, LaunchOp) for inner in o.walk())]


class HostEmitter(Emitter):
    """Adds views and launches to what kernels may hold."""

    launches = 0
    loops = 0

    def __init__(self, program: Program, f: Function):
        super().__init__(program, f)
        self.before: dict[LaunchOp, int] = {}
        """How many checks come before those of a launch that has some."""

    def op(self, op: Operation) -> None:
        if isinstance(op.parent_op(), func.FuncOp) and any(isinstance(inner, LaunchOp) for inner in op.walk()):
            self.stamp()
            self.launches += 1
        match op:
            case ViewOp():
                assert isinstance(op.result.type, MemRefType)
                source = self.memory(op.source).base
                pointer = self.f.at(source, self.integer(op.offset), "i8")
                self.values[op.result] = memory(self.f, pointer, op.result.type, [self.integer(s) for s in op.sizes])
            case LaunchOp():
                self.launch(op)
            case IfOp():
                self.branch(op)
            case LoopOp():
                self.repetition(op)
            case func.ReturnOp() | YieldOp():
                return
            case _:
                super().op(op)

    def holds(self, value: SSAValue) -> str:
        """Whether a bool in memory is true, as an i1."""
        return self.f.let(f"icmp ne i8 {self.f.load('i8', self.memory(value).pointer, 1)}, 0")

    def branch(self, op: IfOp) -> None:
        """One region or the other."""
        condition = self.holds(op.condition)
        self.f.when(condition, lambda: self.block(op.then.block))
        self.f.when(self.f.let(f"xor i1 {condition}, true"), lambda: self.block(op.otherwise.block))

    def repetition(self, op: LoopOp) -> None:
        """The body until the limit is reached or the condition it leaves is false."""
        f, (number,), block = self.f, op.carried, op.body.block
        limit: Int | None = None
        if op.limit is not None:
            limit = self.integer(op.limit) if isinstance(op.limit.type, IndexType) else f.load("i64", self.memory(op.limit).pointer, 8)

        state = f.at("%loops", self.loops * interruption.STATE, "i64")
        self.loops += 1
        interruption.begin(f, state)

        def body(index: str) -> str | None:
            interruption.look(f, state, index)
            f.store("i64", index, self.memory(number).pointer, 8)
            self.values[block.args[0]] = index
            self.block(block)
            last = block.last_op
            return self.holds(last.operands[0]) if last is not None and last.operands else None

        f.repeat(limit, None if op.condition is None else self.holds(op.condition), body)

    def launch(self, op: LaunchOp) -> None:
        """Fill the argument slots and hand them to the pool."""
        f, slots = self.f, 0

        def put(type: str, value: Int) -> None:
            nonlocal slots
            f.store(type, str(value), f.at("%slots", slots, "i64"), 8)
            slots += 1

        for argument in op.arguments:
            value = self.values[argument]
            if not isinstance(value, Memory):
                put("i64", value)
                continue
            assert isinstance(argument.type, MemRefType)
            put("ptr", value.base)
            for declared, size in zip(argument.type.get_shape(), value.sizes, strict=True):
                if declared < 0:
                    put("i64", size)
        f.do(f"call void @launch(ptr %pool, ptr @{op.kernel.root_reference.data}, ptr %slots, i64 {self.integer(op.tasks)})")
        if op in self.before:
            end_if_failed(f, self.before[op])

    def stamp(self) -> None:
        """Store the cycle counter if the runtime asked for a timeline."""
        f, number = self.f, self.launches

        def store() -> None:
            f.store("i64", f.call("i64", "llvm.readcyclecounter"), f.at("%timeline", number, "i64"), 8)

        f.when("%timed", store)


def emit_program(module: ModuleOp) -> str:
    """The LLVM module of a level 4 module, for the machine of its target.

    Raises InferError for an op there is no code for.
    """
    machine = machine_of(module)
    program = Program(machine, MICROKERNELS)
    for op in module.body.ops:
        match op:
            case KernelOp():
                emit_kernel(op, program)
            case WeightOp() | func.FuncOp():
                continue
            case _:
                raise InferError(f"a level 4 module holds kernels, functions and weights, not {op.name}", op.location)
    kernels = kernels_of(module)
    checked = False
    for function, size in native_programs(module):
        run, arena = exports(function.sym_name.data)
        before, count = {}, 0
        for launch, checks in checked_launches(function, kernels):
            before[launch], count = count, count + len(checks)
        checked = checked or count > 0
        _emit_run(function, run, program, before)
        _emit_arena_size(size, arena, program)
    seal = f"@{SEAL} = constant [{SEAL_SIZE} x i8] zeroinitializer, align 8\n"
    return declarations(machine.triple) + seal + program.text() + "\n" + thread_pool(machine.triple) + (recorder() if checked else "")


def _emit_run(op: func.FuncOp, name: str, program: Program, before: dict[LaunchOp, int]) -> None:
    launches = [o for o in op.body.walk() if isinstance(o, LaunchOp)]
    fast = "noinline optnone" if len(launches) > MOST_OPTIMISED else ""
    f = Function(name, [f"ptr %{n}" for n in ("pool", "arena", "weights", "io", "dims")], "i64", internal=False, attributes=fast)
    widest = max(map(_slots, launches), default=0)
    f.do(f"%frame = alloca i64, i64 {widest + 1}, align 8")
    f.do("%slots = getelementptr i64, ptr %frame, i64 1")
    if before:
        f.store("ptr", "%pool", "%frame", 8)
        f.store("i64", "0", f.at("%pool", FAULT, "i8"), 8)
    if loops := sum(isinstance(o, LoopOp) for o in op.body.walk()):
        f.do(f"%loops = alloca i64, i64 {loops * interruption.STATE}, align 8")
        program.include(interruption.LOOK, interruption.DECLARATIONS)
    f.do(f"%p.timeline = getelementptr i8, ptr %pool, i64 {TIMELINE}")
    f.do("%timeline = load ptr, ptr %p.timeline, align 8")
    f.do("%timed = icmp ne ptr %timeline, null")
    emitter = HostEmitter(program, f)
    emitter.before = before
    pointers, dims = 0, 0
    for argument in op.body.block.args:
        if isinstance(argument.type, IndexType):
            emitter.values[argument] = f.load("i64", f.at("%dims", dims, "i64"), 8)
            dims += 1
            continue
        pointer = ("%arena", "%weights")[pointers] if pointers < 2 else f.load("ptr", f.at("%io", pointers - 2, "i64"), 8)
        emitter.values[argument] = Memory(pointer, (0,), (1,), pointer)
        pointers += 1
    emitter.block(op.body.block)
    emitter.stamp()
    program.add(f, "i64 0")


def _slots(op: LaunchOp) -> int:
    return sum(1 + sum(d < 0 for d in a.type.get_shape()) if isinstance(a.type, MemRefType) else 1 for a in op.arguments)


def _emit_arena_size(op: func.FuncOp, name: str, program: Program) -> None:
    f = Function(name, ["ptr %dims"], "i64", internal=False)
    emitter = HostEmitter(program, f)
    for position, argument in enumerate(op.body.block.args):
        emitter.values[argument] = f.load("i64", f.at("%dims", position, "i64"), 8)
    emitter.block(op.body.block)
    last = op.body.block.last_op
    assert isinstance(last, func.ReturnOp)
    program.add(f, f"i64 {emitter.integer(last.operands[0])}")
