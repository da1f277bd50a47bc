"""Replace ops on constants by their values.

  %a = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %w = inference.constant #inference.weight<"w"> : tensor<512x2xf32>
  %0 = inference.add %a, %a : tensor<2xf32>
  %1 = inference.mul %w, %a : (tensor<512x2xf32>, tensor<2xf32>) -> tensor<512x2xf32>
becomes
  %0 = inference.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %1 = inference.constant #inference.fold<inference.mul(#inference.weight<"w">, dense<[1.0, 2.0]>) : ...> : tensor<512x2xf32>

Small values are computed now; large ones stay expressions, computed once when a target needs the numbers.
"""

import math
from typing import Annotated

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute

from inferir.core import FoldAttr, InferError, Pass, Rewriter, rewrites
from inferir.core.constants import DENSE_LIMIT, constant_value, fold, is_written_out
from inferir.core.lazy import lazy_array, settle
from inferir.core.ranges import arrays_below
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import is_static, numpy_dtype
from inferir.dialects import inference as inf

LONGEST_EXPRESSION = 200
"""Ops in one lazy value. What is shared inside it is written out again and again, so it could grow without limit."""

LARGEST_TRIAL = 1 << 20
"""Bytes of a value whose size is not known before it is computed: as much is tried to see whether it is small enough to write out."""


@rewrites(inf.InferenceOp)
def op_on_constants(op: inf.InferenceOp, rw: Rewriter) -> str | None:
    """f(c, d, ...) is a constant where c, d, ... are"""
    found = [constant_attribute_of(v) for v in op.operands]
    args = [a for a in found if a is not None]
    if len(args) < len(found) or op.regions:
        return "what it depends on is not all constant"
    if any(isinstance(r.type, TensorType) and numpy_dtype(r.type.element_type).hasobject for r in op.results):
        return "strings are no constants"
    if sum(length(a) for a in args) > LONGEST_EXPRESSION:
        return "the expression would become too long"
    types = [r.type for r in op.results if isinstance(r.type, TensorType) and is_static(r.type)]
    is_known, is_written = len(types) == len(op.results), all(is_written_out(a) for a in args)
    if is_known and sum(size(t) for t in types) - sum(size(v.type) for v in op.operands) > rw.options.max_growth:
        return "the value is much larger than what it is made of"
    if is_known and not (is_written and all(size(t) <= DENSE_LIMIT for t in types)):
        values = [settle(fold(op.name, args, op.properties, t, i), t, rw.ctx) for i, t in enumerate(types)]
    elif not is_written:
        return "the shape of the value is not known before it is computed"
    else:
        try:
            with np.errstate(all="ignore"), arrays_below(LARGEST_TRIAL):
                arrays = op.evaluate([constant_value(a, rw.ctx) for a in args])
        except (InferError, ValueError, IndexError, TypeError) as problem:
            return f"it cannot be computed: {problem}"
        if not all(isinstance(a, np.ndarray) and a.nbytes <= DENSE_LIMIT for a in arrays):
            return "the value turns out too large to write out"
        values = [lazy_array(a, rw.ctx) for a in arrays]
    rw.replace(op, [rw.const(v) for v in values])


def length(value: Attribute) -> int:
    """How many ops a lazy value is made of."""
    return 1 + sum(length(a) for a in value.args) if isinstance(value, FoldAttr) else 0


def size(type: Attribute) -> int:
    """Bytes of a static tensor."""
    assert isinstance(type, TensorType)
    return math.prod(type.get_shape()) * numpy_dtype(type.element_type).itemsize


class FoldConstants(Pass):
    """What does not depend on the input is computed once, before the model runs."""

    patterns = (op_on_constants,)

    max_growth: Annotated[int, "bytes a value may be larger than its operands; above, it is computed at run time"] = 1 << 30
