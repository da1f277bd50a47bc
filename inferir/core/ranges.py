"""Integers that must lie in a range, and sizes that must fit in memory: what is checked of numbers that a model computes while it runs."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np


def out_of_range(what: str, index: int, low: int, high: int) -> str:
    """The error about an index outside [low, high); the runtime of compiled models words it alike."""
    return f"{what} is {index}, must be at least {low} and less than {high}"


LARGEST = 1 << 46
"""Bytes of an array; what is larger is a mistake in the numbers that its size is computed from."""


_largest: ContextVar[int] = ContextVar("largest", default=LARGEST)


@contextmanager
def arrays_below(size: int) -> Iterator[None]:
    """Inside, arrays of more bytes are out of range: for values that are computed while a model is compiled."""
    token = _largest.set(min(size, _largest.get()))
    try:
        yield
    finally:
        _largest.reset(token)


class OutOfRange(ValueError):
    """An integer outside its range."""


def check_range(what: str, indices: Any, low: Any, high: Any, where: Any = True) -> None:
    """Raise OutOfRange, naming the first that is not, unless all integers are in [low, high) where a mask holds; the four broadcast."""
    indices, low, high, where = np.broadcast_arrays(indices, low, high, where)
    wrong = where & ((indices < low) | (indices >= high))
    if wrong.any():
        at = np.unravel_index(np.argmax(wrong), wrong.shape)
        raise OutOfRange(out_of_range(what, int(indices[at]), int(low[at]), int(high[at])))


def checked_shape(dims: Iterable[Any], itemsize: int = 1) -> tuple[int, ...]:
    """Dimensions as Python integers, before numpy is asked for an array of them. Raises OutOfRange where it would be of negative or immense size."""
    shape = tuple(int(d) for d in dims)
    if min(shape, default=0) < 0 or max(shape, default=0) > LARGEST or math.prod(shape) * itemsize > _largest.get():
        raise OutOfRange(f"the result would have shape {list(shape)}, which no array has")
    return shape
