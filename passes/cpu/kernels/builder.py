"""Writing index arithmetic and loops as IR: numbers that are known stay Python ints until an op needs them."""

from collections.abc import Callable, Sequence

from xdsl.dialects import arith, memref, scf
from xdsl.dialects.builtin import DYNAMIC_INDEX, IndexType, IntegerAttr, MemRefType, NoneAttr, StridedLayoutAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.core.types import numpy_dtype
from inferir.dialects.cpu.program import DoneOp, KernelOp, ViewOp

Index = int | SSAValue


class Builder:
    """Adds ops at a place. Arithmetic on ints is done here; on values it becomes arith ops."""

    def __init__(self, place: InsertPoint):
        self.place = place
        self.numbers: dict[int, SSAValue] = {}

    def add_op(self, op: Operation) -> Operation:
        """Put an op at the current place."""
        block, before = self.place.block, self.place.insert_before
        if before is None:
            block.add_op(op)
        else:
            block.insert_op_before(op, before)
        return op

    def value(self, index: Index) -> SSAValue:
        """An index as a value."""
        if isinstance(index, SSAValue):
            return index
        if index not in self.numbers:
            self.numbers[index] = self.constant(index)
        return self.numbers[index]

    def constant(self, number: int) -> SSAValue:
        """A new constant."""
        op = arith.ConstantOp(IntegerAttr(number, IndexType()))
        op.result.name_hint = f"c{number}" if number >= 0 else f"cm{-number}"
        return self.add_op(op).results[0]

    def values(self, indices: Sequence[Index]) -> list[SSAValue]:
        """Several indices as values."""
        return [self.value(i) for i in indices]

    def _binary(self, op: type[Operation], a: Index, b: Index) -> SSAValue:
        return self.add_op(op(self.value(a), self.value(b))).results[0]  # pyright: ignore[reportCallIssue]

    def add(self, a: Index, b: Index) -> Index:
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0:
            return b
        return a if b == 0 else self._binary(arith.AddiOp, a, b)

    def sub(self, a: Index, b: Index) -> Index:
        if isinstance(a, int) and isinstance(b, int):
            return a - b
        return a if b == 0 else self._binary(arith.SubiOp, a, b)

    def mul(self, a: Index, b: Index) -> Index:
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        if a == 0 or b == 0:
            return 0
        if a == 1:
            return b
        return a if b == 1 else self._binary(arith.MuliOp, a, b)

    def div(self, a: Index, b: Index) -> Index:
        """a / b rounded down, neither negative."""
        if isinstance(a, int) and isinstance(b, int):
            return a // b
        return a if b == 1 else self._binary(arith.DivUIOp, a, b)

    def rem(self, a: Index, b: Index) -> Index:
        """The rest of a / b, neither negative."""
        if isinstance(a, int) and isinstance(b, int):
            return a % b
        return 0 if b == 1 else self._binary(arith.RemUIOp, a, b)

    def ceil_div(self, a: Index, b: Index) -> Index:
        """a / b rounded up; a may be negative."""
        if isinstance(a, int) and isinstance(b, int):
            return -(-a // b)
        return a if b == 1 else self._binary(arith.CeilDivSIOp, a, b)

    def minimum(self, a: Index, b: Index) -> Index:
        if isinstance(a, int) and isinstance(b, int):
            return min(a, b)
        return self._binary(arith.MinSIOp, a, b)

    def maximum(self, a: Index, b: Index) -> Index:
        if isinstance(a, int) and isinstance(b, int):
            return max(a, b)
        return self._binary(arith.MaxSIOp, a, b)

    def unflattened(self, number: Index, sizes: Sequence[Index]) -> list[Index]:
        """The indices of a row-major number."""
        at: list[Index] = []
        for size in reversed(sizes[1:]):
            at.insert(0, self.rem(number, size))
            number = self.div(number, size)
        return [number, *at] if sizes else []

    def sizes(self, value: SSAValue) -> list[Index]:
        """The shape of a memref."""
        assert isinstance(value.type, MemRefType)
        return [self.size(value, axis) for axis in range(value.type.get_num_dims())]

    def size(self, value: SSAValue, axis: int) -> Index:
        """One dimension of a memref."""
        assert isinstance(value.type, MemRefType)
        known = value.type.get_shape()[axis]
        return known if known != DYNAMIC_INDEX else self.dim(value, axis)

    def dim(self, value: SSAValue, axis: int) -> SSAValue:
        """A dynamic dimension."""
        return self.add_op(memref.DimOp(value, self.value(axis))).results[0]

    def loop(self, low: Index, high: Index, step: int, body: Callable[[Index], None], name: str = "i") -> None:
        """`scf.for`, or its body where it runs exactly once, or nothing where it does not run."""
        if isinstance(low, int) and isinstance(high, int):
            if low >= high:
                return
            if low + step >= high:
                body(low)
                return
        start, end, by = self.values((low, high, step))
        block = Block(arg_types=[IndexType()])
        block.args[0].name_hint = name
        self.add_op(scf.ForOp(start, end, by, [], Region(block)))
        self._inside(block, lambda: body(block.args[0]))

    def when(self, predicate: str, a: Index, b: Index, body: Callable[[], None]) -> None:
        """`scf.if` on a comparison, decided now where both are known."""
        if isinstance(a, int) and isinstance(b, int):
            if {"eq": a == b, "slt": a < b}[predicate]:
                body()
            return
        condition = self.add_op(arith.CmpiOp(self.value(a), self.value(b), predicate)).results[0]
        block = Block()
        self.add_op(scf.IfOp(condition, [], Region(block)))
        self._inside(block, body)

    def _inside(self, block: Block, body: Callable[[], None]) -> None:
        """Write into a nested block. Constants made there are not seen outside."""
        outer, known = self.place, dict(self.numbers)
        self.place = InsertPoint.at_end(block)
        body()
        block.add_op(scf.YieldOp())
        self.place, self.numbers = outer, known

    def view(self, source: SSAValue, shape: Sequence[Index], strides: Sequence[int] | None) -> SSAValue:
        """The same memory under another shape, contiguous or with `strides`. An offset in the layout becomes the view's."""
        assert isinstance(source.type, MemRefType)
        layout = NoneAttr() if strides is None or _are_dense(shape, strides) else StridedLayoutAttr(list(strides))
        static = [d if isinstance(d, int) else DYNAMIC_INDEX for d in shape]
        type = MemRefType(source.type.element_type, static, layout, source.type.memory_space)
        start = (source.type.get_offset() or 0) * element_bytes(source.type)
        sizes = [d for d in shape if not isinstance(d, int)]
        return self.add_op(ViewOp(source, self.value(start), sizes, type)).results[0]


def _are_dense(shape: Sequence[Index], strides: Sequence[int]) -> bool:
    """Whether strides say what a contiguous memref's would; the stride of a dimension of size 1 does not matter."""
    step: int | None = 1
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if step is None or (size != 1 and stride != step):
            return False
        step = step * size if isinstance(size, int) else None
    return True


def element_bytes(type: MemRefType) -> int:
    """Bytes of one element."""
    return numpy_dtype(type.element_type).itemsize


def is_dense(type: MemRefType) -> bool:
    """Whether the memref is contiguous."""
    if isinstance(type.layout, NoneAttr):
        return True
    strides, step = type.get_strides() or (), 1
    for size, stride in zip(reversed(type.get_shape()), reversed(strides), strict=True):
        if size != 1 and stride != step:
            return False
        step *= size
    return DYNAMIC_INDEX not in type.get_shape()[1:]


class KernelBuilder(Builder):
    """Writes the body of a kernel over arguments of the given types; constants stand at its top."""

    def __init__(self, types: Sequence[Attribute], names: Sequence[str]):
        self.block = Block(arg_types=[IndexType(), *types])
        for argument, name in zip(self.block.args, ("task", *names), strict=True):
            argument.name_hint = name
        super().__init__(InsertPoint.at_end(self.block))
        self.task: SSAValue = self.block.args[0]
        self.arguments: Sequence[SSAValue] = self.block.args[1:]

    def value(self, index: Index) -> SSAValue:
        if isinstance(index, SSAValue):
            return index
        if index not in self.numbers:
            op = arith.ConstantOp(IntegerAttr(index, IndexType()))
            op.result.name_hint = f"c{index}" if index >= 0 else f"cm{-index}"
            first = self.block.first_op
            if first is None:
                self.block.add_op(op)
            else:
                self.block.insert_op_before(op, first)
            self.numbers[index] = op.result
        return self.numbers[index]

    def _inside(self, block: Block, body: Callable[[], None]) -> None:
        outer = self.place
        self.place = InsertPoint.at_end(block)
        body()
        block.add_op(scf.YieldOp())
        self.place = outer

    def finish(self, name: str) -> KernelOp:
        """The kernel."""
        self.block.add_op(DoneOp())
        return KernelOp(name, Region(self.block))
