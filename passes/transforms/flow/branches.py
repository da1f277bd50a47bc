"""Branches between blocks: which operands of a terminator become which arguments, and how that is changed.

Ops are known by name, so that a dialect is not loaded to find out that a program has none of its ops.
"""

from collections.abc import Callable, Iterator, Sequence

from xdsl.dialects.builtin import DenseArrayBase, i32
from xdsl.ir import Block, Operation, Region, SSAValue

SEGMENTS = "operandSegmentSizes"
CASES = "case_operand_segments"


def _all(op: Operation) -> list[range]:
    return [range(len(op.operands))]


def _behind_condition(op: Operation) -> list[range]:
    return _ranges(segments_of(op))[1:]


def _behind_flag(op: Operation) -> list[range]:
    _, default, _ = segments_of(op)
    cases = op.properties.get(CASES)
    sizes = cases.get_values() if isinstance(cases, DenseArrayBase) else ()
    return _ranges([1, default, *(int(size) for size in sizes)])[1:]


_FORWARDED: dict[str, Callable[[Operation], list[range]]] = {
    "cf.br": _all,
    "cf.cond_br": _behind_condition,
    "cf.switch": _behind_flag,
    "llvm.br": _all,
    "llvm.cond_br": _behind_condition,
}


def segments_of(op: Operation) -> list[int]:
    """The sizes of an op's operand segments."""
    sizes = op.properties.get(SEGMENTS)
    return [int(size) for size in sizes.get_values()] if isinstance(sizes, DenseArrayBase) else [len(op.operands)]


def _ranges(sizes: Sequence[int]) -> list[range]:
    out, start = [], 0
    for size in sizes:
        out.append(range(start, start + size))
        start += size
    return out


def forwarded(op: Operation) -> list[range] | None:
    """For each successor of an op the indices of the operands that become its arguments, None where that is not known."""
    known = _FORWARDED.get(op.name)
    return known(op) if known is not None else None


def edges_into(block: Block) -> list[tuple[Operation, int]]:
    """The branches to a block, each with the number of the successor that the block is."""
    return [(use.operation, use.index) for use in block.uses]


def passed(op: Operation, successor: int) -> list[SSAValue]:
    """What an op passes to the arguments of one of its successors; `forwarded` must know it."""
    known = forwarded(op)
    assert known is not None
    return [op.operands[i] for i in known[successor]]


def can_change(block: Block) -> bool:
    """Whether all branches to a block are of ops whose operands can be changed."""
    return all(forwarded(op) is not None for op, _ in edges_into(block))


def set_passed(op: Operation, successor: int, values: Sequence[SSAValue]) -> None:
    """Change what an op passes to one of its successors."""
    known = forwarded(op)
    assert known is not None
    here = known[successor]
    op.operands = [*op.operands[: here.start], *values, *op.operands[here.stop :]]
    grown = len(values) - len(here)
    if SEGMENTS in op.properties:
        sizes = segments_of(op)
        sizes[min(successor + 1, len(sizes) - 1)] += grown
        op.properties[SEGMENTS] = DenseArrayBase.from_list(i32, sizes)
    cases = op.properties.get(CASES)
    if isinstance(cases, DenseArrayBase) and successor > 0:
        counts = [int(size) for size in cases.get_values()]
        counts[successor - 1] += grown
        op.properties[CASES] = DenseArrayBase.from_list(i32, counts)


def drop_argument(block: Block, index: int) -> None:
    """Take an argument that nothing live uses away from a block, and what branches pass for it."""
    for op, successor in edges_into(block):
        values = passed(op, successor)
        set_passed(op, successor, values[:index] + values[index + 1 :])
    block.erase_arg(block.args[index], safe_erase=False)


def blocks_after_entry(region: Region) -> Iterator[Block]:
    """All blocks of a region but the first."""
    block = region.first_block
    while block is not None and (block := block.next_block) is not None:
        yield block
