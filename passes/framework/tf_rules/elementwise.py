"""Elementwise arithmetic, comparisons, booleans; operators that pass their operand on."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType

from inferir.passes.framework.lowering import Lowering, lowering

SAME = ("Identity", "Snapshot", "StopGradient", "PreventGradient", "DeepCopy", "DebugIdentity", "CheckNumerics", "Print")


@lowering("tf", *SAME, "EnsureShape", "PlaceholderWithDefault")
def identity(op: Any, lo: Lowering) -> Any:
    """Its operand; what it checks or prints is left out"""
    return op.operands[0]


@lowering("tf", "IdentityN")
def identities(op: Any, lo: Lowering) -> Any:
    """Its operands"""
    return list(op.operands)


BINARY = {"Add": "add", "AddV2": "add", "Sub": "sub", "Mul": "mul", "RealDiv": "div", "Div": "div", "TruncateDiv": "div", "Pow": "pow"}
BINARY |= {"Maximum": "maximum", "Minimum": "minimum"}


@lowering("tf", *BINARY)
def binary(op: Any, lo: Lowering) -> Any:
    """The op of that name; broadcasting as numpy's"""
    return getattr(lo, BINARY[op.schema.name])(*lo.operands(2))


@lowering("tf", "Mod", "TruncateMod")
def truncated_mod(op: Any, lo: Lowering) -> Any:
    """mod with the sign of the dividend"""
    return lo.mod(*lo.operands(2), truncated=True)


@lowering("tf", "DivNoNan")
def div_no_nan(op: Any, lo: Lowering) -> Any:
    """a / b, zero where b is"""
    a, b = lo.operands(2)
    none = lo.compare(b, lo.scalar(0, b), pred="eq")
    return lo.select(none, lo.scalar(0, a), lo.div(a, b))


@lowering("tf", "MulNoNan")
def mul_no_nan(op: Any, lo: Lowering) -> Any:
    """a * b, zero where b is"""
    a, b = lo.operands(2)
    return lo.select(lo.compare(b, lo.scalar(0, b), pred="eq"), lo.scalar(0, a), lo.mul(a, b))


@lowering("tf", "Xlogy", "Xlog1py", "Xdivy")
def zero_times(op: Any, lo: Lowering) -> Any:
    """a * log(b), a * log(1 + b), a / b: zero where a is"""
    a, b = lo.operands(2)
    match op.schema.name:
        case "Xlogy":
            y = lo.mul(a, lo.log(b))
        case "Xlog1py":
            y = lo.mul(a, lo.unary_math(b, fn="log1p"))
        case _:
            y = lo.div(a, b)
    return lo.select(lo.compare(a, lo.scalar(0, a), pred="eq"), lo.scalar(0, a), y)


UNARY = {
    "Abs": "abs",
    "Neg": "neg",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Rsqrt": "rsqrt",
    "Reciprocal": "reciprocal",
    "Inv": "reciprocal",
    "Sign": "sign",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Rint": "round",
    "Erf": "erf",
    "Sin": "sin",
    "Cos": "cos",
    "IsNan": "is_nan",
    "IsInf": "is_inf",
    "LogicalNot": "logical_not",
    "Invert": "bitwise_not",
}


@lowering("tf", *UNARY)
def unary(op: Any, lo: Lowering) -> Any:
    """The op of that name"""
    x = op.operands[0]
    if UNARY[op.schema.name] in ("round", "floor", "ceil") and isinstance(lo.element(x), IntegerType):
        return x
    return getattr(lo, UNARY[op.schema.name])(x)


@lowering("tf", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Expm1", "Log1p")
def unary_math(op: Any, lo: Lowering) -> Any:
    """unary_math"""
    return lo.unary_math(op.operands[0], fn=op.schema.name.lower())


@lowering("tf", "Erfc")
def erfc(op: Any, lo: Lowering) -> Any:
    """1 - erf(x)"""
    x = op.operands[0]
    return lo.sub(lo.scalar(1, x), lo.erf(x))


@lowering("tf", "IsFinite")
def is_finite(op: Any, lo: Lowering) -> Any:
    """x - x is zero: not of infinities, not of NaN"""
    x = op.operands[0]
    return lo.compare(lo.sub(x, x), lo.scalar(0, x), pred="eq")


COMPARISONS = {"Equal": "eq", "NotEqual": "ne", "Less": "lt", "LessEqual": "le", "Greater": "gt", "GreaterEqual": "ge"}


@lowering("tf", *COMPARISONS)
def compare(op: Any, lo: Lowering) -> Any:
    """compare"""
    return lo.compare(*lo.operands(2), pred=COMPARISONS[op.schema.name])


@lowering("tf", "ApproximateEqual")
def approximate_equal(op: Any, lo: Lowering) -> Any:
    """|a - b| < tolerance"""
    a, b = lo.operands(2)
    return lo.compare(lo.abs(lo.sub(a, b)), lo.scalar(op.get("tolerance"), a), pred="lt")


@lowering("tf", "LogicalAnd", "LogicalOr")
def logical(op: Any, lo: Lowering) -> Any:
    """logical"""
    return lo.logical(*lo.operands(2), fn=op.schema.name.removeprefix("Logical").lower())


@lowering("tf", "BitwiseAnd", "BitwiseOr", "BitwiseXor")
def bitwise(op: Any, lo: Lowering) -> Any:
    """bitwise"""
    return lo.bitwise(*lo.operands(2), fn=op.schema.name.removeprefix("Bitwise").lower())


@lowering("tf", "ClipByValue")
def clip(op: Any, lo: Lowering) -> Any:
    """min(max(x, low), high)"""
    x, low, high = lo.operands(3)
    return lo.minimum(lo.maximum(x, low), high)


@lowering("tf", "OnesLike")
def ones_like(op: Any, lo: Lowering) -> Any:
    """fill with ones"""
    x = op.operands[0]
    return lo.fill(lo.shape_of(x), lo.scalar(1, x))


@lowering("tf", "LinSpace")
def lin_space(op: Any, lo: Lowering) -> Any:
    """start + (stop - start) / (num - 1) * i"""
    start, stop, num = lo.operands(3)
    (count,) = lo.need_ints(num, "the number of values")
    share = lo.const(np.linspace(0, 1, count).astype(lo.dtype(start)))
    return lo.add(start, lo.mul(lo.sub(stop, start), share))
