"""Report how many ops of each name there are, as remarks; the program stays as it is.

  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
becomes
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
"""

import json
from collections import Counter
from typing import Annotated

from xdsl.ir import Operation

from inferir.core import Context, Pass
from inferir.core.walk import walk


class PrintOpStats(Pass):
    """What a program consists of, before and after a pass."""

    json: Annotated[bool, "report one JSON object"] = False

    def run(self, op: Operation, ctx: Context) -> None:
        """Count `op` and all that is inside."""
        counts = sorted(Counter(inner.name for inner in walk(op)).items())
        if self.json:
            ctx.remark(json.dumps(dict(counts)))
            return
        width = max(len(name) for name, _ in counts)
        lines = [f"  {name.ljust(width)} , {count}" for name, count in counts]
        ctx.remark("\n".join(["Operations encountered:", "-----------------------", *lines]))
