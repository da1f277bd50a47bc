"""Our FlatBuffers schema as a table, and a reader for it that trusts no offset.

`SCHEMA` gives the fields of every table in slot order; `inferir/backends/package/schema.fbs` is the same for people and other languages, and a test holds
the two together. A table decodes to a dict: absent fields have their default, fields of a newer minor version are not looked at.
"""

import struct
from typing import Any

from inferir.backends.runtime.program import ModelError

IDENTIFIER = b"INF1"

SCHEMA: dict[str, tuple[tuple[str, str], ...]] = {
    "Model": (
        ("required_features", "[string]"),
        ("producer", "string"),
        ("target", "string"),
        ("arch", "string"),
        ("cpu_features", "[string]"),
        ("symbols", "[Symbol]"),
        ("inputs", "[Port]"),
        ("outputs", "[Port]"),
        ("launches", "[string]"),
        ("segments", "[Segment]"),
        ("metadata", "[KeyValue]"),
        ("entries", "[Entry]"),
        ("host_ops", "[HostOp]"),
        ("assumes", "[Equal]"),
        ("faults", "[string]"),
    ),
    "Entry": (
        ("name", "string"),
        ("inputs", "[Port]"),
        ("outputs", "[Port]"),
        ("symbols", "[Symbol]"),
        ("launches", "[string]"),
        ("assumes", "[Equal]"),
        ("faults", "[string]"),
    ),
    "Equal": (("dims", "[Dim]"), ("says", "string")),
    "HostOp": (("op", "string"), ("node", "string"), ("reason", "string")),
    "Symbol": (("name", "string"),),
    "Port": (("name", "string"), ("dtype", "string"), ("dims", "[Dim]"), ("strings", "[string]")),
    "Dim": (("size", "long"), ("expression", "string")),
    "Segment": (
        ("kind", "ubyte"),
        ("name", "string"),
        ("offset", "ulong"),
        ("size", "ulong"),
        ("compression", "ubyte"),
        ("sha256", "[ubyte]"),
    ),
    "KeyValue": (("key", "string"), ("value", "string")),
}

SCALARS = {"ubyte": "<B", "uint": "<I", "long": "<q", "ulong": "<Q"}
_MOST_TABLES = 1_000_000


class FlatReader:
    """Decodes one buffer. Every read is checked against its end, and the number of tables is bounded."""

    def __init__(self, data: bytes):
        self._data = data
        self._tables = 0

    def root(self) -> dict[str, Any]:
        """The root table."""
        if self._data[4:8] != IDENTIFIER:
            raise ModelError("the package's metadata is damaged: its identifier is wrong")
        try:
            return self._table("Model", self._follow(0))
        except (struct.error, UnicodeDecodeError) as e:
            raise ModelError(f"the package's metadata is damaged: {e}") from None

    def _read(self, form: str, at: int) -> int:
        if at < 0:
            raise struct.error("an offset is negative")
        return struct.unpack_from(form, self._data, at)[0]

    def _follow(self, at: int) -> int:
        return at + self._read("<I", at)

    def _bytes(self, at: int, width: int = 1) -> tuple[int, int]:
        """Start and length of a vector whose elements take `width` bytes."""
        length = self._read("<I", at)
        if at + 4 + length * width > len(self._data):
            raise struct.error("a vector is longer than the buffer")
        return at + 4, length

    def _table(self, kind: str, at: int) -> dict[str, Any]:
        self._tables += 1
        if self._tables > _MOST_TABLES:
            raise struct.error("too many tables")
        slots = at - self._read("<i", at)
        slots_size = self._read("<H", slots)
        out = {}
        for i, (name, form) in enumerate(SCHEMA[kind]):
            entry = 4 + 2 * i
            offset = self._read("<H", slots + entry) if entry + 2 <= slots_size else 0
            out[name] = self._field(form, at + offset) if offset else _default(form)
        return out

    def _field(self, form: str, at: int) -> Any:
        if form in SCALARS:
            return self._read(SCALARS[form], at)
        return self._object(form, self._follow(at))

    def _object(self, form: str, at: int) -> Any:
        if form == "string":
            start, length = self._bytes(at)
            return self._data[start : start + length].decode()
        if form == "[ubyte]":
            start, length = self._bytes(at)
            return self._data[start : start + length]
        if form.startswith("["):
            start, length = self._bytes(at, 4)
            return [self._object(form[1:-1], self._follow(start + 4 * i)) for i in range(length)]
        return self._table(form, at)


def _default(form: str) -> Any:
    if form in SCALARS:
        return 0
    return {"string": "", "[ubyte]": b""}.get(form) if not form.startswith("[") or form == "[ubyte]" else []
