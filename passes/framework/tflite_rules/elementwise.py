"""Elementwise arithmetic, comparisons, booleans, choice."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules import integers
from inferir.passes.framework.tflite_rules.operands import fused, is_quantized, need_floats, same_scale

BINARY = {"ADD": "add", "SUB": "sub", "MUL": "mul", "DIV": "div"}


@lowering("tfl", *BINARY)
def binary(op: Any, lo: Lowering) -> Any:
    """add, sub, mul, div; broadcasting as numpy's"""
    a, b = lo.operands(2)
    if is_quantized(op, lo) and op.schema.name != "DIV":
        return integers.product_of_two(op, lo) if op.schema.name == "MUL" else integers.sum_of_two(op, lo, op.schema.name == "SUB")
    need_floats(op, lo)
    return fused(op, lo, getattr(lo, BINARY[op.schema.name])(a, b))


@lowering("tfl", "ADD_N")
def add_n(op: Any, lo: Lowering) -> Any:
    """A chain of add"""
    need_floats(op, lo)
    total, *others = lo.operands(len(op.operands))
    for other in others:
        total = lo.add(total, other)
    return total


@lowering("tfl", "MAXIMUM", "MINIMUM")
def extreme(op: Any, lo: Lowering) -> Any:
    """maximum, minimum; integers of one scale are in the order of their numbers"""
    same_scale(op, lo, 0, 1)
    a, b = lo.operands(2)
    return lo.maximum(a, b) if op.schema.name == "MAXIMUM" else lo.minimum(a, b)


@lowering("tfl", "POW")
def power(op: Any, lo: Lowering) -> Any:
    """pow"""
    need_floats(op, lo)
    return lo.pow(*lo.operands(2))


@lowering("tfl", "SQUARED_DIFFERENCE")
def squared_difference(op: Any, lo: Lowering) -> Any:
    """(a - b)^2"""
    need_floats(op, lo)
    difference = lo.sub(*lo.operands(2))
    return lo.mul(difference, difference)


@lowering("tfl", "FLOOR_DIV")
def floor_div(op: Any, lo: Lowering) -> Any:
    """floor(a / b); of integers the truncated quotient, one less where the remainder has another sign"""
    need_floats(op, lo)
    a, b = lo.operands(2)
    quotient = lo.div(a, b)
    if not isinstance(lo.element(a), IntegerType):
        return lo.floor(quotient)
    below = lo.compare(lo.mul(quotient, b), a, pred="ne")
    below = lo.logical(below, lo.compare(lo.bitwise(a, b, fn="xor"), lo.scalar(0, a), pred="lt"), fn="and")
    return lo.sub(quotient, lo.cast(below, lo.element(a)))


@lowering("tfl", "FLOOR_MOD")
def floor_mod(op: Any, lo: Lowering) -> Any:
    """mod, with the sign of the divisor"""
    need_floats(op, lo)
    return lo.mod(*lo.operands(2))


@lowering("tfl", "ATAN2")
def atan2(op: Any, lo: Lowering) -> Any:
    """atan2"""
    return lo.atan2(*lo.operands(2))


UNARY = {
    "ABS": "abs",
    "NEG": "neg",
    "EXP": "exp",
    "LOG": "log",
    "SQRT": "sqrt",
    "RSQRT": "rsqrt",
    "SIN": "sin",
    "COS": "cos",
    "FLOOR": "floor",
    "CEIL": "ceil",
    "ROUND": "round",
    "SIGN": "sign",
}


TABLES = {"EXP": np.exp, "LOG": np.log, "SQRT": np.sqrt}


@lowering("tfl", *UNARY)
def unary(op: Any, lo: Lowering) -> Any:
    """The op of that name; of integers of 8 bits a table"""
    if is_quantized(op, lo) and op.schema.name in TABLES:
        return integers.by_table(op, lo, TABLES[op.schema.name])
    need_floats(op, lo)
    return getattr(lo, UNARY[op.schema.name])(op.operands[0])


@lowering("tfl", "SQUARE")
def square(op: Any, lo: Lowering) -> Any:
    """x * x"""
    need_floats(op, lo)
    (x,) = lo.operands(1)
    return lo.mul(x, x)


COMPARISONS = {"EQUAL": "eq", "NOT_EQUAL": "ne", "LESS": "lt", "LESS_EQUAL": "le", "GREATER": "gt", "GREATER_EQUAL": "ge"}


@lowering("tfl", *COMPARISONS)
def compare(op: Any, lo: Lowering) -> Any:
    """compare"""
    need_floats(op, lo)
    return lo.compare(*lo.operands(2), pred=COMPARISONS[op.schema.name])


@lowering("tfl", "LOGICAL_AND", "LOGICAL_OR")
def logical(op: Any, lo: Lowering) -> Any:
    """logical"""
    return lo.logical(*lo.operands(2), fn=op.schema.name.removeprefix("LOGICAL_").lower())


@lowering("tfl", "LOGICAL_NOT")
def logical_not(op: Any, lo: Lowering) -> Any:
    """logical_not"""
    return lo.logical_not(op.operands[0])


@lowering("tfl", "BITWISE_XOR")
def bitwise_xor(op: Any, lo: Lowering) -> Any:
    """bitwise, of booleans logical"""
    a, b = lo.operands(2)
    return lo.logical(a, b, fn="xor") if lo.dtype(a) == np.bool_ else lo.bitwise(a, b, fn="xor")


@lowering("tfl", "RIGHT_SHIFT")
def right_shift(op: Any, lo: Lowering) -> Any:
    """shift; shifts are cut to [0, width - 1]"""
    a, b = lo.operands(2)
    return lo.shift(a, lo.clamp(b, low=0.0, high=float(8 * lo.dtype(a).itemsize - 1)), direction="right")


@lowering("tfl", "SELECT")
def select(op: Any, lo: Lowering) -> Any:
    """select; a condition of one dimension chooses whole slices"""
    condition, a, b = lo.operands(3)
    if lo.rank(condition) == 1 and lo.rank(a) > 1:
        condition = lo.unsqueeze(condition, range(1, lo.rank(a)))
    return lo.select(condition, a, b)


@lowering("tfl", "SELECT_V2")
def select_v2(op: Any, lo: Lowering) -> Any:
    """select, broadcasting"""
    return lo.select(*lo.operands(3))
