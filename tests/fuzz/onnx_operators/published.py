"""Graphs of several nodes as published models have them: each shape here is one that some trained model showed to be wrong or slow.

Their names are not operators' but are drawn like them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx_builder import Builder, Value, operator

SINGLE = (np.float32,)
STRINGS = ("a", "b", "cd", "", "é", "unseen")


def size(b: Builder, x: Value, axis: int) -> Value:
    """One dimension of x as [1], the way exporters write it: Shape, Gather."""
    (shape,) = b.node("Shape", [x])
    return b.node("Gather", [shape, b.new(np.array([axis], np.int64), True)], axis=0)[0]


def fixed(b: Builder, values: Sequence[int] | int, dtype: type = np.int64) -> Value:
    """A constant of integers."""
    return b.new(np.asarray(values, dtype), True)


def reduced(b: Builder, x: Value, axis: int) -> Value:
    """x reduced along an axis that stays as 1; the axes are an input from version 18 on."""
    kind = b.rng.choice(("ReduceMax", "ReduceMean", "ReduceSum", "ReduceL2"))
    if b.opset >= 18 or (kind == "ReduceSum" and b.opset >= 13):
        return b.node(kind, [x, fixed(b, [axis])], keepdims=1)[0]
    return b.node(kind, [x], axes=[axis], keepdims=1)[0]


@operator("a concatenation of computed parts", since=13)
def concatenated(b: Builder, op: str) -> None:
    """CBAM and pooling heads: reductions, pools, softmax, transposes, slices, each into one part of a concatenation"""
    x = b.fresh(np.float32, [b.rng.randint(1, 3) for _ in range(2)] + [b.rng.choice((2, 4, 6))] * 2, constant=False)
    axis = b.rng.randint(0, 3)
    parts = []
    for _ in range(b.rng.randint(2, 3)):
        match b.rng.randint(0, 5):
            case 0:
                parts.append(reduced(b, x, axis))
            case 1:
                (y,) = b.node("GlobalAveragePool", [x])
                parts.append(b.node("Add", [y, b.fresh(np.float32, x.shape, constant=True)])[0])
            case 2:
                parts.append(b.node("Softmax", [x], axis=b.rng.randint(0, 3))[0])
            case 3:
                parts.append(b.node("Transpose", [x], perm=[0, 1, 3, 2])[0])
            case 4:
                parts.append(b.node("MaxPool", [x], kernel_shape=[3, 3], pads=[1, 1, 1, 1])[0])
            case _:
                parts.append(b.node("Slice", [x, fixed(b, [0]), fixed(b, [1]), fixed(b, [axis])])[0])
    (y,) = b.node("Concat", parts, axis=axis)
    if b.rng.random() < 0.6:
        w = b.filters(np.float32, [2, y.shape[1], 1, 1])
        b.node("Conv", [y, w])


@operator("an If that squeezes", since=13)
def if_squeeze(b: Builder, op: str) -> None:
    """torch's squeeze of a dimension that may be 1: branches of two ranks, chosen by the shape"""
    x = b.fresh(np.float32, [b.rng.choice((1, 1, 2)), *b.shape(1, 2)], constant=False)
    (same,) = b.node("Equal", [size(b, x, 0), fixed(b, [1])])
    (flag,) = b.node("Squeeze", [same, fixed(b, [0])])
    graphs = []
    for name in ("then_branch", "else_branch"):
        inner = b.inside()
        one = x.shape[0] == 1
        if name == "then_branch" and one:
            (y,) = inner.node("Squeeze", [x, fixed(inner, [0])])
        else:
            (y,) = inner.node("Identity", [x])
        graphs.append(b.subgraph(name, [], [y], inner))
    (y,) = b.node("If", [flag], then_branch=graphs[0], else_branch=graphs[1])
    (y,) = b.node(b.rng.choice(("Relu", "Neg", "Exp")), [y])
    (y,) = b.node("Softmax", [y], axis=-1)
    reduced(b, y, y.rank - 1)


@operator("attention heads", since=13)
def heads(b: Builder, op: str) -> None:
    """nn.MultiheadAttention: reshape to sizes read from the input, transposes, products, back"""
    batch, length, count, depth = b.rng.randint(1, 3), b.rng.randint(1, 5), b.rng.randint(1, 3), b.rng.randint(1, 4)
    x = b.fresh(np.float32, [length, batch, count * depth], constant=False)
    (rows,) = b.node("Mul", [size(b, x, 1), fixed(b, [count])])
    (flat,) = b.node("Concat", [size(b, x, 0), rows, fixed(b, [depth])], axis=0)
    (split,) = b.node("Reshape", [x, flat])
    (moved,) = b.node("Transpose", [split], perm=[1, 0, 2])
    (four,) = b.node("Concat", [size(b, x, 1), fixed(b, [count]), size(b, x, 0), fixed(b, [depth])], axis=0)
    (q,) = b.node("Reshape", [moved, four])
    (k,) = b.node("Transpose", [q], perm=[0, 1, 3, 2])
    (scores,) = b.node("MatMul", [q, k])
    (weights,) = b.node("Softmax", [scores], axis=-1)
    (y,) = b.node("MatMul", [weights, q])
    (back,) = b.node("Transpose", [y], perm=[2, 0, 1, 3])
    b.node("Reshape", [back, fixed(b, [-1, batch, count * depth])])


@operator("a mask of lengths", since=13)
def mask(b: Builder, op: str) -> None:
    """Feature extractors: positions counted by Range up to a size of the data, compared with lengths, chosen by Where"""
    batch, length = b.rng.randint(1, 3), b.rng.randint(1, 6)
    x = b.fresh(np.float32, [batch, length, b.rng.randint(1, 3)], constant=False)
    lengths = b.new(b.arrays.integers(0, length + 1, [batch]), False)
    (end,) = b.node("Squeeze", [size(b, x, 1), fixed(b, [0])])
    (positions,) = b.node("Range", [fixed(b, 0), end, fixed(b, 1)])
    (row,) = b.node("Unsqueeze", [positions, fixed(b, [0])])
    (column,) = b.node("Unsqueeze", [lengths, fixed(b, [1])])
    (inside,) = b.node("Less", [row, column])
    (wide,) = b.node("Unsqueeze", [inside, fixed(b, [2])])
    b.node("Where", [wide, x, b.new(np.array(0, np.float32), True)])


@operator("sizes computed from sizes", since=13)
def computed(b: Builder, op: str) -> None:
    """Pads, ends of slices and targets of Expand by arithmetic on the shape"""
    x = b.fresh(np.float32, [b.rng.randint(1, 3), b.rng.randint(2, 7)], constant=False)
    (half,) = b.node("Div", [size(b, x, 1), fixed(b, [2])])
    match b.rng.randint(0, 2):
        case 0:
            (less,) = b.node("Sub", [size(b, x, 1), half])
            (pads,) = b.node("Concat", [fixed(b, [0]), half, fixed(b, [0]), less], axis=0)
            b.node("Pad", [x, pads], mode=b.rng.choice(("constant", "edge")))
        case 1:
            (y,) = b.node("Slice", [x, fixed(b, [0]), half, fixed(b, [1])])
            b.node("Concat", [y, x], axis=1)
        case _:
            (target,) = b.node("Concat", [fixed(b, [2]), size(b, x, 0), size(b, x, 1)], axis=0)
            (y,) = b.node("Expand", [x, target])
            b.node("Add", [y, x])


@operator("a chain", since=13)
def chain(b: Builder, op: str) -> None:
    """Many elementwise steps one after the other, now and then with a value from further back"""
    x = b.fresh(b.rng.choice((np.float32, np.float32, np.float16)), b.shape(1, 3), -1, 1, constant=False)
    values = [x]
    for _ in range(b.rng.randint(10, 40)):
        y = values[-1]
        if b.rng.random() < 0.5:
            values += b.node(b.rng.choice(("Tanh", "Sigmoid", "Neg", "Abs", "Relu")), [y])
        else:
            other = b.rng.choice([*values[-4:], b.fresh(y.dtype, y.shape[-1:], -1, 1, constant=True)])
            (y,) = b.node(b.rng.choice(("Add", "Sub", "Mul", "Max")), [y, other])
            values += b.node("Tanh", [y])


@operator("strings", since=13)
def strings(b: Builder, op: str) -> None:
    """Categories chosen, joined and encoded"""
    drawn = lambda *shape: np.array([b.rng.choice(STRINGS) for _ in range(int(np.prod(shape)))], object).reshape(shape)
    rows = b.rng.randint(2, 4)
    x = b.new(drawn(rows, 3), False)
    if b.rng.random() < 0.5:  # numbers of as many rows, some of which are taken
        numbers = b.fresh(np.float32, [2, rows], constant=False)
        (half,) = b.node("Div", [size(b, numbers, 1), fixed(b, [2])])
        b.node("Slice", [numbers, fixed(b, [0]), half, fixed(b, [1])])
    (column,) = b.node("Gather", [x, fixed(b, [b.rng.randint(0, 2)])], axis=1)
    match b.rng.randint(0, 3):
        case 0:
            (y,) = b.node("OneHotEncoder", [column], domain="ai.onnx.ml", cats_strings=list(STRINGS[:4]), zeros=1)
            b.node("Reshape", [y, fixed(b, [-1, 4])])
        case 1:
            b.node(
                "LabelEncoder",
                [column],
                domain="ai.onnx.ml",
                keys_strings=list(STRINGS[:4]),
                values_floats=[1.0, 2.0, 3.0, 4.0],
                default_float=-1.0,
            )
        case 2:
            b.node("Concat", [x, column], axis=1)
        case _:
            (y,) = b.node("Transpose", [x])
            b.node("Reshape", [y, fixed(b, [-1])])


@operator("a scan of rows", since=13)
def scan(b: Builder, op: str) -> None:
    """A Scan whose body takes a row through two shapes and gives it on"""
    x = b.fresh(np.float32, [b.rng.randint(1, 4), b.rng.randint(2, 5)], constant=False)
    state = b.fresh(np.float32, [x.shape[1]], constant=False)
    inner = b.inside()
    carried, row = Value(inner.name(), state.array), Value(inner.name(), x.array[0])
    inner.inputs += [carried, row]
    (two,) = inner.node("Reshape", [row, fixed(inner, [1, -1])])
    (flat,) = inner.node("Reshape", [two, fixed(inner, [-1])])
    (new,) = inner.node("Add", [flat, carried])
    (kept,) = inner.node("Identity", [new])
    body = b.subgraph("body", [carried, row], [new, kept], inner)
    b.node("Scan", [state, x], 2, body=body, num_scan_inputs=1)
