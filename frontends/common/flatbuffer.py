"""FlatBuffers, read by a table of what each table of the schema holds. Nothing that the file says of itself is believed before it is checked.

    SCHEMA = {"Model": fields("version: u32", "op_codes: [OperatorCode]", "name: string"), "OperatorCode": fields("code: i8")}
    root = read_root(data, SCHEMA, "Model")
    root["name"], root["op_codes"][0]["code"]

| kind            | value                                                                                |
|-----------------|--------------------------------------------------------------------------------------|
| u8, i32, f32 .. | a number; `= N` behind it is the default, which is 0                                 |
| string          | str, None where it is absent                                                         |
| [i32]           | a numpy view of the file, which is not read; empty where it is absent                |
| [string]        | a list of str                                                                        |
| Table           | a `FlatTable`, None where it is absent                                               |
| [Table]         | a list of them                                                                       |
| table           | a table whose schema the reader chooses: `open_table("field", "Table")`              |

Errors are InferErrors that name the table and the field. A file whose parts share each other cannot make the reader work without end: what is
read is counted, and may not be more than some times the file. Source: "FlatBuffers Internals" of google/flatbuffers.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from inferir.core import InferError

DTYPES = {
    "bool": np.dtype("?"),
    "i8": np.dtype("<i1"),
    "u8": np.dtype("<u1"),
    "i16": np.dtype("<i2"),
    "u16": np.dtype("<u2"),
    "i32": np.dtype("<i4"),
    "u32": np.dtype("<u4"),
    "i64": np.dtype("<i8"),
    "u64": np.dtype("<u8"),
    "f32": np.dtype("<f4"),
    "f64": np.dtype("<f8"),
}
MAX_DEPTH = 64
"""Tables within tables; a schema that is not recursive has fewer."""
READS = 16
"""How often a byte of the file may be looked at. Writers share vtables and equal strings, readers ask for a field more than once."""


@dataclass(frozen=True)
class Field:
    """A field of a table: its slot in the vtable, its kind, its default."""

    name: str
    slot: int
    kind: str
    default: Any = 0


Schema = Mapping[str, Mapping[str, Field]]


def fields(*texts: str) -> dict[str, Field]:
    """The fields of a table in the order of the schema: `name: kind` or `name: kind = default`; "-" is a slot that is not read."""
    out: dict[str, Field] = {}
    for slot, text in enumerate(texts):
        name, _, rest = text.partition(": ")
        kind, _, default = rest.partition(" = ")
        if kind:
            out[name] = Field(name, slot, kind, float(default or 0) if kind[0] == "f" else int(default or 0))
    return out


class _File:
    """The bytes, and how many more of them may be looked at."""

    def __init__(self, data: memoryview, schema: Schema):
        self.data = data
        self.schema = schema
        self.budget = READS * len(data) + 4096

    def charge(self, count: int, where: str) -> None:
        """Count bytes that are looked at."""
        self.budget -= count
        if self.budget < 0:
            raise InferError(f"{where}: parts of the file refer to each other again and again")

    def number(self, kind: str, at: int, where: str) -> Any:
        """A number at a position."""
        dtype = DTYPES[kind]
        self.inside(at, dtype.itemsize, where)
        return np.frombuffer(self.data, dtype, 1, at)[0].item()

    def inside(self, at: int, size: int, where: str) -> None:
        """Raise unless so many bytes from a position on are in the file."""
        if at < 0 or size < 0 or at + size > len(self.data):
            raise InferError(f"{where} lies outside the file: {size} bytes at {at} of {len(self.data)}")

    def target(self, at: int, where: str) -> int:
        """Where an offset leads."""
        to = at + self.number("u32", at, where)
        self.inside(to, 4, where)
        return to

    def vector(self, at: int, size: int, where: str) -> tuple[int, int]:
        """Position and length of a vector of elements of a size."""
        count = self.number("u32", at, where)
        self.inside(at + 4, count * size, where)
        return at + 4, count


class FlatTable:
    """A table of a file. `table["field"]` is the value of a field by its name."""

    __slots__ = ("_depth", "_file", "_inline", "_pos", "_vtable", "_vtable_size", "name")

    def __init__(self, file: _File, pos: int, name: str, depth: int):
        if depth > MAX_DEPTH:
            raise InferError(f"{name}: tables are nested more than {MAX_DEPTH} levels deep")
        self._file, self._pos, self.name, self._depth = file, pos, name, depth
        file.charge(8, name)
        self._vtable = pos - file.number("i32", pos, name)
        file.inside(self._vtable, 4, f"the vtable of {name}")
        self._vtable_size, self._inline = struct.unpack_from("<HH", file.data, self._vtable)
        if self._vtable_size < 4 or self._vtable_size % 2 or self._inline < 4:
            raise InferError(f"{name}: its vtable has {self._vtable_size} bytes for {self._inline}, which no table has")
        file.inside(self._vtable, self._vtable_size, f"the vtable of {name}")
        file.inside(pos, self._inline, name)

    def __getitem__(self, field: str) -> Any:
        found = self._file.schema[self.name][field]
        at, where = self._at(found), f"{self.name}.{field}"
        kind = found.kind
        if kind in DTYPES:
            return found.default if at is None else self._file.number(kind, at, where)
        if kind == "string":
            return None if at is None else self._string(at, where)
        if not kind.startswith("["):
            return None if at is None else self._open(at, kind, where)
        if at is None:
            return np.empty(0, DTYPES[kind[1:-1]]) if kind[1:-1] in DTYPES else []
        return self._vector(self._file.target(at, where), kind[1:-1], where)

    def has(self, field: str) -> bool:
        """Whether the file gives a field."""
        return self._at(self._file.schema[self.name][field]) is not None

    def open_table(self, field: str, table: str) -> FlatTable | None:
        """The table in a field of kind `table`, read as one of a name; None where it is absent."""
        at = self._at(self._file.schema[self.name][field])
        return None if at is None else self._open(at, table, f"{self.name}.{field}")

    def position(self, field: str) -> tuple[int, int]:
        """Where the elements of a vector of numbers lie in the file, and how many there are."""
        found = self._file.schema[self.name][field]
        at, where = self._at(found), f"{self.name}.{field}"
        return (0, 0) if at is None else self._file.vector(self._file.target(at, where), DTYPES[found.kind[1:-1]].itemsize, where)

    def _at(self, field: Field) -> int | None:
        entry = 4 + 2 * field.slot
        if entry >= self._vtable_size:
            return None
        (offset,) = struct.unpack_from("<H", self._file.data, self._vtable + entry)
        if offset == 0:
            return None
        size = DTYPES[field.kind].itemsize if field.kind in DTYPES else 4
        if offset < 4 or offset + size > self._inline:
            raise InferError(f"{self.name}.{field.name} lies outside of its table")
        return self._pos + offset

    def _open(self, at: int, table: str, where: str) -> FlatTable:
        return FlatTable(self._file, self._file.target(at, where), table, self._depth + 1)

    def _string(self, at: int, where: str) -> str:
        start, count = self._file.vector(self._file.target(at, where), 1, where)
        self._file.charge(count, where)
        try:
            return bytes(self._file.data[start : start + count]).decode("utf-8")
        except UnicodeDecodeError:
            raise InferError(f"{where} is not UTF-8") from None

    def _vector(self, at: int, element: str, where: str) -> Any:
        if element in DTYPES:
            start, count = self._file.vector(at, DTYPES[element].itemsize, where)
            return np.frombuffer(self._file.data, DTYPES[element], count, start)
        start, count = self._file.vector(at, 4, where)
        self._file.charge(4 * count, where)
        places = range(start, start + 4 * count, 4)
        if element == "string":
            return [self._string(p, where) for p in places]
        return [self._open(p, element, where) for p in places]


def read_root(data: memoryview, schema: Schema, table: str) -> FlatTable:
    """The root of a file. Raises InferError, as every access does, for what the file cannot hold."""
    file = _File(data, schema)
    return FlatTable(file, file.target(0, f"the root {table}"), table, 0)


def numbers(view: Sequence[Any]) -> tuple[int, ...]:
    """A vector of integers as Python's."""
    return tuple(cast(np.ndarray, view).tolist())
