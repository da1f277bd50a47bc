"""Common subexpression elimination: two pure ops that compute the same become one.

  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %x : tensor<4xf32>
  %2 = inference.add %0, %1 : tensor<4xf32>
becomes
  %0 = inference.relu %x : tensor<4xf32>
  %2 = inference.add %0, %0 : tensor<4xf32>
"""

from xdsl.ir import Operation

from inferir.core import Context, Pass
from inferir.core.cse import eliminate_common_subexpressions


class Cse(Pass):
    """Computing a value twice costs time and memory and never changes the result."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Eliminate inside `op`."""
        self.count("eliminated", eliminate_common_subexpressions(op))
