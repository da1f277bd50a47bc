"""`cpu.uk.attention_tile`: some queries against all keys they see, BLOCK keys at a time.

For each block: a tile of scores from the packed keys into a scratch that stays in the first-level cache; row by row cap, mask and
exponential, with the row's largest score so far; then the product with the values, added to what earlier blocks gave. A row keeps
`most`, the largest score, and `total`, the sum of exponentials relative to it; a larger score scales sums and total down.
"""

from collections.abc import Callable
from dataclasses import dataclass

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.elements import F32, Element
from inferir.backends.cpu.emit.kernel import Emitter, Memory
from inferir.backends.cpu.emit.rows import accumulate as reduce_columns
from inferir.backends.cpu.emit.rows import call
from inferir.backends.cpu.emit.text import INTS, LANES, VECTOR, Function, Int, splat
from inferir.backends.cpu.emit.tile import accumulate, static
from inferir.dialects.cpu import uk
from inferir.dialects.cpu.attention import PANEL

BLOCK = 256
"""Keys at a time: the scores of 6 queries are 6 KiB, so that they and a panel of keys or some rows of values fit the first-level cache."""
VECTORS = PANEL // LANES
LOW = float("-inf")


@dataclass(frozen=True)
class Form:
    """All that tells one tile function from another."""

    rows: int
    depth: int
    columns: int
    steps: tuple[int, int, int]
    """elements from one row of q, v, y to the next"""
    mask: Element | None
    placed: bool
    counted: bool
    scale: float
    softcap: float
    causal: bool
    left: int
    right: int


def emit_attention_tile(op: uk.AttentionTileOp, emitter: Emitter) -> None:
    """A function of (q, k, v, y, mask, offset, lengths, first query, keys, mask's row step, mask's columns)."""
    (q, k, v, *others), (y,) = op.references()
    named = iter(others)
    mask = next(named) if op.masked else None
    steps = [static(emitter.memory(m).strides[axis], op, "a row") for (m, _), axis in zip((q, v, y), op.axes, strict=True)]
    place = None if mask is None else emitter.memory(mask[0])
    form = Form(
        rows=op.rows,
        depth=op.depth,
        columns=op.columns,
        steps=(steps[0], steps[1], steps[2]),
        mask=None if place is None else place.element,
        placed=op.placed,
        counted=op.counted,
        scale=op.scale,
        softcap=op.softcap,
        causal=op.causal,
        left=op.left,
        right=op.right,
    )
    name = emitter.program.once(
        ("attention_tile", form), f"attention_{form.rows}x{form.depth}", lambda n: _Tile(n, form, emitter.program.tile_vectors).f
    )
    sizes = [emitter.integer(s) for s in op.sizes]
    bounds = (0, 0) if place is None else (_row_step(emitter.f, place), place.sizes[-1])
    call(emitter, name, [q, k, v, y, *others], *sizes, *bounds)


def _row_step(f: Function, mask: Memory) -> Int:
    """Elements from the mask of one query to that of the next; 0 where one row serves all."""
    if len(mask.sizes) < 2 or mask.sizes[-2] == 1:
        return 0
    size, step = mask.sizes[-2], mask.strides[-2]
    return step if isinstance(size, int) else f.let(f"select i1 {f.let(f'icmp eq i64 {size}, 1')}, i64 0, i64 {step}")


class _Tile:
    """Writes the function."""

    def __init__(self, name: str, form: Form, tile_vectors: Callable[[int, int], int]):
        self.form = form
        self.tile_vectors = tile_vectors
        pointers = ["%q", "%k", "%v", "%y"]
        pointers += [p for p, there in (("%mask", form.mask), ("%offset", form.placed), ("%lengths", form.counted)) if there]
        sizes = ["i64 %query", "i64 %keys", "i64 %mask_step", "i64 %mask_columns"]
        f = self.f = Function(name, [*(f"ptr {p}" for p in pointers), *sizes])
        self.wide = -(-form.columns // LANES)
        self.scores = f.let(f"alloca [{form.rows * BLOCK} x float], align 64")
        self.sums = f.let(f"alloca [{form.rows * self.wide} x {VECTOR}], align 64")
        self.most, self.total, self.factor = (f.let(f"alloca [{form.rows} x {VECTOR}], align 64") for _ in range(3))
        for i in range(form.rows):
            self.keep(splat(LOW), self.most, i)
            self.keep(splat(0.0), self.total, i)
        for i in range(form.rows * self.wide):
            self.keep(splat(0.0), self.sums, i)
        self.place = f.add("%query", f.load("i64", "%offset", 8)) if form.placed else "%query"
        self.end = self.last_key()
        f.loop(self.first_key(), self.end, BLOCK, [], self.block)
        self.finish()

    def keep(self, value: str, array: str, index: Int) -> None:
        """Store a vector of an array in scratch."""
        self.f.store_vector(value, self.f.at(array, index, VECTOR))

    def kept(self, array: str, index: Int) -> str:
        """Load it."""
        return self.f.load_vector(self.f.at(array, index, VECTOR))

    def first_key(self) -> Int:
        """Where the blocks start: the first key that the first query sees, at the start of a panel."""
        if self.form.left < 0:
            return 0
        first = self.f.maximum(self.f.sub(self.place, self.form.left), 0)
        return self.f.let(f"and i64 {first}, {-PANEL}")

    def last_key(self) -> Int:
        """Where they end: behind the last key that any of the queries sees."""
        f, form = self.f, self.form
        end: Int = "%keys" if form.mask is None else f.minimum("%keys", "%mask_columns")
        if form.counted:
            end = f.minimum(end, f.load("i64", "%lengths", 8))
        return f.minimum(end, f.add(self.place, form.rows + self.ahead)) if self.ahead is not None else end

    @property
    def ahead(self) -> int | None:
        """How many keys beyond its own place a query sees; none where there is no bound."""
        bounds = [0] * self.form.causal + [self.form.right] * (self.form.right >= 0)
        return min(bounds, default=None)

    def block(self, t: Int, _: list[str]) -> None:
        """Keys t to t + count - 1."""
        f, form = self.f, self.form
        count = f.minimum(f.sub(self.end, t), BLOCK)

        def panel(p: Int, _: list[str]) -> None:
            keys = f.at("%k", f.mul(f.add(t, p), form.depth))
            width = self.tile_vectors(form.rows, VECTORS)
            for first in range(0, VECTORS, width):
                self.add_scores(f.at(keys, first * LANES), f.add(p, first * LANES), min(width, VECTORS - first))

        f.loop(0, count, PANEL, [], panel)
        f.loop(0, form.rows, 1, [], lambda i, _: self.row(i, t, count))
        width = self.tile_vectors(form.rows, min(VECTORS, self.wide))
        for column in range(0, self.wide, width):
            self.add_values(t, count, column, min(width, self.wide - column))

    def add_scores(self, keys: str, column: Int, vectors: int) -> None:
        """The scores of all rows for some vectors of packed keys, to the columns from `column` on."""
        f, form = self.f, self.form
        zeros = ["zeroinitializer"] * (form.rows * vectors)
        values = accumulate(f, "%q", keys, form.depth, form.steps[0], PANEL, vectors, [True] * form.rows, zeros)
        for position, value in enumerate(values):
            scaled = value if form.scale == 1 else vector.binary(f, "fmul", value, splat(form.scale))
            row, j = divmod(position, vectors)
            f.store_vector(scaled, f.at(f.at(self.scores, column), row * BLOCK + j * LANES))

    def row(self, i: Int, t: Int, count: Int) -> None:
        """The exponentials of a row's scores, in their place; how far what is there already must be scaled down."""
        f = self.f
        row = f.at(self.scores, f.mul(i, BLOCK))

        def seen(j: Int, mask: str | None) -> str:
            value = f.load_vector(f.at(row, j))
            value = self.masked(value, i, t, j, mask)
            if mask is not None:
                value = vector.select(f, mask, value, splat(LOW))
            f.store_vector(value, f.at(row, j))
            return value

        largest = f.broadcast(vector.reduce(f, "maximumf", reduce_columns(f, "maximumf", count, seen)))
        before = self.kept(self.most, i)
        most = vector.combine(f, "maximumf", before, largest)
        base = vector.select(f, vector.compare(f, "oeq", most, splat(LOW)), splat(0.0), most)

        def power(j: Int, mask: str | None) -> str:
            value = vector.exp_below_one(f, vector.binary(f, "fsub", f.load_vector(f.at(row, j)), base))
            f.store_vector(value, f.at(row, j))
            return value

        total = f.broadcast(vector.reduce(f, "addf", reduce_columns(f, "addf", count, power)))
        factor = vector.exp_below_one(f, vector.binary(f, "fsub", before, base))
        self.keep(most, self.most, i)
        self.keep(factor, self.factor, i)
        self.keep(f.fma(self.kept(self.total, i), factor, total), self.total, i)

    def masked(self, score: str, i: Int, t: Int, j: Int, lanes: str | None) -> str:
        """LANES scores of row i from column j of the block that starts at key t on, after cap and mask."""
        f, form = self.f, self.form
        key = f.add(t, j)
        if form.softcap > 0:
            score = vector.binary(f, "fmul", vector.tanh(f, vector.binary(f, "fdiv", score, splat(form.softcap))), splat(form.softcap))
        if form.mask is not None:
            place = f.at(f.at("%mask", f.mul(i, "%mask_step"), form.mask.stored), key, form.mask.stored)
            value = f.load_vector(place, lanes, element=form.mask)
            score = vector.binary(f, "fadd", score, value) if form.mask == F32 else vector.select(f, value, score, splat(LOW))
        if self.ahead is not None:
            end = f.sub(f.add(f.add(self.place, i), self.ahead + 1), key)
            score = vector.select(f, self.below(end), score, splat(LOW))
        if form.left >= 0:
            start = f.sub(f.sub(f.add(self.place, i), form.left), key)
            score = vector.select(f, self.below(start), splat(LOW), score)
        return score

    def below(self, bound: Int) -> str:
        """The lanes whose number is less than a bound."""
        small = self.f.let(f"trunc i64 {self.f.minimum(self.f.maximum(bound, 0), LANES)} to i32")
        numbers = "<" + ", ".join(f"i32 {lane}" for lane in range(LANES)) + ">"
        return self.f.let(f"icmp slt {INTS} {numbers}, {self.f.broadcast(small, 'i32')}")

    def add_values(self, t: Int, count: Int, column: int, vectors: int) -> None:
        """Sums of the columns from vector `column` on, scaled down, plus the exponentials times the rows of v."""
        f, form = self.f, self.form
        masks = [f.first_lanes(form.columns - LANES * (column + j)) for j in range(vectors)]
        start = []
        for i in range(form.rows):
            factor = self.kept(self.factor, i)
            start += [vector.binary(f, "fmul", self.kept(self.sums, i * self.wide + column + j), factor) for j in range(vectors)]
        v = f.at(f.at("%v", f.mul(t, form.steps[1])), column * LANES)
        sums = accumulate(f, self.scores, v, count, BLOCK, form.steps[1], vectors, [True] * form.rows, start, masks=masks)
        for position, value in enumerate(sums):
            self.keep(value, self.sums, position // vectors * self.wide + column + position % vectors)

    def finish(self) -> None:
        """y = sums / total; a row that saw nothing is zeros."""
        f, form = self.f, self.form
        for i in range(form.rows):
            total = self.kept(self.total, i)
            nothing = vector.compare(f, "oeq", total, splat(0.0))
            factor = vector.binary(f, "fdiv", splat(1.0), vector.select(f, nothing, splat(1.0), total))
            for j in range(self.wide):
                value = vector.binary(f, "fmul", self.kept(self.sums, i * self.wide + j), factor)
                f.store_vector(value, f.at("%y", i * form.steps[2] + j * LANES), f.first_lanes(form.columns - j * LANES))
