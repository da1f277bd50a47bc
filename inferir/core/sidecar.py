"""Weights beside text: where the entries of the WeightStore are is given by the module attribute `inference.weights`.

    inference.weights = "m.safetensors"                                             a sidecar file
    inference.weights = {w = ["m.onnx", 4096 : i64, tensor<64x32xf32>], ...}        a place in a file for each: path, offset, type

Paths are relative to the text, or to the working directory for text that comes from a pipe or went to one: a file that is not there
is looked for from the working directory too. Text is not trusted: only files below its own folder are read, and below the folders that the user
names (`Context.weight_folders`); links count as what they lead to.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, ModuleOp, StringAttr, TensorType, i64
from xdsl.ir import Attribute

from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.whole_file import is_special

if TYPE_CHECKING:
    from inferir.core.weights import WeightStore

ATTRIBUTE = "inference.weights"


def attach_weights(module: ModuleOp, ctx: Context, folder: Path) -> None:
    """Make the weights that a module names known to the context, reading at most a header. A file that is not there is an error
    only once a weight of it is looked at."""
    match module.attributes.get(ATTRIBUTE):
        case StringAttr(data=name) if (file := _readable(name, ctx, folder)) is not None:
            ctx.weights.add_safetensors(file)
        case DictionaryAttr(data=places):
            from inferir.core.types import numpy_dtype

            for key, place in places.items():
                match place:
                    case ArrayAttr(data=(StringAttr(data=name), IntegerAttr() as offset, TensorType() as type)):
                        if (file := _readable(name, ctx, folder)) is not None:
                            ctx.weights.add_file(key, file, offset.value.data, type.get_shape(), numpy_dtype(type.element_type))
                    case _:
                        raise InferError(f"{ATTRIBUTE}: weight '{key}' must be [\"file\", offset, type], is {place}", module.location)


def _readable(name: str, ctx: Context, folder: Path) -> Path | None:
    """The file that a text in `folder` calls so; None where it is not there, or not among what the text may read."""
    try:
        file = located(name, folder)
        if not file.is_file():
            return None
        real = file.resolve()
        if any(real.is_relative_to(Path(allowed).resolve()) for allowed in (folder, *ctx.weight_folders)):
            return file
    except (OSError, ValueError, RuntimeError) as problem:  # too long, with a NUL, a loop of links
        raise InferError(f"{ATTRIBUTE}: no file can be called {name[:100]!r} ({problem})"[:300]) from None
    ctx.weights.refused = f"'{name}' is not below the folder of the text; --weights-from={real.parent} allows to read it"
    return None


def located(name: str, folder: Path) -> Path:
    """The file of that name in a folder, or from the working directory where only that is there."""
    return Path(name) if not (folder / name).is_file() and Path(name).is_file() else folder / name


def places_of(store: WeightStore, folder: Path) -> DictionaryAttr:
    """The second form, for the weights that lie in files."""
    from inferir.core.types import element_type, tensor

    places = {}
    for key in store.keys():  # noqa: SIM118
        entry = store.source_of(key)
        if entry is not None:
            path = Path(os.path.relpath(entry.path, folder)).as_posix()
            type = tensor(entry.shape, element_type(entry.dtype))
            places[key] = ArrayAttr([StringAttr(path), IntegerAttr(entry.offset, i64), type])
    return DictionaryAttr(places)


def follow_text(module: ModuleOp, ctx: Context, read_from: Path, target: Path) -> None:
    """Before the text goes to the file `target`: keep its weights within reach.

    Paths that were relative to `read_from` become relative to the new folder. Weights that exist in memory only (a pass
    made them) are written to a new sidecar beside the text, with all others that the text uses. Nothing is written beside a device or a pipe.
    """
    if is_special(target):
        say_from(module, read_from, Path.cwd())
        return
    keys = _weights_of(module)
    if any(k in ctx.weights and ctx.weights.source_of(k) is None for k in keys):
        from inferir.core.weights import write_safetensors

        sidecar = target.with_suffix(".safetensors")
        write_safetensors(sidecar, ctx.weights, [k for k in keys if k in ctx.weights])
        module.attributes[ATTRIBUTE] = StringAttr(sidecar.name)
    else:
        say_from(module, read_from, target.parent)


def say_from(module: ModuleOp, read_from: Path, folder: Path) -> None:
    """Make the paths of a module's weights, which were relative to `read_from`, relative to another folder."""
    named = module.attributes.get(ATTRIBUTE)
    if isinstance(named, StringAttr):
        module.attributes[ATTRIBUTE] = _moved(named, read_from, folder)
    elif isinstance(named, DictionaryAttr):
        places = {
            key: ArrayAttr([_moved(p.data[0], read_from, folder), *p.data[1:]]) if isinstance(p, ArrayAttr) else p
            for key, p in named.data.items()
        }
        module.attributes[ATTRIBUTE] = DictionaryAttr(places)


def _moved(path: Attribute, old: Path, new: Path) -> Attribute:
    """A path relative to one folder, relative to another; an absolute one as it is."""
    if not isinstance(path, StringAttr) or Path(path.data).is_absolute() or old.resolve() == new.resolve():
        return path
    return StringAttr(Path(os.path.relpath(located(path.data, old), new)).as_posix())


def _weights_of(module: ModuleOp) -> list[str]:
    """The names of the weights that constants of the module use, each once."""
    if not any(op.name.endswith(".constant") and not op.name.startswith("arith.") for op in module.walk()):
        return []
    from inferir.core.constants import weight_keys

    found: dict[str, None] = {}
    for op in module.walk():
        for value in (*op.properties.values(), *op.attributes.values()):
            found.update(dict.fromkeys(weight_keys(value)))
    return list(found)
