"""Writing scalar programs: Python arithmetic on `Value`s adds `arith` ops, numbers that are known stay Python's.

def body(s, i, j, x, rows):                      # one element of a gather of rows
    return s.load(x, s.load(rows, i).index(), j)

generate(op, [op.x, op.indices], body, rw)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xdsl.dialects import arith, func, math, scf
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    AnyFloat,
    ArrayAttr,
    BFloat16Type,
    Float16Type,
    Float32Type,
    Float64Type,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    Signedness,
    StringAttr,
    TensorType,
    f32,
    i1,
    i32,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import Rewriter
from inferir.core.dims import DimLike, assumptions, evaluate, parse_dim, symbol, symbols
from inferir.core.executor import argument_dims
from inferir.core.op import Op, unknown_dim
from inferir.core.types import Unranked, numpy_dtype, ranked, shape_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.host import HostCallOp

Scalar = Any
"""A `Value`, or a Python number that is known while the program is written."""
INDEX = IndexType()
FLOATS = (Float32Type, Float64Type, Float16Type, BFloat16Type)


def accumulator(x: SSAValue) -> Attribute:
    """The type that products of x's elements are summed in."""
    assert isinstance(x.type, TensorType | MemRefType)
    element = x.type.element_type
    if isinstance(element, IntegerType):
        return i64 if element.width.data > 32 else i32
    return element if isinstance(element, Float64Type) else f32


class Value:
    """A scalar of the program. Integers have no sign in their type; `unsigned` says how they are read."""

    def __init__(self, s: Program, value: SSAValue, unsigned: bool = False):
        self.s, self.value, self.unsigned = s, value, unsigned

    @property
    def type(self) -> Attribute:
        """Its type."""
        return self.value.type

    @property
    def is_float(self) -> bool:
        """Whether it is a floating point number."""
        return isinstance(self.type, FLOATS)

    def _do(self, op: Callable[..., Operation], a: Scalar, b: Scalar) -> Value:
        left, right = self.s.like(a, self), self.s.like(b, self)
        return Value(self.s, self.s.add_op(op(left.value, right.value)), self.unsigned)

    def __add__(self, other: Scalar) -> Scalar:
        if other == 0 and not self.is_float and not isinstance(other, Value):
            return self
        return self._do(arith.AddfOp if self.is_float else arith.AddiOp, self, other)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Scalar:
        if not isinstance(other, Value) and other == 0:
            return self
        return self._do(arith.SubfOp if self.is_float else arith.SubiOp, self, other)

    def __rsub__(self, other: Scalar) -> Value:
        return self._do(arith.SubfOp if self.is_float else arith.SubiOp, other, self)

    def __mul__(self, other: Scalar) -> Scalar:
        if not isinstance(other, Value) and other == 1:
            return self
        return self._do(arith.MulfOp if self.is_float else arith.MuliOp, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Scalar) -> Value:
        return self._do(arith.DivfOp, self, other)

    def __rtruediv__(self, other: Scalar) -> Value:
        return self._do(arith.DivfOp, other, self)

    def __floordiv__(self, other: Scalar) -> Scalar:
        """Rounded down; neither number is negative."""
        return self if not isinstance(other, Value) and other == 1 else self._do(arith.DivUIOp, self, other)

    def __mod__(self, other: Scalar) -> Scalar:
        """The rest; neither number is negative."""
        return 0 if not isinstance(other, Value) and other == 1 else self._do(arith.RemUIOp, self, other)

    def __and__(self, other: Scalar) -> Scalar:
        if isinstance(other, bool):
            return self if other else False
        return self._do(arith.AndIOp, self, other)

    __rand__ = __and__

    def __or__(self, other: Scalar) -> Scalar:
        if isinstance(other, bool):
            return True if other else self
        return self._do(arith.OrIOp, self, other)

    __ror__ = __or__

    def __invert__(self) -> Value:
        return self._do(arith.XOrIOp, self, True)

    def _compare(self, other: Scalar, predicate: str) -> Value:
        right = self.s.like(other, self)
        if self.is_float:
            ordered = ("u" if predicate == "ne" else "o") + predicate
            return Value(self.s, self.s.add_op(arith.CmpfOp(self.value, right.value, ordered)))
        sign = "" if predicate in ("eq", "ne") else "u" if self.unsigned else "s"
        return Value(self.s, self.s.add_op(arith.CmpiOp(self.value, right.value, sign + predicate)))

    def __lt__(self, other: Scalar) -> Value:
        return self._compare(other, "lt")

    def __le__(self, other: Scalar) -> Value:
        return self._compare(other, "le")

    def __gt__(self, other: Scalar) -> Value:
        return self._compare(other, "gt")

    def __ge__(self, other: Scalar) -> Value:
        return self._compare(other, "ge")

    def equals(self, other: Scalar) -> Value:
        """Whether both are the same number."""
        return self._compare(other, "eq")

    def differs(self, other: Scalar) -> Value:
        """Whether they are different numbers (a NaN differs from all)."""
        return self._compare(other, "ne")

    def index(self) -> Value:
        """As an index; a float is cut towards zero."""
        if isinstance(self.type, IndexType):
            return self
        wide = self.to(i64)
        return Value(self.s, self.s.add_op(arith.IndexCastOp(wide.value, INDEX)))

    def to(self, type: Attribute, unsigned: bool = False) -> Value:
        """The same number as another type; integers keep their low bits, floats are cut towards zero."""
        s, old = self.s, self.type
        if isinstance(old, IndexType):
            whole = Value(s, s.add_op(arith.IndexCastOp(self.value, i64)))
            return whole.to(type, unsigned)
        if isinstance(type, IndexType):
            return self.index()
        if old == type:
            return Value(s, self.value, unsigned or self.unsigned)
        if isinstance(type, FLOATS):
            return Value(s, self._as_float(type))
        assert isinstance(type, IntegerType)
        if type == i1:
            return self.differs(0)
        if self.is_float:
            wide = self.to(f32) if isinstance(old, Float16Type | BFloat16Type) else self
            if unsigned and type == i64:
                return wide._as_u64()
            whole = Value(s, s.add_op(arith.FPToSIOp(wide.value, i64 if type == i64 or (unsigned and type == i32) else i32)))
            return whole.to(type, unsigned)
        assert isinstance(old, IntegerType)
        widths = old.width.data, type.width.data
        op = arith.TruncIOp if widths[0] > widths[1] else arith.ExtUIOp if self.unsigned or old == i1 else arith.ExtSIOp
        return Value(s, s.add_op(op(self.value, type)), unsigned)

    def _as_u64(self) -> Value:
        """A float as an i64 whose bits are an unsigned number; what is negative wraps around."""
        s, upper = self.s, self >= 2.0**63
        low = Value(s, s.add_op(arith.FPToSIOp(s.where(upper, self - 2.0**63, self).value, i64)))
        turned = low._do(arith.XOrIOp, low, s.where(upper, s.number(-(2**63), i64), s.number(0, i64)))
        return Value(s, turned.value, True)

    def _as_float(self, type: AnyFloat) -> SSAValue:
        s, old = self.s, self.type
        if isinstance(old, FLOATS):
            grows = old.bitwidth < type.bitwidth
            if old.bitwidth == type.bitwidth:
                return Value(s, self._as_float(f32))._as_float(type)
            return s.add_op(arith.ExtFOp(self.value, type) if grows else arith.TruncFOp(self.value, type))
        if type.bitwidth == 16:
            return Value(s, self._as_float(f32))._as_float(type)
        return s.add_op((arith.UIToFPOp if self.unsigned or old == i1 else arith.SIToFPOp)(self.value, type))

    def wide(self) -> Value:
        """As the type that arithmetic on it is done in: f32 for half precision, 32 bits for shorter integers."""
        if isinstance(self.type, Float16Type | BFloat16Type):
            return self.to(f32)
        if isinstance(self.type, IntegerType) and self.type.width.data < 32:
            return self.to(i32)
        return self


class Program:
    """Writes one region: `add_op` puts an op at the current place, constants stand at the top."""

    def __init__(self, types: Sequence[Attribute], names: Sequence[str] = ()):
        self.top = self.block = Block(arg_types=types)
        for argument, name in zip(self.top.args, names, strict=False):
            argument.name_hint = name
        self.numbers: dict[tuple[Attribute, str], SSAValue] = {}

    def add_op(self, op: Operation) -> SSAValue:
        """An op at the current place; its result."""
        self.block.add_op(op)
        return op.results[0]

    def number(self, value: float, type: Attribute) -> Value:
        """A constant."""
        key = (type, repr(value))
        if key not in self.numbers:
            made: Any = FloatAttr(float(value), type) if isinstance(type, FLOATS) else IntegerAttr(int(value), type)  # pyright: ignore
            op = arith.ConstantOp(made)
            first = self.top.first_op
            if first is None:
                self.top.add_op(op)
            else:
                self.top.insert_op_before(op, first)
            self.numbers[key] = op.result
        return Value(self, self.numbers[key])

    def like(self, value: Scalar, other: Value) -> Value:
        """A scalar as a value of the type of another."""
        return value if isinstance(value, Value) else self.number(value, other.type)

    def value(self, value: Scalar, type: Attribute = INDEX) -> Value:
        """A scalar as a value."""
        return value if isinstance(value, Value) else self.number(value, type)

    def load(self, x: SSAValue, at: Sequence[Scalar], when: Scalar = True, other: Scalar = 0) -> Value:
        """The element of a tensor; `other`, and nothing is read, where a condition does not hold."""
        places = [self.value(i).value for i in at]
        element = x.type.element_type  # pyright: ignore[reportAttributeAccessIssue]
        unsigned = isinstance(element, IntegerType) and element.signedness.data == Signedness.UNSIGNED
        if when is True:
            return Value(self, self.add_op(cpu.LoadOp(x, places)), unsigned)
        fallback = self.value(other, cpu.element_of(x))
        return Value(self, self.add_op(cpu.LoadOp(x, places, self.value(when, i1).value, fallback.value)), unsigned)

    def size(self, x: SSAValue, axis: int) -> Scalar:
        """A dimension of a tensor."""
        assert isinstance(x.type, TensorType | MemRefType)
        known = x.type.get_shape()[axis]
        return known if known != DYNAMIC_INDEX else Value(self, self.add_op(cpu.SizeOp(x, axis % x.type.get_num_dims())))

    def where(self, condition: Scalar, a: Scalar, b: Scalar) -> Scalar:
        """a where the condition holds, else b."""
        if isinstance(condition, bool):
            return a if condition else b
        typed = a if isinstance(a, Value) else b if isinstance(b, Value) else self.value(a)
        left, right = self.like(a, typed), self.like(b, typed)
        return Value(self, self.add_op(arith.SelectOp(condition.value, left.value, right.value)), typed.unsigned)

    def smaller(self, a: Scalar, b: Scalar) -> Scalar:
        """The smaller of two; a NaN where one is."""
        return self._extreme(a, b, min, arith.MinSIOp, arith.MinUIOp, arith.MinimumfOp)

    def larger(self, a: Scalar, b: Scalar) -> Scalar:
        """The larger of two; a NaN where one is."""
        return self._extreme(a, b, max, arith.MaxSIOp, arith.MaxUIOp, arith.MaximumfOp)

    def _extreme(self, a: Scalar, b: Scalar, known: Any, signed: Any, unsigned: Any, floating: Any) -> Scalar:
        typed = a if isinstance(a, Value) else b
        if not isinstance(typed, Value):
            return known(a, b)
        if typed.type == i1:
            return a | b if known is max else a & b
        return typed._do(floating if typed.is_float else unsigned if typed.unsigned else signed, a, b)

    def apply(self, op: type[Any], x: Value) -> Value:
        """A `math` op of one operand."""
        return Value(self, self.add_op(op(x.value)), x.unsigned)

    def floor(self, x: Value) -> Value:
        """Rounded down."""
        return self.apply(math.FloorOp, x)

    def power(self, x: Value, exponent: float) -> Value:
        """x to a power that is known."""
        return Value(self, self.add_op(math.PowFOp(x.value, self.number(exponent, x.type).value)))

    def clamped(self, i: Scalar, size: Scalar) -> Scalar:
        """An index brought to the nearest place of a dimension."""
        return self.larger(self.smaller(i, size - 1), 0)

    def wrapped(self, i: Scalar, size: Scalar) -> Scalar:
        """An index where a negative one counts from the end; what lies outside is brought to the nearest place."""
        return self.clamped(self.where(i < 0, i + size, i), size)

    def checked(self, i: Scalar, low: Scalar, high: Scalar, says: str) -> Value:
        """An integer that must lie in [low, high), as an index; the program stops where it does not."""
        index, first, last = (self.value(v).index() for v in (i, low, high))
        return Value(self, self.add_op(cpu.CheckOp(index.value, first.value, last.value, says)))

    def place(self, i: Scalar, size: Scalar, says: str) -> Scalar:
        """An index of a dimension, where a negative one counts from the end."""
        index = self.checked(i, size * -1, size, says)
        return self.where(index < 0, index + size, index)

    def loop(self, low: Scalar, high: Scalar, carried: Sequence[Value], body: Callable[..., Sequence[Scalar]]) -> list[Value]:
        """`carried = body(k, *carried)` for each k from low to before high; a loop of one turn is its body."""
        if isinstance(low, int) and isinstance(high, int) and high - low == 1:
            return [self.like(v, c) for v, c in zip(body(low, *carried), carried, strict=True)]
        bounds = [self.value(b).value for b in (low, high, 1)]
        inner = Block(arg_types=[INDEX, *(c.type for c in carried)])
        op = scf.ForOp(*bounds, [c.value for c in carried], Region(inner))  # pyright: ignore[reportCallIssue]
        self.add_loop(op, inner, carried, body)
        return [Value(self, r, c.unsigned) for r, c in zip(op.results, carried, strict=True)]

    def add_loop(self, op: scf.ForOp, inner: Block, carried: Sequence[Value], body: Callable[..., Sequence[Scalar]]) -> None:
        """Write the body of a loop."""
        outer = self.block
        outer.add_op(op)
        self.block = inner
        index, *rest = inner.args
        index.name_hint = "k"
        following = body(Value(self, index), *(Value(self, a, c.unsigned) for a, c in zip(rest, carried, strict=True)))
        inner.add_op(scf.YieldOp(*(self.like(v, c).value for v, c in zip(following, carried, strict=True))))
        self.block = outer

    def over(self, sizes: Sequence[Scalar], carried: Sequence[Value], body: Callable[..., Sequence[Scalar]]) -> list[Value]:
        """Nested loops: `carried = body([k0, k1, ...], *carried)` for all indices below `sizes`, the last fastest."""

        def nest(done: list[Scalar], *values: Value) -> Sequence[Scalar]:
            if len(done) == len(sizes):
                return body(done, *values)
            return self.loop(0, sizes[len(done)], values, lambda k, *inner: nest([*done, k], *inner))

        return [self.like(v, c) for v, c in zip(nest([], *carried), carried, strict=True)]


Body = Callable[..., Scalar]
SIZES = "cpu.sizes"
"""Attribute of an op whose operands do not tell the size of its result: its dimensions, over the symbols of the function's arguments."""


def generated(
    operands: Sequence[SSAValue],
    shape: Sequence[int | str],
    element: Attribute,
    body: Body,
    declared: TensorType | None = None,
    requires: Sequence[str] = (),
) -> cpu.GenerateOp:
    """A `cpu.generate` over tensors; `body(program, [i0, i1, ...], *operands)` gives its element."""
    s = Program([*[INDEX] * len(shape), *(v.type for v in operands)], [f"i{a}" for a in range(len(shape))])
    indices = [Value(s, a) for a in s.top.args[: len(shape)]]
    out = s.value(body(s, indices, *s.top.args[len(shape) :]), cpu.scalar_type(element)).to(cpu.scalar_type(element))
    s.block.add_op(cpu.YieldOp(out.value))
    sizes = declared.get_shape() if declared is not None else [d if isinstance(d, int) else DYNAMIC_INDEX for d in shape]
    types, regions = [TensorType(element, sizes)], [Region(s.top)]
    return cpu.GenerateOp.make(list(operands), shape=tuple(shape), requires=tuple(requires), result_types=types, regions=regions)


NO_SIZE = "the size of its result is known at run time only"


def sized(op: Op, operands: Sequence[SSAValue], result: int = 0) -> tuple[list[int | str] | None, list[SSAValue]]:
    """The dimensions of a result over those of the operands and of further values, which are given as well; None where it has no such."""
    shape = expressed(op, operands, result)
    return (shape, []) if shape is not None else by_arguments(op, len(operands))


def generate(
    op: Op, operands: Sequence[SSAValue], body: Body, rw: Rewriter, result: int = 0, instead: Sequence[SSAValue] | None = None
) -> str | None:
    """Replace an op of one result by a `cpu.generate`; why not, where the size is known only when it runs.

    `instead` is what the body reads, where that is not the operands but others of their shapes.
    """
    shape, extra = sized(op, operands, result)
    if shape is None:
        return NO_SIZE
    requires, more = requirements(op, [*operands, *extra])
    extra += more
    declared = op.results[result].type
    assert isinstance(declared, TensorType)

    def element(s: Program, at: list[Any], *given: SSAValue) -> Any:
        return body(s, at, *given[: len(operands)])

    rw.replace(op, generated([*(instead or operands), *extra], shape, declared.element_type, element, declared, requires))
    return None


SizesOf = Callable[..., Sequence[Scalar]]
"""`(program, *operands)`: the dimensions of a result, as numbers; negative where no tensor has them."""


def numbers_of(operands: Sequence[SSAValue], sizes: SizesOf, count: int) -> cpu.GenerateOp:
    """[count] i64: what `sizes` computes."""

    def body(s: Program, at: list[Any], *given: SSAValue) -> Any:
        number: Scalar = s.number(0, i64)
        for axis, size in enumerate(sizes(s, *given)):
            number = s.where(at[0].equals(axis), s.value(size).to(i64), number)
        return number

    return generated(operands, [count], i64, body)


def extent(op: Operation, operands: Sequence[SSAValue], sizes: SizesOf, count: int, rw: Rewriter) -> SSAValue | None:
    """A tensor with `count` dimensions that `sizes` computes while the model runs: kernels that are given it know them. None in a loop, which
    is one native function."""
    outer = op.parent_op()
    while isinstance(outer, inf.IfOp | cpu.IfOp):
        outer = outer.parent_op()
    if not isinstance(outer, func.FuncOp):
        return None
    numbers = numbers_of(operands, sizes, count)
    rw.insert(numbers)
    made = cpu.ExtentOp.make(numbers.y)
    rw.insert(made)
    return made.y


def guard(op: Op, sizes: SizesOf, rw: Rewriter) -> SSAValue:
    """What `sizes` computes of all that an op reads; the program stops where these are not the sizes that its result declares."""
    declared = shape_of(op.results[0])

    def held(s: Program, *given: SSAValue) -> list[Scalar]:
        computed = sizes(s, *given)
        if len(computed) != len(declared):
            raise Unranked(f"its result declares {len(declared)} dimensions, {len(computed)} are computed")
        found = enumerate(zip(computed, declared, strict=True))
        return [s.checked(size, want, want + 1, f"{op.name}: the size of axis {axis} of its result") for axis, (size, want) in found]

    numbers = numbers_of(op.operands, held, len(declared))
    rw.insert(numbers)
    assert numbers.y is not None
    return numbers.y


def generate_sized(op: Op, operands: Sequence[SSAValue], body: Body, sizes: SizesOf, rw: Rewriter) -> str | None:
    """As `generate`, for an op the size of whose result may be known only when it runs: then `sizes` computes it from all that the op reads."""
    declared, rank = ranked(op.results[0]), rank_of(op.results[0])

    def element(s: Program, at: list[Any], *all: SSAValue) -> Any:
        return body(s, at, *all[: len(operands)])

    if sized(op, operands)[0] is not None:
        claimed = isinstance(op, HostCallOp) and rank
        return generate(op, [*operands, *([guard(op, sizes, rw)] if claimed else [])], element, rw)
    holder = extent(op, op.operands, sizes, rank, rw)
    if holder is None:
        return NO_SIZE
    requires, more = requirements(op, operands)
    given = [*operands, *more]
    shape = [f"x{len(given)}_{axis}" for axis in range(rank)]
    made = generated([*given, holder], shape, declared.element_type, element, requires=requires)
    rw.insert(made)
    assert made.y is not None
    rw.replace(op, as_declared(made.y, declared, rw))
    return None


def as_declared(value: SSAValue, declared: TensorType, rw: Rewriter) -> SSAValue:
    """The value, held against the sizes that a type states of it."""
    if value.type == declared:
        return value
    made = cpu.EnsureShapeOp.make(value, shape=tuple(d if d != DYNAMIC_INDEX else -1 for d in declared.get_shape()))
    rw.insert(made)
    return made.y


def requirements(op: Op, operands: Sequence[SSAValue]) -> tuple[list[str], list[SSAValue]]:
    """What an op relies on of its operands' sizes, over the dimensions of `operands` and of further ones of the op's, which it gives too."""
    listed = list(dict.fromkeys([*operands, *op.operands]))
    places = {f"x{i}_{axis}": (value, axis) for i, value in enumerate(listed) for axis in range(rank_of(value))}
    with assumptions() as pairs:
        if not isinstance(op, HostCallOp):  # which states no shapes: what its kernel reads is all there is
            op.infer_result_shapes(_named_shapes(listed))
    held = [pair for pair in pairs if symbols(pair[0]) | symbols(pair[1]) <= places.keys()]
    used = dict.fromkeys(places[n][0] for a, b, _ in held for n in sorted(symbols(a) | symbols(b)))
    more = [v for v in used if v not in operands]
    order = {v: i for i, v in reversed(list(enumerate([*operands, *more])))}
    names: dict[str, DimLike] = {n: symbol(f"x{order[v]}_{axis}") for n, (v, axis) in places.items() if v in order}
    texts = (f"{compact(evaluate(a, names))} == {compact(evaluate(b, names))}{says and f': {says}'}" for a, b, says in held)
    return list(dict.fromkeys(texts)), more


def must_be_one(op: Op) -> list[tuple[int, int]]:
    """(operand, axis) of the dimensions that an op needs to be 1, where its types leave that open: a map would broadcast instead."""
    if isinstance(op, HostCallOp) or not all(isinstance(v.type, TensorType) for v in op.operands):
        return []
    operands = list(dict.fromkeys(op.operands))
    shapes = [_named_shapes(operands)(v) for v in operands]
    if not any(1 in s or not s for s in shapes) or all(isinstance(d, int) for s in shapes for d in s):
        return []
    places: dict[DimLike, tuple[SSAValue, int]] = {
        symbol(f"x{i}_{axis}"): (v, axis) for i, v in enumerate(operands) for axis in range(rank_of(v))
    }
    with assumptions() as pairs:
        op.infer_result_shapes(_named_shapes(operands))
    found = [places[a if b == 1 else b] for a, b, _ in pairs if 1 in (a, b) and (a if b == 1 else b) in places]
    return [(list(op.operands).index(v), axis) for v, axis in dict.fromkeys(found)]


def compact(dim: DimLike) -> str:
    """A dimension as text without spaces."""
    return str(dim).replace(" ", "")


def rank_of(value: SSAValue) -> int:
    """The rank of a tensor."""
    return ranked(value).get_num_dims()


def _named_shapes(operands: Sequence[SSAValue]) -> Callable[[SSAValue], Any]:
    """The shapes of values; a dynamic dimension of operand i along axis a is `xi_a`."""
    places = {v: i for i, v in reversed(list(enumerate(operands)))}

    def shape(value: SSAValue) -> Any:
        sizes = enumerate(ranked(value).get_shape())
        if value not in places:
            return tuple(d if d != DYNAMIC_INDEX else unknown_dim() for _, d in sizes)
        return tuple(d if d != DYNAMIC_INDEX else symbol(f"x{places[value]}_{axis}") for axis, d in sizes)

    return shape


def by_arguments(op: Op, position: int) -> tuple[list[int | str] | None, list[SSAValue]]:
    """The dimensions of an op's result over those of the function's arguments, by the op's `SIZES`; and the arguments that serve as operands
    from `position` on, for their size alone."""
    sizes, function = op.attributes.get(SIZES), op.parent_op()
    if not isinstance(sizes, ArrayAttr) or not isinstance(function, func.FuncOp):
        return None, []
    wanted = [parse_dim(str(s.data)) for s in sizes.data if isinstance(s, StringAttr)]
    names: dict[str, DimLike] = {}
    extra: list[SSAValue] = []
    for index, argument in enumerate(function.body.block.args):
        if not isinstance(argument.type, TensorType) or numpy_dtype(argument.type.element_type).hasobject:
            continue  # strings lie in no memory that a kernel reads
        own = {n: axis for axis, n in reversed(list(enumerate(argument_dims(function, index) or ()))) if isinstance(n, str)}
        new = {n for d in wanted for n in symbols(d) if n in own} - names.keys()
        names |= {n: symbol(f"x{position + len(extra)}_{own[n]}") for n in new}
        extra += [argument] if new else []
    if any(symbols(d) - names.keys() for d in wanted):
        return None, []
    renamed = [evaluate(d, names) for d in wanted]
    return [d if isinstance(d, int) else str(d) for d in renamed], extra


def expressed(op: Op, operands: Sequence[SSAValue], result: int = 0) -> list[int | str] | None:
    """The dimensions of a result as numbers, or expressions over those of `operands`; None where they do not follow from those."""
    declared = op.results[result].type
    assert isinstance(declared, TensorType)
    own = declared.get_shape()
    if DYNAMIC_INDEX not in own:
        return list(own)
    if isinstance(op, HostCallOp):  # which states no shapes
        return None
    names = {f"x{i}_{a}" for i, v in enumerate(operands) for a in range(rank_of(v))}
    found = op.infer_result_shapes(_named_shapes(operands))[result]
    out = [d if d != DYNAMIC_INDEX else f for d, f in zip(own, found, strict=True)]
    return [d if isinstance(d, int) else str(d) for d in out] if all(isinstance(d, int) or symbols(d) <= names for d in out) else None
