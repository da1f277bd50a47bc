"""Pooling and reductions."""

from __future__ import annotations

from typing import Any

from xdsl.dialects import math
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.pooling import Pool
from inferir.passes.cpu.inference_to_cpu.building import (
    Scalars,
    channels_last,
    epilogue,
    not_float,
    rank_of,
    replace,
    replace_channels_last,
    reshaped,
    result,
    shape_of,
    transposed,
)


def scaled(factor: float) -> Region:
    """The epilogue that multiplies by a number."""
    return epilogue(1, lambda s, x: s.mul(x, s.const(factor)))


@rewrites(inf.MaxPoolOp, inf.AvgPoolOp)
def pool(op: Pool, rw: Rewriter) -> str | None:
    """A 2-D pool is cpu.pool2d; a mean over whole images is a reduction."""
    reason = not_float(op.x)
    if reason is not None:
        return reason
    if len(op.kernel) != 2:
        return f"{len(op.kernel)}-D pooling has no kernel"
    strides, dilations, begins, ends = op.window()
    x = channels_last(op.x, op.layout, rw)
    average = isinstance(op, inf.AvgPoolOp)
    if average and shape_of(x)[1:3] == op.kernel and not any((*begins, *ends)):
        made = cpu.ReduceOp.make(x, [], axes=(1, 2), keepdims=True, regions=[scaled(1 / (op.kernel[0] * op.kernel[1]))])
    else:
        window: dict[str, Any] = {"kernel": op.kernel, "strides": strides, "dilations": dilations, "pads": (*begins, *ends)}
        more = {"kind": "average", "count_include_pad": op.count_include_pad} if isinstance(op, inf.AvgPoolOp) else {}
        made = cpu.Pool2dOp.make(x, [], regions=[Region()], ceil_mode=op.ceil_mode, **window, **more)
    replace_channels_last(op, made, op.layout, rw)
    return None


KINDS = {"sum": "sum", "mean": "sum", "max": "max", "min": "min", "prod": "product", "l1": "sum", "l2": "sum", "sum_square": "sum"}


@rewrites(inf.ReduceOp)
def reduce(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """Axes that are neighbours, or that a transpose makes so; what is combined is computed before, what is left after."""
    reason = not_float(op.x)
    if reason is not None:
        return reason
    if op.kind not in KINDS:
        return f"{op.kind} has no kernel yet"
    shape, rank = shape_of(op.x), rank_of(op.x)
    axes = tuple(sorted(a % rank for a in op.axes)) if rank else ()
    if not axes:
        return "no axis is reduced"
    count = 1
    for axis in axes:
        count = -1 if shape[axis] < 0 or count < 0 else count * shape[axis]
    if op.kind == "mean" and count < 0:
        return "a mean over a dynamic dimension has no kernel yet"
    together = axes == tuple(range(axes[0], axes[-1] + 1))
    if op.keepdims and not together and shape_of(op.result).count(-1) > 1:
        return "more than one dynamic dimension around the axes"
    x: SSAValue = op.x
    if op.kind in ("l1", "l2", "sum_square"):
        before = Scalars(1)
        (a,) = before.args
        region = before.region(before.do(math.AbsFOp, a) if op.kind == "l1" else before.mul(a, a))
        x = result(cpu.MapOp.make(x, [], regions=[region]), rw)
    keepdims = op.keepdims
    if not together:
        x = transposed(x, [*(d for d in range(rank) if d not in axes), *axes], rw)
        axes, keepdims = tuple(range(rank - len(axes), rank)), False
    after = scaled(1 / count) if op.kind == "mean" else epilogue(1, lambda s, v: s.do(math.SqrtOp, v)) if op.kind == "l2" else Region()
    made = cpu.ReduceOp.make(x, [], kind=KINDS[op.kind], axes=axes, keepdims=keepdims, regions=[after])
    if not together and op.keepdims:
        rw.insert(made)
        rw.replace(op, reshaped(made.results[0], shape_of(op.result), rw))
        return None
    replace(op, made, rw)
    return None
