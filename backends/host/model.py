"""A program that is native in parts, ready to call: the reference executor goes through @main and calls the native functions it meets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import copy
from typing import Any, Self

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import Attribute, Block, Operation, SSAValue

from inferir.backends.host.text import host_op
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.native import NativeFunction, weights_of
from inferir.backends.runtime.program import DTYPES, STRING, ModelError, Port
from inferir.core import Context, Executor, InferError, WeightAttr, make_context, parse
from inferir.core.diagnostics import node_names
from inferir.core.executor import Values, bind_inputs, own
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import numpy_dtype
from inferir.core.walk import walk
from inferir.dialects.cpu import ops_on_host

Times = list[tuple[str, float]]
Form = tuple[np.dtype, np.dtype]
"""The types of an array of numbers, and of their bits as native code takes them."""
MOST_SHAPES = 1000
"""Combinations of input shapes that are known to fit, at most."""


class HostedModel(Model):
    """A `Model` whose inputs and outputs may also be strings, sequences (lists) and optionals (None)."""

    def prepare(self) -> None:
        """Read the host's text and look up the native functions."""
        self.ctx = make_context()
        try:
            self.module = parse(self.program.host, "the program's host part", self.ctx)
        except InferError as e:
            raise ModelError(f"the program's host part cannot be read: {e}") from None
        self.executor = _HostExecutor(self.module, self.ctx)
        self._require_ports("main", self.program.inputs, self.program.outputs)
        self.main = self.executor.function("main")
        types = self.main.function_type
        self._inputs = [_form(t) for t in types.inputs.data]
        self._outputs = [None if p.strings else _form(t) for p, t in zip(self.program.outputs, types.outputs.data, strict=True)]
        self._fitting: set[tuple[Any, ...]] = set()
        for entry in self.program.entries:
            if self.code is None:
                raise ModelError(f"the program has no code for {entry.name}")
            self._require_ports(entry.name, entry.inputs, entry.outputs)
            self.executor.add(NativeFunction(self.code, entry))
        self._constants = [op for op in walk(self.module) if op.results and isinstance(constant_attribute_of(op.results[0]), WeightAttr)]

    def _require_ports(self, name: str, inputs: Sequence[Port], outputs: Sequence[Port]) -> None:
        """Raise ModelError where a function of the host part does not have these ports."""
        try:
            type = self.executor.function(name).function_type
        except InferError as e:
            raise ModelError(f"the program's host part: {e}") from None
        for ports, types in ((inputs, type.inputs.data), (outputs, type.outputs.data)):
            if [_signature(port) for port in ports] != [_signature_of(t) for t in types]:
                raise ModelError(f"the ports of '{name}' are not those of the program's host part")

    def infer(self, arrays: list[Any], times: Times | None = None) -> list[Any]:
        """Run on inputs that were checked."""
        self._load_constants()
        try:
            values = self._bound([_numbers(a, form) for a, form in zip(arrays, self._inputs, strict=True)])
            outputs = self.executor.timed(times).call("main", values)
            bits = [_bits(y, form) for y, form in zip(outputs, self._outputs, strict=True)]
            return [own(port.name, y) for port, y in zip(self.outputs, bits, strict=True)]
        except ModelError:  # a native function's own: what it says of sizes is for `answer`
            raise
        except InferError as e:
            nodes = node_names(e.location)
            raise ModelError(f"node '{nodes[0]}': {e}" if nodes else str(e)) from None

    def _bound(self, values: list[Any]) -> list[Any]:
        """Inputs that fit @main; what has the types and shapes of an earlier run's is not looked at again."""
        key = tuple([(v.dtype, v.shape) if isinstance(v, np.ndarray) else None for v in values])
        if key in self._fitting:
            return values
        bound = bind_inputs(self.main, values)
        if len(self._fitting) < MOST_SHAPES and None not in key:
            self._fitting.add(key)
        return bound

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
    """Calls of native functions go to native code. What does not change from run to run is looked up once."""

    times: Times | None = None

    def __init__(self, module: ModuleOp, ctx: Context):
        super().__init__(module, ctx)
        self.declared = {f.sym_name.data: f for f in module.ops if isinstance(f, func.FuncOp)}
        self.natives: dict[str, tuple[NativeFunction, list[Form | None], list[Form | None]]] = {}
        self.dead: dict[Block, dict[Operation, list[SSAValue]]] = {}
        self.listed: frozenset[Operation] = frozenset()

    def add(self, native: NativeFunction) -> None:
        """Run the function of this name natively."""
        types = self.function(native.entry.name).function_type
        self.natives[native.entry.name] = native, [_form(t) for t in types.inputs.data], [_form(t) for t in types.outputs.data]

    def timed(self, times: Times | None) -> Self:
        """The executor of one run; `times`, if there are some, receive how long each native launch and each op without native code takes."""
        if times is None:
            return self
        one = copy(self)
        one.times, one.listed = times, frozenset(ops_on_host(self.function("main").body.block))
        return one

    def function(self, name: str) -> func.FuncOp:
        """The function called `name`."""
        return self.declared.get(name) or super().function(name)

    def last_uses(self, block: Block) -> dict[Operation, list[SSAValue]]:
        """Values of the block by the op after which they are not used."""
        if block not in self.dead:
            self.dead[block] = super().last_uses(block)
        return self.dead[block]

    def call(self, name: str, arguments: Sequence[Any]) -> list[Any]:
        """Run a function, a native one natively."""
        if name not in self.natives:
            return super().call(name, arguments)
        native, inputs, outputs = self.natives[name]
        given = [_readable(_bits(a, form)) for a, form in zip(arguments, inputs, strict=True)]
        seconds: list[float] | None = None if self.times is None else []
        results = native(given, seconds)
        if self.times is not None and seconds is not None:
            self.times += zip(native.entry.launches, seconds, strict=False)
        return [_numbers(y, form) for y, form in zip(results, outputs, strict=True)]

    def run_op(self, op: Operation, operands: list[Any], values: Values) -> list[Any]:
        """Run an op and time it, without what it calls."""
        if self.times is None or op not in self.listed:
            return super().run_op(op, operands, values)
        start, before = time.perf_counter(), len(self.times)
        results = super().run_op(op, operands, values)
        inside = sum(seconds for _, seconds in self.times[before:])
        self.times.append((f"{host_op(op)} (host)", max(time.perf_counter() - start - inside, 0.0)))
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


def _form(type: Attribute) -> Form | None:
    """How arrays of a type are held, None for what native code does not take."""
    bits = DTYPES.get(str(type.element_type)) if isinstance(type, TensorType) else None
    return None if bits is None else (numpy_dtype(type.element_type), bits)  # pyright: ignore[reportAttributeAccessIssue]


def _numbers(value: Any, form: Form | None) -> Any:
    """An array that holds the bits of an element type that numpy lacks, as numbers of that type."""
    return value.view(form[0]) if form is not None and isinstance(value, np.ndarray) and value.dtype != form[0] else value


def _bits(value: Any, form: Form | None) -> Any:
    """The inverse of `_numbers`."""
    if form is None:
        return value
    array = np.asarray(value)
    return array if array.dtype == form[1] else array.view(form[1])
