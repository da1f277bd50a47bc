"""A level 4 module to a `Program` that the runtime can load or a package can hold."""

from collections.abc import Sequence
from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, FusedLoc, IndexType, IntegerAttr, ModuleOp, NameLoc, StringAttr
from xdsl.ir import Attribute

from inferir.backends.cpu.compile import Processor, compile_object, host
from inferir.backends.cpu.emit.main import emit_program
from inferir.backends.runtime.program import Port, Program
from inferir.core.diagnostics import InferError
from inferir.dialects.cpu.program import LaunchOp

OUTPUT = "inference.output"
"""Marks the arguments of `main` that are outputs."""


def build_program(
    module: ModuleOp,
    weights: Sequence[tuple[int, Any]] = (),
    weights_size: int = 0,
    processor: Processor | None = None,
    cache: bool = True,
    **fields: Any,
) -> Program:
    """Compile a level 4 module. `weights` are (byte offset, array or its maker); `fields` go to the `Program`."""
    processor = processor or host()
    main = next((o for o in module.body.ops if isinstance(o, func.FuncOp) and o.sym_name.data == "main"), None)
    if main is None:
        raise InferError("a level 4 module needs func.func @main")
    inputs, outputs, symbols = [], [], []
    for argument, attributes in zip(main.body.block.args[2:], _argument_attributes(main)[2:], strict=True):
        if isinstance(argument.type, IndexType):
            symbols.append(_text(attributes.get("inference.symbol"), f"dim{len(symbols)}"))
            continue
        ports = outputs if OUTPUT in attributes else inputs
        stem = "out" if OUTPUT in attributes else "in"
        name = _text(attributes.get("inference.name"), f"{stem}{len(ports)}")
        ports.append(Port(name, str(attributes.get("inference.dtype", "f32")), _dims(attributes.get("inference.dims"))))
    return Program(
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        symbols=tuple(symbols),
        code=compile_object(emit_program(module, processor.triple), processor, cache),
        weights=list(weights),
        weights_size=weights_size,
        arch=processor.triple.split("-")[0],
        cpu_features=processor.required(),
        launches=tuple(_launch_name(o) for o in main.walk() if isinstance(o, LaunchOp)),
        **fields,
    )


def _argument_attributes(main: func.FuncOp) -> list[dict[str, Attribute]]:
    if main.arg_attrs is None:
        return [{} for _ in main.body.block.args]
    return [dict(a.data) for a in main.arg_attrs.data if isinstance(a, DictionaryAttr)]


def _text(attribute: Attribute | None, default: str) -> str:
    return attribute.data if isinstance(attribute, StringAttr) else default


def _dims(attribute: Attribute | None) -> tuple[int | str, ...]:
    dims = attribute.data if isinstance(attribute, ArrayAttr) else ()
    return tuple(d.value.data if isinstance(d, IntegerAttr) else _text(d, "?") for d in dims)


def _launch_name(op: LaunchOp) -> str:
    """The kernel, and the source node where the location has a name."""
    kernel = op.kernel.root_reference.data
    names = _names(op.location)
    return f"{kernel} {'+'.join(names)}" if names else kernel


def _names(location: Attribute) -> list[str]:
    if isinstance(location, NameLoc):
        return [location.desc.data]
    if isinstance(location, FusedLoc) and isinstance(location.locations, ArrayAttr):
        return list(dict.fromkeys(n for inner in location.locations.data for n in _names(inner)))
    return []
