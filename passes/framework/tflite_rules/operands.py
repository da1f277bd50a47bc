"""What the rules share: how integers stand for numbers, fused activations, lists of integers."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import ArrayAttr, IntegerType, i64
from xdsl.ir import SSAValue

from inferir.dialects.framework import QuantizedAttr
from inferir.dialects.framework.source_op import QUANTIZATION
from inferir.passes.framework.lowering import Lowering


def quantization(op: Any, index: int) -> QuantizedAttr | None:
    """How the integers of an operand stand for numbers; results are counted after the operands."""
    listed = op.properties.get(QUANTIZATION)
    found = list(listed)[index] if isinstance(listed, ArrayAttr) else None
    return found if isinstance(found, QuantizedAttr) else None


def of_result(op: Any, index: int = 0) -> QuantizedAttr | None:
    """How the integers of a result stand for numbers."""
    return quantization(op, len(op.operands) + index)


def is_quantized(op: Any, lo: Lowering, index: int = 0) -> bool:
    """Whether an operand holds integers that stand for numbers."""
    return quantization(op, index) is not None and isinstance(lo.element(op.operands[index]), IntegerType)


def need_floats(op: Any, lo: Lowering, *indices: int) -> None:
    """Decline where an operand is quantised: the rule has no form for it."""
    if any(is_quantized(op, lo, i) for i in indices or range(len(op.operands)) if quantization(op, i) is not None):
        lo.decline("its operands are quantised, for which there is no rule")


def fused(op: Any, lo: Lowering, y: SSAValue) -> SSAValue:
    """The activation that an operator applies to its result."""
    match op.get("fused_activation_function"):
        case "NONE":
            return y
        case "RELU":
            return lo.relu(y)
        case "RELU6":
            return lo.clamp(y, low=0.0, high=6.0)
        case "RELU_N1_TO_1":
            return lo.clamp(y, low=-1.0, high=1.0)
        case "TANH":
            return lo.tanh(y)
        case other:
            lo.decline(f"the fused activation {other}")


def wide(lo: Lowering, value: SSAValue | None) -> Any:
    """A list of integers as the i64 that shape operands are."""
    return None if value is None else lo.cast(value, i64)


def same_scale(op: Any, lo: Lowering, *indices: int) -> None:
    """Decline where an operand's integers stand for other numbers than the result's."""
    if any(is_quantized(op, lo, i) and quantization(op, i) != of_result(op) for i in indices or (0,)):
        lo.decline("its operand has another scale than its result")
