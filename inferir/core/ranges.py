"""Integers that must lie in a range: the one wording of the error for all that checks them while a model runs."""

from typing import Any

import numpy as np


def out_of_range(what: str, index: int, low: int, high: int) -> str:
    """The error about an index outside [low, high); the runtime of compiled models words it alike."""
    return f"{what} is {index}, must be at least {low} and less than {high}"


class OutOfRange(ValueError):
    """An integer outside its range."""


def check_range(what: str, indices: Any, low: Any, high: Any, where: Any = True) -> None:
    """Raise OutOfRange, naming the first that is not, unless all integers are in [low, high) where a mask holds; the four broadcast."""
    indices, low, high, where = np.broadcast_arrays(indices, low, high, where)
    wrong = where & ((indices < low) | (indices >= high))
    if wrong.any():
        at = np.unravel_index(np.argmax(wrong), wrong.shape)
        raise OutOfRange(out_of_range(what, int(indices[at]), int(low[at]), int(high[at])))
