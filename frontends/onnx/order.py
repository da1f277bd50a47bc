"""The nodes of a graph in an order in which every value is there before it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from inferir.core import InferError


def describe(node: Any, index: int) -> str:
    """A node as it is named in an error: `node "conv1" (Conv)`, or by number where it has no name."""
    return f'node "{node.name}" ({node.op_type})' if node.name else f"node number {index} ({node.op_type})"


def used_names(node: Any) -> list[str]:
    """The values a node needs: its inputs and what its subgraphs take from around them."""
    names = [n for n in node.input if n]
    for attribute in node.attribute:
        graphs = [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]
        for graph in graphs:
            names += free_names(graph)
    return names


def free_names(graph: Any) -> list[str]:
    """The values of enclosing graphs that a subgraph uses, without repetition."""
    own = {v.name for v in graph.input} | {t.name for t in graph.initializer} | {s.values.name for s in graph.sparse_initializer}
    for node in graph.node:
        own.update(node.output)
    used: dict[str, None] = {}
    for node in graph.node:
        used.update(dict.fromkeys(used_names(node)))
    used.update(dict.fromkeys(v.name for v in graph.output))
    return [name for name in used if name not in own]


def ordered(nodes: Sequence[Any], known: Callable[[str], bool]) -> list[tuple[int, Any]]:
    """The nodes with their numbers, in the file's order where that is an order of execution, sorted where it is not.

    `known` tells which values exist before the first node. Raises InferError, naming node and value, for a value that no node produces,
    one that two nodes make, and for a cycle.
    """
    makers = _makers(nodes, known)
    needs = [used_names(node) for node in nodes]
    done: set[str] = set()
    in_order = True
    for index, node in enumerate(nodes):
        for name in needs[index]:
            if name in makers:
                in_order &= name in done
            elif not known(name):
                raise InferError(f"{describe(node, index)} uses value '{name}', which nothing defines")
        done.update(node.output)
    if in_order:
        return list(enumerate(nodes))
    return [(index, nodes[index]) for index in _sorted(nodes, [[makers[n] for n in names if n in makers] for names in needs])]


def _makers(nodes: Sequence[Any], known: Callable[[str], bool]) -> dict[str, int]:
    makers: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for name in node.output:
            if not name:
                continue
            if name in makers:
                raise InferError(
                    f"value '{name}' is defined twice: by {describe(nodes[makers[name]], makers[name])} and {describe(node, index)}"
                )
            makers[name] = index
    return makers


def _sorted(nodes: Sequence[Any], before: list[list[int]]) -> list[int]:
    """Depth first, without recursion: each node after those it needs, else as the file has them."""
    state = [0] * len(nodes)
    out: list[int] = []
    for root in range(len(nodes)):
        stack = [(root, iter(before[root]))] if state[root] == 0 else []
        state[root] = max(state[root], 1)
        while stack:
            index, rest = stack[-1]
            following = next((i for i in rest if state[i] != 2), None)
            if following is None:
                state[index] = 2
                out.append(index)
                stack.pop()
            elif state[following] == 1:
                cycle = [i for i, _ in stack]
                names = " -> ".join(describe(nodes[i], i) for i in cycle[cycle.index(following) :][:6])
                raise InferError(f"the graph has a cycle: {names} -> {describe(nodes[following], following)}")
            else:
                state[following] = 1
                stack.append((following, iter(before[following])))
    return out
