"""What a program is tried on when its results before and after a pass are compared.

One set of inputs proves little: equal sizes hide what differs when they are not, sizes of 1 broadcast, empty tensors have no
maximum, and normal random numbers are neither zero nor large. So a trial is a choice of sizes and a choice of values. A program
need not run in every trial (two unnamed sizes may have to agree); it is compared in those in which it ran before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType

from inferir.core.dims import evaluate, parse_dim, symbols
from inferir.core.executor import argument_dims, argument_names
from inferir.core.types import numpy_dtype

DISTINCT = (3, 2, 5, 4, 7, 6)
"""Sizes that differ, in the order in which they are given."""


@dataclass(frozen=True)
class Place:
    """Where a dynamic size is met first."""

    argument: int
    arguments: int
    axis: int
    order: int
    """Sizes met before it."""


Sizes = Callable[[Place], int]
Values = Callable[[np.random.Generator, tuple[int, ...], np.dtype], np.ndarray]


def by_axis(place: Place) -> int:
    """Sizes of one axis agree, those of different axes differ."""
    return DISTINCT[place.axis % len(DISTINCT)]


def equal(place: Place) -> int:
    """All sizes agree."""
    return 4


def unequal(place: Place) -> int:
    """All sizes differ."""
    return DISTINCT[place.order % len(DISTINCT)]


def first_is_one(place: Place) -> int:
    """The first argument broadcasts."""
    return 1 if place.argument == 0 else by_axis(place)


def last_is_one(place: Place) -> int:
    """The last argument broadcasts."""
    return 1 if place.argument == place.arguments - 1 else by_axis(place)


def empty(place: Place) -> int:
    """Nothing is in it."""
    return 0


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Normal floats, small integers, any truth values."""
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "iu":
        return rng.integers(0, 8, shape).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def special(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Zeros of both signs, units, denormals and large numbers among normal ones."""
    values = normal(rng, shape, dtype)
    if dtype.kind not in "fc" and dtype.name not in ("bfloat16", "float16"):
        return values
    denormal = float(np.finfo(dtype).smallest_subnormal) if dtype.kind == "f" else 0.0
    some = np.array([1000.0, 0.0, -1000.0, -0.0, denormal, 1.0, -1.0, 0.5])
    flat = values.astype(np.float64 if dtype.kind != "c" else np.complex128).reshape(-1)
    places = rng.permutation(flat.size)[: max(min(flat.size, len(some)), flat.size * 7 // 10)]
    flat[places] = np.resize(some, places.size)
    return flat.reshape(shape).astype(dtype)


@dataclass(frozen=True)
class Trial:
    """One choice of sizes and values; `fixed` gives arrays by argument name or position instead."""

    name: str
    sizes: Sizes = by_axis
    values: Values = normal
    seed: int = 0
    fixed: dict[str, np.ndarray] | None = None

    def arguments(self, function: func.FuncOp) -> list[np.ndarray] | None:
        """Arguments for a function; None where one of them is not a ranked tensor, or is not among the fixed ones."""
        if self.fixed is not None:
            return self._fixed(function, self.fixed)
        rng = np.random.default_rng(self.seed)
        known: dict[str, int] = {}
        out = []
        types = function.function_type.inputs.data
        met = 0
        for index, type in enumerate(types):
            if not isinstance(type, TensorType):
                return None
            shape = list(type.get_shape())
            for axis, dim in enumerate(argument_dims(function, index) or shape):
                if shape[axis] != DYNAMIC_INDEX:
                    continue
                place = Place(index, len(types), axis, met)
                shape[axis] = self._size(dim, place, known)
                met += 1
            out.append(self.values(rng, tuple(shape), numpy_dtype(type.element_type)))
        return out

    def _size(self, dim: int | str | None, place: Place, known: dict[str, int]) -> int:
        if not isinstance(dim, str):
            return self.sizes(place)
        parsed = parse_dim(dim)
        for name in sorted(symbols(parsed)) if not isinstance(parsed, int) else ():
            known.setdefault(name, self.sizes(place))
        size = evaluate(parsed, known)
        assert isinstance(size, int)
        return size

    def _fixed(self, function: func.FuncOp, arrays: dict[str, np.ndarray]) -> list[np.ndarray] | None:
        names = argument_names(function)
        found = [arrays.get(name, arrays.get(f"in_{name}", arrays.get(f"in{i}"))) for i, name in enumerate(names)]
        return None if any(a is None for a in found) else [a for a in found if a is not None]


def trials(count: int | None, seed: int) -> list[Trial]:
    """The first `count` trials (None: one of each kind); beyond them, more seeds of the first kinds."""
    kinds = [
        ("sizes by axis", by_axis, normal),
        ("zeros and large numbers", by_axis, special),
        ("equal sizes", equal, normal),
        ("the first argument's sizes 1", first_is_one, normal),
        ("the last argument's sizes 1", last_is_one, normal),
        ("unequal sizes", unequal, normal),
        ("empty tensors", empty, normal),
    ]
    count = len(kinds) if count is None else count
    out = []
    for i in range(count):
        (name, sizes, values), more = kinds[i % len(kinds)], i // len(kinds)
        out.append(Trial(f"{name}, seed {seed + more}" if more else name, sizes, values, seed + more))
    return out
