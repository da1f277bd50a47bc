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
VIEWS = (*SHAPES, "slice", "transpose")
"""Functions that give elements of x as they are; the shapes of the operands, and the parameters, decide the result's."""


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


def shape_given(op: inf.HostCallOp, rw: Rewriter) -> tuple[int, ...] | None:
    """The shape that one of VIEWS gives x; None where x is not static, a parameter not constant, or x has no such axes or sizes."""
    x, function = op.args[0], find_host_function(op.callee)
    found = parameters(op, rw) if is_static(x.type) else None
    if found is None or function is None:
        return None
    arrays, config = found
    try:
        return tuple(int(d) for d in function(np.broadcast_to(np.int8(0), ranked(x).get_shape()), *arrays, **config).shape)
    except ValueError:
        return None


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
    if not isinstance(op.outs[0].type, TensorType):
        return "the rank of its result is not declared"
    shape, x = shape_given(op, rw), op.args[0]
    if shape is None:
        return "its parameters are not constant, the shape of its input is not known, or they do not fit"
    made = inf.ReshapeOp.make(x, shape=shape, result_types=list(op.result_types))
    rw.replace(op, made)
    return None


@rewrites(inf.HostCallOp)
def slice_of_known_bounds(op: inf.HostCallOp, rw: Rewriter) -> str | None:
    """slice(x, constants) is a slice by these bounds"""
    if op.callee != "slice" or not isinstance(op.outs[0].type, TensorType):
        return "it does not slice, or the rank of its result is not declared"
    found = parameters(op, rw)
    if found is None or shape_given(op, rw) is None:
        return "its parameters are not constant, the shape of its input is not known, or they do not fit"
    starts, ends, axes, steps = (None if p is None else tuple(map(int, p.reshape(-1))) for p in [*found[0], None, None][:4])
    axes = range(len(starts or ())) if axes is None else axes
    rank = len(ranked(op.args[0]).get_shape())
    made = inf.SliceOp.make(
        op.args[0], starts=starts, ends=ends, axes=tuple(a % rank for a in axes), steps=steps, result_types=list(op.result_types)
    )
    rw.replace(op, made)
    return None


@rewrites(inf.HostCallOp)
def transpose_of_known_rank(op: inf.HostCallOp, rw: Rewriter) -> str | None:
    """transpose(x) is a transpose once the rank of x is known"""
    if op.callee != "transpose" or not isinstance(op.outs[0].type, TensorType):
        return "it does not transpose, or the rank of its result is not declared"
    if shape_given(op, rw) is None:
        return "the shape of its input is not known, or has other axes"
    _, config = parameters(op, rw) or ([], {})
    order = config.get("permutation") or range(len(ranked(op.args[0]).get_shape()))[::-1]
    rw.replace(op, inf.TransposeOp.make(op.args[0], permutation=tuple(order), result_types=list(op.result_types)))
    return None
