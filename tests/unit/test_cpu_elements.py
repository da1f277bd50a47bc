"""Elementwise ops on every element type: native code against the reference semantics, corners included."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from inferir.core.types import element_type
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import FLOATS, SIGNED, UNSIGNED, agree, dtype_of, numbers

PREDICATES = ("eq", "ne", "lt", "le", "gt", "ge")


def binary(cls: Any, **properties: Any) -> Any:
    return lambda a, b, *rest: cls.make(a, b, **properties)


def unary(cls: Any, **properties: Any) -> Any:
    return lambda x, *rest: cls.make(x, **properties)


COMPARES = [binary(inf.CompareOp, pred=p) for p in PREDICATES]


@pytest.mark.parametrize("dtype", [*SIGNED, *UNSIGNED])
def test_integers(dtype: str):
    """Wrapping sums, quotients by 0 and of the least number by -1, shifts beyond the width."""
    arithmetic = [binary(c) for c in (inf.AddOp, inf.SubOp, inf.MulOp, inf.DivOp, inf.MaximumOp, inf.MinimumOp)]
    bits = [binary(inf.BitwiseOp, fn=fn) for fn in ("and", "or", "xor")]
    rests = [binary(inf.ModOp), binary(inf.ModOp, truncated=True)]
    ones = [unary(c) for c in (inf.AbsOp, inf.SignOp, inf.ReluOp, inf.BitwiseNotOp)]
    clamps = [unary(inf.ClampOp, low=-3.0, high=1000.0), unary(inf.ClampOp, low=2.0)]
    agree([numbers(dtype), numbers(dtype, 1)], *arithmetic, *bits, *rests, *ones, *clamps, *COMPARES)


@pytest.mark.parametrize("dtype", [*SIGNED, *UNSIGNED])
def test_shifts_and_powers(dtype: str):
    by = np.abs(numbers(dtype, 1, special=False)) % 12
    by[:3] = (0, 7, np.iinfo(dtype).bits - 1)
    shifts = [binary(inf.ShiftOp, direction=d) for d in ("left", "right")]
    agree([numbers(dtype), by.astype(dtype)], *shifts)
    small = numbers(dtype, 2, special=False) % 6
    agree([small.astype(dtype), (by % 3).astype(dtype)], binary(inf.PowOp))


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats(dtype: str):
    """NaN, infinities and both zeros included."""
    arithmetic = [binary(c) for c in (inf.AddOp, inf.SubOp, inf.MulOp, inf.DivOp, inf.MaximumOp, inf.MinimumOp)]
    ones = [unary(c) for c in (inf.AbsOp, inf.NegOp, inf.SignOp, inf.FloorOp, inf.CeilOp, inf.RoundOp, inf.SqrtOp, inf.ReciprocalOp)]
    classes = [unary(inf.IsNanOp), unary(inf.IsInfOp), unary(inf.IsInfOp, negative_only=True), unary(inf.IsInfOp, positive_only=True)]
    relus = [unary(inf.ReluOp), unary(inf.ClampOp, low=-1.0, high=2.0), unary(inf.LeakyReluOp, alpha=0.5)]
    agree([numbers(dtype), numbers(dtype, 1)], *arithmetic, *ones, *classes, *relus, *COMPARES)


@pytest.mark.parametrize("dtype", FLOATS)
def test_remainders_of_floats(dtype: str):
    a, b = numbers(dtype, special=False), numbers(dtype, 1, special=False)
    corners = [(5, 3), (-5, 3), (5, -3), (-5, np.inf), (np.inf, 3), (np.inf, -np.inf), (3, np.nan), (np.nan, 3), (3, 0), (-0.0, 2), (0, -2)]
    a[: len(corners)], b[: len(corners)] = zip(*corners, strict=True)
    agree([a, b], binary(inf.ModOp), binary(inf.ModOp, truncated=True), rtol=1e-2 if dtype in FLOATS[:2] else 1e-5)


FUNCTIONS = ("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "expm1", "log1p")


@pytest.mark.parametrize("dtype", FLOATS)
def test_elementary_functions(dtype: str):
    rtol = {"float16": 3e-3, "bfloat16": 2e-2, "float32": 1e-6, "float64": 1e-13}[dtype]
    plain = (inf.ExpOp, inf.LogOp, inf.SinOp, inf.CosOp, inf.TanhOp, inf.ErfOp, inf.SigmoidOp, inf.SoftplusOp, inf.MishOp, inf.RsqrtOp)
    x = np.linspace(-4, 4, 160).astype(dtype_of(dtype))
    unit = np.linspace(-1, 1, 160).astype(dtype_of(dtype))
    above = np.concatenate([np.linspace(1, 3, 80), np.geomspace(3, 1e4, 80)]).astype(dtype_of(dtype))
    with np.errstate(all="ignore"):
        agree([x], *(unary(c) for c in plain), rtol=rtol, names=[c.__name__ for c in plain])
        wide = ("tan", "atan", "sinh", "cosh", "asinh", "expm1")
        agree([x], *(unary(inf.UnaryMathOp, fn=fn) for fn in wide), rtol=3 * rtol, names=wide)
        near = ("asin", "acos", "atanh", "log1p", "expm1", "sinh", "asinh", "atan")
        agree([unit], *(unary(inf.UnaryMathOp, fn=fn) for fn in near), rtol=3 * rtol, names=near)
        agree([above], *(unary(inf.UnaryMathOp, fn=fn) for fn in ("acosh", "asinh", "atan", "log1p")), rtol=3 * rtol)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_elementary_functions_at_corners(dtype: str):
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 2.0, -2.0, 80.0, -80.0], dtype)
    names = tuple(n for n in FUNCTIONS if n != "tan")
    agree([x], *(unary(inf.UnaryMathOp, fn=fn) for fn in names), rtol=1e-6, names=names)


@pytest.mark.parametrize("target", ["bool", *SIGNED, *UNSIGNED, *FLOATS])
def test_casts(target: str):
    """Between all types; what the target cannot hold is left open by ONNX and not asked for, but between integers."""
    to = element_type(dtype_of(target))
    cast = unary(inf.CastOp, to=to)
    for source in ("bool", *SIGNED, *UNSIGNED):
        agree([numbers(source)], cast, rtol=1e-3 if target == "float16" else None)
    for source in FLOATS:
        x = numbers(source, special=target in ("bool", *FLOATS))
        if target in UNSIGNED:
            x = np.abs(x)
        agree([x], cast)


def test_double_to_half_rounds_once():
    half = np.float16(1.0) + np.array([2**-11, 2**-11 + 2**-40, 2**-11 - 2**-40, 3 * 2**-11, 3 * 2**-11 - 2**-40])
    (x,) = [np.concatenate([half, -half, [65519.99999, 65520.0, 1e-8, 2**-25, 2**-25 + 2**-60]])]
    with np.errstate(over="ignore"):
        agree([x], unary(inf.CastOp, to=element_type(np.float16)))


@pytest.mark.parametrize("dtype", ["bool", *SIGNED, *UNSIGNED, *FLOATS])
def test_select(dtype: str):
    condition, a, b = numbers("bool"), numbers(dtype), numbers(dtype, 1)
    agree([condition, a, b], lambda c, x, y: inf.SelectOp.make(c, x, y))
    agree([condition.reshape(37, 1), a, b[:1]], lambda c, x, y: inf.SelectOp.make(c, x, y))


def test_booleans():
    a, b = numbers("bool"), numbers("bool", 1)
    logic = [binary(inf.LogicalOp, fn=fn) for fn in ("and", "or", "xor")]
    agree([a, b], *logic, unary(inf.LogicalNotOp), *(binary(inf.CompareOp, pred=p) for p in ("eq", "ne")))


POWERS = [("float32", "int32"), ("float32", "int64"), ("float32", "uint64"), ("int32", "float32"), ("int64", "float32"), ("int64", "int64")]


@pytest.mark.parametrize(("base", "exponent"), POWERS)
def test_powers_of_several_types(base: str, exponent: str):
    a = np.array([1, 2, 3, 4, 5, 6, 10, 7, 2], base)
    b = np.array([4, 5, 6, 0, 1, 3, 9, 2, 30], exponent)
    agree([a, b], binary(inf.PowOp), rtol=1e-5)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1, 1), (2, 3, 5)])
def test_every_shape(shape: tuple[int, ...]):
    """Rank 0 and no elements at all included."""
    a, b = numbers("int16", 0, special=False, shape=shape), numbers("int16", 1, special=False, shape=shape)
    agree(
        [a, b], binary(inf.AddOp), binary(inf.CompareOp, pred="lt"), partial(lambda x, y: inf.CastOp.make(x, to=element_type(np.float64)))
    )
