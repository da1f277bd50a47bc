"""Small floats, integers of 2 and 4 bits, and quantised numbers: native against reference."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from inferir.core.types import element_type
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.narrow import FORMATS
from tests.unit.cpu_ops import both

FLOATS = [*FORMATS, "float8_e8m0fnu"]
INTEGERS = ["int4", "uint4", "int2", "uint2"]


def cast(to: Any, **properties: Any) -> Any:
    return lambda x: inf.CastOp.make(x, to=element_type(to), **properties)


def same(got: np.ndarray, want: np.ndarray) -> None:
    wide = want.astype(np.float32)
    np.testing.assert_array_equal(got.view(want.dtype).astype(np.float32), wide)
    signed = ~np.isnan(wide)
    np.testing.assert_array_equal(np.signbit(got.view(want.dtype).astype(np.float32))[signed], np.signbit(wide)[signed])


@pytest.mark.parametrize("name", [*FLOATS, *INTEGERS])
def test_every_bit_pattern_is_read(name: str):
    dtype = np.dtype(getattr(ml_dtypes, name))
    count = {"float4_e2m1fn": 16, "int4": 16, "uint4": 16, "int2": 4, "uint2": 4}.get(name, 256)
    x = np.arange(count, dtype=np.uint8).view(dtype)
    for to in (np.float32, np.float16, np.int8) if name in INTEGERS else (np.float32, np.float64):
        for got, want in both([x], cast(to)):
            same(got, want)


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("saturate", [False, True])
def test_small_floats_round_to_the_nearest(name: str, saturate: bool):
    """Every number of the type, everything half way between two, and neighbours of those."""
    dtype = np.dtype(getattr(ml_dtypes, name))
    exact = np.arange(128 if dtype.itemsize and "8" in name else 8, dtype=np.uint8).view(dtype).astype(np.float32)
    exact = np.sort(exact[np.isfinite(exact)])
    middle = (exact[1:] + exact[:-1]) / 2
    above, below = np.nextafter(middle, np.float32(np.inf)), np.nextafter(middle, np.float32(0))
    corners = [np.inf, np.nan, 1e9]
    x = np.concatenate([exact, middle, above, below, [1e-30], corners]).astype(np.float32)
    for values in (x, -x):
        for got, want in both([values], cast(dtype, saturate=saturate)):
            same(got, want)


@pytest.mark.parametrize("mode", ["up", "down", "nearest"])
def test_powers_of_two(mode: str):
    x = np.array([0.0, 1e-45, 1e-39, 5.9e-39, 1.0, 1.25, 1.5, 1.75, 2.0, 3e38, np.inf, np.nan, 0.3], np.float32)
    for got, want in both([x], cast(ml_dtypes.float8_e8m0fnu, round_mode=mode)):
        same(got, want)


@pytest.mark.parametrize("name", INTEGERS)
def test_small_integers(name: str):
    info = ml_dtypes.iinfo(getattr(ml_dtypes, name))
    for source in (np.float32, np.int32, np.int8, np.float16):
        x = np.arange(info.min, info.max + 1).astype(source)
        for got, want in both([x], cast(getattr(ml_dtypes, name))):
            same(got, want)


def quantized(to: Any, axis: int = 1, block: int = 0, **properties: Any) -> Any:
    return lambda x, s, z: inf.QuantizeOp.make(x, s, z, to=element_type(to), axis=axis, block=block, **properties)


@pytest.mark.parametrize("to", [np.int8, np.uint8, np.int16, np.uint16, np.int32, ml_dtypes.int4, ml_dtypes.uint4, ml_dtypes.int2])
def test_quantize(to: Any):
    """Halves go to the even number, what is too large is cut, NaN counts as 0."""
    x = np.array([[0.5, 1.5, 2.5, -0.5, -1.5, 300.0, -300.0, 1e9, -1e9, np.nan, np.inf, -np.inf, 0.25, 0.75]], np.float32).repeat(3, 0)
    for shape in ((), (1,), (3,)):
        scale, zero = np.full(shape, 0.5, np.float32), np.full(shape, 1, to)
        for got, want in both([x, scale, zero], quantized(to, axis=0)):
            same(got, want)


@pytest.mark.parametrize("of", [np.int8, np.uint8, np.int16, np.int32, ml_dtypes.int4, ml_dtypes.uint4, ml_dtypes.float8_e4m3fn])
def test_dequantize(of: Any):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 8, (4, 6, 5)).astype(of)
    for axis, shape in ((0, ()), (1, (6,)), (2, (5,))):
        scale, zero = rng.random(shape).astype(np.float32) + np.float32(0.1), np.asarray(rng.integers(0, 5, shape)).astype(of)
        for got, want in both([x, scale, zero], lambda v, s, z, axis=axis: inf.DequantizeOp.make(v, s, z, axis=axis)):
            np.testing.assert_array_equal(got, want)
    scale, zero = rng.random((4, 2, 5)).astype(np.float32), rng.integers(0, 5, (4, 2, 5)).astype(of)
    for got, want in both([x, scale, zero], lambda v, s, z: inf.DequantizeOp.make(v, s, z, axis=1, block=3)):
        np.testing.assert_array_equal(got, want)
