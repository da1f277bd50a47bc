"""Attributes of source operators: from Python values, back to them, and as readable text.

| in the source  | attribute                | text                        | Python                |
|----------------|--------------------------|-----------------------------|-----------------------|
| integer        | `IntegerAttr` i64        | `group = 1`                 | int                   |
| float (f32)    | `FloatAttr` f32          | `alpha = 0.01`              | float                 |
| string         | `StringAttr`             | `auto_pad = "SAME_UPPER"`   | str                   |
| integers       | `array<i64: ...>`        | `pads = [1, 1]`             | tuple of int          |
| floats         | `array<f32: ...>`        | `scales = [1.0, 2.0]`       | tuple of float        |
| truth value    | `IntegerAttr` i1         | `keepdim = true`            | bool                  |
| float (f64)    | `FloatAttr` f64          | `eps = 1.000000e-05 : f64`  | float                 |
| strings        | `ArrayAttr` of strings   | `modes = ["a", "b"]`        | tuple of str          |
| anything else  | itself                   | as MLIR writes it           | the attribute         |

A list of bare numbers is a dense array; empty ones are written `array<i64>` and `array<f32>`. `inf` and `nan` go by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from xdsl.dialects.builtin import ArrayAttr, BytesAttr, DenseArrayBase, FloatAttr, IntegerAttr, StringAttr, UnitAttr, f32, f64, i1, i64
from xdsl.ir import Attribute
from xdsl.parser import Parser
from xdsl.printer import Printer


@lru_cache(4096)
def int_attr(value: int) -> IntegerAttr:
    """A source integer."""
    return IntegerAttr(value, i64)


def float_attr(value: float) -> FloatAttr:
    """A source float, single precision."""
    return FloatAttr(value, f32)


def ints_attr(values: Sequence[int]) -> DenseArrayBase:
    """A list of source integers."""
    return DenseArrayBase(i64, BytesAttr(np.array(values, "<i8").tobytes()))


def floats_attr(values: Sequence[float]) -> DenseArrayBase:
    """A list of source floats."""
    return DenseArrayBase(f32, BytesAttr(np.array(values, "<f4").tobytes()))


def bool_attr(value: bool) -> IntegerAttr:
    """A source truth value."""
    return IntegerAttr(int(value), i1)


def double_attr(value: float) -> FloatAttr:
    """A source float of double precision."""
    return FloatAttr(value, f64)


def doubles_attr(values: Sequence[float]) -> DenseArrayBase:
    """A list of source floats of double precision."""
    return DenseArrayBase(f64, BytesAttr(np.array(values, "<f8").tobytes()))


def bools_attr(values: Sequence[bool]) -> DenseArrayBase:
    """A list of source truth values."""
    return DenseArrayBase.from_list(i1, [int(v) for v in values])


def strings_attr(values: Sequence[str]) -> ArrayAttr:
    """A list of source strings."""
    return ArrayAttr([StringAttr(v) for v in values])


def to_python(attribute: Attribute) -> Any:
    """The Python value of a source attribute; attributes that have none come back as they are."""
    match attribute:
        case IntegerAttr() if attribute.type == i1:
            return bool(attribute.value.data)
        case IntegerAttr() | FloatAttr():
            return attribute.value.data
        case StringAttr():
            return attribute.data
        case DenseArrayBase():
            return _elements(attribute)
        case ArrayAttr() if all(isinstance(a, StringAttr) for a in attribute):
            return tuple(a.data for a in attribute if isinstance(a, StringAttr))
    return attribute


def kind_of(attribute: Attribute) -> str | None:
    """The kind of an attribute (INT, FLOATS, ... as ONNX names them; DOUBLE, BOOL, TYPE); None for one that has no kind of its own, such as a tensor."""
    match attribute:
        case IntegerAttr() if attribute.type == i1:
            return "BOOL"
        case FloatAttr() if attribute.type == f64:
            return "DOUBLE"
        case DenseArrayBase() if attribute.elt_type in (i1, f64):
            return "BOOLS" if attribute.elt_type == i1 else "DOUBLES"
        case IntegerAttr() if attribute.type == i64:
            return "INT"
        case FloatAttr() if attribute.type == f32:
            return "FLOAT"
        case StringAttr():
            return "STRING"
        case DenseArrayBase() if attribute.elt_type in (i64, f32):
            return "INTS" if attribute.elt_type == i64 else "FLOATS"
        case ArrayAttr() if all(isinstance(a, StringAttr) for a in attribute):
            return "STRINGS"
    return None


def _elements(array: Any) -> tuple[Any, ...]:
    return tuple(array.get_values())


def print_attributes(values: Mapping[str, Attribute], printer: Printer) -> None:
    """`{axis = 1, scales = [1.0, 2.0]}`"""
    with printer.in_braces():
        printer.print_list(values.items(), lambda item: _print_entry(*item, printer))


def parse_attributes(parser: Parser) -> dict[str, Attribute]:
    """Read what `print_attributes` wrote, or nothing where no brace opens."""
    out: dict[str, Attribute] = {}

    def entry() -> None:
        start = parser.pos
        name = parser.parse_identifier_or_str_literal()
        if name in out:
            parser.raise_error(f"attribute '{name}' is given twice", start, parser.pos)
        out[name] = parse_value(parser) if parser.parse_optional_punctuation("=") else UnitAttr()

    parser.parse_optional_comma_separated_list(parser.Delimiter.BRACES, entry)
    return out


def _print_entry(name: str, value: Attribute, printer: Printer) -> None:
    printer.print_identifier_or_string_literal(name)
    if not isinstance(value, UnitAttr):
        printer.print_string(" = ")
        print_value(value, printer)


def print_value(value: Attribute, printer: Printer) -> None:
    """One attribute in the short form."""
    match value:
        case IntegerAttr() if value.type == i64:
            printer.print_string(str(value.value.data))
        case FloatAttr() if value.type == f32:
            printer.print_string(float_text(value.value.data))
        case DenseArrayBase() if value.elt_type == i64 and len(value):
            printer.print_string(f"[{', '.join(map(str, _elements(value)))}]")
        case DenseArrayBase() if value.elt_type == f32 and len(value):
            printer.print_string(f"[{', '.join(map(float_text, _elements(value)))}]")
        case _:
            printer.print_attribute(value)


def float_text(value: float) -> str:
    """The shortest decimal that reads back as the same single-precision number."""
    text = str(np.float32(value))
    if not math.isfinite(value):
        return text
    mantissa, e, exponent = text.partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + e + exponent


def parse_value(parser: Parser) -> Attribute:
    """One attribute in the short form, or in MLIR's."""
    number = _optional_number(parser)
    if number is not None:
        return int_attr(number) if isinstance(number, int) else float_attr(number)
    items = parser.parse_optional_comma_separated_list(parser.Delimiter.SQUARE, lambda: _number_or_attribute(parser))
    if items is None:
        return parser.parse_attribute()
    numbers = [i for i in items if not isinstance(i, Attribute)]
    if not numbers:
        return ArrayAttr([i for i in items if isinstance(i, Attribute)])
    if len(numbers) < len(items):
        parser.raise_error("a list holds numbers or attributes, not both")
    if any(isinstance(n, float) for n in numbers):
        return floats_attr(numbers)
    return ints_attr([int(n) for n in numbers])


def _number_or_attribute(parser: Parser) -> int | float | Attribute:
    number = _optional_number(parser)
    return parser.parse_attribute() if number is None else number


def _optional_number(parser: Parser) -> int | float | None:
    """A number that no type follows; anything else is left to MLIR's own syntax."""
    start = parser.pos
    sign = 1 if parser.parse_optional_punctuation("-") is None else -1
    for name in ("inf", "nan"):
        if parser.parse_optional_keyword(name) is not None:
            return sign * float(name)
    number = parser.parse_optional_number(allow_boolean=False)
    if number is None or parser.parse_optional_punctuation(":") is not None:
        parser._resume_from(start)  # pyright: ignore[reportPrivateUsage]
        return None
    return -number if sign < 0 else number
