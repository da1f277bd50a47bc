"""Writing at computed places and sorting, in gather form: each element looks for what reaches it."""

from __future__ import annotations

import math
from typing import Any

from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType, i32, i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.indexing import Scatter
from inferir.passes.cpu.inference_to_cpu.building import rank_of, result, shape_of
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps
from inferir.passes.cpu.inference_to_cpu.indexing import Places
from inferir.passes.cpu.inference_to_cpu.making import only
from inferir.passes.cpu.inference_to_cpu.program import (
    NO_SIZE,
    Body,
    Program,
    Scalar,
    Value,
    expressed,
    extent,
    generate,
    generated,
    requirements,
)
from inferir.passes.cpu.inference_to_cpu.sorting import FEW, Before, along, bisected, order


def combined(s: Program, reduction: str, old: Value, new: Value) -> Value:
    """An element and an update of it."""
    match reduction:
        case "add":
            return old + new
        case "mul":
            return old * new
        case "max":
            return s.larger(old, new)
        case "min":
            return s.smaller(old, new)
    return new


def updated(s: Program, op: Scatter, value: Value, hit: Scalar, updates: SSAValue, at: list[Any]) -> list[Value]:
    """The element after an update that may reach it."""
    new = s.load(updates, at, hit, 0).wide()
    return [s.where(hit, combined(s, op.reduction, value, new), value)]


class Sorted:
    """Indices in order: those of one place lie side by side there, the earlier update first."""

    def __init__(self, indices: SSAValue, axis: int, rw: Rewriter):
        self.axis, self.count = axis, shape_of(indices)[axis]
        sizes = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(shape_of(indices))]
        self.places = order(indices, axis, self.count, lambda a, b: a < b, rw)

        def key(s: Program, at: list[Any], indices: SSAValue, places: SSAValue) -> Any:
            return s.load(indices, along(at, axis, s.load(places, at).index()))

        self.keys = result(generated([indices, self.places], sizes, i32, key), rw)

    def update(
        self, s: Program, op: Scatter, at: list[Any], wanted: Scalar, inside: Scalar, old: Value, keys: SSAValue, places: SSAValue, new: Any
    ) -> Value:
        """An element after all updates whose index is `wanted`; `new(place)` is where an update stands, `at` where its index does."""

        def among(place: Value, when: Scalar, last: bool) -> Scalar:
            key = s.load(keys, along(at, self.axis, place), when & inside, 0).index()
            return key <= wanted if last else key < wanted

        def reached(k: Scalar, value: Value, hit: Scalar) -> list[Value]:
            place = s.load(places, along(at, self.axis, k), hit, 0).index()
            updates, where = new(place)
            return updated(s, op, value, hit, updates, where)

        low = bisected(s, 0, self.count, self.count, lambda k, when: among(k, when, False))
        high = bisected(s, low, self.count, self.count, lambda k, when: among(k, when, True))
        if op.reduction == "none":
            return reached(high - 1, old, (low < high) & inside)[0]
        return s.loop(0, high - low, [old], lambda k, value: reached(low + k, value, inside))[0]


@rewrites(inf.ScatterElementsOp, benefit=2)
def scatter_many_elements(op: inf.ScatterElementsOp, rw: Rewriter) -> str | None:
    """The same, where the updates of an element are found among the indices in order"""
    axis = op.axis % rank_of(op.x)
    if shape_of(op.indices)[axis] <= FEW:
        return "few updates, or an unknown number, are compared with each place"
    found = Sorted(Places(op, [axis], False, True, rw).indices, axis, rw)

    def body(s: Program, at: list[Any], x: SSAValue, keys: SSAValue, places: SSAValue, updates: SSAValue) -> Any:
        inside: Scalar = s.value(0).equals(0)
        for d, i in enumerate(at):
            inside = inside & (i < s.size(keys, d)) if d != axis else inside
        old = s.load(x, at).wide()
        value = found.update(s, op, at, at[axis], inside, old, keys, places, lambda place: (updates, along(at, axis, place)))
        return value.to(cpu.element_of(x))

    return generate(op, [op.x, found.keys, found.places, op.updates], body, rw)


@rewrites(inf.ScatterNdOp, benefit=2)
def scatter_many_slices(op: inf.ScatterNdOp, rw: Rewriter) -> str | None:
    """The same, where a tuple of indices is one number and the updates of a slice are found among these in order"""
    *head, length = shape_of(op.indices)
    count = -1 if -1 in head else math.prod(head)
    if count <= FEW or length <= 0 or shape_of(op.updates).count(-1) > 1:
        return "few updates, or an unknown number, are compared with each place"
    do, rest = Steps(rw), shape_of(op.updates)[len(head) :]
    indices = do(inf.ReshapeOp, Places(op, list(range(length)), True, True, rw).indices, shape=(count, length))
    updates = do(inf.ReshapeOp, op.updates, shape=(count, *rest))

    def number(s: Program, tuple: list[Any], x: SSAValue) -> Any:
        total: Scalar = 0
        for axis, i in enumerate(tuple):
            total = total * s.size(x, axis) + i
        return total

    def key(s: Program, at: list[Any], indices: SSAValue, x: SSAValue) -> Any:
        return number(s, [s.load(indices, [*at, a]).index() for a in range(length)], x)

    found = Sorted(result(generated([indices, op.x], [count], i32, key), rw), 0, rw)

    def body(s: Program, at: list[Any], x: SSAValue, keys: SSAValue, places: SSAValue, updates: SSAValue) -> Any:
        old, wanted = s.load(x, at).wide(), number(s, at[:length], x)
        where = at[length:]
        value = found.update(s, op, [0], wanted, s.value(0).equals(0), old, keys, places, lambda place: (updates, [place, *where]))
        return value.to(cpu.element_of(x))

    return generate(op, [op.x, found.keys, found.places, updates], body, rw)


@rewrites(inf.ScatterElementsOp)
def scatter_elements(op: inf.ScatterElementsOp, rw: Rewriter) -> str | None:
    """y[i] = x[i] and then every updates[k] along the axis whose indices[k] is i, in order"""
    axis = op.axis % rank_of(op.x)

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue, updates: SSAValue) -> Any:
        inside: Scalar = True
        for d, i in enumerate(at):
            inside = inside & (i < s.size(indices, d)) if d != axis else inside

        def update(k: Value, value: Value) -> list[Value]:
            place = [k if d == axis else i for d, i in enumerate(at)]
            hit = inside & s.load(indices, place, inside, 0).index().equals(at[axis])
            return updated(s, op, value, hit, updates, place)

        (value,) = s.loop(0, s.size(indices, axis), [s.load(x, at).wide()], update)
        return value.to(cpu.element_of(x))

    return generate(op, [op.x, Places(op, [axis], False, True, rw).indices, op.updates], body, rw)


@rewrites(inf.ScatterNdOp)
def scatter_nd(op: inf.ScatterNdOp, rw: Rewriter) -> str | None:
    """y[i] = x[i] and then every updates[k] whose tuple of indices begins i, in order"""
    head, length = rank_of(op.indices) - 1, op.tuple_length()

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue, updates: SSAValue) -> Any:
        def update(k: list[Any], value: Value) -> list[Value]:
            hit: Scalar = True
            for axis in range(length):
                hit = hit & s.load(indices, [*k, axis]).index().equals(at[axis])
            return updated(s, op, value, hit, updates, [*k, *at[length:]])

        sizes = [s.size(indices, d) for d in range(head)]
        return s.over(sizes, [s.load(x, at).wide()], update)[0].to(cpu.element_of(x))

    return generate(op, [op.x, Places(op, list(range(length)), True, True, rw).indices, op.updates], body, rw)


def first_of_two(smallest: bool) -> Before:
    """Which of two numbers comes first; NaN is the largest, as for numpy and ONNX Runtime."""

    def before(a: Value, b: Value) -> Scalar:
        first = a < b if smallest else a > b
        above, below = (b, a) if smallest else (a, b)
        return first | (above.differs(above) & below.equals(below)) if a.is_float else first

    return before


@rewrites(inf.TopkOp)
def topk(op: inf.TopkOp, rw: Rewriter) -> str | None:
    """The places in order, then the values at these places"""
    axis = op.axis % rank_of(op.x)
    shape = expressed(op, [op.x])
    if shape is None:
        return NO_SIZE
    places = order(op.x, axis, shape[axis], first_of_two(op.smallest), rw)
    requires, _ = requirements(op, [op.x, places])
    values = result(generated([op.x, places], shape, element_of(op.x), there(axis), requires=requires), rw)
    rw.replace(op, [values, result(inf.CastOp.make(places, to=i64), rw)])
    return None


def there(axis: int) -> Body:
    """The element of x at a place along an axis that another tensor has."""

    def body(s: Program, at: list[Any], x: SSAValue, places: SSAValue, *_: SSAValue) -> Any:
        return s.load(x, along(at, axis, s.clamped(s.load(places, at).index(), s.size(x, axis))))

    return body


@rewrites(inf.TopkOp, benefit=0)
def topk_of_computed_number(op: inf.TopkOp, rw: Rewriter) -> str | None:
    """All in order, then as many of them as are asked for"""
    axis, shape = op.axis % rank_of(op.x), shape_of(op.x)

    def number(s: Program, x: SSAValue, k: SSAValue) -> list[Scalar]:
        return [s.checked(only(s, k), 0, s.size(x, axis) + 1, f"{op.name}: k")]

    holder = extent(op, op.operands, number, 1, rw)
    if holder is None:
        return NO_SIZE
    own: list[int | str] = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(shape)]
    all = order(op.x, axis, own[axis], first_of_two(op.smallest), rw)
    kept = along(own, axis, "x1_0")
    type = TensorType(i64, [d if isinstance(d, int) else DYNAMIC_INDEX for d in kept])
    places = result(generated([all, holder], kept, i64, lambda s, at, all, _: s.load(all, at), type), rw)
    body, sizes = there(axis), [d if isinstance(d, int) else f"x1_{a}" for a, d in enumerate(kept)]
    values = result(generated([op.x, places], sizes, element_of(op.x), body), rw)
    rw.replace(op, [values, places])
    return None
