"""Reading and writing elements at computed places."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, i32

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules.operands import need_floats, wide


@lowering("tfl", "GATHER")
def gather(op: Any, lo: Lowering) -> Any:
    """gather; with batch dimensions by index tuples"""
    x, indices = lo.operands(2)
    return gathered(lo, x, indices, op.get("axis"), op.get("batch_dims"))


def gathered(lo: Lowering, x: Any, indices: Any, axis: int, batch: int) -> Any:
    """Slices of x along an axis, by indices whose first `batch` dimensions are x's."""
    axis %= max(lo.rank(x), 1)
    if not batch:
        return lo.gather(x, indices, axis=axis)
    rank = lo.rank(x)
    batch %= lo.rank(indices)
    order = [*range(batch), axis, *(a for a in range(batch, rank) if a != axis)]
    y = lo.gather_nd(lo.transpose(x, permutation=tuple(order)), lo.unsqueeze(wide(lo, indices), [-1]), batch_dims=batch)
    new = lo.rank(indices) - batch
    back = [*range(batch), *range(batch + new, axis + new), *range(batch, batch + new), *range(axis + new, rank + new - 1)]
    return lo.transpose(y, permutation=tuple(back))


@lowering("tfl", "GATHER_ND")
def gather_nd(op: Any, lo: Lowering) -> Any:
    """gather_nd"""
    x, indices = lo.operands(2)
    return lo.gather_nd(x, wide(lo, indices))


@lowering("tfl", "EMBEDDING_LOOKUP")
def embedding_lookup(op: Any, lo: Lowering) -> Any:
    """gather of the rows of a table"""
    ids, table = lo.operands(2)
    need_floats(op, lo)
    return lo.gather(table, ids, axis=0)


@lowering("tfl", "SCATTER_ND")
def scatter_nd(op: Any, lo: Lowering) -> Any:
    """scatter_nd into zeros; what is written to one place is added"""
    indices, updates, to = lo.operands(3)
    return lo.scatter_nd(lo.fill(wide(lo, to), lo.scalar(0, updates)), wide(lo, indices), updates, reduction="add")


@lowering("tfl", "SPARSE_TO_DENSE")
def sparse_to_dense(op: Any, lo: Lowering) -> Any:
    """scatter_nd into the default value"""
    indices, to, values, default = lo.operands(4)
    count = lo.shape(to)[0]
    tuples = wide(lo, indices)
    if lo.rank(tuples) < 2:
        tuples = lo.reshape(tuples, -1, 1) if count == 1 else lo.reshape(tuples, 1, -1)
    y = lo.fill(wide(lo, to), default)
    places = lo.shape(tuples)[0]
    values = lo.broadcast(values, shape=(places,)) if lo.rank(values) == 0 else values
    return lo.scatter_nd(y, tuples, values)


@lowering("tfl", "DYNAMIC_UPDATE_SLICE")
def dynamic_update_slice(op: Any, lo: Lowering) -> Any:
    """scatter_nd of a box, whose start is moved so that it fits"""
    x, update, starts = lo.operands(3)
    size, box = lo.shape(x), lo.shape(update)
    if min(*size, *box, 0) < 0:
        lo.decline("a size is dynamic")
    first = lo.minimum(lo.maximum(wide(lo, starts), lo.i64(0)), lo.i64(np.subtract(size, box)))
    grid = np.stack(np.meshgrid(*map(np.arange, box), indexing="ij"), axis=-1)
    return lo.scatter_nd(x, lo.add(lo.i64(grid), first), update)


@lowering("tfl", "ONE_HOT")
def one_hot(op: Any, lo: Lowering) -> Any:
    """on where the index is the place, off elsewhere"""
    indices, depth, on, off = lo.operands(4)
    (count,) = lo.need_ints(depth, "the depth")
    rank = lo.rank(indices)
    axis = op.get("axis") % (rank + 1)
    places = lo.const(np.arange(count).reshape([-1 if i == axis else 1 for i in range(rank + 1)]), lo.dtype(indices))
    return lo.select(lo.compare(lo.unsqueeze(indices, [axis]), places, pred="eq"), on, off)


@lowering("tfl", "WHERE")
def where(op: Any, lo: Lowering) -> Any:
    """The places that are not zero, one a row"""
    (x,) = lo.operands(1)
    return lo.transpose(lo.non_zero(x), permutation=(1, 0))


@lowering("tfl", "REVERSE_SEQUENCE")
def reverse_sequence(op: Any, lo: Lowering) -> Any:
    """Place t of a sample is t' = length - 1 - t before its length"""
    x, lengths = lo.operands(2)
    along, batch, shape = op.get("seq_dim"), op.get("batch_dim"), lo.shape(x)
    if shape[along] < 0:
        lo.decline("the sequence is of a dynamic length")
    rank = len(shape)
    steps = lo.const(np.arange(shape[along]).reshape([-1 if i == along else 1 for i in range(rank)]), np.int64)
    ends = lo.unsqueeze(wide(lo, lengths), [i for i in range(rank) if i != batch])
    places = lo.select(lo.compare(steps, ends, pred="lt"), lo.sub(lo.sub(ends, lo.i64(1)), steps), steps)
    return lo.gather_elements(x, lo.broadcast(places, lo.shape_of(x)), axis=along)


@lowering("tfl", "BUCKETIZE")
def bucketize(op: Any, lo: Lowering) -> Any:
    """How many boundaries are not above x"""
    (x,) = lo.operands(1)
    boundaries = np.asarray(op.get("boundaries") or (), np.float32)
    if isinstance(lo.element(x), IntegerType):  # x >= b is x >= ceil(b)
        boundaries = np.ceil(boundaries)
    above = lo.compare(lo.unsqueeze(x, [lo.rank(x)]), lo.const(boundaries.astype(lo.dtype(x))), pred="ge")
    return lo.reduce(lo.cast(above, i32), "sum", (-1,), keepdims=False)


@lowering("tfl", "MATRIX_DIAG")
def matrix_diag(op: Any, lo: Lowering) -> Any:
    """x on the diagonal, zeros elsewhere"""
    (x,) = lo.operands(1)
    size = lo.shape(x)[-1]
    wide_x = lo.unsqueeze(x, [lo.rank(x)])
    return lo.select(lo.const(np.eye(size, dtype=bool)), wide_x, lo.scalar(0, x))


@lowering("tfl", "MATRIX_SET_DIAG")
def matrix_set_diag(op: Any, lo: Lowering) -> Any:
    """The diagonal, elsewhere x"""
    x, diagonal = lo.operands(2)
    rows, columns = lo.shape(x)[-2:]
    short = lo.shape(diagonal)[-1]
    grown = (
        diagonal if short == rows else lo.pad(diagonal, low=(0,) * lo.rank(diagonal), high=(*[0] * (lo.rank(diagonal) - 1), rows - short))
    )
    return lo.select(lo.const(np.eye(rows, columns, dtype=bool)), lo.unsqueeze(grown, [lo.rank(diagonal)]), x)


SEGMENTS = {"SEGMENT_SUM": "add", "UNSORTED_SEGMENT_SUM": "add", "UNSORTED_SEGMENT_PROD": "mul"}
SEGMENTS |= {"UNSORTED_SEGMENT_MAX": "max", "UNSORTED_SEGMENT_MIN": "min"}


@lowering("tfl", *SEGMENTS)
def segments(op: Any, lo: Lowering) -> Any:
    """scatter_nd with a reduction, into its neutral element; negative segments are dropped"""
    x, ids, count = lo.operands(3)
    kind, dtype = SEGMENTS[op.schema.name], lo.dtype(x)
    info: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    neutral = {"add": 0, "mul": 1, "max": info.min, "min": info.max}[kind]
    known = lo.ints(ids if count is None else count)
    if known is None:
        lo.decline("the number of segments must be constant")
    number = max(known, default=-1) + 1 if count is None else known[0]
    inner = lo.shape(x)[lo.rank(ids) :]
    if min(inner, default=0) < 0:
        lo.decline("a size is dynamic")
    ids = wide(lo, ids)
    ids = lo.select(lo.compare(ids, lo.i64(0), pred="lt"), lo.i64(number), ids)  # one segment more, which is cut off
    whole = lo.const(np.full((number + 1, *inner), neutral, dtype))
    y = lo.scatter_nd(whole, lo.unsqueeze(ids, [lo.rank(ids)]), x, reduction=kind)
    return lo.slice(y, starts=(0,), ends=(number,), axes=(0,))
