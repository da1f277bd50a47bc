"""Operators that move elements, say shapes, read and write at places."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import numpy_helper
from onnx_builder import ANY, FLOATS, Builder, Value, operator

SINGLE = (np.float32,)


@operator("Shape", "Size")
def shape(b: Builder, op: str) -> None:
    """Sometimes a part of it"""
    x = b.pick(ANY)
    part: dict[str, Any] = {}
    if op == "Shape" and b.opset >= 15 and b.rng.random() < 0.5:
        part = {"start": b.rng.randint(-3, 3), "end": b.rng.choice([None, b.rng.randint(-3, 3)])}
    b.node(op, [x], **part)


@operator("Reshape", since=5)
def reshape(b: Builder, op: str) -> None:
    """With -1, with 0, to a vector, to a scalar"""
    x = b.pick(ANY)
    dims = list(x.shape)
    b.rng.shuffle(dims)
    if len(dims) > 1 and b.rng.random() < 0.5:
        at = b.rng.randrange(len(dims) - 1)
        dims[at : at + 2] = [dims[at] * dims[at + 1]]
    if b.rng.random() < 0.3:
        dims.insert(b.rng.randint(0, len(dims)), 1)
    if dims and 0 not in dims and b.rng.random() < 0.5:
        dims[b.rng.randrange(len(dims))] = -1
    for i, d in enumerate(dims[: x.rank]):
        if d == x.shape[i] and d != 0 and b.rng.random() < 0.3:
            dims[i] = 0
    b.node(op, [x, b.ints(np.array(dims, np.int64))])


@operator("Transpose")
def transpose(b: Builder, op: str) -> None:
    """Any order; reversed without one"""
    x = b.pick(ANY)
    b.node(op, [x], perm=b.rng.sample(range(x.rank), x.rank) if x.rank and b.rng.random() < 0.8 else None)


@operator("Flatten", since=9)
def flatten(b: Builder, op: str) -> None:
    """At an axis"""
    x = b.pick(FLOATS, least=1)
    b.node(op, [x], axis=b.rng.randint(0 if b.opset < 11 else -x.rank, x.rank))


@operator("Squeeze")
def squeeze(b: Builder, op: str) -> None:
    """Axes are an operand from 13 on"""
    x = b.fresh(b.rng.choice(ANY), [b.rng.choice([1, 1, 3]) for _ in range(b.rng.randint(1, 4))])
    ones = [a for a, d in enumerate(x.shape) if d == 1]
    axes = b.rng.sample(ones, b.rng.randint(1, len(ones))) if ones and b.rng.random() < 0.7 else None
    if b.opset < 13:
        b.node(op, [x], axes=axes)
    else:
        b.node(op, [x, *([] if axes is None else [b.ints(axes)])])


@operator("Unsqueeze")
def unsqueeze(b: Builder, op: str) -> None:
    """Axes are an operand from 13 on"""
    x = b.pick(ANY, most=3)
    count = b.rng.randint(1, 2)
    axes = b.rng.sample(range(x.rank + count), count)
    if b.opset >= 11 and b.rng.random() < 0.4:
        axes = [a - x.rank - count for a in axes]
    if b.opset < 13:
        b.node(op, [x], axes=axes)
    else:
        b.node(op, [x, b.ints(axes)])


@operator("Concat")
def concat(b: Builder, op: str) -> None:
    """Along an axis"""
    x = b.pick((np.float32, np.int64, np.bool_, np.float16), least=1)
    axis = b.axis(x) if b.opset >= 11 else b.rng.randint(0, x.rank - 1)
    others = []
    for _ in range(b.rng.randint(0, 2)):
        dims = list(x.shape)
        dims[axis] = b.rng.randint(0, 3)
        others.append(b.fresh(x.dtype, dims))
    b.node(op, [x, *others], axis=axis)


@operator("Split")
def split(b: Builder, op: str) -> None:
    """By sizes, evenly, or into a number of parts (18)"""
    x = b.pick((np.float32, np.int64), least=1)
    axis = b.axis(x) if b.opset >= 11 else b.rng.randint(0, x.rank - 1)
    size = x.shape[axis]
    cut = b.rng.randint(0, size)
    if b.rng.random() < 0.6 or size < 2:
        if b.opset < 13:
            b.node(op, [x], 2, axis=axis, split=[cut, size - cut])
        else:
            b.node(op, [x, b.ints([cut, size - cut])], 2, axis=axis)
    elif b.opset >= 18:
        b.node(op, [x], 2, axis=axis, num_outputs=2)
    elif size % 2 == 0:
        b.node(op, [x], 2, axis=axis)


@operator("Slice")
def slice_(b: Builder, op: str) -> None:
    """Forwards and backwards, over the end, beyond it; attributes before version 10"""
    x = b.pick(ANY, least=1)
    axes = b.axes(x)
    starts = [b.rng.randint(-x.shape[a] - 1, x.shape[a] + 1) for a in axes]
    ends = [b.rng.choice([b.rng.randint(-x.shape[a] - 1, x.shape[a] + 1), 2**31 - 1, -(2**31)]) for a in axes]
    if b.opset < 10:
        b.node(op, [x], starts=starts, ends=ends, axes=[a % x.rank for a in axes])
        return
    operands = [x, b.ints(starts), b.ints(ends), b.ints(axes)]
    if b.rng.random() < 0.6:
        operands.append(b.ints([b.rng.choice([1, 1, 2, -1, -2, 3]) for _ in axes]))
    b.node(op, operands)


@operator("Pad")
def pad(b: Builder, op: str) -> None:
    """Every mode; negative pads crop; axes from 18 on"""
    x = b.fresh(b.rng.choice([np.float32, np.float32, np.int64, np.float64]), [max(d, 3) for d in b.shape(1)])
    modes = ["constant", "constant", "reflect", "edge", *(["wrap"] if b.opset >= 19 else [])]
    mode = b.rng.choice(modes)
    axes = b.axes(x) if b.opset >= 18 and b.rng.random() < 0.5 else list(range(x.rank))
    pads = [b.rng.choice([0, 0, 1, 2, -1] if mode == "constant" else [0, 0, 1, 2]) for _ in range(2 * len(axes))]
    if b.opset < 11:
        if x.dtype.kind == "f":
            b.node(op, [x], mode=mode, pads=pads, value=b.rng.choice([None, 1.5]))
        return
    value = b.new(np.array(b.rng.choice([2, -1]), x.dtype)) if b.rng.random() < 0.5 and mode == "constant" else None
    operands: list[Value | None] = [x, b.ints(pads), value]
    if axes != list(range(x.rank)):
        operands.append(b.ints(axes))
    while operands[-1] is None:
        operands.pop()
    b.node(op, operands, mode=mode)


@operator("Expand", since=8)
def expand(b: Builder, op: str) -> None:
    """To a shape that may have ones where x has more"""
    x = b.pick((np.float32, np.int64, np.bool_), most=3)
    target = [d if d != 1 else b.rng.randint(1, 3) for d in x.shape]
    target = [1 if b.rng.random() < 0.2 else d for d in target]
    b.node(op, [x, b.ints(np.array([b.rng.randint(1, 2) for _ in range(b.rng.randint(0, 1))] + target, np.int64))])


@operator("Tile", since=6)
def tile(b: Builder, op: str) -> None:
    """Sometimes zero times"""
    x = b.pick((np.float32, np.int64, np.bool_), least=1, most=3)
    b.node(op, [x, b.ints([b.rng.choice([1, 1, 2, 3, 0] if b.rng.random() < 0.1 else [1, 2]) for _ in x.shape])])


@operator("Gather", "GatherElements", since=11)
def gather(b: Builder, op: str) -> None:
    """Negative places too"""
    x = b.fresh(b.rng.choice(ANY), [max(d, 1) for d in b.shape(1)])
    axis = b.axis(x)
    size = x.shape[axis]
    dims = (
        list(b.shape(0, 2))
        if op == "Gather"
        else [b.rng.randint(0, 4) if i == axis % x.rank else b.rng.randint(1, d) for i, d in enumerate(x.shape)]
    )
    places = b.fresh(b.rng.choice([np.int64, np.int32]), dims, -size, size - 1)
    b.node(op, [x, places], axis=axis)


@operator("GatherND", since=11)
def gather_nd(b: Builder, op: str) -> None:
    """Tuples of one or more places, after shared batch dimensions from 12 on"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1)])
    batch = b.rng.randint(0, x.rank - 1) if b.opset >= 12 and b.rng.random() < 0.4 else 0
    count = b.rng.randint(1, x.rank - batch)
    dims = [*x.shape[:batch], *b.shape(0, 2)]
    columns = [b.random(np.int64, dims, -x.shape[batch + i], x.shape[batch + i] - 1) for i in range(count)]
    b.node(op, [x, b.new(np.stack(columns, axis=-1))], batch_dims=batch if batch else None)


@operator("ScatterElements", since=11)
@operator("Scatter", since=9)
def scatter(b: Builder, op: str) -> None:
    """Places come once, or are combined"""
    if op == "Scatter" and b.opset >= 11:
        return
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1)])
    axis = b.rng.randint(0, x.rank - 1)
    count = b.rng.randint(1, x.shape[axis])
    dims = [count if i == axis else b.rng.randint(1, d) for i, d in enumerate(x.shape)]
    order = np.argsort(b.arrays.random([x.shape[axis] if i == axis else d for i, d in enumerate(dims)]), axis=axis).take(range(count), axis)
    how = b.rng.choice([None, *(["add", "mul"] if b.opset >= 16 else []), *(["max", "min"] if b.opset >= 18 else [])])
    b.node(op, [x, b.new(order.astype(np.int64)), b.fresh(np.float32, dims)], axis=axis, reduction=how)


@operator("ScatterND", since=11)
def scatter_nd(b: Builder, op: str) -> None:
    """Tuples come once, or are combined"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1)])
    count = b.rng.randint(1, x.rank)
    total = int(np.prod(x.shape[:count]))
    places = b.arrays.permutation(total)[: b.rng.randint(1, total)]
    tuples = np.stack(np.unravel_index(places, x.shape[:count]), axis=-1).astype(np.int64)
    how = b.rng.choice([None, *(["add", "mul"] if b.opset >= 16 else []), *(["max", "min"] if b.opset >= 18 else [])])
    b.node(op, [x, b.new(tuples), b.fresh(np.float32, [len(places), *x.shape[count:]])], reduction=how)


@operator("TensorScatter", since=24)
def tensor_scatter(b: Builder, op: str) -> None:
    """Into a cache"""
    batch, length, size = b.rng.randint(1, 3), b.rng.randint(3, 5), b.rng.randint(1, 3)
    new = b.rng.randint(1, 2)
    cache = b.fresh(np.float32, [batch, 2, length, size])
    b.node(op, [cache, b.fresh(np.float32, [batch, 2, new, size]), b.fresh(np.int64, [batch], 0, length - new)])


@operator("DepthToSpace", "SpaceToDepth")
def blocks(b: Builder, op: str) -> None:
    """Both modes"""
    block, n, c = b.rng.choice([1, 2, 3]), b.rng.randint(1, 2), b.rng.randint(1, 2)
    h, w = b.rng.randint(1, 3), b.rng.randint(1, 3)
    if op == "DepthToSpace":
        mode = b.rng.choice([None, "DCR", "CRD"]) if b.opset >= 11 else None
        b.node(op, [b.fresh(np.float32, [n, c * block * block, h, w])], blocksize=block, mode=mode)
    else:
        b.node(op, [b.fresh(np.float32, [n, c, h * block, w * block])], blocksize=block)


@operator("Compress", since=9)
def compress(b: Builder, op: str) -> None:
    """Along an axis or of all elements"""
    x = b.fresh(b.rng.choice([np.float32, np.int64]), [max(d, 1) for d in b.shape(1)])
    axis = b.rng.choice([None, b.rng.randint(0, x.rank - 1)])
    length = int(np.prod(x.shape)) if axis is None else x.shape[axis]
    b.node(op, [x, b.fresh(np.bool_, [b.rng.randint(1, length)])], axis=axis)


@operator("OneHot", since=9)
def one_hot(b: Builder, op: str) -> None:
    """Places beyond the depth are all off"""
    depth = b.rng.randint(2, 5)
    places = b.fresh(np.int64, b.shape(1, 2), -depth if b.opset >= 11 else 0, depth)
    values = b.new(np.array([b.rng.randint(-1, 0), b.rng.randint(1, 3)], b.rng.choice([np.float32, np.int64])))
    rank = places.rank + 1
    b.node(op, [places, b.ints(depth), values], axis=b.rng.randint(-rank, rank - 1))


@operator("Range", since=11)
def range_(b: Builder, op: str) -> None:
    """Up and down"""
    kind = b.rng.choice([np.int64, np.int32, np.float32])
    step = b.rng.choice([1, 2, -1, -3])
    b.node(op, [b.ints(v, kind) for v in (b.rng.randint(-3, 3), b.rng.randint(-5, 9), step)])


@operator("ConstantOfShape", since=9)
def constant_of_shape(b: Builder, op: str) -> None:
    """Zeros, or a number of some type"""
    value = np.array([b.rng.randint(1, 5)], b.rng.choice([np.float32, np.int64, np.int32]))
    dims = b.ints(np.array(b.shape(0, 3), np.int64))
    b.node(op, [dims], value=numpy_helper.from_array(value) if b.rng.random() < 0.7 else None)


@operator("Constant")
def constant(b: Builder, op: str) -> None:
    """A tensor, or numbers from 12 on"""
    if b.opset >= 12 and b.rng.random() < 0.5:
        kinds: list[dict[str, Any]] = [{"value_int": 3}, {"value_float": 0.5}, {"value_ints": [1, 2]}, {"value_floats": [0.5, 1.5]}]
        b.node(op, [], **b.rng.choice(kinds))
    else:
        b.node(op, [], value=numpy_helper.from_array(b.random(b.rng.choice(ANY), b.shape())))


@operator("EyeLike", since=9)
def eye_like(b: Builder, op: str) -> None:
    """Any diagonal"""
    b.node(op, [b.pick((np.float32, np.int64), least=2, most=2)], k=b.rng.randint(-2, 2), dtype=b.rng.choice([None, 1, 7]))


@operator("Trilu", since=14)
def trilu(b: Builder, op: str) -> None:
    """Either triangle of matrices"""
    x = b.pick((np.float32, np.int64), least=2)
    operands = [x, b.ints(b.rng.randint(-3, 3))] if b.rng.random() < 0.7 else [x]
    b.node(op, operands, upper=b.rng.choice([0, 1]))


@operator("ReverseSequence", since=10)
def reverse_sequence(b: Builder, op: str) -> None:
    """Time first or batch first"""
    time = b.rng.randint(0, 1)
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(2, 3)])
    lengths = b.fresh(np.int64, [x.shape[1 - time]], 1, x.shape[time])
    b.node(op, [x, lengths], time_axis=time, batch_axis=1 - time)


@operator("CenterCropPad", since=18)
def center_crop_pad(b: Builder, op: str) -> None:
    """Smaller and larger"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1, 3)])
    axes = b.axes(x) if b.rng.random() < 0.5 else None
    b.node(op, [x, b.ints([b.rng.randint(1, 5) for _ in (axes if axes is not None else x.shape)])], axes=axes)


@operator("Upsample", since=9)
def upsample(b: Builder, op: str) -> None:
    """Replaced by Resize in version 10"""
    if b.opset >= 10:
        return
    x = b.fresh(np.float32, [1, 2, b.rng.randint(1, 3), b.rng.randint(1, 3)])
    b.node(op, [x, b.new(np.array([1, 1, 2, b.rng.choice([1, 2, 3])], np.float32))], mode=b.rng.choice(["nearest", "linear"]))


@operator("BitCast", since=26)
def bit_cast(b: Builder, op: str) -> None:
    """Same width"""
    b.node(op, [b.fresh(np.float32, b.shape())], to=6)
