"""Normalisations."""

from xdsl.dialects import math

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import Scalars, not_float, rank_of, replace, reshaped, shape_of


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
    spread = s.do(math.SqrtOp, s.add(variance, s.const(op.epsilon)))
    y = s.add(s.mul(s.sub(x, mean), s.div(scale, spread)), bias)
    replace(op, cpu.MapOp.make(op.x, parts, regions=[s.region(y)]), rw)
    return None
