"""Microkernels over rows in memory: maps, softmax, local response normalisation."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.kernel import Emitter, Memory
from inferir.backends.cpu.emit.region import emit_region, is_expensive, region_key
from inferir.backends.cpu.emit.text import LANES, VECTOR, Function, Int, splat
from inferir.backends.cpu.emit.tile import row_step
from inferir.dialects.cpu import uk


def over_columns(f: Function, count: Int, unroll: int, visit: Callable[[Int, str | None], None]) -> None:
    """`visit(j, mask)` for each LANES columns below `count`, `unroll` at a time, and once for what is left over."""
    wide = unroll * LANES
    many = count // wide * wide if isinstance(count, int) else f.let(f"and i64 {count}, {-wide}")
    whole = count // LANES * LANES if isinstance(count, int) else f.let(f"and i64 {count}, {-LANES}")

    def several(j: Int, _: list[str]) -> None:
        for u in range(unroll):
            visit(f.add(j, u * LANES), None)

    def one(j: Int, _: list[str]) -> None:
        visit(j, None)

    f.loop(0, many, wide, [], several)
    if unroll > 1:
        f.loop(many, whole, LANES, [], one)
    if isinstance(count, int) and whole == count:
        return

    def rest() -> None:
        visit(whole, f.first_lanes(f.sub(count, whole)))

    if isinstance(count, int):
        rest()
    else:
        f.when(f.let(f"icmp slt i64 {whole}, {count}"), rest)


def accumulate(f: Function, kind: str, count: Int, value: Callable[[Int, str | None], str]) -> str:
    """Combine `value(j, mask)` over all columns; the vector whose lanes are still to be combined.

    `value` must give the start of the reduction in lanes outside the mask.
    """
    wide = 4 * LANES
    start = splat(vector.START[kind])
    many = count // wide * wide if isinstance(count, int) else f.let(f"and i64 {count}, {-wide}")

    def several(j: Int, totals: list[str]) -> list[str]:
        return [vector.combine(f, kind, t, value(f.add(j, u * LANES), None)) for u, t in enumerate(totals)]

    def one(j: Int, totals: list[str]) -> list[str]:
        mask = f.first_lanes(f.sub(count, j))
        return [vector.combine(f, kind, totals[0], value(j, mask))]

    a, b, c, d = f.loop(0, many, wide, [(VECTOR, start)] * 4, several)
    total = vector.combine(f, kind, vector.combine(f, kind, a, b), vector.combine(f, kind, c, d))
    (total,) = f.loop(many, count, LANES, [(VECTOR, total)], one)
    return total


def single(place: Memory) -> bool:
    """Whether a memref has one element for all columns."""
    return not place.sizes or place.sizes[-1] == 1


def call(emitter: Emitter, name: str, references: list[tuple[SSAValue, list[SSAValue]]], *numbers: Int) -> None:
    """Call a microkernel on the addresses of references and some numbers."""
    pointers = [f"ptr {emitter.address(m, start)}" for m, start in references]
    emitter.f.do(f"call void @{name}({', '.join([*pointers, *(f'i64 {n}' for n in numbers)])})")


def emit_map(op: uk.MapOp, emitter: Emitter) -> None:
    """A function of (inputs..., y, row_count, column_count, row steps...)."""
    inputs, outputs = op.references()
    places = [emitter.memory(m) for m, _ in (*inputs, *outputs)]
    singles = tuple(single(p) for p in places[:-1])
    if emitter.memory(outputs[0][0]).sizes[-1] == 1:
        singles = (False,) * len(inputs)
    elements = tuple(p.element for p in places)

    def build(name: str) -> Function:
        pointers = [f"%p{i}" for i in range(len(places))]
        steps = [f"%s{i}" for i in range(len(places))]
        params = [f"ptr {p}" for p in pointers] + ["i64 %rows", "i64 %columns"] + [f"i64 {s}" for s in steps]
        f = Function(name, params)

        def row(i: Int, _: list[str]) -> None:
            *sources, target = [f.at(p, f.mul(i, s), e.stored) for p, s, e in zip(pointers, steps, elements, strict=True)]
            fixed = [f.load_single(p, e) if alone else "" for p, e, alone in zip(sources, elements, singles, strict=False)]

            def columns(j: Int, mask: str | None) -> None:
                each = zip(sources, elements, fixed, strict=False)
                values = [v or f.load_vector(f.at(p, j, e.stored), mask, element=e) for p, e, v in each]
                (value,) = emit_region(f, op.region, values)
                f.store_vector(value, f.at(target, j, elements[-1].stored), mask, elements[-1])

            over_columns(f, "%columns", 1 if is_expensive(op.region) else 4, columns)

        f.loop(0, "%rows", 1, [], row)
        return f

    name = emitter.program.once(("map", singles, elements, region_key(op.region)), "map", build)
    sizes = [emitter.integer(s) for s in op.sizes]
    call(emitter, name, [*inputs, *outputs], *sizes, *(row_step(p) for p in places))


SHORT_ROW = 8 * LANES
"""A row of at most so many elements, if it is known, stays in registers from the first read to the only write."""


def softmax_in_registers(name: str, count: int) -> Function:
    """A function of (x, y) for rows of `count` elements."""
    f = Function(name, ["ptr %x", "ptr %y"])
    low = splat(float("-inf"))
    places = [(j, f.first_lanes(min(count - j, LANES)) if count - j < LANES else None) for j in range(0, count, LANES)]
    row = [f.load_vector(f.at("%x", j), mask, low) for j, mask in places]
    most = row[0]
    for value in row[1:]:
        most = vector.combine(f, "maximumf", most, value)
    most = f.broadcast(vector.reduce(f, "maximumf", most))
    powers = [vector.exp_below_one(f, vector.binary(f, "fsub", value, most)) for value in row]
    powers = [p if m is None else vector.select(f, m, p, splat(0.0)) for p, (_, m) in zip(powers, places, strict=True)]
    total = powers[0]
    for power in powers[1:]:
        total = vector.binary(f, "fadd", total, power)
    factor = vector.binary(f, "fdiv", splat(1.0), f.broadcast(vector.reduce(f, "addf", total)))
    for power, (j, mask) in zip(powers, places, strict=True):
        f.store_vector(vector.binary(f, "fmul", power, factor), f.at("%y", j), mask)
    return f


def emit_softmax_row(op: uk.SoftmaxRowOp, emitter: Emitter) -> None:
    """A function of (x, y, count), or of (x, y) where the row is short."""
    (x,), (y,) = op.references()
    size = emitter.integer(op.sizes[0])
    if isinstance(size, int) and 0 < size <= SHORT_ROW:
        short = emitter.program.once(("softmax_row", size), f"softmax_row_{size}", lambda name: softmax_in_registers(name, size))
        return call(emitter, short, [x, y])

    def build(name: str) -> Function:
        f = Function(name, ["ptr %x", "ptr %y", "i64 %count"])
        low = splat(float("-inf"))
        most = accumulate(f, "maximumf", "%count", lambda j, mask: f.load_vector(f.at("%x", j), mask, low))
        most = f.broadcast(vector.reduce(f, "maximumf", most))

        def power(j: Int, mask: str | None) -> str:
            value = vector.exp_below_one(f, vector.binary(f, "fsub", f.load_vector(f.at("%x", j), mask, low), most))
            f.store_vector(value, f.at("%y", j), mask)
            return value if mask is None else vector.select(f, mask, value, splat(0.0))

        total = f.broadcast(vector.reduce(f, "addf", accumulate(f, "addf", "%count", power)))
        factor = vector.binary(f, "fdiv", splat(1.0), total)

        def scale(j: Int, mask: str | None) -> None:
            place = f.at("%y", j)
            f.store_vector(vector.binary(f, "fmul", f.load_vector(place, mask), factor), place, mask)

        over_columns(f, "%count", 1, scale)
        return f

    call(emitter, emitter.program.once(("softmax_row",), "softmax_row", build), [x, y], size)


def emit_norm_row(op: uk.NormRowOp, emitter: Emitter) -> None:
    """A function of (x, y, extras..., count): the row is read for its mean, for its variance and to be written; from the cache after the first."""
    (x, *extras), (y,) = op.references()
    singles = tuple(single(emitter.memory(m)) for m, _ in extras)
    elements = tuple(emitter.memory(m).element for m, _ in (*extras, y))

    def build(name: str) -> Function:
        pointers = [f"%e{i}" for i in range(len(extras))]
        f = Function(name, ["ptr %x", "ptr %y", *(f"ptr {p}" for p in pointers), "i64 %count"])
        number = f.broadcast(f.let("sitofp i64 %count to float"))

        def mean(value: Callable[[Int, str | None], str]) -> str:
            total = vector.reduce(f, "addf", accumulate(f, "addf", "%count", value))
            return vector.binary(f, "fdiv", f.broadcast(total), number)

        centre = mean(lambda j, mask: f.load_vector(f.at("%x", j), mask)) if op.centred else ""

        def apart(j: Int, mask: str | None) -> str:
            value = f.load_vector(f.at("%x", j), mask)
            return vector.binary(f, "fsub", value, centre) if centre else value

        def square(j: Int, mask: str | None) -> str:
            value = apart(j, mask)
            value = value if mask is None or not centre else vector.select(f, mask, value, splat(0.0))
            return vector.binary(f, "fmul", value, value)

        variance = vector.binary(f, "fadd", mean(square), splat(op.epsilon))
        factor = vector.binary(f, "fdiv", splat(1.0), f.lanewise("llvm.sqrt", variance))
        fixed = [f.load_single(p, e) if alone else "" for p, e, alone in zip(pointers, elements, singles, strict=False)]

        def columns(j: Int, mask: str | None) -> None:
            each = zip(pointers, elements, fixed, strict=False)
            values = [v or f.load_vector(f.at(p, j, e.stored), mask, element=e) for p, e, v in each]
            (value,) = emit_region(f, op.region, [vector.binary(f, "fmul", apart(j, mask), factor), *values])
            f.store_vector(value, f.at("%y", j, elements[-1].stored), mask, elements[-1])

        over_columns(f, "%count", 1 if is_expensive(op.region) else 2, columns)
        return f

    key = ("norm_row", op.centred, op.epsilon, singles, elements, region_key(op.region))
    call(emitter, emitter.program.once(key, "norm_row", build), [x, y, *extras], emitter.integer(op.sizes[0]))


def emit_rope_row(op: uk.RopeRowOp, emitter: Emitter) -> None:
    """A function of (x, cos, sin, y)."""
    inputs, outputs = op.references()
    half = op.half

    def build(name: str) -> Function:
        f = Function(name, ["ptr %x", "ptr noalias readonly %cos", "ptr noalias readonly %sin", "ptr %y"])

        def columns(j: Int, mask: str | None) -> None:
            low, high = j, f.add(j, half)
            first, second = (f.load_vector(f.at("%x", place), mask) for place in (low, high))
            for place, own, other in ((low, first, vector.negate(f, second)), (high, second, first)):
                turned = vector.binary(f, "fmul", other, f.load_vector(f.at("%sin", place), mask))
                f.store_vector(f.fma(own, f.load_vector(f.at("%cos", place), mask), turned), f.at("%y", place), mask)

        over_columns(f, half, 2, columns)
        return f

    call(emitter, emitter.program.once(("rope_row", half), "rope_row", build), [*inputs, *outputs])


def emit_lrn_row(op: uk.LrnRowOp, emitter: Emitter) -> None:
    """A function of (x, y); a lane's window is read as shifted vectors, lanes outside the row as 0."""
    (x,), (y,) = op.references()
    channels = op.channels
    before, after = (op.size - 1) // 2, op.size // 2

    def build(name: str) -> Function:
        f = Function(name, ["ptr noalias readonly %x", "ptr %y"])

        def columns(j: Int, mask: str | None) -> None:
            total = ""
            for shift in range(-before, after + 1):
                inside = isinstance(j, str) and mask is None
                value = f.load_vector(f.at("%x", f.add(j, shift)), None if inside else _window(f, j, shift, channels))
                total = f.fma(value, value, total) if total else vector.binary(f, "fmul", value, value)
            base = f.fma(total, splat(op.alpha / op.size), splat(op.bias))
            scale = vector.power_of(f, base, -op.beta)
            here = f.load_vector(f.at("%x", j), mask)
            f.store_vector(vector.binary(f, "fmul", here, scale), f.at("%y", j), mask)

        # Vectors whose whole window lies inside the row are a loop, those at its ends are not.
        ends = -(-after // LANES) * LANES
        first = -(-before // LANES) * LANES
        last = max(first, (channels - ends) // LANES * LANES)
        at_start = range(0, min(first, channels), LANES)
        at_end = range(last, channels, LANES)
        for j in at_start:
            columns(j, f.first_lanes(channels - j))

        def middle(j: Int, _: list[str]) -> None:
            columns(str(j) if isinstance(j, str) else j, None)

        f.loop(first, last, LANES, [], middle)
        for j in at_end:
            columns(j, f.first_lanes(channels - j))
        return f

    key = ("lrn_row", channels, op.size, op.alpha, op.beta, op.bias)
    call(emitter, emitter.program.once(key, "lrn_row", build), [x, y])


def _window(f: Function, j: Int, shift: int, channels: int) -> str | None:
    """The lanes of the vector at j + shift that lie within the row; none where all do."""
    assert isinstance(j, int)
    inside = [0 <= j + shift + lane < channels for lane in range(LANES)]
    if all(inside):
        return None
    return "<" + ", ".join(f"i1 {'true' if i else 'false'}" for i in inside) + ">"
