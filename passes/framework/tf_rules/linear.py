"""Matrix products, and what is added to their results."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering


@lowering("tf", "MatMul")
def matmul(op: Any, lo: Lowering) -> Any:
    """matmul"""
    a, b = lo.operands(2)
    return lo.matmul(a, b, transpose_a=bool(op.get("transpose_a")), transpose_b=bool(op.get("transpose_b")))


@lowering("tf", "BatchMatMulV3")
def batch_matmul(op: Any, lo: Lowering) -> Any:
    """matmul of operands in the type of the result"""
    a, b = (lo.cast(v, lo.element(op.results[0])) for v in lo.operands(2))
    return lo.matmul(a, b, transpose_a=bool(op.get("adj_x")), transpose_b=bool(op.get("adj_y")))


@lowering("tf", "BiasAdd", "BiasAddV1")
def bias_add(op: Any, lo: Lowering) -> Any:
    """add along the channels"""
    x, bias = lo.operands(2)
    if op.schema.name == "BiasAdd" and op.get("data_format").startswith("NC"):
        bias = lo.unsqueeze(bias, range(1, lo.rank(x) - 1))
    return lo.add(x, bias)


@lowering("tf", "Einsum")
def einsum(op: Any, lo: Lowering) -> Any:
    """einsum"""
    equation = op.get("equation").replace(" ", "")
    if "->" not in equation:
        lo.decline(f'equation "{equation}" does not name its result')
    return lo.einsum(list(op.operands), equation=equation)


@lowering("tf", "L2Loss")
def l2_loss(op: Any, lo: Lowering) -> Any:
    """sum(x^2) / 2"""
    x = op.operands[0]
    return lo.mul(lo.reduce(lo.mul(x, x), "sum", range(lo.rank(x)), keepdims=False), lo.scalar(0.5, x))
