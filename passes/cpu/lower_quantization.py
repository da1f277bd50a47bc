"""Write quantize and dequantize as elementwise ops, so that transposes and epilogues move through them.

  %q = inference.quantize %x, %s zero_point %z to ui8 : ...
becomes
  %q = cast(clamp(round(%x / %s) + %z, 0, 255)) : ...
"""

from xdsl.dialects import func
from xdsl.ir import Operation

from inferir.core import Context, Pass
from inferir.passes.cpu.inference_to_cpu.ones import ensure_ones
from inferir.passes.cpu.inference_to_cpu.quantization import dequantize, quantize


class LowerQuantization(Pass):
    """Their arithmetic is that of ordinary ops; fused, it costs nothing beside the memory they save."""

    patterns = (dequantize, quantize)

    def run(self, op: Operation, ctx: Context) -> None:
        """Take them apart where their scales and zero points are as many, which broadcasting would not ask."""
        for function in [o for o in op.walk() if isinstance(o, func.FuncOp)]:
            ensure_ones(function)
        super().run(op, ctx)
