"""The nodes of a graph or a function by name: what their inputs refer to, and an order in which every value is there before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from inferir.core import InferError

MAX_RESULTS = 4096
_REFERENCE = re.compile(r"([^:^]+)(?::([A-Za-z]\w*))?(?::(\d{1,6}))?")


class Reference(NamedTuple):
    """A value: the node, the name of its result (functions write it, graphs do not), the number within."""

    node: str
    result: str | None
    number: int


def reference(text: str) -> Reference:
    """`conv`, `split:1` or, in functions, `split:output:1`."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise InferError(f"'{text[:80]}' refers to no value")
    return Reference(match[1], match[2], int(match[3] or 0))


def data_inputs(node: Any) -> list[str]:
    """The inputs of a node that are values; those that only order effects begin with ^."""
    return [text for text in node.input if not text.startswith("^")]


def described(node: Any) -> str:
    """A node as it is named in an error."""
    return f'node "{node.name[:80]}" ({node.op[:80]})'


class Nodes:
    """Nodes by name."""

    def __init__(self, nodes: Iterable[Any]):
        self.by_name: dict[str, Any] = {}
        for node in nodes:
            if node.name in self.by_name:
                raise InferError(f"two nodes are called '{node.name[:80]}'")
            self.by_name[node.name] = node
        self._results: dict[str, list[tuple[str | None, int]]] | None = None

    def ordered(self, targets: Sequence[str], known: Iterable[str]) -> list[Any]:
        """The nodes that values are computed of, each after those it needs. Raises InferError for a cycle and for what does not exist."""
        state: dict[str, int] = dict.fromkeys(known, 2)
        out: list[Any] = []
        for target in targets:
            name = reference(target).node
            stack = [(name, iter(self._needs(name)))] if name not in state else []
            state.setdefault(name, 1)
            while stack:
                current, needs = stack[-1]
                following = next((n for n in needs if state.get(n) != 2), None)
                if following is None:
                    state[current] = 2
                    out.append(self.by_name[current])
                    stack.pop()
                elif state.get(following) == 1:
                    raise InferError(
                        f"the graph has a cycle through {described(self.by_name[following])}; loops of TensorFlow 1 (NextIteration) are not supported, "
                        "save the model with control flow v2"
                    )
                else:
                    state[following] = 1
                    stack.append((following, iter(self._needs(following))))
        return out

    def _needs(self, name: str) -> list[str]:
        if name not in self.by_name:
            raise InferError(f"value '{name[:80]}' is used, and nothing defines it")
        return [reference(text).node for text in data_inputs(self.by_name[name])]

    def unread(self) -> list[Any]:
        """The nodes whose values nothing reads."""
        read = {reference(text).node for node in self.by_name.values() for text in data_inputs(node)}
        return [node for node in self.by_name.values() if node.name not in read]

    def results(self, name: str, more: Sequence[str]) -> list[tuple[str | None, int]]:
        """The results of a node that the graph (or `more`) refers to, for operators that no table knows: all of them up to the last one."""
        if self._results is None:
            found: dict[str, dict[str | None, int]] = {}
            for text in [*(t for n in self.by_name.values() for t in data_inputs(n)), *more]:
                node, result, index = reference(text)
                counts = found.setdefault(node, {})
                counts[result] = max(counts.get(result, 0), index + 1)
            self._results = {
                node: [(r, i) for r, n in counts.items() for i in range(min(n, MAX_RESULTS))] for node, counts in found.items()
            }
        return self._results.get(name, [])
