"""`cpu.pool2d`, `cpu.reduce`, `cpu.softmax`, `cpu.lrn`."""

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import Region, SSAValue

from inferir.dialects.cpu.base import merged_stride, sizes_of
from inferir.dialects.cpu.pooling import LrnOp, Pool2dOp, ReduceOp, SoftmaxOp
from inferir.dialects.cpu.uk import LrnRowOp, PoolTileOp, ReduceColumnsOp, ReduceRowOp, SoftmaxRowOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder, is_dense
from inferir.passes.cpu.kernels.convolution import flops
from inferir.passes.cpu.kernels.elementwise import ELEMENTS, lower_in_place
from inferir.passes.cpu.kernels.kernel import Lowering, broadcast_index, collapse, estimate
from inferir.passes.cpu.kernels.windows import Lines, Span


def lower_pool2d(op: Pool2dOp, lowering: Lowering) -> None:
    """Tiles of pixels; the microkernel goes over the channels."""
    assert isinstance(op.x.type, MemRefType)
    channels = op.x.type.get_shape()[3]
    kh, kw = op.kernel
    x = lowering.normal(op.x)
    lines = Lines(op, lowering, x, (kh, kw), 8 * flops(lowering, kh * kw))
    average = op.kind == "average"

    def counts(span: Span) -> tuple[int, ...] | None:
        if not average or span.columns is not None:
            return None
        if span.edge is None:
            return (kw,) * span.count
        first, width = span.edge
        low, high = (-op.pads[1], width + op.pads[3]) if op.count_include_pad else (0, width)
        starts = (first + i * op.strides[1] for i in range(span.count))
        return tuple(sum(low <= start + s * op.dilations[1] < high for s in range(kw)) for start in starts)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        def line(image: Index, part: Index, oh: Index) -> None:
            start, low, high = lines.rows(k, oh)
            if op.count_include_pad:
                count = k.minimum(k.ceil_div(k.sub(k.add(lines.height, op.pads[2]), start), op.dilations[0]), kh)
            else:
                count = k.sub(high, low)

            def tile(span: Span) -> None:
                column = k.sub(k.mul(span.start, op.strides[1]), op.pads[1])
                here = (image, oh, span.start, 0)
                extras = [(arg[f"e{e}"], k.values(broadcast_index(v, here))) for e, v in enumerate(lowering.extras)]
                sizes: list[Index] = [low, high, count]
                if span.columns is not None:
                    first, end = span.columns
                    counted = k.sub(end, first)
                    if op.count_include_pad:
                        counted = k.minimum(k.ceil_div(k.sub(k.add(lines.width, op.pads[3]), column), op.dilations[1]), kw)
                    sizes += [first, end, counted]
                k.add_op(
                    PoolTileOp.of(
                        [(arg["x"], k.values((image, start, column, 0))), *extras],
                        [(arg["y"], k.values(here))],
                        k.values(sizes),
                        lowering.epilogue(),
                        kind=op.kind,
                        rows=span.count,
                        taps=(kh, kw),
                        strides=tuple(op.strides),
                        dilations=tuple(op.dilations),
                        channels=channels,
                        counts=counts(span),
                        **span.properties,
                    )
                )

            lines.each_span(k, 4, tile)

        lines.each_line(k, arg, line)

    lowering.launch("pool2d", lines.tasks, {"x": x, "y": lowering.y}, body)


def _epilogue(lowering: Lowering) -> tuple[Region, bool]:
    """The region for the microkernel, and whether extra operands make it a pass of its own afterwards."""
    return (Region(), True) if lowering.extras else (lowering.epilogue(), False)


def lower_reduce(op: ReduceOp, lowering: Lowering) -> None:
    """[outer, reduced, inner]: along rows where there is no inner part, else down columns."""
    x = lowering.normal(op.x)
    assert isinstance(x.type, MemRefType)
    rank, (first, last) = x.type.get_num_dims(), (op.axes[0], op.axes[-1])
    region, later = _epilogue(lowering)
    extras, lowering.extras = lowering.extras, []
    host = lowering.host
    inner = last < rank - 1
    if inner:
        x = _merged(lowering, x, last + 1, rank - 1)
    x = _merged(lowering, x, first, last)
    x = _merged(lowering, x, 0, first - 1) if first else _front(lowering, x)
    shape = host.sizes(x)
    y = _columns(op, lowering, [shape[0], shape[2] if inner else 1])

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        outer, count, *columns = k.sizes(arg["x"])
        if inner:
            blocks = k.ceil_div(columns[0], 64)
            row, start = k.div(k.task, blocks), k.mul(k.rem(k.task, blocks), 64)
            width = k.minimum(k.sub(columns[0], start), 64)
            source = [(arg["x"], k.values((row, 0, start)))]
            k.add_op(ReduceColumnsOp.of(source, [(arg["y"], k.values((row, start)))], k.values((count, width)), region, kind=op.kind))
            return
        low = k.mul(k.task, 16)

        def one(i: Index) -> None:
            k.add_op(
                ReduceRowOp.of(
                    [(arg["x"], k.values((i, 0)))], [(arg["y"], k.values((i, 0)))], k.values((count,)), region.clone(), kind=op.kind
                )
            )

        k.loop(low, k.minimum(k.add(low, 16), outer), 1, one)

    tasks = host.mul(shape[0], host.ceil_div(shape[2], 64)) if inner else host.ceil_div(shape[0], 16)
    lowering.launch("reduce", tasks, {"x": x, "y": y}, body)
    if later:
        lowering.extras = extras
        lower_in_place(lowering)


def _merged(lowering: Lowering, value: SSAValue, first: int, last: int) -> SSAValue:
    """The memref with dimensions made one that `merges` of the op states."""
    out = collapse(lowering, value, first, last)
    assert out is not None, "the verifier sees to it"
    return out


def _columns(op: ReduceOp, lowering: Lowering, shape: list[Index]) -> SSAValue:
    """y as [outer, inner]: its rows may lie apart."""
    y = lowering.y
    assert isinstance(y.type, MemRefType)
    strides = y.type.get_strides()
    if is_dense(y.type) or strides is None or None in strides:
        return lowering.host.view(y, shape, None)
    (first, last), _ = op.merges("outs", len(strides))
    return lowering.host.view(y, shape, [merged_stride(sizes_of(y.type), strides, first, last) or 0, 1])


def _front(lowering: Lowering, value: SSAValue) -> SSAValue:
    """The memref with a first dimension of 1."""
    assert isinstance(value.type, MemRefType)
    strides = value.type.get_strides()
    dense = strides is None or value.type == MemRefType(value.type.element_type, value.type.get_shape())
    return lowering.host.view(value, [1, *lowering.host.sizes(value)], None if dense else [0, *(s or 0 for s in strides or ())])


def lower_softmax(op: SoftmaxOp, lowering: Lowering) -> None:
    """A row at a time."""
    _lower_rows(op, lowering, "softmax", lambda x, y, k, count: SoftmaxRowOp.of([x], [y], [k.value(count)]))


def lower_lrn(op: LrnOp, lowering: Lowering) -> None:
    """A pixel at a time."""
    assert isinstance(op.x.type, MemRefType)
    channels = op.x.type.get_shape()[-1]
    if channels == DYNAMIC_INDEX:
        op.error("the cpu backend needs a static number of channels here")
    options = {"channels": channels, "size": op.size, "alpha": op.alpha, "beta": op.beta, "bias": op.bias}
    _lower_rows(op, lowering, "lrn", lambda x, y, k, count: LrnRowOp.of([x], [y], **options))


def _lower_rows(op: SoftmaxOp | LrnOp, lowering: Lowering, stem: str, make: object) -> None:
    """`make(x, y, kernel, columns)` for every row; the epilogue is a pass of its own."""
    extras, lowering.extras = lowering.extras, []
    x, whole = lowering.normal(op.x), lowering.y
    assert isinstance(x.type, MemRefType)
    rank = x.type.get_num_dims()
    y = whole
    rows = [collapse(lowering, v, 0, rank - 2) for v in (x, whole)]
    if rank < 2:
        x, y = _front(lowering, x), _front(lowering, whole)
    elif rows[0] is not None and rows[1] is not None:
        x, y = rows[0], rows[1]
    assert isinstance(x.type, MemRefType)
    block = max(1, ELEMENTS // (8 * estimate(x.type.get_shape()[-1], 1024)))
    host = lowering.host
    total: Index = 1
    for size in host.sizes(x)[:-1]:
        total = host.mul(total, size)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        *around, columns = k.sizes(arg["x"])
        rows: Index = 1
        for size in around:
            rows = k.mul(rows, size)
        low = k.mul(k.task, block)

        def one(i: Index) -> None:
            at = k.values([*k.unflattened(i, around), 0])
            k.add_op(make((arg["x"], at), (arg["y"], at), k, columns))  # pyright: ignore[reportCallIssue]

        k.loop(low, k.minimum(k.add(low, block), rows), 1, one)

    lowering.launch(stem, host.ceil_div(total, block), {"x": x, "y": y}, body)
    if op.epilogue.blocks:
        lowering.extras = extras
        lower_in_place(lowering)
