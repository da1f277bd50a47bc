"""As many elements as a condition holds for: where it holds is counted, the count is a size, each element of the result looks for its place."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import i1, i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.ranges import LARGEST
from inferir.core.types import element_of
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import not_number, rank_of, reshaped, result, shape_of
from inferir.passes.cpu.inference_to_cpu.program import NO_SIZE, Program, Scalar, Value, extent, generated
from inferir.passes.cpu.inference_to_cpu.sorting import along, bisected

BLOCK = 32
"""Elements whose running sum is taken one by one: the sum of n of them takes n * 16 additions and those of n / 32 blocks."""
LEVELS = 3
"""Blocks of blocks of blocks; what is left of them, n / 32768, is summed from the start."""


def running_total(flags: SSAValue, rw: Rewriter) -> SSAValue:
    """[n] i64: how many of flags [n] hold up to each place."""
    count = shape_of(flags)[0]
    sizes: list[int | str] = [count if count >= 0 else "x0_0"]
    sums: list[SSAValue] = []
    below = flags
    while len(sums) <= LEVELS and (not sums or not isinstance(sizes[-1], int) or sizes[-1] > 1):
        size, last = sizes[-1], len(sums) == LEVELS
        below = result(generated([below], [size], i64, lambda s, at, x, first=not sums, last=last: _sum(s, at[0], x, first, last)), rw)
        sums.append(below)
        sizes.append(-(-size // BLOCK) if isinstance(size, int) else f"(x0_0+{BLOCK - 1})//{BLOCK}")

    def total(s: Program, at: list[Any], *sums: SSAValue) -> Any:
        value, place = s.load(sums[0], at), at[0]
        for each in sums[1:]:
            place = place // BLOCK
            inside = place > 0 if each is sums[-1] and len(sums) > LEVELS else (place % BLOCK) > 0
            value = value + s.load(each, [place - 1], inside, 0)
        return value

    return result(generated(sums, [count if count >= 0 else "x0_0"], i64, total), rw) if len(sums) > 1 else sums[0]


def _sum(s: Program, place: Value, below: SSAValue, first: bool, last: bool) -> Value:
    """The sum from the start of a block (of all, under `last`) to a place: of flags, or of what the blocks below come to."""

    def add(k: Value, total: Value) -> list[Scalar]:
        if first:
            return [total + s.where(s.load(below, [k]), s.number(1, i64), 0)]
        return [total + s.load(below, [s.smaller(k * BLOCK + (BLOCK - 1), s.size(below, 0) - 1)])]

    return s.loop(0 if last else place // BLOCK * BLOCK, place + 1, [s.number(0, i64)], add)[0]


def places_of(op: Any, flags: SSAValue, rw: Rewriter) -> SSAValue | None:
    """[count] i64: the places of flags [n] that hold; None where the count cannot become a size."""
    totals, most = running_total(flags, rw), shape_of(flags)[0]

    def count(s: Program, totals: SSAValue) -> list[Scalar]:
        size = s.value(s.size(totals, 0))
        return [s.load(totals, [size - 1], size > 0, 0)]

    holder = extent(op, [totals], count, 1, rw)
    if holder is None:
        return None

    def place(s: Program, at: list[Any], totals: SSAValue, holder: SSAValue) -> Any:
        wanted = at[0].to(i64)
        return bisected(
            s, 0, s.size(totals, 0), most if most >= 0 else LARGEST, lambda i, when: when & (s.load(totals, [i], when, 0) <= wanted)
        )

    return result(generated([totals, holder], ["x1_0"], i64, place), rw)


@rewrites(inf.NonZeroOp)
def non_zero(op: inf.NonZeroOp, rw: Rewriter) -> str | None:
    """The places in row-major order, each taken apart into its indices"""
    reason, rank = not_number(op.x), rank_of(op.x)
    if reason is not None or not rank:
        return reason or "x has no axes"
    flat = reshaped(op.x, [-1], rw)
    flags = result(generated([flat], [d if (d := shape_of(flat)[0]) >= 0 else "x0_0"], i1, lambda s, at, x: s.load(x, at).differs(0)), rw)
    places = places_of(op, flags, rw)
    if places is None:
        return NO_SIZE

    def index(s: Program, at: list[Any], places: SSAValue, x: SSAValue) -> Any:
        place, found = s.load(places, [at[1]]).index(), s.value(0)
        for axis in reversed(range(rank)):
            size = s.larger(s.size(x, axis), 1)
            found = s.where(at[0].equals(axis), place % size, found)
            place = place // size
        return found

    rw.replace(op, generated([places, op.x], [rank, "x0_0"], i64, index))
    return None


@rewrites(inf.CompressOp)
def compress(op: inf.CompressOp, rw: Rewriter) -> str | None:
    """The slices at the places where the condition holds"""
    axis = op.axis % rank_of(op.x)
    reason = not_number(op.x)
    if reason is not None:
        return reason
    places = places_of(op, op.condition, rw)
    if places is None:
        return NO_SIZE

    def body(s: Program, at: list[Any], x: SSAValue, places: SSAValue) -> Any:
        size = s.size(x, axis)
        place = s.checked(s.load(places, [at[axis]]), 0, size, f"{op.name}: a place of the condition")
        return s.load(x, along(at, axis, place))

    sizes: list[int | str] = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(shape_of(op.x))]
    rw.replace(op, generated([op.x, places], along(sizes, axis, "x1_0"), element_of(op.x), body))
    return None
