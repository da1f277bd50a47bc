"""Shrink a module while something still holds of it: fewer functions, fewer ops, fewer operands of the return.

Every step makes a smaller module that verifies and asks whether it is still interesting; a step that is not is undone. First
each function returns as early a value as will do, found by halves; then ops go from the last to the first, in halves, quarters
and so on at first. What used an op that goes takes one of its operands of the
same type, else a new argument of the function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, FunctionType, ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.traits import ConstantLike, IsTerminator
from xdsl.transforms.dead_code_elimination import is_trivially_dead

from inferir.core.diagnostics import InferError
from inferir.core.verifier import verify
from inferir.core.walk import walk

Interesting = Callable[[ModuleOp], bool]


def reduce(module: ModuleOp, interesting: Interesting) -> ModuleOp:
    """The smallest module found that is still interesting. `module` itself must be."""
    best = module
    while True:
        smaller = _one_round(best, interesting)
        if smaller is None:
            return best
        best = smaller


def size(module: ModuleOp) -> int:
    """How many ops a module holds, functions and terminators not counted."""
    return sum(1 for op in walk(module) if not isinstance(op, ModuleOp | func.FuncOp) and not op.has_trait(IsTerminator))


def _one_round(module: ModuleOp, interesting: Interesting) -> ModuleOp | None:
    """A smaller module, None where no step makes one."""
    best = _returning_early(module, interesting)
    now = best if best is not None else module
    count = len(_removable(now))
    step = max(1, count // 2)
    while step:
        start = len(_removable(now))
        while start > 0:
            first = max(0, start - step)
            tried = _attempt(now, interesting, lambda m, a=first, b=start: _remove(m, a, b))
            if tried is not None:
                best = now = tried
            start = first
        step //= 2
    for change in _changes(now):
        tried = _attempt(now, interesting, change)
        if tried is not None:
            best = now = tried
    return best


def _returning_early(module: ModuleOp, interesting: Interesting) -> ModuleOp | None:
    """The module with every function returning the first of its values that will do; None where none but the last does."""
    best: ModuleOp | None = None
    for index, op in enumerate(walk(module)):
        if not isinstance(op, func.FuncOp) or op.is_declaration or len(op.body.blocks) != 1:
            continue
        first, last = 0, len(_computed(op)) - 1
        while first < last:
            middle = (first + last) // 2
            tried = _attempt(best or module, interesting, lambda m, i=index, k=middle: _return_at(m, i, k))
            if tried is None:
                first = middle + 1
            else:
                best, last = tried, middle
    return best


def _return_at(module: ModuleOp, index: int, place: int) -> bool:
    """Return what a function computes at a place, and drop what only served what was returned before."""
    function = _at(module, index)
    assert isinstance(function, func.FuncOp)
    op: Operation | None = _computed(function)[place]
    last = function.body.block.last_op
    assert op is not None and last is not None
    last.operands = op.results
    _set_types(function)
    while (after := last.prev_op) is not None and after is not op:
        last = after
        if is_trivially_dead(after):
            last = after.next_op
            assert last is not None
            after.detach()
            after.erase()
    return True


def _computed(function: func.FuncOp) -> list[Operation]:
    """The ops of a function that have results, constants excepted."""
    return [op for op in function.body.block.ops if op.results and not _is_constant(op)]


def _attempt(module: ModuleOp, interesting: Interesting, change: Callable[[ModuleOp], bool]) -> ModuleOp | None:
    copy = module.clone()
    try:
        if not change(copy):
            return None
        _drop_unused(copy)
        verify(copy)
    except InferError:
        return None
    return copy if interesting(copy) else None


def _removable(module: ModuleOp) -> list[Operation]:
    """What may be taken away, in order of the text: functions, and ops inside them that end nothing."""
    return [op for op in walk(module) if op is not module and not op.has_trait(IsTerminator) and op.parent is not None]


def _remove(module: ModuleOp, first: int, last: int) -> bool:
    """Take away the ops of these positions, those nested in others first."""
    done = False
    for op in reversed(_removable(module)[first:last]):
        if all(r.first_use is None or _stand_in(op, r) for r in op.results):
            op.detach()
            op.erase()
            done = True
    return done


def _stand_in(op: Operation, result: SSAValue) -> bool:
    """Let something else take the place of a result: an operand of the same type, or a new argument of the function."""
    other = next((o for o in op.operands if o.type == result.type), None)
    if other is None:
        function = op.parent_op()
        if not isinstance(function, func.FuncOp):
            return False
        block = function.body.block
        other = block.insert_arg(result.type, len(block.args))
        _set_types(function)
    result.replace_all_uses_with(other)
    return True


def _set_types(function: func.FuncOp) -> None:
    """Make the function's type say what its block and its return say."""
    block = function.body.block
    last: Any = block.last_op
    function.properties["function_type"] = FunctionType.from_lists([a.type for a in block.args], [v.type for v in last.operands])
    if function.arg_attrs is not None:
        known = list(function.arg_attrs.data)[: len(block.args)]
        function.properties["arg_attrs"] = ArrayAttr([*known, *[DictionaryAttr({})] * (len(block.args) - len(known))])
    if function.res_attrs is not None and len(function.res_attrs.data) != len(last.operands):
        del function.properties["res_attrs"]


def _changes(module: ModuleOp) -> Iterator[Callable[[ModuleOp], bool]]:
    """Return less; take fewer arguments; carry fewer attributes."""
    for index, op in enumerate(walk(module)):
        if isinstance(op, func.ReturnOp):
            for operand in reversed(range(len(op.operands))):
                yield lambda m, i=index, k=operand: _return_less(m, i, k)
        if isinstance(op, func.FuncOp) and not op.is_declaration:
            for argument in reversed(range(len(op.body.block.args))):
                yield lambda m, i=index, k=argument: _take_less(m, i, k)
        for name in op.attributes:
            if not isinstance(op, ModuleOp):
                yield lambda m, i=index, n=name: _at(m, i).attributes.pop(n, None) is not None


def _at(module: ModuleOp, index: int) -> Operation:
    return next((op for i, op in enumerate(walk(module)) if i == index), module)


def _return_less(module: ModuleOp, index: int, operand: int) -> bool:
    op = _at(module, index)
    function = op.parent_op()
    if not isinstance(op, func.ReturnOp) or not isinstance(function, func.FuncOp) or operand >= len(op.operands):
        return False
    op.operands = [v for i, v in enumerate(op.operands) if i != operand]
    _set_types(function)
    return True


def _take_less(module: ModuleOp, index: int, argument: int) -> bool:
    function = _at(module, index)
    if not isinstance(function, func.FuncOp) or function.is_declaration or argument >= len(function.body.block.args):
        return False
    value = function.body.block.args[argument]
    if value.first_use is not None:
        return False
    function.body.block.erase_arg(value)
    if function.arg_attrs is not None:
        function.properties["arg_attrs"] = ArrayAttr([a for i, a in enumerate(function.arg_attrs.data) if i != argument])
    _set_types(function)
    return True


def _drop_unused(module: ModuleOp) -> None:
    """Constants that nobody uses any more say nothing."""
    for op in list(walk(module)):
        if _is_constant(op) and op.parent is not None and all(r.first_use is None for r in op.results):
            op.detach()
            op.erase()


def _is_constant(op: Operation) -> bool:
    return op.has_trait(ConstantLike)
