"""A model compiled again for sizes of its inputs: where a size that code takes to be equal to another is 1, it is broadcast by other code."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

from inferir.backends.runtime.program import Port

Sizes = frozenset[tuple[int, int, int]]
"""(number of the input, axis, size) of dimensions that are fixed, though the model takes any size there."""
MOST_VARIANTS = 16


class Variants:
    """Models by the sizes that are fixed. `make` compiles one; None where that has no meaning."""

    def __init__(self, make: Callable[[Sizes], Any | None]):
        self.make = make
        self.made: dict[Sizes, Any | None] = {}
        self.lock = threading.Lock()

    def find(self, ports: Sequence[Port], arrays: Sequence[Any], names: Collection[str]) -> Any | None:
        """The model for inputs of these shapes: for the sizes of those dimensions that are 1 or of one of `names`. None where that is no help."""
        sizes = frozenset(
            (index, axis, size)
            for index, (port, array) in enumerate(zip(ports, arrays, strict=True))
            for axis, (dim, size) in enumerate(zip(port.dims, getattr(array, "shape", ()), strict=False))
            if not isinstance(dim, int) and (size == 1 or dim in names)
        )
        with self.lock:
            if sizes and sizes not in self.made and len(self.made) < MOST_VARIANTS:
                self.made[sizes] = self.make(sizes)
            return self.made.get(sizes)

    def close(self) -> None:
        """Close the models."""
        with self.lock:
            for model in self.made.values():
                if model is not None:
                    model.close()
            self.made.clear()
