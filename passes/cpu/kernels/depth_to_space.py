"""`cpu.depth_to_space`: a line of y is a part of every pixel of a line of x, one after the other."""

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import Region, SSAValue

from inferir.dialects.cpu.elementwise import DepthToSpaceOp
from inferir.dialects.cpu.uk import MapOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.elementwise import ELEMENTS, lower_in_place
from inferir.passes.cpu.kernels.kernel import Lowering, estimate


def lower_depth_to_space(op: DepthToSpaceOp, lowering: Lowering) -> None:
    """A task is a block of lines of y. The first and the last pixel of a line of x may be cut, those between are the rows of a matrix."""
    host, x, y = lowering.host, lowering.normal(op.x), lowering.y
    assert isinstance(x.type, MemRefType) and isinstance(y.type, MemRefType)
    (bh, bw), (top, left, _, right) = op.block, op.crops
    channels = y.type.get_shape()[3]
    images, height, width, all_channels = host.sizes(x)
    _, lines, out_width, _ = host.sizes(y)
    part = bw * channels
    block = max(1, ELEMENTS // max(1, estimate(y.type.get_shape()[2], 256) * channels))
    pixels = host.view(x, [host.mul(host.mul(images, height), width), all_channels], None)
    flat = host.view(y, [host.mul(host.mul(images, lines), out_width), channels], None)
    rows = host.view(flat, [host.div(host.mul(host.mul(images, lines), out_width), bw), part], None)
    extras, lowering.extras = lowering.extras, []

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        images, height, width, _ = k.sizes(arg["x"])
        _, lines, out_width, _ = k.sizes(arg["y"])
        low = k.mul(k.task, block)

        def line(number: Index) -> None:
            image, p = k.unflattened(number, [images, lines])
            above = k.add(p, top)
            source = k.mul(k.add(k.mul(image, height), k.div(above, bh)), width)
            target = k.mul(number, out_width)
            channel = k.mul(k.rem(above, bh), part)

            def some(first: Index, count: Index, skip: Index, columns: Index) -> None:
                """`columns` elements of so many pixels, without the `skip` first of each."""
                to = k.mul(k.add(target, k.sub(k.add(k.mul(first, bw), skip), left)), channels)
                start = k.add(channel, k.mul(skip, channels))
                reads = [(arg["pixels"], k.values((k.add(source, first), start)))]
                k.add_op(MapOp.of(reads, [(arg["rows"], k.values((0, to)))], k.values((count, k.mul(columns, channels))), Region()))

            def cut(j: Index) -> None:
                """One pixel that may be at an edge."""
                skip = k.maximum(k.sub(left, k.mul(j, bw)), 0)
                end = k.minimum(k.sub(k.sub(k.mul(width, bw), right), k.mul(j, bw)), bw)
                some(j, 1, skip, k.sub(end, skip))

            first: Index = k.minimum(1, width) if left else 0
            last = k.maximum(k.sub(width, 1), first) if right else width
            if left:
                k.loop(0, first, 1, cut, "j")
            some(first, k.sub(last, first), 0, bw)
            if right:
                k.loop(last, width, 1, cut, "j")

        k.loop(low, k.minimum(k.add(low, block), k.mul(images, lines)), 1, line, "line")

    tasks = host.ceil_div(host.mul(images, lines), block)
    lowering.launch("depth_to_space", tasks, {"x": x, "y": y, "pixels": pixels, "rows": rows}, body)
    lowering.extras = extras
    if op.epilogue.blocks:
        lower_in_place(lowering)
