"""Subgraphs of control flow: put in place, or ended as regions of the inference dialect."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Region, SSAValue

from inferir.dialects import inference as inf
from inferir.passes.framework.lowering.tools import Lowering


def finish(region: Region, values: Sequence[SSAValue] | None = None) -> None:
    """End a region with inference.yield."""
    last = region.block.last_op
    assert last is not None
    new = inf.YieldOp.make(list(last.operands) if values is None else list(values))
    new.location = last.location
    region.block.insert_op_before(new, last)
    region.block.erase_op(last)


def spliced(region: Region, lo: Lowering) -> list[SSAValue]:
    """The results of a subgraph without arguments, put where the op stands."""
    lo.region(region)
    *inner, last = region.block.ops
    for each in inner:
        each.detach()
        lo.rw.insert(each)
    return list(last.operands)
