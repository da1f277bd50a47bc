"""Control flow, sequences and optionals."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import helper
from onnx_builder import GENERATORS, Builder, Refused, Value, operator, value_info

SINGLE = (np.float32,)
SIMPLE = (
    "Add",
    "Mul",
    "Sub",
    "Relu",
    "Tanh",
    "Neg",
    "Abs",
    "Identity",
    "Max",
    "Clip",
    "ReduceMean",
    "Transpose",
    "Concat",
    "Softmax",
    "Exp",
)


def grow(inner: Builder, count: int) -> None:
    """Some simple nodes in a subgraph."""
    for _ in range(count):
        name = inner.rng.choice(SIMPLE)
        since, function = GENERATORS[name]
        if since <= inner.opset:
            try:
                function(inner, name)
            except Refused:
                continue


@operator("If", since=9)
def if_(b: Builder, op: str) -> None:
    """Branches that see the values around them and give values of other shapes"""
    x = b.pick(SINGLE, least=1)
    graphs = []
    for name in ("then_branch", "else_branch"):
        inner = b.inside()
        (y,) = inner.node(inner.rng.choice(["Relu", "Neg", "Abs", "Tanh"]), [x])
        grow(inner, b.rng.randint(0, 2))
        if b.rng.random() < 0.3:
            (y,) = inner.node("Concat", [y, y], axis=0)
        graphs.append(b.subgraph(name, [], [y], inner))
    b.node(op, [b.fresh(np.bool_, ())], then_branch=graphs[0], else_branch=graphs[1])


@operator("Loop", since=11)
def loop(b: Builder, op: str) -> None:
    """A carried value, one that is collected, an early end"""
    x = b.pick(SINGLE, least=1, most=3)
    inner = b.inside()
    number, go = Value(inner.name(), np.array(0, np.int64)), Value(inner.name(), np.array(True))
    carried = Value(inner.name(), x.array)
    inner.inputs += [number, go, carried]
    half = inner.new(np.array(0.5, np.float32), True)
    (step,) = inner.node("Mul", [carried, half])
    grow(inner, b.rng.randint(0, 1))
    (new,) = inner.node("Add", [step, inner.fresh(np.float32, carried.shape[-1:])])
    if b.rng.random() < 0.5:
        (more,) = inner.node("Less", [number, inner.new(np.array(b.rng.randint(0, 3), np.int64), True)])
    else:
        (more,) = inner.node("Identity", [go])
    collected = [new] if b.rng.random() < 0.6 else []
    copies = [inner.node("Identity", [c])[0] for c in collected]
    body = b.subgraph("body", [number, go, carried], [more, new, *copies], inner)
    limit = b.ints(b.rng.randint(0, 4))
    b.node(op, [limit, b.new(np.array(b.rng.random() < 0.9)), x], 1 + len(copies), body=body)


@operator("Scan", since=9)
def scan(b: Builder, op: str) -> None:
    """A running value and one that is collected, forwards or backwards"""
    x = b.fresh(np.float32, [b.rng.randint(1, 4), b.rng.randint(1, 3)])
    start = b.fresh(np.float32, x.shape[1:])
    inner = b.inside()
    state, piece = Value(inner.name(), start.array), Value(inner.name(), start.array)
    inner.inputs += [state, piece]
    (total,) = inner.node(b.rng.choice(["Add", "Sub", "Mul"]), [state, piece])
    (out,) = inner.node("Relu", [total])
    body = helper.make_graph(
        inner.nodes, "body", [value_info(v, list(v.shape)) for v in (state, piece)], [value_info(v, list(v.shape)) for v in (total, out)]
    )
    extra: dict[str, Any] = {"scan_input_directions": [b.rng.randint(0, 1)], "scan_output_directions": [b.rng.randint(0, 1)]}
    b.node(op, [start, x], 2, body=body, num_scan_inputs=1, **extra)


@operator("SequenceConstruct", "SequenceInsert", "SequenceErase", "SequenceAt", "SequenceLength", "ConcatFromSequence", since=11)
def sequence(b: Builder, op: str) -> None:
    """A sequence, changed and taken apart"""
    dims = b.shape(1, 2)
    (s,) = b.node("SequenceConstruct", [b.fresh(np.float32, dims) for _ in range(b.rng.randint(1, 3))])
    count = len(s.array)
    if op == "SequenceInsert":
        (s,) = b.node(op, [s, b.fresh(np.float32, dims), *([b.ints(b.rng.randint(-count, count))] if b.rng.random() < 0.7 else [])])
    elif op == "SequenceErase" and count > 1:
        (s,) = b.node(op, [s, *([b.ints(b.rng.randint(-count, count - 1))] if b.rng.random() < 0.7 else [])])
    elif op == "SequenceLength":
        b.node(op, [s])
    elif op == "SequenceAt":
        b.node(op, [s, b.ints(b.rng.randint(-count, count - 1))])
        return
    new = b.rng.randint(0, 1)
    b.node("ConcatFromSequence", [s], axis=b.rng.randint(0, len(dims) - 1 + new), new_axis=new)


@operator("SplitToSequence", since=11)
def split_to_sequence(b: Builder, op: str) -> None:
    """Slices, or parts of a size"""
    x = b.fresh(np.float32, [max(d, 1) for d in b.shape(1, 3)])
    axis = b.axis(x)
    parts = [b.ints(b.rng.randint(1, 2))] if b.rng.random() < 0.5 else []
    (s,) = b.node(op, [x, *parts], axis=axis, keepdims=None if parts else b.rng.choice([0, 1]))
    b.node("SequenceAt", [s, b.ints(b.rng.choice([0, -1]))])


@operator("SequenceEmpty", since=11)
def sequence_empty(b: Builder, op: str) -> None:
    """Filled afterwards"""
    (s,) = b.node(op, [], dtype=1)
    (s,) = b.node("SequenceInsert", [s, b.fresh(np.float32, b.shape(1, 2))])
    b.node("SequenceLength", [s])
