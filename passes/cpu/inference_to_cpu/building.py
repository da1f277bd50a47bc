"""What the patterns build with: scalar regions, and layouts on the way in and out of an op that wants channels last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xdsl.dialects import arith
from xdsl.dialects.builtin import DYNAMIC_INDEX, Float32Type, FloatAttr, IntegerAttr, TensorType, f32, i1
from xdsl.ir import Block, Operation, Region, SSAValue

from inferir.core import Rewriter
from inferir.core.op import Op
from inferir.dialects import cpu


class Scalars:
    """Writes the body of an epilogue: each method adds an op and gives its value."""

    def __init__(self, arguments: int):
        self.block = Block(arg_types=[f32] * arguments)

    @property
    def args(self) -> Sequence[SSAValue]:
        """The block's arguments."""
        return self.block.args

    def do(self, op: type[Any], *operands: Any) -> SSAValue:
        """An op on values (or whatever its constructor takes)."""
        made = op(*operands)
        self.block.add_op(made)
        return made.results[0]

    def const(self, value: float) -> SSAValue:
        """A float constant."""
        return self.do(arith.ConstantOp, FloatAttr(value, f32))

    def true(self, value: bool) -> SSAValue:
        """A boolean constant."""
        return self.do(arith.ConstantOp, IntegerAttr(int(value), i1))

    def add(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a + b"""
        return self.do(arith.AddfOp, a, b)

    def sub(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a - b"""
        return self.do(arith.SubfOp, a, b)

    def mul(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a * b"""
        return self.do(arith.MulfOp, a, b)

    def div(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a / b"""
        return self.do(arith.DivfOp, a, b)

    def max(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """The larger, NaN where one is."""
        return self.do(arith.MaximumfOp, a, b)

    def min(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """The smaller, NaN where one is."""
        return self.do(arith.MinimumfOp, a, b)

    def select(self, condition: SSAValue, a: SSAValue, b: SSAValue) -> SSAValue:
        """a where the condition holds, else b."""
        return self.do(arith.SelectOp, condition, a, b)

    def compare(self, predicate: str, a: SSAValue, b: SSAValue) -> SSAValue:
        """An i1, by LLVM's predicate such as `olt`."""
        return self.do(arith.CmpfOp, a, b, predicate)

    def clamp(self, x: SSAValue, low: float, high: float) -> SSAValue:
        """x within [low, high]."""
        return self.min(self.max(x, self.const(low)), self.const(high))

    def region(self, value: SSAValue) -> Region:
        """The finished region."""
        self.block.add_op(cpu.YieldOp(value))
        return Region(self.block)


def epilogue(arguments: int, body: Callable[..., SSAValue]) -> Region:
    """The region whose yielded value `body(scalars, *args)` computes."""
    scalars = Scalars(arguments)
    return scalars.region(body(scalars, *scalars.args))


def rank_of(value: SSAValue) -> int:
    """The rank of a tensor value."""
    assert isinstance(value.type, TensorType)
    return value.type.get_num_dims()


def shape_of(value: SSAValue) -> tuple[int, ...]:
    """The declared shape, -1 where it is dynamic."""
    assert isinstance(value.type, TensorType)
    return tuple(-1 if d == DYNAMIC_INDEX else d for d in value.type.get_shape())


def not_float(*values: SSAValue | None) -> str | None:
    """Why kernels cannot take these values: they compute in f32."""
    for value in values:
        if value is not None and not (isinstance(value.type, TensorType) and isinstance(value.type.element_type, Float32Type)):
            return f"the cpu target computes in f32, {value.type} is given"
    return None


def result(op: Operation, rw: Rewriter) -> SSAValue:
    """Insert an op before the matched one; its result."""
    rw.insert(op)
    return op.results[0]


def transposed(x: SSAValue, permutation: Sequence[int], rw: Rewriter) -> SSAValue:
    """x with its axes in another order."""
    if list(permutation) == sorted(permutation):
        return x
    return result(cpu.TransposeOp.make(x, permutation=tuple(permutation), regions=[Region()]), rw)


def reshaped(x: SSAValue, shape: Sequence[int | str], rw: Rewriter) -> SSAValue:
    """x in another shape."""
    return result(cpu.ReshapeOp.make(x, shape=tuple(shape)), rw)


def channels_last(x: SSAValue, layout: str, rw: Rewriter) -> SSAValue:
    """x [N, C, *spatial] as [N, *spatial, C]; as it is where the layout says so already."""
    return x if layout == "nhwc" else transposed(x, (0, *range(2, rank_of(x)), 1), rw)


def replace_channels_last(op: Op, made: Operation, layout: str, rw: Rewriter) -> None:
    """Replace an op by one that gives [N, *spatial, C], in the op's own layout."""
    if layout == "nhwc":
        rw.replace(op, made)
        return
    rank = rank_of(op.results[0])
    back = cpu.TransposeOp.make(made.results[0], permutation=(0, rank - 1, *range(1, rank - 1)), regions=[Region()])
    rw.replace(op, [made, back])


def replace(op: Op, made: Operation, rw: Rewriter) -> None:
    """Replace an op, keeping the declared result type where it says more."""
    old, new = op.results[0].type, made.results[0].type
    if old != new and isinstance(old, TensorType) and isinstance(new, TensorType) and DYNAMIC_INDEX in new.get_shape():
        made.results[0]._type = old  # pyright: ignore[reportAttributeAccessIssue]
    rw.replace(op, made)
