"""Choose the register tile of matrix products and convolutions, and pack their weights for it.

  %p = cpu.pack_gemm %w : (tensor<768x96xf32>) -> tensor<6x768x16xf32>
  %y = cpu.gemm %x, %p columns 96 : ...
becomes
  %p = cpu.pack_gemm %w panel 48 : (tensor<768x96xf32>) -> tensor<2x768x48xf32>
  %y = cpu.gemm %x, %p columns 96 rows 8 : ...
"""

from __future__ import annotations

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.dims import Shape
from inferir.core.types import ranked
from inferir.dialects import cpu
from inferir.passes.cpu.inference_to_cpu.building import shape_of

PANELS = (64, 48, 32, 16)
"""Columns of a register tile that are tried, in multiples of the 16 elements that the emitter writes at a time."""
LEAST_ROWS = 6
"""Rows of a register tile: with fewer a load of weights serves too few products. Source: Goto and van de Geijn 2008, section 6."""
WIDE = 8
"""Vectors of a tile of one row: as many independent sums as hide the latency of two FMAs a cycle (4 cycles)."""
FEW_ROWS = 3
"""With so few rows a product is bound by reading the weights: one wide stream is best."""

FEW_TILES = 64
"""Up to so many tiles of an image, Winograd's three steps are better taken one after the other, each in even tasks."""
LEAST_BLOCK = 12
"""Tiles of a block: with fewer the products read more weights than they use."""


def tiles(accumulators: int) -> tuple[tuple[int, int], ...]:
    """(columns, rows) of the register tiles of so many sums, the widest first: 6x64 of AVX-512, 6x16 of AVX2 and NEON."""
    shapes = [(panel, accumulators // panel) for panel in PANELS]
    high = tuple((panel, rows) for panel, rows in shapes if rows >= LEAST_ROWS)
    return high or (shapes[-1],)


def panel_of(columns: int, rows: int | None, machine: cpu.Machine, of_bytes: bool = False) -> tuple[int, int]:
    """(panel, rows) of the tile for so many columns and rows (None: not known) on a machine, for products of floats or of bytes."""
    accumulators = machine.byte_accumulators if of_bytes else machine.accumulators
    if rows is not None and rows <= FEW_ROWS:
        wide = WIDE * machine.lanes if WIDE * max(rows, 1) <= accumulators else 16
        return (wide if columns >= wide else min(-(-columns // 16) * 16, 64)), max(rows, 1)
    shapes = tiles(accumulators * machine.lanes)
    padded = {panel: -(-columns // panel) * panel for panel, _ in shapes}
    least = min(padded.values())
    panel, most = next((p, r) for p, r in shapes if padded[p] <= least * 1.07)
    return panel, most if rows is None else min(most, rows)


def rows_of(shape: Shape) -> int | None:
    """The product of dimensions, None where one is not known."""
    total = 1
    for dim in shape:
        if not isinstance(dim, int) or dim < 0:
            return None
        total *= dim
    return total


@rewrites(cpu.GemmOp)
def gemm_tile(op: cpu.GemmOp, rw: Rewriter) -> str | None:
    """6x64, or what fits the columns better; one row at a time where there are few"""
    pack = op.w.owner
    if not isinstance(pack, cpu.PackGemmOp):
        return "its weights are packed already"
    panel, rows = panel_of(op.columns, rows_of(shape_of(op.x)[:-1]), cpu.machine_of(op))
    if (panel, rows) == (pack.panel, op.rows):
        return "it has that tile"
    packed = pack.like(panel=panel)
    rw.insert(packed)
    rw.replace(op, op.like(w=packed.packed, rows=rows, result_types=[op.results[0].type]))
    return None


@rewrites(cpu.Conv2dOp)
def conv_tile(op: cpu.Conv2dOp, rw: Rewriter) -> str | None:
    """6x64, or what fits the channels of a group better; no more rows than an image row has pixels"""
    pack = op.w.owner
    if not isinstance(pack, cpu.PackConv2dOp):
        return "its weights are packed already"
    width = shape_of(op.results[0])[2]
    panel, rows = panel_of(op.channels // op.groups, None, cpu.machine_of(op))
    if panel == 64 and width in (7, 14):
        rows = 7  # one or two tiles of 7 pixels use the registers better than 4 + 3 or 5 + 5 + 4 (1.1 to 1.5 x measured)
    rows = min(rows, width) if width > 0 else rows
    if (panel, rows) == (pack.panel, op.rows):
        return "it has that tile"
    packed = pack.like(panel=panel)
    rw.insert(packed)
    rw.replace(op, op.like(w=packed.packed, rows=rows, result_types=[ranked(op.results[0])]))
    return None


def cached_tiles(op: cpu.WinogradConv2dOp) -> int:
    """Tiles whose workspace fills half of the second-level cache: `planes` values of each input and output channel."""
    planes, _, inner, _ = (int(d) for d in shape_of(op.w))
    return cpu.machine_of(op).l2 // 2 // (4 * planes * (inner + op.channels))


def winograd_run(op: cpu.WinogradConv2dOp, rows: int) -> int:
    """Tiles whose workspace stays in the cache, where their number is dynamic: some times those of a register tile."""
    return max(LEAST_BLOCK, cached_tiles(op) // rows * rows)


def winograd_block(op: cpu.WinogradConv2dOp) -> tuple[int, int] | None:
    """Rows and columns of tiles whose workspace stays in the cache, in blocks of even size; none where all tiles do, or where the
    weights do not and should be read once."""
    planes, _, inner, _ = (int(d) for d in shape_of(op.w))
    y = shape_of(op.results[0])
    down, across = op.tiles(y)
    if down * across <= FEW_TILES or 4 * planes * inner * op.channels > cpu.machine_of(op).l2 * 5 // 2:
        return None
    most = max(LEAST_BLOCK, cached_tiles(op))
    columns = -(-across // -(-across // most))
    rows = max(1, most // across)
    return -(-down // -(-down // rows)), columns


@rewrites(cpu.WinogradConv2dOp)
def winograd_tile(op: cpu.WinogradConv2dOp, rw: Rewriter) -> str | None:
    """the tile of its products, and blocks or runs of tiles that stay in the cache"""
    pack = op.w.owner
    if not isinstance(pack, cpu.PackWinogradOp):
        return "its weights are packed already"
    run = block = None
    if -1 in shape_of(op.results[0])[1:3]:
        panel, rows = panel_of(op.channels, None, cpu.machine_of(op))
        run = winograd_run(op, rows)
    else:
        block = winograd_block(op)
        down, across = op.tiles(shape_of(op.results[0])) if block is None else block
        panel, rows = panel_of(op.channels, down * across, cpu.machine_of(op))
    if (panel, rows, block, run) == (pack.panel, op.rows, op.block, op.run):
        return "it has that tile"
    packed = pack.like(panel=panel)
    rw.insert(packed)
    rw.replace(op, op.like(w=packed.packed, rows=rows, block=block, run=run, result_types=[op.results[0].type]))
    return None


class SelectTiles(Pass):
    """The tile follows from the sizes: as many accumulators as there are registers for, as few padded columns as possible."""

    patterns = (gemm_tile, conv_tile, winograd_tile)
