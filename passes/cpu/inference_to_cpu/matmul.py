"""Matrix products with weights."""

from __future__ import annotations

from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.rewriting import constant_attribute_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import epilogue, not_float, rank_of, replace, reshaped, result, shape_of, transposed


def from_constants(value: SSAValue) -> bool:
    """Whether a value is a constant, or follows from constants alone; `pack-weights` folds what moves their elements."""
    if constant_attribute_of(value) is not None:
        return True
    op = value.owner
    return isinstance(op, cpu.ReshapeOp | cpu.TransposeOp | cpu.SliceOp) and from_constants(op.x)


@rewrites(inf.MatmulOp)
def matmul(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """x w + b with a constant matrix w is cpu.gemm with packed weights."""
    reason = not_float(*op.operands)
    if reason is not None:
        return reason
    if rank_of(op.b) != 2 or -1 in shape_of(op.b):
        return "the right side is no matrix of known size; products of two computed tensors have no kernel yet"
    if not from_constants(op.b):
        return "the right side is not constant; products of two computed tensors have no kernel yet"
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
