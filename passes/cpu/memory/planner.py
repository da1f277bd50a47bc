"""Offsets for buffers whose lifetimes are known: those alive at one time must not overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A buffer: its size, and the first and last step that use it."""

    size: int
    first: int
    last: int

    def meets(self, other: Interval) -> bool:
        """Whether both are alive at some step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Plan:
    """An offset for each interval, and where the last one ends."""

    offsets: tuple[int, ...]
    peak: int


def lower_bound(intervals: Sequence[Interval]) -> int:
    """The largest sum of sizes alive at one step: no plan needs less."""
    steps = {i.first for i in intervals}
    return max((sum(i.size for i in intervals if i.first <= s <= i.last) for s in steps), default=0)


_ORDERS: tuple[Callable[[Interval], tuple[int, ...]], ...] = (
    lambda i: (-i.size, i.first),
    lambda i: (-i.size * (i.last - i.first + 1), i.first),
    lambda i: (i.first - i.last, -i.size),
    lambda i: (i.first, -i.size),
    lambda i: (-i.last, -i.size),
)


def plan(intervals: Sequence[Interval]) -> Plan:
    """The best of a few greedy plans: one interval after the other into the smallest gap it fits."""
    bound = lower_bound(intervals)
    best: Plan | None = None
    for order in _ORDERS:
        made = _greedy(intervals, sorted(range(len(intervals)), key=lambda k: order(intervals[k])))
        if best is None or made.peak < best.peak:
            best = made
        if best.peak == bound:
            break
    return best or Plan((), 0)


def _greedy(intervals: Sequence[Interval], order: Sequence[int]) -> Plan:
    offsets = [0] * len(intervals)
    placed: list[int] = []
    peak = 0
    for index in order:
        one = intervals[index]
        taken = sorted((offsets[k], offsets[k] + intervals[k].size) for k in placed if intervals[k].meets(one))
        offsets[index] = _best_gap(taken, one.size)
        peak = max(peak, offsets[index] + one.size)
        placed.append(index)
    return Plan(tuple(offsets), peak)


def _best_gap(taken: Sequence[tuple[int, int]], size: int) -> int:
    """The start of the smallest gap between taken ranges that holds `size`; the end of all where none does."""
    end, best, best_gap = 0, -1, 0
    for start, stop in taken:
        gap = start - end
        if gap >= size and (best < 0 or gap < best_gap):
            best, best_gap = end, gap
        end = max(end, stop)
    return best if best >= 0 else end
