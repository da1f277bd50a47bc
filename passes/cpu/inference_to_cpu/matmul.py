"""Matrix products. Weights are packed once; what is computed is packed when it is there."""

from __future__ import annotations

import itertools
import math

from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import is_open
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import epilogue, not_float, rank_of, replace, reshaped, result, shape_of, transposed


@rewrites(inf.MatmulOp)
def matmul(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """x w + b with a matrix w is cpu.gemm with w packed"""
    reason = not_float(*op.operands)
    if reason is not None:
        return reason
    if rank_of(op.b) != 2:
        return "the right side is no matrix"
    if -1 in shape_of(op.b):
        return "the size of the right side is not known"
    if op.bias is not None and is_open(op.bias, op.result):
        product = result(op.like(bias=None), rw)
        rw.replace(op, inf.AddOp.make(product, op.bias))
        return None
    columns = shape_of(op.b)[0 if op.transpose_b else 1]
    a: SSAValue = op.a
    rank = rank_of(a)
    if op.transpose_a and rank > 1:
        a = transposed(a, [*range(rank - 2), rank - 1, rank - 2], rw)
    if rank == 1:
        a = reshaped(a, (1, shape_of(a)[0]), rw)
    w = result(cpu.PackGemmOp.make(op.b, transposed=op.transpose_b), rw)
    region = Region() if op.bias is None else epilogue(2, lambda s, acc, b: s.add(acc, b))
    extras = [] if op.bias is None else [op.bias]
    made = cpu.GemmOp.make(a, w, extras, columns=columns, regions=[region])
    if rank == 1:
        rw.insert(made)
        rw.replace(op, reshaped(made.results[0], (columns,), rw))
        return None
    replace(op, made, rw)
    return None


MOST_PRODUCTS = 256
"""So many products of a batch are written out one by one."""


@rewrites(inf.MatmulOp)
def batched_matmul(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """A product for each pair of matrices of two batches"""
    if rank_of(op.b) < 3:
        return "the right side is one matrix"
    shapes = [shape_of(v) for v in (op.a, op.b, op.result)]
    if any(-1 in s[:-2] or s.count(-1) > 1 for s in shapes) or rank_of(op.a) < 2:
        return "the number of products is not known"
    (sa, sb, sy), batch = shapes, shape_of(op.result)[:-2]
    count = math.prod(batch)
    if count > MOST_PRODUCTS:
        return f"{count} products are too many to write out"
    a, b = (reshaped(v, (math.prod(s[:-2]), *s[-2:]), rw) for v, s in ((op.a, sa), (op.b, sb)))
    parts: list[SSAValue] = []
    for at in itertools.product(*map(range, batch)):
        left, right = (_matrix(v, _flat(at, s[:-2]), rw) for v, s in ((a, sa), (b, sb)))
        product = inf.MatmulOp.make(left, right, transpose_a=op.transpose_a, transpose_b=op.transpose_b)
        parts.append(reshaped(result(product, rw), (1, *sy[-2:]), rw))
    whole = reshaped(result(cpu.ConcatOp.make(parts, axis=0), rw), sy, rw)
    rw.replace(op, whole if op.bias is None else result(inf.AddOp.make(whole, op.bias), rw))
    return None


def _matrix(batch: SSAValue, at: int, rw: Rewriter) -> SSAValue:
    """Matrix number `at` of a batch [B, M, N]."""
    one = result(cpu.SliceOp.make(batch, axis=0, start=at, size=1), rw)
    return reshaped(one, shape_of(batch)[1:], rw)


def _flat(at: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """The row-major number of an index, broadcast against a shape."""
    out = 0
    for index, size in zip(at[len(at) - len(shape) :], shape, strict=True):
        out = out * size + (index if size > 1 else 0)
    return out
