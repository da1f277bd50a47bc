"""Sequences (Python lists), optionals (a value or None)."""

from __future__ import annotations

from typing import Any

import numpy as np

from inferir.core.ranges import checked_shape
from inferir.dialects.inference.host import host_function


@host_function("sequence_construct")
def construct(*elements: Any) -> list[Any]:
    """A sequence of some values."""
    return list(elements)


@host_function("sequence_insert")
def insert(sequence: list[Any], value: Any, place: Any = None) -> list[Any]:
    """A sequence with one value more, at the end or before a place."""
    at = len(sequence) if place is None else int(np.asarray(place).reshape(-1)[0])
    return [*sequence[:at], value, *sequence[at:]] if at >= 0 else insert(sequence, value, len(sequence) + at)


@host_function("sequence_erase")
def erase(sequence: list[Any], place: Any = None) -> list[Any]:
    """A sequence without one value, the last by default."""
    at = -1 if place is None else int(np.asarray(place).reshape(-1)[0])
    return [v for i, v in enumerate(sequence) if i != at % len(sequence)]


@host_function("sequence_at")
def at(sequence: list[Any], place: Any) -> Any:
    """One value of a sequence."""
    return sequence[int(np.asarray(place).reshape(-1)[0])]


@host_function("sequence_length")
def length(sequence: list[Any]) -> np.ndarray:
    """How many values a sequence has."""
    return np.array(len(sequence), np.int64)


@host_function("split_to_sequence")
def split(x: np.ndarray, sizes: np.ndarray | None = None, *, axis: int, keepdims: int) -> list[np.ndarray]:
    """x in parts along an axis, as a sequence; parts of one where no sizes are given."""
    size = x.shape[axis]
    if sizes is None:
        parts = np.split(x, size, axis) if size else []
        return [p if keepdims else p.squeeze(axis) for p in parts]
    marks = list(range(int(sizes), size, int(sizes))) if np.ndim(sizes) == 0 else np.cumsum(sizes)[:-1].tolist()
    return list(np.split(x, marks, axis))


@host_function("concat_from_sequence")
def concat(sequence: list[np.ndarray], axis: int, new_axis: int) -> np.ndarray:
    """The values of a sequence one after the other, or stacked."""
    return np.stack(sequence, axis) if new_axis else np.concatenate(sequence, axis)


@host_function("optional")
def optional(value: Any = None) -> Any:
    """An optional: the value, or none."""
    return value


@host_function("optional_has_element")
def has_element(value: Any = None) -> np.ndarray:
    """Whether an optional has a value."""
    return np.array(value is not None, np.bool_)


@host_function("shape")
def shape(x: Any, start: int = 0, end: int | None = None) -> np.ndarray:
    """The dimensions of a tensor of unknown rank."""
    return np.array(np.shape(x)[start:end], np.int64)


@host_function("fill")
def fill(dims: np.ndarray, value: np.ndarray) -> np.ndarray:
    """A tensor of unknown rank whose every element is the same."""
    return np.full(checked_shape(dims, value.itemsize), value.reshape(-1)[0], value.dtype)
