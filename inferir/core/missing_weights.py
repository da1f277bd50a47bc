"""Seeded values for the weights that a text names and nothing provides."""

from __future__ import annotations

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType

from inferir.core.constants import weight_keys
from inferir.core.context import Context
from inferir.core.trials import normal
from inferir.core.types import numpy_dtype
from inferir.core.walk import walk


def fill_missing_weights(module: ModuleOp, ctx: Context, seed: int = 0) -> list[str]:
    """Give every weight that a constant names and the store lacks random values of the constant's type; returns their names."""
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
                    ctx.weights.add(key, normal(rng, tuple(type.get_shape()), numpy_dtype(type.element_type)))
                    added.append(key)
    return added
