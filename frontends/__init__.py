"""Model files to the framework dialect. One folder per source, found by name; a file is recognised by its content.

A frontend is a package with `SUFFIXES`, `detects(path) -> bool`, `load(path, ctx, dims) -> ModuleOp` and `warnings(module) -> list[str]`.
It knows `core` and `dialects`, never a pass.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from xdsl.dialects.builtin import ModuleOp

from inferir.core import Context, InferError

if "." not in __name__:
    raise ImportError("import inferir.frontends, not frontends: a second copy of the module would define every op twice")


def frontends() -> dict[str, ModuleType]:
    """The frontends by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg)
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def frontend_for(path: Path) -> ModuleType:
    """The frontend that recognises a file; where none does, the one its suffix belongs to, which says what is wrong with the file.

    Raises InferError for a file that is not there or that nobody claims.
    """
    if not path.exists():
        raise InferError(f"{path}: no such file")
    if not path.is_file() and not path.is_dir():
        raise InferError(f"{path}: not an ordinary file or folder, which a model must be")
    known = frontends()
    for frontend in known.values():
        if frontend.detects(path):
            return frontend
    for frontend in known.values():
        if path.suffix.lower() in frontend.SUFFIXES:
            return frontend
    if path.is_file() and path.stat().st_size == 0:
        raise InferError(f"{path}: the file is empty")
    what = "folder" if path.is_dir() else "file"
    raise InferError(f"{path}: no frontend knows this {what} (there are: {', '.join(known)})")


def import_model(path: Path, ctx: Context, dims: Mapping[str, int] | None = None) -> ModuleOp:
    """Import a model file of any known source. Its weights become known to `ctx` and are not read. `dims` fixes symbolic dimensions."""
    return frontend_for(path).load(path, ctx, dims or {})
