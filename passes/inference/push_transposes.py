"""Move transposes down through elementwise ops, until they meet their opposite or the end.

  %0 = inference.transpose %x permutation [0, 3, 1, 2] : ...
  %1 = inference.relu %0 : ...
  %2 = inference.transpose %1 permutation [0, 2, 3, 1] : ...
becomes
  %2 = inference.relu %x : ...
"""

import numpy as np
from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, constant_of, rewrites
from inferir.dialects import inference as inf
from inferir.passes.transforms.canonicalization.shape import identity_transpose, transpose_of_transpose


def transposed(value: SSAValue) -> inf.TransposeOp | None:
    """The transpose that makes a value, if nothing else needs the value."""
    return value.owner if isinstance(value.owner, inf.TransposeOp) and value.has_one_use() else None


@rewrites(inf.Unary)
def through_unary(op: inf.Unary, rw: Rewriter) -> str | None:
    """f(transpose(x)) = transpose(f(x))"""
    transpose = transposed(op.x)
    if transpose is None:
        return "its input is not a transpose that nothing else needs"
    inner = op.like(x=transpose.x)
    rw.replace(op, [inner, inf.TransposeOp.make(inner.result, permutation=transpose.permutation)], sources=[transpose])


@rewrites(inf.Binary)
def through_binary(op: inf.Binary, rw: Rewriter) -> str | None:
    """f(transpose(x, p), transpose(y, p)) = transpose(f(x, y), p)"""
    lhs, rhs = transposed(op.lhs), transposed(op.rhs)
    if lhs is None or rhs is None or lhs.permutation != rhs.permutation:
        return "its operands are not transposes of one kind"
    inner = op.like(lhs=lhs.x, rhs=rhs.x)
    rw.replace(op, [inner, inf.TransposeOp.make(inner.result, permutation=lhs.permutation)], sources=[lhs, rhs])


@rewrites(inf.Binary)
def past_constant(op: inf.Binary, rw: Rewriter) -> str | None:
    """f(transpose(x, p), c) = transpose(f(x, transpose(c, p^-1)), p)"""
    transpose, c = transposed(op.lhs), constant_of(op.rhs, rw.ctx)
    if transpose is None or c is None:
        return "its operands are not a transpose and a constant"
    rank = len(transpose.permutation)
    if c.ndim > rank or op.result.type != op.lhs.type:
        return "the constant has more dimensions than the transpose"
    inverse = tuple(int(i) for i in np.argsort(transpose.permutation))
    back = c if c.size == 1 else c.reshape(*[1] * (rank - c.ndim), *c.shape).transpose(*inverse)
    inner = op.like(lhs=transpose.x, rhs=rw.const(back))
    rw.replace(op, [inner, inf.TransposeOp.make(inner.result, permutation=transpose.permutation)], sources=[transpose])


@rewrites(inf.ConcatOp)
def through_concat(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """concat(transpose(x, p), transpose(y, p)) = transpose(concat(x, y), p)"""
    transposes = [transposed(v) for v in op.args]
    first = transposes[0]
    if first is None or any(t is None or t.permutation != first.permutation for t in transposes):
        return "its operands are not transposes of one kind"
    found = [t for t in transposes if t is not None]
    inner = op.like(args=[t.x for t in found], axis=first.permutation[op.axis])
    rw.replace(op, [inner, inf.TransposeOp.make(inner.result, permutation=first.permutation)], sources=found)


class PushTransposes(Pass):
    """Frameworks with the other layout wrap ops in transposes; moved together they cancel. A lone one moves without cost."""

    patterns = (through_unary, through_binary, past_constant, through_concat, identity_transpose, transpose_of_transpose)
