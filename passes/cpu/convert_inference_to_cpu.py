"""Lower canonical ops to the kernels of the cpu target.

  %0 = inference.conv %x, %w bias %b pads [1, 1, 1, 1] layout nhwc : ...
  %1 = inference.relu %0 : ...
becomes
  %p = cpu.pack_conv2d %w layout nhwc : ...
  %0 = cpu.conv2d %x, %p, %b pads [1, 1, 1, 1] channels 64 { acc + b } : ...
  %1 = cpu.map %0 { max(x, 0) } : ...
"""

from xdsl.ir import Operation

from inferir.core import Context, ConversionTarget, Pass, convert_fully
from inferir.passes.cpu.inference_to_cpu import PATTERNS


class ConvertInferenceToCpu(Pass):
    """From what a model means to what the processor is given: one op is one kernel, channels come last, weights are packed."""

    patterns = PATTERNS

    def run(self, op: Operation, ctx: Context) -> None:
        """Convert everything but constants; one error lists all ops that have no lowering."""
        target = ConversionTarget(
            illegal_dialects=frozenset({"inference"}), legal_if={"inference.constant": lambda op: True, "inference.yield": lambda op: True}
        )
        convert_fully(op, self.patterns, target, ctx, self.log)
