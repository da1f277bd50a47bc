"""The protobuf wire of a model file, read in place: tensor data stays in the file, the rest becomes a small message.

`strip` copies a message without the data of its large tensors. Each of these tensors gets a `segment` (a field that no exporter writes) with
the begin and end of its data in the file. Messages of up to 1 KiB are copied unread, so the scan costs a step per node and none per byte.
Source: the protobuf encoding page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from inferir.core.diagnostics import InferError
from inferir.frontends.common.structure import MAX_FIELDS, after_equal_tags, after_numbers, require_room, too_many_fields

Buffer = memoryview

KEEP = 1024
"""Messages and data up to this many bytes are copied."""
DEPTH = 100
"""Nesting that protobuf itself accepts."""


@dataclass(frozen=True)
class Layout:
    """Where in nested messages the data of tensors lie. Kinds of messages have names of our own."""

    message: Callable[[], Any]
    """The class of the outermost message."""
    root: str
    """Its kind."""
    children: Mapping[str, Mapping[int, str]]
    """Of each kind the fields that lead on, and the kind of message that they hold."""
    data: Mapping[str, tuple[int, ...]]
    """Of each kind that is a tensor the fields with data."""
    segments: Mapping[str, int]
    """The field that a tensor without its data gets instead: {begin = 1, end = 2}."""


class Field(NamedTuple):
    """One field of a message: its number, wire type, the full field and its payload, as offsets in the file."""

    number: int
    wire_type: int
    start: int
    payload: int
    end: int


def fields(data: Buffer, start: int, end: int, numbers: bool = True) -> Iterator[Field]:
    """The fields of the message at [start, end), without `numbers` those of bytes. Raises InferError where the bytes are no fields."""
    position = start
    while position < end:
        begin = position
        tag = data[position]
        if tag < 128:  # nearly always: a call for every number takes most of the time of a long list
            position += 1
        else:
            tag, position = varint(data, position, end)
        wire_type = tag & 7
        payload = position
        if wire_type == 2:
            length, payload = varint(data, position, end)
            position = payload + length
        elif wire_type == 0 and not numbers:
            position = after_numbers(data, begin, position, end)
        elif wire_type == 0:
            if position < end and data[position] < 128:
                position += 1
            else:
                _, position = varint(data, position, end)
        elif wire_type in (1, 5):
            width = position - begin + (4 if wire_type == 5 else 8)
            position = begin + width if numbers else after_equal_tags(data, begin, width, end)
        else:
            raise InferError(f"byte {begin}: no protobuf field starts with {data[begin]:#04x}")
        if position > end:
            raise InferError(f"truncated: the field at byte {begin} ends at byte {position}, there are {end}")
        if numbers or wire_type == 2:
            yield Field(tag >> 3, wire_type, begin, payload, position)


def strip(data: Buffer, layout: Layout) -> bytes:
    """A copy of a message whose large tensors have a segment in place of their data. Raises TooLarge where parsing it takes much memory."""
    stripper = _Stripper(data, layout)
    length = stripper.strip(0, len(data), layout.root, 0)
    return require_room(length, lambda: b"".join(stripper.pieces), layout.message)


class _Stripper:
    """What is kept of a file, and how many fields of bytes were looked at."""

    def __init__(self, data: Buffer, layout: Layout):
        self.data, self.layout = data, layout
        self.pieces: list[bytes | Buffer] = []
        self.seen = 0

    def strip(self, start: int, end: int, kind: str, depth: int) -> int:
        """Append what is kept of a message; returns its new length."""
        if depth > DEPTH:
            raise InferError(f"byte {start}: subgraphs are nested more than {DEPTH} levels deep")
        children, data, pieces = self.layout.children.get(kind, {}), self.data, self.pieces
        cuts, segment = self.layout.data.get(kind, ()), self.layout.segments.get(kind)
        total, kept, data_span = 0, start, (0, 0)
        for field in fields(data, start, end, numbers=False):
            self.seen += 1
            if self.seen > MAX_FIELDS:
                raise too_many_fields()
            small = field.end - field.payload <= KEEP
            child = None if small else children.get(field.number)
            cut = not small and field.number in cuts
            if field.number == segment:
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
        if data_span != (0, 0) and segment is not None:
            pieces.append(_segment(segment, *data_span))
            total += len(pieces[-1])
        return total


def _segment(number: int, begin: int, end: int) -> bytes:
    """A segment = {begin, end}."""
    body = b"\x08" + _encoded(begin) + b"\x10" + _encoded(end)
    return _encoded(number << 3 | 2) + _encoded(len(body)) + body


def varint(data: Buffer, position: int, end: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
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
