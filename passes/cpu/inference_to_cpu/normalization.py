"""Normalisations."""

import math

from xdsl.dialects import math as scalar_math
from xdsl.ir import Region

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import (
    Scalars,
    channels_last,
    not_float,
    rank_of,
    replace,
    replace_channels_last,
    reshaped,
    result,
    shape_of,
    transposed,
)


@rewrites(inf.BatchNormOp)
def batch_norm(op: inf.BatchNormOp, rw: Rewriter) -> str | None:
    """(x - mean) / sqrt(variance + epsilon) * scale + bias, one map with four more inputs."""
    reason = not_float(*op.operands)
    if reason is not None:
        return reason
    rank = rank_of(op.x)
    trailing = rank - 2 if op.layout == "nchw" and rank > 1 else 0
    parts = [op.scale, op.bias, op.mean, op.variance]
    if trailing:
        parts = [reshaped(p, (shape_of(p)[0], *[1] * trailing), rw) for p in parts]
    s = Scalars(5)
    x, scale, bias, mean, variance = s.args
    deviation = s.do(scalar_math.SqrtOp, s.add(variance, s.const(op.epsilon)))
    y = s.add(s.mul(s.sub(x, mean), s.div(scale, deviation)), bias)
    replace(op, cpu.MapOp.make(op.x, parts, regions=[s.region(y)]), rw)
    return None


@rewrites(inf.LayerNormOp, inf.RmsNormOp, benefit=2)
def norm_of_rows(op: inf.LayerNormOp | inf.RmsNormOp, rw: Rewriter) -> str | None:
    """A row at a time; scale and bias are its epilogue. Several axes are one row where their sizes are known."""
    reason = not_float(*op.operands)
    if reason is not None:
        return reason
    shape = shape_of(op.x)
    axis = op.axis % len(shape)
    bias = op.bias if isinstance(op, inf.LayerNormOp) else None
    x, extras = op.x, [op.scale] if bias is None else [op.scale, bias]
    if axis < len(shape) - 1:
        row = shape[axis:]
        if any(d < 0 for d in row) or any(shape_of(e) != row for e in extras):
            return "several axes with sizes that are not known, or a scale that is not of their shape"
        count = math.prod(row)
        around = tuple(f"d{i}" if d < 0 else d for i, d in enumerate(shape[:axis]))
        x, extras = reshaped(x, (*around, count), rw), [reshaped(e, (count,), rw) for e in extras]
    s = Scalars(1 + len(extras))
    value, scale, *shift = s.args
    y = s.mul(value, scale)
    region = s.region(s.add(y, shift[0]) if shift else y)
    made = cpu.NormOp.make(x, extras, centred=isinstance(op, inf.LayerNormOp), epsilon=op.epsilon, regions=[region])
    if x is op.x:
        replace(op, made, rw)
        return None
    rw.insert(made)
    whole = tuple(f"d{i}" if d < 0 else d for i, d in enumerate(shape))
    rw.replace(op, reshaped(made.results[0], whole, rw))
    return None


@rewrites(inf.LrnOp)
def lrn(op: inf.LrnOp, rw: Rewriter) -> str | None:
    """Across channels, which come last."""
    reason = not_float(op.x)
    if reason is not None:
        return reason
    if shape_of(op.x)[1 if op.layout == "nchw" else -1] < 0:
        return "the number of channels is dynamic"
    x = channels_last(op.x, op.layout, rw)
    made = cpu.LrnOp.make(x, [], size=op.size, alpha=op.alpha, beta=op.beta, bias=op.k, regions=[Region()])
    replace_channels_last(op, made, op.layout, rw)
    return None


@rewrites(inf.SoftmaxOp)
def softmax(op: inf.SoftmaxOp, rw: Rewriter) -> str | None:
    """Along the last axis; another axis is brought there, without a copy where only dimensions of size 1 follow it."""
    reason = not_float(op.x)
    if reason is not None:
        return reason
    rank, shape = rank_of(op.x), shape_of(op.x)
    axis = op.axis % rank
    if axis == rank - 1:
        replace(op, cpu.SoftmaxOp.make(op.x, [], regions=[Region()]), rw)
    elif all(d == 1 for d in shape[axis + 1 :]) and shape.count(-1) <= 1:
        flat = reshaped(op.x, shape[: axis + 1], rw)
        y = result(cpu.SoftmaxOp.make(flat, [], regions=[Region()]), rw)
        rw.replace(op, reshaped(y, shape, rw))
    else:
        order = [*(d for d in range(rank) if d != axis), axis]
        y = result(cpu.SoftmaxOp.make(transposed(op.x, order, rw), [], regions=[Region()]), rw)
        rw.replace(op, transposed(y, [order.index(d) for d in range(rank)], rw))
    return None
