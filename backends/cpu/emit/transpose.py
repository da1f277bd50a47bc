"""`cpu.uk.transpose_tile`: blocks of 16 x 16 elements, transposed in registers by four rounds of exchanges.

A few rows that become adjacent elements (channels of an image that go last, groups of channels that are shuffled), or a few columns
that become rows, would leave most of a block empty: their vectors are picked together lane by lane.
"""

from collections.abc import Sequence

from inferir.backends.cpu.emit.elements import Element
from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.rows import call
from inferir.backends.cpu.emit.text import LANES, Function, Int
from inferir.dialects.cpu import uk

FEW = 8
"""So many rows or columns at most are picked together: of more, a block's exchanges are cheaper."""


def emit_transpose_tile(op: uk.TransposeTileOp, emitter: Emitter) -> None:
    """A function of (x, y, row_count, column_count, x step, y step), less what is known in one for a few rows or columns."""
    (x,), (y,) = op.references()
    element = emitter.memory(x[0]).element
    bits = Element(f"i{8 * element.bytes}", f"i{8 * element.bytes}", element.bytes)
    rows, columns = (emitter.integer(s) for s in op.sizes)
    row_step, column_step = emitter.memory(x[0]).strides[op.row_axis], emitter.memory(y[0]).strides[op.column_axis]
    once = emitter.program.once
    if isinstance(rows, int) and 1 < rows <= FEW and column_step == rows:
        name = once(("interleave", rows, bits), f"interleave_{rows}", lambda name: interleave(name, rows, bits))
        call(emitter, name, [x, y], columns, row_step)
    elif isinstance(columns, int) and 1 < columns <= FEW and row_step == columns:
        name = once(("separate", columns, bits), f"separate_{columns}", lambda name: separate(name, columns, bits))
        call(emitter, name, [x, y], rows, column_step)
    else:
        name = once(("transpose_tile", bits), "transpose_tile", lambda name: build(name, bits))
        call(emitter, name, [x, y], rows, columns, row_step, column_step)


def interleave(name: str, rows: int, element: Element) -> Function:
    """y[j * rows + i] = x[i, j]"""
    f = Function(name, ["ptr noalias readonly %x", "ptr %y", "i64 %columns", "i64 %from"])
    stored = element.stored

    def block(j: Int, _: list[str]) -> None:
        left = f.sub("%columns", j)
        wide = f.first_lanes(left)
        x = f.at("%x", j, stored)
        loaded = [f.load_vector(f.at(x, f.mul(i, "%from"), stored), wide, element=element) for i in range(rows)]
        y = f.at("%y", f.mul(j, rows), stored)
        for k in range(rows):
            places = [divmod(LANES * k + lane, rows) for lane in range(LANES)]
            picked = _pick(f, stored, loaded, [(i, column) for column, i in places])
            f.store_vector(picked, f.at(y, LANES * k, stored), f.first_lanes(f.sub(f.mul(left, rows), LANES * k)), element)

    f.loop(0, "%columns", LANES, [], block)
    return f


def separate(name: str, columns: int, element: Element) -> Function:
    """y[j, i] = x[i * columns + j]"""
    f = Function(name, ["ptr noalias readonly %x", "ptr %y", "i64 %rows", "i64 %to"])
    stored = element.stored

    def block(i: Int, _: list[str]) -> None:
        left = f.sub("%rows", i)
        x = f.at("%x", f.mul(i, columns), stored)
        masks = [f.first_lanes(f.sub(f.mul(left, columns), LANES * k)) for k in range(columns)]
        loaded = [f.load_vector(f.at(x, LANES * k, stored), mask, element=element) for k, mask in enumerate(masks)]
        tall = f.first_lanes(left)
        y = f.at("%y", i, stored)
        for j in range(columns):
            picked = _pick(f, stored, loaded, [divmod(columns * lane + j, LANES) for lane in range(LANES)])
            f.store_vector(picked, f.at(y, f.mul(j, "%to"), stored), tall, element)

    f.loop(0, "%rows", LANES, [], block)
    return f


def _pick(f: Function, stored: str, vectors: Sequence[str], places: Sequence[tuple[int, int]]) -> str:
    """The vector whose lanes are (vector, lane) each."""
    sources = sorted({source for source, _ in places})
    result = vectors[sources[0]]
    order = [lane if source == sources[0] else None for source, lane in places]
    for source in sources[1:] or sources:
        order = [LANES + lane if of == source else lane_so_far for (of, lane), lane_so_far in zip(places, order, strict=True)]
        result = _shuffle(f, stored, result, vectors[source], order)
        order = [None if lane is None else position for position, lane in enumerate(order)]
    return result


def build(name: str, element: Element) -> Function:
    """y[j, i] = x[i, j]: whole blocks, then the rows and columns left over, a block with masks each."""
    f = Function(name, ["ptr noalias readonly %x", "ptr %y", "i64 %rows", "i64 %columns", "i64 %from", "i64 %to"])

    def strip(i: Int, _: list[str]) -> None:
        left = f.sub("%rows", i)

        def block(j: Int, _: list[str]) -> None:
            wide = f.first_lanes(f.sub("%columns", j))
            tall = f.first_lanes(left)
            _block(f, element, i, j, left, wide, tall)

        f.loop(0, "%columns", LANES, [], block)

    f.loop(0, "%rows", LANES, [], strip)
    return f


def _block(f: Function, element: Element, i: Int, j: Int, rows: Int, wide: str | None, tall: str | None) -> None:
    stored = element.stored
    x = f.at(f.at("%x", f.mul(i, "%from"), stored), j, stored)
    y = f.at(f.at("%y", f.mul(j, "%to"), stored), i, stored)
    columns = f.sub("%columns", j)
    loaded = []
    for r in range(LANES):
        # A row beyond the last is read from the last: it is in memory, and nothing keeps it.
        row = f.minimum(r, f.sub(rows, 1)) if r else 0
        loaded.append(f.load_vector(f.at(x, f.mul(row, "%from"), stored), wide, element=element))
    for c, vector in enumerate(_turn(f, stored, loaded)):

        def store(c: int = c, vector: str = vector) -> None:
            f.store_vector(vector, f.at(y, f.mul(c, "%to"), stored), tall, element)

        if c:
            f.when(f.let(f"icmp sgt i64 {columns}, {c}"), store)
        else:
            store()


def _turn(f: Function, stored: str, rows: list[str]) -> list[str]:
    """The transpose of 16 vectors: in round s, vectors s apart swap halves of blocks of s lanes."""
    rows = list(rows)
    for s in (8, 4, 2, 1):
        for i in range(LANES):
            if i & s:
                continue
            a, b = rows[i], rows[i + s]
            low = [lane if not lane & s else LANES + lane - s for lane in range(LANES)]
            high = [lane + s if not lane & s else LANES + lane for lane in range(LANES)]
            rows[i], rows[i + s] = _shuffle(f, stored, a, b, low), _shuffle(f, stored, a, b, high)
    return rows


def _shuffle(f: Function, stored: str, a: str, b: str, order: Sequence[int | None]) -> str:
    mask = ", ".join("i32 poison" if lane is None else f"i32 {lane}" for lane in order)
    return f.let(f"shufflevector <{LANES} x {stored}> {a}, <{LANES} x {stored}> {b}, <{LANES} x i32> <{mask}>")
