"""Constant values of the framework dialect as tensors of the inference dialect."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType

from inferir.dialects.framework import StringsAttr
from inferir.passes.framework.lowering.tools import Lowering


def constant_of(lo: Lowering, value: Any, type: TensorType) -> Any:
    """A constant of any kind as a tensor of numbers or strings."""
    if isinstance(value, StringsAttr):
        return lo.host("strings", [], [type], values=value.elements, shape=tuple(type.get_shape()))
    if value.name != "framework.sparse_tensor":
        return lo.constant(value, type)
    shape = tuple(type.get_shape())
    places, numbers = (lo.constant_array(a) for a in (value.indices, value.values))
    whole = np.zeros(shape, numbers.dtype)
    if places.ndim == 1:
        whole.reshape(-1)[places] = numbers
    else:
        whole[tuple(places.T)] = numbers
    return lo.const(whole)
