"""Simplify the control flow of regions: blocks that are never reached, arguments and ops that only feed each other.

MLIR's `simplifyRegions` (RegionUtils.cpp): `normal` is that, `aggressive` also merges equal blocks and drops arguments that are
always given the same value.
"""

from collections.abc import Iterator

from xdsl.ir import Block, BlockArgument, Operation, Region, SSAValue
from xdsl.transforms.dead_code_elimination import would_be_trivially_dead

from inferir.core.dominance import dominator_tree
from inferir.core.walk import walk
from inferir.passes.transforms.flow.branches import blocks_after_entry, can_change, drop_argument, edges_into, forwarded, passed
from inferir.passes.transforms.flow.merge_blocks import merge_equal_blocks


def simplify_regions(root: Operation, aggressive: bool = False) -> bool:
    """Simplify every region inside `root`; whether anything changed."""
    changed = False
    for region in branching(root):
        changed |= erase_unreachable(region)
    outermost = [region for region in branching(root) if not _is_inside_branching(region, root)]
    for region in outermost:
        changed |= erase_dead(region)
    if aggressive:
        for region in branching(root):
            while merge_equal_blocks(region):
                changed = True
            changed |= drop_uniform_arguments(region)
    return changed


def branching(root: Operation) -> list[Region]:
    """The regions inside `root` with more than one block."""
    return [region for op in walk(root) for region in op.regions if region.first_block is not region.last_block]


def _is_inside_branching(region: Region, root: Operation) -> bool:
    op = region.parent
    while op is not None and op is not root:
        around = op.parent.parent if op.parent is not None else None
        if around is not None and around.first_block is not around.last_block:
            return True
        op = op.parent_op()
    return False


def erase_unreachable(region: Region) -> bool:
    """Erase the blocks that control never reaches; whether there were any."""
    reached = dominator_tree(region)
    gone = [block for block in region.blocks if block not in reached]
    for block in gone:
        for op in list(block.ops):
            op.drop_all_references()
    for block in gone:
        region.erase_block(block, safe_erase=False)
    return bool(gone)


def erase_dead(region: Region) -> bool:
    """Erase ops and block arguments that nothing but each other uses; whether there were any."""
    return _erase_dead(region, _Liveness(region))


def _erase_dead(region: Region, live: "_Liveness") -> bool:
    changed = False
    for block in region.blocks:
        for op in reversed(list(block.ops)):
            if op not in live.ops:
                block.erase_op(op, safe_erase=False)
                changed = True
                continue
            for inner in op.regions:
                changed |= _erase_dead(inner, live)
    return _erase_arguments(region, live) or changed


def _erase_arguments(region: Region, live: "_Liveness") -> bool:
    changed = False
    for block in blocks_after_entry(region):
        for argument in reversed(block.args):
            if argument not in live.arguments and can_change(block):
                drop_argument(block, argument.index)
                changed = True
    return changed


class _Liveness:
    """What of a region is needed: ops that do more than compute, and what they use. All else is dead until proven live."""

    def __init__(self, region: Region):
        self.ops: set[Operation] = set()
        self.arguments: set[SSAValue] = set()
        self._queue: list[Operation] = []
        for op in _ops_of(region):
            if not would_be_trivially_dead(op):
                self._live(op)
        while self._queue:
            self._follow(self._queue.pop())

    def _live(self, op: Operation) -> None:
        if op not in self.ops:
            self.ops.add(op)
            self._queue.append(op)

    def _follow(self, op: Operation) -> None:
        to_arguments = {i for indices in forwarded(op) or () for i in indices} if op.successors else set()
        for index, value in enumerate(op.operands):
            if index not in to_arguments:
                self._value(value)
        if op.successors:
            self._successors(op)

    def _successors(self, op: Operation) -> None:
        known = forwarded(op)
        for number, block in enumerate(op.successors):
            for index, argument in enumerate(block.args):
                if argument in self.arguments and known is not None:
                    self._value(op.operands[known[number][index]])
                elif known is None:
                    self._value(argument)

    def _value(self, value: SSAValue) -> None:
        if not isinstance(value, BlockArgument):
            assert isinstance(value.owner, Operation)
            self._live(value.owner)
            return
        if value in self.arguments:
            return
        self.arguments.add(value)
        if value.block.parent is None or value.block is value.block.parent.first_block:
            return
        for op, successor in edges_into(value.block):
            if op in self.ops and forwarded(op) is not None:
                self._value(passed(op, successor)[value.index])


def _ops_of(region: Region) -> Iterator[Operation]:
    for block in region.blocks:
        for op in block.ops:
            yield from walk(op)


def drop_uniform_arguments(region: Region) -> bool:
    """Replace block arguments that every branch gives the same value by that value; whether there were any."""
    changed = False
    for block in blocks_after_entry(region):
        for argument in reversed(block.args):
            value = _uniform(block, argument)
            if value is not None:
                argument.replace_all_uses_with(value)
                drop_argument(block, argument.index)
                changed = True
    return changed


def _uniform(block: Block, argument: BlockArgument) -> SSAValue | None:
    edges = edges_into(block)
    if not edges or not can_change(block):
        return None
    values = {passed(op, successor)[argument.index] for op, successor in edges}
    value = values.pop()
    return value if not values and value is not argument else None
