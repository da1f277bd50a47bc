"""Calls of host functions: what no backend has a kernel for, by name, with numpy semantics of its own.

Strings, sequences, optionals, decision trees and operators whose parameters are only known at run time in a way that no op here has.
The functions stand in `inferir.dialects.inference.host_functions`; a plug-in adds one with `@host_function("name")`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, DictionaryAttr, FloatAttr, IntegerAttr, StringAttr, TensorType
from xdsl.ir import Attribute
from xdsl.irdl import var_operand_def, var_result_def

from inferir.core import InferError, attribute, define, ints, string
from inferir.core.ranges import OutOfRange
from inferir.core.types import numpy_dtype
from inferir.dialects.inference.base import InferenceOp

_FUNCTIONS: dict[str, Callable[..., Any]] = {}


def host_function(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a host function its name: `f(*operands, **config) -> result or results`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            _FUNCTIONS[name] = function
        return function

    return register


def find_host_function(name: str) -> Callable[..., Any] | None:
    """The function of a name, None where there is none."""
    if name not in _FUNCTIONS:
        importlib.import_module("inferir.dialects.inference.host_functions")
    return _FUNCTIONS.get(name)


def python_value(value: Attribute) -> Any:
    """A configuration value as Python has it; element types become dtypes."""
    match value:
        case IntegerAttr() | FloatAttr():
            return value.value.data
        case StringAttr():
            return value.data
        case DenseArrayBase():
            return tuple(value.get_values())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
        case ArrayAttr():
            return [python_value(v) for v in value]
    return value


def in_call(callee: str, problem: str) -> str:
    """What is wrong in a host function, as errors state it."""
    return f"inference.host_call: {callee}: {problem}"


@define
class HostCallOp(InferenceOp):
    """A function of the host, called by name.

    callee  its name
    config  its parameters
    absent  the places of optional operands that are not given, in the list of those the function takes

    Source: ONNX operators without a kernel anywhere (Det, RegexFullMatch, SequenceInsert, ...). Example:
        %y = inference.host_call %x callee "det" : (tensor<2x3x3xf32>) -> tensor<2xf32>
    """

    name = "inference.host_call"
    args = var_operand_def()
    callee = string()
    config = attribute()
    absent = ints(())
    outs = var_result_def()

    def infer_types(self) -> list[Attribute]:
        """As declared: the call does not say what it computes."""
        return [r.type for r in self.results]

    def check(self) -> None:
        """The configuration is a dictionary."""
        if self.callee is None or not isinstance(self.config, DictionaryAttr | None):
            self.error("needs a callee, and a dictionary as config")

    def parameters(self) -> dict[str, Any]:
        """The configuration as the function takes it."""
        return {} if self.config is None else {k: python_value(v) for k, v in self.config.data.items()}

    def evaluate(self, operands: Sequence[Any], **context: Any) -> list[Any]:
        """Run the function; tensors come out in the declared element type."""
        function = find_host_function(self.callee)
        if function is None:
            self.error(f"there is no host function '{self.callee}'")
        given = list(operands)
        for place in self.absent:
            given.insert(place, None)
        try:
            out = function(*given, **self.parameters())
        except OutOfRange as problem:
            raise InferError(in_call(self.callee, str(problem)), self.location) from None
        results = list(out) if isinstance(out, tuple) else [out]
        if len(results) < len(self.results):
            self.error(f"'{self.callee}' gives {len(results)} results, the op has {len(self.results)}")
        return [_declared(value, result.type) for value, result in zip(results, self.results, strict=False)]


def _declared(value: Any, type: Attribute) -> Any:

    return np.asarray(value).astype(numpy_dtype(type.element_type)) if isinstance(type, TensorType) else value
