"""Take ops away; what used their results takes an operand of the same type or an argument of the function."""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.traits import IsolatedFromAbove, IsTerminator

from inferir.core.reduction.signature import add_argument, calls_of
from inferir.core.walk import walk


def removable(module: ModuleOp) -> list[Operation]:
    """What may be taken away, in order of the text: functions, and ops inside them that end nothing."""
    return [op for op in walk(module) if op is not module and not _ends(op) and op.parent is not None]


def remove(module: ModuleOp, first: int, last: int) -> bool:
    """Take away the ops of these positions, those nested in others first."""
    done = False
    for op in reversed(removable(module)[first:last]):
        if isinstance(op, func.FuncOp) and calls_of(op) != []:
            continue
        if all(r.first_use is None or stand_in(op, r) for r in op.results):
            op.detach()
            op.erase()
            done = True
    return done


def stand_in(op: Operation, value: SSAValue) -> bool:
    """Let something else take the place of a value that `op`, its definition, will no longer give."""
    other = value_like(op, value)
    if other is None:
        return False
    value.replace_all_uses_with(other)
    return True


def value_like(op: Operation, value: SSAValue) -> SSAValue | None:
    """A value of the same type that is visible before `op`: an operand of it, a new argument of the function, or an old one."""
    found = next((o for o in op.operands if o.type == value.type and o is not value), None)
    function = _function_in_sight(op)
    if found is not None or function is None or not function.body.blocks:
        return found
    new = add_argument(function, value.type)
    return new if new is not None else next((a for a in function.body.blocks[0].args if a.type == value.type and a is not value), None)


def _function_in_sight(op: Operation) -> func.FuncOp | None:
    """The function around an op whose arguments it may use."""
    around = op.parent_op()
    while around is not None and not isinstance(around, func.FuncOp):
        if around.has_trait(IsolatedFromAbove, value_if_unregistered=False):
            return None
        around = around.parent_op()
    return around


def _ends(op: Operation) -> bool:
    return op.has_trait(IsTerminator, value_if_unregistered=False) or (op.next_op is None and bool(op.successors))
