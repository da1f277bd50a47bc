"""What a scalar program means, run for many elements at once in numpy: every scalar is an array that broadcasts over them.

Loops run over the largest range any element has; an element whose own range is over keeps its values. A load outside its
tensor is an error, unless its condition says that nothing is read there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects import scf
from xdsl.ir import Block, Operation, SSAValue

from inferir.core.diagnostics import InferError
from inferir.core.ranges import OutOfRange, check_range
from inferir.core.types import numpy_dtype
from inferir.dialects.cpu.elements import CheckOp, LoadOp, SizeOp
from inferir.dialects.cpu.scalar import YieldOp, evaluate_step


def run_program(block: Block, arguments: Sequence[Any]) -> list[Any]:
    """Run a block on arrays of indices and on tensors; what its terminator yields."""
    with np.errstate(all="ignore"):
        return _run(block, arguments, {}, None)


def _run(block: Block, arguments: Sequence[Any], outer: dict[SSAValue, Any], active: Any) -> list[Any]:
    values = {**outer, **dict(zip(block.args, arguments, strict=True))}
    for op in block.ops:
        operands = [values[o] for o in op.operands]
        if isinstance(op, YieldOp | scf.YieldOp):
            return operands
        results = _loop(op, operands, values, active) if isinstance(op, scf.ForOp) else [_step(op, operands, active)]
        values.update(zip(op.results, results, strict=True))
    return []


def _loop(op: scf.ForOp, operands: Sequence[Any], values: dict[SSAValue, Any], active: Any) -> list[Any]:
    low, high, step, *carried = operands
    alike = np.ndim(low) == 0 and np.ndim(high) == 0
    turns = int(np.max(-((np.asarray(low) - high) // step), initial=0))
    for turn in range(turns):
        index = np.asarray(low + turn * step)
        held = index < high
        following = _run(op.body.block, [index, *carried], values, active if alike else held if active is None else active & held)
        carried = following if alike else [np.where(held, new, old) for new, old in zip(following, carried, strict=True)]
    return list(carried)


def _step(op: Operation, operands: list[Any], active: Any) -> Any:
    match op:
        case LoadOp():
            return _load(op, operands, active)
        case SizeOp():
            return np.asarray(operands[0].shape[op.axis.value.data])
        case CheckOp():
            return _check(op, operands, active)
    return evaluate_step(op, operands)


def _check(op: CheckOp, operands: list[Any], active: Any) -> Any:
    index, low, high = operands
    try:
        check_range(op.says.data, index, low, high, True if active is None else active)
    except OutOfRange as problem:
        raise InferError(str(problem), op.location) from None
    return index


def _load(op: LoadOp, operands: list[Any], active: Any) -> Any:
    source, *places = operands[: 1 + len(op.indices)]
    read = active
    if op.condition is not None:
        read = operands[-2] if active is None else active & operands[-2]
    for place, size in zip(places, source.shape, strict=True):
        outside = (np.asarray(place) < 0) | (np.asarray(place) >= size)
        if np.any(outside if read is None else outside & read):
            raise InferError(f"cpu.load: reads outside of {op.source.type}", op.location)
    dtype = numpy_dtype(op.result.type)
    if source.size:
        inside = tuple(p if read is None else np.clip(p, 0, d - 1) for p, d in zip(places, source.shape, strict=True))
        found = source[inside]
    else:
        found = np.zeros(np.broadcast_shapes(*map(np.shape, places)), source.dtype)
    found = found if found.dtype == dtype else np.asarray(found).view(dtype)
    return found if op.condition is None else np.where(operands[-2], found, operands[-1])
