"""What all ops with windows share: rows of taps that exist, tiles along a line of pixels, blocks of lines as tasks.

An image whose size is known has its tiles laid out now. For any other the same kernel reads the sizes when it runs: pixels at the left and
right edge are tiles of their own, and what is between is covered by tiles of one length, of which the last two may overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.convolution import Windowed
from inferir.dialects.cpu.pooling import Pool2dOp
from inferir.passes.cpu.kernels.builder import Builder, Index, KernelBuilder
from inferir.passes.cpu.kernels.kernel import MOST_TASKS, TASK_FLOPS, Lowering, balanced, divide, estimate

BLOCKS = 8
"""Into how many tasks the lines of an image of unknown height fall."""


@dataclass(frozen=True)
class Span:
    """A tile on a line of output pixels: the first pixel, how many, and where an edge cuts a window either x's column of its first
    tap and x's width, or the first and the end of the columns of taps that exist."""

    start: Index
    count: int
    edge: tuple[int, int] | None = None
    columns: tuple[Index, Index] | None = None

    @property
    def properties(self) -> dict[str, Any]:
        """What the microkernel is told about the edge."""
        return {"edge": self.edge, "partial": self.columns is not None}


def lines_per_task(y: SSAValue, flops: int, parts: int = 1) -> int:
    """Lines of output a task takes, when each image is cut into `parts` otherwise."""
    assert isinstance(y.type, MemRefType)
    images, height = (estimate(d, 1) for d in y.type.get_shape()[:2])
    tasks = max(1, min(MOST_TASKS, flops // TASK_FLOPS))
    return divide(height, -(-tasks // (images * parts)))


class Lines:
    """The tasks of an op with windows: images times blocks of lines times `parts`; and the loops inside one."""

    def __init__(self, op: Windowed, lowering: Lowering, x: SSAValue, taps: tuple[int, int], flops: int, parts: int = 1):
        self.op, self.taps, self.parts = op, taps, parts
        self.ceil_mode = isinstance(op, Pool2dOp) and op.ceil_mode
        self.lines = lines_per_task(lowering.y, flops, parts)
        host = lowering.host
        self.see(host, x, lowering.y)
        self.tasks = host.mul(host.sizes(lowering.y)[0], host.mul(self.blocks, parts))

    def see(self, b: Builder, x: SSAValue, y: SSAValue) -> None:
        """Take the sizes of x and y from memrefs that the builder can read."""
        self.height, self.width = b.size(x, 1), b.size(x, 2)
        self.out_height, self.out_width = b.size(y, 1), b.size(y, 2)
        known = isinstance(self.out_height, int)
        self.block: Index = self.lines if known else b.maximum(b.ceil_div(self.out_height, BLOCKS), 1)
        self.blocks = b.ceil_div(self.out_height, self.block)

    def each_line(self, k: KernelBuilder, arg: dict[str, SSAValue], visit: Callable[[Index, Index, Index], None]) -> None:
        """Decode the task and call `visit(image, part, line)` in a loop over its lines."""
        self.see(k, arg["x"], arg["y"])
        each = k.mul(self.blocks, self.parts)
        image = k.div(k.task, each)
        rest = k.rem(k.task, each) if each != 1 else 0
        part = k.div(rest, self.blocks)
        low = k.mul(k.rem(rest, self.blocks) if self.parts > 1 else rest, self.block)
        high = k.minimum(k.add(low, self.block), self.out_height) if self.blocks != 1 else self.out_height
        k.loop(low, high, 1, lambda line: visit(image, part, line), "oh")

    def rows(self, k: KernelBuilder, line: Index) -> tuple[Index, Index, Index]:
        """(x's line of tap row 0, first and end of the tap rows that exist) for an output line."""
        kh, dilation = self.taps[0], self.op.dilations[0]
        top = self.op.pads[0]
        start = k.sub(k.mul(line, self.op.strides[0]), top)
        low = k.maximum(k.ceil_div(k.sub(0, start), dilation), 0) if top > 0 else 0
        beyond = self.op.pads[2] > 0 or self.ceil_mode
        if isinstance(self.height, int) and isinstance(self.out_height, int):
            beyond = (self.out_height - 1) * self.op.strides[0] - top + (kh - 1) * dilation >= self.height
        high = k.minimum(k.ceil_div(k.sub(self.height, start), dilation), kh) if beyond else kh
        return start, low, high

    def each_span(self, k: KernelBuilder, most: int, visit: Callable[[Span], None]) -> None:
        """Tiles of at most `most` pixels along a line; those whose windows lie within x are loops."""
        if not isinstance(self.width, int) or not isinstance(self.out_width, int):
            self.any_span(k, most, visit)
            return
        kw, stride, dilation, left = self.taps[1], self.op.strides[1], self.op.dilations[1], self.op.pads[1]
        for start, size, count in balanced(self.out_width, most):
            inside = [
                position
                for position in range(count)
                if (start + position * size) * stride - left >= 0
                and (start + position * size + size - 1) * stride - left + (kw - 1) * dilation < self.width
            ]
            low, high = (inside[0], inside[-1] + 1) if inside else (count, count)
            for position in range(low):
                visit(self.at_edge(start + position * size, size, self.width))
            k.loop(start + low * size, start + high * size, size, lambda i, size=size: visit(Span(i, size)), "ow")
            for position in range(high, count):
                visit(self.at_edge(start + position * size, size, self.width))

    def at_edge(self, first: int, count: int, width: int) -> Span:
        """A tile some of whose taps may be missing."""
        return Span(first, count, (first * self.op.strides[1] - self.op.pads[1], width))

    def any_span(self, k: KernelBuilder, most: int, visit: Callable[[Span], None]) -> None:
        """The same for a line whose length is known when it runs."""
        kw, stride, dilation, left = self.taps[1], self.op.strides[1], self.op.dilations[1], self.op.pads[1]

        def edge(i: Index) -> None:
            column = k.sub(k.mul(i, stride), left)
            first = k.maximum(k.ceil_div(k.sub(0, column), dilation), 0)
            end = k.minimum(k.ceil_div(k.sub(self.width, column), dilation), kw)
            visit(Span(i, 1, columns=(first, end)))

        end = self.out_width
        at: Index = k.minimum(-(-left // stride), end) if left > 0 else 0
        k.loop(0, at, 1, edge, "ow")
        if self.op.pads[3] > 0 or self.ceil_mode:
            inside = k.ceil_div(k.sub(self.width, (kw - 1) * dilation - left), stride)
            end = k.minimum(k.maximum(inside, at), end)
        for size in (most, most // 2):
            count = k.sub(end, at)
            stop = k.add(at, k.mul(k.minimum(k.div(count, size), 1), count))
            last = k.sub(end, size)
            k.loop(at, stop, size, lambda i, size=size, last=last: visit(Span(k.minimum(i, last), size)), "ow")
            at = stop
        k.loop(at, self.out_width, 1, edge, "ow")
