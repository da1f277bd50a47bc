"""Put the bodies of called functions in place of the calls; private functions that nothing calls any more go away.

  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = func.call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = inference.add %x, %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
becomes
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = inference.add %x, %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

from xdsl.dialects import func
from xdsl.dialects.builtin import CallSiteLoc, ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.traits import SymbolTable

from inferir.core import Context, InferError, Pass, PassManager
from inferir.core.pipeline import Nested, Pipeline, parse_pipeline
from inferir.core.symbols import lookup, references_of, unchanging_symbols

MOST_OPS = 30_000
MOST_GROWTH = 20
"""A function into which all calls are inlined has no more than 30,000 ops, or 20 times those of the module where that is more.
A few functions that each call the next twice would have more than any memory holds."""


class Inline(Pass):
    """A call hides what its operands are from every other pass. A recursive function keeps its calls."""

    anchor = ModuleOp.name
    default_pipeline: Annotated[str, "passes for every function that calls were inlined into"] = ""
    op_pipelines: Annotated[str, "the same by the kind of function: func.func(canonicalize,cse)"] = ""
    inlining_threshold: Annotated[int, "percent of the caller's ops that a callee may have; -1: any number"] = -1

    def run(self, op: Operation, ctx: Context) -> None:
        """Inline inside the module, callees before callers, so that every body is copied whole. Raises InferError for what would be immense."""
        functions = [f for f in op.walk() if isinstance(f, func.FuncOp)]
        with unchanging_symbols():
            calls = {f: _calls(f) for f in functions}
        callers: dict[Operation, None] = {}
        for call, callee in _wanted(_callees_first(functions, calls), calls):
            caller = _function_around(call)
            if self.inlining_threshold >= 0 and 100 * _ops_in(callee) > self.inlining_threshold * _ops_in(caller):
                continue
            callers[caller] = None
            _replace_by_body(call, callee)
            self.count("inlined")
        _erase_unnamed(functions, op)
        for caller in callers:
            if caller.parent is not None:
                self._simplify(caller, ctx)

    def _simplify(self, function: Operation, ctx: Context) -> None:
        """Run the passes that the options name for a function."""
        own = [e for e in parse_pipeline(self.op_pipelines).elements if isinstance(e, Nested) and e.anchor == function.name]
        elements = own[0].elements if own else parse_pipeline(self.default_pipeline).elements
        if elements:
            PassManager(Pipeline((Nested("any", tuple(elements)),)), ctx).run(function)


def _function_around(op: Operation) -> Operation:
    function = op.parent_op()
    while not isinstance(function, func.FuncOp):
        assert function is not None
        function = function.parent_op()
    return function


def _ops_in(function: Operation) -> int:
    return sum(1 for _ in function.walk()) - 1


def _calls(function: func.FuncOp) -> list[tuple[func.CallOp, func.FuncOp]]:
    """The calls in a function, with the functions they name."""
    found = [(call, lookup(call, call.callee)) for call in function.walk() if isinstance(call, func.CallOp)]
    return [(call, callee) for call, callee in found if isinstance(callee, func.FuncOp)]


def _callees_first(functions: Iterable[func.FuncOp], calls: dict[func.FuncOp, list[tuple[func.CallOp, func.FuncOp]]]) -> list[func.FuncOp]:
    """The functions in an order in which callees come before their callers, where no function calls itself."""
    order: dict[func.FuncOp, None] = {}
    entered: set[func.FuncOp] = set()
    stack = [(f, False) for f in reversed(list(functions))]
    while stack:
        function, left = stack.pop()
        if left:
            order[function] = None
        elif function not in entered:
            entered.add(function)
            stack.append((function, True))
            stack += [(callee, False) for _, callee in reversed(calls.get(function, [])) if callee in calls]
    return list(order)


def _wanted(
    order: list[func.FuncOp], calls: dict[func.FuncOp, list[tuple[func.CallOp, func.FuncOp]]]
) -> list[tuple[func.CallOp, func.FuncOp]]:
    """The calls to inline. Raises InferError where that would make a function immense."""
    wanted: list[tuple[func.CallOp, func.FuncOp]] = []
    own = {function: sum(1 for _ in function.walk()) for function in order}
    most = max(MOST_OPS, MOST_GROWTH * sum(own.values()))
    sizes: dict[func.FuncOp, int] = {}
    for function in order:
        here = [(call, callee) for call, callee in calls[function] if callee in sizes and _can_be_copied(callee, call)]
        sizes[function] = own[function] + sum(sizes[callee] for _, callee in here)
        if sizes[function] > most:
            raise InferError(f"with its calls inlined @{function.sym_name.data} would have more than {most} ops", function.location)
        wanted += here
    return wanted


def _can_be_copied(callee: func.FuncOp, call: func.CallOp) -> bool:
    """Whether the body is one block, and the symbols in it mean the same where it is called."""
    if len(callee.body.blocks) != 1:
        return False
    return _table_of(callee) is _table_of(call) or not any(True for op in callee.walk() for _ in references_of(op))


def _table_of(op: Operation) -> Operation | None:
    """The symbol table around an op."""
    around = op.parent_op()
    while around is not None and not around.has_trait(SymbolTable):
        around = around.parent_op()
    return around


def _replace_by_body(call: func.CallOp, callee: func.FuncOp) -> None:
    """Copy the callee's operations before the call. A copy is located at the original, called from the call."""
    block, body = call.parent, callee.body.block
    assert block is not None
    values: dict[SSAValue, SSAValue] = dict(zip(body.args, call.operands, strict=True))
    for op in body.ops:
        if isinstance(op, func.ReturnOp):
            for result, returned in zip(call.results, op.operands, strict=True):
                value = values.get(returned, returned)
                value.name_hint = value.name_hint or result.name_hint
                result.replace_all_uses_with(value)
            continue
        copy = op.clone(values)
        for inner in copy.walk():
            inner.location = CallSiteLoc(inner.location, call.location)
        block.insert_op_before(copy, call)
    block.erase_op(call)


def _named_by(op: Operation) -> Iterator[Operation]:
    """The ops that attributes of an op name. Those of a symbol table may mean a symbol inside it, or one beside it."""
    around = op.parent_op() if op.has_trait(SymbolTable, value_if_unregistered=False) else None
    for reference in references_of(op):
        found = {lookup(place, reference) for place in (op, around) if place is not None}
        yield from (symbol for symbol in found if symbol is not None)


def _erase_unnamed(functions: list[func.FuncOp], module: Operation) -> None:
    """Erase private functions that no attribute names, and those that only they named."""
    with unchanging_symbols():
        names = {f: Counter(symbol for op in f.walk() for symbol in _named_by(op)) for f in functions}
        named = Counter(symbol for op in module.walk() for symbol in _named_by(op))
    queue = [f for f in functions if _is_private(f) and not named[f]]
    while queue:
        function = queue.pop()
        for symbol, times in names[function].items():
            named[symbol] -= times
            if not named[symbol] and isinstance(symbol, func.FuncOp) and _is_private(symbol) and symbol is not function:
                queue.append(symbol)
        function.detach()
        function.erase()


def _is_private(function: func.FuncOp) -> bool:
    return function.sym_visibility is not None and function.sym_visibility.data == "private"
