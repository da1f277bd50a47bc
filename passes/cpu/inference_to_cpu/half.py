"""Half precision, and small integers, in kernels that compute in single."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import BFloat16Type, Float16Type, IntegerType, TensorType, f32
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.lazy import apply
from inferir.core.op import Op
from inferir.core.types import element_of, ranked
from inferir.dialects import inference as inf
from inferir.dialects.cpu.quads import is_bytes
from inferir.passes.cpu.inference_to_cpu.building import image_of, result


@rewrites(
    inf.ArgmaxOp,
    inf.ArgminOp,
    inf.AttentionOp,
    inf.AvgPoolOp,
    inf.BatchNormOp,
    inf.ConvOp,
    inf.ConvTransposeOp,
    inf.CumulateOp,
    inf.GroupNormOp,
    inf.LayerNormOp,
    inf.LogSoftmaxOp,
    inf.LrnOp,
    inf.MatmulOp,
    inf.MaxPoolOp,
    inf.ReduceOp,
    inf.RmsNormOp,
    inf.SoftmaxOp,
    benefit=3,
)
def in_single(op: Op, rw: Rewriter) -> str | None:
    """Half precision operands are widened, results rounded once at the end."""
    if not any(is_half(v) for v in op.operands):
        return "it is not of half precision"
    operands: list[Any] = []
    for (_, definition), group in zip(op.operand_definitions(), op.operand_groups(), strict=True):
        wide = [widened(v, rw) if is_half(v) else v for v in group]
        operands.append(wide if type(definition).__name__ == "VarOperandDef" else wide[0] if wide else None)
    made = type(op).make(*operands, **{name: getattr(op, name) for name in op.property_definitions()})
    rw.insert(made)
    narrow = [like_precision(new, old, rw) for new, old in zip(made.results, op.results, strict=True)]
    rw.replace(op, narrow)
    return None


def widened(value: SSAValue, rw: Rewriter) -> SSAValue:
    """A value of half precision in single: weights when they are packed, anything else when the model runs."""
    constants = rw.constants(value)
    if constants is None:
        return result(inf.CastOp.make(value, to=f32), rw)
    return rw.const(apply("inference.cast", [constants[0]], rw.ctx, to=f32))


@rewrites(inf.MaxPoolOp, benefit=3)
def pool_of_small_integers(op: inf.MaxPoolOp, rw: Rewriter) -> str | None:
    """The largest of integers of 16 bits and fewer is the same in single precision."""
    element = element_of(op.x)
    if not isinstance(element, IntegerType) or element.bitwidth > 16 or len(op.kernel) > 2:
        return "x does not hold small integers in two dimensions"
    if is_bytes(op.x) and len(op.kernel) == 2 and -1 not in image_of(op.x, op.layout):
        return "bytes have a kernel of their own"
    made = op.like(x=result(inf.CastOp.make(op.x, to=f32), rw))
    rw.replace(op, inf.CastOp.make(result(made, rw), to=element))
    return None


def is_half(value: SSAValue) -> bool:
    """Whether a value is of half precision."""
    return isinstance(value.type, TensorType) and isinstance(value.type.element_type, Float16Type | BFloat16Type)


def like_precision(new: SSAValue, old: SSAValue, rw: Rewriter) -> SSAValue:
    """The value in the element type of another."""
    return result(inf.CastOp.make(new, to=ranked(old).element_type), rw) if is_half(old) else new


@rewrites(inf.TransposeOp, benefit=3)
def transpose_of_half(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """Elements of four bytes are transposed in registers; narrowing what was widened gives the same number."""
    if not is_half(op.x):
        return "it is not of half precision"
    made = op.like(x=widened(op.x, rw), result_types=None)
    rw.replace(op, like_precision(result(made, rw), op.result, rw))
    return None
