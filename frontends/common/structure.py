"""How much memory the structure of a protobuf file takes, all but the data of tensors: estimated from its bytes before they are parsed.

Nor may there be so many fields that looking at them takes long. Two bytes may stand for a message of 700, so a file's size says little. The costs are those that an import was measured to take at most: a message
with the Python object that is made of it, a string (again in the imported module and in its text), a number in a list of Python integers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from inferir.core.diagnostics import InferError

UNCOUNTED = 1 << 20
"""Bytes of a structure that needs no estimate: at most 400 times as much, 400 MiB."""
LONGEST = 160 << 20
"""Bytes of a structure that is copied to be parsed."""
MOST = 640 << 20
"""Bytes of memory that a structure may take; what `MAX_VALUES` operations take comes on top."""
MAX_FIELDS = 1_000_000
"""Fields of bytes, lists of numbers counted once: two seconds."""
_MESSAGE, _STRING, _BYTE, _NUMBER = 700, 130, 4, 24
_PACKED_VARINTS = "numbers"
"""Stands for a field of packed numbers, each of them at least a byte."""


class TooLarge(InferError):
    """A model whose structure takes more memory than one import should."""


def too_many_fields() -> TooLarge:
    """The error of a model that is refused for the number of its fields."""
    return TooLarge(f"its structure (all but the data of tensors) has more than {MAX_FIELDS} fields")


def require_room(length: int, copied: Callable[[], bytes], message: Callable[[], Any]) -> bytes:
    """The structure of a message (`message` gives its class), which has `length` bytes. Raises TooLarge where these take too much memory when they are parsed."""
    if length > LONGEST:
        raise TooLarge(f"its structure (all but the data of tensors) has {length} bytes, no more than {LONGEST} are read")
    data = copied()
    if length > UNCOUNTED and _estimate(data, message().DESCRIPTOR) > MOST:
        raise TooLarge(f"its structure (all but the data of tensors, {length} bytes) would take more than {MOST >> 20} MiB of memory")
    return data


@cache
def _children(descriptor: Any) -> dict[int, Any]:
    """The fields of a message that hold messages, by their descriptors, or packed numbers."""
    out: dict[int, Any] = {}
    for field in descriptor.fields:
        if field.message_type is not None:
            out[field.number] = field.message_type
        elif field.is_repeated and field.type not in (field.TYPE_STRING, field.TYPE_BYTES, field.TYPE_FLOAT, field.TYPE_DOUBLE):
            out[field.number] = _PACKED_VARINTS
    return out


def _estimate(data: bytes, root: Any) -> int:
    """Bytes of memory, as far as the count matters. Bytes that are no fields end their message: the parser says what is wrong with them."""
    total = seen = 0
    stack: list[tuple[int, int, Any]] = [(0, len(data), root)]
    while stack and total <= MOST:
        position, end, descriptor = stack.pop()
        children = _children(descriptor)
        while position < end and total <= MOST:
            first = position
            seen += 1
            if seen > MAX_FIELDS:
                raise too_many_fields()
            tag, position = (data[position], position + 1) if data[position] < 128 else _number(data, position, end)
            match tag & 7:
                case 2:
                    short = position < end and data[position] < 128
                    size, position = (data[position], position + 1) if short else _number(data, position, end)
                    child = children.get(tag >> 3)
                    if child is _PACKED_VARINTS:
                        total += _NUMBER * size
                    elif child is None:
                        total += _STRING + _BYTE * size
                    else:
                        total += _MESSAGE
                        stack.append((position, min(position + size, end), child))
                    position += size
                case 0:
                    position = after_numbers(data, first, position, end)
                    total += _NUMBER // 2 * (position - first)  # a number and its tag are two bytes at least
                case 5 | 1 as kind:
                    width = position - first + (4 if kind == 5 else 8)
                    position = after_equal_tags(data, first, width, end)
                    total += _NUMBER * ((position - first) // width)
                case _:
                    break
    return total


def after_equal_tags(data: bytes | memoryview, first: int, width: int, end: int) -> int:
    """Where a list of fields of one width ends that begin with the same byte: a list of floats is long."""
    tag, position = data[first], first + width
    while position < end and data[position] == tag:
        position += width
    return position


def after_numbers(data: bytes | memoryview, first: int, position: int, end: int) -> int:
    """Where a list of numbers with the same tag of one byte ends."""
    tag = data[first]
    while True:
        while position < end and data[position] > 127:
            position += 1
        position += 1
        if tag > 127 or position >= end or data[position] != tag:
            return position
        position += 1


def _number(data: bytes, position: int, end: int) -> tuple[int, int]:
    """A number and where it ends; what is cut off ends at `end`."""
    value = shift = 0
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
    return value, end
