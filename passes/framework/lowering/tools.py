"""What a rule builds with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    ArrayAttr,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    DictionaryAttr,
    FloatAttr,
    IntegerAttr,
    NoneType,
    StringAttr,
    TensorType,
    UnrankedTensorType,
    f64,
    i64,
)
from xdsl.ir import Attribute, Operation, Region, SSAValue

from inferir.core import InferError, Op, Rewriter
from inferir.core.constants import constant_value, is_constant_attribute
from inferir.core.dims import Dim, Shape
from inferir.core.op import unknown_dim
from inferir.core.ranges import OutOfRange, arrays_below
from inferir.core.types import UNKNOWN, Unranked, element_type, numpy_dtype, ranked
from inferir.dialects import inference as inf
from inferir.dialects.framework.constants import value_and_type
from inferir.passes.framework.lowering.registry import lists_of


def unranked(element: Attribute) -> Attribute:
    """A tensor of unknown rank."""
    return UnrankedTensorType(element)


def attribute_of(value: Any) -> Attribute:
    """A configuration value as an attribute."""
    match value:
        case Attribute():
            return value
        case bool() | int():
            return IntegerAttr(int(value), i64)
        case float():
            return FloatAttr(value, f64)
        case str():
            return StringAttr(value)
    values = list(value)
    if values and all(isinstance(v, str) for v in values):
        return ArrayAttr([StringAttr(v) for v in values])
    if any(isinstance(v, float) for v in values):
        return DenseArrayBase.from_list(f64, [float(v) for v in values])
    return DenseArrayBase.from_list(i64, [int(v) for v in values])


def _opened(type: Attribute) -> Attribute:
    """A result's type: -1 is a dimension that is not known, an element type a tensor of unknown rank."""
    if isinstance(type, TensorType):
        return TensorType(type.element_type, [DYNAMIC_INDEX if d == UNKNOWN else d for d in type.get_shape()])
    return type if isinstance(type, UnrankedTensorType) or type.name.startswith("framework.") else unranked(type)


Entry = int | tuple[int, ...]
"""A dimension of a reshape: a number, or the product of some dimensions of the operand by their axes."""

MOST_STEPS = 16
MOST_ELEMENTS = 1024
"""How far the arithmetic between constants and the attribute they stand for is followed."""


def _dims_of(value: SSAValue) -> Shape:
    """The dimensions of a value; an unknown one is equal to itself only."""
    return tuple(unknown_dim() if d == DYNAMIC_INDEX else d for d in ranked(value).get_shape())


class Declined(Exception):
    """A rule does not apply, for a reason."""


class Lowering:
    """Builds inference ops in the place of one framework op."""

    def __init__(self, op: Operation, rw: Rewriter):
        self.op = op
        self.rw = rw

    def decline(self, reason: str) -> NoReturn:
        """Say why this op cannot be converted."""
        raise Declined(reason)

    def emit(self, op_type: type[Op], *operands: Any, **properties: Any) -> Any:
        """Insert an op; its result, or the tuple of its results."""
        op = op_type.make(*operands, **properties)
        self.rw.insert(op)
        return op.results[0] if len(op.results) == 1 else tuple(op.results)

    def host(self, callee: str, operands: Sequence[SSAValue | None], results: Sequence[Attribute], **config: Any) -> Any:
        """Insert a call of a host function; `results` are types, or element types of tensors of unknown rank."""
        types = [_opened(r) for r in results]
        op = inf.HostCallOp.make(
            [v for v in operands if v is not None],
            callee=callee,
            config=DictionaryAttr({k: attribute_of(v) for k, v in config.items() if v is not None}) if config else None,
            absent=tuple(i for i, v in enumerate(operands) if v is None and any(o is not None for o in operands[i:])),
            result_types=types,
        )
        self.rw.insert(op)
        return op.results[0] if len(op.results) == 1 else tuple(op.results)

    # Operands.

    def operands(self, count: int) -> list[Any]:
        """The first `count` operands, None for those that are absent."""
        given = [None if isinstance(v.type, NoneType) else v for v in self.op.operands[:count]]
        lists, _ = lists_of(self.op)
        return [self._listed(v) if i in lists else v for i, v in enumerate(given)] + [None] * (count - len(given))

    def _listed(self, value: SSAValue | None) -> SSAValue | None:
        """An operand that is a list by the standard: a single number, which other runtimes take as well, is a list of one."""
        if value is None or not isinstance(value.type, TensorType) or value.type.get_num_dims() == 1:
            return value
        if value.type.get_num_dims() > 1 or lists_of(self.op)[1]:
            self.decline(f"an operand is {value.type}, must have one dimension")
        return self.reshape(value, 1)

    def wants(self, index: int) -> bool:
        """Whether the op has a result of that number that has a use."""
        return index < len(self.op.results) and self.op.results[index].first_use is not None

    def array(self, value: SSAValue | None) -> np.ndarray | None:
        """The numbers of an operand that is constant, or computed from small constants and known dimensions; None where it is neither
        (or absent)."""
        return None if value is None else self._numbers(value, self._followed(value, MOST_STEPS))

    def _numbers(self, value: SSAValue, elements: np.ndarray | None) -> np.ndarray | None:
        """The elements of a value as numbers, None where some are symbolic (or none are known)."""
        if elements is None or elements.dtype != object:
            return elements
        known = all(not isinstance(d, Dim) for d in elements.reshape(-1))
        return elements.astype(self.dtype(value)) if known else None

    def _followed(self, value: SSAValue, steps: int) -> np.ndarray | None:
        """The elements of a value; those of an integer tensor may be symbolic dimensions."""
        found = self.rw.array(value)
        owner = value.owner
        if found is not None or not isinstance(owner, inf.InferenceOp) or owner.regions or steps == 0:
            return found
        index = list(owner.results).index(value)  # pyright: ignore[reportArgumentType]
        arrays = {v: self._followed(v, steps - 1) for v in dict.fromkeys(owner.operands)}
        numbers = {v: n for v, a in arrays.items() if (n := self._numbers(v, a)) is not None and n.size <= MOST_ELEMENTS}
        if owner.operands and len(numbers) == len(arrays):
            try:
                with arrays_below(8 * MOST_ELEMENTS):
                    return owner.evaluate([numbers[v] for v in owner.operands])[index]
            except OutOfRange:
                return None
        dims = {v: a for v, a in arrays.items() if a is not None and a.dtype.kind in "iuO"}
        try:
            symbolic = owner.infer_values(_dims_of, dims.get)
        except (InferError, Unranked, ValueError, TypeError, IndexError, ZeroDivisionError):
            return None
        return None if symbolic is None else symbolic[index]

    def ints(self, value: SSAValue | None) -> tuple[int, ...] | None:
        """The integers of a constant operand, None where it is not constant (or absent)."""
        array = self.array(value)
        return None if array is None else tuple(int(v) for v in array.reshape(-1))

    def need_ints(self, value: SSAValue, what: str) -> tuple[int, ...]:
        """The integers of an operand that must be constant."""
        found = self.ints(value)
        return found if found is not None else self.decline(f"{what} must be constant")

    def shape(self, value: SSAValue) -> tuple[int, ...]:
        """The dimensions of a value, -1 for unknown ones. Declines where the rank is unknown."""
        if not isinstance(value.type, TensorType):
            self.decline(f"the rank of an operand is not known ({value.type})")
        return tuple(-1 if d == DYNAMIC_INDEX else d for d in value.type.get_shape())

    def rank(self, value: SSAValue) -> int:
        """The number of dimensions of a value. Declines where it is unknown."""
        return len(self.shape(value))

    def axis(self, axis: int, value: SSAValue) -> int:
        """An axis counted from the front; `rank` itself is one behind the last. Raises InferError for one that is out of range."""
        rank = self.rank(value)
        if not -rank <= axis <= rank:
            raise InferError(f"{self.op.name}: axis is {axis}, x has {rank} dimensions", self.op.location)
        return axis + rank if axis < 0 else axis

    def element(self, value: SSAValue) -> Attribute:
        """The element type of a value."""
        if not isinstance(value.type, TensorType | UnrankedTensorType):
            self.decline(f"an operand is {value.type}, not a tensor")
        return value.type.element_type

    def dtype(self, value: SSAValue) -> np.dtype:
        """The numpy dtype of a value."""
        return numpy_dtype(self.element(value))

    def open_type(self, rank: int | None, like: SSAValue) -> Attribute:
        """The type of a tensor of some rank (None: unknown) whose dimensions are not known."""
        element = self.element(like)
        return UnrankedTensorType(element) if rank is None else TensorType(element, [DYNAMIC_INDEX] * rank)

    def like_type(self, x: SSAValue, element: Attribute) -> Attribute:
        """The type of a tensor of x's shape and another element type."""
        return TensorType(element, x.type.get_shape()) if isinstance(x.type, TensorType) else UnrankedTensorType(element)

    def results_of(self, built: Any) -> list[SSAValue]:
        """What `emit` gave, as a list."""
        return [built] if isinstance(built, SSAValue) else list(built)

    def emit_reshape(self, x: SSAValue, to: SSAValue, keep_zeros: bool = False) -> SSAValue:
        """x in a shape that is a value; zeros in it may stand for x's own dimensions."""
        return self.emit(inf.ReshapeOp, x, to, keep_zeros=keep_zeros)

    # Constants.

    def const(self, array: Any, dtype: Any = None) -> SSAValue:
        """A constant."""
        return self.rw.const(np.asarray(array, dtype))

    def scalar(self, number: Any, like: SSAValue) -> SSAValue:
        """A scalar constant of the element type of a value."""
        return self.const(np.asarray(number).astype(self.dtype(like)))

    def i64(self, values: Any) -> SSAValue:
        """A constant of 64-bit integers."""
        return self.const(values, np.int64)

    def tensor(self, attribute: Attribute) -> SSAValue:
        """A constant of a tensor-valued attribute."""
        value, type = value_and_type(attribute)
        return self.constant(value, type)

    def constant(self, value: Attribute, type: TensorType) -> SSAValue:
        """A constant of a constant value: dense, a weight, or a fold."""
        if not is_constant_attribute(value):
            self.decline(f"{value.name} is not a constant of numbers")
        if isinstance(value, DenseIntOrFPElementsAttr):
            type = value.type  # pyright: ignore[reportAssignmentType]
        op = inf.ConstantOp.of(value, type)
        self.rw.insert(op)
        return op.result

    def constant_array(self, value: Attribute) -> np.ndarray:
        """The numbers of a constant value."""
        return constant_value(value, self.rw.ctx)

    # Building blocks.

    def cast(self, x: SSAValue, to: Attribute | np.dtype | type) -> SSAValue:
        """x in another element type."""
        to = to if isinstance(to, Attribute) else element_type(to)
        return x if self.element(x) == to else self.emit(inf.CastOp, x, to=to)

    def reshape(self, x: SSAValue, *entries: Entry) -> SSAValue:
        """x in a shape of numbers (one may be -1) and of products of its own dimensions."""
        shape = self.shape(x)
        out: list[int | str] = []
        for entry in entries:
            dims = entry if isinstance(entry, tuple) else ()
            if isinstance(entry, int):
                out.append(entry)
            elif all(shape[a] >= 0 for a in dims):
                out.append(int(np.prod([shape[a] for a in dims], dtype=np.int64)))
            else:
                out.append("*".join(str(shape[a]) if shape[a] >= 0 else f"d{a}" for a in dims))
        texts = [i for i, d in enumerate(out) if isinstance(d, str)]
        if len(texts) == 1 and -1 not in out and 0 not in out:
            out[texts[0]] = -1
        if tuple(out) == shape and -1 not in shape:
            return x
        return self.emit(inf.ReshapeOp, x, shape=tuple(out))

    def unsqueeze(self, x: SSAValue, axes: Sequence[int]) -> SSAValue:
        """x with dimensions of 1 at these places of the result."""
        rank = self.rank(x) + len(axes)
        new = {a % rank for a in axes}
        own = iter(range(rank))
        return self.reshape(x, *[1 if i in new else (next(own),) for i in range(rank)])

    def squeeze(self, x: SSAValue, axes: Sequence[int]) -> SSAValue:
        """x without these axes, which are 1."""
        rank = self.rank(x)
        gone = {a % rank for a in axes}
        return self.reshape(x, *[(i,) for i in range(rank) if i not in gone])

    def like_shape(self, x: SSAValue, like: SSAValue) -> SSAValue:
        """x, which has as many elements, in the shape of another value."""
        shape = self.shape(like)
        if self.shape(x) == shape and -1 not in shape:
            return x
        if shape.count(-1) <= 1 and 0 not in shape:
            return self.emit(inf.ReshapeOp, x, shape=shape)
        return self.emit(inf.ReshapeOp, x, self.emit(inf.ShapeOfOp, like))

    def size_of(self, x: SSAValue, axis: int) -> SSAValue:
        """One dimension of x, as a scalar."""
        size = self.shape(x)[axis]
        return self.const(size) if size >= 0 else self.reshape(self.emit(inf.ShapeOfOp, x, start=axis, end=axis + 1))

    def reduce(self, x: SSAValue, kind: str, axes: Sequence[int], keepdims: bool = True) -> SSAValue:
        """A reduction."""
        return self.emit(inf.ReduceOp, x, kind=kind, axes=tuple(axes), keepdims=keepdims)

    def region(self, region: Region) -> None:
        """Convert what is inside a region of the op."""
        self.rw.convert_region(region)

    def __getattr__(self, name: str) -> Any:
        """`lo.mul(a, b)` is `lo.emit(inf.MulOp, a, b)`, for every op."""
        op_type = getattr(inf, "".join(w.capitalize() for w in name.split("_")) + "Op", None)
        if op_type is None:
            raise AttributeError(f"no inference op '{name}'")
        return lambda *operands, **properties: self.emit(op_type, *operands, **properties)
