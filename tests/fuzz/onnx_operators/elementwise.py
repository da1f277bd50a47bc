"""Operators that work element by element."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx_builder import ANY, FLOATS, INTEGERS, NUMBERS, SIGNED, Builder, operator

SINGLE = (np.float32,)
RANGES: dict[str, tuple[float, float]] = {
    "Acos": (-1, 1),
    "Asin": (-1, 1),
    "Atanh": (-0.9, 0.9),
    "Acosh": (1, 5),
    "Log": (0.1, 5),
    "Sqrt": (0, 5),
    "Reciprocal": (0.2, 4),
    "Tan": (-1.2, 1.2),
}


@operator("Acos", "Asin", "Atan", "Cos", "Sin", "Tan", "Exp", "Log", "Sqrt", "Reciprocal", "Sigmoid", "Tanh", "Softplus", "Softsign")
@operator("Acosh", "Asinh", "Atanh", "Cosh", "Sinh", "Erf", since=9)
@operator("Floor", "Ceil")
@operator("Round", since=11)
@operator("Mish", since=18)
@operator("HardSwish", since=14)
def of_floats(b: Builder, op: str) -> None:
    """A float tensor in its domain"""
    low, high = RANGES.get(op, (-3, 3))
    b.node(op, [b.pick(FLOATS, low=low, high=high)])


@operator("Abs", "Neg", "Identity", "Relu")
@operator("Sign", since=9)
def of_numbers(b: Builder, op: str) -> None:
    """Any numbers"""
    b.node(op, [b.pick((*FLOATS, *SIGNED))])


@operator("IsNaN", since=9)
@operator("IsInf", since=10)
def classified(b: Builder, op: str) -> None:
    """Numbers, infinities, NaN"""
    x = b.random(b.rng.choice(FLOATS[:4]), b.shape())
    special = np.array([np.nan, np.inf, -np.inf], x.dtype)
    x = np.where(b.arrays.random(x.shape) < 0.5, special[b.arrays.integers(0, 3, x.shape)], x).astype(x.dtype)
    signs: dict[str, Any] = {} if op == "IsNaN" else {"detect_negative": b.rng.randint(0, 1), "detect_positive": b.rng.randint(0, 1)}
    b.node(op, [b.new(x)], **signs)


@operator("Not")
def negated(b: Builder, op: str) -> None:
    """Booleans"""
    b.node(op, [b.pick((np.bool_,))])


ALPHAS = {
    "Elu": ("alpha",),
    "LeakyRelu": ("alpha",),
    "Selu": ("alpha", "gamma"),
    "HardSigmoid": ("alpha", "beta"),
    "ThresholdedRelu": ("alpha",),
    "Celu": ("alpha",),
    "Shrink": ("lambd", "bias"),
    "Swish": ("alpha",),
}


@operator("Elu", "LeakyRelu", "Selu", "HardSigmoid")
@operator("ThresholdedRelu", since=10)
@operator("Celu", since=12)
@operator("Shrink", since=9)
@operator("Swish", since=24)
def with_parameters(b: Builder, op: str) -> None:
    """Activations with numbers"""
    given: dict[str, Any] = {n: round(b.rng.uniform(0.1, 1.5), 2) for n in ALPHAS[op] if b.rng.random() < 0.7}
    b.node(op, [b.pick(FLOATS)], **given)


@operator("Gelu", since=20)
def gelu(b: Builder, op: str) -> None:
    """Exact or by tanh"""
    b.node(op, [b.pick(FLOATS)], approximate=b.rng.choice(["none", "tanh", None]))


@operator("PRelu", since=9)
def prelu(b: Builder, op: str) -> None:
    """A slope that broadcasts to x"""
    x = b.pick(SINGLE, least=1)
    shape = [d if b.rng.random() < 0.6 else 1 for d in x.shape][b.rng.randint(0, x.rank - 1) :]
    b.node(op, [x, b.fresh(x.dtype, shape)])


@operator("Add", "Sub", "Mul")
def arithmetic(b: Builder, op: str) -> None:
    """Numbers that broadcast"""
    x = b.pick((*FLOATS, np.int64, np.int32), least=0)
    pair = [x, b.broadcasting(x)]
    b.rng.shuffle(pair)
    b.node(op, pair)


@operator("Div")
def division(b: Builder, op: str) -> None:
    """By no zero"""
    x = b.pick((*FLOATS, np.int64, np.int32))
    b.node(op, [x, b.broadcasting(x, 1, 4)])


@operator("Mod", since=10)
def remainder(b: Builder, op: str) -> None:
    """With the sign of either side"""
    x = b.pick((*FLOATS, *INTEGERS))
    b.node(op, [x, b.broadcasting(x, 1, 4)], fmod=1 if x.dtype.kind == "f" else b.rng.choice([0, 1]))


@operator("Pow", since=9)
def power(b: Builder, op: str) -> None:
    """A positive base; types may differ from version 12 on"""
    x = b.pick(FLOATS[:4] if b.opset < 12 else (*FLOATS[:4], np.int32, np.int64), low=0.3, high=3)
    y = b.broadcasting(x, 0, 3)
    if b.opset >= 12 and b.rng.random() < 0.4:
        y = b.fresh(b.rng.choice([np.int32, np.int64, np.float32]), y.shape, 0, 3)
    b.node(op, [x, y])


@operator("Max", "Min", "Sum", "Mean", since=8)
def variadic(b: Builder, op: str) -> None:
    """One to three operands"""
    kinds = (np.float32, np.float64, np.int64, np.int32) if op in ("Max", "Min") and b.opset >= 12 else SINGLE
    x = b.pick(kinds)
    b.node(op, [x, *(b.broadcasting(x) for _ in range(b.rng.randint(0, 2)))])


@operator("Equal", "Less", "Greater", since=9)
@operator("LessOrEqual", "GreaterOrEqual", since=12)
def comparison(b: Builder, op: str) -> None:
    """Numbers that are often equal"""
    x = b.pick((np.float32, np.float64, np.int64, np.int32))
    y = b.broadcasting(x)
    if b.rng.random() < 0.3:
        y = b.new(x.array)
    b.node(op, [x, y])


@operator("And", "Or", "Xor", since=7)
def logic(b: Builder, op: str) -> None:
    """Booleans that broadcast"""
    x = b.pick((np.bool_,))
    b.node(op, [x, b.broadcasting(x)])


@operator("BitwiseAnd", "BitwiseOr", "BitwiseXor", since=18)
def bits(b: Builder, op: str) -> None:
    """Integers that broadcast"""
    x = b.pick(INTEGERS)
    b.node(op, [x, b.broadcasting(x)])


@operator("BitwiseNot", since=18)
def bits_turned(b: Builder, op: str) -> None:
    """Integers"""
    b.node(op, [b.pick(INTEGERS)])


@operator("BitShift", since=11)
def shift(b: Builder, op: str) -> None:
    """Unsigned integers by a few bits"""
    x = b.fresh(b.rng.choice([np.uint8, np.uint32, np.uint64]), b.shape(), 0, 100)
    b.node(op, [x, b.broadcasting(x, 0, 5)], direction=b.rng.choice(["LEFT", "RIGHT"]))


@operator("Where", since=9)
def where(b: Builder, op: str) -> None:
    """A choice, all three broadcasting"""
    x = b.pick((np.float32, np.float64, np.int64, np.uint8))
    y = b.broadcasting(x)
    shape = np.broadcast_shapes(x.shape, y.shape)
    b.node(op, [b.fresh(np.bool_, [1 if b.rng.random() < 0.3 else d for d in shape]), x, y])


@operator("Clip")
def clip(b: Builder, op: str) -> None:
    """Bounds are attributes before version 11"""
    x = b.pick((np.float32, np.float64) if b.opset < 12 else (np.float32, np.float64, np.int64, np.int8))
    low, high = b.rng.randint(-2, 0), b.rng.randint(0, 2)
    if b.opset < 11:
        b.node(op, [x], min=float(low), max=float(high))
        return
    bounds = [b.new(np.array(v, x.dtype)) if b.rng.random() < 0.7 else None for v in (low, high)]
    b.node(op, [x, *bounds])


@operator("Cast", since=9)
def cast(b: Builder, op: str) -> None:
    """Between numbers and booleans"""
    x = b.pick(ANY, low=-100, high=100) if b.rng.random() < 0.5 else b.pick(ANY)
    to = b.rng.choice([1, 6, 7, 9, 10, 11] if x.dtype.kind == "f" else [1, 2, 3, 6, 7, 9, 10, 11])
    b.node(op, [x], to=to)


@operator("CastLike", since=15)
def cast_like(b: Builder, op: str) -> None:
    """To the type of another"""
    b.node(op, [b.pick(NUMBERS), b.pick((np.float32, np.float64, np.int32, np.int64))])


@operator("Dropout", since=9)
def dropout(b: Builder, op: str) -> None:
    """As inference has it: nothing; sometimes with the mask"""
    b.node(op, [b.pick(FLOATS)], b.rng.choice([1, 1, 2]))
