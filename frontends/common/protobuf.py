"""Protobuf messages from a table of what their schema holds, in a pool of their own: no generated module, no clash with a framework in the process.

    CLASSES = message_classes("tf", {"NodeDef": "1 name string, 3 input [string], 5 attr {string: AttrValue}", "AttrValue": "| 2 s bytes, 3 i i64"})
    node = parsed(CLASSES["NodeDef"], data)

| kind           | field                                                                     |
|----------------|---------------------------------------------------------------------------|
| i64, bool, ... | a number (an enum is an i32)                                              |
| string, bytes  | text, which must be UTF-8, or bytes                                       |
| Name           | a message of the table                                                    |
| [kind]         | a list                                                                    |
| {kind: kind}   | a map                                                                     |

`|` before the fields makes them a oneof, `value`. A field that the table leaves out is skipped. Source: the protobuf language guide (proto3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from inferir.core import InferError

_FIELD = descriptor_pb2.FieldDescriptorProto
_NUMBERS = {
    "f64": _FIELD.TYPE_DOUBLE,
    "f32": _FIELD.TYPE_FLOAT,
    "i64": _FIELD.TYPE_INT64,
    "u64": _FIELD.TYPE_UINT64,
    "i32": _FIELD.TYPE_INT32,
    "u32": _FIELD.TYPE_UINT32,
    "fixed32": _FIELD.TYPE_FIXED32,
    "bool": _FIELD.TYPE_BOOL,
    "string": _FIELD.TYPE_STRING,
    "bytes": _FIELD.TYPE_BYTES,
}


def message_classes(package: str, schema: Mapping[str, str]) -> dict[str, Any]:
    """The class of each message of a schema, by name."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, text in schema.items():
        message = file.message_type.add(name=name)
        listed = text.removeprefix("|")
        if listed is not text:
            message.oneof_decl.add(name="value")
        for entry in listed.split(", "):
            number, field, kind = entry.split(maxsplit=2)
            added = _add_field(message, int(number), field, kind, package)
            if listed is not text:
                added.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in schema}


def _add_field(message: Any, number: int, name: str, kind: str, package: str) -> Any:
    field = message.field.add(name=name, number=number, label=_FIELD.LABEL_REPEATED if kind[0] in "[{" else _FIELD.LABEL_OPTIONAL)
    if kind.startswith("{"):
        key, value = kind[1:-1].split(": ")
        entry = message.nested_type.add(name=f"{''.join(w.capitalize() for w in name.split('_'))}Entry")
        entry.options.map_entry = True
        _add_field(entry, 1, "key", key, package)
        _add_field(entry, 2, "value", value, package)
        field.type, field.type_name = _FIELD.TYPE_MESSAGE, f".{package}.{message.name}.{entry.name}"
        return field
    element = kind.strip("[]")
    if element in _NUMBERS:
        field.type = _NUMBERS[element]
    else:
        field.type, field.type_name = _FIELD.TYPE_MESSAGE, f".{package}.{element}"
    return field


def parsed(cls: Any, data: bytes) -> Any:
    """A message of a class. Raises InferError for bytes that are none."""
    message = cls()
    try:
        message.ParseFromString(data)
    except DecodeError as problem:
        raise InferError(f"not a {cls.DESCRIPTOR.name}: {problem}") from None
    return message
