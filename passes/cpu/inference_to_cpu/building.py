"""What the patterns build with: scalar regions, and layouts on the way in and out of an op that wants channels last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    BFloat16Type,
    Float16Type,
    Float32Type,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    Signedness,
    TensorType,
    bf16,
    f16,
    f32,
    f64,
    i1,
    i32,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import InferError, Rewriter
from inferir.core.op import Op
from inferir.core.types import numpy_dtype, ranked, shape_of
from inferir.dialects import cpu
from inferir.dialects.cpu.scalar import scalar_type


class Scalars:
    """Writes the body of an epilogue: each method adds an op and gives its value.

    arguments  their types, or how many floats
    number     the type of constants
    """

    def __init__(self, arguments: int | Sequence[Attribute], number: Attribute = f32):
        self.block = Block(arg_types=[f32] * arguments if isinstance(arguments, int) else arguments)
        self.number = number

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
        """A constant of the type `number`."""
        return self.constant(value, self.number)

    def constant(self, value: float, type: Attribute) -> SSAValue:
        """A constant; integers are taken modulo their width."""
        if not isinstance(type, IntegerType):
            return self.do(arith.ConstantOp, FloatAttr(value, type))  # pyright: ignore
        half = 1 << type.bitwidth - 1
        return self.do(arith.ConstantOp, IntegerAttr((int(value) + half) % (2 * half) - half if type != i1 else int(value), type))

    def true(self, value: bool) -> SSAValue:
        """A boolean constant."""
        return self.do(arith.ConstantOp, IntegerAttr(int(value), i1))

    def add(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a + b"""
        return self.do(arith.AddiOp if is_integer(a) else arith.AddfOp, a, b)

    def sub(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a - b"""
        return self.do(arith.SubiOp if is_integer(a) else arith.SubfOp, a, b)

    def mul(self, a: SSAValue, b: SSAValue) -> SSAValue:
        """a * b"""
        return self.do(arith.MuliOp if is_integer(a) else arith.MulfOp, a, b)

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
        """An i1, by LLVM's predicate such as `olt`, of integers `slt`."""
        return self.do(arith.CmpiOp if is_integer(a) else arith.CmpfOp, a, b, predicate)

    def convert(self, x: SSAValue, source: Attribute, target: Attribute) -> SSAValue:
        """The number x, an element of type `source`, as one of type `target`; floats become integers towards zero.

        What a type cannot hold becomes what numpy's conversion in C makes of it: small integers take the low bits of an i32.
        """
        if source == target:
            return x
        if target == i1:
            return self.compare("ne" if is_integer(x) else "une", x, self.constant(0, x.type))
        to = scalar_type(target)
        if isinstance(source, IntegerType):
            unsigned = is_unsigned(source)
            if isinstance(target, IntegerType):
                if source.bitwidth == target.bitwidth:
                    return x
                if source.bitwidth > target.bitwidth:
                    return self.do(arith.TruncIOp, x, to)
                return self.do(arith.ExtUIOp if unsigned else arith.ExtSIOp, x, to)
            wide = f32 if isinstance(target, Float16Type | BFloat16Type) else target
            return self.convert(self.do(arith.UIToFPOp if unsigned else arith.SIToFPOp, x, wide), wide, target)
        if isinstance(target, IntegerType):
            if isinstance(source, Float16Type | BFloat16Type):
                return self.convert(self.do(arith.ExtFOp, x, f32), f32, target)
            if target.bitwidth == 64 and is_unsigned(target):
                return self._as_u64(x)
            wide = i64 if target.bitwidth > 32 or target == IntegerType(32, Signedness.UNSIGNED) else i32
            return self.convert(self.do(arith.FPToSIOp, x, wide), wide, IntegerType(target.bitwidth))
        if {source, target} == {f16, bf16}:
            return self.do(arith.TruncFOp, self.do(arith.ExtFOp, x, f32), target)
        return self.do(arith.ExtFOp if float_bits(target) > float_bits(source) else arith.TruncFOp, x, to)

    def _as_u64(self, x: SSAValue) -> SSAValue:
        """A float as an i64 whose bits are an unsigned number; what is negative wraps around."""
        half = self.constant(2.0**63, x.type)
        upper = self.compare("oge", x, half)
        low = self.do(arith.FPToSIOp, self.select(upper, self.do(arith.SubfOp, x, half), x), i64)
        return self.do(arith.XOrIOp, low, self.select(upper, self.constant(-(2**63), i64), self.constant(0, i64)))

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
    return ranked(value).get_num_dims()


def is_integer(x: SSAValue) -> bool:
    """Whether a scalar is an integer or a bool."""
    return isinstance(x.type, IntegerType)


def is_unsigned(element: Attribute) -> bool:
    """Whether an element type has no sign: ui8 to ui64, and booleans."""
    return isinstance(element, IntegerType) and (element.signedness.data == Signedness.UNSIGNED or element == i1)


def float_bits(type: Attribute) -> int:
    """The width of a float type."""
    return 8 * numpy_dtype(type).itemsize


def computed(element: Attribute) -> Attribute:
    """The type a region computes in for a tensor's element type: half precision in single."""
    return f32 if isinstance(element, Float16Type | BFloat16Type) else element


FLOATS: frozenset[Attribute] = frozenset({f16, bf16, f32, f64})
ELEMENTS: frozenset[Attribute] = FLOATS | {
    i1,
    *(IntegerType(w, s) for w in (8, 16, 32, 64) for s in (Signedness.SIGNLESS, Signedness.UNSIGNED)),
}
"""The element types that scalar regions compute with."""


def not_number(*values: SSAValue | None) -> str | None:
    """Why no scalar region takes these values."""
    for value in values:
        if value is not None and not (isinstance(value.type, TensorType) and value.type.element_type in ELEMENTS):
            return f"no kernel computes with elements of {value.type}"
    return None


def is_rigid(value: SSAValue) -> bool:
    """Whether strides are known when the program is compiled: all sizes but the first are numbers."""
    return -1 not in shape_of(value)[1:]


def is_finite(x: SSAValue, rw: Rewriter) -> bool:
    """Whether x is a constant without infinities and NaN: times zero they are not zero, so padding cannot stand for what is not there."""
    try:
        numbers = rw.array(x)
    except InferError:  # weights that are not beside the text: whoever packs them meets the error
        return True
    return numbers is not None and bool(np.isfinite(numbers).all())


def not_float(*values: SSAValue | None) -> str | None:
    """Why kernels that compute in f32 cannot take these values."""
    for value in values:
        if value is not None and not (isinstance(value.type, TensorType) and isinstance(value.type.element_type, Float32Type)):
            return f"the kernel computes in f32, {value.type} is given"
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


def image_of(x: SSAValue, layout: str) -> tuple[int, ...]:
    """The spatial dimensions of x, -1 for those that are dynamic."""
    return shape_of(x)[2:] if layout == "nchw" else shape_of(x)[1:-1]


def replace_channels_last(op: Op, made: Operation, layout: str, rw: Rewriter) -> None:
    """Replace an op by one that gives [N, *spatial, C], in the op's own layout."""
    if layout == "nhwc":
        rw.replace(op, made)
        return
    rank = rank_of(op.results[0])
    back = cpu.TransposeOp.make(made.results[0], permutation=(0, rank - 1, *range(1, rank - 1)), regions=[Region()])
    rw.replace(op, [made, back])


def replace(op: Op, made: Operation, rw: Rewriter) -> None:
    """Replace an op, keeping the declared result type where it says more: sizes, and the sign of integers."""
    old, new = op.results[0].type, made.results[0].type
    assert isinstance(old, TensorType) and isinstance(new, TensorType)
    if old != new and (DYNAMIC_INDEX in new.get_shape() or old.element_type != new.element_type):
        made.results[0]._type = old  # pyright: ignore[reportAttributeAccessIssue]
    rw.replace(op, made)
