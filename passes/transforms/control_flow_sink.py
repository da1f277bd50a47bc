"""Compute in a branch what only that branch uses.

  %0 = arith.mulf %x, %x : f32
  %r = scf.if %c -> (f32) {
    scf.yield %0 : f32
  } else {
    scf.yield %x : f32
  }
becomes
  %r = scf.if %c -> (f32) {
    %0 = arith.mulf %x, %x : f32
    scf.yield %0 : f32
  } else {
    scf.yield %x : f32
  }
"""

from xdsl.dialects import affine, scf
from xdsl.ir import Operation, Region
from xdsl.traits import is_side_effect_free

from inferir.core import Context, Pass
from inferir.core.walk import walk

BRANCHES = (scf.IfOp, scf.IndexSwitchOp, affine.IfOp)


class ControlFlowSink(Pass):
    """A value that one branch wants is not worth computing where the other is taken."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Outer branches first, so that what enters one may go on into the next."""
        for branch in [inner for inner in walk(op) if isinstance(inner, BRANCHES)]:
            block = branch.parent
            for candidate in reversed(list(block.ops)) if block is not None else ():
                self._sink(candidate, branch)

    def _sink(self, op: Operation, branch: Operation) -> None:
        if op is branch or not op.results or not is_side_effect_free(op):
            return
        users = [use.operation for result in op.results for use in result.uses]
        regions = {_region_of(user, branch) for user in users}
        region = regions.pop() if len(regions) == 1 else None
        first = region.blocks[0].first_op if region is not None else None
        if first is None:
            return
        block = first.parent
        assert block is not None
        op.detach()
        block.insert_op_before(op, first)
        self.count("sunk")


def _region_of(op: Operation, branch: Operation) -> Region | None:
    """The region of the branch that an op is in."""
    at = op
    while (around := at.parent_op()) is not None and around is not branch:
        at = around
    return at.parent.parent if around is branch and at.parent is not None else None
