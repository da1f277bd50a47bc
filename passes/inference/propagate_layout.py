"""Keep images channels last from end to end.

  %0 = inference.conv %x, %w : (tensor<1x3x8x8xf32>, ...) -> tensor<1x4x8x8xf32>
  %1 = inference.relu %0 : tensor<1x4x8x8xf32>
  %2 = inference.conv %1, %v : (tensor<1x4x8x8xf32>, ...) -> tensor<1x4x8x8xf32>
becomes
  %a = inference.transpose %x permutation [0, 2, 3, 1] : ...
  %0 = inference.conv %a, %w' layout nhwc : ...
  %1 = inference.relu %0 : tensor<1x8x8x4xf32>
  %2 = inference.conv %1, %v' layout nhwc : ...
  %b = inference.transpose %2 permutation [0, 3, 1, 2] : ...
"""

from typing import Annotated

from xdsl.ir import Operation

from inferir.core import Context, InferError, Pass
from inferir.passes.inference.layout import PATTERNS


class PropagateLayout(Pass):
    """Transposes meet and cancel; what is left sits at the edges of the graph."""

    to: Annotated[str, "the layout of images; nhwc is the only one"] = "nhwc"
    patterns = PATTERNS

    def run(self, op: Operation, ctx: Context) -> None:
        """Apply the patterns."""
        if self.to != "nhwc":
            raise InferError(f"propagate-layout{{to={self.to}}}: there is no layout '{self.to}'; nhwc is the only one")
        super().run(op, ctx)
