"""The zip archive of an exported program: its members, read or located, none of them believed."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

from inferir.core import InferError

MOST_TEXT = 96 << 20
"""Bytes of JSON that are read; a graph of 100,000 nodes with its stack traces has a quarter of that."""
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class Archive:
    """The members of a zip archive by their path below the one folder that torch puts them in."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
            self.size = path.stat().st_size
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, struct.error) as problem:
            raise InferError(f"not a whole zip archive: {problem}") from None
        self.members: dict[str, zipfile.ZipInfo] = {}
        for info in self.zip.infolist():
            _, _, name = info.filename.partition("/")
            if name in self.members:
                raise InferError(f"member '{name}' is there twice")
            self.members[name or info.filename] = info

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def json(self, name: str) -> Any:
        """A member that is JSON."""
        try:
            return json.loads(self.read(name, MOST_TEXT))
        except (ValueError, UnicodeDecodeError) as problem:
            raise InferError(f"member '{name}' is no JSON: {problem}") from None
        except RecursionError:
            raise InferError(f"member '{name}' is nested too deeply") from None

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a member of at most `most` bytes."""
        info = self._info(name)
        if info.file_size > most:
            raise InferError(f"member '{name}' declares {info.file_size} bytes, at most {most} are read")
        try:
            with self.zip.open(info) as file:
                return file.read(most + 1)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, zipfile.zlib.error) as problem:  # pyright: ignore[reportAttributeAccessIssue]
            raise InferError(f"member '{name}' cannot be read: {problem}") from None

    def place(self, name: str) -> tuple[int, int]:
        """Offset and length of a member that lies uncompressed in the file."""
        info = self._info(name)
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits & 1:
            raise InferError(f"member '{name}' is compressed or encrypted; weights must be stored as they are")
        with open(self.path, "rb") as file:
            file.seek(max(info.header_offset, 0))
            header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise InferError(f"member '{name}' has no header at byte {info.header_offset}")
        *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        offset = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
        if offset + info.file_size > self.size:
            raise InferError(f"member '{name}' ends at byte {offset + info.file_size}, the file at {self.size}")
        return offset, info.file_size

    def _info(self, name: str) -> zipfile.ZipInfo:
        if name not in self.members:
            raise InferError(f"it has no member '{name}'")
        return self.members[name]
