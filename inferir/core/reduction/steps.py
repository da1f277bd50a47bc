"""The single steps of a reduction: less control flow, less nesting, smaller signatures, fewer attributes and operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xdsl.dialects import cf, func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.traits import IsolatedFromAbove, IsTerminator

from inferir.core.dominance import dominator_tree
from inferir.core.reduction.removal import value_like
from inferir.core.reduction.signature import calls_of, drop_argument, drop_result
from inferir.core.walk import walk

UNREGISTERED_NAME = "op_name__"
"""Where xDSL keeps the name of an unregistered op."""
Change = Callable[[ModuleOp], bool]


def steps(module: ModuleOp) -> Iterator[Change]:
    """All steps that `module` offers; each is applied to a copy of it."""
    for index, op in enumerate(walk(module)):
        for successor in range(len(op.successors)):
            yield lambda m, i=index, k=successor: _jump(_at(m, i), k)
        if op.successors:
            yield lambda m, i=index: _return_here(_at(m, i))
        for region in range(len(op.regions)):
            if not isinstance(op, func.FuncOp) and op is not module:
                yield lambda m, i=index, k=region: _hoist(_at(m, i), k)
        if isinstance(op, func.FuncOp) and not op.is_declaration:
            for result in reversed(range(len(op.function_type.outputs))):
                yield lambda m, i=index, k=result: _drop_result(_at(m, i), k)
            for argument in reversed(range(len(op.function_type.inputs))):
                yield lambda m, i=index, k=argument: _drop_argument(_at(m, i), k)
            yield lambda m, i=index: _declare(_at(m, i))
        for name in op.attributes:
            if op is not module and name != UNREGISTERED_NAME:
                yield lambda m, i=index, n=name: _at(m, i).attributes.pop(n, None) is not None


def _at(module: ModuleOp, index: int) -> Operation:
    return next(op for i, op in enumerate(walk(module)) if i == index)


def _drop_result(op: Operation, index: int) -> bool:
    return isinstance(op, func.FuncOp) and drop_result(op, index)


def _drop_argument(op: Operation, index: int) -> bool:
    return isinstance(op, func.FuncOp) and drop_argument(op, index)


def _declare(op: Operation) -> bool:
    """A function that is called and whose body does not matter becomes a declaration."""
    if not isinstance(op, func.FuncOp) or not calls_of(op):
        return False
    for block in reversed(op.body.blocks):
        op.body.detach_block(block)
        block.erase(safe_erase=False)
    op.properties.pop("arg_attrs", None)
    return True


def _jump(op: Operation, index: int) -> bool:
    """A branch always goes to one of its successors; a jump to a block with no other predecessor is that block."""
    if index >= len(op.successors) or (block := op.parent) is None:
        return False
    target = op.successors[index]
    others = [b for b in _blocks_of(block) if b is not block and b.last_op is not None and target in b.last_op.successors]
    entry = _blocks_of(block)[0]
    if isinstance(op, cf.BranchOp) and (others or target is block or target is entry):
        return False
    given = [value_like(op, a) for a in target.args]
    if isinstance(op, cf.BranchOp):
        given = list(op.operands)
    if any(v is None for v in given):
        return False
    values = [v for v in given if v is not None]
    if others or target is block or target is entry:
        _replace_end(op, cf.BranchOp(target, *values))
    else:
        _merge(op, target, values)
    _erase_unreachable(block)
    return True


def _merge(end: Operation, target: Block, values: list[SSAValue]) -> None:
    """Put the ops of a block in place of the jump to it."""
    for argument, value in zip(target.args, values, strict=True):
        argument.replace_all_uses_with(value)
    block = end.parent
    assert block is not None
    end.detach()
    end.erase()
    for op in list(target.ops):
        op.detach()
        block.add_op(op)
    region = target.parent
    assert region is not None
    region.detach_block(target)
    target.erase()


def _return_here(op: Operation) -> bool:
    """The function returns where it branched."""
    function = op.parent_op()
    if not isinstance(function, func.FuncOp):
        return False
    ends = [b.last_op for b in function.body.blocks if isinstance(b.last_op, func.ReturnOp)]
    like = ends[0] if ends else None
    given = [] if like is None else [value_like(op, v) for v in like.operands]
    if like is None or any(v is None for v in given):
        return False
    block = op.parent
    assert block is not None
    _replace_end(op, func.ReturnOp(*[v for v in given if v is not None]))
    _erase_unreachable(block)
    return True


def _replace_end(op: Operation, new: Operation) -> None:
    block = op.parent
    assert block is not None
    new.location = op.location
    op.detach()
    op.erase()
    block.add_op(new)


def _hoist(op: Operation, index: int) -> bool:
    """Put the body of a region in place of the op around it."""
    block = op.parent
    if index >= len(op.regions) or block is None or len(op.regions[index].blocks) != 1:
        return False
    body = op.regions[index].block
    if op.has_trait(IsolatedFromAbove, value_if_unregistered=False) and not isinstance(op, ModuleOp):
        return False
    for argument in body.args:
        other = value_like(op, argument)
        if other is None:
            return False
        argument.replace_all_uses_with(other)
    end = body.last_op
    leaves = end is not None and end.has_trait(IsTerminator, value_if_unregistered=False)
    given = list(end.operands) if end is not None and leaves else []
    for result in op.results:
        other = next((v for v in given if v.type == result.type), None) or value_like(op, result)
        if other is None:
            return False
        result.replace_all_uses_with(other)
    if end is not None and leaves:
        end.detach()
        end.erase()
    for inner in list(body.ops):
        inner.detach()
        block.insert_op_before(inner, op)
    op.detach()
    op.erase()
    return True


def _erase_unreachable(block: Block) -> None:
    """Erase the blocks beside this one that control no longer reaches."""
    region = block.parent
    assert isinstance(region, Region)
    reached = dominator_tree(region)
    gone = [b for b in region.blocks if b not in reached]
    for other in gone:
        for op in other.ops:
            op.drop_all_references()
    for other in gone:
        region.detach_block(other)
        other.erase(safe_erase=False)


def _blocks_of(block: Block) -> list[Block]:
    region = block.parent
    assert region is not None
    return list(region.blocks)
