"""What a rule reads of a torch operator: its arguments by name, numbers and tensors alike, and the element type it must give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import ComplexType, FloatAttr, IntegerAttr, IntegerType, NoneType, TensorType, UnitAttr, i1, i64
from xdsl.ir import Attribute, SSAValue

from inferir.core.types import numpy_dtype
from inferir.dialects import inference as inf
from inferir.dialects.framework import SourceOp
from inferir.dialects.framework.torch import COMPUTED
from inferir.dialects.framework.values import to_python
from inferir.passes.framework.lowering import Lowering, lowering

Size = int | SSAValue
"""A size: a number, or a scalar tensor of i64."""
Number = bool | int | float


class Call:
    """The arguments of an operator by the names of its signature."""

    def __init__(self, op: Any, lo: Lowering):
        self.op, self.lo = op, lo
        self.name: str = op.schema.name
        self.packet, _, self.overload = self.name.partition(".")

    # Arguments.

    def tensors(self, name: str) -> list[SSAValue | None]:
        """The values of an argument that is a list of tensors, None for absent ones."""
        return [None if isinstance(v.type, NoneType) else v for v in self._slots(name)]

    def _slots(self, name: str) -> Sequence[SSAValue]:
        return self.op.operand_slots(name) if any(p.name == name for p in self.op.schema.operands) else []

    def tensor(self, name: str) -> SSAValue | None:
        """An argument that is a tensor, None where it is absent."""
        found = self.tensors(name)
        return found[0] if found else None

    def x(self, name: str = "self") -> SSAValue:
        """An argument that must be a tensor."""
        found = self.tensor(name)
        return found if found is not None else self.lo.decline(f"argument '{name}' is no tensor")

    def get(self, name: str, default: Any = None) -> Any:
        """A constant argument, its default where it is absent; `default` where the overload does not have it or it is None."""
        if any(not isinstance(v.type, NoneType) for v in self._slots(name)) and name not in self.op.properties:
            self.lo.decline(f"argument '{name}' is computed")
        if name in self.op.properties:
            value = to_python(self.op.properties[name])
        elif name in self.op.schema.attributes:
            value = self.op.get(name)
        else:
            return default
        return default if value is None or isinstance(value, UnitAttr) else value

    def ints(self, name: str, count: int | None = None, default: Any = None) -> tuple[int, ...]:
        """A list of constant integers; one alone stands for `count` of them."""
        value = self.get(name, default)
        if value is None:
            return ()
        values = (value,) if isinstance(value, int) else tuple(value)
        if COMPUTED in values:
            self.lo.decline(f"argument '{name}' is computed")
        return values * count if count is not None and len(values) == 1 else values

    def sizes(self, name: str) -> list[Size]:
        """A list of sizes, computed ones as scalars."""
        values, given = self.get(name, ()), iter(self.tensors(name))
        values = (values,) if isinstance(values, int) else values
        return [v if v != COMPUTED else self._scalar(next(given)) for v in values]

    def size(self, name: str, default: int | None = None) -> Size | None:
        """A number or a computed size, None where it is absent."""
        found = self.tensor(name)
        return self._scalar(found) if found is not None else self.get(name, default)

    def _scalar(self, value: SSAValue | None) -> Size:
        assert value is not None
        known = self.lo.array(value)
        return int(known.reshape(-1)[0]) if known is not None and known.dtype.kind in "iub" else value

    def axis(self, name: str = "dim", of: SSAValue | None = None, more: int = 0) -> int:
        """An axis counted from the front; `more` dimensions are still to be added."""
        rank = max(self.lo.rank(self.x() if of is None else of) + more, 1)
        axis = self.get(name, 0)
        if not -rank <= axis < rank:
            self.lo.decline(f"dimension {axis} of {rank}")
        return axis % rank

    def axes(self, name: str = "dim", of: SSAValue | None = None) -> tuple[int, ...]:
        """Axes counted from the front, all where there are none."""
        rank = self.lo.rank(self.x() if of is None else of)
        given = self.get(name)
        given = () if given is None else (given,) if isinstance(given, int) else given
        return tuple(sorted(a % max(rank, 1) for a in given)) if given and rank else tuple(range(rank))

    # Results and element types.

    def result_type(self, index: int = 0) -> Any:
        """The type of a result as the program has it."""
        return self.op.results[index].type

    def element(self, index: int = 0) -> Attribute:
        """The element type of a result."""
        type = self.result_type(index)
        return type.element_type if isinstance(type, TensorType) else self.lo.decline("the program does not state the type of its result")

    def operand(self, name: str, element: Attribute | None = None) -> SSAValue:
        """An argument that is a tensor or a number, as a tensor of an element type (that of the result)."""
        element = self.element() if element is None else element
        found = self.tensor(name)
        return self.lo.cast(found, element) if found is not None else self.number(self.get(name), element)

    def number(self, value: Any, element: Attribute | None = None) -> SSAValue:
        """A scalar constant of an element type (that of the result)."""
        element = self.element() if element is None else element
        if isinstance(element, ComplexType):
            self.lo.decline("complex numbers")
        return self.lo.const(np.asarray(value).astype(numpy_dtype(element)))

    def promoted(self, *names: str) -> Attribute:
        """The element type that some arguments, tensors and numbers, are brought to: dimensions count before scalars, scalars before numbers.

        Source: torch's documentation of type promotion (torch.result_type)."""
        best: tuple[int, int, Attribute] | None = None
        for name in names:
            found = self.tensor(name)
            if found is None:
                value = self.get(name)
                element = i1 if isinstance(value, bool) else i64 if isinstance(value, int) else self.default_float()
                best = _wider(best, (_category(element), 0, element))
            else:
                element = self.lo.element(found)
                best = _wider(best, (_category(element), 2 if self.lo.rank(found) else 1, element))
        assert best is not None
        return best[2]

    def default_float(self) -> Attribute:
        """float32."""
        from xdsl.dialects.builtin import f32

        return f32

    # Building blocks.

    def i64_list(self, sizes: Sequence[Size]) -> SSAValue:
        """Sizes as a list, an i64 tensor of one dimension."""
        lo = self.lo
        if all(isinstance(s, int) for s in sizes):
            return lo.i64(list(sizes))
        return lo.concat([lo.i64([s]) if isinstance(s, int) else lo.reshape(lo.cast(s, i64), 1) for s in sizes], axis=0)

    def shaped(self, x: SSAValue, index: int = 0) -> SSAValue:
        """x, row-major, in the shape of a result that is known but for one dimension."""
        shape = self.known_shape(index)
        return (
            self.lo.emit(inf.ReshapeOp, x, shape=shape)
            if shape.count(-1) <= 1 and 0 not in shape
            else self.lo.decline("a shape with several computed sizes")
        )

    def known_shape(self, index: int = 0) -> tuple[int, ...]:
        """The shape of a result, -1 for dimensions that are computed."""
        type = self.result_type(index)
        if not isinstance(type, TensorType):
            self.lo.decline("the program does not state the shape of its result")
        return tuple(-1 if d < 0 else d for d in type.get_shape())


_FLOATS = {"f64": 4, "f32": 3, "bf16": 2, "f16": 1}


def _category(element: Attribute) -> int:
    """Booleans, integers, floats, complex numbers."""
    if isinstance(element, ComplexType):
        return 3
    return 2 if not isinstance(element, IntegerType) else 1 if element.width.data > 1 else 0


def _wider(a: tuple[int, int, Attribute] | None, b: tuple[int, int, Attribute]) -> tuple[int, int, Attribute]:
    """Of two elements with category and dimensionality (0 number, 1 scalar, 2 tensor), what both become."""
    if a is None:
        return b
    if a[1] != b[1]:
        high, low = (a, b) if a[1] > b[1] else (b, a)
        return high if high[0] >= low[0] else (low[0], high[1], low[2])
    if a[0] != b[0]:
        return a if a[0] > b[0] else b
    return (a[0], a[1], _joined(a[2], b[2]))


def _joined(a: Attribute, b: Attribute) -> Attribute:
    """Of two element types of one category, the one that holds both."""
    if a == b or str(a) == str(b):
        return a
    if isinstance(a, IntegerType) and isinstance(b, IntegerType):
        wide, narrow = (a, b) if a.width.data >= b.width.data else (b, a)
        if str(wide).startswith("ui") and not str(narrow).startswith("ui"):
            return IntegerType(min(2 * wide.width.data, 64))
        return wide
    if {str(a), str(b)} == {"f16", "bf16"}:
        from xdsl.dialects.builtin import f32

        return f32
    return a if _FLOATS.get(str(a), 0) >= _FLOATS.get(str(b), 0) else b


def aten(*packets: str) -> Callable[[Callable[[Call, Lowering], Any]], Callable[[Any, Lowering], Any]]:
    """Make a function `(call, lo) -> values` the rule of some operators of `aten`."""
    return _rule("aten", packets)


def sym(*names: str) -> Callable[[Callable[[Call, Lowering], Any]], Callable[[Any, Lowering], Any]]:
    """Make a function the rule of some operations between sizes."""
    return _rule("sym", names)


def _rule(domain: str, names: Sequence[str]) -> Callable[[Callable[[Call, Lowering], Any]], Callable[[Any, Lowering], Any]]:
    def wrap(function: Callable[[Call, Lowering], Any]) -> Callable[[Any, Lowering], Any]:
        def rule(op: Any, lo: Lowering) -> Any:
            return function(Call(op, lo), lo) if isinstance(op, SourceOp) else lo.decline("the table does not have this overload")

        rule.__doc__, rule.__name__, rule.__qualname__, rule.__module__ = (
            function.__doc__,
            function.__name__,
            function.__qualname__,
            function.__module__,
        )
        rule.__wrapped__ = function  # pyright: ignore[reportFunctionMemberAccess]
        return lowering(domain, *names)(rule)

    return wrap


__all__ = ["Call", "FloatAttr", "IntegerAttr", "Number", "Size", "aten", "sym"]
