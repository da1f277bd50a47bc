"""`cpu.gemm`, and pointwise convolutions, which are the same thing over all pixels."""

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.matmul import GemmOp
from inferir.dialects.cpu.quads import is_bytes
from inferir.dialects.cpu.uk import FmaTileOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.kernel import (
    MOST_TASKS,
    TASK_FLOPS,
    Lowering,
    balanced,
    broadcast_index,
    collapse,
    divide,
    estimate,
    side_by_side,
)


@dataclass(frozen=True)
class Split:
    """How a matrix product falls into tasks: blocks of rows (a multiple of the tile's) times blocks of panels."""

    rows: int
    panels: int
    rows_outside: bool
    """Whether a task goes over rows in its outer loop: when its weights fit the cache."""


def split(m: int, n: int, k: int, tile: tuple[int, int], cached: int) -> Split:
    """Tasks of at least TASK_FLOPS, at most about MOST_TASKS; weights of a task stay below `cached` bytes where they are read again."""
    panel, tile_rows = tile
    panels = -(-n // panel)
    rows = estimate(m, 96)
    tasks = max(1, min(MOST_TASKS, 2 * rows * n * k // TASK_FLOPS))
    weights = 4 * k * n
    if weights <= cached:
        row_blocks = max(1, min(tasks, rows // (4 * tile_rows)))
        panel_blocks = min(panels, -(-tasks // row_blocks))
    else:
        panel_blocks = min(panels, max(tasks, weights // cached))
        row_blocks = 1 if 2 * panel_blocks >= tasks else min(-(-tasks // panel_blocks), max(1, rows // (4 * tile_rows)))
    block = 16 * tile_rows if m == DYNAMIC_INDEX else -(-divide(rows, row_blocks) // tile_rows) * tile_rows
    width = divide(panels, panel_blocks)
    return Split(block, width, 4 * k * panel * width <= cached)


def lower_gemm(op: GemmOp, lowering: Lowering) -> None:
    """Tiles over rows and panels of columns. Dimensions of rows that do not lie side by side are gone through one by one."""
    assert isinstance(lowering.y.type, MemRefType)
    last = lowering.y.type.get_num_dims() - 2
    if not any(lower_rows(lowering, first, last, op.x, op.w, op.columns, op.rows) for first in range(last + 1)):
        op.error("an epilogue operand does not step along with the rows of y")


def lower_rows(lowering: Lowering, first: int, last: int, x: SSAValue, w: SSAValue, columns: int, rows: int) -> bool:
    """y[.., i, :] = x[.., i, :] w with dimensions first..last of x and y as one, i; False, with nothing done, where they are not."""
    whole = [lowering.normal(x), lowering.y, *lowering.extras]
    if not all(steps_along(v, lowering.y, first, last) for v in whole):
        return False
    a, y, *lowering.extras = (v if rank_of(v) < 2 else collapse(lowering, v, first, last) or v for v in whole)
    assert isinstance(w.type, MemRefType) and isinstance(y.type, MemRefType)
    panels, *_, depth, panel = w.type.get_shape()
    depth = depth_of(a, depth)
    zeros = [0] * (w.type.get_num_dims() - 1)
    m = y.type.get_shape()[first]
    rows = rows if m == DYNAMIC_INDEX else max(1, min(m, rows))
    plan = split(m, columns, depth, (panel, rows), lowering.cached_weights)
    host = lowering.host
    *around, total, _ = host.sizes(y)
    row_blocks = host.ceil_div(total, plan.rows)
    panel_blocks = -(-panels // plan.panels)
    tasks = host.mul(row_blocks, panel_blocks)
    for size in around:
        tasks = host.mul(tasks, size)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        *around, total, _ = k.sizes(arg["y"])
        blocks = k.ceil_div(total, plan.rows)
        at: list[Index] = []
        task = k.task
        if around:
            each = k.mul(blocks, panel_blocks)
            at, task = k.unflattened(k.div(task, each), around), k.rem(task, each)
        part = k.div(task, blocks) if panel_blocks > 1 else 0
        block = 0 if blocks == 1 else k.rem(task, blocks) if panel_blocks > 1 else task
        low = k.mul(block, plan.rows)
        high = total if blocks == 1 else k.minimum(k.add(low, plan.rows), total)
        first = k.mul(part, plan.panels)
        end = k.minimum(k.add(first, plan.panels), panels)

        def tile(i: Index, count: int, p: Index, width: int) -> None:
            j = k.mul(p, panel)
            here = (*at, i, j)
            extras = [(arg[f"e{e}"], k.values(broadcast_index(v, here))) for e, v in enumerate(lowering.extras)]
            inputs = [(arg["x"], k.values((*at, i, 0))), (arg["w"], k.values((p, *zeros))), *extras]
            outputs = [(arg["y"], k.values(here))]
            k.add_op(FmaTileOp.of(inputs, outputs, k.values((0, 1)), lowering.epilogue(), rows=count, columns=width, depth=depth))

        if plan.rows_outside:
            each_rows(k, low, high, rows, m, lambda i, n: each_panel(k, first, end, columns, panel, lambda p, width: tile(i, n, p, width)))
        else:
            each_panel(k, first, end, columns, panel, lambda p, width: each_rows(k, low, high, rows, m, lambda i, n: tile(i, n, p, width)))

    lowering.launch("gemm_int8" if is_bytes(a) else "gemm", tasks, {"x": a, "w": w, "y": y}, body)
    return True


def depth_of(x: SSAValue, rows: int, groups: int = 1) -> int:
    """How many elements of x's last dimension are multiplied by so many rows of packed weights."""
    assert isinstance(x.type, MemRefType)
    return x.type.get_shape()[-1] // groups if is_bytes(x) else rows


def rank_of(value: SSAValue) -> int:
    """The number of dimensions of a memref."""
    assert isinstance(value.type, MemRefType)
    return value.type.get_num_dims()


def steps_along(value: SSAValue, y: SSAValue, first: int, last: int) -> bool:
    """Whether dimensions first..last of a memref lie side by side and step as those of y do, or do not step at all."""
    assert isinstance(value.type, MemRefType) and isinstance(y.type, MemRefType)
    shape, whole = value.type.get_shape(), y.type.get_shape()
    if len(shape) < 2:
        return True
    if len(shape) != len(whole) or (shape[first : last + 1] != whole[first : last + 1] and any(d != 1 for d in shape[first : last + 1])):
        return False
    return side_by_side(value.type, first, last)


def each_rows(k: KernelBuilder, low: Index, high: Index, rows: int, total: int, visit: Callable[[Index, int], None]) -> None:
    """`visit(i, count)` for tiles of at most `rows` rows from `low` to `high`; `total` is the number of rows if static."""
    if isinstance(low, int) and isinstance(high, int):
        for start, size, count in balanced(high - low, rows):
            k.loop(low + start, low + start + size * count, size, lambda i, size=size: visit(i, size))
        return
    rests = (8, 4, 2, 1) if total == DYNAMIC_INDEX else (total % rows,)
    at = low
    for size in (rows, *(rest for rest in rests if 0 < rest < rows)):
        whole = k.add(at, k.mul(k.div(k.sub(high, at), size), size)) if size > 1 else high
        k.loop(at, whole, size, lambda i, size=size: visit(i, size))
        at = whole


def each_panel(k: KernelBuilder, first: Index, end: Index, columns: int, panel: int, visit: Callable[[Index, int], None]) -> None:
    """`visit(p, width)` for panels from `first` to `end`; the last of all may be narrower."""
    full, rest = divmod(columns, panel)
    k.loop(first, k.minimum(end, full), 1, lambda p: visit(p, panel), "p")
    if rest:
        k.when("eq", end, full + 1, lambda: visit(full, rest))
