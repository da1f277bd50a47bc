"""Elementary functions as vectors, against float64: a few units in the last place, and C's special values."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from inferir.backends.cpu.emit.region import STEPS
from inferir.dialects.cpu.scalar import MEANING
from tests.unit.cpu_kernels import level3, native

SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 1e-40, 88.0, -103.0, 89.0, 3.0e38, -3.0e38], np.float32)
FUNCTIONS: dict[str, tuple[Callable[..., Any], float, float, float]] = {
    "math.exp": (np.exp, -87.0, 88.0, 3),
    "math.log": (np.log, 1e-30, 1e30, 3),
    "math.tanh": (np.tanh, -10.0, 10.0, 8),
    "math.erf": (np.vectorize(math.erf), -4.0, 4.0, 4),
    "math.sqrt": (np.sqrt, 0.0, 1e10, 1),
    "math.rsqrt": (lambda x: 1 / np.sqrt(x), 1e-10, 1e10, 2),
    "math.absf": (np.abs, -1e3, 1e3, 0),
    "math.floor": (np.floor, -1e3, 1e3, 0),
    "math.ceil": (np.ceil, -1e3, 1e3, 0),
    "math.roundeven": (np.rint, -1e3, 1e3, 0),
    "math.sin": (np.sin, -100.0, 100.0, 3),
    "math.cos": (np.cos, -100.0, 100.0, 3),
}


def apply(name: str, x: np.ndarray) -> np.ndarray:
    region = f"""{{
  ^bb0(%v: f32):
    %0 = {name} %v : f32
    cpu.yield %0 : f32
  }}"""
    return native(level3("cpu.map", "", region, [x], x.shape, 0, False), [x], 1, 0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_good_to_a_few_units_in_the_last_place(name: str):
    function, low, high, units = FUNCTIONS[name]
    if low > 0:
        x = np.exp(np.linspace(np.log(low), np.log(high), 4001)).astype(np.float32)
    else:
        x = np.linspace(low, high, 4001).astype(np.float32)
    with np.errstate(all="ignore"):
        expected = np.asarray(function(x.astype(np.float64)))
        special = function(SPECIAL.astype(np.float64)).astype(np.float32)
    # sin and cos lose relative accuracy next to their zeros: their unit is that of 1 there
    floor = 0.01 if name in ("math.sin", "math.cos") else 0.0
    unit = np.spacing(np.maximum(np.abs(expected), floor).astype(np.float32)).astype(np.float64)
    assert np.max(np.abs(apply(name, x) - expected) / unit) <= units + 0.5
    if name not in ("math.sin", "math.cos"):
        got = apply(name, SPECIAL)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(special))
        finite = np.isfinite(special)
        np.testing.assert_allclose(got[finite], special[finite], rtol=1e-6, atol=1e-42)
        np.testing.assert_array_equal(got[np.isinf(special)], special[np.isinf(special)])


def test_every_scalar_op_has_a_meaning_and_code():
    assert set(STEPS) == set(MEANING)


@pytest.mark.parametrize("exponent", [2.0, 3.0, 0.5, -0.5, 0.75, -0.75, -1.0, 1.7])
def test_a_constant_power(exponent: float):
    x = np.linspace(0.1, 5.0, 100).astype(np.float32)
    region = f"""{{
  ^bb0(%v: f32):
    %e = arith.constant {exponent} : f32
    %0 = math.powf %v, %e : f32
    cpu.yield %0 : f32
  }}"""
    got = native(level3("cpu.map", "", region, [x], x.shape, 0, False), [x], 1, 0)
    np.testing.assert_allclose(got, x.astype(np.float64) ** exponent, rtol=2e-6)


def test_a_power_of_two_vectors():
    """Negative bases with whole and broken exponents, zero exponents."""
    x = np.array([-2.0, -2.0, -2.0, 3.0, 0.0, 5.0, -3.0], np.float32)
    y = np.array([3.0, 2.0, 0.5, -1.5, 0.0, 0.0, -1.0], np.float32)
    region = """{
  ^bb0(%v: f32, %w: f32):
    %0 = math.powf %v, %w : f32
    cpu.yield %0 : f32
  }"""
    got = native(level3("cpu.map", "", region, [x, y], x.shape, 0, False), [x, y], 1, 0)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(got, np.power(x, y), rtol=1e-5)


def test_comparison_and_choice():
    """leaky relu, and relu of NaN is NaN."""
    x = np.array([-2.0, 3.0, np.nan, 0.0, np.inf, -np.inf], np.float32)
    region = """{
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %slope = arith.constant 0.5 : f32
    %positive = arith.cmpf ogt, %v, %zero : f32
    %small = arith.mulf %v, %slope : f32
    %0 = arith.select %positive, %v, %small : f32
    cpu.yield %0 : f32
  }"""
    got = native(level3("cpu.map", "", region, [x], x.shape, 0, False), [x], 1, 0)
    np.testing.assert_array_equal(got, np.where(x > 0, x, x * np.float32(0.5)))
    relu = region.replace("arith.select %positive, %v, %small", "arith.maximumf %v, %zero")
    got = native(level3("cpu.map", "", relu, [x], x.shape, 0, False), [x], 1, 0)
    np.testing.assert_array_equal(got, np.maximum(x, 0))
