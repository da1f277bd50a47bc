"""Quantised operators of ONNX Runtime's own domain, as its quantisation tools write them."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.quantization import centred, requantized


def number(op: Any, name: str, default: float) -> float:
    """An attribute of an operator that no table describes."""
    return op.attrs[name].value.data if name in op.attrs else default


@lowering("com.microsoft", "QGemm")
def quantized_gemm(op: Any, lo: Lowering) -> Any:
    """alpha (a - za) (b - zb) sa sb + bias, quantised where a scale for the result is given; the bias is scaled by sa sb"""
    a, sa, za, b, sb, zb, bias, sy, zy = lo.operands(9)
    turned = [
        lo.transpose(v, permutation=(1, 0)) if number(op, name, 0) else v for v, name in ((centred(lo, a, za), "transA"), (b, "transB"))
    ]
    total = lo.matmul(turned[0], centred(lo, turned[1], zb))
    if bias is not None:
        total = lo.add(total, bias)
    factor = lo.mul(lo.mul(sa, sb), lo.scalar(number(op, "alpha", 1.0), sa))
    if sy is None:
        return lo.mul(lo.cast(total, lo.element(sa)), factor)
    return requantized(lo, total, factor, sy, zy)


@lowering("com.microsoft", "QLinearSoftmax")
def quantized_softmax(op: Any, lo: Lowering) -> Any:
    """Of the numbers that x stands for, quantised"""
    x, sx, zx, sy, zy = lo.operands(5)
    y = lo.softmax(lo.dequantize(x, sx, zx), axis=int(number(op, "axis", -1)))
    return lo.quantize(y, sy, zy, to=lo.element(zy))
