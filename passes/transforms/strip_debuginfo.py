"""Forget where ops come from.

  %0 = inference.relu %x : tensor<4xf32> loc("node"("model.py":3:1))
becomes
  %0 = inference.relu %x : tensor<4xf32>
"""

from xdsl.dialects.builtin import UNKNOWN_LOC
from xdsl.ir import Operation

from inferir.core import Context, Pass
from inferir.core.walk import walk


class StripDebuginfo(Pass):
    """Two programs that differ in their sources' names only are then equal as text."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Of ops and of block arguments."""
        for inner in walk(op):
            inner.location = UNKNOWN_LOC
            for argument in (a for r in inner.regions for b in r.blocks for a in b.args):
                argument.location = UNKNOWN_LOC
