"""A function's result types follow what it returns: what takes a value's place may have a more precise type."""

from collections.abc import Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, DictionaryAttr, FunctionType, ModuleOp, StringAttr
from xdsl.ir import Attribute, Operation

from inferir.core.dims import parse_dim, symbols

LARGEST = (1 << 63) - 1
"""The greatest size; a range up to it has no upper bound."""


def follow_results(root: Operation) -> None:
    """Give `root`, or the functions of the module `root`, the types of what they return, where these are more precise.

    A function that is called keeps what its callers have been told.
    """
    inside = [root, *(o for r in root.regions for b in r.blocks for o in b.ops)] if isinstance(root, ModuleOp) else [root]
    for function in [o for o in inside if isinstance(o, func.FuncOp)]:
        end = None if function.is_declaration else function.body.blocks[-1].last_op
        if not isinstance(end, func.ReturnOp):
            continue
        old, new = function.function_type, list(end.operand_types)
        if new != list(old.outputs) and len(new) == len(old.outputs) and _refined(new, old.outputs.data) and not is_called(function):
            function.function_type = FunctionType.from_lists(list(old.inputs), new)


def is_called(function: func.FuncOp) -> bool:
    """Whether some op of the module calls the function."""
    module = function.parent_op()
    name = function.sym_name.data
    return isinstance(module, ModuleOp) and any(isinstance(o, func.CallOp) and o.callee.string_value() == name for o in module.walk())


def size_ranges(function: func.FuncOp) -> dict[str, tuple[int, int]]:
    """The least and greatest size of symbols in the arguments' dimensions that the model states (`inference.ranges`)."""
    stated = function.attributes.get("inference.ranges")
    if not isinstance(stated, DictionaryAttr) or function.arg_attrs is None:
        return {}
    lists = [d for a in function.arg_attrs.data if isinstance(d := a.data.get("inference.dims"), ArrayAttr)]
    named = {name for dims in lists for d in dims if isinstance(d, StringAttr) for name in symbols(parse_dim(d.data))}
    bounds = {name: tuple(b.get_values()) for name, b in stated.data.items() if isinstance(b, DenseArrayBase) and name in named}
    return {name: (int(pair[0]), int(pair[1])) for name, pair in bounds.items() if len(pair) == 2}


def range_error(name: str, low: int, high: int) -> str:
    """What is wrong with a size that the model does not take."""
    most = "" if high >= LARGEST else f" and at most {high}"
    return f"dimension '{name}' must be at least {low}{most}, as the model states"


def _refined(new: Sequence[Attribute], old: Sequence[Attribute]) -> bool:
    from inferir.core.types import refines  # it loads numpy, which reading text does not need

    return all(map(refines, new, old))
