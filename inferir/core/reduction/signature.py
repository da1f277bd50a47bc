"""Changing what a function takes and returns, together with the calls of it."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, FunctionType
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.traits import SymbolTable

from inferir.core.symbols import references_of
from inferir.core.walk import root_of, walk


def calls_of(function: func.FuncOp) -> list[func.CallOp] | None:
    """The calls of a function; None where something else names it too, so that its signature has to stay."""
    name, calls = function.sym_name.data, []
    for op in walk(root_of(function)):
        if isinstance(op, func.CallOp):
            if op.callee.string_value() == name and SymbolTable.lookup_symbol(op, op.callee) is function:
                calls.append(op)
        elif any(name in (r.root_reference.data, *[n.data for n in r.nested_references]) for r in references_of(op)):
            return None
    return calls


def add_argument(function: func.FuncOp, type: Attribute, depth: int = 8) -> SSAValue | None:
    """A new argument of a function, handed on by its callers' own new arguments; None where that cannot be done."""
    calls = calls_of(function)
    if calls is None or depth == 0:
        return None
    for call in calls:
        caller = enclosing_function(call)
        value = None if caller is None or caller is function else add_argument(caller, type, depth - 1)
        if value is None:
            return None
        call.operands = [*call.operands, value]
    block = function.body.blocks[0]
    value = block.insert_arg(type, len(block.args))
    set_type(function)
    return value


def drop_argument(function: func.FuncOp, index: int) -> bool:
    """Take an unused argument away, at the calls too."""
    block = function.body.blocks[0]
    calls = calls_of(function)
    if calls is None or block.args[index].first_use is not None:
        return False
    block.erase_arg(block.args[index])
    if function.arg_attrs is not None:
        function.properties["arg_attrs"] = ArrayAttr([a for i, a in enumerate(function.arg_attrs.data) if i != index])
    for call in calls:
        call.operands = [v for i, v in enumerate(call.operands) if i != index]
    set_type(function)
    return True


def drop_result(function: func.FuncOp, index: int) -> bool:
    """Return one value less; the calls must not use it."""
    calls = calls_of(function)
    if calls is None or any(c.results[index].first_use is not None for c in calls):
        return False
    for end in returns_of(function):
        end.operands = [v for i, v in enumerate(end.operands) if i != index]
    if function.res_attrs is not None:
        function.properties["res_attrs"] = ArrayAttr([a for i, a in enumerate(function.res_attrs.data) if i != index])
    for call in calls:
        kept = [r for i, r in enumerate(call.results) if i != index]
        new = func.CallOp(call.callee, list(call.operands), [r.type for r in kept])
        new.location = call.location
        block = call.parent
        assert block is not None
        block.insert_op_before(new, call)
        for old, result in zip(kept, new.results, strict=True):
            old.replace_all_uses_with(result)
        call.detach()
        call.erase()
    set_type(function, [t for i, t in enumerate(function.function_type.outputs) if i != index])
    return True


def returns_of(function: func.FuncOp) -> list[func.ReturnOp]:
    """The ends of a function."""
    return [b.last_op for b in function.body.blocks if isinstance(b.last_op, func.ReturnOp)]


def enclosing_function(op: Operation) -> func.FuncOp | None:
    """The function around an op."""
    around = op.parent_op()
    while around is not None and not isinstance(around, func.FuncOp):
        around = around.parent_op()
    return around


def set_type(function: func.FuncOp, results: Sequence[Attribute] | None = None) -> None:
    """Make the function's type state what its entry block takes and what it returns: `results`, or the types of its first return."""
    block = function.body.blocks[0]
    ends = returns_of(function)
    if results is None:
        results = list(ends[0].operand_types) if ends else list(function.function_type.outputs)
    function.properties["function_type"] = FunctionType.from_lists([a.type for a in block.args], list(results))
    if function.arg_attrs is not None:
        known = list(function.arg_attrs.data)[: len(block.args)]
        function.properties["arg_attrs"] = ArrayAttr([*known, *[DictionaryAttr({})] * (len(block.args) - len(known))])
    if function.res_attrs is not None and len(function.res_attrs.data) != len(results):
        del function.properties["res_attrs"]
