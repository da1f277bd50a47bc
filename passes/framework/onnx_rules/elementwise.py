"""Elementwise operators: arithmetic, functions of one tensor, activations, comparisons, booleans, bits."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from xdsl.dialects.builtin import i1
from xdsl.ir import SSAValue

from inferir.dialects import inference as inf
from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.dialects.framework.types import STRING
from inferir.dialects.framework.values import to_python
from inferir.passes.framework.lowering import Lowering, lowering


def attr(op: Any, name: str, default: Any = None) -> Any:
    """An attribute by name; `default` where this version of the operator does not have it or it is absent."""
    if name in op.properties:
        return to_python(op.properties[name])
    if name not in op.schema.attributes:
        return default
    found = op.get(name)
    return default if found is None else found


_BINARY = {"Add": inf.AddOp, "Sub": inf.SubOp, "Mul": inf.MulOp, "Div": inf.DivOp}
_COMPARE = {"Equal": "eq", "Less": "lt", "Greater": "gt", "LessOrEqual": "le", "GreaterOrEqual": "ge"}


def both(op: Any, lo: Lowering) -> tuple[SSAValue, SSAValue]:
    """The two operands; before opset 7 the second one is laid along `axis` of the first."""
    a, b = lo.operands(2)
    if attr(op, "broadcast", 0) and attr(op, "axis") is not None:
        behind = lo.rank(a) - lo.axis(attr(op, "axis"), a) - lo.rank(b)
        b = lo.unsqueeze(b, range(lo.rank(b), lo.rank(b) + behind)) if behind > 0 else b
    return a, b


@lowering("onnx", *_BINARY)
def arithmetic(op: Any, lo: Lowering) -> Any:
    """Add, Sub, Mul, Div"""
    return lo.emit(_BINARY[op.schema.name], *both(op, lo))


@lowering("onnx", "Pow")
def power(op: Any, lo: Lowering) -> Any:
    """pow(a, b)"""
    return lo.pow(*both(op, lo))


@lowering("onnx", "Mod")
def modulo(op: Any, lo: Lowering) -> Any:
    """mod(a, b), truncated under fmod"""
    return lo.mod(*lo.operands(2), truncated=bool(op.get("fmod")))


@lowering("onnx", *_COMPARE)
def comparison(op: Any, lo: Lowering) -> Any:
    """compare(a, b)"""
    a, b = both(op, lo)
    if lo.element(a) == STRING:
        return lo.host("string_equal", [a, b], [i1])
    return lo.compare(a, b, pred=_COMPARE[op.schema.name])


@lowering("onnx", "And", "Or", "Xor")
def logical(op: Any, lo: Lowering) -> Any:
    """logical(a, b)"""
    return lo.logical(*both(op, lo), fn=op.schema.name.lower())


@lowering("onnx", "BitwiseAnd", "BitwiseOr", "BitwiseXor")
def bitwise(op: Any, lo: Lowering) -> Any:
    """bitwise(a, b)"""
    return lo.bitwise(*lo.operands(2), fn=op.schema.name.removeprefix("Bitwise").lower())


@lowering("onnx", "BitShift")
def bit_shift(op: Any, lo: Lowering) -> Any:
    """shift(a, b)"""
    return lo.shift(*lo.operands(2), direction=op.get("direction").lower())


@lowering("onnx", "Max", "Min", "Sum", "Mean")
def variadic(op: Any, lo: Lowering) -> Any:
    """A chain of two-operand ops; a mean is divided in the end"""
    kind = {"Max": inf.MaximumOp, "Min": inf.MinimumOp}.get(op.schema.name, inf.AddOp)
    total = reduce(lambda a, b: lo.emit(kind, a, b), op.operands)
    return lo.mul(total, lo.scalar(1 / len(op.operands), total)) if op.schema.name == "Mean" and len(op.operands) > 1 else total


_UNARY = {
    "Neg": inf.NegOp,
    "Abs": inf.AbsOp,
    "Exp": inf.ExpOp,
    "Log": inf.LogOp,
    "Sqrt": inf.SqrtOp,
    "Reciprocal": inf.ReciprocalOp,
    "Sign": inf.SignOp,
    "Floor": inf.FloorOp,
    "Ceil": inf.CeilOp,
    "Round": inf.RoundOp,
    "Erf": inf.ErfOp,
    "Sin": inf.SinOp,
    "Cos": inf.CosOp,
    "Not": inf.LogicalNotOp,
    "BitwiseNot": inf.BitwiseNotOp,
    "Relu": inf.ReluOp,
    "Sigmoid": inf.SigmoidOp,
    "Tanh": inf.TanhOp,
    "Softplus": inf.SoftplusOp,
    "Mish": inf.MishOp,
    "HardSwish": inf.HardSwishOp,
    "IsNaN": inf.IsNanOp,
}


@lowering("onnx", *_UNARY)
def unary(op: Any, lo: Lowering) -> Any:
    """The op of that name"""
    return lo.emit(_UNARY[op.schema.name], *lo.operands(1))


_MATH = ("Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh")


@lowering("onnx", *_MATH)
def unary_math(op: Any, lo: Lowering) -> Any:
    """unary_math of that name"""
    return lo.unary_math(*lo.operands(1), fn=op.schema.name.lower())


@lowering("onnx", "IsInf")
def is_inf(op: Any, lo: Lowering) -> Any:
    """is_inf; detecting neither sign is never"""
    (x,) = lo.operands(1)
    negative, positive = op.get("detect_negative"), op.get("detect_positive")
    if not negative and not positive:
        found = lo.is_inf(x)
        return lo.logical(found, lo.logical_not(found), fn="and")
    return lo.is_inf(x, negative_only=not positive, positive_only=not negative)


@lowering("onnx", "LeakyRelu")
def leaky_relu(op: Any, lo: Lowering) -> Any:
    """leaky_relu"""
    return lo.leaky_relu(*lo.operands(1), alpha=op.get("alpha"))


@lowering("onnx", "PRelu")
def prelu(op: Any, lo: Lowering) -> Any:
    """prelu; before opset 7 the slope is one number or one per channel"""
    x, slope = lo.operands(2)
    if op.version < 7 and lo.rank(slope) == 1 and lo.shape(slope) != (1,):
        slope = lo.unsqueeze(slope, range(1, lo.rank(x) - 1))
    return lo.prelu(x, slope)


@lowering("onnx", "Elu")
def elu(op: Any, lo: Lowering) -> Any:
    """elu"""
    return lo.elu(*lo.operands(1), alpha=op.get("alpha"))


@lowering("onnx", "Selu")
def selu(op: Any, lo: Lowering) -> Any:
    """elu with a scale"""
    return lo.elu(*lo.operands(1), alpha=op.get("alpha"), scale=op.get("gamma"))


@lowering("onnx", "Celu")
def celu(op: Any, lo: Lowering) -> Any:
    """alpha * elu(x / alpha)"""
    (x,) = lo.operands(1)
    alpha = op.get("alpha")
    return lo.elu(lo.mul(x, lo.scalar(1 / alpha, x)), scale=alpha)


@lowering("onnx", "Gelu")
def gelu(op: Any, lo: Lowering) -> Any:
    """gelu"""
    return lo.gelu(*lo.operands(1), approximate=op.get("approximate"))


@lowering("onnx", "Swish")
def swish(op: Any, lo: Lowering) -> Any:
    """silu"""
    return lo.silu(*lo.operands(1), beta=op.get("alpha"))


@lowering("onnx", "HardSigmoid")
def hard_sigmoid(op: Any, lo: Lowering) -> Any:
    """hard_sigmoid"""
    return lo.hard_sigmoid(*lo.operands(1), alpha=op.get("alpha"), beta=op.get("beta"))


@lowering("onnx", "Softsign")
def softsign(op: Any, lo: Lowering) -> Any:
    """x / (1 + |x|)"""
    (x,) = lo.operands(1)
    return lo.div(x, lo.add(lo.abs(x), lo.scalar(1, x)))


@lowering("onnx", "ThresholdedRelu")
def thresholded_relu(op: Any, lo: Lowering) -> Any:
    """x where x > alpha, else 0"""
    (x,) = lo.operands(1)
    return lo.select(lo.compare(x, lo.scalar(op.get("alpha"), x), pred="gt"), x, lo.scalar(0, x))


@lowering("onnx", "Shrink")
def shrink(op: Any, lo: Lowering) -> Any:
    """x + bias where x < -lambd, x - bias where x > lambd, else 0"""
    (x,) = lo.operands(1)
    low = lo.compare(x, lo.scalar(-op.get("lambd"), x), pred="lt")
    high = lo.compare(x, lo.scalar(op.get("lambd"), x), pred="gt")
    bias = lo.scalar(op.get("bias"), x)
    return lo.select(low, lo.add(x, bias), lo.select(high, lo.sub(x, bias), lo.scalar(0, x)))


@lowering("onnx", "SwiGLU")
def swiglu(op: Any, lo: Lowering) -> Any:
    """silu(a) * b"""
    a, b = lo.operands(2)
    return lo.mul(lo.silu(a, beta=attr(op, "alpha", 1.0)), b)


@lowering("onnx", "Clip")
def clip(op: Any, lo: Lowering) -> Any:
    """clamp where the bounds are attributes or constants, else maximum and minimum"""
    x, low, high = lo.operands(3)
    if op.version < 11:
        return lo.clamp(x, low=attr(op, "min"), high=attr(op, "max"))
    bounds = [None if b is None else lo.array(b) for b in (low, high)]
    if all(b is None or a is not None for a, b in zip(bounds, (low, high), strict=True)) and lo.dtype(x).kind not in "iu":
        return lo.clamp(x, **{n: float(a.reshape(-1)[0]) for n, a in zip(("low", "high"), bounds, strict=True) if a is not None})
    y = x if low is None else lo.maximum(x, low)
    return y if high is None else lo.minimum(y, high)


@lowering("onnx", "Where")
def where(op: Any, lo: Lowering) -> Any:
    """select"""
    return lo.select(*lo.operands(3))


@lowering("onnx", "Cast")
def cast(op: Any, lo: Lowering) -> Any:
    """cast; before opset 6 the type is a name"""
    (x,) = lo.operands(1)
    to = op.get("to")
    if isinstance(to, str):
        to = next(code for code, (name, _) in ONNX_ELEMENTS.items() if name == to.lower())
    return cast_to(lo, x, ONNX_ELEMENTS[to][1], attr(op, "saturate", 1), attr(op, "round_mode", "up"))


@lowering("onnx", "CastLike")
def cast_like(op: Any, lo: Lowering) -> Any:
    """cast"""
    x, like = lo.operands(2)
    return cast_to(lo, x, lo.element(like), attr(op, "saturate", 1), attr(op, "round_mode", "up"))


def cast_to(lo: Lowering, x: SSAValue, to: Any, saturate: int, round_mode: str) -> SSAValue:
    """x as another element type."""
    if STRING in (to, lo.element(x)) and to != lo.element(x):
        return lo.host("string_cast", [x], [to])
    if lo.element(x) == to:
        return x
    if not str(to).startswith("f8") or str(to).startswith("f8E8M0"):
        saturate = 0
    round_mode = round_mode if str(to).startswith("f8E8M0") else "up"
    return lo.emit(inf.CastOp, x, to=to, saturate=bool(saturate), round_mode=round_mode)


@lowering("onnx", "BitCast")
def bit_cast(op: Any, lo: Lowering) -> Any:
    """bitcast"""
    return lo.bitcast(*lo.operands(1), to=ONNX_ELEMENTS[op.get("to")][1])


@lowering("onnx", "Identity")
def identity(op: Any, lo: Lowering) -> Any:
    """x"""
    return lo.operands(1)


@lowering("onnx", "Dropout")
def dropout(op: Any, lo: Lowering) -> Any:
    """x, and a mask of ones, in inference; in training mode elements are dropped (framework-to-eval turns that off)"""
    x, ratio, training = lo.operands(3)
    if training is not None and op.version >= 12 and not _is_off(lo, ratio, training):
        kinds = [x.type, lo.like_type(x, i1)]
        return lo.results_of(lo.host("dropout", [x, ratio, training], kinds, seed=attr(op, "seed")))
    if attr(op, "is_test", 1) == 0:
        lo.decline("is_test is 0: it drops elements; run framework-to-eval first")
    if not lo.wants(1):
        return [x]
    kind = i1 if op.version >= 10 else lo.element(x)
    one = lo.const(np.ones((), np.bool_)) if kind == i1 else lo.scalar(1, x)
    return [x, lo.fill(lo.shape_of(x), one)]


def _is_off(lo: Lowering, ratio: SSAValue | None, training: SSAValue) -> bool:
    """Whether a dropout with these operands drops nothing."""
    mode, share = lo.array(training), lo.array(ratio)
    return mode is not None and (not mode.any() or (share is not None and not share.any()))
