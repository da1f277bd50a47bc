"""Writing at computed places and sorting, said from the side of the result: each element looks for what reaches it."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.indexing import Scatter
from inferir.passes.cpu.inference_to_cpu.building import rank_of, result, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, expressed, generate, generated


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


def placed(s: Program, indices: SSAValue, at: list[Any], size: Scalar, inside: Scalar = True) -> Value:
    """An index of a list; a negative one counts from the end."""
    place = s.load(indices, at, inside, 0).index()
    return s.where(place < 0, place + size, place)


def updated(s: Program, op: Scatter, value: Value, hit: Scalar, updates: SSAValue, at: list[Any]) -> list[Value]:
    """The element after an update that may reach it."""
    new = s.load(updates, at, hit, 0).wide()
    return [s.where(hit, combined(s, op.reduction, value, new), value)]


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
            hit = inside & placed(s, indices, place, s.size(x, axis), inside).equals(at[axis])
            return updated(s, op, value, hit, updates, place)

        (value,) = s.loop(0, s.size(indices, axis), [s.load(x, at).wide()], update)
        return value.to(cpu.element_of(x))

    return generate(op, [op.x, op.indices, op.updates], body, rw)


@rewrites(inf.ScatterNdOp)
def scatter_nd(op: inf.ScatterNdOp, rw: Rewriter) -> str | None:
    """y[i] = x[i] and then every updates[k] whose tuple of indices begins i, in order"""
    head, length = rank_of(op.indices) - 1, shape_of(op.indices)[-1]

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue, updates: SSAValue) -> Any:
        def update(k: list[Any], value: Value) -> list[Value]:
            hit: Scalar = True
            for axis in range(length):
                hit = hit & placed(s, indices, [*k, axis], s.size(x, axis)).equals(at[axis])
            return updated(s, op, value, hit, updates, [*k, *at[length:]])

        sizes = [s.size(indices, d) for d in range(head)]
        return s.over(sizes, [s.load(x, at).wide()], update)[0].to(cpu.element_of(x))

    return generate(op, [op.x, op.indices, op.updates], body, rw)


@rewrites(inf.TopkOp)
def topk(op: inf.TopkOp, rw: Rewriter) -> str | None:
    """The rank of an element is how many come before it; place p holds the element of rank p"""
    axis = op.axis % rank_of(op.x)
    shape, whole = expressed(op, [op.x]), list(shape_of(op.x))
    if shape is None:
        return "how many elements it gives is only known when it runs"

    def along(at: list[Any], k: Any) -> list[Any]:
        return [k if d == axis else i for d, i in enumerate(at)]

    def rank(s: Program, at: list[Any], x: SSAValue) -> Any:
        own = s.load(x, at).wide()

        def count(k: Value, total: Value) -> list[Any]:
            other = s.load(x, along(at, k)).wide()
            first = other < own if op.smallest else other > own
            alike = other.equals(own)
            if own.is_float:  # what is no number comes last
                first = first | (own.differs(own) & other.equals(other))
                alike = alike | (own.differs(own) & other.differs(other))
            before = first | (alike & (k < at[axis]))
            return [total + s.where(before, s.value(1), s.value(0))]

        return s.loop(0, s.size(x, axis), [s.value(0)], count)[0].to(i64)

    def place(s: Program, at: list[Any], ranks: SSAValue) -> Any:
        def look(k: Value, found: Value) -> list[Any]:
            return [s.where(s.load(ranks, along(at, k)).index().equals(at[axis]), k, found)]

        return s.loop(0, s.size(ranks, axis), [s.value(0)], look)[0].to(i64)

    sizes = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(whole)]
    ranks = result(generated([op.x], sizes, i64, rank), rw)
    places = result(generated([ranks], shape, i64, place), rw)

    def value(s: Program, at: list[Any], x: SSAValue, places: SSAValue) -> Any:
        return s.load(x, along(at, s.clamped(s.load(places, at).index(), s.size(x, axis))))

    values = result(generated([op.x, places], shape, element_of(op.x), value), rw)
    rw.replace(op, [values, places])
    return None
