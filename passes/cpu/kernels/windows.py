"""What all ops with windows share: rows of taps that exist, tiles along a line of pixels, blocks of lines as tasks."""

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.convolution import Windowed
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.kernel import MOST_TASKS, TASK_FLOPS, Lowering, balanced, divide, estimate


@dataclass(frozen=True)
class Span:
    """A tile on a line of output pixels: the first pixel, how many, and x's column of its first tap where an edge cuts a window."""

    start: Index
    count: int
    edge: tuple[int, int] | None


def lines_per_task(y: SSAValue, flops: int, parts: int = 1) -> int:
    """Lines of output a task takes, when each image is cut into `parts` otherwise."""
    assert isinstance(y.type, MemRefType)
    images, height = (estimate(d, 1) for d in y.type.get_shape()[:2])
    tasks = max(1, min(MOST_TASKS, flops // TASK_FLOPS))
    return divide(height, -(-tasks // (images * parts)))


class Lines:
    """The tasks of an op with windows: images times blocks of lines times `parts`; and the loops inside one."""

    def __init__(self, op: Windowed, lowering: Lowering, x: SSAValue, taps: tuple[int, int], flops: int, parts: int = 1):
        assert isinstance(x.type, MemRefType) and isinstance(lowering.y.type, MemRefType)
        self.op, self.taps, self.parts = op, taps, parts
        self.height, self.width = x.type.get_shape()[1:3]
        self.out_height, self.out_width = lowering.y.type.get_shape()[1:3]
        if DYNAMIC_INDEX in (self.height, self.width, self.out_height, self.out_width):
            op.error("the cpu backend needs a static height and width here")
        self.block = lines_per_task(lowering.y, flops, parts)
        self.blocks = -(-self.out_height // self.block)
        host = lowering.host
        self.tasks = host.mul(host.sizes(lowering.y)[0], self.blocks * parts)

    def each_line(self, k: KernelBuilder, visit: Callable[[Index, Index, Index], None]) -> None:
        """Decode the task and call `visit(image, part, line)` in a loop over its lines."""
        image = k.div(k.task, self.blocks * self.parts)
        rest = k.rem(k.task, self.blocks * self.parts) if self.blocks * self.parts > 1 else 0
        part = k.div(rest, self.blocks)
        low = k.mul(k.rem(rest, self.blocks) if self.parts > 1 else rest, self.block)
        high = k.minimum(k.add(low, self.block), self.out_height) if self.blocks > 1 else self.out_height
        k.loop(low, high, 1, lambda line: visit(image, part, line), "oh")

    def rows(self, k: KernelBuilder, line: Index) -> tuple[Index, Index, Index]:
        """(x's line of tap row 0, first and end of the tap rows that exist) for an output line."""
        kh, dilation = self.taps[0], self.op.dilations[0]
        top = self.op.pads[0]
        start = k.sub(k.mul(line, self.op.strides[0]), top)
        low = k.maximum(k.ceil_div(k.sub(0, start), dilation), 0) if top > 0 else 0
        beyond = (self.out_height - 1) * self.op.strides[0] - top + (kh - 1) * dilation >= self.height
        high = k.minimum(k.ceil_div(k.sub(self.height, start), dilation), kh) if beyond else kh
        return start, low, high

    def each_span(self, k: KernelBuilder, most: int, visit: Callable[[Span], None]) -> None:
        """Tiles of at most `most` pixels along a line; those whose windows lie within x are loops."""
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
                visit(self.at_edge(start + position * size, size))
            k.loop(start + low * size, start + high * size, size, lambda i, size=size: visit(Span(i, size, None)), "ow")
            for position in range(high, count):
                visit(self.at_edge(start + position * size, size))

    def at_edge(self, first: int, count: int) -> Span:
        """A tile some of whose taps may be missing."""
        return Span(first, count, (first * self.op.strides[1] - self.op.pads[1], self.width))
