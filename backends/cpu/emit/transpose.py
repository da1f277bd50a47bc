"""`cpu.uk.transpose_tile`: blocks of 16 x 16 elements, turned in registers by four rounds of exchanges."""

from inferir.backends.cpu.emit.elements import Element
from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.rows import call
from inferir.backends.cpu.emit.text import LANES, Function, Int
from inferir.dialects.cpu import uk


def emit_transpose_tile(op: uk.TransposeTileOp, emitter: Emitter) -> None:
    """A function of (x, y, row_count, column_count, x step, y step)."""
    (x,), (y,) = op.references()
    element = emitter.memory(x[0]).element
    bits = Element(f"i{8 * element.bytes}", f"i{8 * element.bytes}", element.bytes)
    name = emitter.program.once(("transpose_tile", bits), "transpose_tile", lambda name: build(name, bits))
    sizes = [emitter.integer(s) for s in op.sizes]
    steps = emitter.memory(x[0]).strides[op.row_axis], emitter.memory(y[0]).strides[op.column_axis]
    call(emitter, name, [x, y], *sizes, *steps)


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


def _shuffle(f: Function, stored: str, a: str, b: str, order: list[int]) -> str:
    mask = ", ".join(f"i32 {lane}" for lane in order)
    return f.let(f"shufflevector <{LANES} x {stored}> {a}, <{LANES} x {stored}> {b}, <{LANES} x i32> <{mask}>")
