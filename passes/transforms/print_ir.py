"""Report the program as it stands in the middle of a pipeline; it stays as it is.

  %0 = inference.relu %x : tensor<4xf32>
becomes
  %0 = inference.relu %x : tensor<4xf32>
"""

from typing import Annotated

from xdsl.ir import Operation

from inferir.core import Context, Pass, text_of


class PrintIr(Pass):
    """At one place of a pipeline, where `--mlir-print-ir-after` shows all places where a pass runs."""

    label: Annotated[str, "what to call it"] = ""

    def run(self, op: Operation, ctx: Context) -> None:
        """Report as a remark."""
        label = f" {self.label}" if self.label else ""
        ctx.remark(f"// -----// IR Dump{label} //----- //\n{text_of(op, ctx=ctx)}")
