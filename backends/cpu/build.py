"""A level 4 module to a `Program` that the runtime can load or a package can hold."""

from importlib.metadata import version
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IndexType, IntegerAttr, ModuleOp, StringAttr
from xdsl.ir import Attribute, Operation

from inferir.backends.cpu.compile import compile_object
from inferir.backends.cpu.emit.checks import kernels_of, messages
from inferir.backends.cpu.emit.main import emit_program, timed
from inferir.backends.cpu.machines import find_machine
from inferir.backends.host.text import host_ops, host_text
from inferir.backends.interpreter.model import ports_of
from inferir.backends.runtime.package import HOST_STEPS
from inferir.backends.runtime.program import Entry, Port, Program
from inferir.core import Context, InferError
from inferir.core.constants import constant_value
from inferir.core.diagnostics import label
from inferir.core.string_codes import strings_of
from inferir.core.types import numpy_dtype
from inferir.dialects.cpu import HOST, LaunchOp, WeightOp, machine_of, native_programs, target_attr
from inferir.dialects.inferir import set_target, target_of


def build_program(module: ModuleOp, ctx: Context) -> Program:
    """Compile a level 4 module for its target. Weights are evaluated when they are written or first run, not now."""
    if target_of(module) is None:
        set_target(module, target_attr(find_machine()))
    machine = machine_of(module)
    functions = {f.sym_name.data: f for f in module.body.ops if isinstance(f, func.FuncOp)}
    main = functions.get("main")
    hosted = main is not None and HOST in main.attributes
    natives = [function for function, _ in native_programs(module)]
    if main is None or not (hosted or main in natives) or any(f.arg_attrs is None for f in natives):
        raise InferError("the module has no function @main on buffers; run the pipeline of the cpu target before", module.location)
    kernels = kernels_of(module)
    entries = tuple(_entry(f, tuple(messages(f, kernels))) for f in natives)
    listed = [op for op in module.body.ops if isinstance(op, WeightOp)]
    weights: list[tuple[int, Any]] = [(op.offset, _value(op, ctx)) for op in listed]
    size = max((op.offset + _size(op) for op in listed), default=0)
    program = Program(
        inputs=entries[0].inputs if not hosted else (),
        outputs=entries[0].outputs if not hosted else (),
        symbols=entries[0].symbols if not hosted else (),
        code=compile_object(emit_program(module), machine) if natives else b"",
        weights=weights,
        weights_size=size,
        arch=machine.triple.partition("-")[0],
        cpu_features=machine.features,
        launches=entries[0].launches if not hosted else (),
        assumes=entries[0].assumes if not hosted else (),
        faults=entries[0].faults if not hosted else (),
        producer=f"inferir {version('inferir')}",
        metadata={key: str(value.value.data) for key, value in main.attributes.items() if isinstance(value, IntegerAttr)},
    )
    if hosted:
        program.inputs, program.outputs = ports_of(main)
        program.host, more, program.weights_size = host_text(main, ctx, size)
        program.weights += more
        program.entries, program.host_ops = entries, host_ops(main)
        program.required_features = (HOST_STEPS,)
    return program


def _entry(function: func.FuncOp, faults: tuple[str, ...]) -> Entry:
    """What the runtime must know of a native function."""
    assert function.arg_attrs is not None
    inputs, outputs, symbols = [], [], []
    for index, argument in enumerate(function.body.block.args[2:], 2):
        attributes = function.arg_attrs.data[index]
        if isinstance(argument.type, IndexType):
            symbols.append(_text(attributes.data["inference.symbol"]))
        else:
            (outputs if "inference.output" in attributes.data else inputs).append(_port(attributes, strings_of(function.arg_attrs, index)))
    launches = tuple(_origin(op) for op in timed(function))
    assumed = function.attributes.get("cpu.assumes")
    pairs = [_sizes(pair) for pair in assumed.data] if isinstance(assumed, ArrayAttr) else []
    assumes = tuple((pair[0], pair[1], str(pair[2]) if len(pair) > 2 else "") for pair in pairs)
    return Entry(function.sym_name.data, tuple(inputs), tuple(outputs), tuple(symbols), launches, assumes, faults)


def _port(attributes: DictionaryAttr, strings: tuple[str, ...]) -> Port:
    dtype = str(attributes.data.get("inference.dtype", "f32"))
    return Port(_text(attributes.data["inference.name"]), dtype, _sizes(attributes.data["inference.dims"]), strings)


def _sizes(dims: Attribute) -> tuple[int | str, ...]:
    assert isinstance(dims, ArrayAttr)
    return tuple(d.value.data if isinstance(d, IntegerAttr) else _text(d) for d in dims.data)


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
    nodes = label(launches[0].location)
    kernels = "+".join(dict.fromkeys(launch.kernel.root_reference.data for launch in launches))
    return f"{nodes} ({kernels})" if nodes else kernels
