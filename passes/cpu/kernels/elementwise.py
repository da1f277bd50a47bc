"""`cpu.map` and `cpu.transpose`."""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.elementwise import MapOp, TransposeOp
from inferir.dialects.cpu.uk import MapOp as MapRows
from inferir.dialects.cpu.uk import TransposeTileOp
from inferir.passes.cpu.kernels.builder import Builder, Index, KernelBuilder, is_dense
from inferir.passes.cpu.kernels.kernel import Lowering, collapse, estimate, side_by_side

ELEMENTS = 32 * 1024
"""Elements that a task maps, about."""


def lower_map(op: MapOp, lowering: Lowering) -> None:
    """Dimensions that all operands walk through alike become one; then rows of columns."""
    lower_over(lowering, [lowering.normal(op.x), *lowering.extras])


def lower_in_place(lowering: Lowering) -> None:
    """The op's epilogue as a pass over y."""
    lower_over(lowering, [lowering.y, *lowering.extras])


@dataclass
class Walk:
    """An operand of a map: its stride along each dimension of y, 0 where it is broadcast."""

    value: SSAValue
    strides: list[int]


def lower_over(lowering: Lowering, inputs: Sequence[SSAValue]) -> None:
    """y = region(inputs...), all broadcast to y."""
    values = [*inputs, lowering.y]
    host = lowering.host
    assert isinstance(lowering.y.type, MemRefType)
    shape = lowering.y.type.get_shape()
    sizes = host.sizes(lowering.y)
    if all(_same(v, lowering.y) or _is_single(v) for v in values):
        total: Index = 1
        for size in sizes:
            total = host.mul(total, size)
        views = [host.view(v, [1, 1], None) if _is_single(v) and v is not lowering.y else host.view(v, [1, total], None) for v in values]
        _launch(lowering, views, [1, total])
        return
    if any(_step_unknown(v) for v in values):
        rank = len(shape)
        _launch_rows(lowering, [(v, list(range(rank - _rank(v), rank))) for v in inputs])
        return
    walks = [_walk(v, shape) for v in values]
    groups: list[list[int]] = [[len(shape) - 1]]
    for axis in range(len(shape) - 2, -1, -1):
        inner = groups[0][0]
        if shape[inner] != DYNAMIC_INDEX and all(w.strides[axis] == w.strides[inner] * shape[inner] for w in walks):
            groups[0].insert(0, axis)
        else:
            groups.insert(0, [axis])
    if len(groups) == 1:
        groups.insert(0, [])
    merged: list[Index] = []
    for group in groups:
        size: Index = 1
        for axis in group:
            size = host.mul(size, sizes[axis])
        merged.append(size)
    views = []
    for walk in walks:
        steps = [walk.strides[group[-1]] if group else 0 for group in groups]
        own = [1 if step == 0 else size for step, size in zip(steps, merged, strict=True)]
        if steps[-1] not in (0, 1):
            lowering.op.error("an operand does not step by one element along the last dimension")
        views.append(host.view(walk.value, own, [s or 1 for s in steps]))
    _launch(lowering, views, merged)


def _same(value: SSAValue, y: SSAValue) -> bool:
    a, b = value.type, y.type
    return isinstance(a, MemRefType) and isinstance(b, MemRefType) and a.get_shape() == b.get_shape() and is_dense(a) and is_dense(b)


def _is_single(value: SSAValue) -> bool:
    return isinstance(value.type, MemRefType) and all(d == 1 for d in value.type.get_shape())


def _rank(value: SSAValue) -> int:
    assert isinstance(value.type, MemRefType)
    return value.type.get_num_dims()


def _step_unknown(value: SSAValue) -> bool:
    """Whether the strides of a memref are known only when it runs: it is contiguous, and a dimension but the first is dynamic."""
    assert isinstance(value.type, MemRefType)
    strides = value.type.get_strides()
    return (strides is None or None in strides) and DYNAMIC_INDEX in value.type.get_shape()[1:]


def _walk(value: SSAValue, shape: Sequence[int]) -> Walk:
    assert isinstance(value.type, MemRefType)
    own = value.type.get_shape()
    strides = value.type.get_strides()
    if strides is None or None in strides:
        strides = MemRefType.strides_for_shape([1, *own[1:]])
    assert strides is not None
    missing = len(shape) - len(own)
    steps = [0] * missing + [0 if d == 1 else (s or 0) for d, s in zip(own, strides, strict=True)]
    return Walk(value, [0 if shape[a] == 1 and a < len(shape) - 1 else s for a, s in enumerate(steps)])


def _launch(lowering: Lowering, views: Sequence[SSAValue], shape: Sequence[Index]) -> None:
    """Tasks: everything but the last two dimensions, times blocks of rows (or of columns where there is one row)."""
    host = lowering.host
    *outer, rows, columns = shape
    flat = rows == 1
    width = columns if isinstance(columns, int) else ELEMENTS
    block = ELEMENTS if flat else max(1, ELEMENTS // max(width, 1))
    tasks = host.ceil_div(columns if flat else rows, block)
    for size in outer:
        tasks = host.mul(tasks, size)
    *inputs, y = views
    lowering.extras = []
    named = {**{f"x{i}": v for i, v in enumerate(inputs)}, "y": y}

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        *around, height, width = k.sizes(arg["y"])
        blocks = k.ceil_div(width if flat else height, block)
        low = k.mul(k.rem(k.task, blocks) if around else k.task, block)
        rest = k.div(k.task, blocks)
        at: list[Index] = []
        for size in reversed(around[1:]):
            at.insert(0, k.rem(rest, size))
            rest = k.div(rest, size)
        if around:
            at.insert(0, rest)
        here = [*at, 0, low] if flat else [*at, low, 0]
        count = k.minimum(k.sub(width if flat else height, low), block)
        sources = [(arg[f"x{i}"], k.values(_within(arg[f"x{i}"], here))) for i in range(len(inputs))]
        sizes = k.values((1, count) if flat else (count, width))
        k.add_op(MapRows.of(sources, [(arg["y"], k.values(here))], sizes, lowering.epilogue()))

    lowering.launch("map", tasks, named, body)


def _launch_rows(lowering: Lowering, inputs: Sequence[tuple[SSAValue, list[int]]]) -> None:
    """Row by row of y, for strides that are known only when it runs. Each input with the axis of y that each of its axes goes along."""
    host, y = lowering.host, lowering.y
    assert isinstance(y.type, MemRefType)
    *outer, _ = host.sizes(y)
    rows: Index = 1
    for size in outer:
        rows = host.mul(rows, size)
    block = max(1, ELEMENTS // estimate(y.type.get_shape()[-1], 256))
    lowering.extras = []
    named = {**{f"x{i}": value for i, (value, _) in enumerate(inputs)}, "y": y}

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        *around, columns = k.sizes(arg["y"])
        total: Index = 1
        for size in around:
            total = k.mul(total, size)
        low = k.mul(k.task, block)

        def row(number: Index) -> None:
            at = [*k.unflattened(number, around), 0]
            sources = [(arg[f"x{i}"], k.values(_within(arg[f"x{i}"], [at[a] for a in axes]))) for i, (_, axes) in enumerate(inputs)]
            k.add_op(MapRows.of(sources, [(arg["y"], k.values(at))], k.values((1, columns)), lowering.epilogue()))

        k.loop(low, k.minimum(k.add(low, block), total), 1, row, "row")

    lowering.launch("map", host.ceil_div(rows, block), named, body)


def _within(value: SSAValue, at: Sequence[Index]) -> list[Index]:
    assert isinstance(value.type, MemRefType)
    return [0 if d == 1 else i for d, i in zip(value.type.get_shape(), at, strict=True)]


def lower_transpose(op: TransposeOp, lowering: Lowering) -> None:
    """A map over x with its strides reordered where the last dimension stays last; else tiles transposed in registers."""
    x, y = lowering.normal(op.x), lowering.y
    assert isinstance(x.type, MemRefType) and isinstance(y.type, MemRefType)
    shape = x.type.get_shape()
    host, order = lowering.host, op.permutation
    sizes = host.sizes(x)
    moves = order[-1] != len(shape) - 1
    if not moves and (_step_unknown(x) or _step_unknown(y)):
        back = [order.index(axis) for axis in range(len(shape))]
        _launch_rows(lowering, [(x, back), *((e, list(range(len(shape) - _rank(e), len(shape)))) for e in lowering.extras)])
        return
    strides = None if _step_unknown(x) else list(x.type.get_strides() or MemRefType.strides_for_shape([1, *shape[1:]]) or ())
    if not moves:
        assert strides is not None
        turned = host.view(x, [sizes[a] for a in order], [strides[a] or 0 for a in order])
        lower_over(lowering, [turned, *lowering.extras])
        return
    axes = _runs(order, x.type, y.type)
    groups = sorted(axes, key=lambda g: g[0])
    source = x
    for at, group in enumerate(groups):
        source = _joined(lowering, source, at, len(group))
    position = {g[0]: i for i, g in enumerate(groups)}
    new_order = [position[g[0]] for g in axes]
    target = y
    for at, group in enumerate(axes):
        target = _joined(lowering, target, at, len(group))
    extras, lowering.extras = lowering.extras, []
    _turn(lowering, source, target, new_order)
    lowering.extras = extras
    if op.epilogue.blocks:
        lower_in_place(lowering)


def _runs(order: Sequence[int], x: MemRefType, y: MemRefType) -> list[list[int]]:
    """The axes in their new order, those that stay neighbours and lie side by side both in x and in y together."""
    runs: list[list[int]] = []
    for position, axis in enumerate(order):
        together = runs and runs[-1][-1] == axis - 1
        if together and side_by_side(x, runs[-1][0], axis) and side_by_side(y, position - len(runs[-1]), position):
            runs[-1].append(axis)
        else:
            runs.append([axis])
    return runs


def _joined(lowering: Lowering, value: SSAValue, first: int, count: int) -> SSAValue:
    """The memref with `count` dimensions that lie side by side, from `first` on, made one."""
    joined = collapse(lowering, value, first, first + count - 1)
    assert joined is not None
    return joined


def _turn(lowering: Lowering, x: SSAValue, y: SSAValue, order: Sequence[int]) -> None:
    """x's last dimension is not y's: tiles over both; a task has a block of x's last, at some positions of the dimensions outside."""
    host = lowering.host
    rank = len(order)
    across = order.index(rank - 1)
    others = [d for d in range(rank - 1) if d != across]
    sizes = host.sizes(y)
    assert isinstance(y.type, MemRefType)
    shape = y.type.get_shape()
    block = max(16, ELEMENTS // max(estimate(shape[-1], 16), 1) // 16 * 16)
    tiles = max(1, ELEMENTS // max(1, estimate(shape[-1], ELEMENTS) * min(estimate(shape[across], ELEMENTS), block)))

    def counts(builder: Builder, sizes: Sequence[Index]) -> list[Index]:
        """Of what the number of a task is made: positions, `tiles` at a time along the last dimension outside, and blocks."""
        outside = [sizes[d] for d in others[:-1]] + [builder.ceil_div(sizes[d], tiles) for d in others[-1:]]
        return [*outside, builder.ceil_div(sizes[across], block)]

    tasks: Index = 1
    for count in counts(host, sizes):
        tasks = host.mul(tasks, count)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        shape = k.sizes(arg["y"])
        *outside, part = k.unflattened(k.task, counts(k, shape))
        low = k.mul(part, block)
        columns = k.minimum(k.sub(shape[across], low), block)
        at: list[Index] = [0] * rank
        at[across] = low
        for d, index in zip(others, outside, strict=True):
            at[d] = index

        def tile(at: Sequence[Index]) -> None:
            from_x: list[Index] = [0] * rank
            for d, axis in enumerate(order):
                from_x[axis] = at[d]
            source, target = (arg["x"], k.values(from_x)), (arg["y"], k.values(at))
            bounds = k.values((shape[rank - 1], columns))
            k.add_op(TransposeTileOp.of([source], [target], bounds, row_axis=order[rank - 1], column_axis=across))

        if tiles == 1 or not others:
            tile(at)
            return
        last = others[-1]
        first = k.mul(outside[-1], tiles)
        end = k.minimum(k.add(first, tiles), shape[last])
        k.loop(first, end, 1, lambda i: tile([i if d == last else index for d, index in enumerate(at)]), "t")

    lowering.launch("transpose", tasks, {"x": x, "y": y}, body)
