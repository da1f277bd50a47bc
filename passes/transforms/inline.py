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

from xdsl.dialects import func
from xdsl.dialects.builtin import CallSiteLoc, ModuleOp
from xdsl.ir import Operation, SSAValue

from inferir.core import Context, Pass


class Inline(Pass):
    """A call hides what its operands are from every other pass. A recursive function keeps its calls."""

    anchor = ModuleOp.name

    def run(self, op: Operation, ctx: Context) -> None:
        """Inline inside the module, callees before callers, so that every body is copied whole."""
        functions = {f.sym_name.data: f for f in op.walk() if isinstance(f, func.FuncOp)}
        done: dict[str, bool] = {}
        for name in functions:
            self._inline_into(name, functions, done)
        _erase_uncalled(op, functions)

    def _inline_into(self, name: str, functions: dict[str, func.FuncOp], done: dict[str, bool]) -> None:
        """Inline the calls in a function. `done` holds False for the functions this one was reached from."""
        if name in done:
            return
        done[name] = False
        for call in [o for o in functions[name].walk() if isinstance(o, func.CallOp)]:
            callee = functions.get(call.callee.string_value())
            if callee is None or len(callee.body.blocks) != 1:
                continue
            self._inline_into(callee.sym_name.data, functions, done)
            if done[callee.sym_name.data]:
                _replace_by_body(call, callee)
                self.count("inlined")
        done[name] = True


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


def _erase_uncalled(module: Operation, functions: dict[str, func.FuncOp]) -> None:
    """Erase private functions without calls, and those that only they called."""
    calls = Counter(o.callee.string_value() for o in module.walk() if isinstance(o, func.CallOp))
    queue = [f for f in functions.values() if _is_private(f) and not calls[f.sym_name.data]]
    while queue:
        function = queue.pop()
        for call in [o for o in function.walk() if isinstance(o, func.CallOp)]:
            name = call.callee.string_value()
            calls[name] -= 1
            if not calls[name] and name in functions and _is_private(functions[name]) and functions[name] is not function:
                queue.append(functions[name])
        function.detach()
        function.erase()


def _is_private(function: func.FuncOp) -> bool:
    return function.sym_visibility is not None and function.sym_visibility.data == "private"
