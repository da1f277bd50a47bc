"""An ONNX file on disk: opened, checked, stripped of its data, parsed."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from inferir.core.diagnostics import InferError
from inferir.frontends.common.structure import TooLarge
from inferir.frontends.common.wire import strip
from inferir.frontends.onnx.layout import LAYOUT, looks_like_onnx


@dataclass
class Source:
    """A model file. `model` is its ModelProto with the data of large tensors left in the file."""

    path: Path
    model: Any
    in_file: bool = True
    """Whether there is a file, into which the segments of tensors point."""
    sizes: dict[Path, int] = field(default_factory=dict)
    """Sizes of the external data files that were looked at."""

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """Where external data may lie: the folder of the file, and that of the file a link leads to."""
        return tuple(dict.fromkeys((self.path.parent.resolve(), self.path.resolve().parent)))

    def external(self, location: str) -> tuple[Path, int]:
        """The path and size of an external data file. Raises InferError where it is missing or lies outside the model's folder."""
        shown = f"external data '{location}'"
        if not location or "\0" in location or os.path.isabs(location) or ".." in Path(location.replace("\\", "/")).parts:
            raise InferError(f"{shown} lies outside the folder of the model")
        path = self.path.parent / location
        if path not in self.sizes:
            try:
                real = path.resolve(strict=True)
                if not any(real.is_relative_to(folder) for folder in self.folders):
                    raise InferError(f"{shown} lies outside the folder of the model")
                if not real.is_file():
                    raise InferError(f"{shown} is not a file")
                self.sizes[path] = real.stat().st_size
            except OSError as problem:
                raise InferError(f"{shown} is missing ({problem.strerror or problem})") from None
            except RuntimeError:
                raise InferError(f"{shown} is a link that leads nowhere") from None
        return path, self.sizes[path]


def detect(head: bytes, path: Path) -> bool:
    """Whether a file begins as an ONNX model does."""
    try:
        with open(path, "rb") as file:
            return bool(head) and looks_like_onnx(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except (OSError, ValueError):
        return False


def open_source(path: Path) -> Source:
    """Read everything of a model but its large tensors. Raises InferError for what is no ONNX model, or only part of one."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise InferError(f"{path}: the file is empty")
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            _refuse_text(path, bytes(data[:512]))
            stripped = strip(data, LAYOUT)
    except OSError as problem:
        raise InferError(f"{path}: {problem.strerror or problem}") from None
    except TooLarge as problem:
        raise InferError(f"{path}: {problem}") from None
    except InferError as problem:
        raise problem if str(problem).startswith(f"{path}:") else InferError(f"{path}: not a whole ONNX model: {problem}") from None
    return Source(path, _parsed(path, stripped))


def source_of(model: object) -> Source | None:
    """An `onnx.ModelProto`, or the bytes of one, as a source; None for anything else."""
    from onnx import ModelProto

    if isinstance(model, bytes):
        if not looks_like_onnx(memoryview(model)):
            return None
        try:
            strip(memoryview(model), LAYOUT)  # checks more than protobuf does
        except TooLarge as problem:
            raise InferError(f"<bytes>: {problem}") from None
        except InferError as problem:
            raise InferError(f"<bytes>: not a whole ONNX model: {problem}") from None
        return Source(Path("<bytes>"), _parsed(Path("<bytes>"), model), in_file=False)
    if not isinstance(model, ModelProto):
        return None
    if not model.HasField("graph"):
        raise InferError("<ModelProto>: not an ONNX model: it has no graph")
    return Source(Path("<ModelProto>"), model, in_file=False)


def _parsed(path: Path, data: Any) -> Any:
    from google.protobuf.message import DecodeError
    from onnx import ModelProto

    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError as problem:
        raise InferError(f"{path}: not an ONNX model: {problem}") from None
    if not model.HasField("graph"):
        raise InferError(f"{path}: not an ONNX model: it has no graph")
    return model


def require_text(*strings: Any) -> None:
    """Raise InferError where a string of the file is not UTF-8: protobuf hands it over as bytes then."""
    for string in strings:
        if not isinstance(string, str):
            raise InferError(f"the name {string!r} is not UTF-8")


def _refuse_text(path: Path, head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head and all(32 <= b < 127 or b in b"\t\r\n" or b >= 128 for b in head) and (text[:1].isalpha() or text[:1] in b"<{[#%\"'/"):
        raise InferError(f"{path}: this is text, not an ONNX model (ONNX files are binary protobuf)")
