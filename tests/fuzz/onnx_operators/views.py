"""Parts of larger values, and branches of two ranks: what pooling heads and torch's exporter write."""

from __future__ import annotations

import numpy as np
from onnx_builder import Builder, Value, operator

from onnx_operators.control import SINGLE


def ending(b: Builder, x: Value) -> Value:
    """Some operator over x that keeps its rank."""
    kind = b.rng.choice(("Relu", "Softmax", "ReduceMean", "ReduceMax", "Transpose", "GlobalAveragePool", "Slice", "Reshape"))
    axis = b.rng.randint(0, x.rank - 1)
    if kind in ("ReduceMean", "ReduceMax"):
        axes = [axis] if b.opset < 18 else None
        return b.node(kind, [x, *([] if axes else [b.ints([axis])])], keepdims=1, axes=axes)[0]
    if kind == "Softmax":
        return b.node(kind, [x], axis=axis if b.opset >= 13 else x.rank - 1)[0]
    if kind == "Transpose":
        return b.node(kind, [x], perm=b.rng.sample(range(x.rank), x.rank))[0]
    if kind == "Slice" and b.opset >= 10:
        return b.node(kind, [x, b.ints([b.rng.randint(0, 1)]), b.ints([x.shape[axis]]), b.ints([axis])])[0]
    if kind == "GlobalAveragePool" and x.rank == 4:
        return b.node(kind, [x])[0]
    if kind == "Reshape":
        return b.node(kind, [x, b.ints([*x.shape[:-2], x.shape[-1], x.shape[-2]])])[0] if x.rank > 1 else x
    return b.node("Relu", [x])[0]


@operator("a part of a concatenation", since=9)
def part_of_a_whole(b: Builder, op: str) -> None:
    """What an operator computes beside itself and other parts, in one more concatenation now and then; read elsewhere too"""
    y = ending(b, b.pick(SINGLE, least=1))
    axis = b.rng.randint(0, y.rank - 1)
    dims = list(y.shape)
    dims[axis] = b.rng.randint(1, 3)
    parts = [y, *[y] * (b.rng.random() < 0.2), b.fresh(np.float32, dims)]
    b.rng.shuffle(parts)
    (whole,) = b.node("Concat", parts, axis=axis)
    if b.rng.random() < 0.4:
        outer = b.rng.randint(0, y.rank - 1)
        (whole,) = b.node("Concat", [whole, b.fresh(np.float32, whole.shape)], axis=outer)
    if b.rng.random() < 0.3:
        b.node("Neg", [y])
    if b.rng.random() < 0.5:
        ending(b, whole)


@operator("an If of two ranks", since=13)
def squeeze_of_one(b: Builder, op: str) -> None:
    """torch's squeeze of a size that may be 1, and what reads it"""
    x = b.pick(SINGLE, least=2)
    axis = b.rng.randint(0, x.rank - 2)
    (sizes,) = b.node("Shape", [x])
    (size,) = b.node("Gather", [sizes, b.ints(axis)], axis=0)
    (condition,) = b.node("Equal", [size, b.ints(1)])
    graphs = []
    for name in ("then_branch", "else_branch"):
        inner = b.inside()
        taken = x.shape[axis] == 1 and name == "then_branch"
        results = inner.node("Squeeze", [x, inner.ints([axis])]) if taken else inner.node("Identity", [x])
        graphs.append(b.subgraph(name, [], results, inner))
    (y,) = b.node(op.split()[1], [condition], then_branch=graphs[0], else_branch=graphs[1])
    if b.rng.random() < 0.5:
        (y,) = b.node("Softmax", [y], axis=-1)
    ending(b, y)
