"""Level 3 on buffers, and programs native in parts, in the reference executor: a memref is a numpy view of the memory it lies in.

`execute_on_buffers` runs a module after `bufferize` and after `plan-arena` alike. Fresh memory is filled with NaN, so that
reading what was never written shows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.arith import ConstantOp as ScalarConstantOp
from xdsl.dialects.builtin import DYNAMIC_INDEX, DictionaryAttr, IndexType, IntegerAttr, MemRefType, ModuleOp, StringAttr
from xdsl.ir import Operation

from inferir.core import Context, InferError
from inferir.core.constants import constant_value
from inferir.core.dims import evaluate, parse_dim, symbols
from inferir.core.executor import SEMANTICS, Executor, argument_names, bind_inputs, semantics
from inferir.core.types import numpy_dtype
from inferir.dialects.cpu.base import Level3Op
from inferir.dialects.cpu.buffers import AllocOp, WeightOp
from inferir.dialects.cpu.host import HOST, CallOp, arena_function
from inferir.dialects.cpu.program import ViewOp
from inferir.dialects.cpu.recurrence import RecurrenceOp

_INDEX: dict[str, Callable[[int, int], int]] = {
    "arith.addi": operator.add,
    "arith.subi": operator.sub,
    "arith.muli": operator.mul,
    "arith.floordivsi": operator.floordiv,
    "arith.maxsi": max,
    "arith.minsi": min,
}


@semantics(*_INDEX)
def _index(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    return [_INDEX[op.name](*operands)]


@semantics("arith.constant")
def _constant(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    assert isinstance(op, ScalarConstantOp) and isinstance(op.value, IntegerAttr)
    return [op.value.value.data]


@semantics("cpu.alloc")
def _alloc(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    assert isinstance(op, AllocOp) and isinstance(op.result.type, MemRefType)
    shape = _shape(op.result.type, operands)
    dtype = numpy_dtype(op.result.type.element_type)
    return [fresh(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize).view(dtype).reshape(shape)]


@semantics("cpu.view")
def _view(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    assert isinstance(op, ViewOp) and isinstance(op.result.type, MemRefType)
    source, offset, *sizes = operands
    type = op.result.type
    shape, dtype = _shape(type, sizes), numpy_dtype(type.element_type)
    root = source
    while isinstance(root.base, np.ndarray):
        root = root.base
    start = source.__array_interface__["data"][0] - root.__array_interface__["data"][0] + offset
    strides = None if type.layout.name == "none" else [(s or 0) * dtype.itemsize for s in type.get_strides() or ()]
    try:
        return [np.ndarray(shape, dtype, root.data, start, strides)]
    except (ValueError, TypeError) as problem:
        raise InferError(f"cpu.view: {type} at byte {offset} is not within its source: {problem}", op.location) from None


def run_kernel(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    """A level 3 op: gives its result on tensors, writes it to `outs` on buffers."""
    assert isinstance(op, Level3Op)
    if op.outs is None:
        return op.evaluate(operands)
    op.check_sizes(operands)
    operands[-1][...] = op.reference(*op.arrays_of(operands))
    return []


@semantics("cpu.recurrence")
def _recurrence(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    assert isinstance(op, RecurrenceOp)
    if op.outs is None:
        return op.evaluate(operands)
    x, w, states, *optional, _, y = op.arrays_of(operands)
    y[...], first, *others = op.reference(x, w, [states[0][0], *states[1:]], *optional)
    states[0][len(x) % 2] = first
    for memory, state in zip(states[1:], others, strict=True):
        memory[...] = state
    return []


def register(ops: Sequence[type[Level3Op]]) -> None:
    """Let the executor run these ops on buffers."""
    for op in ops:
        SEMANTICS[op.name] = run_kernel


def fresh(size: int) -> np.ndarray:
    """`size` bytes that read as NaN, as floats of any width."""
    return np.full(size, 0xFF, np.uint8)


@semantics("cpu.call")
def _call(executor: Executor, op: Operation, operands: list[Any]) -> list[Any]:
    assert isinstance(op, CallOp)
    function = executor.function(op.callee.root_reference.data)
    if any(isinstance(t, MemRefType) for t in function.function_type.inputs.data):
        return run_on_buffers(executor, function, operands)
    return executor.call(function.sym_name.data, operands)


def execute_on_buffers(module: ModuleOp, inputs: Mapping[str, Any], ctx: Context) -> list[np.ndarray]:
    """Run @main, on buffers or on the host, on inputs by name; the outputs in order. Raises InferError for inputs that do not fit."""
    executor = Executor(module, ctx)
    main = executor.function("main")
    if HOST in main.attributes:
        return executor.call("main", bind_inputs(main, inputs))
    names = [name for name, attributes in _described(main) if "inference.dims" in attributes and "inference.output" not in attributes]
    missing = [name for name in names if name not in inputs]
    if missing:
        raise InferError(f"input '{missing[0]}' is missing")
    return run_on_buffers(executor, main, [inputs[name] for name in names])


def run_on_buffers(executor: Executor, function: func.FuncOp, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Run a function on buffers on its inputs in order; the outputs in order."""
    given: dict[str, int] = {}
    rest = iter(inputs)
    arguments: list[Any] = []
    outputs: list[np.ndarray] = []
    for (_, attributes), type in zip(_described(function), function.function_type.inputs.data, strict=True):
        if isinstance(type, IndexType):
            arguments.append(given[attributes["inference.symbol"].data])
        elif "inference.output" in attributes:
            outputs.append(_output(attributes, type, given))
            arguments.append(outputs[-1])
        elif "inference.dims" in attributes:
            arguments.append(np.ascontiguousarray(array := next(rest)).reshape(array.shape))
            given.update(
                {d.data: n for d, n in zip(attributes["inference.dims"].data, array.shape, strict=True) if isinstance(d, StringAttr)}
            )
        else:
            arguments.append(None)
    if arguments and arguments[0] is None:
        sizes = [a for a in arguments if isinstance(a, int)]
        arguments[0] = fresh(int(executor.call(arena_function(function.sym_name.data), sizes)[0]))
        arguments[1] = weights_segment(executor.module, executor.ctx)
    executor.call(function.sym_name.data, arguments)
    return outputs


def _described(function: func.FuncOp) -> list[tuple[str, Mapping[str, Any]]]:
    """Name and attributes of every argument."""
    names = argument_names(function)
    attributes = function.arg_attrs.data if function.arg_attrs is not None else [DictionaryAttr({})] * len(names)
    return [(name, each.data) for name, each in zip(names, attributes, strict=True)]


def weights_segment(module: ModuleOp, ctx: Context) -> np.ndarray:
    """The bytes that `cpu.weight` ops lay out."""
    listed = [(op, constant_value(op.properties["value"], ctx)) for op in module.ops if isinstance(op, WeightOp)]
    out = np.zeros(max((op.offset + array.nbytes for op, array in listed), default=0), np.uint8)
    for op, array in listed:
        out[op.offset : op.offset + array.nbytes] = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return out


def _output(attributes: Mapping[str, Any], type: Any, given: Mapping[str, int]) -> np.ndarray:
    shape = [_number(d, given) for d in attributes["inference.dims"].data]
    element = attributes.get("inference.dtype", type.element_type)
    dtype = numpy_dtype(element)
    return fresh(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize).view(dtype).reshape(shape)


def _number(dim: Any, given: Mapping[str, int]) -> int:
    if isinstance(dim, IntegerAttr):
        return dim.value.data
    expression = parse_dim(dim.data)
    value = evaluate(expression, {s: given[s] for s in symbols(expression)})
    assert isinstance(value, int)
    return value


def _shape(type: MemRefType, sizes: Sequence[int]) -> list[int]:
    rest = iter(sizes)
    return [d if d != DYNAMIC_INDEX else next(rest) for d in type.get_shape()]


__all__ = ["execute_on_buffers", "register", "weights_segment"]
