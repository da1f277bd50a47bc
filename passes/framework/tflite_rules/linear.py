"""Matrix products."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules import integers
from inferir.passes.framework.tflite_rules.operands import fused, is_quantized, need_floats


def rows(op: Any, lo: Lowering, x: Any, depth: int) -> Any:
    """x as a matrix whose rows the weights take; as it is where the operator keeps its dimensions."""
    shape = lo.shape(x)
    if len(shape) == 2 and shape[1] == depth:
        return x
    if op.get("keep_num_dims") and shape[-1] == depth:
        return x
    return lo.reshape(x, -1, depth)


@lowering("tfl", "FULLY_CONNECTED")
def fully_connected(op: Any, lo: Lowering) -> Any:
    """matmul with weights [out, in]"""
    x, w, b = lo.operands(3)
    if op.get("weights_format") != "DEFAULT":
        lo.decline(f"weights in the format {op.get('weights_format')}")
    if is_quantized(op, lo):
        depth = lo.shape(w)[1]
        return integers.product(op, lo, (0, 1), 0, lambda x, w, b: lo.matmul(rows(op, lo, x, depth), w, b, transpose_b=True))
    need_floats(op, lo)
    return fused(op, lo, lo.matmul(rows(op, lo, x, lo.shape(w)[1]), w, b, transpose_b=True))


@lowering("tfl", "BATCH_MATMUL")
def batch_matmul(op: Any, lo: Lowering) -> Any:
    """matmul"""
    a, b = lo.operands(2)
    turns = {"transpose_a": bool(op.get("adj_x")), "transpose_b": bool(op.get("adj_y"))}
    if is_quantized(op, lo):
        return integers.product(op, lo, (0, 1), 0, lambda a, b, _: lo.matmul(a, b, **turns))
    need_floats(op, lo)
    return lo.matmul(a, b, **turns)
