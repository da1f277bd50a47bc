"""Calls of host functions whose parameters turn out to be constants: ops of the dialect."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import DictionaryAttr, TensorType

from inferir.core import Rewriter, rewrites
from inferir.core.types import is_static, ranked
from inferir.dialects import inference as inf
from inferir.dialects.inference.host import find_host_function, python_value

SHAPES = ("reshape", "squeeze", "unsqueeze", "flatten")
"""Functions that give the elements of x another shape."""


def parameters(op: inf.HostCallOp, rw: Rewriter) -> tuple[list[np.ndarray | None], dict[str, Any]] | None:
    """Every operand but the first as an array, and the configuration; None where an operand is not constant."""
    constants = rw.constants(*op.args[1:])
    if constants is None:
        return None
    arrays: list[np.ndarray | None] = [c.numpy() for c in constants]
    for place in op.absent:
        arrays.insert(place - 1, None)
    config = op.config.data if isinstance(op.config, DictionaryAttr) else {}
    return arrays, {name: python_value(value) for name, value in config.items()}


@rewrites(inf.HostCallOp)
def split_of_known_sizes(op: inf.HostCallOp, rw: Rewriter) -> str | None:
    """split(x, constant) is a split into these sizes"""
    if op.callee != "split":
        return "it does not split"
    found = parameters(op, rw)
    if found is None:
        return "the sizes are not constant"
    (sizes,), config = found
    assert sizes is not None
    rw.replace(op, inf.SplitOp.make(op.args[0], axis=config["axis"], sizes=tuple(map(int, sizes)), result_types=list(op.result_types)))
    return None


@rewrites(inf.HostCallOp)
def reshape_of_known_shape(op: inf.HostCallOp, rw: Rewriter) -> str | None:
    """reshape, squeeze, unsqueeze or flatten by a constant gives the shape it gives"""
    if op.callee not in SHAPES:
        return "it does more than reshape"
    found, x = parameters(op, rw), op.args[0]
    function = find_host_function(op.callee)
    if found is None or function is None:
        return "its parameters are not constant"
    if not is_static(x.type) or not isinstance(op.outs[0].type, TensorType):
        return "the shape of its input, or the rank of its result, is not declared"
    arrays, config = found
    shape = function(np.broadcast_to(np.int8(0), ranked(x).get_shape()), *arrays, **config).shape
    made = inf.ReshapeOp.make(x, shape=tuple(int(d) for d in shape), result_types=list(op.result_types))
    rw.replace(op, made)
    return None
