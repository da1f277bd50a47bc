"""Walking ops without recursion: time and memory do not grow with the depth of the nesting."""

from __future__ import annotations

from collections.abc import Iterator

from xdsl.ir import Operation


def walk(root: Operation) -> Iterator[Operation]:
    """`root` and every op inside it, each before what it holds, in order of the text. The op last given may be erased or replaced."""
    yield root
    stack = [_first(root)]
    while stack:
        op = stack[-1]
        if op is None:
            stack.pop()
            continue
        following = op.next_op
        if following is None:
            following = _first_after(op)
        inner = op.regions
        yield op
        stack[-1] = following
        if inner and op.parent is not None:
            stack.append(_first(op))


def _first(op: Operation) -> Operation | None:
    """The first op of the first block that has one, of the regions of `op`."""
    for region in op.regions:
        for block in region.blocks:
            if block.first_op is not None:
                return block.first_op
    return None


def _first_after(op: Operation) -> Operation | None:
    """The first op after the block of `op`, in the same op's regions."""
    block = op.parent
    region = block.parent if block is not None else None
    if block is None or region is None:
        return None
    block = block.next_block
    while block is not None:
        if block.first_op is not None:
            return block.first_op
        block = block.next_block
    owner = region.parent
    if owner is None or len(owner.regions) == 1:
        return None
    index = next(i for i, r in enumerate(owner.regions) if r is region)
    for other in owner.regions[index + 1 :]:
        for block in other.blocks:
            if block.first_op is not None:
                return block.first_op
    return None


def root_of(op: Operation) -> Operation:
    """The outermost op around an op: its module."""
    while (parent := op.parent_op()) is not None:
        op = parent
    return op
