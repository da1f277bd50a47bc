"""`torch.compile(model, backend="inferir")`: graphs that torch takes apart, compiled to native code; what cannot be compiled stays eager.

    import torch
    fast = torch.compile(model.eval(), backend="inferir")     # with `pip install inferir[torch]`
    with torch.no_grad():
        y = fast(x)

Parameters and buffers become constants of the program: compile again after they change. torch finds the backend by its entry point.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model


def backend(module: Any, inputs: Sequence[Any]) -> Callable[..., Any]:
    """A function that computes what a graph module does. Sizes that torch makes symbolic, and what has no rule, are left to eager execution."""
    torch: Any = importlib.import_module("torch")
    if torch.is_grad_enabled() or not all(isinstance(v, torch.Tensor) for v in inputs):
        return _eager(module, "gradients are on, or sizes are symbolic: use torch.no_grad() and mark_static")
    fixed = [isinstance(v, torch.nn.Parameter) or getattr(v, "_dynamo_static_input_type", None) is not None for v in inputs]
    bound = _bound(torch, module, [v if f else None for v, f in zip(inputs, fixed, strict=True)])
    given = tuple(v for v, f in zip(inputs, fixed, strict=True) if not f)
    try:
        program = torch.export.export(bound, given, strict=False)
        model = compile_model(program)
    except (InferError, torch._dynamo.exc.TorchDynamoException, RuntimeError, ValueError) as problem:
        return _eager(module, str(problem)[:200])

    def run(*values: Any) -> Any:
        """The native model on torch's memory."""
        arrays = [v.detach().numpy() for v, f in zip(values, fixed, strict=True) if not f]
        try:
            found = model(*arrays)
        except ModelError as problem:
            warnings.warn(f"inferir: {problem}; run by torch", stacklevel=2)
            return module(*values)
        return [torch.from_numpy(v) for v in (found if isinstance(found, tuple) else (found,))]

    return run


def _eager(module: Any, why: str) -> Callable[..., Any]:
    warnings.warn(f"inferir leaves a graph to torch: {why}", stacklevel=3)
    return module.forward


def _bound(torch: Any, module: Any, constants: Sequence[Any]) -> Any:
    """The graph module with some of its inputs as constants."""

    class Bound(torch.nn.Module):
        """Takes the other inputs."""

        def __init__(self) -> None:
            super().__init__()
            self.module = module
            for index, value in enumerate(constants):
                if value is not None:
                    self.register_buffer(f"constant_{index}", value.detach())

        def forward(self, *values: Any) -> Any:
            left = iter(values)
            return self.module(*(next(left) if c is None else getattr(self, f"constant_{i}") for i, c in enumerate(constants)))

    return Bound().eval()
