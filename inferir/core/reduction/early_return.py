"""Let a function return a value that it computes early, and drop what only served what it returned before."""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation
from xdsl.traits import ConstantLike
from xdsl.transforms.dead_code_elimination import is_trivially_dead

from inferir.core.reduction.signature import calls_of, set_type
from inferir.core.walk import walk


def functions_that_return(module: ModuleOp) -> list[func.FuncOp]:
    """The functions of one block that end in a return."""
    return [
        op
        for op in walk(module)
        if isinstance(op, func.FuncOp) and len(op.body.blocks) == 1 and isinstance(op.body.block.last_op, func.ReturnOp)
    ]


def places(function: func.FuncOp) -> list[Operation]:
    """The ops whose results a function could return: those that have some, constants excepted."""
    return [op for op in function.body.block.ops if op.results and not op.has_trait(ConstantLike, value_if_unregistered=False)]


def return_at(module: ModuleOp, index: int, place: int) -> bool:
    """Return what the function of this index computes at a place."""
    function = functions_that_return(module)[index]
    candidates = places(function)
    end = function.body.block.last_op
    if place >= len(candidates) or end is None or calls_of(function) != []:
        return False
    op = candidates[place]
    end.operands = op.results
    set_type(function)
    last = end
    while (before := last.prev_op) is not None and before is not op:
        if is_trivially_dead(before):
            before.detach()
            before.erase()
        else:
            last = before
    return True
