"""A program that is native in parts, ready to call: the reference executor goes through @main and calls the native functions it meets."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import Attribute, Operation

from inferir.backends.host.text import host_op
from inferir.backends.runtime.elements import STRING
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.native import NativeFunction, weights_of
from inferir.backends.runtime.program import DTYPES, ModelError, Port
from inferir.core import Context, Executor, InferError, WeightAttr, make_context, parse
from inferir.core.diagnostics import node_names
from inferir.core.executor import Values, bind_inputs, own
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import numpy_dtype
from inferir.core.walk import walk
from inferir.dialects.cpu import FALLBACK, CallOp

Times = list[tuple[str, float]]


class HostedModel(Model):
    """A `Model` whose inputs and outputs may also be strings, sequences (lists) and optionals (None)."""

    def prepare(self) -> None:
        """Read the host's text and look up the native functions."""
        self.ctx = make_context()
        try:
            self.module = parse(self.program.host, "the program's host part", self.ctx)
        except InferError as e:
            raise ModelError(f"the program's host part cannot be read: {e}") from None
        self.main = Executor(self.module, self.ctx).function("main")
        self._require_ports("main", self.program.inputs, self.program.outputs)
        self.functions = {}
        for entry in self.program.entries:
            if self.code is None:
                raise ModelError(f"the program has no code for {entry.name}")
            self._require_ports(entry.name, entry.inputs, entry.outputs)
            self.functions[entry.name] = NativeFunction(self.code, entry)
        self._constants = [op for op in walk(self.module) if op.results and isinstance(constant_attribute_of(op.results[0]), WeightAttr)]

    def _require_ports(self, name: str, inputs: Sequence[Port], outputs: Sequence[Port]) -> None:
        """Raise ModelError where a function of the host part does not have these ports."""
        try:
            type = Executor(self.module, self.ctx).function(name).function_type
        except InferError as e:
            raise ModelError(f"the program's host part: {e}") from None
        for ports, types in ((inputs, type.inputs.data), (outputs, type.outputs.data)):
            if [_signature(port) for port in ports] != [_signature_of(t) for t in types]:
                raise ModelError(f"the ports of '{name}' are not those of the program's host part")

    def infer(self, arrays: list[Any], times: Times | None = None) -> list[Any]:
        """Run on inputs that were checked."""
        self._load_constants()
        executor = _HostExecutor(self.module, self.ctx, self.functions, self.main, times)
        types = self.main.function_type
        try:
            values = bind_inputs(self.main, [_numbers(a, t) for a, t in zip(arrays, types.inputs.data, strict=True)])
            outputs = executor.call("main", values)
        except InferError as e:
            nodes = node_names(e.location)
            raise ModelError(f"node '{nodes[0]}': {e}" if nodes else str(e)) from None
        return [own(_bits(y, t)) for y, t in zip(outputs, types.outputs.data, strict=True)]

    def check(self, port: Port, value: Any) -> Any:
        """The value as the executor takes it; tensors are checked as native code does."""
        return super().check(port, value) if port.dtype in DTYPES or port.dtype == STRING else value

    def _load_constants(self) -> None:
        """Give the executor views of the weights that its constants name by offset."""
        if not self._constants:
            return
        block = self.code.weights() if self.code is not None else weights_of(self.program)
        for op in self._constants:
            value, type = constant_attribute_of(op.results[0]), op.results[0].type
            assert isinstance(value, WeightAttr) and isinstance(type, TensorType)
            offset, dtype, shape = int(value.key.data), numpy_dtype(type.element_type), type.get_shape()
            size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
            if offset < 0 or offset + size > block.size:
                raise ModelError(f"a constant at offset {offset} lies outside the program's weights")
            self.ctx.weights.add(value.key.data, block[offset : offset + size].view(dtype).reshape(shape))
        self._constants = []


class _HostExecutor(Executor):
    """Calls of native functions go to native code; `times` receives how long each step of @main takes."""

    def __init__(self, module: ModuleOp, ctx: Context, functions: Mapping[str, NativeFunction], main: func.FuncOp, times: Times | None):
        super().__init__(module, ctx)
        self.functions = functions
        self.block = main.body.block
        self.times = times

    def call(self, name: str, arguments: Sequence[Any]) -> list[Any]:
        """Run a function, a native one natively."""
        native = self.functions.get(name)
        if native is None:
            return super().call(name, arguments)
        types = self.function(name).function_type
        given = [_readable(_bits(a, t)) for a, t in zip(arguments, types.inputs.data, strict=True)]
        seconds: list[float] | None = None if self.times is None else []
        outputs = native(given, seconds)
        if self.times is not None and seconds is not None:
            self.times += zip(native.entry.launches, seconds, strict=False)
        return [_numbers(y, t) for y, t in zip(outputs, types.outputs.data, strict=True)]

    def run_op(self, op: Operation, operands: list[Any], values: Values) -> list[Any]:
        """Run an op and time it."""
        if self.times is None or op.parent is not self.block or isinstance(op, CallOp):
            return super().run_op(op, operands, values)
        start = time.perf_counter()
        results = super().run_op(op, operands, values)
        if FALLBACK in op.attributes:
            self.times.append((f"{host_op(op)} (host)", time.perf_counter() - start))
        return results


def _signature(port: Port) -> tuple[str, int]:
    """Element type and rank of a port, the whole type of one that is no tensor."""
    return port.dtype, len(port.dims)


def _signature_of(type: Attribute) -> tuple[str, int]:
    """The same of a type."""
    return (str(type.element_type), len(type.get_shape())) if isinstance(type, TensorType) else (str(type), 0)


def _readable(array: np.ndarray) -> np.ndarray:
    """The array as native code reads it: contiguous and aligned."""
    flags = array.flags
    return array if flags.c_contiguous and flags.aligned else np.array(array, order="C")


def _numbers(value: Any, type: Attribute) -> Any:
    """An array that holds the bits of an element type that numpy lacks, as numbers of that type."""
    if not isinstance(type, TensorType) or not isinstance(value, np.ndarray):
        return value
    dtype = numpy_dtype(type.element_type)
    return value if value.dtype == dtype or str(type.element_type) not in DTYPES else value.view(dtype)


def _bits(value: Any, type: Attribute) -> Any:
    """The inverse of `_numbers`."""
    dtype = DTYPES.get(str(type.element_type)) if isinstance(type, TensorType) else None
    if dtype is None:
        return value
    array = np.asarray(value)
    return array if array.dtype == dtype else array.view(dtype)
