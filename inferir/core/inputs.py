"""Seeded inputs for functions: they respect types, dimensions that are named alike, and the weights the text lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, ModuleOp, TensorType

from inferir.core.constants import weight_keys
from inferir.core.context import Context
from inferir.core.dims import evaluate, parse_dim, symbols
from inferir.core.executor import argument_dims
from inferir.core.types import numpy_dtype
from inferir.core.walk import walk

SIZES = (3, 2, 5, 4)
"""Sizes that named dimensions get, in turn."""
UNNAMED = 2


def random_array(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Normal floats, small integers, any truth values."""
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "iu":
        return rng.integers(0, 8, shape).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def random_arguments(function: func.FuncOp, seed: int = 0) -> list[Any] | None:
    """Arguments for a function; None where one of them is not a ranked tensor."""
    rng = np.random.default_rng(seed)
    sizes: dict[str, int] = {}
    out = []
    for index, type in enumerate(function.function_type.inputs.data):
        if not isinstance(type, TensorType):
            return None
        shape = list(type.get_shape())
        for axis, dim in enumerate(argument_dims(function, index) or shape):
            if shape[axis] != DYNAMIC_INDEX:
                continue
            if isinstance(dim, str):
                parsed = parse_dim(dim)
                for name in sorted(symbols(parsed)) if not isinstance(parsed, int) else ():
                    sizes.setdefault(name, SIZES[len(sizes) % len(SIZES)])
                size = evaluate(parsed, sizes)
                assert isinstance(size, int)
                shape[axis] = size
            else:
                shape[axis] = UNNAMED
        out.append(random_array(rng, tuple(shape), numpy_dtype(type.element_type)))
    return out


def fill_missing_weights(module: ModuleOp, ctx: Context, seed: int = 0) -> list[str]:
    """Give every weight that a constant names and nobody has random values of the constant's type; returns their names."""
    rng = np.random.default_rng(seed)
    added = []
    for op in walk(module):
        for value in op.properties.values():
            for key in weight_keys(value):
                if (
                    key not in ctx.weights
                    and op.results
                    and isinstance(op.results[0].type, TensorType)
                    and value.name == "inference.weight"
                ):
                    type = op.results[0].type
                    ctx.weights.add(key, random_array(rng, tuple(type.get_shape()), numpy_dtype(type.element_type)))
                    added.append(key)
    return added
