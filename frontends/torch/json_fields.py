"""Fields of a JSON document whose shape is not believed: what is not there, or is something else, is one clear error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inferir.core import InferError


def members(value: Any) -> Mapping[str, Any]:
    """A value that must be an object."""
    if not isinstance(value, dict):
        raise InferError(f"an object was expected, {_short(value)} is there")
    return value


def member(value: Any, name: str) -> Any:
    """A field that must be there."""
    found = members(value)
    if name not in found:
        raise InferError(f"field '{name}' is missing in {_short(value)}")
    return found[name]


def items(value: Any, name: str) -> Sequence[Any]:
    """A field that must be a list."""
    found = member(value, name)
    if not isinstance(found, list):
        raise InferError(f"field '{name}' must be a list, is {_short(found)}")
    return found


def text(value: Any, name: str) -> str:
    """A field that must be a string."""
    found = member(value, name)
    if not isinstance(found, str):
        raise InferError(f"field '{name}' must be a string, is {_short(found)}")
    return found


def number(value: Any, name: str) -> int:
    """A field that must be an integer."""
    found = member(value, name)
    if not isinstance(found, int):
        raise InferError(f"field '{name}' must be an integer, is {_short(found)}")
    return found


def variant(value: Any) -> tuple[str, Any]:
    """The one field of a union: `{"as_int": 3}` -> ("as_int", 3)."""
    found = members(value)
    if len(found) != 1:
        raise InferError(f"one field was expected, {_short(value)} is there")
    return next(iter(found.items()))


def _short(value: Any) -> str:
    shown = str(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
