"""If and loop: the same with kernels in their regions."""

from __future__ import annotations

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf


def not_ranked(*values: SSAValue) -> str | None:
    """Why values cannot lie in memory of a known type."""
    for value in values:
        if not isinstance(value.type, TensorType):
            return f"{value.type} is no tensor of known rank"
    return None


def moved(region: Region, rw: Rewriter) -> Region:
    """The region taken from its op, what is in it converted; it ends in cpu.yield."""
    rw.convert_region(region)
    last = region.block.last_op
    assert last is not None
    end = cpu.YieldOp(*last.operands)
    end.location = last.location
    region.block.insert_op_before(end, last)
    region.block.erase_op(last)
    owner = region.parent_op()
    assert owner is not None
    return owner.detach_region(region)


@rewrites(inf.IfOp)
def branch(op: inf.IfOp, rw: Rewriter) -> str | None:
    """One of two regions of kernels"""
    reason = not_ranked(*op.outs)
    if reason is not None:
        return reason
    types, regions = list(op.result_types), list(op.regions)
    made = cpu.IfOp.make(op.condition, regions=[moved(r, rw) for r in regions], result_types=types)
    rw.replace(op, made)
    return None


@rewrites(inf.LoopOp)
def loop(op: inf.LoopOp, rw: Rewriter) -> str | None:
    """A region of kernels again and again"""
    reason = not_ranked(*op.outs, *op.body.block.args)
    if reason is not None:
        return reason
    types = list(op.result_types)
    made = cpu.LoopOp.make(op.limit, op.condition, list(op.carried), regions=[moved(op.body, rw)], result_types=types)
    rw.replace(op, made)
    return None
