"""If and loop: the same with kernels in their regions."""

from __future__ import annotations

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf


def why_not_in_memory(type: Attribute) -> str | None:
    """Why values of a type cannot lie in memory that kernels read; None where they can."""
    if not isinstance(type, TensorType):
        return f"{type} is not a tensor of known rank"
    return f"elements of type {type.element_type} are objects" if numpy_dtype(type.element_type).hasobject else None


def not_in_memory(*values: SSAValue) -> str | None:
    """The first such reason of several values."""
    return next((reason for value in values if (reason := why_not_in_memory(value.type)) is not None), None)


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
    reason = not_in_memory(*op.outs)
    if reason is not None:
        return reason
    types, regions = list(op.result_types), list(op.regions)
    made = cpu.IfOp.make(op.condition, regions=[moved(r, rw) for r in regions], result_types=types)
    rw.replace(op, made)
    return None


@rewrites(inf.LoopOp)
def loop(op: inf.LoopOp, rw: Rewriter) -> str | None:
    """A region of kernels again and again"""
    reason = not_in_memory(*op.outs, *op.body.block.args)
    if reason is not None:
        return reason
    types = list(op.result_types)
    made = cpu.LoopOp.make(op.limit, op.condition, list(op.carried), regions=[moved(op.body, rw)], result_types=types)
    rw.replace(op, made)
    return None
