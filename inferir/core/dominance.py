"""Which blocks of a region control reaches, and which of them every path to a block passes through.

Dominators by Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). A block that control never reaches is
left out: it dominates nothing, and as in MLIR anything may be used in it.
"""

from __future__ import annotations

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation, Region


def is_graph_region(region: Region) -> bool:
    """Whether an op of this region may use a value that is defined further down, as in the body of a module."""
    return isinstance(region.parent, ModuleOp)


def dominator_tree(region: Region) -> dict[Block, list[Block]]:
    """The blocks of a region that control reaches, each with the blocks that it immediately dominates."""
    if region.first_block is None:
        return {}
    order = _reverse_postorder(region.first_block)
    position = {block: index for index, block in enumerate(order)}
    dominator = _immediate_dominators(order, position)
    tree: dict[Block, list[Block]] = {block: [] for block in order}
    for block in order[1:]:
        tree[order[dominator[position[block]]]].append(block)
    return tree


def _successors(block: Block) -> tuple[Block, ...]:
    last: Operation | None = block.last_op
    return () if last is None else tuple(last.successors)


def _reverse_postorder(entry: Block) -> list[Block]:
    """The blocks that control reaches, each before its successors but for the edges back of loops."""
    finished: list[Block] = []
    met = {entry}
    stack = [(entry, iter(_successors(entry)))]
    while stack:
        block, following = stack[-1]
        new = next((s for s in following if s not in met), None)
        if new is None:
            finished.append(block)
            stack.pop()
        else:
            met.add(new)
            stack.append((new, iter(_successors(new))))
    return finished[::-1]


def _immediate_dominators(order: list[Block], position: dict[Block, int]) -> list[int]:
    """For each block of the reverse postorder the index of its immediate dominator; the entry's is itself."""
    predecessors: list[list[int]] = [[] for _ in order]
    for block in order:
        for successor in _successors(block):
            predecessors[position[successor]].append(position[block])
    dominator = [0] + [-1] * (len(order) - 1)
    changed = True
    while changed:
        changed = False
        for index in range(1, len(order)):
            known = [p for p in predecessors[index] if dominator[p] >= 0]
            nearest = known[0]
            for other in known[1:]:
                nearest = _common(dominator, nearest, other)
            if dominator[index] != nearest:
                dominator[index] = nearest
                changed = True
    return dominator


def _common(dominator: list[int], a: int, b: int) -> int:
    """The nearest block that dominates both."""
    while a != b:
        if a > b:
            a = dominator[a]
        else:
            b = dominator[b]
    return a
