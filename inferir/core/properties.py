"""Properties of ops with a Python value: `op.strides` is a tuple of ints, not an attribute.

Declare them in the class body beside the operands; a property that has its default is absent from the op.

    strides = ints()          # tuple[int, ...] | None
    axis = integer(-1)
    layout = enum("nchw", "nhwc")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, FloatAttr, IntegerAttr, StringAttr, UnitAttr, f64, i1, i64
from xdsl.ir import Attribute
from xdsl.irdl import OptPropertyDef
from xdsl.irdl.operations import _PropertyFieldDef  # pyright: ignore[reportPrivateUsage]


@dataclass(frozen=True)
class Kind:
    """How a property travels between Python, attribute and text."""

    name: str
    attribute: type[Attribute]
    decode: Callable[[Any], Any]
    encode: Callable[[Any], Attribute]
    check: Callable[[Any], str | None] = lambda value: None
    choices: tuple[str, ...] = ()


class Property(_PropertyFieldDef):
    """A declared property: its kind and its default (a Python value)."""

    def __init__(self, kind: Kind, default: Any):
        super().__init__(OptPropertyDef, kind.attribute, None, None)  # pyright: ignore[reportArgumentType]
        self.kind = kind
        self.default = default


class Accessor:
    """Reads a property as its Python value; assigning encodes it."""

    def __init__(self, name: str, declared: Property):
        self.name = name
        self.declared = declared

    def __get__(self, op: Any, owner: type | None = None) -> Any:
        if op is None:
            return self
        attribute = op.properties.get(self.name)
        return self.declared.default if attribute is None else self.declared.kind.decode(attribute)

    def __set__(self, op: Any, value: Any) -> None:
        store(op.properties, self.name, self.declared, value)


def store(properties: dict[str, Attribute], name: str, declared: Property, value: Any) -> None:
    """Put a Python value (or an attribute) among `properties`; a default is left out."""
    value = declared.kind.decode(value) if isinstance(value, Attribute) else value
    if value is None or value == declared.default:
        properties.pop(name, None)
    else:
        properties[name] = declared.kind.encode(value)


def stored(properties: dict[str, Attribute], name: str, declared: Property, value: Any) -> str | None:
    """Put a value that a user gives among `properties`; what is wrong with it, None where it is right."""
    kind = declared.kind
    try:
        store(properties, name, declared, value)
        return kind.check(kind.decode(properties[name])) if name in properties else None
    except (TypeError, ValueError, AttributeError, OverflowError):
        return f"{value!r} is not of kind '{kind.name}'"


_INTS = Kind("ints", DenseArrayBase, lambda a: tuple(a.get_values()), lambda v: DenseArrayBase.from_list(i64, [int(x) for x in v]))
_INT = Kind("integer", IntegerAttr, lambda a: a.value.data, lambda v: IntegerAttr(int(v), i64))
_FLOAT = Kind("number", FloatAttr, lambda a: a.value.data, lambda v: FloatAttr(float(v), f64))
_NUMBERS = Kind("numbers", DenseArrayBase, lambda a: tuple(a.get_values()), lambda v: DenseArrayBase.from_list(f64, [float(x) for x in v]))
_FLAG = Kind("flag", UnitAttr, lambda a: True, lambda v: UnitAttr())
_TEXT = Kind(
    "string",
    StringAttr,
    lambda a: a.data,
    lambda v: StringAttr(v),
    lambda v: None if isinstance(v, str) else f"{v!r} is no text",
)
_DIMS = Kind(
    "dims",
    ArrayAttr,
    lambda a: tuple(d.data if isinstance(d, StringAttr) else d.value.data for d in a.data),
    lambda v: ArrayAttr([IntegerAttr(d, i64) if isinstance(d, int) else StringAttr(str(d)) for d in v]),
)
_BOOLS = Kind("flags", DenseArrayBase, lambda a: tuple(bool(x) for x in a.get_values()), lambda v: DenseArrayBase.from_list(i1, list(v)))
_ANY = Kind("attribute", Attribute, lambda a: a, lambda v: v)


def ints(default: tuple[int, ...] | None = None) -> Any:
    """A tuple of integers."""
    return Property(_INTS, default)


def integer(default: int | None = None) -> Any:
    """An integer."""
    return Property(_INT, default)


def number(default: float | None = None) -> Any:
    """A float."""
    return Property(_FLOAT, default)


def numbers(default: tuple[float, ...] | None = None) -> Any:
    """A tuple of floats."""
    return Property(_NUMBERS, default)


def flag() -> Any:
    """A boolean, False by default; in text the bare keyword."""
    return Property(_FLAG, False)


def string(default: str | None = None) -> Any:
    """A string."""
    return Property(_TEXT, default)


def dims(default: tuple[int | str, ...] | None = None) -> Any:
    """A tuple of dimensions: integers and expressions over symbols as text."""
    return Property(_DIMS, default)


def attribute(default: Attribute | None = None) -> Any:
    """Any attribute, as it is."""
    return Property(_ANY, default)


def enum(*choices: str, default: str | None = None) -> Any:
    """One of a few words, the first by default; in text the word itself."""
    kind = Kind(
        "enum",
        StringAttr,
        lambda a: a.data,
        lambda v: StringAttr(v),
        lambda v: None if v in choices else f"'{v}' is none of {', '.join(choices)}",
        choices,
    )
    return Property(kind, choices[0] if default is None else default)
