"""Let weights with the same numbers be one weight.

  %a = inference.constant #inference.weight<"encoder.embedding"> : tensor<1000x64xf32>
  %b = inference.constant #inference.weight<"decoder.embedding"> : tensor<1000x64xf32>      // the same numbers
becomes
  %a = inference.constant #inference.weight<"encoder.embedding"> : tensor<1000x64xf32>
  %b = inference.constant #inference.weight<"encoder.embedding"> : tensor<1000x64xf32>

`cse` then merges the constants. Only weights of equal shape, type and samples are read whole.
"""

import numpy as np
from xdsl.ir import Attribute, Operation

from inferir.core import Context, Pass, WeightAttr
from inferir.dialects import inference as inf

SAMPLES = 64
"""Numbers that are compared before a weight is read whole."""


class MergeDuplicateWeights(Pass):
    """Tied embeddings are exported twice; once is enough in the package and in memory."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Refer to the first of equal weights everywhere inside `op`."""
        groups: dict[object, list[tuple[Attribute, np.ndarray]]] = {}
        same: dict[Attribute, Attribute] = {}
        for constant in op.walk():
            value = constant.value if isinstance(constant, inf.ConstantOp) else None
            if isinstance(constant, inf.ConstantOp) and isinstance(value, WeightAttr) and value.key.data in ctx.weights:
                if value not in same:
                    array = ctx.weights.get(value.key.data)
                    group = groups.setdefault((array.shape, array.dtype, samples(array)), [])
                    same[value] = next((known for known, other in group if is_same(array, other)), value)
                    if same[value] == value:
                        group.append((value, array))
                if same[value] != value:
                    constant.properties["value"] = same[value]
                    self.count("weights merged")


def samples(array: np.ndarray) -> bytes:
    """Some of the numbers, spread over all of them."""
    flat = array.reshape(-1)
    return flat[:: max(1, flat.size // SAMPLES)].tobytes()


def is_same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays of one shape and dtype have the same bytes."""
    return np.array_equal(a.reshape(-1).view(np.uint8), b.reshape(-1).view(np.uint8))
