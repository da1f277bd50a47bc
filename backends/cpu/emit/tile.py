"""`cpu.uk.fma_tile`: the register tile of matrix multiplications and convolutions.

For each k, the panel's row of `columns` weights is loaded once and multiplied by one broadcast input per row of the
tile. The loop over k is rolled (unrolled by what the product says): a fully unrolled body spills.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.ir import Region

from inferir.backends.cpu.emit.elements import Element
from inferir.backends.cpu.emit.kernel import Emitter, Memory
from inferir.backends.cpu.emit.product import Product, byte_product
from inferir.backends.cpu.emit.region import emit_region, is_expensive, region_key
from inferir.backends.cpu.emit.text import LANES, VECTOR, Function, Int
from inferir.dialects.cpu.microkernel import Microkernel
from inferir.dialects.cpu.quads import is_bytes
from inferir.dialects.cpu.uk import FmaTileOp, WindowTile


@dataclass(frozen=True)
class Extra:
    """How a further input of the region is read: elements per row of the tile; whether it has one element for all columns."""

    row_step: int
    single: bool
    element: Element

    def read(self, f: Function, pointer: str, column: Int, mask: str | None) -> str:
        """LANES elements of the row that starts at `pointer`."""
        if self.single:
            return f.load_single(pointer, self.element)
        return f.load_vector(f.at(pointer, column, self.element.stored), mask, element=self.element)


@dataclass(frozen=True)
class Tile:
    """All that tells one tile function from another."""

    product: Product
    rows: int
    columns: int
    panel: int
    depth: int
    taps: tuple[int, int]
    row_step: int
    tap_steps: tuple[int | None, int]
    """elements from one line of taps to the next, None where that is an argument, and from one column to the next"""
    guarded: bool
    """whether the only line of taps may be missing"""
    partial: bool
    """whether the columns of taps to take are arguments"""
    present: tuple[tuple[bool, ...], ...]
    y_step: int
    y_element: Element
    extras: tuple[Extra, ...]
    region: tuple


def static(step: Int, op: Microkernel, what: str) -> int:
    """A stride that must be known now."""
    if not isinstance(step, int):
        op.error(f"the stride of {what} between the rows of the tile is not static")
    return int(step)


def row_step(place: Memory) -> Int:
    """Elements from one row of a tile to the next: the stride of the dimension before the last, 0 where it has size 1."""
    if len(place.sizes) < 2 or place.sizes[-2] == 1:
        return 0
    return place.strides[-2]


def extra_of(place: Memory, op: WindowTile) -> Extra:
    """How an epilogue operand steps."""
    single = not place.sizes or place.sizes[-1] == 1
    return Extra(static(row_step(place), op, "an epilogue operand"), single, place.element)


def emit_fma_tile(op: FmaTileOp, emitter: Emitter) -> None:
    """Call the tile's function, which is made when it is first needed."""
    (x, w, *extras), (y,) = op.references()
    place, weights = emitter.memory(x[0]), emitter.memory(w[0])
    windowed = len(place.sizes) == 4
    pixel = static(place.strides[-2], op, "x")
    kh, kw = op.taps
    line = emitter.f.mul(place.strides[-3], op.dilations[0]) if windowed and kh > 1 else 0
    bounds = [emitter.integer(s) for s in op.sizes]
    tile = Tile(
        product=product_of(op, emitter),
        rows=op.rows,
        columns=op.columns,
        panel=int(weights.sizes[-1]),
        depth=op.depth,
        taps=(kh, kw),
        row_step=pixel * op.strides[1],
        tap_steps=(line if isinstance(line, int) else None, pixel * op.dilations[1]),
        guarded=kh == 1 and bounds[:2] != [0, 1],
        partial=op.partial,
        present=op.present(),
        y_step=static(emitter.memory(y[0]).strides[-2], op, "y"),
        y_element=emitter.memory(y[0]).element,
        extras=tuple(extra_of(emitter.memory(m), op) for m, _ in extras),
        region=region_key(op.region),
    )
    name = emitter.program.once(("fma_tile", tile), f"fma_tile_{tile.rows}x{tile.columns}", lambda n: build(n, tile, op.region))
    pointers = [emitter.address(m, start) for m, start in (x, w, y, *extras)]
    arguments = [f"ptr {p}" for p in pointers] + [f"i64 {b}" for b in (*bounds, *(() if isinstance(line, int) else (line,)))]
    emitter.f.do(f"call void @{name}({', '.join(arguments)})")


def product_of(op: Microkernel, emitter: Emitter) -> Product:
    """Bytes are multiplied four at a time."""
    if not is_bytes(op.inputs[0]):
        return Product()
    return byte_product(emitter.program.machine)


def build(name: str, tile: Tile, region: Region) -> Function:
    """The function of one tile: (x, w, y, extras..., row_begin, row_end[, column_begin, column_end][, line])."""
    extras = [f"%e{i}" for i in range(len(tile.extras))]
    params = ["ptr noalias readonly %x", "ptr noalias readonly %w", "ptr %y", *(f"ptr {e}" for e in extras), "i64 %low", "i64 %high"]
    params += ["i64 %left", "i64 %right"] if tile.partial else []
    step: Int = "%line" if tile.tap_steps[0] is None else tile.tap_steps[0]
    f = Function(name, params if isinstance(step, int) else [*params, "i64 %line"])
    vectors = -(-tile.columns // LANES)
    start = ["zeroinitializer"] * (tile.rows * vectors)
    kh, kw = tile.taps
    if kh == 1 and not tile.guarded:
        values = _line(f, tile, "%x", "%w", start)
    else:

        def line(r: Int, values: list[str]) -> list[str]:
            x = f.at("%x", f.mul(r, step), tile.product.x.stored)
            w = f.at("%w", f.mul(r, kw * tile.product.steps(tile.depth) * tile.panel))
            return _line(f, tile, x, w, values)

        values = f.loop("%low", "%high", 1, [(tile.product.vector, v) for v in start], line)
    _finish(f, tile, region, values, extras)
    return f


def _line(f: Function, tile: Tile, x: str, w: str, values: list[str]) -> list[str]:
    """One row of taps. Taps that all exist and lie side by side in memory are one longer sum."""
    kw = tile.taps[1]
    everywhere = all(all(row) for row in tile.present) and not tile.partial
    if everywhere and (kw == 1 or (tile.tap_steps[1] == tile.depth and tile.depth % tile.product.per_step == 0)):
        return _sum(f, tile, x, w, kw * tile.depth, [True] * tile.rows, values)
    each = tile.product.steps(tile.depth)
    if tile.partial:

        def column(s: Int, values: list[str]) -> list[str]:
            here = f.at(x, f.mul(s, tile.tap_steps[1]), tile.product.x.stored)
            return _sum(f, tile, here, f.at(w, f.mul(s, each * tile.panel)), tile.depth, [True], values)

        return f.loop("%left", "%right", 1, [(tile.product.vector, v) for v in values], column)
    for s in range(kw):
        rows = [row[s] for row in tile.present]
        if any(rows):
            here = f.at(x, s * tile.tap_steps[1], tile.product.x.stored)
            values = _sum(f, tile, here, f.at(w, s * each * tile.panel), tile.depth, rows, values)
    return values


def _sum(f: Function, tile: Tile, x: str, w: str, depth: int, rows: Sequence[bool], values: list[str]) -> list[str]:
    """Accumulate `depth` products into the rows that take part."""
    return accumulate(f, x, w, depth, tile.row_step, tile.panel, -(-tile.columns // LANES), rows, values, tile.product)


def accumulate(
    f: Function,
    x: str,
    w: str,
    depth: Int,
    row_step: int,
    panel: int,
    vectors: int,
    rows: Sequence[bool],
    values: list[str],
    product: Product | None = None,
    masks: Sequence[str | None] | None = None,
) -> list[str]:
    """`values[i, j] += x[i, k] w[k, j]` for k below `depth`: rows `row_step` apart, `vectors` of a row of the panel, of which `masks` exist.

    A depth that is known when the program runs is one of floats.
    """
    product = product or Product()
    each, type = product.per_step, product.x.stored
    masks = masks or [None] * vectors

    def step(x: str, w: str, k: int, values: list[str], count: int = each) -> list[str]:
        values = list(values)
        loaded = [f.load_vector(f.at(w, k * panel + LANES * j), masks[j], element=product.accumulator) for j in range(vectors)]
        weights = [product.w_of(f, vector) for vector in loaded]
        for i, there in enumerate(rows):
            if there:
                scalar = product.x_of(f, f.at(x, i * row_step + k * each, type), count)
                for j in range(vectors):
                    values[i * vectors + j] = product.add(f, scalar, weights[j], values[i * vectors + j])
        return values

    def several(k: Int, values: list[str], count: int) -> list[str]:
        here, at = f.at(x, f.mul(k, each), type), f.at(w, f.mul(k, panel))
        for u in range(count):
            values = step(here, at, u, values)
        return values

    def over(low: Int, high: Int, count: int, values: list[str]) -> list[str]:
        return f.loop(low, high, count, [(product.vector, v) for v in values], lambda k, values: several(k, values, count))

    if isinstance(depth, str):
        main = f.let(f"and i64 {depth}, {-product.unroll}")
        return over(main, depth, 1, over(0, main, product.unroll, values))
    steps = depth // each
    unroll = 3 if product.unroll > 3 and steps % 3 == 0 and steps % product.unroll else product.unroll
    main = steps // unroll * unroll
    values = over(0, main, unroll, values)
    for k in range(main, steps):
        values = step(x, w, k, values)
    return step(x, w, steps, values, depth % each) if depth % each else values


def _finish(f: Function, tile: Tile, region: Region, values: list[str], extras: list[str]) -> None:
    """Apply the region and store. A long region runs in a loop over the rows, on values stored a moment ago."""
    vectors = -(-tile.columns // LANES)
    masks = [f.first_lanes(tile.columns - LANES * j) for j in range(vectors)]
    fixed: dict[tuple[int, int], str] = {}

    def operand(e: int, j: int, row: Int) -> str:
        extra = tile.extras[e]
        if extra.row_step == 0 and (e, j) in fixed:
            return fixed[e, j]
        pointer = f.at(extras[e], f.mul(row, extra.row_step), extra.element.stored)
        value = extra.read(f, pointer, LANES * j, masks[j])
        if extra.row_step == 0:
            fixed[e, j] = value
        return value

    for e, extra in enumerate(tile.extras):
        for j in range(vectors if extra.row_step == 0 else 0):
            operand(e, j, 0)
    late = is_expensive(region)
    y, kept = tile.y_element, tile.product.accumulator
    scratch = "" if not late or y == kept else f.let(f"alloca [{tile.rows * vectors} x {VECTOR}], align 64")
    for i in range(tile.rows):
        for j in range(vectors):
            value = values[i * vectors + j]
            if scratch:
                f.store_vector(value, f.at(scratch, i * vectors + j, VECTOR), element=kept)
                continue
            if not late:
                (value,) = emit_region(f, region, [value, *(operand(e, j, i) for e in range(len(extras)))])
            f.store_vector(value, f.at("%y", i * tile.y_step + LANES * j, y.stored), masks[j], y)
    if not late:
        return

    def again(i: Int, _: list[str]) -> None:
        for j in range(vectors):
            place = f.at(f.at("%y", f.mul(i, tile.y_step), y.stored), LANES * j, y.stored)
            if scratch:
                value = f.load_vector(f.at(scratch, f.add(f.mul(i, vectors), j), VECTOR), element=kept)
            else:
                value = f.load_vector(place, masks[j], element=kept)
            (value,) = emit_region(f, region, [value, *(operand(e, j, i) for e in range(len(extras)))])
            f.store_vector(value, place, masks[j], y)

    f.loop(0, tile.rows, 1, [], again)
