"""`cpu.uk.reduce_row` and `cpu.uk.reduce_columns`: sums, products and extremes of any element type."""

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.dialects.builtin import IntegerType, MemRefType, Signedness
from xdsl.ir import SSAValue

from inferir.backends.cpu.emit.elements import Element, element
from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.region import emit_region, region_key
from inferir.backends.cpu.emit.rows import call, over_columns, single
from inferir.backends.cpu.emit.text import LANES, Function, Int, short, splat
from inferir.dialects.cpu import uk

_WORDS = {
    "float": {"sum": "fadd", "product": "fmul", "max": "fmaximum", "min": "fminimum"},
    "signed": {"sum": "add", "product": "mul", "max": "smax", "min": "smin"},
    "unsigned": {"sum": "add", "product": "mul", "max": "umax", "min": "umin"},
    "bool": {"max": "or", "min": "and"},
}


@dataclass(frozen=True)
class Reduction:
    """How elements of a type are combined."""

    kind: str
    """sum, product, max, min"""
    family: str
    """float, signed, unsigned, bool"""
    element: Element

    @property
    def word(self) -> str:
        """LLVM's name of the reduction."""
        return _WORDS[self.family][self.kind]

    @property
    def start(self) -> float | int:
        """What combines with any element to that element; the result of a reduction over none."""
        if self.kind in ("sum", "product"):
            return int(self.kind == "product") if self.family != "float" else float(self.kind == "product")
        if self.family == "float":
            return float("-inf") if self.kind == "max" else float("inf")
        bits = 8 * self.element.bytes if self.family != "bool" else 1
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if self.family == "signed" else (0, (1 << bits) - 1)
        return low if self.kind == "max" else high

    @property
    def vector(self) -> str:
        return f"<{LANES} x {self.element.value}>"

    def combine(self, f: Function, a: str, b: str) -> str:
        """One step; NaN stays."""
        if self.word in ("fmaximum", "fminimum"):
            return f.lanewise(f"llvm.{self.word[1:]}", a, b, type=self.element.value)
        if self.word[1:] in ("max", "min"):
            return f.lanewise(f"llvm.{self.word}", a, b, type=self.element.value)
        return f.let(f"{self.word} {self.vector} {a}, {b}")

    def across(self, f: Function, x: str) -> str:
        """The combination of the lanes, broadcast to all."""
        type = self.element.value
        callee = f"llvm.vector.reduce.{self.word}.v{LANES}{short(type)}"
        if self.word in ("fadd", "fmul"):
            start = splat(self.start, type).removeprefix("splat (").removesuffix(")")
            f.declarations.add(f"declare {type} @{callee}({type}, {self.vector})")
            return f.broadcast(f.let(f"call reassoc {type} @{callee}({start}, {self.vector} {x})"), type)
        f.declarations.add(f"declare {type} @{callee}({self.vector})")
        return f.broadcast(f.let(f"call {type} @{callee}({self.vector} {x})"), type)

    def load(self, f: Function, pointer: str, j: Int, mask: str | None) -> str:
        """LANES elements; lanes outside the mask change nothing."""
        fill = splat(int(self.start) if self.family == "bool" else self.start, self.element.stored)
        return f.load_vector(f.at(pointer, j, self.element.stored), mask, fill, self.element)


def reduction_of(kind: str, x: SSAValue) -> Reduction:
    """The reduction of a memref's elements."""
    assert isinstance(x.type, MemRefType)
    type = x.type.element_type
    family = "float"
    if isinstance(type, IntegerType):
        family = "bool" if type.width.data == 1 else "unsigned" if type.signedness.data == Signedness.UNSIGNED else "signed"
    return Reduction(kind, family, element(type))


def accumulate(f: Function, reduction: Reduction, count: Int, value: Callable[[Int, str | None], str]) -> str:
    """Combine `value(j, mask)` over all columns; the vector whose lanes are still to be combined.

    `value` must give the start of the reduction in lanes outside the mask.
    """
    wide = 4 * LANES
    start = splat(reduction.start, reduction.element.value)
    many = count // wide * wide if isinstance(count, int) else f.let(f"and i64 {count}, {-wide}")

    def several(j: Int, totals: list[str]) -> list[str]:
        return [reduction.combine(f, t, value(f.add(j, u * LANES), None)) for u, t in enumerate(totals)]

    def one(j: Int, totals: list[str]) -> list[str]:
        mask = f.first_lanes(f.sub(count, j))
        return [reduction.combine(f, totals[0], value(j, mask))]

    a, b, c, d = f.loop(0, many, wide, [(reduction.vector, start)] * 4, several)
    total = reduction.combine(f, reduction.combine(f, a, b), reduction.combine(f, c, d))
    (total,) = f.loop(many, count, LANES, [(reduction.vector, total)], one)
    return total


def emit_reduce_columns(op: uk.ReduceColumnsOp, emitter: Emitter) -> None:
    """A function of (x, y, extras..., count, column_count, row step)."""
    (x, *extras), (y,) = op.references()
    singles = tuple(single(emitter.memory(m)) for m, _ in extras)
    elements = tuple(emitter.memory(m).element for m, _ in extras)
    reduction, target = reduction_of(op.kind, x[0]), emitter.memory(y[0]).element
    stored = reduction.element.stored

    def build(name: str) -> Function:
        pointers = [f"%e{i}" for i in range(len(extras))]
        f = Function(name, ["ptr %x", "ptr %y", *(f"ptr {p}" for p in pointers), "i64 %count", "i64 %columns", "i64 %step"])

        def columns(j: Int, mask: str | None) -> None:
            def rows(i: Int, totals: list[str]) -> list[str]:
                place = f.at(f.at("%x", j, stored), f.mul(i, "%step"), stored)
                return [reduction.combine(f, totals[0], f.load_vector(place, mask, element=reduction.element))]

            start = splat(reduction.start, reduction.element.value)
            (total,) = f.loop(0, "%count", 1, [(reduction.vector, start)], rows)
            values = [
                f.load_single(p, e) if alone else f.load_vector(f.at(p, j, e.stored), mask, element=e)
                for p, e, alone in zip(pointers, elements, singles, strict=True)
            ]
            (value,) = emit_region(f, op.region, [total, *values])
            f.store_vector(value, f.at("%y", j, target.stored), mask, target)

        over_columns(f, "%columns", 1, columns)
        return f

    key = ("reduce_columns", reduction, target, elements, singles, region_key(op.region))
    name = emitter.program.once(key, "reduce_columns", build)
    sizes = [emitter.integer(s) for s in op.sizes]
    call(emitter, name, [x, y, *extras], *sizes, emitter.memory(x[0]).strides[-2])


def emit_reduce_row(op: uk.ReduceRowOp, emitter: Emitter) -> None:
    """A function of (x, y, extras..., count)."""
    (x, *extras), (y,) = op.references()
    elements = tuple(emitter.memory(m).element for m, _ in extras)
    reduction, target = reduction_of(op.kind, x[0]), emitter.memory(y[0]).element

    def build(name: str) -> Function:
        pointers = [f"%e{i}" for i in range(len(extras))]
        f = Function(name, ["ptr %x", "ptr %y", *(f"ptr {p}" for p in pointers), "i64 %count"])
        total = accumulate(f, reduction, "%count", lambda j, mask: reduction.load(f, "%x", j, mask))
        values = [reduction.across(f, total), *(f.load_single(p, e) for p, e in zip(pointers, elements, strict=True))]
        (value,) = emit_region(f, op.region, values)
        f.store_vector(value, "%y", f.first_lanes(1), target)
        return f

    name = emitter.program.once(("reduce_row", reduction, target, elements, region_key(op.region)), "reduce_row", build)
    call(emitter, name, [x, y, *extras], emitter.integer(op.sizes[0]))
