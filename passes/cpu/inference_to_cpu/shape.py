"""Ops that move elements without computing."""

from xdsl.ir import Region

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import replace


@rewrites(inf.ReshapeOp)
def reshape(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """The same memory under another shape."""
    replace(op, cpu.ReshapeOp.make(op.x, shape=op.shape), rw)
    return None


@rewrites(inf.TransposeOp)
def transpose(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """A copy in another order."""
    replace(op, cpu.TransposeOp.make(op.x, permutation=op.permutation, regions=[Region()]), rw)
    return None
