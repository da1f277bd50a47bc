"""The `cpu` target: kernels on one arena, compiled to one object, run by one native call."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, IndexType, IntegerAttr, ModuleOp, StringAttr

from inferir.backends.cpu.compile import compile_object, host
from inferir.backends.cpu.emit.main import emit_program
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import Port, Program
from inferir.backends.target import LEVELS, Target
from inferir.core import Context, InferError
from inferir.core.constants import constant_value
from inferir.core.diagnostics import node_names
from inferir.dialects.cpu import LaunchOp, WeightOp


def build(module: ModuleOp, ctx: Context) -> Program:
    """The program of a level 4 module. Weights are evaluated when they are written or first run, not now."""
    main = next((op for op in module.ops if isinstance(op, func.FuncOp) and op.sym_name.data == "main"), None)
    if main is None or main.arg_attrs is None:
        raise InferError("the module has no function @main on buffers; run the pipeline of the cpu target before", module.location)
    inputs: list[Port] = []
    outputs: list[Port] = []
    symbols: list[str] = []
    for each, type in zip(main.arg_attrs.data, main.function_type.inputs.data, strict=True):
        if isinstance(type, IndexType):
            symbols.append(_text(each.data["inference.symbol"]))
        elif "inference.name" in each.data:
            port = Port(_text(each.data["inference.name"]), str(each.data["inference.dtype"]), _dims(each.data["inference.dims"]))
            (outputs if "inference.output" in each.data else inputs).append(port)
    weights = [op for op in module.ops if isinstance(op, WeightOp)]
    code = ModuleOp([op.clone() for op in module.ops if not isinstance(op, WeightOp)])
    processor = host()
    return Program(
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        symbols=tuple(symbols),
        code=compile_object(emit_program(code, processor.triple)),
        weights=[(op.offset, _value(op, ctx)) for op in weights],
        weights_size=max((op.offset + _size(op) for op in weights), default=0),
        arch=processor.triple.partition("-")[0],
        cpu_features=tuple(f.removeprefix("+") for f in processor.features.split(",") if f.startswith("+")),
        launches=tuple(_origin(op) for op in main.walk() if isinstance(op, LaunchOp)),
        producer=f"inferir {version('inferir')}",
        metadata={key: str(value.value.data) for key, value in main.attributes.items() if isinstance(value, IntegerAttr)},
    )


def _value(op: WeightOp, ctx: Context) -> Any:
    """What makes the array of a weight when it is asked for; it is not kept."""

    def make() -> np.ndarray:
        value = op.properties["value"]
        known = value in ctx.folded
        array = constant_value(value, ctx)
        if not known:
            ctx.folded.pop(value, None)
        return array

    return make


def _size(op: WeightOp) -> int:
    from inferir.core.types import numpy_dtype

    total = -(-int(np.prod(op.type.get_shape(), dtype=np.int64)) * numpy_dtype(op.type.element_type).itemsize // 64) * 64
    return total


def _origin(op: LaunchOp) -> str:
    """The source node a launch works for, and its kernel."""
    names = node_names(op.location)
    kernel = op.kernel.root_reference.data
    return f"{'+'.join(names)} ({kernel})" if names else kernel


def _text(attribute: Any) -> str:
    assert isinstance(attribute, StringAttr)
    return attribute.data


def _dims(attribute: Any) -> tuple[int | str, ...]:
    assert isinstance(attribute, ArrayAttr)
    return tuple(d.data if isinstance(d, StringAttr) else d.value.data for d in attribute.data)


TARGET = Target(name="cpu", pipelines={level: f"cpu-{level}" for level in LEVELS}, build=build, load=Model)
