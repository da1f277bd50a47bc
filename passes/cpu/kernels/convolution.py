"""`cpu.conv2d` and `cpu.dwconv2d`: implicit GEMM over the taps, no copy of the input."""

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.convolution import Conv2dOp, Dwconv2dOp
from inferir.dialects.cpu.quads import is_bytes
from inferir.dialects.cpu.uk import DwTileOp, FmaTileOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.gemm import depth_of, lower_rows
from inferir.passes.cpu.kernels.kernel import Lowering, broadcast_index, estimate
from inferir.passes.cpu.kernels.windows import Lines, Span


def flops(lowering: Lowering, per_element: int) -> int:
    """Operations of one image or of all of a static batch."""
    assert isinstance(lowering.y.type, MemRefType)
    total = 2 * per_element
    for size in lowering.y.type.get_shape():
        total *= estimate(size, 1)
    return total


def lower_conv2d(op: Conv2dOp, lowering: Lowering) -> None:
    """A pointwise convolution is a matrix product over pixels; any other goes line by line, panel by panel."""
    assert isinstance(op.w.type, MemRefType)
    panels, kh, kw, depth, panel = op.w.type.get_shape()
    pointwise = (kh, kw) == (1, 1) and op.groups == 1 and tuple(op.strides) == (1, 1) and not any(op.pads)
    if pointwise and lower_rows(lowering, 0, 2, op.x, op.w, op.channels, op.rows):
        return
    x = lowering.normal(op.x)
    depth = depth_of(x, depth, op.groups)
    each = panels // op.groups
    columns = op.channels // op.groups
    full, rest = divmod(columns, panel)
    lines = Lines(op, lowering, x, (kh, kw), flops(lowering, kh * kw * depth), panels)
    strides, dilations = tuple(op.strides), tuple(op.dilations)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        def line(image: Index, part: Index, oh: Index) -> None:
            start, low, high = lines.rows(k, oh)
            group, p = (k.div(part, each), k.rem(part, each)) if op.groups > 1 else (0, part)
            j = k.add(k.mul(group, columns), k.mul(p, panel))
            channel = k.mul(group, depth)

            def tile(span: Span, width: int) -> None:
                column = k.sub(k.mul(span.start, strides[1]), op.pads[1])
                here = (image, oh, span.start, j)
                extras = [(arg[f"e{e}"], k.values(broadcast_index(v, here))) for e, v in enumerate(lowering.extras)]
                inputs = [
                    (arg["x"], k.values((image, start, column, channel))),
                    (arg["w"], k.values((part, 0, 0, 0, 0))),
                    *extras,
                ]
                shape = {"rows": span.count, "taps": (kh, kw), "strides": strides, "dilations": dilations, **span.properties}
                bounds = k.values((low, high, *(span.columns or ())))
                outputs = [(arg["y"], k.values(here))]
                k.add_op(FmaTileOp.of(inputs, outputs, bounds, lowering.epilogue(), columns=width, depth=depth, **shape))

            def spans(width: int) -> None:
                lines.each_span(k, op.rows, lambda span: tile(span, width))

            if rest and full:
                k.when("slt", p, full, lambda: spans(panel))
                k.when("eq", p, full, lambda: spans(rest))
            else:
                spans(panel if full else rest)

        lines.each_line(k, arg, line)

    lowering.launch("conv2d_int8" if is_bytes(x) else "conv2d", lines.tasks, {"x": x, "w": op.w, "y": lowering.y}, body)


def lower_dwconv2d(op: Dwconv2dOp, lowering: Lowering) -> None:
    """Tiles of pixels; the microkernel goes over the channels."""
    assert isinstance(op.w.type, MemRefType)
    kh, kw, channels = op.w.type.get_shape()
    x = lowering.normal(op.x)
    lines = Lines(op, lowering, x, (kh, kw), 8 * flops(lowering, kh * kw))

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        def line(image: Index, part: Index, oh: Index) -> None:
            start, low, high = lines.rows(k, oh)

            def tile(span: Span) -> None:
                column = k.sub(k.mul(span.start, op.strides[1]), op.pads[1])
                here = (image, oh, span.start, 0)
                extras = [(arg[f"e{e}"], k.values(broadcast_index(v, here))) for e, v in enumerate(lowering.extras)]
                inputs = [(arg["x"], k.values((image, start, column, 0))), (arg["w"], k.values((0, 0, 0))), *extras]
                k.add_op(
                    DwTileOp.of(
                        inputs,
                        [(arg["y"], k.values(here))],
                        k.values((low, high, *(span.columns or ()))),
                        lowering.epilogue(),
                        rows=span.count,
                        taps=(kh, kw),
                        strides=tuple(op.strides),
                        dilations=tuple(op.dilations),
                        channels=channels,
                        **span.properties,
                    )
                )

            lines.each_span(k, 8, tile)

        lines.each_line(k, arg, line)

    lowering.launch("dwconv2d_int8" if is_bytes(x) else "dwconv2d", lines.tasks, {"x": x, "w": op.w, "y": lowering.y}, body)
