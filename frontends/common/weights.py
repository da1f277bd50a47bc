"""Constant values of a model file: small ones `dense`, large ones weights that stay where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Attribute

from inferir.core import Context, WeightAttr
from inferir.core.constants import DENSE_LIMIT, constant_attribute


class WeightNames:
    """Registers values with the context's weights under the names of the source, made unique."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    def file(self, key: str, path: Path, offset: int, shape: tuple[int, ...], dtype: np.dtype) -> WeightAttr:
        """A weight that is bytes of a file, row-major from `offset` on; they are not read."""
        return self._weight(key, lambda name: self.ctx.weights.add_file(name, path, offset, shape, dtype))

    def array(self, key: str, array: np.ndarray) -> Attribute:
        """A value in memory: `dense` up to 1 KiB, else a weight."""
        if array.nbytes <= DENSE_LIMIT:
            return constant_attribute(array)
        array.setflags(write=False)
        return self._weight(key, lambda name: self.ctx.weights.add(name, array))

    def _weight(self, key: str, add: Callable[[str], None]) -> WeightAttr:
        name, number = key, 0
        while name in self.ctx.weights:
            number += 1
            name = f"{key}.{number}"
        add(name)
        return WeightAttr(StringAttr(name))
