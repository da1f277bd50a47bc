"""PyTorch: programs that `torch.export` saved (`.pt2`) to the framework dialect; neither torch nor a pickle is needed.

Weights are not read: the context's WeightStore learns where they lie in the archive. Every op carries the path of the module that made it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.frontends.torch.archive import Archive
from inferir.frontends.torch.json_fields import member, members, number
from inferir.frontends.torch.live import saved
from inferir.frontends.torch.program import ProgramReader
from inferir.frontends.torch.tensors import Payloads

SUFFIXES = (".pt2", ".pt", ".pth")
MAJOR, NEWEST_MINOR = 8, 20
"""The schema version that this reader was written for; a newer minor version is read with a warning."""


def detect(head: bytes, path: Path) -> bool:
    """Whether a file is a zip archive that torch wrote."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        names = {name.partition("/")[2] for name in zipfile.ZipFile(path).namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return b"/models/" in head or b"/data/weights/" in head or b"archive_format" in head
    return "archive_format" in names or "data.pkl" in names or any(n.startswith("models/") and n.endswith(".json") for n in names)


def load(path: Path, ctx: Context) -> ModuleOp:
    """Import a program. Raises InferError, naming the file, for what cannot be read."""
    try:
        return _module(Archive(path), ctx)
    except InferError as problem:
        raise InferError(f"{path}: {problem}", None, problem.notes) from None
    except RecursionError:
        raise InferError(f"{path}: it is nested too deeply") from None


def load_object(model: Any, ctx: Context) -> ModuleOp | None:
    """Import the bytes of a program, or a `torch.export.ExportedProgram`; None for anything else."""
    path = saved(model, ctx)
    if path is None or not detect(path.read_bytes()[:4], path):
        return None
    try:
        return _module(Archive(path), ctx)
    except InferError as problem:
        raise InferError(f"<{'bytes' if isinstance(model, bytes) else type(model).__name__}>: {problem}", None, problem.notes) from None


def _module(archive: Archive, ctx: Context) -> ModuleOp:
    models = [n for n in archive.members if n.startswith("models/") and n.endswith(".json")]
    if not models:
        raise InferError(_what_it_is(archive))
    name = "models/model.json" if "models/model.json" in models else models[0]
    if "byteorder" in archive and archive.read("byteorder", 64).strip() != b"little":
        raise InferError("its weights are big-endian; export it on a little-endian machine")
    program = archive.json(name)
    version = member(program, "schema_version")
    major = number(version, "major")
    if major != MAJOR:
        raise InferError(
            f"it has schema version {major}.{number(version, 'minor')}, {MAJOR} is read; load and save it with torch 2.7 or newer"
        )
    module = ModuleOp([ProgramReader(program, Payloads(archive, ctx)).main()])
    module.attributes |= _provenance(program)
    return module


def _provenance(program: Any) -> dict[str, Attribute]:
    """What the file says about itself."""
    version = member(program, "schema_version")
    producer = members(program).get("torch_version")
    return {
        "framework.producer": StringAttr(f"pytorch {producer}" if isinstance(producer, str) else "pytorch"),
        "framework.schema_version": StringAttr(f"{number(version, 'major')}.{number(version, 'minor')}"),
    }


def _what_it_is(archive: Archive) -> str:
    """Why an archive of torch's is no exported program, and the way out."""
    way = "export the module with torch.export.export(model, inputs) and torch.export.save(program, 'model.pt2')"
    if any(n.startswith("code/") for n in archive.members):
        return f"this is TorchScript, which holds Python code; {way}"
    if "data.pkl" in archive:
        return f"this is a pickle, which may run any program when it is read; {way}"
    return f"no program of torch.export is in the archive; {way}"


def warnings(module: ModuleOp) -> list[str]:
    """What a reader of the imported module should know."""
    version = module.attributes.get("framework.schema_version")
    minor = version.data.partition(".")[2] if isinstance(version, StringAttr) else "0"
    return [f"its schema version 8.{minor} is newer than any known; it is read as 8.{NEWEST_MINOR}"] if int(minor) > NEWEST_MINOR else []


__all__ = ["SUFFIXES", "detect", "load", "warnings"]
