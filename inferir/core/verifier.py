"""Is the IR well formed: every op verifies, every value is defined before it is used."""

from __future__ import annotations

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Block, BlockArgument, Operation, OpResult, Region, SSAValue
from xdsl.traits import IsolatedFromAbove
from xdsl.utils.exceptions import DiagnosticException

from inferir.core.diagnostics import InferError, Note
from inferir.core.dominance import dominator_tree, is_graph_region
from inferir.core.fast_verifier import is_certainly_valid
from inferir.core.symbols import unchanging_symbols
from inferir.core.walk import walk


def verify(op: Operation) -> None:
    """Raise InferError at the first thing that is wrong with `op` or anything inside it."""
    with unchanging_symbols():
        if not is_certainly_valid(op):
            verify_thoroughly(op)


def verify_thoroughly(op: Operation) -> None:
    """The same without the memory of what was found valid before: it says what is wrong."""
    for inner in walk(op):
        try:
            inner.verify(verify_nested_ops=False)
        except InferError:
            raise
        except DiagnosticException as error:
            cause = error.__cause__ or error
            if str(cause).startswith("Redefinition of symbol"):
                raise _redefinition(inner) from None
            text = str(cause).removeprefix("Operation does not verify: ")
            raise InferError(f"{inner.name}: {_summary(text)}", inner.location) from None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise InferError(f"{inner.name}: {error}", inner.location) from error
    verify_dominance(op)


def verify_dominance(op: Operation) -> None:
    """Raise InferError where an operand is not defined above its use, or lies inside a region its user is not in.

    As in MLIR, a block that control never reaches may use anything, and in a graph region the order of the ops is free.
    """
    for region in op.regions:
        _verify_region(region, set())


def _verify_region(region: Region, visible: set[SSAValue]) -> None:
    block = region.first_block
    if block is None:
        return
    if block is not region.last_block:
        _verify_blocks(region, visible)
    elif is_graph_region(region):
        values = {v for op in block.ops for v in op.results} - visible
        visible |= values
        _verify_block(block, visible)
        visible -= values
    else:
        visible.difference_update(_verify_block(block, visible))


def _verify_blocks(region: Region, visible: set[SSAValue]) -> None:
    """Verify every block with what the blocks that dominate it define in sight."""
    tree = dominator_tree(region)
    stack: list[tuple[Block, list[SSAValue] | None]] = [(region.blocks[0], None)]
    while stack:
        block, defined = stack.pop()
        if defined is not None:
            visible.difference_update(defined)
            continue
        stack.append((block, _verify_block(block, visible)))
        stack += [(below, None) for below in tree[block]]
    for block in region.blocks:
        if block not in tree:
            for op in block.ops:
                _verify_inside(op, {*visible, *_all_values(region)})


def _verify_block(block: Block, visible: set[SSAValue]) -> list[SSAValue]:
    """Verify the ops of a block; what it added to `visible`."""
    added: list[SSAValue] = [a for a in block.args if a not in visible]
    visible.update(added)
    for op in block.ops:
        for index, operand in enumerate(op.operands):
            if operand not in visible:
                raise _not_visible(op, index, operand)
        _verify_inside(op, visible)
        new = [r for r in op.results if r not in visible]
        visible.update(new)
        added.extend(new)
    return added


def _verify_inside(op: Operation, visible: set[SSAValue]) -> None:
    isolated = bool(op.regions) and op.has_trait(IsolatedFromAbove, value_if_unregistered=False)
    for region in op.regions:
        _verify_region(region, set() if isolated else visible)


def _all_values(region: Region) -> set[SSAValue]:
    """What the blocks of a region define, and not what lies inside their ops."""
    return {v for block in region.blocks for v in (*block.args, *[r for op in block.ops for r in op.results])}


def _not_visible(op: Operation, index: int, operand: SSAValue) -> InferError:
    hint = f"%{operand.name_hint}" if operand.name_hint else f"operand #{index}"
    if isinstance(operand, OpResult):
        return InferError(f"{op.name}: {hint} does not dominate this use", op.location, [Note("it is defined here", operand.op.location)])
    assert isinstance(operand, BlockArgument)
    owner = operand.block.parent_op()
    return InferError(
        f"{op.name}: {hint} belongs to a region this op is not in",
        op.location,
        [Note("that region is here", owner.location)] if owner else [],
    )


def _redefinition(table: Operation) -> InferError:
    """The second of two ops in a symbol table that have one name."""
    met: dict[object, Operation] = {}
    for op in table.regions[0].blocks[0].ops:
        name = op.get_attr_or_prop("sym_name")
        if isinstance(name, StringAttr) and met.setdefault(name, op) is not op:
            return InferError(f"redefinition of symbol @{name.data}", op.location, [Note("it is defined here first", met[name].location)])
    return InferError(f"{table.name}: a symbol is defined twice", table.location)


def _summary(text: str) -> str:
    """The part of a stock verifier message that says what is wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].lstrip("^ ") if lines and "^" in text else (lines[0] if lines else "does not verify")
