"""Building LLVM IR as text, front to back.

An `Int` is a value of type i64: a Python int while it is known (arithmetic on those happens here, not in the program),
else the name of an SSA value. Vectors have `LANES` floats whatever the machine: code generation splits them in two for
machines with 256-bit registers, so one text serves all.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inferir.backends.cpu.emit.elements import F32, Element
from inferir.dialects.cpu.machine import Machine

Int = int | str

LANES = 16
VECTOR = f"<{LANES} x float>"
INTS = f"<{LANES} x i32>"
MASK = f"<{LANES} x i1>"
ATTRIBUTES = 'nounwind "prefer-vector-width"="512"'


def number(value: float) -> str:
    """The LLVM spelling of a float32 constant (LLVM writes it as the hexadecimal double of the same value)."""
    (single,) = struct.unpack("<f", struct.pack("<f", value))
    return f"0x{struct.unpack('<Q', struct.pack('<d', single))[0]:016X}"


def splat(value: float, type: str = "float") -> str:
    """A constant vector, uniform over the lanes."""
    return f"splat ({type} {number(value) if type == 'float' else spelled(value, type)})"


def spelled(value: float | bool, type: str) -> str:
    """The LLVM spelling of a constant of any type but float."""
    if type == "i1":
        return str(bool(value)).lower()
    if type == "half":
        return f"0xH{struct.unpack('<H', struct.pack('<e', value))[0]:04X}"
    return str(value) if type.startswith("i") else f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def short(type: str) -> str:
    """A type as it stands in the names of intrinsics."""
    return {"float": "f32", "double": "f64", "half": "f16"}.get(type, type)


def lanes(count: int) -> str:
    """The constant mask whose first `count` lanes are set."""
    return "<" + ", ".join(f"i1 {'true' if lane < count else 'false'}" for lane in range(LANES)) + ">"


class Function:
    """The text of one LLVM function while it is being written.

    `params` are LLVM parameter declarations such as `ptr noalias %x`. Control flow is structured: `loop` and `when` nest.
    """

    def __init__(self, name: str, params: Sequence[str], result: str = "void", internal: bool = True, attributes: str = ""):
        linkage = "internal " if internal else ""
        self.name = name
        self.lines = [f"define {linkage}{result} @{name}({', '.join(params)}) {f'{ATTRIBUTES} {attributes}'.rstrip()} {{", "entry:"]
        self.block = "entry"
        self.count = 0
        self.declarations: set[str] = set()
        self.frame: dict[str, str] = {}
        """Names and instructions that open the function."""

    def finish(self, result: str = "void") -> str:
        """Return `result` and give the whole text."""
        frame = [f"  {name} = {made}" for name, made in self.frame.items()]
        return "\n".join([*self.lines[:2], *frame, *self.lines[2:], f"  ret {result}", "}", ""])

    # -- single instructions

    def do(self, instruction: str) -> None:
        """An instruction without a result."""
        self.lines.append("  " + instruction)

    def let(self, instruction: str) -> str:
        """An instruction with a result; gives its name."""
        self.count += 1
        name = f"%v{self.count}"
        self.do(f"{name} = {instruction}")
        return name

    def call(self, result: str, callee: str, *arguments: str) -> str:
        """Call an intrinsic on scalars (declared on the way); `arguments` are written `type value`."""
        self.declarations.add(f"declare {result} @{callee}({', '.join(a.rsplit(' ', 1)[0] for a in arguments)})")
        return self.let(f"call {result} @{callee}({', '.join(arguments)})")

    def lanewise(self, intrinsic: str, *vectors: str, type: str = "float") -> str:
        """Call an intrinsic that maps vectors to a vector of their type lane by lane, such as `llvm.sqrt`."""
        callee, vector = f"{intrinsic}.v{LANES}{short(type)}", f"<{LANES} x {type}>"
        self.declarations.add(f"declare {vector} @{callee}({', '.join(vector for _ in vectors)})")
        return self.let(f"call {vector} @{callee}({', '.join(f'{vector} {v}' for v in vectors)})")

    # -- integers: folded while known

    def add(self, a: Int, b: Int) -> Int:
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0:
            return b
        return a if b == 0 else self.let(f"add nsw i64 {a}, {b}")

    def sub(self, a: Int, b: Int) -> Int:
        if isinstance(a, int) and isinstance(b, int):
            return a - b
        return a if b == 0 else self.let(f"sub nsw i64 {a}, {b}")

    def mul(self, a: Int, b: Int) -> Int:
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        if a == 0 or b == 0:
            return 0
        if a == 1:
            return b
        return a if b == 1 else self.let(f"mul nsw i64 {a}, {b}")

    def minimum(self, a: Int, b: Int) -> Int:
        if isinstance(a, int) and isinstance(b, int):
            return min(a, b)
        return self.call("i64", "llvm.smin.i64", f"i64 {a}", f"i64 {b}")

    def maximum(self, a: Int, b: Int) -> Int:
        if isinstance(a, int) and isinstance(b, int):
            return max(a, b)
        return self.call("i64", "llvm.smax.i64", f"i64 {a}", f"i64 {b}")

    # -- memory

    def at(self, pointer: str, elements: Int, type: str = "float") -> str:
        """`pointer` moved by a number of elements. Not `inbounds`: a window may start in the padding it never reads."""
        return pointer if elements == 0 else self.let(f"getelementptr {type}, ptr {pointer}, i64 {elements}")

    def load(self, type: str, pointer: str, align: int = 4) -> str:
        return self.let(f"load {type}, ptr {pointer}, align {align}")

    def store(self, type: str, value: str, pointer: str, align: int = 4) -> None:
        self.do(f"store {type} {value}, ptr {pointer}, align {align}")

    def load_vector(
        self, pointer: str, mask: str | None = None, fill: str = "zeroinitializer", element: Element = F32, align: int | None = None
    ) -> str:
        """Load up to LANES elements; lanes outside `mask` are not touched and read as `fill` (of the type in memory)."""
        stored, align = f"<{LANES} x {element.stored}>", align or element.bytes
        if mask is None:
            vector = self.load(stored, pointer, align)
        else:
            callee = f"llvm.masked.load.v{LANES}{short(element.stored)}.p0"
            self.declarations.add(f"declare {stored} @{callee}(ptr, i32, {MASK}, {stored})")
            vector = self.let(f"call {stored} @{callee}(ptr {pointer}, i32 {align}, {MASK} {mask}, {stored} {fill})")
        return vector if element.value != "i1" else self.let(f"icmp ne {stored} {vector}, zeroinitializer")

    def store_vector(self, value: str, pointer: str, mask: str | None = None, element: Element = F32) -> None:
        """Store up to LANES elements."""
        stored = f"<{LANES} x {element.stored}>"
        if element.value == "i1":
            value = self.let(f"zext {MASK} {value} to {stored}")
        if mask is None:
            self.store(stored, value, pointer, element.bytes)
            return
        if mask == lanes(1):
            # LLVM 22 makes one store of the wide type of a truncation and a masked store of one lane.
            self.store(element.stored, self.let(f"extractelement {stored} {value}, i32 0"), pointer, element.bytes)
            return
        callee = f"llvm.masked.store.v{LANES}{short(element.stored)}.p0"
        self.declarations.add(f"declare void @{callee}({stored}, ptr, i32, {MASK})")
        self.do(f"call void @{callee}({stored} {value}, ptr {pointer}, i32 {element.bytes}, {MASK} {mask})")

    def spare(self) -> str:
        """Memory of LANES elements of any type, for a load whose value is not used; it stands in the frame, whatever loop asks for it."""
        self.frame["%spare"] = f"alloca [{LANES} x i64], align 64"
        return "%spare"

    def load_single(self, pointer: str, element: Element = F32) -> str:
        """One element, broadcast to the lanes."""
        value = self.broadcast(self.load(element.stored, pointer, element.bytes), element.stored)
        return value if element.value != "i1" else self.let(f"icmp ne <{LANES} x i8> {value}, zeroinitializer")

    # -- vectors

    def broadcast(self, scalar: str, type: str = "float") -> str:
        """A scalar, broadcast to the lanes."""
        one = self.let(f"insertelement <{LANES} x {type}> poison, {type} {scalar}, i32 0")
        return self.let(f"shufflevector <{LANES} x {type}> {one}, <{LANES} x {type}> poison, <{LANES} x i32> zeroinitializer")

    def fma(self, a: str, b: str, c: str, type: str = "float") -> str:
        """a * b + c, rounded once."""
        return self.lanewise("llvm.fma", a, b, c, type=type)

    def first_lanes(self, count: Int) -> str | None:
        """The mask of the first `count` lanes; none when all are wanted."""
        if isinstance(count, int):
            return None if count >= LANES else lanes(count)
        small = self.let(f"trunc i64 {count} to i32")
        numbers = "<" + ", ".join(f"i32 {lane}" for lane in range(LANES)) + ">"
        return self.let(f"icmp slt {INTS} {numbers}, {self.broadcast(small, 'i32')}")

    # -- control flow

    def loop(
        self,
        low: Int,
        high: Int,
        step: Int,
        carried: Sequence[tuple[str, str]],
        body: Callable[[Int, list[str]], Sequence[str] | None],
    ) -> list[str]:
        """`for i = low; i < high; i += step`, carrying (type, initial value) pairs; `body(i, values)` gives the next values.

        A loop known to run once is not a loop; one known not to run is nothing.
        """
        if isinstance(low, int) and isinstance(high, int) and isinstance(step, int):
            if low >= high:
                return [value for _, value in carried]
            if low + step >= high:
                return list(body(low, [value for _, value in carried]) or ())
        known = isinstance(low, int) and isinstance(high, int)
        self.count += 1
        here, head, done, index = self.block, f"loop{self.count}", f"done{self.count}", f"%i{self.count}"
        values = [f"%c{self.count}.{position}" for position in range(len(carried))]
        if known:
            self.do(f"br label %{head}")
        else:
            self.do(f"br i1 {self.let(f'icmp slt i64 {low}, {high}')}, label %{head}, label %{done}")
        self.label(head)
        mark = len(self.lines)
        following = list(body(index, values) or ())
        advance, last = self.add(index, step), self.block
        self.do(f"br i1 {self.let(f'icmp slt i64 {advance}, {high}')}, label %{head}, label %{done}")
        entering = [(index, "i64", low, advance)]
        entering += [(name, type, first, after) for name, (type, first), after in zip(values, carried, following, strict=True)]
        self.lines[mark:mark] = [
            f"  {name} = phi {type} [ {first}, %{here} ], [ {after}, %{last} ]" for name, type, first, after in entering
        ]
        self.label(done)
        if known:
            return following
        return [
            self.let(f"phi {type} [ {first}, %{here} ], [ {after}, %{last} ]")
            for (type, first), after in zip(carried, following, strict=True)
        ]

    def repeat(self, limit: Int | None, start: str | None, body: Callable[[str], str | None]) -> None:
        """Run `body(i)` for i = 0, 1, ... below `limit` (None: no end), as long as `start`, then the i1 it gave last, holds (None: it does)."""

        def goes_on(index: Int, more: str | None) -> str:
            below = None if limit is None else self.let(f"icmp slt i64 {index}, {limit}")
            if below is None or more is None:
                return below or more or "true"
            return self.let(f"and i1 {below}, {more}")

        first = goes_on(0, start)
        self.count += 1
        here, head, done, index = self.block, f"loop{self.count}", f"done{self.count}", f"%i{self.count}"
        self.do(f"br i1 {first}, label %{head}, label %{done}")
        self.label(head)
        mark = len(self.lines)
        more = body(index)
        following = self.add(index, 1)
        again, last = goes_on(following, more), self.block
        self.do(f"br i1 {again}, label %{head}, label %{done}")
        self.lines.insert(mark, f"  {index} = phi i64 [ 0, %{here} ], [ {following}, %{last} ]")
        self.label(done)

    def when(self, condition: str, body: Callable[[], None]) -> None:
        """Run `body` if the i1 `condition` holds."""
        self.count += 1
        then, done = f"then{self.count}", f"end{self.count}"
        self.do(f"br i1 {condition}, label %{then}, label %{done}")
        self.label(then)
        body()
        self.do(f"br label %{done}")
        self.label(done)

    def leave(self, condition: str, body: Callable[[], None], result: Callable[[], str] = lambda: "void") -> None:
        """Run `body` and return `result()` if the i1 `condition` holds."""
        self.count += 1
        then, on = f"leave{self.count}", f"on{self.count}"
        self.do(f"br i1 {condition}, label %{then}, label %{on}")
        self.label(then)
        body()
        self.do(f"ret {result()}")
        self.label(on)

    def label(self, name: str) -> None:
        """Start a block; the one before must have ended in a branch."""
        self.lines.append(f"{name}:")
        self.block = name


class Program:
    """All functions of one object file for a machine. Microkernels with the same text are emitted once, in order of first use."""

    def __init__(self, machine: Machine, microkernels: Mapping[type, Callable[[Any, Any], None]]):
        self.machine = machine
        self.microkernels = microkernels
        """What emits each class of microkernel, given the op and the emitter around it."""
        self.functions: list[str] = []
        self.declarations: set[str] = set()
        self.known: dict[object, str] = {}

    def add(self, function: Function, result: str = "void") -> None:
        """Finish a function and keep it."""
        self.declarations |= function.declarations
        self.functions.append(function.finish(result))

    def once(self, key: tuple, stem: str, build: Callable[[str], Function]) -> str:
        """The name of the function for `key`, built by `build(name)` when it is first asked for."""
        if key not in self.known:
            name = f"{stem}.{len(self.known)}"
            self.known[key] = name
            self.add(build(name))
        return self.known[key]

    def include(self, text: str, declarations: set[str]) -> None:
        """A function that is text already, once."""
        if text not in self.functions:
            self.functions.append(text)
            self.declarations |= declarations

    def tile_vectors(self, rows: int, most: int, of_bytes: bool = False) -> int:
        """Vectors of LANES floats beside one another in a register tile of so many rows: at most `most`, in equal parts, without a spill."""
        registers = self.machine.byte_accumulators if of_bytes else self.machine.accumulators
        fit = max(1, registers * self.machine.lanes // (rows * LANES))
        return -(-most // -(-most // fit))

    def text(self) -> str:
        """The whole module; the same calls give the same text."""
        return "\n".join([*sorted(self.declarations), "", *self.functions])
