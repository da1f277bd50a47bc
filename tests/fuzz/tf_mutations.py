"""Damage to TensorFlow's files: to bytes, and to the messages of a graph so that the file still parses."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from inferir.frontends.common.protobuf import parsed
from inferir.frontends.tf.schema import messages

HUGE = (-1, -2, 0, 1 << 31, (1 << 63) - 1)


def damaged(data: bytes, kind: str, rng: random.Random) -> bytes:
    """A mutant of a file. `kind` is the message that the file holds, or "" for a file of no message."""
    if kind and rng.random() < 0.6:
        model = parsed(messages()[kind], data)
        graph = model if kind == "GraphDef" else model.meta_graphs[0].graph_def
        bodies = [graph.node, *(f.node_def for f in graph.library.function)]
        for _ in range(rng.randint(1, 3)):
            nodes = rng.choice([b for b in bodies if len(b)] or [graph.node])
            if len(nodes):
                rng.choice(CHANGES)(nodes, rng)
        return model.SerializeToString()
    mutable = bytearray(data)
    match rng.randrange(4):
        case 0:
            del mutable[rng.randrange(len(mutable)) :]
        case 1:
            start = rng.randrange(len(mutable))
            del mutable[start : start + rng.randint(1, 40)]
        case 2:
            start = rng.randrange(len(mutable))
            mutable[start:start] = mutable[start : start + rng.randint(1, 400)]
        case _:
            for _ in range(rng.randint(1, 8)):
                mutable[rng.randrange(len(mutable))] ^= 1 << rng.randrange(8)
    return bytes(mutable)


def _rename(nodes: Any, rng: random.Random) -> None:
    rng.choice(nodes).name = rng.choice(["", "a:b", "^a", nodes[0].name, "\x00", "x" * 5000])


def _operator(nodes: Any, rng: random.Random) -> None:
    rng.choice(nodes).op = rng.choice(["", "Unknown", "If", "While", "PartitionedCall", "ConcatV2", "Const", "Split", rng.choice(nodes).op])


def _rewire(nodes: Any, rng: random.Random) -> None:
    node = rng.choice(nodes)
    text = rng.choice([rng.choice(nodes).name, f"{rng.choice(nodes).name}:9999", "nothing", "", ":", "a:b:c:d", node.name])
    if len(node.input) and rng.random() < 0.8:
        node.input[rng.randrange(len(node.input))] = text
    else:
        node.input.append(text)


def _unwire(nodes: Any, rng: random.Random) -> None:
    node = rng.choice(nodes)
    if len(node.input):
        del node.input[rng.randrange(len(node.input))]


def _attribute(nodes: Any, rng: random.Random) -> None:
    node = rng.choice(nodes)
    names = sorted(node.attr) or ["T"]
    value = node.attr[rng.choice(names)]
    match rng.randrange(5):
        case 0:
            value.i = rng.choice(HUGE)
        case 1:
            value.s = rng.choice([b"", b"\xff", b"SAME", b"NCHW"])
        case 2:
            value.type = rng.choice([0, 2, 7, 14, 20, 99, 101])
        case 3:
            value.list.i.extend([rng.choice(HUGE), 0])
        case _:
            value.Clear()


def _tensor(nodes: Any, rng: random.Random) -> None:
    constants = [n for n in nodes if n.op == "Const" and "value" in n.attr]
    if not constants:
        return
    tensor = rng.choice(constants).attr["value"].tensor
    match rng.randrange(4):
        case 0:
            tensor.tensor_shape.dim.add(size=rng.choice(HUGE))
        case 1:
            tensor.dtype = rng.choice([0, 2, 7, 8, 10, 14, 20, 99])
        case 2:
            tensor.tensor_shape.unknown_rank = True
        case _:
            tensor.segment.begin, tensor.segment.end = rng.choice(HUGE), rng.choice(HUGE)


def _double(nodes: Any, rng: random.Random) -> None:
    nodes.add().CopyFrom(rng.choice(nodes))


def _function(nodes: Any, rng: random.Random) -> None:
    calls = [n for n in nodes if "f" in n.attr or "body" in n.attr or "then_branch" in n.attr]
    if calls:
        call = rng.choice(calls)
        call.attr[rng.choice(sorted(call.attr))].func.name = rng.choice(["", "nothing", *(n.attr["f"].func.name for n in calls)])


CHANGES: list[Callable[[Any, random.Random], None]] = [
    _rename,
    _operator,
    _rewire,
    _unwire,
    _attribute,
    _attribute,
    _tensor,
    _double,
    _function,
]
