"""Declarations that contradict the data: sizes of `value_info` and outputs, at random, in the graph, its subgraphs and its functions.

ONNX Runtime computes what the inputs make of a value, whatever is declared of it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from onnx import GraphProto, ModelProto, helper

NAMES = ("n", "batch", "n", "d0", "s0", "m")
SIZES = (0, 1, 2, 3, 6, 7, 64, 100_000)


def stale_shape(rng: random.Random, shape: Sequence[int]) -> list[Any]:
    """Dimensions of the right number: right ones, wrong ones, names (of which one may stand for two sizes), none."""
    return [rng.choice((d, rng.choice(SIZES), rng.choice(SIZES), rng.choice(NAMES), None)) for d in shape]


def declare(model: ModelProto, rng: random.Random, known: dict[str, tuple[int, tuple[int, ...]]]) -> None:
    """Give every value a declaration that is likely wrong. `known`: element type and shape of each, by name."""
    _declare(model.graph, rng, known)
    for function in model.functions:
        made = [o for node in function.node for o in node.output if o in known]
        function.value_info.extend(_info(name, rng, known) for name in made)


def _declare(graph: GraphProto, rng: random.Random, known: dict[str, tuple[int, tuple[int, ...]]]) -> None:
    ends = {v.name for v in graph.output}
    for value in graph.output:
        if value.name in known:
            value.CopyFrom(_info(value.name, rng, known))
    made = [o for node in graph.node for o in node.output if o in known and o not in ends]
    del graph.value_info[:]
    graph.value_info.extend(_info(name, rng, known) for name in made)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _declare(attribute.g, rng, known)


def _info(name: str, rng: random.Random, known: dict[str, tuple[int, tuple[int, ...]]]) -> Any:
    element, shape = known[name]
    return helper.make_tensor_value_info(name, element, stale_shape(rng, shape))
