"""`cpu.winograd_conv2d`: transform tiles of x, multiply plane by plane, transform back with the epilogue.

With `block`, one kernel does the three for some tiles after the other, which stay in the cache. Without, each step is a
kernel of its own over all tiles of an image: a few tiles with many weights then fall into even tasks all the same.
With `run`, one kernel does the three for so many tiles after the other, numbered through all images, whose size it reads when it runs.
"""

from collections.abc import Callable

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType, StridedLayoutAttr
from xdsl.ir import SSAValue

from inferir.dialects.cpu.program import ViewOp
from inferir.dialects.cpu.uk import FmaTileOp, WinogradInputOp, WinogradOutputOp
from inferir.dialects.cpu.winograd import LINE, WinogradConv2dOp
from inferir.passes.cpu.kernels.builder import Builder, Index, KernelBuilder
from inferir.passes.cpu.kernels.gemm import each_panel, each_rows
from inferir.passes.cpu.kernels.kernel import MOST_TASKS, TASK_FLOPS, Lowering, broadcast_index, divide, estimate

Arguments = dict[str, SSAValue]
TRANSFORM_FLOPS = 8
"""A transform moves memory more than it computes: operations per element of a plane that take as long."""


class Winograd:
    """One op: its sizes, the two halves of its workspace, and the three steps as code in a kernel."""

    def __init__(self, op: WinogradConv2dOp, lowering: Lowering):
        assert isinstance(op.w.type, MemRefType) and isinstance(lowering.y.type, MemRefType) and op.workspace is not None
        self.op, self.lowering = op, lowering
        self.x = lowering.normal(op.x)
        self.planes, self.panels, self.inner, self.panel = op.w.type.get_shape()
        y = lowering.y.type.get_shape()
        if op.run is None and DYNAMIC_INDEX in y[1:3]:
            op.error("an image of any size is computed in runs of tiles (run select-tiles)")
        host = lowering.host
        self.see(host, self.x, lowering.y)
        parts, self.tiles = op.parts(y)
        self.parts: Index = host.sizes(lowering.y)[0] if op.block is None and op.run is None else parts
        self.v, end = self.half(host, self.inner, 0)
        self.m, _ = self.half(host, op.channels, end)

    def see(self, b: Builder, x: SSAValue, y: SSAValue) -> None:
        """Take the sizes of x and y from memrefs that the builder can read."""
        self.height, self.width = b.size(x, 1), b.size(x, 2)
        self.out_height, self.out_width = b.size(y, 1), b.size(y, 2)
        self.down, self.across = b.ceil_div(self.out_height, self.op.tile), b.ceil_div(self.out_width, self.op.tile)

    def known(self) -> tuple[int, int]:
        """How many tiles lie down and across an image of known size."""
        assert isinstance(self.down, int) and isinstance(self.across, int)
        return self.down, self.across

    def half(self, host: Builder, channels: int, start: Index) -> tuple[SSAValue, Index]:
        """[parts, planes, tiles, channels] of the workspace from element `start` on, and where it ends."""
        assert self.op.workspace is not None
        plane = self.tiles * channels + LINE
        layout = StridedLayoutAttr([self.planes * plane, plane, channels, 1])
        static = self.parts if isinstance(self.parts, int) else DYNAMIC_INDEX
        assert isinstance(self.op.workspace.type, MemRefType)
        type = MemRefType(self.op.workspace.type.element_type, [static, self.planes, self.tiles, channels], layout)
        sizes = [] if isinstance(self.parts, int) else [self.parts]
        view = ViewOp(self.op.workspace, host.value(host.mul(start, 4)), sizes, type)
        return host.add_op(view).results[0], host.add(start, host.mul(self.parts, self.planes * plane))

    def tasks(self, flops: int) -> int:
        """Into how many tasks so many operations fall."""
        return max(1, min(MOST_TASKS, flops // TASK_FLOPS))

    def transform(self, k: KernelBuilder, arg: Arguments, image: Index, part: Index, row: Index, column: Index, tile: Index) -> None:
        """Transform the patch under the tile at (row, column) of the image into place `tile` of the part."""
        m, (top, left, _, _) = self.op.tile, self.op.pads
        h, w = k.sub(k.mul(row, m), top), k.sub(k.mul(column, m), left)
        sizes = [*self.present(k, h, self.height, top > 0), *self.present(k, w, self.width, left > 0)]
        inputs = [(arg["x"], k.values((image, h, w, 0)))]
        outputs = [(arg["v"], k.values((part, 0, tile, 0)))]
        k.add_op(WinogradInputOp.of(inputs, outputs, k.values(sizes), tile=m, channels=self.inner))

    def present(self, k: KernelBuilder, start: Index, size: Index, padded: bool) -> tuple[Index, Index]:
        """The first and the end of the positions of a patch from `start` that lie within 0 to size - 1."""
        reach = self.op.tile + 2
        return k.maximum(k.sub(0, start), 0) if padded else 0, k.minimum(k.sub(size, start), reach)

    def multiply(self, k: KernelBuilder, arg: Arguments, part: Index, plane: Index, first: Index, end: Index, count: Index) -> None:
        """m[plane] = v[plane] w[plane] for `count` tiles and the panels from `first` to `end`."""

        def tile(i: Index, rows: int, p: Index, width: int) -> None:
            inputs = [(arg["v"], k.values((part, plane, i, 0))), (arg["w"], k.values((plane, p, 0, 0)))]
            outputs = [(arg["m"], k.values((part, plane, i, k.mul(p, self.panel))))]
            k.add_op(FmaTileOp.of(inputs, outputs, k.values((0, 1)), rows=rows, columns=width, depth=self.inner))

        total = count if isinstance(count, int) else DYNAMIC_INDEX
        each_panel(
            k,
            first,
            end,
            self.op.channels,
            self.panel,
            lambda p, width: each_rows(k, 0, count, self.op.rows, total, lambda i, n: tile(i, n, p, width)),
        )

    def finish(self, k: KernelBuilder, arg: Arguments, image: Index, part: Index, row: Index, column: Index, tile: Index) -> None:
        """Transform place `tile` of the part back, and store the pixels of the tile at (row, column) that exist."""
        m = self.op.tile
        h, w = k.mul(row, m), k.mul(column, m)
        here = (image, h, w, 0)
        extras = [(arg[f"e{e}"], k.values(broadcast_index(v, here))) for e, v in enumerate(self.lowering.extras)]
        inputs = [(arg["m"], k.values((part, 0, tile, 0))), *extras]
        sizes = k.values((k.minimum(k.sub(self.out_height, h), m), k.minimum(k.sub(self.out_width, w), m)))
        outputs = [(arg["y"], k.values(here))]
        k.add_op(WinogradOutputOp.of(inputs, outputs, sizes, self.lowering.epilogue(), tile=m, channels=self.op.channels))


def lower_winograd(op: WinogradConv2dOp, lowering: Lowering) -> None:
    """Run by run, block by block, or step by step."""
    w = Winograd(op, lowering)
    if op.run is not None:
        by_runs(w, op.run)
    elif op.block is not None:
        by_blocks(w, op.block[0], op.block[1])
    else:
        by_steps(w)


def by_steps(w: Winograd) -> None:
    """Three kernels; a task of the first and last has some rows of tiles of an image, one of the second some panels of a plane."""
    host = w.lowering.host
    down, across = w.known()
    images = host.sizes(w.lowering.y)[0]
    batch = estimate(images if isinstance(images, int) else DYNAMIC_INDEX, 1)

    def over_rows(channels: int, visit: Callable[[KernelBuilder, Arguments, Index, Index, Index], None]) -> tuple[Index, Callable]:
        tasks = -(-w.tasks(batch * TRANSFORM_FLOPS * w.planes * w.tiles * channels) // batch)
        rows = divide(down, tasks)
        blocks = -(-down // rows)

        def body(k: KernelBuilder, arg: Arguments) -> None:
            image = k.div(k.task, blocks)
            low = k.mul(k.rem(k.task, blocks), rows)
            high = k.minimum(k.add(low, rows), down) if blocks > 1 else down
            k.loop(low, high, 1, lambda row: k.loop(0, across, 1, lambda column: visit(k, arg, image, row, column), "tx"), "ty")

        return host.mul(images, blocks), body

    def transform(k: KernelBuilder, arg: Arguments, image: Index, row: Index, column: Index) -> None:
        w.transform(k, arg, image, image, row, column, k.add(k.mul(row, across), column))

    def finish(k: KernelBuilder, arg: Arguments, image: Index, row: Index, column: Index) -> None:
        w.finish(k, arg, image, image, row, column, k.add(k.mul(row, across), column))

    groups = min(w.panels, -(-4 * MOST_TASKS // w.planes))
    panels = divide(w.panels, groups)
    groups = -(-w.panels // panels)

    def multiply(k: KernelBuilder, arg: Arguments) -> None:
        image, rest = k.div(k.task, w.planes * groups), k.rem(k.task, w.planes * groups)
        plane, first = k.div(rest, groups), k.mul(k.rem(rest, groups), panels)
        w.multiply(k, arg, image, plane, first, k.minimum(k.add(first, panels), w.panels), w.tiles)

    tasks, body = over_rows(w.inner, transform)
    w.lowering.launch("winograd_input", tasks, {"x": w.x, "v": w.v}, body, extras=False)
    w.lowering.launch("winograd_product", host.mul(images, w.planes * groups), {"v": w.v, "w": w.op.w, "m": w.m}, multiply, extras=False)
    tasks, body = over_rows(w.op.channels, finish)
    w.lowering.launch("winograd_output", tasks, {"m": w.m, "y": w.lowering.y}, body)


def by_blocks(w: Winograd, rows: int, columns: int) -> None:
    """One kernel; a task has some blocks of every image and a part of the workspace for itself."""
    assert isinstance(w.parts, int)
    tiles_down, tiles_across = w.known()
    down, across = -(-tiles_down // rows), -(-tiles_across // columns)
    each = divide(down * across, w.parts)
    tasks = -(-down * across // each)

    def body(k: KernelBuilder, arg: Arguments) -> None:
        images = k.sizes(arg["y"])[0]
        low = k.mul(k.task, each)
        high = k.minimum(k.add(low, each), down * across)
        k.loop(0, images, 1, lambda image: k.loop(low, high, 1, lambda block: one(k, arg, image, block), "block"), "image")

    def one(k: KernelBuilder, arg: Arguments, image: Index, block: Index) -> None:
        top, left = k.mul(k.div(block, across), rows), k.mul(k.rem(block, across), columns)
        height = k.minimum(k.sub(tiles_down, top), rows) if tiles_down % rows else rows
        width = k.minimum(k.sub(tiles_across, left), columns) if tiles_across % columns else columns

        def over(visit: Callable[..., None]) -> None:
            def tile(i: Index, j: Index) -> None:
                visit(k, arg, image, k.task, k.add(top, i), k.add(left, j), k.add(k.mul(i, width), j))

            k.loop(0, height, 1, lambda i: k.loop(0, width, 1, lambda j: tile(i, j), "tx"), "ty")

        over(w.transform)
        count = k.mul(height, width)
        k.loop(0, w.planes, 1, lambda plane: w.multiply(k, arg, k.task, plane, 0, w.panels, count), "plane")
        over(w.finish)

    named = {"x": w.x, "w": w.op.w, "v": w.v, "m": w.m, "y": w.lowering.y}
    w.lowering.launch("winograd", tasks, named, body)


def by_runs(w: Winograd, run: int) -> None:
    """One kernel; a task has some runs of even length and a part of the workspace for itself."""
    assert isinstance(w.parts, int)
    parts = w.parts

    def counted(b: Builder, y: SSAValue) -> tuple[Index, Index, Index, Index]:
        """Tiles of an image, tiles of all, runs, runs of a task."""
        image = b.mul(w.down, w.across)
        total = b.mul(b.size(y, 0), image)
        runs = b.ceil_div(total, run)
        return image, total, runs, b.maximum(b.ceil_div(runs, parts), 1)

    def body(k: KernelBuilder, arg: Arguments) -> None:
        w.see(k, arg["x"], arg["y"])
        image, total, runs, each = counted(k, arg["y"])
        size = k.ceil_div(total, runs)

        def one(number: Index) -> None:
            first = k.mul(number, size)
            count = k.minimum(k.sub(total, first), size)

            def over(visit: Callable[..., None]) -> None:
                def tile(i: Index) -> None:
                    whole = k.add(first, i)
                    own = k.rem(whole, image)
                    visit(k, arg, k.div(whole, image), k.task, k.div(own, w.across), k.rem(own, w.across), i)

                k.loop(0, count, 1, tile, "tile")

            over(w.transform)
            k.loop(0, w.planes, 1, lambda plane: w.multiply(k, arg, k.task, plane, 0, w.panels, count), "plane")
            over(w.finish)

        low = k.mul(k.task, each)
        k.loop(low, k.minimum(k.add(low, each), runs), 1, one, "run")

    *_, runs, each = counted(w.lowering.host, w.lowering.y)
    named = {"x": w.x, "w": w.op.w, "v": w.v, "m": w.m, "y": w.lowering.y}
    w.lowering.launch("winograd", w.lowering.host.ceil_div(runs, each), named, body)
