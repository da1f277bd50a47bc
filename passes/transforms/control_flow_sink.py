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

BRANCHES = (scf.IfOp, scf.IndexSwitchOp, affine.IfOp)


class ControlFlowSink(Pass):
    """A value that one branch wants is not worth computing where the other is taken."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Inner branches first, as mlir-opt does."""
        for branch in [inner for inner in op.walk(region_first=True) if isinstance(inner, BRANCHES)]:
            around = branch.parent.parent if branch.parent is not None else None
            for block in reversed(around.blocks) if around is not None else ():
                for candidate in reversed(list(block.ops)):
                    self._sink(candidate, branch)

    def _sink(self, op: Operation, branch: Operation) -> None:
        if op is branch or not op.results or not is_side_effect_free(op):
            return
        users = [use.operation for result in op.results for use in result.uses]
        regions = {_region_of(user, branch) for user in users}
        region = regions.pop() if len(regions) == 1 else None
        if region is None or not any(user.parent is not None and user.parent.parent is region for user in users):
            return  # what only inner regions use, goes there at once when their turn comes, or stays where it is computed once
        first = region.blocks[0].first_op
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
