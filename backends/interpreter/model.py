"""A module behind the interface of a compiled model."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, ArrayAttr, DictionaryAttr, ModuleOp, StringAttr, TensorType
from xdsl.dialects.func import FuncOp

from inferir.backends.runtime.elements import read, shown
from inferir.backends.runtime.program import DTYPES, STRING, UNNAMED, Port
from inferir.core import Context, InferError
from inferir.core.executor import argument_names, execute, own, result_names
from inferir.core.string_codes import strings_of


class Interpreted:
    """Runs `@main` of a module in the reference executor."""

    def __init__(self, module: ModuleOp, ctx: Context):
        self.module, self.ctx = module, ctx
        self.inputs, self.outputs = ports_of(main_of(module))

    def __call__(self, *inputs: Any) -> np.ndarray | tuple[np.ndarray, ...]:
        """Run on the inputs in order."""
        given = [_given(*each) for each in zip(self.inputs, inputs, strict=True)] if len(inputs) == len(self.inputs) else list(inputs)
        outputs = tuple(self._execute(given))
        return outputs[0] if len(outputs) == 1 else outputs

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Run on inputs by name, giving outputs by name."""
        ports = {port.name: port for port in self.inputs}
        given = {name: _given(ports[name], x) if name in ports else x for name, x in inputs.items()}
        return dict(zip((port.name for port in self.outputs), self._execute(given), strict=True))

    def _execute(self, given: Mapping[str, Any] | Sequence[Any]) -> list[np.ndarray]:
        results = execute(self.module, given, self.ctx)
        return [own(port.name, y) for port, y in zip(self.outputs, results, strict=True)]

    def close(self) -> None:
        """Nothing to give back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _given(port: Port, value: Any) -> Any:
    """An input as the executor takes it: what compiled code takes, in the element types of the executor."""
    if port.dtype in DTYPES or port.dtype == STRING:
        array = read(port, value)
        return array if port.strings else shown(port, array)
    return value if value is None or isinstance(value, list | tuple) else np.asarray(value)


def main_of(module: ModuleOp) -> FuncOp:
    """The function that a model's users call. Raises InferError where there is none."""
    for op in module.ops:
        if isinstance(op, FuncOp) and op.sym_name.data == "main":
            return op
    raise InferError("the module has no function @main to run", module.location)


def ports_of(main: FuncOp) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    """The inputs and outputs of a function on tensors (or other values)."""
    return (
        _ports(argument_names(main), main.function_type.inputs.data, main.arg_attrs),
        _ports(result_names(main), main.function_type.outputs.data, main.res_attrs),
    )


def _ports(names: Sequence[str], types: Sequence[Any], attributes: ArrayAttr[DictionaryAttr] | None) -> tuple[Port, ...]:
    return tuple(
        _port(name, type, attributes.data[i].data if attributes else {}, strings_of(attributes, i))
        for i, (name, type) in enumerate(zip(names, types, strict=True))
    )


def _port(name: str, type: Any, attributes: Mapping[str, Any], strings: tuple[str, ...]) -> Port:
    if not isinstance(type, TensorType):
        return Port(name, str(type), ())
    named = attributes.get("inference.dims")
    rank = len(type.get_shape())
    symbols = [d.data if isinstance(d, StringAttr) else UNNAMED for d in named.data] if isinstance(named, ArrayAttr) else []
    if len(symbols) != rank:  # declared of an output that the inputs give another rank
        symbols = [UNNAMED] * rank
    dims = [symbol if size == DYNAMIC_INDEX else size for size, symbol in zip(type.get_shape(), symbols, strict=True)]
    return Port(name, str(type.element_type), tuple(dims), strings)
