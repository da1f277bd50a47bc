"""The reference executor: runs a function op by op with numpy. It is the specification, not the fast path.

Every op either has `evaluate` (our `Op`s) or an entry in `register_semantics` (func, arith). Values are numpy arrays;
memory of a value is given back after its last use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, ArrayAttr, DictionaryAttr, ModuleOp, StringAttr, TensorType, UnrankedTensorType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.traits import IsTerminator

from inferir.core.constants import constant_value
from inferir.core.context import Context
from inferir.core.diagnostics import InferError, error_at
from inferir.core.ranges import OutOfRange
from inferir.core.rewriting import constant_attribute_of
from inferir.core.signatures import range_error, size_ranges
from inferir.core.string_codes import decoded, encoded, strings_of
from inferir.core.types import numpy_dtype

Values = dict[SSAValue, Any]
Observer = Callable[[Operation, Sequence[Any]], None]
Semantics = Callable[["Executor", Operation, list[Any]], list[Any]]

SEMANTICS: dict[str, Semantics] = {}
"""Reference semantics of ops that are not ours, by op name."""


def semantics(*names: str) -> Callable[[Semantics], Semantics]:
    """Give ops of other dialects reference semantics: `f(executor, op, operands) -> results`."""

    def register(function: Semantics) -> Semantics:
        for name in names:
            SEMANTICS[name] = function
        return function

    return register


class Executor:
    """Runs functions of one module. `observer` sees every op with its results."""

    def __init__(self, module: ModuleOp, ctx: Context, observer: Observer | None = None):
        self.module = module
        self.ctx = ctx
        self.observer = observer

    def function(self, name: str) -> func.FuncOp:
        """The function called `name`. Raises InferError where there is none."""
        for op in self.module.ops:
            if isinstance(op, func.FuncOp) and op.sym_name.data == name:
                return op
        raise InferError(f"the module has no function @{name}", self.module.location)

    def call(self, name: str, arguments: Sequence[Any]) -> list[Any]:
        """Run a function on arrays; strings where it takes or gives codes of them."""
        function = self.function(name)
        if function.is_declaration:
            raise error_at(function, f"@{name} has no body to run")
        given = [encoded(v, strings_of(function.arg_attrs, i)) for i, v in enumerate(arguments)]
        try:
            results = self.run_region(function.body, given, {})
        except RecursionError:
            raise error_at(function, f"@{name} is called again and again, deeper than {sys.getrecursionlimit()} levels") from None
        return [decoded(v, strings_of(function.res_attrs, i)) for i, v in enumerate(results)]

    def run_region(self, region: Region, arguments: Sequence[Any], outer: Values) -> list[Any]:
        """Run a region of one block on arrays; returns what its terminator yields."""
        block = region.block
        owner = region.parent_op()
        for argument, value in zip(block.args, arguments, strict=True) if not isinstance(owner, func.FuncOp) else ():
            check_type(owner, argument.type, value)
        values = dict(outer)
        values.update(zip(block.args, arguments, strict=True))
        return self._run_block(block, values)

    def _run_block(self, block: Block, values: Values) -> list[Any]:
        last = self.last_uses(block)
        for op in block.ops:
            operands = [values[v] for v in op.operands]
            if op.has_trait(IsTerminator):
                return operands
            results = self.run_op(op, operands, values)
            for result, value in zip(op.results, results, strict=True):
                check_type(op, result.type, value)
            if self.observer is not None:
                self.observer(op, results)
            values.update(zip(op.results, results, strict=True))
            for dead in last.get(op, ()):
                values.pop(dead, None)
        return []

    def last_uses(self, block: Block) -> dict[Operation, list[SSAValue]]:
        """Values of the block by the op of the block after which they are not used."""
        last: dict[SSAValue, Operation] = {}
        for op in block.ops:
            for inner in op.walk() if op.regions else (op,):
                for value in inner.operands:
                    owner = value.owner
                    if (owner.parent if isinstance(owner, Operation) else owner) is block:
                        last[value] = op
            for result in op.results:
                last.setdefault(result, op)
        out: dict[Operation, list[SSAValue]] = {}
        for value, op in last.items():
            out.setdefault(op, []).append(value)
        return out

    def run_op(self, op: Operation, operands: list[Any], values: Values) -> list[Any]:
        """The results of an op; `values` are those that its regions may read. Raises InferError, with the shapes, where it cannot be run."""
        try:
            return self._evaluate(op, operands, values)
        except InferError:
            raise
        except OutOfRange as problem:
            raise error_at(op, str(problem)) from None
        except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, AssertionError, MemoryError) as problem:
            shapes = ", ".join(str(getattr(o, "shape", type(o).__name__)) for o in operands)
            why = "there is not enough memory" if isinstance(problem, MemoryError) else f"{problem}"[:300] or type(problem).__name__
            raise error_at(op, f"cannot run on ({shapes}): {why}") from problem

    def _evaluate(self, op: Operation, operands: list[Any], values: Values) -> list[Any]:
        handler = SEMANTICS.get(op.name)
        if handler is not None:
            return handler(self, op, operands)
        constant = constant_attribute_of(op.results[0]) if op.results else None
        if constant is not None:
            return [constant_value(constant, self.ctx)]
        evaluate = getattr(op, "evaluate", None)
        if evaluate is None:
            raise error_at(op, "the reference executor has no semantics for this op; lower it to the inference dialect first")
        context = {"run": lambda region, *args: self.run_region(region, args, values)} if op.regions else {}
        with np.errstate(all="ignore"):
            return evaluate(operands, **context)


def check_type(op: Operation | None, type: Attribute, value: Any) -> None:
    """Raise InferError where a tensor has not the dimensions that its type declares: a type in a file is a claim."""
    if not isinstance(type, TensorType) or not isinstance(value, np.ndarray | np.generic):
        return
    declared, shape = type.get_shape(), value.shape
    if len(declared) != len(shape) or any(d not in (n, DYNAMIC_INDEX) for d, n in zip(declared, shape, strict=True)):
        name = "" if op is None else f"{op.name}: "
        raise InferError(f"{name}a value has shape {list(shape)} where {type} is declared", None if op is None else op.location)


def execute(module: ModuleOp, inputs: Mapping[str, Any] | Sequence[Any], ctx: Context, observer: Observer | None = None) -> list[Any]:
    """Run `@main` on inputs by name or in order; returns the results in order.

    Raises InferError for inputs that are missing, unknown, or of another rank, dtype or dimension than declared.
    """
    executor = Executor(module, ctx, observer)
    main = executor.function("main")
    return executor.call("main", bind_inputs(main, inputs))


def own(name: str, value: Any) -> Any:
    """An output for the caller to keep: no input, weight or other output is changed through it.

    Raises InferError where memory runs out: the value may be a view that repeats few elements many times.
    """
    if isinstance(value, list | tuple):
        return [own(name, each) for each in value]
    if not isinstance(value, np.ndarray | np.generic):
        return value
    try:
        return np.array(value)
    except MemoryError:
        raise InferError(f"output '{name}' has shape {list(value.shape)}, and there is not enough memory for it") from None


def argument_names(function: func.FuncOp) -> list[str]:
    """The `inference.name` of every argument; `in0`, `in1`, ... where there is none."""
    return _names(function.arg_attrs, len(function.function_type.inputs.data), "in")


def result_names(function: func.FuncOp) -> list[str]:
    """The `inference.name` of every result; `out0`, `out1`, ... where there is none."""
    return _names(function.res_attrs, len(function.function_type.outputs.data), "out")


def bind_inputs(function: func.FuncOp, inputs: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    """Inputs in the order of the arguments, checked against the declared types."""
    names = argument_names(function)
    if isinstance(inputs, Mapping):
        unknown = [k for k in inputs if k not in names]
        missing = [n for n in names if n not in inputs]
        if unknown or missing:
            what = f"no input is called '{unknown[0]}'" if unknown else f"input '{missing[0]}' is missing"
            raise InferError(f"{what}; the inputs are: {', '.join(names) or 'none'}")
        inputs = [inputs[n] for n in names]
    if len(inputs) != len(names):
        raise InferError(f"{len(inputs)} inputs given, the model takes {len(names)}: {', '.join(names)}")
    symbols: dict[str, int] = {}
    for index, (name, value, type) in enumerate(zip(names, inputs, function.function_type.inputs.data, strict=True)):
        _check_input(name, value, type, argument_dims(function, index), symbols)
    for name, (low, high) in size_ranges(function).items():
        if not low <= symbols.get(name, low) <= high:
            raise InferError(f"{range_error(name, low, high)}, with {name} = {symbols[name]}")
    return list(inputs)


def argument_dims(function: func.FuncOp, index: int) -> tuple[int | str, ...] | None:
    """`inference.dims` of an argument: integers and symbol names."""
    attributes = function.arg_attrs.data[index].data if function.arg_attrs is not None else {}
    dims = attributes.get("inference.dims")
    if not isinstance(dims, ArrayAttr):
        return None
    return tuple(d.data if isinstance(d, StringAttr) else d.value.data for d in dims.data)


def _check_input(name: str, value: Any, type: Any, dims: tuple[int | str, ...] | None, symbols: dict[str, int]) -> None:
    if isinstance(type, UnrankedTensorType):
        if value.dtype != numpy_dtype(type.element_type):
            raise InferError(_other_dtype(name, value, type))
        return
    if not isinstance(type, TensorType):
        return
    if value.dtype != numpy_dtype(type.element_type):
        raise InferError(_other_dtype(name, value, type))
    shape = type.get_shape()
    taken = ", ".join(map(str, dims or ("?" if size == DYNAMIC_INDEX else size for size in shape)))
    port = f"{name}: {type.element_type}[{taken}]"
    if value.ndim != len(shape):
        raise InferError(f"input '{name}' has shape {list(value.shape)} of rank {value.ndim}, the model takes {port}")
    for axis, (have, want) in enumerate(zip(value.shape, shape, strict=True)):
        if want != DYNAMIC_INDEX and have != want:
            raise InferError(f"input '{name}' has shape {list(value.shape)}, the model takes {port}")
        if dims is not None and isinstance(dims[axis], str):
            known = symbols.setdefault(str(dims[axis]), have)
            if known != have:
                raise InferError(f"input '{name}' has {have} at axis {axis}, but dimension '{dims[axis]}' is {known} elsewhere")


def _other_dtype(name: str, value: Any, type: Any) -> str:
    """As the runtime of compiled models says it."""
    taken = numpy_dtype(type.element_type)
    return f"input '{name}' has element type {value.dtype}, the model takes {type.element_type} ({taken.name})"


def _names(attributes: ArrayAttr[DictionaryAttr] | None, count: int, prefix: str) -> list[str]:
    out = []
    for index in range(count):
        found = attributes.data[index].data.get("inference.name") if attributes is not None else None
        out.append(found.data if isinstance(found, StringAttr) else f"{prefix}{index}")
    return out


@semantics("func.call")
def _call(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    assert isinstance(op, func.CallOp)
    return executor.call(op.callee.string_value(), operands)
