"""What a user may hand in as a model, and the module that it is.

A path (model file or IR text), IR text, the bytes of a model file or of IR text, a framework's live object (`onnx.ModelProto`), a module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Union

from xdsl.dialects.builtin import ModuleOp

from inferir.core import Context, InferError, make_context, parse, verify
from inferir.core.executor import Executor
from inferir.core.files import read_text
from inferir.core.sidecar import attach_weights
from inferir.frontends import frontend_for, import_object
from inferir.frontends.common.names import dim_name
from inferir.passes.inference.fix_dims import fix_named_dims

if TYPE_CHECKING:
    from onnx import ModelProto

Source: TypeAlias = Union[str, "os.PathLike[str]", bytes, "ModelProto", ModuleOp]


def read(model: Source, ctx: Context, dims: Mapping[str, int]) -> ModuleOp:
    """The module of a model, the caller's own left as it is. Raises InferError."""
    if isinstance(model, ModuleOp):
        module = model.clone()
        verify(module)
        attach_weights(module, ctx, Path.cwd())
    elif isinstance(model, str) and is_text(model):
        module = _parsed(model, "<text>", Path.cwd(), ctx)
    elif isinstance(model, str | os.PathLike):
        path = Path(model)
        if path.suffix != ".mlir":
            return imported(path, ctx, dims)[0]
        module = _parsed(read_text(str(path), None), str(path), path.parent, ctx)
    else:
        found = import_object(model, ctx)
        if found is not None:
            return _with_sizes(found[0], "<bytes>" if isinstance(model, bytes) else type(model).__name__, ctx, dims)
        if not isinstance(model, bytes):
            kind = type(model)
            raise InferError(
                f"a {kind.__module__}.{kind.__qualname__} is no model: it takes a path, IR text, bytes, an onnx.ModelProto or a ModuleOp"
            )
        module = _parsed(_decoded(model), "<bytes>", Path.cwd(), ctx)
    if dims:
        fix_named_dims(Executor(module, ctx).function("main"), dims)
    return module


def imported(path: Path, ctx: Context, dims: Mapping[str, int]) -> tuple[ModuleOp, list[str]]:
    """The module of a model file with the sizes that `dims` gives, and what its reader warns of. Raises InferError."""
    frontend = frontend_for(path)
    module = _with_sizes(frontend.load(path, ctx), str(path), ctx, dims)
    return module, frontend.warnings(module)


def _with_sizes(module: ModuleOp, name: str, ctx: Context, dims: Mapping[str, int]) -> ModuleOp:
    """A module of a reader's with the sizes that `dims` gives, names spelled as in the model."""
    if dims:
        try:
            fix_named_dims(Executor(module, ctx).function("main"), {_spelled(dim): size for dim, size in dims.items()})
        except InferError as problem:
            raise InferError(f"{name}: {problem.message}") from None
    return module


def _spelled(name: str) -> str:
    """A dimension's name as the import spells it."""
    known = dim_name(name)
    return name if known is None else str(known)


def context_for(model: Source, ctx: Context | None) -> Context:
    """A context of its own to compile a model in, with the weights of the one that a module comes with."""
    own = make_context()
    if ctx is not None and isinstance(model, ModuleOp):
        own.weights = ctx.weights.copy()
    return own


def is_text(model: str) -> bool:
    """Whether a string is IR text, not a path: it has several lines, or what stands in every module and in few paths."""
    if not model or os.path.exists(model[:4096]):
        return not model
    return "\n" in model or re.search(r"[{}%@]|\bfunc\.func\b", model) is not None


def _parsed(text: str, name: str, folder: Path, ctx: Context) -> ModuleOp:
    module = parse(text, name, ctx)
    verify(module)
    attach_weights(module, ctx, folder)
    return module


def _decoded(model: bytes) -> str:
    try:
        text = model.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InferError(
            "these bytes are no model: neither of a format that is known nor IR text (inferir.load opens packages, by their path)"
        )
    return text
