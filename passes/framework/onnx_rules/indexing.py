"""Operators that read and write at computed places, and those that make tensors of shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, TensorType, f32, f64, i64

from inferir.dialects import inference as inf
from inferir.dialects.framework import value_and_type
from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.dialects.framework.types import STRING
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.constants import constant_of
from inferir.passes.framework.onnx_rules.elementwise import attr


@lowering("onnx", "Gather")
def gather(op: Any, lo: Lowering) -> Any:
    """gather"""
    return lo.gather(*lo.operands(2), axis=op.get("axis"))


@lowering("onnx", "GatherElements")
def gather_elements(op: Any, lo: Lowering) -> Any:
    """gather_elements"""
    return lo.gather_elements(*lo.operands(2), axis=op.get("axis"))


@lowering("onnx", "GatherND")
def gather_nd(op: Any, lo: Lowering) -> Any:
    """gather_nd; on the host where only the run says how long the tuples are, for then the result has no known rank"""
    x, indices = lo.operands(2)
    batch = attr(op, "batch_dims", 0)
    if lo.shape(indices)[-1] < 0:
        return lo.host("gather_nd", [x, indices], [lo.element(x)], batch=batch)
    return lo.gather_nd(x, indices, batch_dims=batch)


@lowering("onnx", "Scatter", "ScatterElements")
def scatter_elements(op: Any, lo: Lowering) -> Any:
    """scatter_elements"""
    return lo.scatter_elements(*lo.operands(3), axis=op.get("axis"), reduction=attr(op, "reduction", "none"))


@lowering("onnx", "ScatterND")
def scatter_nd(op: Any, lo: Lowering) -> Any:
    """scatter_nd"""
    return lo.scatter_nd(*lo.operands(3), reduction=attr(op, "reduction", "none"))


@lowering("onnx", "OneHot")
def one_hot(op: Any, lo: Lowering) -> Any:
    """on where the index is the place along a new axis, off elsewhere"""
    indices, depth, values = lo.operands(3)
    rank = lo.rank(indices) + 1
    axis = op.get("axis") % rank
    depth = lo.cast(lo.reshape(depth), i64)
    index = lo.unsqueeze(lo.cast(indices, i64), [axis])
    index = lo.select(lo.compare(index, lo.i64(0), pred="lt"), lo.add(index, depth), index)
    count = lo.unsqueeze(lo.range(lo.i64(0), depth, lo.i64(1)), range(1, rank - axis))
    off, on = (lo.reshape(lo.slice(values, starts=(i,), ends=(i + 1,), axes=(0,))) for i in (0, 1))
    return lo.select(lo.compare(index, count, pred="eq"), on, off)


@lowering("onnx", "Shape")
def shape(op: Any, lo: Lowering) -> Any:
    """shape_of"""
    (x,) = lo.operands(1)
    if not isinstance(x.type, TensorType):
        return lo.host("shape", [x], [TensorType(i64, [-1])], start=attr(op, "start", 0), end=attr(op, "end"))
    return lo.shape_of(x, start=attr(op, "start", 0), end=attr(op, "end"))


@lowering("onnx", "Size")
def size(op: Any, lo: Lowering) -> Any:
    """The product of the dimensions"""
    (x,) = lo.operands(1)
    return lo.reduce(lo.shape_of(x), "prod", (0,), keepdims=False)


@lowering("onnx", "ConstantOfShape")
def constant_of_shape(op: Any, lo: Lowering) -> Any:
    """fill"""
    (shape_,) = lo.operands(1)
    value = lo.tensor(op.properties["value"]) if "value" in op.properties else lo.const(np.zeros(1, np.float32))
    if not isinstance(shape_.type, TensorType) or lo.shape(shape_)[0] < 0:
        return lo.host("fill", [shape_, value], [lo.element(value)])
    return lo.fill(shape_, value)


@lowering("onnx", "EyeLike")
def eye_like(op: Any, lo: Lowering) -> Any:
    """1 on the k-th diagonal, 0 elsewhere"""
    (x,) = lo.operands(1)
    kind = ONNX_ELEMENTS[op.get("dtype")][1] if op.get("dtype") is not None else lo.element(x)
    one = lo.i64(1)
    rows = lo.unsqueeze(lo.range(lo.i64(0), lo.size_of(x, 0), one), [1])
    columns = lo.range(lo.i64(0), lo.size_of(x, 1), one)
    return lo.cast(lo.compare(lo.add(rows, lo.i64(op.get("k"))), columns, pred="eq"), kind)


@lowering("onnx", "Range")
def range_(op: Any, lo: Lowering) -> Any:
    """range; of floats that count in whole steps up to an integer, as exporters write it, a range of integers"""
    start, limit, step = lo.operands(3)
    cast, first, by = limit.owner, lo.array(start), lo.array(step)
    if not isinstance(cast, inf.CastOp) or not isinstance(lo.element(cast.x), IntegerType) or lo.element(limit) not in (f32, f64):
        return lo.range(start, limit, step)
    if first is None or by is None or not float(first.reshape(-1)[0]).is_integer() or not float(by.reshape(-1)[0]).is_integer():
        return lo.range(start, limit, step)
    whole = lo.range(lo.i64(first.reshape(-1)[0]), lo.cast(cast.x, np.int64), lo.i64(by.reshape(-1)[0]))
    return lo.cast(whole, lo.element(limit))


@lowering("onnx", "Constant")
def constant(op: Any, lo: Lowering) -> Any:
    """The value, whichever attribute holds it"""
    if "value" in op.properties:
        value, type = value_and_type(op.properties["value"])
        return constant_of(lo, value, type)
    if "sparse_value" in op.properties:
        return constant_of(lo, op.properties["sparse_value"], op.properties["sparse_value"].type)
    for name, kind in (("value_float", np.float32), ("value_floats", np.float32), ("value_int", np.int64), ("value_ints", np.int64)):
        if name in op.properties:
            return lo.const(op.get(name), kind)
    texts = op.properties.get("value_strings", op.properties.get("value_string"))
    many = "value_strings" in op.properties
    count = len(texts.data) if many else 1
    return lo.host("strings", [], [TensorType(STRING, [count] if many else [])], values=texts, shape=(count,) if many else ())


@lowering("onnx", "NonZero")
def non_zero(op: Any, lo: Lowering) -> Any:
    """non_zero"""
    return lo.non_zero(*lo.operands(1))


@lowering("onnx", "Compress")
def compress(op: Any, lo: Lowering) -> Any:
    """compress; without an axis x is flat"""
    x, condition = lo.operands(2)
    axis = attr(op, "axis")
    flat = lo.reshape(x, -1) if axis is None and lo.rank(x) != 1 else x
    return lo.compress(flat, condition, axis=0 if axis is None else lo.axis(axis, x))


@lowering("onnx", "Unique")
def unique(op: Any, lo: Lowering) -> Any:
    """unique"""
    (x,) = lo.operands(1)
    axis = attr(op, "axis")
    rank = 1 if axis is None else lo.rank(x)

    types = [lo.open_type(rank, x), *[TensorType(i64, [-1])] * 3]
    return lo.results_of(lo.host("unique", [x], types, axis=axis, sorted=op.get("sorted")))


@lowering("onnx", "NonMaxSuppression")
def non_max_suppression(op: Any, lo: Lowering) -> Any:
    """The boxes that survive"""
    return lo.host("non_max_suppression", lo.operands(5), [TensorType(i64, [-1, 3])], center_point_box=op.get("center_point_box"))


@lowering("onnx", "ReverseSequence")
def reverse_sequence(op: Any, lo: Lowering) -> Any:
    """Each sample's first elements in reverse"""
    x, lengths = lo.operands(2)
    return lo.host("reverse_sequence", [x, lengths], [x.type], batch_axis=op.get("batch_axis"), time_axis=op.get("time_axis"))


@lowering("onnx", "TensorScatter")
def tensor_scatter(op: Any, lo: Lowering) -> Any:
    """Updates written at each sample's own place: a cache that grows"""
    cache, update, places = lo.operands(3)
    return lo.host("tensor_scatter", [cache, update, places], [cache.type], axis=op.get("axis"), mode=op.get("mode"))
