"""`cpu.uk.winograd_input` and `cpu.uk.winograd_output`: the transforms of one tile, LANES channels at a time.

Interpolation points come in pairs p, -p, whose rows of B^T and A^T differ in the sign of every other term: each pair
shares its even and its odd part. A tile that lies within the image has code of its own; at an edge what is missing is
read from a vector of zeros and what does not exist is not stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.kernel import Emitter, Memory
from inferir.backends.cpu.emit.region import emit_region, region_key
from inferir.backends.cpu.emit.text import LANES, VECTOR, Function, Int, splat
from inferir.backends.cpu.emit.tile import static
from inferir.dialects.cpu.uk import WinogradInputOp, WinogradOutputOp
from inferir.dialects.cpu.winograd import POINTS, matrices

Term = tuple[float, str]


def total(f: Function, terms: Sequence[Term]) -> str:
    """The sum of coefficient times vector; terms with coefficient 1 begin it."""
    (first, value), *rest = sorted((t for t in terms if t[0] != 0), key=lambda t: t[0] != 1)
    if first != 1:
        value = vector.binary(f, "fmul", value, splat(first))
    for coefficient, term in rest:
        if abs(coefficient) == 1:
            value = vector.binary(f, "fadd" if coefficient == 1 else "fsub", value, term)
        else:
            value = f.fma(splat(coefficient), term, value)
    return value


def transform_input(f: Function, tile: int, d: Sequence[str]) -> list[str]:
    """B^T d for m + 2 vectors."""
    b = matrices(tile)[1]

    def part(column: int, scale: float, parity: int | None = None) -> str:
        return total(f, [(float(b[k, column]) / scale, d[k]) for k in range(len(d)) if parity in (None, k % 2)])

    out = [part(0, 1.0)]
    for pair in range(len(POINTS[tile])):
        column = 1 + 2 * pair
        scale = float(b[max(k for k in range(1, len(d), 2) if b[k, column] != 0), column])
        even, odd = part(column, 1.0, 0), part(column, scale, 1)
        out += [total(f, [(1.0, even), (scale, odd)]), total(f, [(1.0, even), (-scale, odd)])]
    return [*out, part(len(d) - 1, 1.0)]


def transform_output(f: Function, tile: int, v: Sequence[str]) -> list[str]:
    """A^T v for m + 2 vectors: m vectors."""
    sums = [vector.binary(f, "fadd", v[1 + 2 * j], v[2 + 2 * j]) for j in range(len(POINTS[tile]))]
    differences = [vector.binary(f, "fsub", v[1 + 2 * j], v[2 + 2 * j]) for j in range(len(POINTS[tile]))]
    out = []
    for k in range(tile):
        terms = [(point**k, (differences if k % 2 else sums)[j]) for j, point in enumerate(POINTS[tile])]
        ends = ([(1.0, v[0])] if k == 0 else []) + ([(1.0, v[-1])] if k == tile - 1 else [])
        out.append(total(f, ends + terms))
    return out


@dataclass(frozen=True)
class Steps:
    """Elements from one row, and one column, of pixels to the next; the row is None where that is an argument."""

    line: int | None
    pixel: int

    def lines(self, f: Function, argument: str, count: int) -> list[Int]:
        """How far `count` rows of pixels are from the first."""
        return [f.mul(i, argument if self.line is None else self.line) for i in range(count)]


def steps(place: Memory, op: WinogradInputOp | WinogradOutputOp, what: str) -> Steps:
    """How a memref of pixels [..., H, W, C] steps; not at all along dimensions that it lacks or that have size 1."""
    sizes = (1, 1, 1, *place.sizes)[-3:]
    strides = (0, 0, 0, *place.strides)[-3:]
    line = 0 if sizes[0] == 1 else strides[0]
    pixel = 0 if sizes[1] == 1 else static(strides[1], op, what)
    return Steps(line if isinstance(line, int) else None, pixel)


def line_arguments(places: Sequence[tuple[Memory, Steps]]) -> list[str]:
    """The strides of rows that are dynamic."""
    return [f"i64 {place.strides[-3]}" for place, steps in places if steps.line is None]


def both(f: Function, inside: str, body: Callable[[bool], None]) -> None:
    """`body(False)` where the whole tile lies inside, else `body(True)`."""
    f.when(inside, lambda: body(False))
    f.when(f.let(f"xor i1 {inside}, true"), lambda: body(True))


def conjunction(f: Function, conditions: Sequence[str]) -> str:
    """Whether all hold."""
    value = conditions[0]
    for other in conditions[1:]:
        value = f.let(f"and i1 {value}, {other}")
    return value


def emit_winograd_input(op: WinogradInputOp, emitter: Emitter) -> None:
    """Call a function of (x, v, row_begin, row_end, column_begin, column_end[, line])."""
    (x,), (v,) = op.references()
    there = steps(emitter.memory(x[0]), op, "x")
    plane = static(emitter.memory(v[0]).strides[-3], op, "v")
    tile, channels = op.tile, op.channels
    size = tile + 2

    def build(name: str) -> Function:
        names = ("r0", "r1", "c0", "c1", *(("line",) if there.line is None else ()))
        f = Function(name, ["ptr noalias readonly %x", "ptr noalias %v", *(f"i64 %{n}" for n in names)])
        lines = there.lines(f, "%line", size)
        zeros = f.let(f"alloca {VECTOR}, align 64")
        f.store(VECTOR, "zeroinitializer", zeros, 64)
        exists = [
            [conjunction(f, [f.let(f"icmp sle i64 %{axis}0, {k}"), f.let(f"icmp sgt i64 %{axis}1, {k}")]) for k in range(size)]
            for axis in "rc"
        ]
        inside = conjunction(f, [exists[0][0], exists[0][-1], exists[1][0], exists[1][-1]])

        def patch(at_edge: bool) -> None:
            pixels = {(r, s): conjunction(f, [exists[0][r], exists[1][s]]) for r in range(size) for s in range(size)} if at_edge else {}

            def channel(c: Int, _: list[str]) -> None:
                starts, target = [f.at(f.at("%x", c), line) for line in lines], f.at("%v", c)

                def load(r: int, s: int) -> str:
                    place = f.at(starts[r], s * there.pixel)
                    if at_edge:
                        place = f.let(f"select i1 {pixels[r, s]}, ptr {place}, ptr {zeros}")
                    return f.load_vector(place)

                rows = [transform_input(f, tile, [load(r, s) for s in range(size)]) for r in range(size)]
                for s in range(size):
                    for r, value in enumerate(transform_input(f, tile, [row[s] for row in rows])):
                        f.store_vector(value, f.at(target, (r * size + s) * plane))

            f.loop(0, channels, LANES, [], channel)

        both(f, inside, patch)
        return f

    name = emitter.program.once(("winograd_input", tile, channels, there, plane), f"winograd_input_{tile}", build)
    pointers = [emitter.address(*x), emitter.address(*v)]
    arguments = [f"ptr {p}" for p in pointers] + [f"i64 {emitter.integer(s)}" for s in op.sizes]
    arguments += line_arguments([(emitter.memory(x[0]), there)])
    emitter.f.do(f"call void @{name}({', '.join(arguments)})")


def emit_winograd_output(op: WinogradOutputOp, emitter: Emitter) -> None:
    """Call a function of (m, y, extras..., row_count, column_count[, line of y][, lines of extras...])."""
    (m, *extras), (y,) = op.references()
    there = steps(emitter.memory(y[0]), op, "y")
    plane = static(emitter.memory(m[0]).strides[-3], op, "m")
    places = [emitter.memory(e) for e, _ in extras]
    reads = tuple((steps(p, op, "an epilogue operand"), not p.sizes or p.sizes[-1] == 1) for p in places)
    tile, channels = op.tile, op.channels
    size = tile + 2

    def build(name: str) -> Function:
        pointers = [f"%e{i}" for i in range(len(reads))]
        names = [
            "%rows",
            "%columns",
            *(n for n, s in (("%line", there), *((f"%l{i}", s) for i, (s, _) in enumerate(reads))) if s.line is None),
        ]
        f = Function(name, ["ptr noalias readonly %m", "ptr %y", *(f"ptr {p}" for p in pointers), *(f"i64 {n}" for n in names)])
        lines = there.lines(f, "%line", tile)
        read_lines = [step.lines(f, f"%l{e}", tile) for e, (step, _) in enumerate(reads)]
        exists = [[f.let(f"icmp sgt i64 %{axis}, {k}") for k in range(tile)] for axis in ("rows", "columns")]

        def patch(at_edge: bool) -> None:
            def channel(c: Int, _: list[str]) -> None:
                source, targets = f.at("%m", c), [f.at(f.at("%y", c), line) for line in lines]
                loaded = [[f.load_vector(f.at(source, (r * size + s) * plane)) for r in range(size)] for s in range(size)]
                columns = [transform_output(f, tile, column) for column in loaded]
                pixels = [transform_output(f, tile, [column[i] for column in columns]) for i in range(tile)]
                fixed = [operand(e, c, 0, 0) if step == Steps(0, 0) else "" for e, (step, _) in enumerate(reads)]

                def store(i: int, j: int) -> None:
                    operands = [value or operand(e, c, i, j) for e, value in enumerate(fixed)]
                    (value,) = emit_region(f, op.region, [pixels[i][j], *operands])
                    f.store_vector(value, f.at(targets[i], j * there.pixel))

                for i in range(tile):
                    for j in range(tile):
                        if at_edge:
                            f.when(conjunction(f, [exists[0][i], exists[1][j]]), lambda i=i, j=j: store(i, j))
                        else:
                            store(i, j)

            f.loop(0, channels, LANES, [], channel)

        def operand(e: int, c: Int, i: int, j: int) -> str:
            step, single = reads[e]
            place = f.at(f.at(pointers[e], read_lines[e][i]), j * step.pixel)
            return f.broadcast(f.load("float", place)) if single else f.load_vector(f.at(place, c))

        both(f, conjunction(f, [exists[0][-1], exists[1][-1]]), patch)
        return f

    key = ("winograd_output", tile, channels, there, plane, reads, region_key(op.region))
    name = emitter.program.once(key, f"winograd_output_{tile}", build)
    addresses = [emitter.address(*r) for r in (m, y, *extras)]
    arguments = [f"ptr {p}" for p in addresses] + [f"i64 {emitter.integer(s)}" for s in op.sizes]
    arguments += line_arguments([(emitter.memory(y[0]), there), *zip(places, (step for step, _ in reads), strict=True)])
    emitter.f.do(f"call void @{name}({', '.join(arguments)})")
