"""Compute in single precision what has no kernel in half precision.

  %y = inference.relu(inference.conv %x, %w) : tensor<..xf16>
becomes
  %0 = inference.cast %x to f32
  %1 = inference.conv %0, %w' : tensor<..xf32>
  %2 = inference.cast %1 to f16
  %y = inference.relu %2 : tensor<..xf16>
"""

from inferir.core import Pass
from inferir.passes.cpu.inference_to_cpu.half import in_single


class LegalizePrecision(Pass):
    """Sums need single precision anyway. Done before layouts are chosen, so that transposes move elements that kernels move fast."""

    patterns = (in_single,)
