"""Programs that are no file: the bytes of a `.pt2`, and `torch.export.ExportedProgram`, which torch itself saves."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from inferir.core import Context, InferError


def saved(model: Any, ctx: Context) -> Path | None:
    """A program as a file that is there as long as the context's weights; None for anything else. Raises InferError for a module without inputs."""
    is_bytes = isinstance(model, bytes) and model.startswith(b"PK\x03\x04")
    kinds = {f"{c.__module__}.{c.__qualname__}" for c in type(model).__mro__}
    is_program = "torch.export.exported_program.ExportedProgram" in kinds
    if "torch.nn.modules.module.Module" in kinds and not is_program:
        raise InferError("a torch module is exported with its inputs first: inferir.compile(torch.export.export(model.eval(), inputs))")
    if not is_bytes and not is_program:
        return None
    folder = Path(tempfile.mkdtemp(prefix="inferir-torch-"))
    weakref.finalize(ctx.weights, shutil.rmtree, folder, ignore_errors=True)
    path = folder / "program.pt2"
    if is_bytes:
        path.write_bytes(model)
    else:
        importlib.import_module("torch.export").save(model, path)
    return path
