"""The protobuf wire of an ONNX file, read in place: tensor data stays in the file, the rest becomes a small message.

`strip` copies a ModelProto without the data of its large tensors. Each of these tensors gets a `segment` (a field of TensorProto that no
exporter writes) with the begin and end of its data in the file. Nodes and tensors of up to 1 KiB are copied unread, so the scan costs
a step per node and none per byte. Source: the protobuf encoding page; field numbers from onnx.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from inferir.core.diagnostics import InferError
from inferir.frontends.onnx.structure import MAX_FIELDS, after_equal_tags, after_numbers, require_room, too_many_fields

Buffer = memoryview

KEEP = 1024
"""Messages and data up to this many bytes are copied."""
DEPTH = 100
"""Nesting that protobuf itself accepts."""

_CHILDREN: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
RAW_DATA, FLOAT_DATA, DOUBLE_DATA, SEGMENT = 9, 4, 10, 3
_CUT = (RAW_DATA, FLOAT_DATA, DOUBLE_DATA)

_MODEL_FIELDS = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2}
"""The fields of ModelProto and their wire types."""
_GRAPH, _OPSET_IMPORT = 7, 8


class Field(NamedTuple):
    """One field of a message: its number, wire type, the whole of it and its payload, as offsets in the file."""

    number: int
    wire_type: int
    start: int
    payload: int
    end: int


def fields(data: Buffer, start: int, end: int, numbers: bool = True) -> Iterator[Field]:
    """The fields of the message that lies at [start, end), without `numbers` those of bytes. Raises InferError where the bytes are no fields."""
    position = start
    while position < end:
        begin = position
        tag = data[position]
        if tag < 128:  # nearly always: a call for every number takes most of the time of a long list
            position += 1
        else:
            tag, position = _varint(data, position, end)
        wire_type = tag & 7
        payload = position
        if wire_type == 2:
            length, payload = _varint(data, position, end)
            position = payload + length
        elif wire_type == 0 and not numbers:
            position = after_numbers(data, begin, position, end)
        elif wire_type == 0:
            if position < end and data[position] < 128:
                position += 1
            else:
                _, position = _varint(data, position, end)
        elif wire_type in (1, 5):
            width = position - begin + (4 if wire_type == 5 else 8)
            position = begin + width if numbers else after_equal_tags(data, begin, width, end)
        else:
            raise InferError(f"byte {begin}: no protobuf field starts with {data[begin]:#04x}")
        if position > end:
            raise InferError(f"truncated: the field at byte {begin} ends at byte {position}, there are {end}")
        if numbers or wire_type == 2:
            yield Field(tag >> 3, wire_type, begin, payload, position)


def looks_like_onnx(data: Buffer) -> bool:
    """Whether the bytes begin as a ModelProto does: only its fields, among them a graph or the operator sets."""
    seen: set[int] = set()
    try:
        for field in fields(data, 0, len(data)):
            if _MODEL_FIELDS.get(field.number) != field.wire_type:
                return False
            seen.add(field.number)
            if field.number == _GRAPH:
                return True
    except InferError:
        return _first_tags_fit(data, seen)
    return bool(seen & {_GRAPH, _OPSET_IMPORT})


def _first_tags_fit(data: Buffer, seen: set[int]) -> bool:
    """A truncated file: what was whole must show an IR version, and the graph may be the field that is cut."""
    return 1 in seen and bool(seen & {2, _GRAPH, _OPSET_IMPORT}) and data[0] == 0x08 and data[1] < 64


def strip(data: Buffer) -> bytes:
    """A copy of a ModelProto whose large tensors have a `segment` in place of their data. Raises TooLarge where parsing it takes much memory."""
    stripper = _Stripper(data)
    length = stripper.strip(0, len(data), "model", 0)
    return require_room(length, lambda: b"".join(stripper.pieces))


class _Stripper:
    """What is kept of a file, and how many fields of bytes were looked at."""

    def __init__(self, data: Buffer):
        self.data = data
        self.pieces: list[bytes | Buffer] = []
        self.seen = 0

    def strip(self, start: int, end: int, kind: str, depth: int) -> int:
        """Append what is kept of a message; returns its new length."""
        if depth > DEPTH:
            raise InferError(f"byte {start}: subgraphs are nested more than {DEPTH} levels deep")
        children, data, pieces = _CHILDREN[kind], self.data, self.pieces
        total, kept, data_span = 0, start, (0, 0)
        for field in fields(data, start, end, numbers=False):
            self.seen += 1
            if self.seen > MAX_FIELDS:
                raise too_many_fields()
            small = field.end - field.payload <= KEEP
            child = None if small else children.get(field.number)
            cut = not small and kind == "tensor" and field.number in _CUT
            if kind == "tensor" and field.number == SEGMENT:
                raise InferError(f"byte {field.start}: a tensor in segments is not supported")
            if child is None and not cut:
                continue
            pieces.append(data[kept : field.start])
            total += field.start - kept
            kept = field.end
            if cut:
                data_span = (field.payload, field.end)
            elif child is not None:
                place = len(pieces)
                pieces.append(b"")
                length = self.strip(field.payload, field.end, child, depth + 1)
                pieces[place] = _encoded(field.number << 3 | 2) + _encoded(length)
                total += len(pieces[place]) + length
        pieces.append(data[kept:end])
        total += end - kept
        if data_span != (0, 0):
            pieces.append(_segment(*data_span))
            total += len(pieces[-1])
        return total


def _segment(begin: int, end: int) -> bytes:
    """TensorProto.segment = {begin, end}."""
    body = b"\x08" + _encoded(begin) + b"\x10" + _encoded(end)
    return _encoded(SEGMENT << 3 | 2) + _encoded(len(body)) + body


def _varint(data: Buffer, position: int, end: int) -> tuple[int, int]:
    start, value, shift = position, 0, 0
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
        if shift > 63:
            raise InferError(f"byte {start}: a protobuf number is longer than 10 bytes")
    raise InferError(f"truncated: the file ends at byte {end}, within a number")


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
