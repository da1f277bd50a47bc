"""The same elements elsewhere: transpose, pad, slice, concat, tile, blocks of pixels. Quantised integers move as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules.operands import fused, is_quantized, quantization, same_scale, wide


@lowering("tfl", "TRANSPOSE")
def transpose(op: Any, lo: Lowering) -> Any:
    """transpose"""
    x, permutation = lo.operands(2)
    return lo.transpose(x, permutation=lo.need_ints(permutation, "the permutation"))


def padding(lo: Lowering, pads: SSAValue) -> dict[str, Any] | SSAValue:
    """[n, 2] pads as `low` and `high`; as an i64 operand where they are not constant."""
    known = lo.array(pads)
    if known is not None:
        return {"low": tuple(map(int, known[:, 0])), "high": tuple(map(int, known[:, 1]))}
    return lo.emit_reshape(lo.transpose(wide(lo, pads), permutation=(1, 0)), lo.i64([-1]))


def padded(lo: Lowering, x: SSAValue, value: SSAValue | None, pads: SSAValue, **properties: Any) -> Any:
    """pad"""
    found = padding(lo, pads)
    return lo.pad(x, value, **found, **properties) if isinstance(found, dict) else lo.pad(x, value, found, **properties)


@lowering("tfl", "PAD", "PADV2")
def pad(op: Any, lo: Lowering) -> Any:
    """pad; quantised integers with the one that stands for zero"""
    x, pads, value = lo.operands(3)
    scale = quantization(op, 0)
    if value is None and is_quantized(op, lo) and scale is not None:
        value = lo.scalar(scale.zeros[0], x)
    return padded(lo, x, None if value is None else lo.reshape(value), pads)


@lowering("tfl", "MIRROR_PAD")
def mirror_pad(op: Any, lo: Lowering) -> Any:
    """pad by reflection; with the edge itself it is the elements themselves, once more, in reverse order"""
    x, pads = lo.operands(2)
    if op.get("mode") == "REFLECT":
        return padded(lo, x, None, pads, mode="reflect")
    known = lo.array(pads)
    if known is None:
        lo.decline("symmetric padding that is not constant")
    for axis, (low, high) in enumerate(known.tolist()):
        size = lo.shape(x)[axis]
        if max(low, high) > size:
            lo.decline("symmetric padding of a dynamic size or by more than there is")
        places = [*range(low - 1, -1, -1), *range(size), *range(size - 1, size - 1 - high, -1)]
        x = lo.gather(x, lo.i64(places), axis=axis) if low or high else x
    return x


@lowering("tfl", "SLICE")
def slice_(op: Any, lo: Lowering) -> Any:
    """slice; a size of -1 is to the end"""
    x, begin, size = lo.operands(3)
    starts, sizes = lo.ints(begin), lo.ints(size)
    axes = tuple(range(lo.rank(x)))
    if starts is not None and sizes is not None:
        ends = [2**31 - 1 if n == -1 else s + n for s, n in zip(starts, sizes, strict=True)]
        return lo.slice(x, starts=starts, ends=tuple(ends), axes=axes)
    begin, size = wide(lo, begin), wide(lo, size)
    end = lo.select(lo.compare(size, lo.i64(-1), pred="eq"), lo.i64([2**31 - 1] * len(axes)), lo.add(begin, size))
    return lo.slice(x, begin, end, axes=axes)


@lowering("tfl", "STRIDED_SLICE")
def strided_slice(op: Any, lo: Lowering) -> Any:
    """slice, after the masks: bit i is for entry i of begin, end and strides"""
    x, begin, end, strides = lo.operands(4)
    steps = lo.need_ints(strides, "the strides")
    if any(s == 0 for s in steps):
        lo.decline("a stride of 0")
    starts, ends = lo.ints(begin), lo.ints(end)
    if starts is None or ends is None:
        return _computed_slice(op, lo, x, wide(lo, begin), wide(lo, end), steps)
    rank, picks = lo.rank(x), []
    masks = {m: op.get(f"{m}_mask") for m in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    has = lambda mask, i: bool(masks[mask] >> i & 1)
    taken = sum(1 for i in range(len(steps)) if not has("new_axis", i) and not has("ellipsis", i))
    out: list[Any] = []
    axis = 0
    for i, (start, stop, step) in enumerate(zip(starts, ends, steps, strict=True)):
        if has("ellipsis", i):
            out += range(axis, axis + rank - taken)
            axis += rank - taken
        elif has("new_axis", i):
            out.append(None)
        else:
            if has("shrink_axis", i):
                picks.append((axis, start, start + 1 if start != -1 else 2**31 - 1, 1))
            else:
                first = (0 if step > 0 else -1) if has("begin", i) else start
                last = (2**31 - 1 if step > 0 else -(2**31)) if has("end", i) else stop
                picks.append((axis, first, last, step))
                out.append(axis)
            axis += 1
    out += range(axis, rank)
    axes, first, last, by = (tuple(column) for column in zip(*picks, strict=True)) if picks else ((), (), (), ())
    y = lo.slice(x, starts=first, ends=last, axes=axes, steps=by if any(s != 1 for s in by) else None) if picks else x
    return y if out == list(range(rank)) else lo.reshape(y, *[1 if a is None else (a,) for a in out])


def _computed_slice(op: Any, lo: Lowering, x: SSAValue, begin: SSAValue, end: SSAValue, steps: Any) -> Any:
    """Bounds that only the run knows."""
    if op.get("ellipsis_mask") or op.get("new_axis_mask"):
        lo.decline("begin or end is not constant under an ellipsis or a new axis")
    count = len(steps)
    if lo.shape(begin) != (count,) or lo.shape(end) != (count,):
        lo.decline("the number of bounds is dynamic")
    masked = np.array([op.get("begin_mask") >> i & 1 for i in range(count)], bool)
    until = np.array([op.get("end_mask") >> i & 1 for i in range(count)], bool)
    shrunk = [i for i in range(count) if op.get("shrink_axis_mask") >> i & 1]
    positive = np.array(steps) > 0
    begin = lo.select(lo.const(masked), lo.i64(np.where(positive, 0, -1)), begin) if masked.any() else begin
    if shrunk:
        one = np.array([i in shrunk for i in range(count)])
        following = lo.add(begin, lo.i64(1))
        following = lo.select(lo.compare(following, lo.i64(0), pred="eq"), lo.i64([2**31 - 1] * count), following)
        end = lo.select(lo.const(one), following, end)
    end = lo.select(lo.const(until), lo.i64(np.where(positive, 2**31 - 1, -(2**31))), end) if until.any() else end
    by = None if all(s == 1 for s in steps) else tuple(steps)
    y = lo.slice(x, begin, end, axes=tuple(range(count)), steps=by)
    return lo.reshape(y, *[(i,) for i in range(lo.rank(x)) if i not in shrunk]) if shrunk else y


@lowering("tfl", "CONCATENATION")
def concatenation(op: Any, lo: Lowering) -> Any:
    """concat"""
    values = lo.operands(len(op.operands))
    same_scale(op, lo, *range(len(values)))
    return fused(op, lo, lo.concat(values, axis=op.get("axis")))


@lowering("tfl", "SPLIT")
def split(op: Any, lo: Lowering) -> Any:
    """split into equal parts"""
    axis, x = lo.operands(2)
    (at,) = lo.need_ints(axis, "the axis")
    size, parts = lo.shape(x)[at], len(op.results)
    if size < 0:
        lo.decline("the size that is split is dynamic")
    return lo.results_of(lo.split(x, axis=at, sizes=(size // parts,) * parts))


@lowering("tfl", "SPLIT_V")
def split_v(op: Any, lo: Lowering) -> Any:
    """split; one size may be -1, what is left over"""
    x, sizes, axis = lo.operands(3)
    (at,) = lo.need_ints(axis, "the axis")
    parts = list(lo.need_ints(sizes, "the sizes"))
    if -1 in parts:
        parts[parts.index(-1)] = lo.shape(x)[at] - sum(p for p in parts if p != -1)
    return lo.results_of(lo.split(x, axis=at, sizes=tuple(parts)))


@lowering("tfl", "PACK")
def pack(op: Any, lo: Lowering) -> Any:
    """concat along a new axis"""
    values = lo.operands(len(op.operands))
    axis = op.get("axis") % (lo.rank(values[0]) + 1)
    return lo.concat([lo.unsqueeze(v, [axis]) for v in values], axis=axis)


@lowering("tfl", "UNPACK")
def unpack(op: Any, lo: Lowering) -> Any:
    """split along an axis, which goes"""
    (x,) = lo.operands(1)
    axis = op.get("axis") % lo.rank(x)
    return [lo.squeeze(p, [axis]) for p in lo.results_of(lo.split(x, axis=axis, sizes=(1,) * len(op.results)))]


@lowering("tfl", "TILE")
def tile(op: Any, lo: Lowering) -> Any:
    """tile"""
    x, times = lo.operands(2)
    return lo.tile(x, wide(lo, times))


@lowering("tfl", "REVERSE_V2")
def reverse(op: Any, lo: Lowering) -> Any:
    """flip"""
    x, axes = lo.operands(2)
    return lo.flip(x, axes=lo.need_ints(axes, "the axes"))


@lowering("tfl", "SPACE_TO_DEPTH")
def space_to_depth(op: Any, lo: Lowering) -> Any:
    """Blocks of pixels become channels: [N, H / b, W / b, b * b * C]"""
    (x,), b = lo.operands(1), op.get("block_size")
    _, h, w, c = lo.shape(x)
    if min(h, w, c) < 0:
        lo.decline("the size of the image is dynamic")
    y = lo.transpose(lo.reshape(x, (0,), h // b, b, w // b, b, c), permutation=(0, 1, 3, 2, 4, 5))
    return lo.reshape(y, (0,), h // b, w // b, b * b * c)


@lowering("tfl", "DEPTH_TO_SPACE")
def depth_to_space(op: Any, lo: Lowering) -> Any:
    """Channels become blocks of pixels: [N, H * b, W * b, C / (b * b)]"""
    (x,), b = lo.operands(1), op.get("block_size")
    _, h, w, c = lo.shape(x)
    if min(h, w, c) < 0:
        lo.decline("the size of the image is dynamic")
    y = lo.transpose(lo.reshape(x, (0,), h, w, b, b, c // (b * b)), permutation=(0, 1, 3, 2, 4, 5))
    return lo.reshape(y, (0,), h * b, w * b, c // (b * b))


@lowering("tfl", "SPACE_TO_BATCH_ND")
def space_to_batch(op: Any, lo: Lowering) -> Any:
    """Blocks of places become samples, after padding"""
    x, block, pads = lo.operands(3)
    blocks = lo.need_ints(block, "the block")
    widths = lo.array(pads)
    if widths is None:
        lo.decline("the pads must be constant")
    m, rank = len(blocks), lo.rank(x)
    low, high = ([0, *map(int, widths[:, i]), *[0] * (rank - 1 - m)] for i in (0, 1))
    scale = quantization(op, 0)
    value = lo.scalar(scale.zeros[0], x) if is_quantized(op, lo) and scale is not None else None
    x = lo.pad(x, value, low=tuple(low), high=tuple(high)) if widths.any() else x
    shape = lo.shape(x)
    if min(shape[: m + 1]) < 0:
        lo.decline("a size is dynamic")
    parts = [p for d, b in zip(shape[1 : m + 1], blocks, strict=True) for p in (d // b, b)]
    y = lo.reshape(x, shape[0], *parts, *[(i,) for i in range(m + 1, rank)])
    order = [*range(2, 2 * m + 1, 2), 0, *range(1, 2 * m + 1, 2), *range(2 * m + 1, m + rank)]
    y = lo.transpose(y, permutation=tuple(order))
    batch = int(shape[0] * np.prod(blocks))
    return lo.reshape(y, batch, *[d // b for d, b in zip(shape[1 : m + 1], blocks, strict=True)], *[(i + m,) for i in range(m + 1, rank)])


@lowering("tfl", "BATCH_TO_SPACE_ND")
def batch_to_space(op: Any, lo: Lowering) -> Any:
    """Samples become blocks of places, what is cropped goes"""
    x, block, crops = lo.operands(3)
    blocks = lo.need_ints(block, "the block")
    cut = lo.array(crops)
    if cut is None:
        lo.decline("the crops must be constant")
    m, rank, shape = len(blocks), lo.rank(x), lo.shape(x)
    if min(shape[: m + 1]) < 0:
        lo.decline("a size is dynamic")
    batch = shape[0] // int(np.prod(blocks))
    y = lo.reshape(x, *blocks, batch, *shape[1 : m + 1], *[(i,) for i in range(m + 1, rank)])
    order = [m, *(a for i in range(m) for a in (m + 1 + i, i)), *range(2 * m + 1, m + rank)]
    y = lo.transpose(y, permutation=tuple(order))
    sizes = [d * b for d, b in zip(shape[1 : m + 1], blocks, strict=True)]
    y = lo.reshape(y, batch, *sizes, *[(i + m,) for i in range(m + 1, rank)])
    if not cut.any():
        return y
    ends = tuple(size - int(c) for size, c in zip(sizes, cut[:, 1], strict=True))
    return lo.slice(y, starts=tuple(map(int, cut[:, 0])), ends=ends, axes=tuple(range(1, m + 1)))


@lowering("tfl", "RESIZE_NEAREST_NEIGHBOR")
def resize_nearest(op: Any, lo: Lowering) -> Any:
    """resize; nearest rounds down, between corners to the nearest"""
    x, size = lo.operands(2)
    rounding = "round_prefer_ceil" if op.get("align_corners") else "floor"
    centres = bool(op.get("half_pixel_centers"))
    way = "align_corners" if op.get("align_corners") else "asymmetric" if not centres else "half_pixel"
    return lo.resize(x, wide(lo, size), axes=(1, 2), mode="nearest", coordinates=way, nearest="round_prefer_ceil" if centres else rounding)


@lowering("tfl", "RESIZE_BILINEAR")
def resize_bilinear(op: Any, lo: Lowering) -> Any:
    """resize"""
    x, size = lo.operands(2)
    if is_quantized(op, lo):
        lo.decline("its operand is quantised, for which there is no rule")
    way = "align_corners" if op.get("align_corners") else "half_pixel" if op.get("half_pixel_centers") else "asymmetric"
    return lo.resize(x, wide(lo, size), axes=(1, 2), mode="linear", coordinates=way)
