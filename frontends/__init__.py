"""Model files to the framework dialect. One folder per source, found by name; a file is recognised by its content.

A frontend is a package with `SUFFIXES`, `detect(head, path) -> bool`, `load(path, ctx) -> ModuleOp` and `warnings(module) -> list[str]`; `head` are the
first bytes of the file, none for a folder. Where it takes live objects or the bytes of a file, it has `load_object(model, ctx)`, which gives None
for what is not its own. It knows `core` and `dialects`, never a pass. `common` holds what the readers share.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from xdsl.dialects.builtin import ModuleOp

from inferir.core import Context, InferError

if "." not in __name__:
    raise ImportError("import inferir.frontends, not frontends: a second copy of the module would define every op twice")


HEAD = 4096
"""Bytes of a file that `detect` is given."""


def frontends() -> dict[str, ModuleType]:
    """The frontends by name."""
    return _frontends(tuple(__path__))


@cache
def _frontends(folders: tuple[str, ...]) -> dict[str, ModuleType]:
    names = sorted(m.name for m in pkgutil.iter_modules(folders) if m.ispkg)
    packages = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: package for name, package in packages.items() if hasattr(package, "detect")}


def frontend_for(path: Path) -> ModuleType:
    """The frontend that recognises a file; where none does, the one its suffix belongs to, which says what is wrong with the file.

    Raises InferError for a file that is not there, that no frontend claims, or that two claim.
    """
    if not path.exists():
        raise InferError(f"{path}: no such file")
    if not path.is_file() and not path.is_dir():
        raise InferError(f"{path}: not an ordinary file or folder, which a model must be")
    known, head = frontends(), _head(path)
    claims = [name for name, frontend in known.items() if frontend.detect(head, path)]
    if len(claims) > 1:
        raise InferError(f"{path}: two frontends know this file: {' and '.join(claims)}")
    by_suffix = [name for name, frontend in known.items() if path.suffix.lower() in frontend.SUFFIXES]
    if claims or by_suffix:
        return known[[*claims, *by_suffix][0]]
    if path.is_file() and not head:
        raise InferError(f"{path}: the file is empty")
    if path.is_file() and path.suffix == ".infer":
        raise InferError(f"{path}: this is compiled already; inferir.load opens it, infer-run runs it")
    what = "folder" if path.is_dir() else "file"
    raise InferError(f"{path}: no frontend knows this {what} (there are: {', '.join(known)})")


def _head(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def import_object(model: object, ctx: Context) -> tuple[ModuleOp, list[str]] | None:
    """Import a framework's live object, or the bytes of a model file: its module and what its reader warns of; None where no frontend knows it."""
    for frontend in frontends().values():
        module = frontend.load_object(model, ctx) if hasattr(frontend, "load_object") else None
        if module is not None:
            return module, frontend.warnings(module)
    return None


def import_model(path: Path, ctx: Context) -> ModuleOp:
    """Import a model file of any known source. Its weights become known to `ctx` and are not read."""
    return frontend_for(path).load(path, ctx)
