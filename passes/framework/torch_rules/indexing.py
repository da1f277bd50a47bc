"""Reading and writing at computed positions."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i1, i64
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten


@aten("embedding", "index_select", "embedding_renorm")
def gather(call: Call, lo: Lowering) -> Any:
    """gather of rows"""
    if call.packet == "embedding":
        return lo.gather(call.x("weight"), lo.cast(call.x("indices"), i64), axis=0)
    x, at = call.x(), lo.cast(call.x("index"), i64)
    if lo.rank(x) == 0:
        return lo.reshape(x) if lo.rank(at) == 0 else lo.broadcast(lo.reshape(x), lo.shape_of(at))
    return lo.gather(x, at if lo.rank(at) == 1 else lo.reshape(at, 1), axis=call.axis())


@aten("embedding_bag", "_embedding_bag", "_embedding_bag_forward_only")
def embedding_bag(call: Call, lo: Lowering) -> Any:
    """Rows summed, averaged or compared within bags of the sizes that constant offsets give"""
    offsets, at = lo.ints(call.x("offsets")), lo.cast(call.x("indices"), i64)
    count = lo.shape(at)[0]
    if offsets is None or count < 0 or any(lo.wants(i) for i in range(1, len(call.op.results))):
        lo.decline("bags of computed sizes, or what torch keeps for gradients")
    rows = lo.gather(call.x("weight"), at, axis=0)
    weights = call.tensor("per_sample_weights")
    rows = rows if weights is None else lo.mul(rows, lo.unsqueeze(weights, [1]))
    kind = ("sum", "mean", "max")[call.get("mode", 0)]
    ends = [*offsets[1:], count] if not call.get("include_last_offset", False) else offsets[1:]
    bags = [lo.slice(rows, starts=(a,), ends=(b,), axes=(0,)) for a, b in zip(offsets, ends, strict=False)]
    empty = lo.const(np.zeros((1, lo.shape(rows)[1])), lo.dtype(rows))
    sizes = [b - a for a, b in zip(offsets, ends, strict=False)]
    return [lo.concat([lo.reduce(b, kind, (0,)) if s else empty for b, s in zip(bags, sizes, strict=True)], axis=0)]


@aten("gather", "take_along_dim", "take")
def gather_elements(call: Call, lo: Lowering) -> Any:
    """gather_elements"""
    x = call.x()
    at = lo.cast(call.x("indices" if call.packet == "take_along_dim" else "index"), i64)
    if call.packet == "take":
        return lo.gather(lo.reshape(x, -1), at, axis=0)
    if lo.rank(x) == 0:
        return x
    return lo.gather_elements(x, at, axis=call.axis())


@aten("index", "_unsafe_index", "_unsafe_masked_index")
def index(call: Call, lo: Lowering) -> Any:
    """x at tensors of indices, one for each dimension or none: gather for one, gather_nd for several"""
    x, indices = call.x(), call.tensors("indices")
    if call.packet == "_unsafe_masked_index":
        lo.decline("masked indexing")
    x, at, axes = _aligned(lo, x, indices)
    y = lo.gather(x, at[0], axis=0) if len(axes) == 1 else lo.gather_nd(x, _tuples(lo, at))
    front, behind = lo.rank(at[0]), lo.rank(x) - len(axes)
    first = axes[0] if axes == list(range(axes[0], axes[0] + len(axes))) else 0
    if first == 0 or behind == 0:
        return y
    order = (*range(front, front + first), *range(front), *range(front + first, front + behind))
    return lo.transpose(y, permutation=order)


def _tuples(lo: Lowering, at: list[SSAValue]) -> SSAValue:
    """Indices of several dimensions side by side, as gather_nd and scatter_nd take them."""
    columns = [lo.unsqueeze(i, [lo.rank(i)]) for i in at]
    return columns[0] if len(columns) == 1 else lo.concat(columns, axis=-1)


def _aligned(lo: Lowering, x: SSAValue, indices: list[SSAValue | None]) -> tuple[SSAValue, list[SSAValue], list[int]]:
    """x with its indexed dimensions in front, the indices broadcast to one shape, and which dimensions they are for. A boolean index is the
    positions where it is true."""
    at: list[tuple[int, SSAValue]] = []
    axis = 0
    for one in indices:
        if one is None:
            axis += 1
        elif lo.element(one) == i1:
            found = lo.non_zero(one)
            rank = lo.rank(one)
            at += [(axis + k, lo.squeeze(lo.slice(found, starts=(k,), ends=(k + 1,), axes=(0,)), [0])) for k in range(rank)]
            axis += rank
        else:
            at.append((axis, lo.cast(one, i64)))
            axis += 1
    if not at:
        lo.decline("it is indexed by nothing")
    axes = [a for a, _ in at]
    values = _broadcast(lo, [v for _, v in at])
    others = [i for i in range(lo.rank(x)) if i not in axes]
    order = (*axes, *others)
    return (x if order == tuple(range(len(order))) else lo.transpose(x, permutation=order)), values, axes


def _broadcast(lo: Lowering, values: list[SSAValue]) -> list[SSAValue]:
    """Values repeated to one shape."""
    if len(values) == 1:
        return values
    shapes = [lo.shape(v) for v in values]
    if all(s == shapes[0] for s in shapes) and -1 not in shapes[0]:
        return values
    if all(-1 not in s for s in shapes):
        whole = np.broadcast_shapes(*shapes)
        return [v if s == whole else lo.broadcast(v, shape=whole) for v, s in zip(values, shapes, strict=True)]
    if all(len(s) == 1 for s in shapes) and 1 not in [d for s in shapes for d in s]:
        return values
    zero = values[0]
    for other in values[1:]:
        zero = lo.add(lo.mul(zero, lo.const(0)), lo.mul(other, lo.const(0)))
    zero = lo.mul(zero, lo.const(0))
    return [lo.add(v, zero) for v in values]


@aten("index_put", "_unsafe_index_put", "_index_put_impl")
def index_put(call: Call, lo: Lowering) -> Any:
    """scatter_nd at tensors of indices; with a mask alone, a choice element by element"""
    x, indices, values = call.x(), call.tensors("indices"), lo.cast(call.x("values"), call.element())
    masks = [i for i in indices if i is not None]
    only_mask = len(masks) == 1 and len(indices) == 1 and lo.element(masks[0]) == i1
    if only_mask and lo.rank(values) == 0 and not call.get("accumulate", False):
        mask = lo.unsqueeze(masks[0], range(lo.rank(masks[0]), lo.rank(x))) if lo.rank(masks[0]) < lo.rank(x) else masks[0]
        return lo.select(mask, values, x)
    moved, at, axes = _aligned(lo, x, indices)
    front, behind = lo.shape(at[0]), lo.shape(moved)[len(axes) :]
    others = [i for i in range(lo.rank(x)) if i not in axes]
    first = axes[0] if axes == list(range(axes[0], axes[0] + len(axes))) else 0
    values = _values_in_front(lo, values, (front, behind, first), at[0])
    y = lo.scatter_nd(moved, _tuples(lo, at), values, reduction="add" if call.get("accumulate", False) else "none")
    order = [*axes, *others]
    return y if order == sorted(order) else lo.transpose(y, permutation=tuple(order.index(i) for i in range(len(order))))


def _values_in_front(lo: Lowering, values: SSAValue, shapes: tuple[Any, Any, int], like: SSAValue) -> SSAValue:
    """Values in the shape that scatter_nd takes: that of the indices, then what is left of x. torch has the indices' dimensions at `first`."""
    front, behind, first = shapes
    whole = (*behind[:first], *front, *behind[first:])
    if -1 not in whole:
        values = values if lo.shape(values) == whole else lo.broadcast(values, shape=whole)
    elif lo.rank(values) < len(whole) or 1 in lo.shape(values):
        if behind:
            lo.decline("values that are repeated to a computed shape")
        values = lo.broadcast(values, lo.shape_of(like))
    if first == 0:
        return values
    n = len(front)
    return lo.transpose(values, permutation=(*range(first, first + n), *range(first), *range(first + n, len(whole))))


@aten("scatter", "scatter_add", "scatter_reduce")
def scatter(call: Call, lo: Lowering) -> Any:
    """scatter_elements; torch reads as much of the source as there are indices"""
    x, at = call.x(), lo.cast(call.x("index"), i64)
    kinds = {"add": "add", "sum": "add", "multiply": "mul", "prod": "mul", "amax": "max", "amin": "min", None: "none"}
    kind = "add" if call.packet == "scatter_add" else kinds.get(call.get("reduce"))
    if kind is None or call.get("include_self", True) is False:
        lo.decline(f"scatter with {call.get('reduce')} that leaves the old elements out")
    source = call.tensor("src")
    if source is None:
        source = lo.broadcast(call.operand("value"), lo.shape_of(at))
    source = lo.cast(source, call.element())
    if lo.rank(x) == 0:
        lo.decline("scatter into a scalar")
    sizes = lo.shape(at)
    if lo.shape(source) != sizes:
        if -1 in sizes:
            lo.decline("a source that is larger than its computed number of indices")
        source = lo.slice(source, starts=(0,) * len(sizes), ends=sizes, axes=tuple(range(len(sizes))))
    return lo.scatter_elements(x, at, source, axis=call.axis(), reduction=kind)


@aten("index_copy", "index_add", "index_fill", "index_reduce")
def index_writes(call: Call, lo: Lowering) -> Any:
    """scatter_nd of whole slices along a dimension"""
    x, axis = call.x(), call.axis()
    at = lo.cast(call.x("index"), i64)
    at = lo.reshape(at, 1) if lo.rank(at) == 0 else at
    if call.packet == "index_reduce":
        lo.decline("index_reduce")
    order = (axis, *(i for i in range(lo.rank(x)) if i != axis))
    back = tuple(order.index(i) for i in range(len(order)))
    turned = x if axis == 0 else lo.transpose(x, permutation=order)
    if call.packet == "index_fill":
        rest = [lo.reshape(lo.size_of(turned, i), 1) for i in range(1, lo.rank(x))]
        source = lo.broadcast(call.operand("value"), lo.concat([lo.reshape(lo.size_of(at, 0), 1), *rest], axis=0))
    else:
        source = lo.cast(call.x("source"), call.element())
        source = source if axis == 0 else lo.transpose(source, permutation=order)
        alpha = call.get("alpha", 1)
        source = source if alpha == 1 else lo.mul(source, call.number(alpha))
    y = lo.scatter_nd(turned, lo.unsqueeze(at, [1]), source, reduction="add" if call.packet == "index_add" else "none")
    return y if axis == 0 else lo.transpose(y, permutation=back)


@aten("masked_scatter", "masked_select", "nonzero", "nonzero_numpy", "argwhere")
def masks(call: Call, lo: Lowering) -> Any:
    """The positions, or the elements, where a mask is true"""
    x = call.x()
    if call.packet in ("nonzero", "argwhere"):
        return lo.transpose(lo.non_zero(x), permutation=(1, 0))
    if call.packet == "nonzero_numpy":
        found = lo.non_zero(x)
        return [lo.squeeze(lo.slice(found, starts=(i,), ends=(i + 1,), axes=(0,)), [0]) for i in range(lo.rank(x))]
    mask = call.x("mask")
    if -1 in lo.shape(x) or -1 in lo.shape(mask):
        if lo.rank(x) != lo.rank(mask):
            lo.decline("a mask of a computed shape that is repeated")
    else:
        whole = np.broadcast_shapes(lo.shape(x), lo.shape(mask))
        x, mask = (t if lo.shape(t) == whole else lo.broadcast(t, shape=whole) for t in (x, mask))
    if call.packet == "masked_select":
        return lo.compress(lo.reshape(x, -1), lo.reshape(mask, -1), axis=0)
    places = lo.transpose(lo.non_zero(mask), permutation=(1, 0))
    count = lo.size_of(places, 0)
    source = lo.slice(lo.reshape(call.x("source"), -1), lo.i64([0]), lo.reshape(count, 1), axes=(0,))
    return lo.scatter_nd(x, places, source)


@aten("one_hot")
def one_hot(call: Call, lo: Lowering) -> Any:
    """1 at the class along a new last dimension, 0 elsewhere"""
    x, classes = call.x(), call.known_shape()[-1]
    if classes < 0:
        lo.decline("a computed number of classes")
    same = lo.compare(lo.unsqueeze(lo.cast(x, i64), [lo.rank(x)]), lo.i64(np.arange(classes)), pred="eq")
    return lo.cast(same, call.element())


@aten("isin")
def is_in(call: Call, lo: Lowering) -> Any:
    """Whether each element is among others"""
    names = (
        "elements" if call.overload != "Scalar_Tensor" else "element",
        "test_elements" if call.overload != "Tensor_Scalar" else "test_element",
    )
    element = call.promoted(*names)
    x, others = (call.operand(n, element) for n in names)
    same = lo.compare(lo.unsqueeze(x, [lo.rank(x)]), lo.reshape(others, -1), pred="eq")
    y = lo.reduce(same, "any", (lo.rank(x),), keepdims=False)
    return lo.logical_not(y) if call.get("invert", False) else y
