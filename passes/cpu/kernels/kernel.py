"""From one level 3 op on buffers to a kernel and its launch."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import Region, SSAValue
from xdsl.printer import Printer
from xdsl.rewriter import InsertPoint

from inferir.dialects.cpu.base import Level3Op, merged_stride, sizes_of
from inferir.dialects.cpu.machine import machine_of
from inferir.dialects.cpu.program import KernelOp, LaunchOp
from inferir.passes.cpu.kernels.builder import Builder, Index, KernelBuilder, is_dense

TASK_FLOPS = 2_000_000
"""A task smaller than this costs more to hand out than it gains."""
MOST_TASKS = 16


@dataclass
class Kernels:
    """The kernels made so far; one that reads the same as an earlier one is that one."""

    made: list[KernelOp] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    lowered: dict[object, str] = field(default_factory=dict)
    """Names by all that a kernel was made from: the layers of a net repeat, and each kernel is written once."""

    def add(self, stem: str, kernel: KernelBuilder) -> str:
        """The name of the kernel."""
        op = kernel.finish("kernel")
        text = text_of(op)
        if text not in self.known:
            name = f"{stem}_{len(self.made)}"
            self.known[text] = name
            op.attributes["sym_name"] = type(op.sym_name)(name)
            self.made.append(op)
        return self.known[text]


def text_of(part: KernelOp | Region) -> str:
    """The text by which kernels, and the regions they are made from, are compared."""
    stream = io.StringIO()
    if isinstance(part, Region):
        Printer(stream).print_region(part)
    else:
        Printer(stream).print_op(part)
    return stream.getvalue()


class Lowering:
    """What a family's lowering is given: the op, a builder before it, and where its kernel goes."""

    def __init__(self, op: Any, kernels: Kernels):
        self.op = op
        self.kernels = kernels
        self.host = Builder(InsertPoint.before(op))
        outs = op.outs
        assert outs is not None
        self.y: SSAValue = self.normal(outs)
        self.extras = [self.normal(e) for e in op.extras] if isinstance(op, Level3Op) else []
        self.launches = 0
        self.cached_weights = machine_of(op).l2 // 2
        """Bytes of packed weights that a task may go through again and again: half of the second-level cache."""

    @cached_property
    def signature(self) -> object:
        """All of the op that its kernels depend on: ops that are equal in it have the same kernels."""
        op = self.op
        operands = list(op.operands)
        same = tuple(operands.index(v) for v in operands)
        regions = tuple(text_of(self.region(r)) if any(b.ops for b in r.blocks) else "" for r in op.regions)
        return type(op), tuple(op.properties.items()), tuple(op.attributes.items()), tuple(v.type for v in operands), same, regions

    def normal(self, value: SSAValue) -> SSAValue:
        """The memref with no offset in its layout and no layout where it is contiguous, so that kernels can be shared."""
        type = value.type
        assert isinstance(type, MemRefType)
        dense = is_dense(type)
        if not type.get_offset() and (not dense or type == MemRefType(type.element_type, type.get_shape())):
            return value
        return self.host.view(value, self.host.sizes(value), None if dense else [s or 0 for s in type.get_strides() or ()])

    def launch(
        self, stem: str, tasks: Index, named: dict[str, SSAValue], body: Callable[[KernelBuilder, Any], None], extras: bool = True
    ) -> None:
        """Make a kernel over the named memrefs and the `extras`, if it has use for them, and launch it.

        `body(kernel, arguments by name)` writes it. Where the rows of the result have no elements it is not run, however many rows there are.
        """
        everything = {**named, **{f"e{i}": e for i, e in enumerate(self.extras if extras else ())}}
        types = [v.type for v in everything.values()]
        made_from = (self.signature, self.launches, stem, tuple(everything), tuple(types))
        self.launches += 1
        name = self.kernels.lowered.get(made_from)
        if name is None:
            kernel = KernelBuilder(types, list(everything))
            body(kernel, dict(zip(everything, kernel.arguments, strict=True)))
            name = self.kernels.lowered[made_from] = self.kernels.add(stem, kernel)
        launch = LaunchOp(name, self.host.value(self.unless_empty(tasks)), list(everything.values()))
        launch.location = self.op.location
        self.host.add_op(launch)

    def unless_empty(self, tasks: Index) -> Index:
        """The number of tasks; 0 where the last dimension of the result is 0."""
        assert isinstance(self.y.type, MemRefType)
        shape = self.y.type.get_shape()
        return self.host.mul(tasks, self.host.minimum(self.host.sizes(self.y)[-1], 1)) if shape and shape[-1] <= 0 else tasks

    def epilogue(self) -> Region:
        """A copy of the op's epilogue for one more microkernel."""
        return self.region(self.op.epilogue)

    def region(self, original: Region) -> Region:
        """A copy of a region, with names of its own so that equal kernels read the same."""
        region = original.clone()
        for block in region.blocks:
            for position, argument in enumerate(block.args):
                argument.name_hint = f"e{position - 1}" if position else "value"
            for result in (r for op in block.ops for r in op.results):
                result.name_hint = None
        return region


def side_by_side(type: MemRefType, first: int, last: int) -> bool:
    """Whether the elements of dimensions first..last have one common stride in memory."""
    shape, strides = type.get_shape(), type.get_strides()
    if first == last:
        return True
    if first > last or last >= len(shape):
        return False
    if strides is None or None in strides:
        return is_dense(type)
    return merged_stride(sizes_of(type), strides, first, last) is not None


def collapse(lowering: Lowering, value: SSAValue, first: int, last: int) -> SSAValue | None:
    """The memref with dimensions first..last made one, or None where they do not lie side by side."""
    type = value.type
    assert isinstance(type, MemRefType)
    if not side_by_side(type, first, last):
        return None
    if first == last:
        return value
    host, strides = lowering.host, type.get_strides()
    sizes = host.sizes(value)
    merged: Index = 1
    for d in range(first, last + 1):
        merged = host.mul(merged, sizes[d])
    new = [*sizes[:first], merged, *sizes[last + 1 :]]
    step = 0 if strides is None or None in strides else merged_stride(sizes_of(type), strides, first, last)
    kept = None if is_dense(type) or strides is None else [s or 0 for s in (*strides[:first], step, *strides[last + 1 :])]
    return host.view(value, new, kept)


def broadcast_index(value: SSAValue, at: Sequence[Index]) -> list[Index]:
    """Where an epilogue operand is read for the output position `at`: its last dimensions, 0 where it has size 1."""
    assert isinstance(value.type, MemRefType)
    shape = value.type.get_shape()
    return [0 if size == 1 else index for size, index in zip(shape, at[len(at) - len(shape) :], strict=True)]


def broadcast_place(k: KernelBuilder, value: SSAValue, at: Sequence[Index]) -> list[Index]:
    """Where an operand that broadcasts is read for the position `at`: 0 along dimensions of size 1, which may show only when it runs."""
    sizes = k.sizes(value)
    return [
        (0 if size == 1 else index) if isinstance(size, int) else k.minimum(index, k.sub(size, 1))
        for size, index in zip(sizes, at[len(at) - len(sizes) :], strict=True)
    ]


def divide(total: int, parts: int) -> int:
    """The size of one of at most `parts` equal parts of `total`."""
    return -(-total // max(1, min(parts, total)))


def estimate(size: int, unknown: int = 8) -> int:
    """A dimension for the purpose of planning; `unknown` where it is dynamic."""
    return unknown if size == DYNAMIC_INDEX else size


def balanced(total: int, most: int) -> list[tuple[int, int, int]]:
    """Cut `total` into as few parts as `most` allows, of two sizes at most: (start, size, count) runs."""
    if total <= 0:
        return []
    count = -(-total // most)
    small, large = divmod(total, count)
    runs = [(0, small + 1, large), (large * (small + 1), small, count - large)]
    return [r for r in runs if r[2]]
