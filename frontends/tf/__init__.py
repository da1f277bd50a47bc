"""TensorFlow: frozen graphs (`.pb`, a GraphDef) and SavedModel folders to the framework dialect.

Weights are not read: the context's WeightStore learns where they lie, in the file or in the shards of the variables. Every op carries the name
of its node as location. Functions are put in place of their calls; what If and While run are regions.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp

from inferir.core import Context, InferError
from inferir.frontends.common.wire import Buffer
from inferir.frontends.tf.content import SAVED_MODEL, looks_like_graph, looks_like_saved_model
from inferir.frontends.tf.frozen import frozen_module
from inferir.frontends.tf.saved_model import saved_model_module

SUFFIXES = (".pb", ".pbtxt")


def detect(head: bytes, path: Path) -> bool:
    """Whether a file is a GraphDef or a SavedModel, or a folder has one."""
    if path.is_dir():
        return (path / SAVED_MODEL).is_file()
    try:
        data = _mapped(path)
    except (OSError, ValueError):
        return False
    return looks_like_graph(data) or looks_like_saved_model(data)


def load(path: Path, ctx: Context) -> ModuleOp:
    """Import a model. Raises InferError, naming the file, for what cannot be read."""
    file = path / SAVED_MODEL if path.is_dir() else path
    try:
        data = _mapped(file)
    except (OSError, ValueError) as problem:
        raise InferError(f"{file}: {getattr(problem, 'strerror', None) or problem}") from None
    try:
        if path.is_dir() or looks_like_saved_model(data):
            return saved_model_module(file, data, ctx)
        return frozen_module(file, data, ctx)
    except InferError as problem:
        raise problem if str(problem).startswith(f"{file}:") else InferError(f"{file}: {problem}", None, problem.notes) from None


def _mapped(path: Path) -> Buffer:
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise ValueError("the file is empty")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def warnings(module: ModuleOp) -> list[str]:
    """What a reader of the imported module should know."""
    return []


__all__ = ["SUFFIXES", "detect", "load", "warnings"]
