"""Scalar programs, many elements at a time: LANES neighbours along the last dimension.

What is the same for all of them stays scalar: indices of the other dimensions, sizes, addresses, whatever is loaded or computed
from those alone. An index that steps evenly from lane to lane is a `Line`, so a load at consecutive places is one vector load;
a load at places that are computed is a gather.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import IndexType, i1
from xdsl.ir import Block, Operation, SSAValue

from inferir.backends.cpu.emit.checks import fail
from inferir.backends.cpu.emit.elements import Element, element
from inferir.backends.cpu.emit.kernel import Emitter, Memory
from inferir.backends.cpu.emit.region import emit_step
from inferir.backends.cpu.emit.rows import over_columns
from inferir.backends.cpu.emit.text import LANES, MASK, Int, lanes, short, splat
from inferir.core.diagnostics import InferError
from inferir.dialects.cpu import uk
from inferir.dialects.cpu.elements import CheckOp, LoadOp, SizeOp
from inferir.dialects.cpu.scalar import YieldOp


@dataclass(frozen=True)
class Line:
    """An index that is `base` in the first lane and `step` more in each following one."""

    base: Int
    step: int


@dataclass(frozen=True)
class Vector:
    """A value for each lane; `same` where all are equal."""

    name: str
    same: bool = False


Known = Int | Memory | Line | Vector
"""What a value is while code is written. A number or a name alone is a scalar, uniform over the lanes."""


def is_same(value: Known) -> bool:
    """Whether a value is uniform over the lanes."""
    return isinstance(value, int | str) or (isinstance(value, Vector) and value.same)


class Lanes:
    """Writes a program for LANES elements; `mask` says which of them exist (None: all)."""

    def __init__(self, emitter: Emitter, mask: str | None):
        self.emitter, self.f = emitter, emitter.f
        self.mask = mask
        self.values: dict[SSAValue, Known] = {}

    def run(self, block: Block) -> list[Known]:
        """Write the ops of a block; what its terminator yields."""
        for op in block.ops:
            if isinstance(op, YieldOp | scf.YieldOp):
                return [self.values[v] for v in op.operands]
            if isinstance(op, scf.ForOp):
                self.loop(op)
            else:
                self.values[op.results[0]] = self.step(op)
        raise InferError("a scalar program ends in a yield")

    # -- forms of a value

    def vector(self, value: Known, type: str) -> str:
        """A value for each lane."""
        if isinstance(value, Vector):
            return value.name
        if isinstance(value, Line):
            numbers = "<" + ", ".join(f"i64 {lane * value.step}" for lane in range(LANES)) + ">"
            return self.f.let(f"add <{LANES} x i64> {self.vector(value.base, 'i64')}, {numbers}")
        assert not isinstance(value, Memory)
        return f"splat ({type} {value})" if isinstance(value, int) else self.f.broadcast(value, type)

    def scalar(self, value: Known, type: str) -> Int:
        """A uniform value, as a scalar."""
        if isinstance(value, Vector):
            return self.f.let(f"extractelement <{LANES} x {type}> {value.name}, i32 0")
        assert isinstance(value, int | str)
        return value

    def masks(self, a: str | None, b: str | None) -> str | None:
        """The lanes that are in both masks."""
        if a is None or b is None:
            return a if b is None else b
        return self.f.let(f"and {MASK} {a}, {b}")

    # -- ops

    def step(self, op: Operation) -> Known:
        """Write one op."""
        operands = [self.values[v] for v in op.operands]
        match op:
            case LoadOp():
                return self.load(op)
            case CheckOp():
                return self.check(op)
            case SizeOp():
                place = self.values[op.source]
                assert isinstance(place, Memory)
                return place.sizes[op.axis.value.data]
            case arith.IndexCastOp():
                (value,) = operands
                return self.scalar(value, "i64") if is_same(value) and not isinstance(value, int | str) else value
            case arith.ConstantOp() if isinstance(op.result.type, IndexType):
                self.emitter.op(op)
                return self.emitter.integer(op.result)
        index = all(isinstance(v.type, IndexType) for v in op.operands[-2:])
        if index and op.operands and all(isinstance(v, int | str) for v in operands):
            return self.scalars(op, operands)
        if index and len(operands) == 2 and any(isinstance(v, Line) for v in operands):
            moved = self.moved(op, operands)
            if moved is not None:
                return moved
        if op.operands and all(v.type == i1 for v in op.operands) and all(isinstance(v, str) for v in operands) and len(operands) == 2:
            return self.f.let(f"{op.name.removeprefix('arith.').removesuffix('i')} i1 {operands[0]}, {operands[1]}")
        vectors = [self.vector(v, element(o.type).value) for v, o in zip(operands, op.operands, strict=True)]
        same = all(is_same(v) for v in operands)
        made = Vector(emit_step(self.f, op, vectors), same)
        return self.scalar(made, "i64") if same and isinstance(op.results[0].type, IndexType) else made

    def scalars(self, op: Operation, operands: Sequence[Known]) -> Int:
        """Arithmetic on uniform indices."""
        for operand, value in zip(op.operands, operands, strict=True):
            assert isinstance(value, int | str)
            self.emitter.values[operand] = value
        self.emitter.op(op)
        return self.emitter.integer(op.results[0])

    def moved(self, op: Operation, operands: Sequence[Known]) -> Line | None:
        """A line and a scalar (or another line) added, or a line times a number, are a line."""
        a, b = (v if isinstance(v, Line) else Line(v, 0) if isinstance(v, int | str) else None for v in operands)
        if a is None or b is None:
            return None
        f = self.f
        match op:
            case arith.AddiOp():
                return Line(f.add(a.base, b.base), a.step + b.step)
            case arith.SubiOp():
                return Line(f.sub(a.base, b.base), a.step - b.step)
            case arith.MuliOp():
                line, times = (a, b) if b.step == 0 else (b, a)
                if times.step == 0 and isinstance(times.base, int):
                    return Line(f.mul(line.base, times.base), line.step * times.base)
        return None

    def check(self, op: CheckOp) -> Known:
        """The index; the kernel returns where one that a lane needs is out of its range."""
        index, low, high = (self.values[v] for v in op.operands)
        f, number = self.f, self.emitter.checks[op]
        if all(is_same(v) for v in (index, low, high)):
            i, first, last = (self.scalar(v, "i64") for v in (index, low, high))
            wrong = f.let(f"icmp uge i64 {f.let(f'sub i64 {i}, {first}')}, {f.let(f'sub i64 {last}, {first}')}")
            f.leave(wrong, lambda: fail(f, number, i, first, last))
            return index
        many = f"<{LANES} x i64>"
        i, first, last = (self.vector(v, "i64") for v in (index, low, high))
        outside = f.let(f"icmp uge {many} {f.let(f'sub {many} {i}, {first}')}, {f.let(f'sub {many} {last}, {first}')}")
        wrong = f.let(f"bitcast {MASK} {self.masks(self.mask, outside)} to i{LANES}")

        def report() -> None:
            lane = f.call(f"i{LANES}", f"llvm.cttz.i{LANES}", f"i{LANES} {wrong}", "i1 true")
            fail(f, number, *(f.let(f"extractelement {many} {v}, i{LANES} {lane}") for v in (i, first, last)))

        f.leave(f.let(f"icmp ne i{LANES} {wrong}, 0"), report)
        return index

    def load(self, op: LoadOp) -> Known:
        """A scalar, a vector of neighbours, or a gather.

        A condition that all lanes share chooses the address and stays out of the mask: of a mask of that condition and of at most 8 known
        lanes, LLVM 22 makes on AVX2 a load of all lanes, or an assertion that fails.
        """
        f, place = self.f, self.values[op.source]
        assert isinstance(place, Memory)
        kind = place.element
        start: Int = 0
        step = 0
        scattered: str | None = None
        for index, stride in zip((self.values[i] for i in op.indices), place.strides, strict=True):
            if isinstance(index, int | str):
                start = f.add(start, f.mul(index, stride))
            elif isinstance(index, Line) and isinstance(stride, int):
                start, step = f.add(start, f.mul(index.base, stride)), step + index.step * stride
            else:
                part = self.vector(index, "i64")
                if stride != 1:
                    part = f.let(f"mul <{LANES} x i64> {part}, {self.vector(stride, 'i64')}")
                scattered = part if scattered is None else f.let(f"add <{LANES} x i64> {scattered}, {part}")
        condition = None if op.condition is None else self.values[op.condition]
        if scattered is None and step == 0:
            return self.chosen(op, self.load_one(place, start, condition), condition)
        if scattered is None and step == 1 and condition is not None and is_same(condition):
            wanted = f.let(f"select i1 {self.scalar(condition, 'i1')}, ptr {f.at(place.pointer, start, kind.stored)}, ptr {f.spare()}")
            return self.chosen(op, Vector(f.load_vector(wanted, self.mask, element=kind)), condition)
        mask = self.masks(self.mask, None if condition is None else self.vector(condition, "i1"))
        if scattered is None and step == 1:
            found = f.load_vector(f.at(place.pointer, start, kind.stored), mask, element=kind)
        else:
            if step:
                line = self.vector(Line(0, step), "i64")
                scattered = line if scattered is None else f.let(f"add <{LANES} x i64> {scattered}, {line}")
            found = self.gather(f.at(place.pointer, start, kind.stored), str(scattered), kind, mask)
        return self.chosen(op, Vector(found), condition)

    def load_one(self, place: Memory, start: Int, condition: Known | None) -> str:
        """An element that all lanes read. Where no lane wants it, the first one of the tensor is read instead."""
        f, kind = self.f, place.element
        if condition is not None:
            wanted = self.scalar(condition, "i1") if is_same(condition) else self.any(self.vector(condition, "i1"))
            start = f.let(f"select i1 {wanted}, i64 {start}, i64 0")
        found = f.load(kind.stored, f.at(place.pointer, start, kind.stored), kind.bytes)
        return found if kind.value != "i1" else f.let(f"icmp ne i8 {found}, 0")

    def any(self, mask: str) -> str:
        """Whether a lane that exists is in the mask."""
        bits = self.f.let(f"bitcast {MASK} {self.masks(self.mask, mask)} to i{LANES}")
        return self.f.let(f"icmp ne i{LANES} {bits}, 0")

    def gather(self, pointer: str, offsets: str, kind: Element, mask: str | None) -> str:
        """Elements at offsets of their own."""
        f, stored = self.f, f"<{LANES} x {kind.stored}>"
        pointers = f.let(f"getelementptr {kind.stored}, ptr {pointer}, <{LANES} x i64> {offsets}")
        callee = f"llvm.masked.gather.v{LANES}{short(kind.stored)}.v{LANES}p0"
        f.declarations.add(f"declare {stored} @{callee}(<{LANES} x ptr>, i32, {MASK}, {stored})")
        arguments = f"<{LANES} x ptr> {pointers}, i32 {kind.bytes}, {MASK} {mask or lanes(LANES)}, {stored} zeroinitializer"
        found = f.let(f"call {stored} @{callee}({arguments})")
        return found if kind.value != "i1" else f.let(f"icmp ne {stored} {found}, zeroinitializer")

    def chosen(self, op: LoadOp, found: Known, condition: Known | None) -> Known:
        """What was loaded, or `else` where the condition does not hold."""
        if condition is None or op.otherwise is None:
            return found
        type, other = element(op.result.type).value, self.values[op.otherwise]
        a, b = self.vector(found, type), self.vector(other, type)
        name = self.f.let(f"select {MASK} {self.vector(condition, 'i1')}, <{LANES} x {type}> {a}, <{LANES} x {type}> {b}")
        return Vector(name, all(is_same(v) for v in (found, condition, other)))

    def loop(self, op: scf.ForOp) -> None:
        """A loop that all lanes run together; one whose own range is over keeps its values."""
        f, inner = self.f, op.body.block
        low, high, step = (self.values[v] for v in (op.lb, op.ub, op.step))
        assert isinstance(step, int | str)
        limits: list[tuple[str, str]] = []
        first = self.bound(low, "smin", "sge", limits)
        last = self.bound(high, "smax", "slt", limits)
        types = [f"<{LANES} x {element(v.type).value}>" for v in op.iter_args]
        start = [self.vector(self.values[v], element(v.type).value) for v in op.iter_args]

        def body(index: Int, carried: list[str]) -> list[str]:
            self.values[inner.args[0]] = index
            self.values.update({a: Vector(c) for a, c in zip(inner.args[1:], carried, strict=True)})
            outer = self.mask
            held: str | None = None
            for predicate, limit in limits:
                here = f.let(f"icmp {predicate} <{LANES} x i64> {self.vector(index, 'i64')}, {limit}")
                held = self.masks(held, here)
            self.mask = self.masks(outer, held)
            following = [self.vector(v, element(a.type).value) for v, a in zip(self.run(inner), inner.args[1:], strict=True)]
            self.mask = outer
            if held is None:
                return following
            return [
                f.let(f"select {MASK} {held}, {type} {new}, {type} {old}") for type, new, old in zip(types, following, carried, strict=True)
            ]

        out = f.loop(first, last, step, list(zip(types, start, strict=True)), body)
        self.values.update({r: Vector(v) for r, v in zip(op.results, out, strict=True)})

    def bound(self, value: Known, extreme: str, predicate: str, limits: list[tuple[str, str]]) -> Int:
        """A bound of a loop as a scalar; where lanes differ the furthest, and a limit that each lane holds to."""
        if is_same(value):
            return self.scalar(value, "i64")
        vector = self.vector(value, "i64")
        limits.append((predicate, vector))
        far = splat(0, "i64")
        wanted = vector if self.mask is None else self.f.let(f"select {MASK} {self.mask}, <{LANES} x i64> {vector}, <{LANES} x i64> {far}")
        callee = f"llvm.vector.reduce.{extreme}.v{LANES}i64"
        self.f.declarations.add(f"declare i64 @{callee}(<{LANES} x i64>)")
        return self.f.let(f"call i64 @{callee}(<{LANES} x i64> {wanted})")


def emit_generate(op: uk.GenerateOp, emitter: Emitter) -> None:
    """The region for `count` elements along the last dimension of y, from the indices of the reference on."""
    inputs, ((y, start),) = op.references()
    f, place, block = emitter.f, emitter.memory(y), op.region.block
    pointer, kind = emitter.address(y, start), place.element
    at: list[Int] = [emitter.integer(i) for i in start]

    def columns(j: Int, mask: str | None) -> None:
        program = Lanes(emitter, mask)
        known: list[Known] = [*at[:-1], *([Line(f.add(at[-1], j), 1)] if at else [])]
        program.values.update(zip(block.args, [*known, *(emitter.memory(m) for m, _ in inputs)], strict=True))
        (value,) = program.run(block)
        f.store_vector(program.vector(value, kind.value), f.at(pointer, j, kind.stored), mask, kind)

    if at:
        over_columns(f, emitter.integer(op.sizes[0]), 1, columns)
    else:
        columns(0, f.first_lanes(1))
