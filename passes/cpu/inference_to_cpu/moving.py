"""Elements read elsewhere, where no view and no tuned kernel does it: any rank, any element type, any dynamic dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdsl.dialects import arith
from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.ranges import LARGEST
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import rank_of, result, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generate, generate_sized, generated, sized
from inferir.passes.cpu.inference_to_cpu.shape import all_of


@rewrites(inf.TransposeOp, benefit=0)
def transpose_any(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """y[i] = x[i with its places taken back]"""

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        return s.load(x, [at[op.permutation.index(axis)] for axis in range(len(at))])

    return generate(op, [op.x], body, rw)


def begun(s: Program, first: Scalar, size: Scalar, step: int) -> Scalar:
    """Where a slice begins: a negative place counts from the end, what lies outside is cut off."""
    start = s.where(first < 0, first + size, first)
    return s.larger(s.smaller(start, size if step > 0 else size - 1), 0 if step > 0 else -1)


def stepped(s: Program, x: SSAValue, axis: int, first: Scalar, step: int, at: Scalar) -> Scalar:
    """The place of x that a slice reads for its position `at`."""
    size = s.size(x, axis)
    start = begun(s, first, size, step)
    place = start + at * step
    known = isinstance(start, int) and isinstance(size, int)
    return place if known else s.clamped(place, size)


@rewrites(inf.SliceOp, benefit=0)
def slice_any(op: inf.SliceOp, rw: Rewriter) -> str | None:
    """y[i] = x[start + i * step], the start perhaps computed at run time"""
    rank = rank_of(op.x)
    steps = op.steps or (1,) * len(op.axes)
    operands = [op.x, *([op.begin] if op.begin is not None else [])]

    def body(s: Program, at: list[Any], x: SSAValue, *begin: SSAValue) -> Any:
        places = list(at)
        for k, (axis, step) in enumerate(zip(op.axes, steps, strict=True)):
            first = s.load(begin[0], [k]).index() if begin else op.starts[k]
            places[axis % rank] = stepped(s, x, axis % rank, first, step, at[axis % rank])
        return s.load(x, places)

    def sizes(s: Program, x: SSAValue, *bounds: SSAValue) -> list[Scalar]:
        given = list(bounds)
        starts = given.pop(0) if op.begin is not None else None
        ends = given.pop(0) if op.end is not None else None
        out = [s.size(x, axis) for axis in range(rank)]
        for k, (axis, step) in enumerate(zip(op.axes, steps, strict=True)):
            first = s.load(starts, [k]).index() if starts is not None else op.starts[k]
            last = s.load(ends, [k]).index() if ends is not None else op.ends[k]
            out[axis % rank] = sliced(s, out[axis % rank], first, last, step)
        return out

    return generate_sized(op, operands, body, sizes, rw)


def sliced(s: Program, size: Scalar, first: Scalar, last: Scalar, step: Scalar) -> Scalar:
    """How many places `first:last:step` has in a dimension, as ONNX Slice-13 counts them."""
    forward = step > 0
    by = s.where(forward, step, step * -1)
    low, high = s.where(forward, 0, -1), s.where(forward, size, size - 1)

    def place(i: Scalar, least: Scalar, most: Scalar) -> Scalar:
        return s.larger(s.smaller(s.where(i < 0, i + size, i), most), least)

    start = place(first, 0, high)
    stop = place(last, low, size)
    length = s.larger(s.where(forward, stop - start, start - stop), 0)
    count = (length + by - 1) // by
    return s.where(s.value(size).equals(0), 0, count)


@rewrites(inf.PadOp, benefit=0)
def pad_any(op: inf.PadOp, rw: Rewriter) -> str | None:
    """y[i] = x[i - low], or what the mode puts where that is outside; a negative pad cuts x first"""
    rank = rank_of(op.x)
    given = [("value", op.value), ("pads", op.pads)]
    names = [n for n, v in given if v is not None]

    def body(s: Program, at: list[Any], x: SSAValue, *others: SSAValue) -> Any:
        named = dict(zip(names, others, strict=True))
        places, inside = [], True
        for axis, i in enumerate(at):
            if "pads" in named:
                low, high = (s.load(named["pads"], [k]).index() for k in (axis, axis + rank))
            else:
                low, high = op.low[axis], op.high[axis]
            cut = s.larger(low * -1, 0)
            size = s.size(x, axis) - cut - s.larger(high * -1, 0)
            place = i - s.larger(low, 0)
            unmoved = low == 0 and high == 0 if isinstance(low, int) else False
            if op.mode == "constant" and not unmoved:
                inside = inside & (place >= 0) & (place < size)
            places.append(place + cut if unmoved or op.mode == "constant" else cut + _outside(s, op.mode, place, size))
        if op.mode != "constant":
            return s.load(x, places)
        fill = s.load(named["value"], [0] * rank_of(named["value"])) if "value" in named else 0
        return s.load(x, places, inside, fill)

    def sizes(s: Program, x: SSAValue, *others: SSAValue) -> list[Scalar]:
        pads = others[-1]  # of what PadOp reads, the last

        def pad(k: int) -> Scalar:
            return s.checked(s.load(pads, [k]), -LARGEST, LARGEST, f"{op.name}: a pad")

        out: list[Scalar] = []
        for axis in range(rank):
            low, high, size = pad(axis), pad(axis + rank), s.size(x, axis)
            left = size + s.smaller(low, 0) + s.smaller(high, 0)
            nothing = (left <= 0) & ((low > 0) | (high > 0)) if op.mode != "constant" else False
            out.append(s.where(nothing, -1, size + low + high))
        return out

    return generate_sized(op, [op.x, *(v for _, v in given if v is not None)], body, sizes, rw)


def _outside(s: Program, mode: str, place: Scalar, size: Scalar) -> Scalar:
    """The place of a dimension that a padding mode repeats."""
    if mode == "edge":
        return s.clamped(place, size)
    if mode == "wrap":
        return rest(s, place, size)
    period = s.larger((size - 1) * 2, 1)
    there = rest(s, place, period)
    return s.where(there < size, there, period - there)


def rest(s: Program, a: Value, b: Scalar) -> Value:
    """What is left of a / b rounded down; a may be negative."""
    left = a._do(arith.RemSIOp, a, b)
    return s.where(left < 0, left + b, left)


@rewrites(inf.TileOp)
def tile(op: inf.TileOp, rw: Rewriter) -> str | None:
    """y[i] = x[i mod n]"""

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        return s.load(x, [i if op.repeats is not None and op.repeats[axis] == 1 else i % s.size(x, axis) for axis, i in enumerate(at)])

    def sizes(s: Program, x: SSAValue, times: SSAValue) -> list[Scalar]:
        own = [s.size(x, axis) for axis in range(rank_of(op.x))]
        most = [s.value(LARGEST) // s.larger(size, 1) + 1 for size in own]
        return [
            size * s.checked(s.load(times, [k]), 0, high, f"{op.name}: a repeat")
            for k, (size, high) in enumerate(zip(own, most, strict=True))
        ]

    operands = [op.x, *([op.times] if op.times is not None else [])]
    return generate_sized(op, operands, lambda s, at, x, *_: body(s, at, x), sizes, rw)


def broadcast_place(s: Program, x: SSAValue, at: list[Any]) -> list[Any]:
    """Where x is read for a place of what it broadcasts to."""
    own = at[len(at) - rank_of(x) :]
    sizes = [s.size(x, axis) for axis in range(rank_of(x))]
    return [0 if n == 1 else i if isinstance(n, int) else s.where(n.equals(1), 0, i) for i, n in zip(own, sizes, strict=True)]


@rewrites(inf.BroadcastOp)
def broadcast(op: inf.BroadcastOp, rw: Rewriter) -> str | None:
    """y[i] = x[i], where x has one element x[0]; sizes that come with the call are checked by a kernel of their own"""
    own = shape_of(op.result)
    known = sized(op, [op.x])[0] is not None
    guard = [_checked_sizes(op, own, rw)] if known and op.to is not None else []

    def body(s: Program, at: list[Any], x: SSAValue, *_: SSAValue) -> Any:
        return s.load(x, broadcast_place(s, x, at))

    def sizes(s: Program, x: SSAValue, to: SSAValue) -> list[Scalar]:
        out: list[Scalar] = [1] * len(own)
        for k in range(count := shape_of(to)[0]):
            out[len(own) - count + k] = s.load(to, [k]).index()
        for axis in range(rank_of(x)):
            here, there = s.value(s.size(x, axis)), s.value(out[len(own) - rank_of(x) + axis])
            wanted = s.where(here.equals(1) | there.equals(1), there, here)
            s.checked(there, wanted, wanted + 1, f"{op.name}: a size")
            out[len(own) - rank_of(x) + axis] = s.where(here.equals(1), there, here)
        return out

    return generate_sized(op, [op.x, *guard], body, sizes, rw)


def _checked_sizes(op: inf.BroadcastOp, own: Sequence[int], rw: Rewriter) -> SSAValue:
    """The sizes that x is broadcast to; an error where one is neither 1 nor the result's."""
    assert op.to is not None
    (count,) = shape_of(op.to)

    def body(s: Program, at: list[Any], to: SSAValue) -> Any:
        size = s.load(to, at).index()
        wanted: Scalar = s.value(1)
        for k, each in enumerate(own[len(own) - count :]):
            wanted = s.where(at[0].equals(k), each if each >= 0 else size, wanted)
        s.checked(s.where(size.equals(1), wanted, size), wanted, wanted + 1, f"{op.name}: a size")
        return size

    return result(generated([op.to], [count], i64, body), rw)


@rewrites(inf.FlipOp)
def flip(op: inf.FlipOp, rw: Rewriter) -> str | None:
    """y[i] = x[n - 1 - i]"""
    axes = {a % rank_of(op.x) for a in op.axes}

    def body(s: Program, at: list[Any], x: SSAValue) -> Any:
        return s.load(x, [s.size(x, a) - 1 - i if a in axes else i for a, i in enumerate(at)])

    return generate(op, [op.x], body, rw)


@rewrites(inf.TriluOp)
def trilu(op: inf.TriluOp, rw: Rewriter) -> str | None:
    """y[i, j] = x[i, j] on one side of the diagonal, 0 on the other"""

    def body(s: Program, at: list[Any], x: SSAValue, *k: SSAValue) -> Any:
        across = at[-1] - at[-2]
        diagonal = s.load(k[0], [0] * rank_of(k[0])).index() if k else 0
        return s.load(x, at, across <= diagonal if op.lower else across >= diagonal, 0)

    return generate(op, [op.x, *([op.k] if op.k is not None else [])], body, rw)


@rewrites(inf.ConcatOp, benefit=0)
def concat_any(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """y[i] = the part that i lies in, read at i less the sizes before it"""
    axis = op.axis % rank_of(op.result)

    def body(s: Program, at: list[Any], *parts: SSAValue) -> Any:
        value: Scalar = 0
        before: Scalar = 0
        for part in parts:
            place = at[axis] - before
            inside = (place >= 0) & (place < s.size(part, axis))
            value = s.load(part, [*at[:axis], place, *at[axis + 1 :]], inside, value)
            before = before + s.size(part, axis)
        return value

    return generate(op, list(op.args), body, rw)


@rewrites(inf.SplitOp, benefit=0)
def split_any(op: inf.SplitOp, rw: Rewriter) -> str | None:
    """Each part is a slice of x"""
    axis, start = op.axis % rank_of(op.x), 0
    x = all_of(op, rw)
    for size, part in zip(op.sizes, op.parts, strict=True):
        cut = inf.SliceOp.make(x, starts=(start,), ends=(start + size,), axes=(axis,), result_types=[part.type])
        rw.insert(cut)
        part.replace_all_uses_with(cut.result)
        start += size
    rw.erase(op)
    return None
