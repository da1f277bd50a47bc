"""A model compiled again for sizes of 1: where a size that has a name is 1 and meets another, it is broadcast, which needs other code."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from inferir.backends.runtime.program import Port

Ones = frozenset[tuple[int, int]]
"""(number of the input, axis) of dimensions of inputs that are 1 in a call, though the model takes any size there."""
MOST_VARIANTS = 16


class Variants:
    """Models by the dimensions that are 1. `make` compiles one; None where that has no meaning."""

    def __init__(self, make: Callable[[Ones], Any | None]):
        self.make = make
        self.made: dict[Ones, Any | None] = {}
        self.lock = threading.Lock()

    def find(self, ports: Sequence[Port], arrays: Sequence[Any]) -> Any | None:
        """The model for the shapes of these inputs; None where no size is 1, or that is no help."""
        ones = frozenset(
            (index, axis)
            for index, (port, array) in enumerate(zip(ports, arrays, strict=True))
            for axis, (dim, size) in enumerate(zip(port.dims, getattr(array, "shape", ()), strict=False))
            if size == 1 and not isinstance(dim, int)
        )
        with self.lock:
            if ones and ones not in self.made and len(self.made) < MOST_VARIANTS:
                self.made[ones] = self.make(ones)
            return self.made.get(ones)

    def close(self) -> None:
        """Close the models."""
        with self.lock:
            for model in self.made.values():
                if model is not None:
                    model.close()
            self.made.clear()
