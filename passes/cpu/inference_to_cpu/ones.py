"""Dimensions that must be 1 when the model runs: what an op is taken apart into would broadcast them."""

from xdsl.dialects import func

from inferir.core import InferError
from inferir.core.types import shape_of
from inferir.dialects.inference.base import InferenceOp
from inferir.dialects.inference.shape_values import EnsureShapeOp
from inferir.passes.cpu.inference_to_cpu.program import must_be_one


def ensure_ones(function: func.FuncOp) -> None:
    """Have dimensions checked that an op needs to be 1: what it is taken apart into would broadcast them."""
    for op in [o for o in function.walk() if isinstance(o, InferenceOp) and not o.regions]:
        try:
            found = must_be_one(op)
        except InferError:
            continue  # whoever converts the op meets the error
        for index, axis in found:
            x = op.operands[index]
            sizes = tuple(1 if a == axis else d for a, d in enumerate(shape_of(x)))
            ensured = EnsureShapeOp.make(x, shape=sizes)
            ensured.location = op.location
            assert op.parent is not None
            op.parent.insert_op_before(ensured, op)
            op.operands[index] = ensured.result
