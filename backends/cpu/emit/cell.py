"""`cpu.uk.cell_tile`: the sums of all gates for some samples and units, and the cell on them while they are at hand."""

from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.region import emit_region, region_key
from inferir.backends.cpu.emit.rows import call, over_columns, single
from inferir.backends.cpu.emit.text import INTS, LANES, VECTOR, Function, Int
from inferir.backends.cpu.emit.tile import accumulate, product_of, row_step
from inferir.dialects.cpu.uk import CellTileOp


def emit_cell_tile(op: CellTileOp, emitter: Emitter) -> None:
    """A function of (inputs..., outputs..., step). The sums go through memory that stays in the first cache: the region is
    long, and so a loop over samples and units."""
    inputs, outputs = op.references()
    places = [emitter.memory(m) for m, _ in (*inputs, *outputs)]
    steps = tuple(row_step(p) for p in places)
    singles = tuple(single(p) for p in places)
    elements = tuple(p.element for p in places)
    panel = int(places[1].sizes[-1])
    rows, width = op.rows, panel // op.gates
    own, count, product = op.OWN_INPUTS, len(inputs), product_of(op, emitter)

    def build(name: str) -> Function:
        f = Function(name, [*(f"ptr %p{i}" for i in range(len(places))), "i64 %step"])
        f.do(f"%sums = alloca [{rows * panel} x float], align 64")
        vectors = panel // LANES
        beside = emitter.program.tile_vectors(rows, vectors, product.per_step > 1)
        for first in range(0, vectors, beside):
            some = min(beside, vectors - first)
            zero = ["zeroinitializer"] * (rows * some)
            w = f.at("%p1", first * LANES)
            values = accumulate(f, "%p0", w, op.depth, int(steps[0]), panel, some, [True] * rows, zero, product)
            for position, value in enumerate(values):
                i, j = divmod(position, some)
                total = f.let(f"sitofp {INTS} {value} to {VECTOR}") if product.per_step > 1 else value
                f.store_vector(total, f.at("%sums", i * panel + (first + j) * LANES))
        step = f.broadcast(f.let("sitofp i64 %step to float"))

        def row(i: Int, _: list[str]) -> None:
            at = [f.at(f"%p{n}", f.mul(i, steps[n]), elements[n].stored) for n in range(own, len(places))]
            fixed = {n: f.load_single(p, elements[own + n]) for n, p in enumerate(at) if singles[own + n]}
            sums = f.at("%sums", f.mul(i, panel))

            def columns(j: Int, mask: str | None) -> None:
                given = [step, *(f.load_vector(f.at(sums, f.add(j, g * width))) for g in range(op.gates))]
                given += [fixed[n] if n in fixed else f.load_vector(f.at(at[n], j), mask) for n in range(count - own)]
                for value, target in zip(emit_region(f, op.region, given), at[count - own :], strict=True):
                    f.store_vector(value, f.at(target, j), mask)

            over_columns(f, op.units, 1, columns)

        f.loop(0, rows, 1, [], row)
        return f

    key = ("cell_tile", rows, op.units, op.gates, op.depth, panel, product, steps, singles, elements, region_key(op.region))
    call(emitter, emitter.program.once(key, "cell_tile", build), [*inputs, *outputs], emitter.integer(op.sizes[0]))
