"""TFLite: `.tflite` files (FlatBuffers) to the framework dialect.

Weights are not read: the context's WeightStore learns where they lie. Every op carries the name of its first result as location, values keep
their names, sizes that the file leaves open stand in `inference.dims`.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from xdsl.dialects.builtin import DictionaryAttr, ModuleOp, StringAttr, UnitAttr

from inferir.core import Context, InferError
from inferir.dialects.framework.values import int_attr
from inferir.frontends.common.flatbuffer import FlatTable, read_root
from inferir.frontends.tflite.graph import GraphReader
from inferir.frontends.tflite.schema import schema
from inferir.frontends.tflite.tensors import TensorReader

SUFFIXES = (".tflite",)
IDENTIFIER = b"TFL3"


def detect(head: bytes, path: Path) -> bool:
    """Whether a file has TFLite's identifier."""
    return head[4:8] == IDENTIFIER


def load(path: Path, ctx: Context) -> ModuleOp:
    """Import a model. Raises InferError, naming the file, for what cannot be read."""
    try:
        return _load(path, ctx)
    except InferError as problem:
        raise problem if str(problem).startswith(f"{path}:") else InferError(f"{path}: {problem}", None, problem.notes) from None


def _load(path: Path, ctx: Context) -> ModuleOp:
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size < 8:
                raise InferError("not a TFLite model: the file ends before its header does")
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as problem:
        raise InferError(f"{problem.strerror or problem}") from None
    if bytes(data[4:8]) != IDENTIFIER:
        raise InferError(f"not a TFLite model: bytes 4 to 8 are {bytes(data[4:8])!r}, must be {IDENTIFIER!r}")
    model = read_root(data, schema(), "Model")
    if model["version"] != 3:
        raise InferError(f"the schema's version is {model['version']}, known is 3")
    reader = GraphReader(model, TensorReader(model, path, ctx))
    module = ModuleOp([reader.main()])
    _provenance(model, reader, module)
    return module


def _provenance(model: FlatTable, reader: GraphReader, module: ModuleOp) -> None:
    """What the file says about itself."""
    if model["description"]:
        module.attributes["framework.producer"] = StringAttr(model["description"])
    versions = {name: int_attr(version) for name, version in sorted(reader.versions.items())}
    module.attributes["framework.op_versions"] = DictionaryAttr(versions)
    if reader.signature is not None and reader.signature["signature_key"]:
        module.attributes["framework.signature"] = StringAttr(reader.signature["signature_key"])
    if reader.tensors.states:
        module.attributes["framework.state_starts_at_zero"] = UnitAttr()


def warnings(module: ModuleOp) -> list[str]:
    """What a reader of the imported module should know."""
    if "framework.state_starts_at_zero" not in module.attributes:
        return []
    return ["the model keeps state from one call to the next; every call starts with zeros here"]


__all__ = ["SUFFIXES", "detect", "load", "warnings"]
