"""Elementwise operators: arithmetic, functions of one tensor, activations, comparisons, booleans, bits, choices, casts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from xdsl.dialects.builtin import f32, f64, i1
from xdsl.ir import SSAValue

from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten

_BINARY = {
    "add": inf.AddOp,
    "sub": inf.SubOp,
    "subtract": inf.SubOp,
    "rsub": inf.SubOp,
    "mul": inf.MulOp,
    "multiply": inf.MulOp,
    "maximum": inf.MaximumOp,
    "minimum": inf.MinimumOp,
    "atan2": inf.Atan2Op,
    "arctan2": inf.Atan2Op,
}


@aten(*_BINARY)
def arithmetic(call: Call, lo: Lowering) -> Any:
    """add, sub, mul, maximum, minimum, atan2; `alpha` scales the second operand"""
    a, b = call.operand("self"), call.operand("other")
    alpha = call.get("alpha", 1)
    if call.packet == "rsub":
        a = a if alpha == 1 else lo.mul(a, call.number(alpha))
        a, b = b, a
    elif alpha != 1:
        b = lo.mul(b, call.number(alpha))
    if call.element() == i1:
        return lo.logical(a, b, fn="or" if call.packet in ("add", "maximum") else "and")
    return lo.emit(_BINARY[call.packet], a, b)


@aten("div", "divide", "true_divide", "floor_divide")
def division(call: Call, lo: Lowering) -> Any:
    """div; rounded down or towards zero where a mode is given"""
    mode = "floor" if call.packet == "floor_divide" else call.get("rounding_mode")
    a, b = call.operand("self"), call.operand("other")
    if mode is None:
        return lo.div(a, b)
    if lo.dtype(a).kind in "iu":
        return lo.div(a, b) if mode == "trunc" else floor_quotient(lo, a, b)
    y = lo.div(a, b)
    return truncated(lo, y) if mode == "trunc" else lo.floor(y)


def floor_quotient(lo: Lowering, a: SSAValue, b: SSAValue) -> SSAValue:
    """a // b of integers as Python has it: (a - mod(a, b)) / b, the modulo of the divisor's sign."""
    return lo.div(lo.sub(a, lo.mod(a, b, truncated=False)), b)


def truncated(lo: Lowering, x: SSAValue) -> SSAValue:
    """x without its fraction."""
    return x if lo.dtype(x).kind in "iu" else lo.mul(lo.sign(x), lo.floor(lo.abs(x)))


@aten("remainder", "fmod")
def remainder(call: Call, lo: Lowering) -> Any:
    """mod: remainder has the sign of the divisor, fmod that of the dividend"""
    return lo.mod(call.operand("self"), call.operand("other"), truncated=call.packet == "fmod")


@aten("pow", "float_power")
def power(call: Call, lo: Lowering) -> Any:
    """pow; a square is a product, a half a square root"""
    exponent = None if call.tensor("exponent") is not None else call.get("exponent")
    x = call.operand("self")
    floating = lo.dtype(x).kind not in "iub"
    match exponent:
        case 1:
            return x
        case 2:
            return lo.mul(x, x)
        case 3:
            return lo.mul(lo.mul(x, x), x)
        case 0.5 if floating:
            return lo.sqrt(x)
        case -0.5 if floating:
            return lo.rsqrt(x)
        case -1 if floating:
            return lo.reciprocal(x)
    return lo.pow(x, call.operand("exponent"))


_UNARY = {
    "neg": inf.NegOp,
    "negative": inf.NegOp,
    "abs": inf.AbsOp,
    "absolute": inf.AbsOp,
    "exp": inf.ExpOp,
    "log": inf.LogOp,
    "sqrt": inf.SqrtOp,
    "rsqrt": inf.RsqrtOp,
    "reciprocal": inf.ReciprocalOp,
    "sign": inf.SignOp,
    "sgn": inf.SignOp,
    "floor": inf.FloorOp,
    "ceil": inf.CeilOp,
    "erf": inf.ErfOp,
    "special_erf": inf.ErfOp,
    "sin": inf.SinOp,
    "cos": inf.CosOp,
    "relu": inf.ReluOp,
    "sigmoid": inf.SigmoidOp,
    "special_expit": inf.SigmoidOp,
    "tanh": inf.TanhOp,
    "mish": inf.MishOp,
    "hardswish": inf.HardSwishOp,
}
_INTEGERS_STAY = ("floor", "ceil", "trunc", "round", "fix")


@aten(*_UNARY)
def unary(call: Call, lo: Lowering) -> Any:
    """The op of that name"""
    x = call.operand("self")
    return x if call.packet in _INTEGERS_STAY and lo.dtype(x).kind in "iub" else lo.emit(_UNARY[call.packet], x)


_MATH = {n: n for n in ("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "expm1", "log1p")}
_MATH |= {f"arc{n[1:]}": n for n in _MATH if n[0] == "a"}
_MATH |= {"special_expm1": "expm1", "special_log1p": "log1p"}


@aten(*_MATH)
def unary_math(call: Call, lo: Lowering) -> Any:
    """unary_math of that name"""
    return lo.unary_math(call.operand("self"), fn=_MATH[call.packet])


@aten("log2", "log10", "exp2", "special_exp2", "logit", "erfc", "square", "frac", "deg2rad", "rad2deg", "xlogy", "sinc", "special_erfc")
def of_logarithms(call: Call, lo: Lowering) -> Any:
    """log2, log10, exp2, logit, erfc, square, frac, degrees, xlogy, sinc from their definitions"""
    x = call.operand("self")
    match call.packet:
        case "log2" | "log10":
            return lo.mul(lo.log(x), call.number(1 / math.log(2 if call.packet == "log2" else 10)))
        case "exp2" | "special_exp2":
            return lo.exp(lo.mul(x, call.number(math.log(2))))
        case "logit":
            eps = call.get("eps")
            x = x if eps is None else lo.clamp(x, low=eps, high=1 - eps)
            return lo.log(lo.div(x, lo.sub(call.number(1), x)))
        case "erfc" | "special_erfc":
            return lo.sub(call.number(1), lo.erf(x))
        case "square":
            return lo.mul(x, x)
        case "frac":
            return lo.sub(x, truncated(lo, x))
        case "xlogy":
            return lo.mul(x, lo.log(call.operand("other")))
        case "sinc":
            turned = lo.mul(x, call.number(math.pi))
            return lo.select(lo.compare(x, call.number(0), pred="eq"), call.number(1), lo.div(lo.sin(turned), turned))
        case _:
            return lo.mul(x, call.number(math.pi / 180 if call.packet == "deg2rad" else 180 / math.pi))


@aten("trunc", "fix")
def trunc(call: Call, lo: Lowering) -> Any:
    """x without its fraction"""
    return truncated(lo, call.x())


@aten("round")
def rounded(call: Call, lo: Lowering) -> Any:
    """round; to some decimals by scaling"""
    x, decimals = call.x(), call.get("decimals", 0)
    if lo.dtype(x).kind in "iu":
        return x
    scale = call.number(10.0**decimals)
    return lo.round(x) if decimals == 0 else lo.div(lo.round(lo.mul(x, scale)), scale)


# Activations.


@aten("relu6", "hardtanh", "clamp", "clip", "clamp_min", "clamp_max")
def clamp(call: Call, lo: Lowering) -> Any:
    """clamp where the bounds are numbers and x floats, else maximum and minimum"""
    low_name, high_name = ("min_val", "max_val") if call.packet == "hardtanh" else ("min", "max")
    x = call.operand("self")
    if call.packet == "relu6":
        return lo.clamp(x, low=0.0, high=6.0)
    tensors = [call.tensor(n) for n in (low_name, high_name)]
    if all(t is None for t in tensors):
        low, high = call.get(low_name), call.get(high_name)
        if lo.dtype(x).kind not in "iub":
            return lo.clamp(x, **{n: float(v) for n, v in (("low", low), ("high", high)) if v is not None})
        tensors = [None if v is None else call.number(v) for v in (low, high)]
    low, high = (None if t is None else lo.cast(t, call.element()) for t in tensors)
    y = x if low is None else lo.maximum(x, low)
    return y if high is None else lo.minimum(y, high)


@aten("gelu")
def gelu(call: Call, lo: Lowering) -> Any:
    """gelu"""
    return lo.gelu(call.x(), approximate=call.get("approximate", "none"))


@aten("silu")
def silu(call: Call, lo: Lowering) -> Any:
    """silu"""
    return lo.silu(call.x())


@aten("leaky_relu")
def leaky_relu(call: Call, lo: Lowering) -> Any:
    """leaky_relu"""
    return lo.leaky_relu(call.x(), alpha=float(call.get("negative_slope", 0.01)))


@aten("rrelu", "rrelu_with_noise")
def rrelu(call: Call, lo: Lowering) -> Any:
    """leaky_relu with the middle of both slopes, in inference"""
    if call.get("training", False):
        lo.decline("it draws slopes at random in training mode; export the model after model.eval()")
    return lo.leaky_relu(call.x(), alpha=(call.get("lower", 1 / 8) + call.get("upper", 1 / 3)) / 2)


@aten("elu", "celu", "selu")
def elu(call: Call, lo: Lowering) -> Any:
    """elu; selu with torch's constants, celu of x / alpha"""
    x = call.x()
    if call.packet == "selu":
        return lo.elu(x, alpha=1.6732632423543772848170429916717, scale=1.0507009873554804934193349852946)
    alpha = float(call.get("alpha", 1.0))
    if call.packet == "celu":
        return lo.elu(lo.mul(x, call.number(1 / alpha)), scale=alpha)
    if call.get("input_scale", 1) != 1:
        lo.decline("an input scale")
    return lo.elu(x, alpha=alpha, scale=float(call.get("scale", 1.0)))


@aten("softplus")
def softplus(call: Call, lo: Lowering) -> Any:
    """log(1 + exp(beta x)) / beta, x itself beyond the threshold"""
    x, beta, threshold = call.x(), call.get("beta", 1), call.get("threshold", 20)
    scaled = x if beta == 1 else lo.mul(x, call.number(beta))
    y = lo.softplus(scaled)
    y = y if beta == 1 else lo.mul(y, call.number(1 / beta))
    return lo.select(lo.compare(scaled, call.number(threshold), pred="gt"), x, y)


@aten("hardsigmoid")
def hard_sigmoid(call: Call, lo: Lowering) -> Any:
    """min(max(x / 6 + 1/2, 0), 1)"""
    return lo.hard_sigmoid(call.x(), alpha=1 / 6, beta=0.5)


@aten("log_sigmoid", "log_sigmoid_forward")
def log_sigmoid(call: Call, lo: Lowering) -> Any:
    """-log(1 + exp(-x))"""
    return [lo.neg(lo.softplus(lo.neg(call.x())))]


@aten("softsign", "tanhshrink", "hardshrink", "softshrink", "threshold")
def shrinks(call: Call, lo: Lowering) -> Any:
    """softsign, tanhshrink, hardshrink, softshrink, threshold from their definitions"""
    x = call.x()
    match call.packet:
        case "softsign":
            return lo.div(x, lo.add(lo.abs(x), call.number(1)))
        case "tanhshrink":
            return lo.sub(x, lo.tanh(x))
        case "threshold":
            return lo.select(lo.compare(x, call.number(call.get("threshold")), pred="gt"), x, call.number(call.get("value")))
    bound = call.get("lambd", 0.5)
    outside = lo.compare(lo.abs(x), call.number(bound), pred="gt")
    y = x if call.packet == "hardshrink" else lo.sub(x, lo.mul(lo.sign(x), call.number(bound)))
    return lo.select(outside, y, call.number(0))


@aten("prelu", "_prelu_kernel")
def prelu(call: Call, lo: Lowering) -> Any:
    """prelu; the slope is one number or one per channel, axis 1"""
    x, slope = call.x(), call.x("weight")
    if call.packet == "prelu" and lo.shape(slope) not in ((), (1,)) and lo.rank(x) > 2:
        slope = lo.unsqueeze(slope, range(1, lo.rank(x) - 1))
    return lo.prelu(x, slope)


@aten("glu")
def glu(call: Call, lo: Lowering) -> Any:
    """a * sigmoid(b), a and b the halves along a dimension"""
    x = call.x()
    axis = call.axis(of=x) if call.get("dim", -1) >= 0 else call.get("dim", -1) % lo.rank(x)
    size = lo.shape(x)[axis]
    if size < 0:
        lo.decline("the size of the halved dimension is computed")
    a, b = lo.split(x, axis=axis, sizes=(size // 2, size // 2))
    return lo.mul(a, lo.sigmoid(b))


@aten("addcmul", "addcdiv")
def addc(call: Call, lo: Lowering) -> Any:
    """self + value * (a * b), self + value * (a / b)"""
    a, b = call.operand("tensor1"), call.operand("tensor2")
    y = lo.mul(a, b) if call.packet == "addcmul" else lo.div(a, b)
    value = call.get("value", 1)
    return lo.add(call.operand("self"), y if value == 1 else lo.mul(y, call.number(value)))


@aten("lerp")
def lerp(call: Call, lo: Lowering) -> Any:
    """self + weight * (end - self)"""
    x = call.operand("self")
    return lo.add(x, lo.mul(call.operand("weight"), lo.sub(call.operand("end"), x)))


@aten("hypot", "logaddexp", "logaddexp2", "copysign", "heaviside", "fmax", "fmin")
def pairs(call: Call, lo: Lowering) -> Any:
    """hypot, logaddexp, copysign, heaviside, fmax and fmin from their definitions"""
    a, b = call.operand("self"), call.operand("values" if call.packet == "heaviside" else "other")
    match call.packet:
        case "hypot":
            return lo.sqrt(lo.add(lo.mul(a, a), lo.mul(b, b)))
        case "logaddexp":
            return lo.add(lo.maximum(a, b), lo.unary_math(lo.exp(lo.neg(lo.abs(lo.sub(a, b)))), fn="log1p"))
        case "logaddexp2":
            two = call.number(math.log(2))
            inner = lo.exp(lo.mul(lo.neg(lo.abs(lo.sub(a, b))), two))
            return lo.add(lo.maximum(a, b), lo.div(lo.unary_math(inner, fn="log1p"), two))
        case "copysign":
            return lo.select(lo.compare(b, call.number(0), pred="lt"), lo.neg(lo.abs(a)), lo.abs(a))
        case "heaviside":
            step = lo.cast(lo.compare(a, call.number(0), pred="gt"), call.element())
            return lo.select(lo.compare(a, call.number(0), pred="eq"), b, step)
    y = lo.maximum(a, b) if call.packet == "fmax" else lo.minimum(a, b)
    return lo.select(lo.is_nan(a), b, lo.select(lo.is_nan(b), a, y))


# Comparisons, booleans, bits.

_COMPARE = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "less": "lt", "less_equal": "le", "greater": "gt"}
_COMPARE |= {"greater_equal": "ge", "not_equal": "ne"}


@aten(*_COMPARE)
def comparison(call: Call, lo: Lowering) -> Any:
    """compare, in the element type that both are brought to"""
    element = call.promoted("self", "other")
    a, b = call.operand("self", element), call.operand("other", element)
    pred = _COMPARE[call.packet]
    if element == i1 and pred in ("eq", "ne"):
        differ = lo.logical(a, b, fn="xor")
        return differ if pred == "ne" else lo.logical_not(differ)
    if element == i1:
        a, b = lo.cast(a, np.dtype(np.int32)), lo.cast(b, np.dtype(np.int32))
    return lo.compare(a, b, pred=pred)


def truth(lo: Lowering, x: SSAValue) -> SSAValue:
    """Whether each element is not zero."""
    return x if lo.element(x) == i1 else lo.compare(x, lo.scalar(0, x), pred="ne")


@aten("logical_and", "logical_or", "logical_xor")
def logical(call: Call, lo: Lowering) -> Any:
    """logical of what is not zero"""
    return lo.logical(truth(lo, call.x()), truth(lo, call.x("other")), fn=call.packet.removeprefix("logical_"))


@aten("logical_not")
def logical_not(call: Call, lo: Lowering) -> Any:
    """logical_not of what is not zero"""
    return lo.logical_not(truth(lo, call.x()))


@aten("bitwise_and", "bitwise_or", "bitwise_xor", "__and__", "__or__", "__xor__")
def bitwise(call: Call, lo: Lowering) -> Any:
    """bitwise of integers, logical of booleans"""
    fn = call.packet.removeprefix("bitwise_").strip("_")
    a, b = call.operand("self"), call.operand("other")
    return (lo.logical if call.element() == i1 else lo.bitwise)(a, b, fn=fn)


@aten("bitwise_not")
def bitwise_not(call: Call, lo: Lowering) -> Any:
    """bitwise_not of integers, logical_not of booleans"""
    return (lo.logical_not if call.element() == i1 else lo.bitwise_not)(call.x())


@aten("bitwise_left_shift", "bitwise_right_shift", "__lshift__", "__rshift__")
def shift(call: Call, lo: Lowering) -> Any:
    """shift of integers; the sign bit comes in from the left, as a quotient rounded down has it"""
    a, b = call.operand("self"), call.operand("other")
    if call.packet in ("bitwise_left_shift", "__lshift__"):
        return lo.mul(a, lo.cast(lo.pow(lo.cast(call.number(2), f64), lo.cast(b, f64)), call.element()))
    return floor_quotient(lo, a, lo.cast(lo.pow(lo.cast(call.number(2), f64), lo.cast(b, f64)), call.element()))


@aten("isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal", "signbit")
def classify(call: Call, lo: Lowering) -> Any:
    """is_nan, is_inf, and what is neither"""
    x = call.x()
    if call.packet == "signbit":
        return lo.compare(x, lo.scalar(0, x), pred="lt")
    if call.packet == "isreal" or lo.dtype(x).kind in "iub":
        wide = lo.cast(x, f32)
        same = lo.compare(wide, wide, pred="eq")
        return same if call.packet in ("isfinite", "isreal") else lo.logical_not(same)
    match call.packet:
        case "isnan":
            return lo.is_nan(x)
        case "isfinite":
            return lo.logical_not(lo.logical(lo.is_nan(x), lo.is_inf(x), fn="or"))
    return lo.is_inf(x, negative_only=call.packet == "isneginf", positive_only=call.packet == "isposinf")


@aten("nan_to_num")
def nan_to_num(call: Call, lo: Lowering) -> Any:
    """NaN and both infinities replaced"""
    x = call.x()
    limits = np.finfo(lo.dtype(x)) if lo.dtype(x).kind == "f" else None
    if limits is None:
        return x
    y = lo.select(lo.is_nan(x), call.number(call.get("nan", 0.0)), x)
    y = lo.select(lo.is_inf(x, negative_only=False, positive_only=True), call.number(call.get("posinf", float(limits.max))), y)
    return lo.select(lo.is_inf(x, negative_only=True, positive_only=False), call.number(call.get("neginf", float(limits.min))), y)


@aten("where")
def where(call: Call, lo: Lowering) -> Any:
    """select; with a condition alone, the positions where it holds"""
    if not call.overload:
        found = lo.non_zero(call.x("condition"))
        return [lo.squeeze(lo.slice(found, starts=(i,), ends=(i + 1,), axes=(0,)), [0]) for i in range(len(call.op.results))]
    return lo.select(truth(lo, call.x("condition")), call.operand("self"), call.operand("other"))


@aten("masked_fill")
def masked_fill(call: Call, lo: Lowering) -> Any:
    """select the value where the mask holds"""
    return lo.select(call.x("mask"), call.operand("value"), call.operand("self"))


@aten("isclose")
def is_close(call: Call, lo: Lowering) -> Any:
    """|a - b| <= atol + rtol |b|, or equal"""
    a, b = call.x(), call.x("other")
    bound = lo.add(lo.scalar(call.get("atol", 1e-8), b), lo.mul(lo.scalar(call.get("rtol", 1e-5), b), lo.abs(b)))
    near = lo.compare(lo.abs(lo.sub(a, b)), bound, pred="le")
    finite = lo.logical_not(lo.is_inf(b))
    return lo.logical(lo.logical(near, finite, fn="and"), lo.compare(a, b, pred="eq"), fn="or")


# Copies and casts.


@aten("to", "_to_copy", "type_as", "clone", "contiguous", "detach", "alias", "lift_fresh", "lift_fresh_copy", "copy", "detach_copy", "alias_copy",
      "positive", "_to_cpu", "float", "conj", "conj_physical", "real", "resolve_conj", "resolve_neg", "lift", "copy_to", "requires_grad_")  # fmt: skip
def copies(call: Call, lo: Lowering) -> Any:
    """x, in the element type of the result; copy broadcasts its source"""
    if call.packet == "copy":
        return broadcast_like(call, lo, lo.cast(call.x("src"), call.element()), call.x())
    return lo.cast(call.x("a" if call.overload == "dtype_layout_a" else "self"), call.element())


def broadcast_like(call: Call, lo: Lowering, x: SSAValue, like: SSAValue) -> SSAValue:
    """x repeated to the shape of another value."""
    if lo.shape(x) == lo.shape(like) and -1 not in lo.shape(x):
        return x
    if -1 not in lo.shape(like):
        return lo.broadcast(x, shape=lo.shape(like))
    return lo.broadcast(x, lo.shape_of(like))


@aten("view_as_real", "view_as_complex", "imag", "angle", "complex", "polar")
def complex_numbers(call: Call, lo: Lowering) -> Any:
    """Complex numbers have no ops"""
    lo.decline("complex numbers are not supported: rewrite the model with real and imaginary parts")


@aten("dropout", "native_dropout", "feature_dropout", "alpha_dropout")
def dropout(call: Call, lo: Lowering) -> Any:
    """x in inference, and a mask of ones where it is used"""
    x = call.x("input")
    if call.get("train", False) and call.get("p", 0.5) != 0:
        lo.decline("it drops elements in training mode; export the model after model.eval()")
    if not lo.wants(1):
        return [x]
    return [x, lo.fill(lo.shape_of(x), lo.const(np.ones((), np.bool_)))]
