"""Quantised operators of com.microsoft, as ONNX Runtime's quantiser and optimiser write them.

Products are of integers and scaled once; everything else is computed on dequantised numbers, as ONNX Runtime specifies these operators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from xdsl.dialects.builtin import f32, i32
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.contrib_fused import option
from inferir.passes.framework.onnx_rules.quantization import UI8, centred, dynamic_scale, requantized

DOMAIN = "com.microsoft"


def real(lo: Lowering, x: SSAValue, scale: SSAValue, zero: SSAValue | None) -> SSAValue:
    """The numbers that integers stand for."""
    return lo.dequantize(x, lo.reshape(scale), None if zero is None else lo.reshape(zero))


def quantised(lo: Lowering, y: SSAValue, scale: SSAValue, zero: SSAValue | None, like: SSAValue) -> SSAValue:
    """Numbers as integers of the type of the zero point (of `like` without one)."""
    zero = None if zero is None else lo.reshape(zero)
    return lo.quantize(y, lo.reshape(scale), zero, to=lo.element(like if zero is None else zero))


@lowering(DOMAIN, "QLinearAdd", "QLinearMul")
def quantized_binary(op: Any, lo: Lowering) -> Any:
    """a + b, a * b"""
    a, sa, za, b, sb, zb, sy, zy = lo.operands(8)
    build: Callable[..., SSAValue] = lo.add if op.op_type == "QLinearAdd" else lo.mul
    return quantised(lo, build(real(lo, a, sa, za), real(lo, b, sb, zb)), sy, zy, a)


@lowering(DOMAIN, "QLinearLeakyRelu", "QLinearSigmoid", "QLinearSoftmax")
def quantized_unary(op: Any, lo: Lowering) -> Any:
    """leaky_relu, sigmoid, softmax"""
    x, sx, zx, sy, zy = lo.operands(5)
    y = real(lo, x, sx, zx)
    match op.op_type:
        case "QLinearLeakyRelu":
            y = lo.leaky_relu(y, alpha=option(op, "alpha", 0.01))
        case "QLinearSigmoid":
            y = lo.sigmoid(y)
        case _:
            y = lo.softmax(y, axis=lo.axis(option(op, "axis", -1), x))
    return quantised(lo, y, sy, zy, x)


@lowering(DOMAIN, "QLinearGlobalAveragePool")
def quantized_global_pool(op: Any, lo: Lowering) -> Any:
    """The mean over the positions"""
    x, sx, zx, sy, zy = lo.operands(5)
    axes = range(1, lo.rank(x) - 1) if option(op, "channels_last", 0) else range(2, lo.rank(x))
    return quantised(lo, lo.reduce(real(lo, x, sx, zx), "mean", tuple(axes)), sy, zy, x)


@lowering(DOMAIN, "QLinearAveragePool")
def quantized_pool(op: Any, lo: Lowering) -> Any:
    """avg_pool"""
    x, sx, zx, sy, zy = lo.operands(5)
    if option(op, "auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        lo.decline(f"auto_pad {option(op, 'auto_pad')}")
    given = {name: option(op, name) for name in ("strides", "pads")}
    y = lo.avg_pool(
        real(lo, x, sx, zx),
        kernel=option(op, "kernel_shape"),
        ceil_mode=bool(option(op, "ceil_mode", 0)),
        count_include_pad=bool(option(op, "count_include_pad", 0)),
        layout="nhwc" if option(op, "channels_last", 0) else "nchw",
        **{name: tuple(v) for name, v in given.items() if v},
    )
    return quantised(lo, y, sy, zy, x)


@lowering(DOMAIN, "QLinearConcat")
def quantized_concat(op: Any, lo: Lowering) -> Any:
    """concat"""
    sy, zy, *rest = lo.operands(len(op.operands))
    parts = [real(lo, *rest[i : i + 3]) for i in range(0, len(rest), 3)]
    return quantised(lo, lo.concat(parts, axis=option(op, "axis", 0)), sy, zy, rest[0])


@lowering(DOMAIN, "QGemm")
def quantized_gemm(op: Any, lo: Lowering) -> Any:
    """A product of integers and a bias of integers, scaled once; floats where no scale of the result is given"""
    a, sa, za, b, sb, zb, c, sy, zy = lo.operands(9)
    flip = {"transpose_a": bool(option(op, "transA", 0)), "transpose_b": bool(option(op, "transB", 0))}
    zb = lo.unsqueeze(zb, [1]) if zb is not None and flip["transpose_b"] and lo.rank(zb) == 1 and lo.shape(zb) != (1,) else zb
    total = lo.matmul(centred(lo, a, za), centred(lo, b, zb), c, **flip)
    factor = lo.mul(
        lo.mul(lo.reshape(sa), sb if lo.rank(sb) == 1 and lo.shape(sb) != (1,) else lo.reshape(sb)),
        lo.const(np.float32(option(op, "alpha", 1.0))),
    )
    if sy is None:
        return lo.mul(lo.cast(total, f32), factor)
    return requantized(lo, total, factor, lo.reshape(sy), lo.reshape(zy))


def _integer_product(lo: Lowering, a: SSAValue, b: SSAValue, sa: Any, sb: Any, za: Any, zb: Any, bias: Any) -> SSAValue:
    """(a - za)(b - zb) sa sb + bias"""
    y = lo.mul(lo.cast(lo.matmul(centred(lo, a, za), centred(lo, b, zb)), f32), lo.mul(lo.reshape(sa), sb))
    return y if bias is None else lo.add(y, bias)


@lowering(DOMAIN, "MatMulIntegerToFloat")
def matmul_integer_to_float(op: Any, lo: Lowering) -> Any:
    """A product of integers, scaled to floats"""
    a, b, sa, sb, za, zb, bias = lo.operands(7)
    return _integer_product(lo, a, b, sa, sb, za, zb, bias)


@lowering(DOMAIN, "DynamicQuantizeMatMul")
def dynamic_quantize_matmul(op: Any, lo: Lowering) -> Any:
    """The left side quantised by its own range, then a product of integers, scaled to floats"""
    a, b, sb, zb, bias = lo.operands(5)
    scale, zero = dynamic_scale(lo, a)
    return _integer_product(lo, lo.quantize(a, scale, zero, to=UI8), b, scale, sb, zero, zb, bias)


def _gate_weights(lo: Lowering, w: SSAValue, scale: SSAValue, zero: SSAValue | None) -> SSAValue:
    """[D, 4 * H, I] of integers [D, I, 4 * H]; a scale and a zero point for each direction, or for each of its rows."""
    each = (1, 2) if lo.rank(scale) == 1 else (1,)
    wide = lo.cast(w, f32)
    if zero is not None:
        wide = lo.sub(wide, lo.cast(lo.unsqueeze(zero, each), f32))
    return lo.transpose(lo.mul(wide, lo.unsqueeze(scale, each)), permutation=(0, 2, 1))


def _recurrent_weights(lo: Lowering, r: SSAValue, scale: SSAValue, zero: SSAValue | None) -> tuple[SSAValue, SSAValue | None]:
    """[D, 4 * H, H] of bytes and the scale of each row, where the integers are known to be signed bytes once their zero point is subtracted;
    else of floats, and no scales."""
    numbers, scales = lo.array(r), lo.array(scale)
    zeros = np.zeros(1, np.uint8) if zero is None else lo.array(zero)
    if numbers is None or scales is None or zeros is None:
        return _gate_weights(lo, r, scale, zero), None
    count, _, rows = numbers.shape
    differences = numbers.astype(np.int32) - np.broadcast_to(zeros.astype(np.int32).reshape(zeros.shape[0], 1, -1), (count, 1, rows))
    if differences.min(initial=0) < -128 or differences.max(initial=0) > 127:
        return _gate_weights(lo, r, scale, zero), None
    each = np.broadcast_to(scales.reshape(count, -1), (count, rows)).astype(np.float32)
    return lo.const(differences.astype(np.int8).transpose(0, 2, 1)), lo.const(each)


@lowering(DOMAIN, "DynamicQuantizeLSTM")
def dynamic_quantize_lstm(op: Any, lo: Lowering) -> Any:
    """lstm of recurrent weights of bytes; its input, and at every step its state, are rounded to 8 bits by their own range"""
    x, w, r, bias, lengths, h0, c0, peepholes, sw, zw, sr, zr = lo.operands(12)
    scale, zero = dynamic_scale(lo, x)
    rounded = lo.dequantize(lo.quantize(x, scale, zero, to=UI8), scale, zero)
    names = option(op, "activations")
    recurrent, scales = _recurrent_weights(lo, r, sr, zr)
    return lo.lstm(
        rounded,
        _gate_weights(lo, w, sw, zw),
        recurrent,
        *(bias, lengths, h0, c0, peepholes, scales),
        direction=option(op, "direction", "forward"),
        activations=",".join(names).lower() if names else None,
        alphas=tuple(option(op, "activation_alpha") or ()) or None,
        betas=tuple(option(op, "activation_beta") or ()) or None,
        clip=option(op, "clip"),
        input_forget=bool(option(op, "input_forget", 0)),
        quantize_state=True,
    )


@lowering(DOMAIN, "QuantizeLinear")
def quantize(op: Any, lo: Lowering) -> Any:
    """quantize"""
    x, scale, zero = lo.operands(3)
    return lo.quantize(x, scale, zero, to=UI8 if zero is None else lo.element(zero), axis=option(op, "axis", 1))


@lowering(DOMAIN, "DequantizeLinear")
def dequantize(op: Any, lo: Lowering) -> Any:
    """dequantize"""
    return lo.dequantize(*lo.operands(3), axis=option(op, "axis", 1))


@lowering(DOMAIN, "MatMulNBits")
def matmul_n_bits(op: Any, lo: Lowering) -> Any:
    """A product with weights of 4 or 8 bits, in blocks along the rows, each with a scale and a zero point"""
    a, packed, scales, zeros, _, bias = lo.operands(6)
    bits, block, inner, outer = option(op, "bits", 4), option(op, "block_size"), option(op, "K"), option(op, "N")
    blocks = -(-inner // block)
    if bits not in (4, 8):
        lo.decline(f"weights of {bits} bits")
    if zeros is not None and lo.element(zeros) != UI8:
        lo.decline("zero points that are not packed")

    def unpacked(x: SSAValue, count: int) -> SSAValue:
        """The numbers in the bytes of x, [N * blocks, count], low half first."""
        rows = lo.reshape(x, -1, count * bits // 8) if bits == 8 or count % 2 == 0 else lo.reshape(x, outer, -1)
        if bits == 8:
            return lo.cast(rows, i32)
        wide = lo.unsqueeze(lo.cast(rows, i32), [2])
        pairs = lo.concat([lo.mod(wide, lo.const(np.int32(16))), lo.div(wide, lo.const(np.int32(16)))], axis=2)
        return lo.reshape(pairs, (0,), (1, 2))

    numbers = lo.reshape(unpacked(packed, block), outer, blocks, block)
    middle = lo.const(np.int32(1 << (bits - 1)))
    if zeros is not None:
        rows = unpacked(lo.reshape(zeros, outer, -1), -(-blocks // 2) * 2 if bits == 4 else blocks)
        middle = lo.unsqueeze(lo.slice(lo.reshape(rows, outer, -1), starts=(0,), ends=(blocks,), axes=(1,)), [2])
    kind = lo.element(scales)
    w = lo.mul(lo.cast(lo.sub(numbers, middle), kind), lo.reshape(scales, outer, blocks, 1))
    w = lo.slice(lo.reshape(w, outer, blocks * block), starts=(0,), ends=(inner,), axes=(1,))
    y = lo.matmul(a, lo.cast(w, lo.element(a)), transpose_b=True)
    return y if bias is None else lo.add(y, bias)
