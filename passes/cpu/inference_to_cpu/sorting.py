"""Sorting, in gather form: log2(n) merges, in each of which every place finds its element by bisection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xdsl.dialects.builtin import i32
from xdsl.ir import SSAValue

from inferir.core import Rewriter
from inferir.passes.cpu.inference_to_cpu.building import result, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generated

FEW = 32
"""So many elements are compared each with each: two kernels in place of a merge for every power of two."""

Before = Callable[[Value, Value], Scalar]
"""Whether the first of two elements comes before the second; of two that are alike the one that stands first does."""


def along(at: Sequence[Any], axis: int, place: Any) -> list[Any]:
    """An index with another place along an axis."""
    return [place if d == axis else i for d, i in enumerate(at)]


def order(x: SSAValue, axis: int, keep: int | str, before: Before, rw: Rewriter) -> SSAValue:
    """The places along an axis, i32, in the order of their elements: the first `keep` of them.

    In blocks of a few places each element is compared with each: its rank is how many come before it. Then runs of `length` places lie
    side by side along the axis, and a merge makes one of two; none grows beyond `keep`, so of many elements few are soon left. Where the
    last run lacks an element stands the number of elements. An axis of unknown length is one block.
    """
    shape, count = shape_of(x), shape_of(x)[axis]
    sizes: list[int | str] = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(shape)]
    block, runs, length = None, 1, keep
    if count > FEW and isinstance(keep, int):
        block, runs, length = FEW, -(-count // FEW), min(FEW, keep)
    ranks = result(generated([x], sizes, i32, lambda s, at, x: rank(s, at, x, axis, block, before)), rw)
    firsts = along(sizes, axis, length if isinstance(length, str) else runs * length)
    places = result(generated([ranks], firsts, i32, lambda s, at, ranks: ranked(s, at, ranks, axis, block, length)), rw)
    while runs > 1:
        assert isinstance(keep, int) and isinstance(length, int)
        merge = Merge(axis, runs, length, grown := min(2 * length, keep), count, before)
        runs, length = -(-runs // 2), grown
        places = result(generated([x, places], along(sizes, axis, runs * grown), i32, merge), rw)
    return places


def rank(s: Program, at: list[Any], x: SSAValue, axis: int, block: int | None, before: Before) -> Any:
    """How many elements of its block come before an element."""
    own, size = s.load(x, at).wide(), s.size(x, axis)
    start: Scalar = 0 if block is None else at[axis] // block * block

    def count(k: Value, total: Value) -> list[Any]:
        place = k + start
        inside: Scalar = True if block is None else place < size
        other = s.load(x, along(at, axis, place), inside, 0).wide()
        earlier = inside & (before(other, own) | (~before(own, other) & (place < at[axis])))
        return [total + s.where(earlier, s.value(1), s.value(0))]

    return s.loop(0, size if block is None else block, [s.value(0)], count)[0]


def ranked(s: Program, at: list[Any], ranks: SSAValue, axis: int, block: int | None, length: Any) -> Any:
    """The place of the element of a rank within its block; the number of elements where there is none."""
    size, wanted, start = s.size(ranks, axis), at[axis], s.value(0)
    if block is not None:
        wanted, start = at[axis] % length, at[axis] // length * block

    def look(k: Value, found: Value) -> list[Any]:
        place = start + k
        inside: Scalar = True if block is None else place < size
        return [s.where(s.load(ranks, along(at, axis, place), inside, -1).index().equals(wanted), place, found)]

    return s.loop(0, size if block is None else block, [s.value(size)], look)[0]


class Merge:
    """The program of one merge: `runs` runs of `length` places become half as many of `grown`."""

    def __init__(self, axis: int, runs: int, length: int, grown: int, count: int, before: Before):
        self.axis, self.runs, self.length, self.grown, self.count, self.before = axis, runs, length, grown, count, before

    def __call__(self, s: Program, at: list[Any], x: SSAValue, places: SSAValue) -> Any:
        """Place p of the merged run: so many of the first p come from the left run that the next one is the lesser of two."""
        length = self.length
        pair, p = at[self.axis] // self.grown, at[self.axis] % self.grown

        def element(side: int, i: Scalar, when: Scalar) -> tuple[Scalar, Value, Value]:
            """Place i of a run: whether there is an element, its place along the axis, and itself."""
            run = pair * 2 + side
            position = run * length + i
            inside = when & (run < self.runs) if side else when
            place = s.load(places, along(at, self.axis, position), inside, self.count).index()
            there = place < self.count
            return there, place, s.load(x, along(at, self.axis, place), there, 0).wide()

        def right_first(i: Scalar, j: Scalar, both: Scalar) -> tuple[Scalar, Value, Value]:
            """Whether place j of the right run comes before place i of the left one; and these places."""
            left, a, own = element(0, i, both & (i < length))
            right, b, other = element(1, j, both & (j < length))
            return right & (~left | self.before(other, own)), a, b

        def bisect(_: Value, low: Value, high: Value) -> list[Any]:
            open = low < high
            middle = (low + high) // 2
            later, _a, _b = right_first(middle, p - 1 - middle, open)
            return [s.where(open & ~later, middle + 1, low), s.where(open & later, middle, high)]

        first, last = s.value(s.larger(p - length, 0)), s.value(s.smaller(p, length))
        low, _ = s.loop(0, length.bit_length(), [first, last], bisect)
        later, a, b = right_first(low, p - low, s.value(0).equals(0))
        return s.where(later, b, a)


def bisected(s: Program, low: Scalar, high: Scalar, most: int, passes: Callable[[Value, Scalar], Scalar]) -> Value:
    """The first place from `low` to before `high` (at most `most` places) where `passes(place, when)` does not hold; `high` where it always does."""

    def step(_: Value, low: Value, high: Value) -> list[Any]:
        open = low < high
        middle = (low + high) // 2
        on = passes(middle, open)
        return [s.where(open & on, middle + 1, low), s.where(open & ~on, middle, high)]

    return s.loop(0, most.bit_length(), [s.value(low), s.value(high)], step)[0]
