"""Reading at computed places."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import rank_of, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, generate


@rewrites(inf.GatherOp)
def gather(op: inf.GatherOp, rw: Rewriter) -> str | None:
    """y[..., i, ...] = x[..., indices[i], ...]"""
    rank = rank_of(op.x)
    axis, span = op.axis % rank, rank_of(op.indices)

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue) -> Any:
        place = s.load(indices, at[axis : axis + span]).index()
        return s.load(x, [*at[:axis], s.wrapped(place, s.size(x, axis)), *at[axis + span :]])

    return generate(op, [op.x, op.indices], body, rw)


@rewrites(inf.GatherElementsOp)
def gather_elements(op: inf.GatherElementsOp, rw: Rewriter) -> str | None:
    """y[i][j] = x[indices[i][j]][j] for axis 0"""
    axis = op.axis % rank_of(op.x)

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue) -> Any:
        place = s.wrapped(s.load(indices, at).index(), s.size(x, axis))
        return s.load(x, [*at[:axis], place, *at[axis + 1 :]])

    return generate(op, [op.x, op.indices], body, rw)


@rewrites(inf.GatherNdOp)
def gather_nd(op: inf.GatherNdOp, rw: Rewriter) -> str | None:
    """y[b][i] = x[b][tuple(indices[b][i])]"""
    batch, head, length = op.batch_dims, rank_of(op.indices) - 1, shape_of(op.indices)[-1]

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue) -> Any:
        places = [s.wrapped(s.load(indices, [*at[:head], k]).index(), s.size(x, batch + k)) for k in range(length)]
        return s.load(x, [*at[:batch], *places, *at[head:]])

    return generate(op, [op.x, op.indices], body, rw)
