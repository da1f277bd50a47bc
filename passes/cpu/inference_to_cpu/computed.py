"""Calls of host functions that have a kernel after all, where the sizes of their results are declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xdsl.dialects import math
from xdsl.dialects.builtin import DictionaryAttr, f64, i1, i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.ranges import LARGEST
from inferir.core.types import element_of, ranked
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.host import in_call, python_value
from inferir.passes.cpu.inference_to_cpu import attention, sampling
from inferir.passes.cpu.inference_to_cpu.building import rank_of, result, shape_of
from inferir.passes.cpu.inference_to_cpu.moving import broadcast_place, rest, sliced
from inferir.passes.cpu.inference_to_cpu.program import (
    NO_SIZE,
    Program,
    Scalar,
    SizesOf,
    Value,
    accumulator,
    as_declared,
    extent,
    generate,
    generate_sized,
    generated,
    guard,
)
from inferir.passes.cpu.inference_to_cpu.windows import lowest

Call = inf.HostCallOp
Optional = SSAValue | None


@rewrites(inf.HostCallOp)
def host_call(op: Call, rw: Rewriter) -> str | None:
    """A function of the host as a program of its elements"""
    make = CALLEES.get(op.callee) or sampling.CALLEES.get(op.callee) or attention.CALLEES.get(op.callee)
    if make is None:
        return f"no kernel computes '{op.callee}'"
    if any(not hasattr(r.type, "get_shape") or (-1 in shape_of(r) and op.callee not in SIZED) for r in op.results):
        return NO_SIZE
    given: list[Any] = list(op.args)
    for place in op.absent:
        given.insert(place, None)
    config = {} if not isinstance(op.config, DictionaryAttr) else {k: python_value(v) for k, v in op.config.data.items()}
    return make(op, rw, *given, **config)


def _some(*values: Optional) -> list[SSAValue]:
    return [v for v in values if v is not None]


def _axis(s: Program, axes: SSAValue, k: int, rank: int, callee: str) -> Scalar:
    """An axis of a list, counted from the front."""
    return s.place(s.load(axes, [k]), max(rank, 1), in_call(callee, "axis"))


def slice_of(op: Call, rw: Rewriter, x: SSAValue, starts: SSAValue, ends: SSAValue, axes: Optional = None, steps: Optional = None) -> Any:
    """x[start + i * step], where the list of axes says so"""
    rank, count = rank_of(x), shape_of(starts)[0]

    def body(s: Program, at: list[Any], x: SSAValue, starts: SSAValue, *others: SSAValue) -> Any:
        more = list(others)
        named = more.pop(0) if axes is not None else None
        by = more.pop(0) if steps is not None else None
        places = []
        for axis, i in enumerate(at):
            size = s.size(x, axis)
            place: Scalar = i
            for k in range(count):
                if named is None and k != axis:
                    continue
                step = s.load(by, [k]).index() if by is not None else s.value(1)
                if by is not None:
                    s.checked(s.where(step.equals(0), 0, 1), 1, 1 << 62, in_call("slice", "magnitude of the step"))
                first = s.load(starts, [k]).index()
                first = s.where(first < 0, first + size, first)
                low = s.where(step > 0, s.value(0), s.value(-1))
                start = s.larger(s.smaller(first, s.where(step > 0, s.value(size), size - s.value(1))), low)
                there = start + i * step
                place = there if named is None else s.where(_axis(s, named, k, rank, "slice").equals(axis), there, place)
            places.append(s.clamped(place, size))
        return s.load(x, places)

    def sizes(s: Program, x: SSAValue, starts: SSAValue, ends: SSAValue, *others: SSAValue) -> list[Scalar]:
        named = others[0] if axes is not None else None
        by = others[-1] if steps is not None else None
        out: list[Scalar] = [s.size(x, axis) for axis in range(rank)]
        for k in range(count):
            first, last = (s.load(v, [k]).index() for v in (starts, ends))
            step = s.load(by, [k]).index() if by is not None else s.value(1)
            zero = step.equals(0)
            s.checked(s.where(zero, s.value(0), 1), 1, 1 << 62, in_call("slice", "magnitude of the step"))
            step = s.where(zero, 1, step)
            along = s.value(k) if named is None else _axis(s, named, k, rank, "slice")
            for axis in range(rank):
                size = s.value(s.size(x, axis))
                out[axis] = s.where(along.equals(axis), sliced(s, size, first, last, step), out[axis])
        return out

    return generate_sized(op, [x, starts, *_some(axes, steps)], body, sizes, rw)


def reduce(op: Call, rw: Rewriter, x: SSAValue, axes: Optional, kind: str, keepdims: int, noop: int) -> Any:
    """Loops over all of an axis that is in the list, over one place of an axis that is not"""
    rank = rank_of(x)
    listed = shape_of(axes)[0] if axes is not None else 0
    if listed < 0:
        return "the number of axes is dynamic"

    def body(s: Program, at: list[Any], x: SSAValue, *axes: SSAValue) -> Any:
        lows, highs = [], []
        kept: Scalar = 0
        for axis in range(rank):
            gone: Any = not listed and not noop
            for k in range(listed):
                gone = gone | _axis(s, axes[0], k, rank, "reduce").equals(axis)
            here: Scalar = at[axis] if keepdims else 0
            for place in range(0 if keepdims else len(at)):
                here = s.where(s.value(kept).equals(place), at[place], here)
            lows.append(s.where(gone, s.value(0), s.value(here)))
            highs.append(s.where(gone, s.value(s.size(x, axis)), s.value(here) + 1))
            kept = kept + s.where(gone, s.value(0), s.value(1))

        def folded(start: list[Value], combine: Callable[..., list[Any]]) -> list[Value]:
            def nest(done: list[Any], *values: Value) -> Any:
                if len(done) == rank:
                    return combine(s.load(x, done), *values)
                return s.loop(lows[len(done)], highs[len(done)], values, lambda k, *inner: nest([*done, k], *inner))

            return list(nest([], *start))

        return REDUCTIONS[kind](s, x, folded).to(cpu.element_of(x))

    def sizes(s: Program, x: SSAValue, *axes: SSAValue) -> list[Scalar]:
        gone = [_named(s, axes[0], axis, rank, "reduce") if listed else s.value(not noop, i1) for axis in range(rank)]
        own = [s.size(x, axis) for axis in range(rank)]
        if keepdims:
            return [s.where(g, 1, size) for g, size in zip(gone, own, strict=True)]
        return _left(s, own, gone, rank_of(op.results[0]), "reduce")

    return generate_sized(op, [x, *_some(axes)], body, sizes, rw)


def _named(s: Program, axes: SSAValue, axis: int, rank: int, callee: str) -> Value:
    """Whether an axis is in a list."""
    found: Scalar = False
    for k in range(shape_of(axes)[0]):
        found = found | _axis(s, axes, k, rank, callee).equals(axis)
    return s.value(found, i1)


def _left(s: Program, own: list[Scalar], gone: list[Value], count: int, callee: str) -> list[Scalar]:
    """The sizes of the axes that are left, which must be `count`."""
    out: list[Scalar] = [s.value(1)] * count
    kept: Scalar = s.value(0)
    for size, away in zip(own, gone, strict=True):
        out = [s.where(kept.equals(place) & ~away, size, before) for place, before in enumerate(out)]
        kept = s.where(away, kept, kept + 1)
    s.checked(kept, count, count + 1, in_call(callee, "number of axes that are left"))
    return out


@rewrites(inf.CumulateOp, benefit=0)
def cumulate_anywhere(op: inf.CumulateOp, rw: Rewriter) -> str | None:
    """Each element combines those up to its own place, along the axis that is asked for when the model runs"""
    rank = rank_of(op.x)

    def body(s: Program, at: list[Any], x: SSAValue, axis: SSAValue) -> Any:
        along = s.place(s.load(axis, [0] * rank_of(axis)), max(rank, 1), f"{op.name}: axis")
        lows, highs = [], []
        for d, i in enumerate(at):
            low, high = (i + int(op.exclusive), s.size(x, d)) if op.reverse else (0, i + int(not op.exclusive))
            here = s.value(along).equals(d)
            lows.append(s.where(here, s.value(low), i))
            highs.append(s.where(here, s.value(high), i + 1))

        def nest(done: list[Any], total: Value) -> Any:
            if len(done) == rank:
                value = s.load(x, done).to(accumulator(x))
                return [total + value if op.kind == "sum" else total * value]
            return s.loop(lows[len(done)], highs[len(done)], [total], lambda k, inner: nest([*done, k], inner))

        start = s.number(int(op.kind != "sum"), accumulator(x))
        return nest([], start)[0].to(cpu.element_of(x))

    return generate(op, [op.x, op.axis], body, rw)


def _total(s: Program, x: SSAValue, folded: Any, of: Callable[[Value], Value] = lambda v: v) -> Value:
    type = accumulator(x)
    return folded([s.number(0, type)], lambda v, total: [total + of(v.to(type))])[0]


def _magnitude(s: Program, v: Value) -> Value:
    return s.apply(math.AbsFOp, v) if v.is_float else s.where(v < 0, v * -1, v)


def _mean(s: Program, x: SSAValue, folded: Any) -> Value:
    type = accumulator(x)
    total, count = folded([s.number(0, type)] * 2, lambda v, total, count: [total + v.to(type), count + 1])
    return total / count


def _most(s: Program, x: SSAValue, folded: Any) -> Value:
    least = s.number(lowest(x), cpu.element_of(x))
    least.unsigned = s.load(x, [0] * rank_of(x), False).unsigned
    return folded([least], lambda v, best: [s.larger(v, best)])[0]


def _least(s: Program, x: SSAValue, folded: Any) -> Value:
    most = s.number(highest(x), cpu.element_of(x))
    return folded([most], lambda v, best: [s.smaller(v, best)])[0]


def _log_sum_exp(s: Program, x: SSAValue, folded: Any) -> Value:
    type = accumulator(x)
    top = _most(s, x, folded).to(type)
    top = s.where(s.apply(math.AbsFOp, top).equals(float("inf")), s.number(0, type), top)
    total = folded([s.number(0, type)], lambda v, total: [total + s.apply(math.ExpOp, v.to(type) - top)])[0]
    return s.apply(math.LogOp, total) + top


def highest(x: SSAValue) -> float:
    """The largest number of x's element type."""
    least = lowest(x)
    return float("inf") if least == float("-inf") else 1 if cpu.element_of(x).width.data == 1 else -1 - least  # pyright: ignore


REDUCTIONS: dict[str, Callable[[Program, SSAValue, Any], Value]] = {
    "sum": _total,
    "mean": _mean,
    "max": _most,
    "min": _least,
    "prod": lambda s, x, folded: folded([s.number(1, accumulator(x))], lambda v, total: [total * v.to(accumulator(x))])[0],
    "l1": lambda s, x, folded: _total(s, x, folded, lambda v: _magnitude(s, v)),
    "l2": lambda s, x, folded: s.apply(math.SqrtOp, _total(s, x, folded, lambda v: v * v)),
    "sum_square": lambda s, x, folded: _total(s, x, folded, lambda v: v * v),
    "logsumexp": _log_sum_exp,
}


def reshape(op: Call, rw: Rewriter, x: SSAValue, shape: SSAValue, allowzero: int) -> Any:
    """The same memory in another shape"""
    return reshape_sized(op, x, lambda s, x, to: Target(s, x, to, not allowzero).sizes(), rw)


def of_axes(op: Call, rw: Rewriter, x: SSAValue, axes: Optional = None) -> Any:
    """The same memory in a shape with more or fewer axes of 1"""
    if axes is None:
        return "which axes are 1 is known when it runs"
    count, own, rank = shape_of(axes)[0], rank_of(x), rank_of(op.results[0])
    if count < 0:
        return "the number of axes is dynamic"

    def fewer(s: Program, x: SSAValue, axes: SSAValue) -> list[Scalar]:
        sizes = [s.value(s.size(x, axis)) for axis in range(own)]
        gone = [_named(s, axes, axis, own, op.callee) for axis in range(own)]
        for size, away in zip(sizes, gone, strict=True):
            s.checked(s.where(away, size, 1), 1, 2, in_call(op.callee, "the size of an axis"))
        return _left(s, list(sizes), gone, rank, op.callee)

    def more(s: Program, x: SSAValue, axes: SSAValue) -> list[Scalar]:
        new = [_named(s, axes, axis, rank, op.callee) for axis in range(rank)]
        out, old = [], s.value(0)
        for made in new:
            size: Scalar = 1
            for axis in range(own):
                size = s.where(~made & old.equals(axis), s.size(x, axis), size)
            out.append(size)
            old = s.where(made, old, old + 1)
        s.checked(old, own, own + 1, in_call(op.callee, "number of other axes"))
        return out

    return reshape_sized(op, x, fewer if op.callee == "squeeze" else more, rw)


def reshape_sized(op: Call | inf.ReshapeOp, x: SSAValue, sizes: SizesOf, rw: Rewriter) -> str | None:
    """The same memory in a shape that is computed while the model runs; in a declared one, once a copy of x has waited for the check of it."""
    declared, wanted = ranked(op.results[0]), shape_of(op.results[0])
    if -1 not in wanted:
        own = [d if d >= 0 else f"x0_{axis}" for axis, d in enumerate(shape_of(x))]
        checked = guard(op, sizes, rw)
        copy = result(generated([x, checked], own, element_of(x), lambda s, at, x, _: s.load(x, at)), rw)
        rw.replace(op, cpu.ReshapeOp.make(copy, shape=wanted))
        return None
    holder = extent(op, op.operands, sizes, len(wanted), rw)
    if holder is None:
        return NO_SIZE
    shape = tuple(f"x1_{axis}" for axis in range(len(wanted)))
    rw.replace(op, as_declared(result(cpu.ReshapeOp.make(x, holder, shape=shape), rw), declared, rw))
    return None


@rewrites(inf.ReshapeOp, benefit=0)
def reshape_to_numbers(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """-1 is what is left over; 0 may be x's own dimension at that place"""
    return reshape_sized(op, op.x, lambda s, x, to: Target(s, x, to, op.keep_zeros).sizes(), rw)


class Target:
    """The program of the dimensions that a reshape is asked for. They are multiplied as doubles: what is too large stays so."""

    def __init__(self, s: Program, x: SSAValue, to: SSAValue, keep_zeros: bool):
        self.s, self.own = s, [s.value(s.size(x, axis)) for axis in range(rank_of(x))]
        self.wanted: list[Value] = []
        for k in range(shape_of(to)[0]):
            size = s.checked(s.load(to, [k]), -1, LARGEST, "inference.reshape: a dimension")
            self.wanted.append(s.where(size.equals(0), self.own[k], size) if keep_zeros and k < len(self.own) else size)

    def sizes(self) -> list[Scalar]:
        """The dimensions; more than one -1 leaves a negative one."""
        s = self.s
        open = [size.equals(-1) for size in self.wanted]
        others, elements = self.product(self.wanted, empty=False), self.product(self.own, empty=False)
        left = self.quotient(elements, others)
        beside = self.quotient(self.product(self.own, empty=True), self.product(self.wanted, empty=True))
        alike = self.zeros(self.own).equals(self.zeros(self.wanted))
        rest = s.where(others.equals(0.0), s.where(alike, beside, 0), left)
        number = s.value(0)
        for each in open:
            number = number + s.where(each, s.value(1), 0)
        rest = s.where(number > 1, -1, rest)
        return [s.where(each, rest, size) for each, size in zip(open, self.wanted, strict=True)]

    def product(self, sizes: list[Value], empty: bool) -> Value:
        """The product of those that are not -1; under `empty`, of those that are not 0 either."""
        s, total = self.s, self.s.number(1.0, f64)
        for size in sizes:
            aside = size.equals(-1) | size.equals(0) if empty else size.equals(-1)
            total = total * s.where(aside, s.number(1.0, f64), size.to(f64))
        return total

    def quotient(self, a: Value, b: Value) -> Value:
        """a / b rounded down; 0 for what divides nothing."""
        s = self.s
        return s.where(b.equals(0.0), s.number(0.0, f64), s.floor(a / s.where(b.equals(0.0), s.number(1.0, f64), b))).index()

    def zeros(self, sizes: list[Value]) -> Value:
        """How many are 0."""
        total = self.s.value(0)
        for size in sizes:
            total = total + self.s.where(size.equals(0), self.s.value(1), 0)
        return total


def broadcast(op: Call, rw: Rewriter, x: SSAValue, shape: SSAValue) -> Any:
    """y[i] = x[i], where x has one element x[0]"""
    return generate(op, [x], lambda s, at, x: s.load(x, broadcast_place(s, x, at)), rw)


def split(op: Call, rw: Rewriter, x: SSAValue, sizes: SSAValue, axis: int) -> Any:
    """A slice for each part"""
    axis, count = axis % rank_of(x), len(op.results)

    def lengths(s: Program, x: SSAValue, sizes: SSAValue) -> list[Scalar]:
        size: Scalar = s.value(s.size(x, axis))
        each = [s.checked(s.load(sizes, [k]), 0, size + 1, in_call("split", "a size")) for k in range(count)]
        total: Scalar = s.value(0)
        for length in each:
            total = total + length
        s.checked(total, size, size + 1, in_call("split", "the sum of the sizes"))
        return list(each)

    holder = extent(op, op.operands, lengths, count, rw)
    if holder is None:
        return NO_SIZE
    own = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(shape_of(x))]
    parts = [_part(x, holder, k, axis, own, rw) for k in range(count)]
    rw.replace(op, [as_declared(part, ranked(r), rw) for part, r in zip(parts, op.results, strict=True)])


def _part(x: SSAValue, holder: SSAValue, part: int, axis: int, own: list[int | str], rw: Rewriter) -> SSAValue:
    """Part k of x along an axis: what stands behind the parts before it, whose lengths are the dimensions of `holder`."""

    def body(s: Program, at: list[Any], x: SSAValue, holder: SSAValue) -> Any:
        start: Scalar = at[axis]
        for k in range(part):
            start = start + s.size(holder, k)
        return s.load(x, [s.clamped(start, s.size(x, axis)) if a == axis else i for a, i in enumerate(at)])

    shape = [f"x1_{part}" if a == axis else d for a, d in enumerate(own)]
    return result(generated([x, holder], shape, element_of(x), body), rw)


def pad_axes(op: Call, rw: Rewriter, pads: SSAValue, axes: SSAValue, rank: int) -> Any:
    """The pad of an axis is where the list of axes has it, else 0"""
    count = shape_of(axes)[0]

    def body(s: Program, at: list[Any], pads: SSAValue, axes: SSAValue) -> Any:
        value: Scalar = s.number(0, i64)
        for k in range(count):
            axis = _axis(s, axes, k, rank, "pad_axes")
            value = s.where(at[0].equals(axis), s.load(pads, [k]), value)
            value = s.where(at[0].equals(axis + rank), s.load(pads, [count + k]), value)
        return value

    return generate(op, [pads, axes], body, rw)


def center_crop_pad(op: Call, rw: Rewriter, x: SSAValue, shape: SSAValue, axes: tuple[int, ...] | None = None) -> Any:
    """y[i] = x[i + what is cut, or less what is added, before it]"""
    rank = rank_of(x)
    named = [a % rank for a in axes] if axes is not None else list(range(rank))

    def wanted(s: Program, x: SSAValue, shape: SSAValue) -> list[Scalar]:
        out = [s.size(x, axis) for axis in range(rank)]
        for k, axis in enumerate(named):
            out[axis] = s.load(shape, [k]).index()
        return out

    def body(s: Program, at: list[Any], x: SSAValue, shape: SSAValue) -> Any:
        places, inside = [], True
        for axis, (i, want) in enumerate(zip(at, wanted(s, x, shape), strict=True)):
            have = s.size(x, axis)
            cut = s.where(s.value(have) > want, (s.larger(have - want, 0)) // 2, (s.larger(want - have, 0)) // 2 * -1)
            place = i + cut
            inside = inside & (place >= 0) & (place < have)
            places.append(place)
        return s.load(x, places, inside, 0)

    return generate_sized(op, [x, shape], body, wanted, rw)


def reverse_sequence(op: Call, rw: Rewriter, x: SSAValue, lengths: SSAValue, batch_axis: int, time_axis: int) -> Any:
    """y[t] = x[length - 1 - t] for t below the length"""

    def body(s: Program, at: list[Any], x: SSAValue, lengths: SSAValue) -> Any:
        t, steps = at[time_axis], s.size(x, time_axis)
        length = s.checked(s.load(lengths, [at[batch_axis]]), 0, steps + 1, in_call("reverse_sequence", "length"))
        place = s.where(t < length, length - 1 - t, t)
        return s.load(x, [place if axis == time_axis else i for axis, i in enumerate(at)])

    return generate(op, [x, lengths], body, rw)


def tensor_scatter(op: Call, rw: Rewriter, cache: SSAValue, update: SSAValue, places: Optional = None, *, axis: int, mode: str) -> Any:
    """y[i] = update[i - start] where that is one of its places, else cache[i]"""
    axis %= rank_of(cache)

    def body(s: Program, at: list[Any], cache: SSAValue, update: SSAValue, *places: SSAValue) -> Any:
        start: Scalar = s.load(places[0], [at[0]]).index() if places else 0
        if places and mode != "circular":
            last = s.larger(s.size(cache, axis) - s.size(update, axis) + 1, 0)
            start = s.checked(start, 0, last, in_call("tensor_scatter", "write index"))
        elif places:
            start = rest(s, start, s.size(cache, axis))
        turn = at[axis] - start
        turn = rest(s, turn, s.size(cache, axis)) if mode == "circular" else turn
        inside = (turn >= 0) & (turn < s.size(update, axis))
        return s.load(update, [turn if d == axis else i for d, i in enumerate(at)], inside, s.load(cache, at))

    return generate(op, [cache, update, *_some(places)], body, rw)


CALLEES: dict[str, Callable[..., str | None]] = {
    "slice": slice_of,
    "reduce": reduce,
    "reshape": reshape,
    "squeeze": of_axes,
    "unsqueeze": of_axes,
    "broadcast": broadcast,
    "split": split,
    "pad_axes": pad_axes,
    "center_crop_pad": center_crop_pad,
    "reverse_sequence": reverse_sequence,
    "tensor_scatter": tensor_scatter,
}
"""How to replace a call of each function: (op, rewriter, operands..., configuration...)."""
SIZED = frozenset({"slice", "reduce", "reshape", "squeeze", "unsqueeze", "split", "center_crop_pad"})
"""Those of them whose results may have sizes that are computed while the model runs."""
