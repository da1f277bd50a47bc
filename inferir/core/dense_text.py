"""Elements of `dense` and `array` attributes as text, bit for bit, in the form that mlir-opt reads and writes.

xDSL reads bits given for a float as an integer, prints -0.0 beside 0.0 as one value, loses the payload of NaN, and writes
narrow integers into hexadecimal strings one machine integer each, where mlir-opt has one byte for i2 to i8, and eight i1 in one byte.
"""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import AnyFloat, ComplexType, DenseIntOrFPElementsAttr, IntegerType, Signedness
from xdsl.printer import Printer

MOST_IN_A_LIST = 100
"""More elements than this are written as one hexadecimal string."""


def to_string_bytes(type: Any, data: bytes) -> bytes:
    """The elements of a `dense` as the bytes of its hexadecimal string: narrow integers without their sign's copies, i1 by eight."""
    width = _narrow_width(type)
    if width is None:
        return data
    size, step = type.compile_time_size, (width + 7) // 8
    numbers = [int.from_bytes(data[i : i + size], "little") & ((1 << width) - 1) for i in range(0, len(data), size)]
    if width > 1:
        return b"".join(n.to_bytes(step, "little") for n in numbers)
    return sum(n << i for i, n in enumerate(numbers)).to_bytes((len(numbers) + 7) // 8, "little")


def from_string_bytes(type: Any, raw: bytes, count: int) -> bytes | None:
    """The reverse, for `count` elements; None where the length is not that of mlir-opt's form (xDSL's form may fit)."""
    width = _narrow_width(type)
    if width is None:
        return raw * count if len(raw) == type.compile_time_size else raw
    step = (width + 7) // 8
    if width == 1 and len(raw) == 1 and (raw in (b"\xff", b"\0") or count > 8):
        numbers = [int(raw != b"\0")] * count
    elif width == 1 and len(raw) == (count + 7) // 8:
        number = int.from_bytes(raw, "little")
        numbers = [number >> i & 1 for i in range(count)]
    elif width > 1 and len(raw) in (step, step * count):
        whole = raw if len(raw) == step * count else raw * count
        numbers = [int.from_bytes(whole[i : i + step], "little") & ((1 << width) - 1) for i in range(0, len(whole), step)]
    else:
        return None
    signed = type.signedness.data is not Signedness.UNSIGNED
    return type.pack([n - (1 << width) if signed and n >> (width - 1) else n for n in numbers])


def _narrow_width(type: Any) -> int | None:
    """The width of an integer type that fills no machine integer."""
    return type.width.data if isinstance(type, IntegerType) and type.width.data not in (8, 16, 32, 64) else None


_print_values = DenseIntOrFPElementsAttr.print_without_type


def print_exactly(attribute: DenseIntOrFPElementsAttr[Any], printer: Printer) -> None:
    """Print `dense<...>` as xDSL does where that keeps every bit, else as hexadecimal bytes, as mlir-opt prints large ones."""
    element: Any = attribute.get_element_type()
    count = len(attribute)
    data = bytes(attribute.data.data)
    splat = data == data[: len(data) // max(count, 1)] * count
    floats = isinstance(element, AnyFloat) or (isinstance(element, ComplexType) and isinstance(element.element_type, AnyFloat))
    limit = getattr(getattr(printer, "options", None), "hex_elements_larger", None)
    limit = MOST_IN_A_LIST if limit is None else limit
    as_bytes = 0 <= limit < count and not splat
    if floats and count and not as_bytes:
        values: Any = attribute.get_values()
        as_bytes = element.pack(values) != data or (not splat and values.count(values[0]) == count)
    if as_bytes:
        printer.print_string(f'dense<"0x{to_string_bytes(element, data).hex().upper()}">')
    else:
        _print_values(attribute, printer)
