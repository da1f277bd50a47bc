"""Merge blocks of a region that do the same; operands from outside in which they differ become arguments.

MLIR's `mergeIdenticalBlocks` (RegionUtils.cpp).
"""

from xdsl.ir import Block, BlockArgument, Operation, Region, SSAValue

from inferir.passes.transforms.flow.branches import blocks_after_entry, can_change, edges_into, passed, set_passed

Difference = tuple[int, int]
"""An operand in which blocks differ: the number of the op in its block, and that of the operand."""


def merge_equal_blocks(region: Region) -> bool:
    """Merge what is equal now; whether there was anything. Called again it may find more."""
    by_successors: dict[tuple[Block, ...], list[Block]] = {}
    for block in blocks_after_entry(region):
        last = block.last_op
        by_successors.setdefault(tuple(last.successors) if last is not None else (), []).append(block)
    changed = False
    for blocks in by_successors.values():
        clusters: list[tuple[Block, list[Block], dict[Difference, None]]] = []
        for block in blocks if len(blocks) > 1 else ():
            if any(op.regions for op in block.ops) or any(_leaves(value, block) for value in block.args):
                continue
            for leader, others, differences in clusters:
                found = _differences(leader, block)
                if found is not None:
                    others.append(block)
                    differences |= dict.fromkeys(found)
                    break
            else:
                clusters.append((block, [], {}))
        for leader, others, differences in clusters:
            changed |= bool(others) and _merge([leader, *others], sorted(differences))
    return changed


def _leaves(value: SSAValue, block: Block) -> bool:
    """Whether something outside the block, or in a region in it, uses the value."""
    return any(use.operation.parent is not block for use in value.uses)


def _differences(leader: Block, block: Block) -> list[Difference] | None:
    """The operands from outside in which two blocks differ; None where they differ in more."""
    if [a.type for a in leader.args] != [a.type for a in block.args]:
        return None
    here, there = list(leader.ops), list(block.ops)
    if len(here) != len(there):
        return None
    same: dict[SSAValue, SSAValue] = dict(zip(leader.args, block.args, strict=True))
    out: list[Difference] = []
    for number, (a, b) in enumerate(zip(here, there, strict=True)):
        if not _same_but_for_operands(a, b) or any(_leaves(r, op.parent) for op in (a, b) for r in op.results if op.parent):
            return None
        for index, (x, y) in enumerate(zip(a.operands, b.operands, strict=True)):
            if same.get(x, x) is y:
                continue
            if x.type != y.type or _is_in(x, leader) or _is_in(y, block) or _is_made_by_branch(x, leader) or _is_made_by_branch(y, block):
                return None
            out.append((number, index))
        same |= dict(zip(a.results, b.results, strict=True))
    return out


def _same_but_for_operands(a: Operation, b: Operation) -> bool:
    if a.name != b.name or len(a.operands) != len(b.operands) or list(a.successors) != list(b.successors):
        return False
    return a.properties == b.properties and a.attributes == b.attributes and list(a.result_types) == list(b.result_types)


def _is_in(value: SSAValue, block: Block) -> bool:
    return value.owner is block if isinstance(value, BlockArgument) else value.owner.parent is block


def _is_made_by_branch(value: SSAValue, block: Block) -> bool:
    """Whether a terminator that branches to the block defines the value, which it cannot then pass itself."""
    return any(value.owner is op for op, _ in edges_into(block))


def _merge(blocks: list[Block], differences: list[Difference]) -> bool:
    """Make all of these blocks the first; whether that was possible."""
    if differences and not all(can_change(block) for block in blocks):
        return False
    leader, region = blocks[0], blocks[0].parent
    assert region is not None
    columns: dict[tuple[SSAValue, ...], BlockArgument] = {}
    ops = [list(block.ops) for block in blocks]
    for number, index in differences:
        column = tuple(there[number].operands[index] for there in ops)
        if column not in columns:
            columns[column] = leader.insert_arg(column[0].type, len(leader.args))
        ops[0][number].operands[index] = columns[column]
    for row, block in enumerate(blocks):
        more = [column[row] for column in columns]
        for op, successor in edges_into(block) if more else ():
            set_passed(op, successor, [*passed(op, successor), *more])
    for block in blocks[1:]:
        for op, successor in edges_into(block):
            op.successors[successor] = leader
        region.erase_block(block, safe_erase=False)
    return True
