"""Operators that move elements: views, transposes, joins, splits, slices, padding, repetition."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i1, i64
from xdsl.ir import SSAValue

from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, Size, aten

_END = (1 << 63) - 1


@aten(
    "view",
    "reshape",
    "_unsafe_view",
    "view_copy",
    "_reshape_alias",
    "flatten",
    "unflatten",
    "unflatten_dense_tensors",
    "_reshape_copy",
    "ravel",
)
def reshape(call: Call, lo: Lowering) -> Any:
    """reshape; where the program states all dimensions but one, that one is left over"""
    if call.overload == "dtype":
        return lo.bitcast(call.x(), to=call.element())
    shape = call.known_shape()
    if shape.count(-1) <= 1 and 0 not in shape:
        return lo.emit(inf.ReshapeOp, call.x(), shape=shape)
    if shape.count(-1) == 0:
        return lo.emit_reshape(call.x(), lo.i64(shape))
    return lo.emit_reshape(call.x(), call.i64_list(_wanted(call, lo, shape)))


def _wanted(call: Call, lo: Lowering, shape: tuple[int, ...]) -> list[Size]:
    """The dimensions of a reshape of which several are computed."""
    x = call.x()
    if call.packet in ("flatten", "ravel"):
        rank = lo.rank(x)
        first, last = (call.get(n, d) % rank for n, d in (("start_dim", 0), ("end_dim", -1)))
        sizes: list[Size] = [lo.size_of(x, i) if lo.shape(x)[i] < 0 else lo.shape(x)[i] for i in range(rank)]
        return [*sizes[:first], -1, *sizes[last + 1 :]]
    if call.packet == "unflatten":
        axis, rank = call.axis(), lo.rank(x)
        sizes = [lo.size_of(x, i) if lo.shape(x)[i] < 0 else lo.shape(x)[i] for i in range(rank)]
        return [*sizes[:axis], *call.sizes("sizes"), *sizes[axis + 1 :]]
    given = call.sizes("shape" if call.packet == "reshape" else "size")
    return [known if known >= 0 else size for known, size in zip(shape, given, strict=True)]


@aten("view_as", "reshape_as")
def view_as(call: Call, lo: Lowering) -> Any:
    """x in the shape of another"""
    return lo.like_shape(call.x(), call.x("other"))


@aten("squeeze", "squeeze_copy", "unsqueeze", "unsqueeze_copy")
def squeezes(call: Call, lo: Lowering) -> Any:
    """reshape without, or with more, dimensions of 1"""
    x = call.x()
    rank = lo.rank(x)
    if call.packet.startswith("unsqueeze"):
        return lo.unsqueeze(x, [call.get("dim") % (rank + 1)])
    if rank == 0:
        return x
    given = call.get("dim")
    axes = range(rank) if given is None else [given % rank] if isinstance(given, int) else [d % rank for d in given]
    gone = [a for a in axes if lo.shape(x)[a] == 1]
    kept = len(call.known_shape())
    if rank - len(gone) != kept:
        gone = list(axes) if rank - len(list(axes)) == kept else lo.decline("a dimension that may be 1 is computed")
    return lo.squeeze(x, gone) if gone else x


@aten(
    "permute",
    "permute_copy",
    "transpose",
    "transpose_copy",
    "t",
    "t_copy",
    "swapaxes",
    "swapdims",
    "movedim",
    "moveaxis",
    "numpy_T",
    "mT",
    "adjoint",
)
def permute(call: Call, lo: Lowering) -> Any:
    """transpose"""
    x = call.x()
    order = list(range(lo.rank(x)))
    match call.packet:
        case "permute" | "permute_copy":
            order = [d % len(order) for d in call.ints("dims")]
        case "t" | "t_copy" | "numpy_T":
            order.reverse()
        case "mT" | "adjoint":
            order[-2:] = order[:-3:-1]
        case "movedim" | "moveaxis":
            order = _moved(order, call.ints("source", 1), call.ints("destination", 1))
        case _ if order:
            names = ("dim0", "dim1") if "dim0" in call.op.schema.attributes else ("axis0", "axis1")
            a, b = (call.get(n) % len(order) for n in names)
            order[a], order[b] = order[b], order[a]
    return x if order == sorted(order) else lo.transpose(x, permutation=tuple(order))


def _moved(order: list[int], sources: tuple[int, ...], targets: tuple[int, ...]) -> list[int]:
    rank = len(order)
    pairs = sorted((t % rank, s % rank) for s, t in zip(sources, targets, strict=True))
    left = [a for a in order if a not in {s for _, s in pairs}]
    for target, source in pairs:
        left.insert(target, source)
    return left


@aten("expand", "expand_copy", "expand_as", "broadcast_to", "repeat", "tile", "repeat_interleave")
def repeats(call: Call, lo: Lowering) -> Any:
    """broadcast or tile"""
    x = call.x("repeats") if call.packet == "repeat_interleave" and call.overload == "Tensor" else call.x()
    if call.packet in ("expand", "expand_copy", "expand_as", "broadcast_to"):
        return _expanded(call, lo, x)
    if call.packet == "repeat_interleave":
        return _interleaved(call, lo, x)
    times = call.sizes("repeats" if call.packet == "repeat" else "dims")
    rank = lo.rank(x)
    times = [*[1] * (rank - len(times)), *times]
    if len(times) > rank:
        x = lo.unsqueeze(x, range(len(times) - rank))
    if all(isinstance(t, int) for t in times):
        return lo.tile(x, repeats=tuple(times))
    return lo.tile(x, call.i64_list(times))


def _expanded(call: Call, lo: Lowering, x: SSAValue) -> SSAValue:
    shape = call.known_shape()
    if -1 not in shape:
        return x if shape == lo.shape(x) else lo.broadcast(x, shape=shape)
    if call.packet == "expand_as":
        return lo.broadcast(x, lo.shape_of(call.x("other")))
    own = lo.shape(x)
    behind = len(shape) - len(own)
    sizes: list[Size] = []
    for i, (known, size) in enumerate(zip(shape, call.sizes("size"), strict=True)):
        keeps = size == -1 or (i >= behind and own[i - behind] == -1)
        sizes.append(known if known >= 0 else 1 if keeps else size)
    return lo.broadcast(x, call.i64_list(sizes))


def _interleaved(call: Call, lo: Lowering, x: SSAValue) -> SSAValue:
    """Every element as often as asked, one after the other."""
    times = call.get("repeats") if call.overload == "self_int" else None
    if not isinstance(times, int):
        lo.decline("repeat_interleave with counts that are a tensor")
    if call.get("dim") is None:
        x, axis = lo.reshape(x, -1), 0
    else:
        axis = call.axis()
    rank = lo.rank(x)
    wide = lo.tile(lo.unsqueeze(x, [axis + 1]), repeats=tuple(times if i == axis + 1 else 1 for i in range(rank + 1)))
    entries = [(i,) for i in range(axis)] + [(axis, axis + 1)] + [(i,) for i in range(axis + 2, rank + 1)]
    return lo.reshape(wide, *entries)


@aten("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack")
def joins(call: Call, lo: Lowering) -> Any:
    """concat, of tensors in the element type of the result; torch leaves out empty ones of one dimension"""
    given = [lo.cast(t, call.element()) for t in call.tensors("tensors") if t is not None]
    ranks = [lo.rank(t) for t in given]
    parts = [t for t in given if lo.shape(t) != (0,) or max(ranks) == 1]
    match call.packet:
        case "stack":
            axis = call.get("dim", 0) % (ranks[0] + 1)
            parts = [lo.unsqueeze(t, [axis]) for t in parts]
        case "hstack" | "column_stack":
            column = call.packet == "column_stack"
            parts = [lo.reshape(t, 1) if lo.rank(t) == 0 else t for t in parts]
            parts = [lo.unsqueeze(t, [1]) if column and lo.rank(t) == 1 else t for t in parts]
            axis = min(lo.rank(parts[0]) - 1, 1)
        case "vstack" | "dstack":
            parts, axis = [_at_least(lo, t, 2 if call.packet == "vstack" else 3) for t in parts], 0 if call.packet == "vstack" else 2
        case _:
            axis = call.get("dim", 0) % lo.rank(parts[0])
    return parts[0] if len(parts) == 1 else lo.concat(parts, axis=axis)


def _at_least(lo: Lowering, x: SSAValue, rank: int) -> SSAValue:
    """x with dimensions of 1: torch.atleast_2d, atleast_3d."""
    own = lo.rank(x)
    if own >= rank:
        return x
    if own == 0:
        return lo.reshape(x, *[1] * rank)
    x = lo.unsqueeze(x, [0]) if own == 1 else x
    return x if rank == 2 else lo.unsqueeze(x, [2])


@aten("atleast_1d", "atleast_2d", "atleast_3d")
def at_least(call: Call, lo: Lowering) -> Any:
    """x with dimensions of 1"""
    x, rank = call.x(), int(call.packet[8])
    return lo.reshape(x, 1) if rank == 1 and lo.rank(x) == 0 else x if rank == 1 else _at_least(lo, x, rank)


@aten("split", "split_copy", "split_with_sizes", "split_with_sizes_copy", "chunk", "tensor_split", "unsafe_split", "unsafe_chunk", "unsafe_split_with_sizes",
      "unbind", "unbind_copy", "hsplit", "vsplit")  # fmt: skip
def splits(call: Call, lo: Lowering) -> Any:
    """split, in the sizes that the program states; unbind drops the dimension"""
    x = call.x()
    axis = {"hsplit": min(lo.rank(x) - 1, 1), "vsplit": 0}.get(call.packet, -1)
    axis = call.axis() if axis < 0 else axis
    if call.packet.startswith("unbind"):
        parts = [lo.slice(x, starts=(i,), ends=(i + 1,), axes=(axis,)) for i in range(len(call.op.results))]
        return [lo.squeeze(p, [axis]) for p in parts]
    sizes = [call.known_shape(i)[axis] for i in range(len(call.op.results))]
    if -1 not in sizes:
        return lo.results_of(lo.split(x, axis=axis, sizes=tuple(sizes)))
    step = call.get("split_size", call.get("split_sizes"))
    if not isinstance(step, int):
        lo.decline("parts of computed sizes")
    return [lo.slice(x, starts=(i * step,), ends=((i + 1) * step,), axes=(axis,)) for i in range(len(sizes))]


@aten("slice", "slice_copy", "narrow", "narrow_copy", "select", "select_copy")
def slices(call: Call, lo: Lowering) -> Any:
    """slice; select takes one and drops the dimension"""
    x, axis = call.x(), call.axis()
    if call.packet.startswith("select"):
        return _selected(call, lo, x, axis)
    start, end, step = _bounds(call, lo)
    if isinstance(start, int) and isinstance(end, int):
        whole = start == 0 and step == 1 and (end == _END or end == lo.shape(x)[axis])
        return x if whole else lo.slice(x, starts=(start,), ends=(end,), axes=(axis,), **({"steps": (step,)} if step != 1 else {}))
    return lo.slice(x, call.i64_list([start]), call.i64_list([end]), axes=(axis,), **({"steps": (step,)} if step != 1 else {}))


def _bounds(call: Call, lo: Lowering) -> tuple[Size, Size, int]:
    """Start, end and step of a slice; of narrow, start and start + length."""
    start = call.size("start", 0)
    start = 0 if start is None else start
    if not call.packet.startswith("narrow"):
        end = call.size("end", _END)
        return start, _END if end is None else end, call.get("step", 1)
    length = call.size("length")
    assert length is not None
    if isinstance(start, int) and isinstance(length, int):
        return start, start + length, 1
    a, b = (lo.const(v) if isinstance(v, int) else lo.cast(lo.reshape(v), i64) for v in (start, length))
    return start, lo.add(a, b), 1


def _selected(call: Call, lo: Lowering, x: SSAValue, axis: int) -> SSAValue:
    index = call.size("index")
    assert index is not None
    if not isinstance(index, int):
        return lo.gather(x, lo.cast(lo.reshape(index), i64), axis=axis)
    end = index + 1 if index != -1 else _END
    return lo.squeeze(lo.slice(x, starts=(index,), ends=(end,), axes=(axis,)), [axis])


@aten("slice_scatter", "select_scatter", "diagonal_scatter")
def scatters_of_slices(call: Call, lo: Lowering) -> Any:
    """x with a slice replaced: the elements of the source where positions along the dimension are in the slice"""
    x, source, axis = call.x(), lo.cast(call.x("src"), call.element()), 0
    if call.packet == "diagonal_scatter":
        lo.decline("diagonal_scatter")
    axis = call.axis()
    size = lo.shape(x)[axis]
    if call.packet == "select_scatter":
        index = call.size("index")
        source = lo.unsqueeze(source, [axis])
        assert index is not None
        where = lo.i64([index % size if size > 0 else index]) if isinstance(index, int) else lo.reshape(index, 1)
        return _replaced(lo, x, source, axis, where)
    start, end, step = _bounds(call, lo)
    if not isinstance(start, int) or not isinstance(end, int) or size < 0:
        return _computed_slice_scatter(call, lo, x, source, axis, (start, end, step))
    positions = list(range(*slice(start, end, step).indices(size)))
    if len(positions) == size:
        return source
    return _replaced(lo, x, source, axis, lo.i64(positions))


def _replaced(lo: Lowering, x: SSAValue, source: SSAValue, axis: int, positions: SSAValue) -> SSAValue:
    """x with its slices at some positions along an axis replaced."""
    if axis == 0:
        return lo.scatter_nd(x, lo.unsqueeze(positions, [1]), source)
    order = (axis, *(i for i in range(lo.rank(x)) if i != axis))
    back = tuple(order.index(i) for i in range(len(order)))
    moved = lo.scatter_nd(lo.transpose(x, permutation=order), lo.unsqueeze(positions, [1]), lo.transpose(source, permutation=order))
    return lo.transpose(moved, permutation=back)


def _computed_slice_scatter(call: Call, lo: Lowering, x: SSAValue, source: SSAValue, axis: int, bounds: tuple[Size, Size, int]) -> SSAValue:
    """A slice whose bounds are computed: the positions are those of a slice of 0, 1, 2, ..."""
    start, end, step = bounds
    whole = start == 0 and end == _END and step == 1
    if whole:
        return source
    count = lo.range(lo.const(0), lo.size_of(x, axis), lo.const(1))
    steps = {"steps": (step,)} if step != 1 else {}
    return _replaced(lo, x, source, axis, lo.slice(count, call.i64_list([start]), call.i64_list([end]), axes=(0,), **steps))


@aten("flip", "fliplr", "flipud", "roll", "rot90")
def flips(call: Call, lo: Lowering) -> Any:
    """flip; roll joins the two parts the other way round"""
    x = call.x()
    match call.packet:
        case "flip":
            return lo.flip(x, axes=tuple(d % lo.rank(x) for d in call.ints("dims")))
        case "fliplr" | "flipud":
            return lo.flip(x, axes=(1 if call.packet == "fliplr" else 0,))
        case "rot90":
            return _turned(call, lo, x)
    shifts, dims = call.ints("shifts"), call.ints("dims")
    flat = not dims
    y, axes = (lo.reshape(x, -1), (0,)) if flat else (x, tuple(d % lo.rank(x) for d in dims))
    for shift, axis in zip(shifts, axes, strict=True):
        size = lo.shape(y)[axis]
        cut = -shift % size if size > 0 else -shift
        if cut:
            head, tail = lo.slice(y, starts=(cut,), ends=(_END,), axes=(axis,)), lo.slice(y, starts=(0,), ends=(cut,), axes=(axis,))
            y = lo.concat([head, tail], axis=axis)
    return lo.like_shape(y, x) if flat else y


def _turned(call: Call, lo: Lowering, x: SSAValue) -> SSAValue:
    a, b = (d % lo.rank(x) for d in call.ints("dims"))
    order = list(range(lo.rank(x)))
    order[a], order[b] = order[b], order[a]
    match call.get("k", 1) % 4:
        case 0:
            return x
        case 2:
            return lo.flip(x, axes=(a, b))
        case 1:
            return lo.transpose(lo.flip(x, axes=(b,)), permutation=tuple(order))
    return lo.flip(lo.transpose(x, permutation=tuple(order)), axes=(b,))


@aten("constant_pad_nd", "pad", "reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "replication_pad1d", "replication_pad2d", "replication_pad3d",
      "zero_pad2d")  # fmt: skip
def pad(call: Call, lo: Lowering) -> Any:
    """pad; torch counts pairs from the last dimension"""
    x = call.x()
    names = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    mode = (
        "reflect"
        if "reflection" in call.packet
        else "edge"
        if "replication" in call.packet
        else names.get(call.get("mode", "constant"), "constant")
    )
    sizes = call.sizes("pad" if call.packet in ("pad", "constant_pad_nd") else "padding")
    rank = lo.rank(x)
    low: list[Size] = [0] * rank
    high: list[Size] = [0] * rank
    for i in range(len(sizes) // 2):
        low[rank - 1 - i], high[rank - 1 - i] = sizes[2 * i], sizes[2 * i + 1]
    value = call.get("value", 0) or 0
    fill = call.number(value) if mode == "constant" and value != 0 else None
    if all(isinstance(s, int) for s in (*low, *high)):
        return lo.pad(x, fill, low=tuple(low), high=tuple(high), mode=mode)
    return lo.pad(x, fill, call.i64_list([*low, *high]), mode=mode)


@aten("tril", "triu")
def triangle(call: Call, lo: Lowering) -> Any:
    """trilu"""
    x, k = call.x(), call.get("diagonal", 0)
    lower = call.packet == "tril"
    if lo.element(x) == i1:
        y = lo.trilu(lo.cast(x, np.dtype(np.int32)), lo.const(k) if k else None, lower=lower)
        return lo.cast(y, i1)
    return lo.trilu(x, lo.const(k) if k else None, lower=lower)


@aten("diagonal", "diagonal_copy", "diag", "diag_embed", "trace")
def diagonals(call: Call, lo: Lowering) -> Any:
    """The diagonal of two dimensions, read at positions that are equal; embedded, the elements times the identity"""
    x = call.x()
    if call.packet == "diag_embed" or (call.packet == "diag" and lo.rank(x) == 1):
        return _embedded(call, lo, x)
    offset = call.get("offset", call.get("diagonal", 0))
    a, b = (call.get(n, d) % lo.rank(x) for n, d in (("dim1", 0), ("dim2", 1)))
    rows, columns = lo.shape(x)[a], lo.shape(x)[b]
    if min(rows, columns) < 0:
        lo.decline("the diagonal of computed sizes")
    count = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    places = np.arange(count)
    pairs = np.stack([places - min(offset, 0), places + max(offset, 0)], axis=1)
    others = tuple(i for i in range(lo.rank(x)) if i not in (a, b))
    found = lo.gather_nd(lo.transpose(x, permutation=(a, b, *others)), lo.i64(pairs))
    y = lo.transpose(found, permutation=(*range(1, len(others) + 1), 0)) if others else found
    return lo.reduce(y, "sum", (0,), keepdims=False) if call.packet == "trace" else y


def _embedded(call: Call, lo: Lowering, x: SSAValue) -> SSAValue:
    offset = call.get("offset", call.get("diagonal", 0))
    size, rank = lo.shape(x)[-1], lo.rank(x) + 1
    if size < 0 or (call.get("dim1", -2) % rank, call.get("dim2", -1) % rank) != (rank - 2, rank - 1):
        lo.decline("a diagonal of a computed size, or between other dimensions")
    at = np.eye(size + abs(offset), dtype=bool, k=offset)
    low, high = max(offset, 0), max(-offset, 0)
    wide = lo.pad(x, low=(*[0] * (rank - 2), low), high=(*[0] * (rank - 2), high))
    return lo.select(lo.const(at), lo.unsqueeze(wide, [rank - 2]), call.number(0))


@aten("unfold", "unfold_copy", "im2col", "col2im", "as_strided", "as_strided_copy")
def windows(call: Call, lo: Lowering) -> Any:
    """Elements read at positions that are known: windows of a dimension, patches of an image, any strides"""
    x = call.x()
    shape = lo.shape(x)
    if -1 in shape:
        lo.decline("windows of a computed size")
    if call.packet == "col2im":
        return _summed_patches(call, lo, x)
    flat = np.arange(int(np.prod(shape))).reshape(shape)
    if call.packet.startswith("as_strided"):
        sizes, strides = call.ints("size"), call.ints("stride")
        start = call.get("storage_offset", 0) or 0
        places = np.full(sizes, start)
        for axis, (size, stride) in enumerate(zip(sizes, strides, strict=True)):
            places = places + (np.arange(size) * stride).reshape([-1 if i == axis else 1 for i in range(len(sizes))])
        if places.size and places.max() >= flat.size:
            lo.decline("strides that leave the tensor")
        return lo.gather(lo.reshape(x, -1), lo.i64(places), axis=0)
    if call.packet == "im2col":
        return _patches(call, lo, x)
    axis, size, step = call.get("dimension") % max(len(shape), 1), call.get("size"), call.get("step")
    count = (shape[axis] - size) // step + 1
    at = np.arange(count)[:, None] * step + np.arange(size)
    found = lo.gather(x, lo.i64(at), axis=axis)
    rank = len(shape) + 1
    return lo.transpose(found, permutation=(*(i for i in range(rank) if i != axis + 1), axis + 1))


def _patch_places(call: Call, height: int, width: int) -> np.ndarray:
    """Positions in a padded image, row-major: [taps, windows]."""
    (kh, kw), (dh, dw) = call.ints("kernel_size", 2), call.ints("dilation", 2)
    (ph, pw), (sh, sw) = call.ints("padding", 2), call.ints("stride", 2)
    rows = np.arange((height + 2 * ph - dh * (kh - 1) - 1) // sh + 1) * sh
    columns = np.arange((width + 2 * pw - dw * (kw - 1) - 1) // sw + 1) * sw
    y = (np.arange(kh) * dh)[:, None, None, None] + rows[None, None, :, None]
    x = (np.arange(kw) * dw)[None, :, None, None] + columns[None, None, None, :]
    return (y * (width + 2 * pw) + x).reshape(kh * kw, -1)


def _patches(call: Call, lo: Lowering, x: SSAValue) -> SSAValue:
    """[N, C, H, W] -> [N, C * taps, windows]"""
    ph, pw = call.ints("padding", 2)
    n, c, h, w = lo.shape(x) if lo.rank(x) == 4 else (1, *lo.shape(x))
    places = _patch_places(call, h, w)
    wide = lo.pad(lo.reshape(x, n, c, h, w), low=(0, 0, ph, pw), high=(0, 0, ph, pw))
    found = lo.gather(lo.reshape(wide, n, c, (h + 2 * ph) * (w + 2 * pw)), lo.i64(places), axis=2)
    return lo.reshape(found, *([n] if lo.rank(x) == 4 else []), c * places.shape[0], places.shape[1])


def _summed_patches(call: Call, lo: Lowering, x: SSAValue) -> SSAValue:
    """[N, C * taps, windows] -> [N, C, H, W], what falls on one place added"""
    (h, w), (ph, pw) = call.ints("output_size", 2), call.ints("padding", 2)
    places = _patch_places(call, h, w)
    shape = lo.shape(x)
    n = shape[0] if len(shape) == 3 else 1
    c = shape[-2] // places.shape[0]
    high, wide = h + 2 * ph, w + 2 * pw
    columns = lo.transpose(lo.reshape(x, n * c, places.size), permutation=(1, 0))
    zeros = lo.const(np.zeros((high * wide, n * c)), lo.dtype(x))
    total = lo.scatter_nd(zeros, lo.i64(places.reshape(-1, 1)), columns, reduction="add")
    image = lo.reshape(lo.transpose(total, permutation=(1, 0)), n, c, high, wide)
    image = lo.slice(image, starts=(ph, pw), ends=(ph + h, pw + w), axes=(2, 3))
    return image if len(shape) == 3 else lo.squeeze(image, [0])


@aten("meshgrid", "broadcast_tensors", "cartesian_prod")
def grids(call: Call, lo: Lowering) -> Any:
    """Each vector along a dimension of its own, repeated along the others"""
    parts = [t for t in call.tensors("tensors") if t is not None]
    if call.packet == "cartesian_prod":
        lo.decline("cartesian_prod")
    shape = call.known_shape()
    if -1 in shape:
        lo.decline("a grid of computed sizes")
    if call.packet == "broadcast_tensors":
        return [lo.broadcast(t, shape=shape) for t in parts]
    count = len(parts)
    order = [1, 0, *range(2, count)] if call.get("indexing", "ij") == "xy" and count > 1 else list(range(count))
    turned = [lo.reshape(t, *[-1 if j == order[i] else 1 for j in range(count)]) for i, t in enumerate(parts)]
    return [lo.broadcast(t, shape=shape) for t in turned]
