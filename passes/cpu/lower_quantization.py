"""Write quantize and dequantize as elementwise ops, so that transposes and epilogues move through them.

  %q = inference.quantize %x, %s zero_point %z to ui8 : ...
becomes
  %q = cast(clamp(round(%x / %s) + %z, 0, 255)) : ...
"""

from inferir.core import Pass
from inferir.passes.cpu.inference_to_cpu.quantization import dequantize, quantize


class LowerQuantization(Pass):
    """Their arithmetic is that of ordinary ops; fused, it costs nothing beside the memory they save."""

    patterns = (dequantize, quantize)
