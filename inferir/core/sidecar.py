"""Weights beside text: where the entries of the WeightStore lie is said by the module attribute `inference.weights`.

    inference.weights = "m.safetensors"                                             a sidecar file
    inference.weights = {w = ["m.onnx", 4096 : i64, tensor<64x32xf32>], ...}        a place in a file for each: path, offset, type

Paths are relative to the text, or to the working directory for text that comes from a pipe.
"""

from __future__ import annotations

import os
from pathlib import Path

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, ModuleOp, StringAttr, TensorType, i64

from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.types import element_type, numpy_dtype, tensor
from inferir.core.weights import WeightStore

ATTRIBUTE = "inference.weights"


def attach_weights(module: ModuleOp, ctx: Context, folder: Path) -> None:
    """Make the weights that a module names known to the context, reading at most a header. A file that is not there is an error
    only once a weight of it is looked at."""
    match module.attributes.get(ATTRIBUTE):
        case StringAttr(data=name) if (folder / name).is_file():
            ctx.weights.add_safetensors(folder / name)
        case DictionaryAttr(data=places):
            for key, place in places.items():
                match place:
                    case ArrayAttr(data=(StringAttr(data=name), IntegerAttr() as offset, TensorType() as type)):
                        if (folder / name).is_file():
                            ctx.weights.add_file(key, folder / name, offset.value.data, type.get_shape(), numpy_dtype(type.element_type))
                    case _:
                        raise InferError(f"{ATTRIBUTE}: weight '{key}' must be [\"file\", offset, type], is {place}", module.location)


def places_of(store: WeightStore, folder: Path) -> DictionaryAttr:
    """The second form, for the weights that lie in files."""
    places = {}
    for key in store.keys():  # noqa: SIM118
        entry = store.source_of(key)
        if entry is not None:
            path = Path(os.path.relpath(entry.path, folder)).as_posix()
            type = tensor(entry.shape, element_type(entry.dtype))
            places[key] = ArrayAttr([StringAttr(path), IntegerAttr(entry.offset, i64), type])
    return DictionaryAttr(places)
