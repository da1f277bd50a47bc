"""A level 4 module to a `Program` that the runtime can load or a package can hold."""

from importlib.metadata import version
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IndexType, IntegerAttr, ModuleOp, StringAttr
from xdsl.ir import Attribute, Operation

from inferir.backends.cpu.compile import Processor, compile_object, host
from inferir.backends.cpu.emit.main import emit_program, timed
from inferir.backends.runtime.program import Port, Program
from inferir.core import Context, InferError
from inferir.core.constants import constant_value
from inferir.core.diagnostics import node_names
from inferir.core.types import numpy_dtype
from inferir.dialects.cpu import LaunchOp, WeightOp


def build_program(module: ModuleOp, ctx: Context, processor: Processor | None = None) -> Program:
    """Compile a level 4 module. Weights are evaluated when they are written or first run, not now."""
    processor = processor or host()
    main = next((o for o in module.body.ops if isinstance(o, func.FuncOp) and o.sym_name.data == "main"), None)
    if main is None or main.arg_attrs is None:
        raise InferError("the module has no function @main on buffers; run the pipeline of the cpu target before", module.location)
    inputs, outputs, symbols = [], [], []
    for argument, attributes in zip(main.body.block.args[2:], main.arg_attrs.data[2:], strict=True):
        if isinstance(argument.type, IndexType):
            symbols.append(_text(attributes.data["inference.symbol"]))
        else:
            (outputs if "inference.output" in attributes.data else inputs).append(_port(attributes))
    weights = [op for op in module.body.ops if isinstance(op, WeightOp)]
    return Program(
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        symbols=tuple(symbols),
        code=compile_object(emit_program(module, processor.triple), processor),
        weights=[(op.offset, _value(op, ctx)) for op in weights],
        weights_size=max((op.offset + _size(op) for op in weights), default=0),
        arch=processor.triple.partition("-")[0],
        cpu_features=processor.required(),
        launches=tuple(_origin(op) for op in timed(main)),
        producer=f"inferir {version('inferir')}",
        metadata={key: str(value.value.data) for key, value in main.attributes.items() if isinstance(value, IntegerAttr)},
    )


def _port(attributes: DictionaryAttr) -> Port:
    dims = attributes.data["inference.dims"]
    assert isinstance(dims, ArrayAttr)
    sizes = tuple(d.value.data if isinstance(d, IntegerAttr) else _text(d) for d in dims.data)
    return Port(_text(attributes.data["inference.name"]), str(attributes.data.get("inference.dtype", "f32")), sizes)


def _text(attribute: Attribute) -> str:
    assert isinstance(attribute, StringAttr)
    return attribute.data


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
    """Bytes, to the next multiple of 64."""
    return -(-int(np.prod(op.type.get_shape(), dtype=np.int64)) * numpy_dtype(op.type.element_type).itemsize // 64) * 64


def _origin(op: Operation) -> str:
    """The source node that launches work for, and their kernels."""
    launches = [inner for inner in op.walk() if isinstance(inner, LaunchOp)]
    names = node_names(launches[0].location)
    kernels = "+".join(dict.fromkeys(launch.kernel.root_reference.data for launch in launches))
    return f"{'+'.join(names)} ({kernels})" if names else kernels
