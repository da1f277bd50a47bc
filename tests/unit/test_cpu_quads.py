"""Products of bytes: cpu.gemm and cpu.conv2d on ui8 with weights in quads, exactly."""

from typing import Any

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Region

from inferir.backends.cpu.build import build_program
from inferir.backends.cpu.machines import find_machine
from inferir.backends.runtime.model import Model
from inferir.core import PassManager, execute, make_context, parse
from inferir.dialects import cpu
from inferir.dialects.cpu.quads import from_quads, to_quads
from inferir.passes.cpu import pipeline
from tests.unit.cpu_ops import both

rng = np.random.default_rng(5)


def full(dtype: Any, *shape: int) -> np.ndarray:
    """The whole range, its ends often."""
    info = np.iinfo(dtype)
    x = rng.integers(info.min, info.max, shape, endpoint=True).astype(dtype)
    return np.where(rng.random(shape) < 0.2, rng.choice([info.min, info.max], shape), x).astype(dtype)


def test_quads_hold_all_rows():
    w = full(np.int8, 2, 7, 16)
    np.testing.assert_array_equal(from_quads(to_quads(w), 7), w)


@pytest.mark.parametrize("machine", ["host", "x86-64-v3"])
@pytest.mark.parametrize(("m", "k", "n"), [(1, 1, 1), (7, 4, 10), (13, 33, 70), (49, 64, 64), (5, 130, 200)])
def test_gemm(m: int, k: int, n: int, machine: str):
    """With the dot product instruction, and without."""
    w = to_quads(cpu.pack_gemm(full(np.int8, k, n), 32))
    make = lambda x, q: cpu.GemmOp.make(x, q, [], columns=n, regions=[Region()])
    for got, want in both([full(np.uint8, m, k), w], make, machine=find_machine(machine)):
        assert want.dtype == np.int32
        np.testing.assert_array_equal(got, want)


WINDOWS = [
    {"c": 1, "o": 6, "k": (5, 5), "pads": (2, 2, 2, 2)},
    {"c": 3, "o": 16, "k": (7, 7), "strides": (2, 2), "pads": (3, 3, 3, 3)},
    {"c": 8, "o": 70, "k": (3, 3), "pads": (1, 1, 1, 1)},
    {"c": 10, "o": 17, "k": (1, 1)},
    {"c": 6, "o": 16, "k": (3, 3), "dilations": (2, 2)},
    {"c": 6, "o": 8, "k": (3, 3), "groups": 2, "pads": (1, 1, 1, 1)},
    {"c": 24, "o": 12, "k": (1, 1), "groups": 3},
]


@pytest.mark.parametrize("window", WINDOWS)
def test_conv(window: dict[str, Any]):
    c, o, k = window["c"], window["o"], window["k"]
    given = {n: window[n] for n in ("strides", "pads", "dilations", "groups") if n in window}
    groups = window.get("groups", 1)
    w = to_quads(cpu.pack_conv2d(full(np.int8, o, c // groups, *k), 32, groups))
    make = lambda x, q: cpu.Conv2dOp.make(x, q, [], channels=o, regions=[Region()], **given)
    for got, want in both([full(np.uint8, 2, 12, 13, c), w], make):
        assert want.dtype == np.int32
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("channels", [1, 16, 37])
@pytest.mark.parametrize("pads", [(0, 0, 0, 0), (1, 1, 1, 1)])
@pytest.mark.parametrize("strides", [(1, 1), (2, 2)])
def test_depthwise(channels: int, pads: tuple[int, ...], strides: tuple[int, int]):
    """The sums of whole numbers in floats are exact."""
    w = cpu.pack_dwconv2d(full(np.int8, channels, 1, 3, 3)).astype(np.float32)
    make = lambda x, f: cpu.Dwconv2dOp.make(x, f, [], regions=[Region()], pads=pads, strides=strides)
    for got, want in both([full(np.uint8, 2, 9, 11, channels), w], make):
        assert want.dtype == np.int32
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("channels", [1, 16, 37])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_max_pool(channels: int, ceil_mode: bool):
    """Of bytes, as bytes."""
    window: dict[str, Any] = {"kernel": (3, 3), "strides": (2, 2), "pads": (1, 1, 1, 1), "ceil_mode": ceil_mode}
    make = lambda x: cpu.Pool2dOp.make(x, [], regions=[Region()], **window)
    for got, want in both([full(np.uint8, 2, 10, 11, channels)], make):
        assert want.dtype == np.uint8
        np.testing.assert_array_equal(got, want)


def quantised_net(signed: bool, per_channel: bool) -> tuple[ModuleOp, list[np.ndarray]]:
    """Convolution, relu, pool, matrix product: floats between integers, as a quantiser writes them."""
    dtype = "i8" if signed else "ui8"
    zero = "dense<-3>" if signed else "dense<7>"
    filters = rng.integers(-127, 128, (6, 3, 3, 3)).astype(np.int8)
    weights = rng.integers(-127, 128, (6 * 4 * 4, 10)).astype(np.int8)
    scales, sizes = ("dense<[0.01, 0.02, 0.03, 0.01, 0.02, 0.03]>", "6x") if per_channel else ("dense<0.01>", "")
    text = f"""func.func @main(%x: tensor<2x3x8x8xf32>) -> tensor<2x10x{dtype}> {{
  %s = inference.constant dense<0.05> : tensor<f32>
  %z = inference.constant {zero} : tensor<{dtype}>
  %w = inference.constant dense<{filters.tolist()}> : tensor<6x3x3x3xi8>
  %ws = inference.constant {scales} : tensor<{sizes}f32>
  %m = inference.constant dense<{weights.tolist()}> : tensor<96x10xi8>
  %b = inference.constant dense<[0.5, -0.5, 0.1, 0.0, 1.0, 2.0]> : tensor<6xf32>
  %q = inference.quantize %x, %s zero_point %z to {dtype} : (tensor<2x3x8x8xf32>, tensor<f32>, tensor<{dtype}>) -> tensor<2x3x8x8x{dtype}>
  %d = inference.dequantize %q, %s zero_point %z : (tensor<2x3x8x8x{dtype}>, tensor<f32>, tensor<{dtype}>) -> tensor<2x3x8x8xf32>
  %f = inference.dequantize %w, %ws axis 0 : (tensor<6x3x3x3xi8>, tensor<{sizes}f32>) -> tensor<6x3x3x3xf32>
  %c = inference.conv %d, %f bias %b pads [1, 1, 1, 1] : (tensor<2x3x8x8xf32>, tensor<6x3x3x3xf32>, tensor<6xf32>) -> tensor<2x6x8x8xf32>
  %r = inference.relu %c : tensor<2x6x8x8xf32>
  %p = inference.max_pool %r kernel [2, 2] strides [2, 2] : (tensor<2x6x8x8xf32>) -> tensor<2x6x4x4xf32>
  %rq = inference.quantize %p, %s zero_point %z to {dtype} : (tensor<2x6x4x4xf32>, tensor<f32>, tensor<{dtype}>) -> tensor<2x6x4x4x{dtype}>
  %rd = inference.dequantize %rq, %s zero_point %z : (tensor<2x6x4x4x{dtype}>, tensor<f32>, tensor<{dtype}>) -> tensor<2x6x4x4xf32>
  %flat = inference.reshape %rd shape [2, 96] : (tensor<2x6x4x4xf32>) -> tensor<2x96xf32>
  %md = inference.dequantize %m, %s : (tensor<96x10xi8>, tensor<f32>) -> tensor<96x10xf32>
  %y = inference.matmul %flat, %md : (tensor<2x96xf32>, tensor<96x10xf32>) -> tensor<2x10xf32>
  %yq = inference.quantize %y, %s zero_point %z to {dtype} : (tensor<2x10xf32>, tensor<f32>, tensor<{dtype}>) -> tensor<2x10x{dtype}>
  return %yq : tensor<2x10x{dtype}>
}}"""
    return parse(text, "net.mlir", make_context()), [rng.normal(0, 2, (2, 3, 8, 8)).astype(np.float32)]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("level", ["BASIC", "EXTENDED", "LAYOUT"])
def test_a_quantised_net_runs_on_bytes(signed: bool, per_channel: bool, level: str):
    """Every product is of bytes; the results are those of the integer arithmetic to the last bit, and a unit from the floats' at most."""
    module, inputs = quantised_net(signed, per_channel)
    ctx = make_context()
    (floats,) = execute(module, inputs, ctx)
    integers = module.clone()
    PassManager("builtin.module(func.func(move-quantization,compute-in-integers))", ctx).run(integers)
    (want,) = execute(integers, inputs, ctx)
    assert np.max(np.abs(floats.astype(np.int32) - want.astype(np.int32))) <= 1
    assert np.mean(floats != want) <= 0.1
    PassManager(f"builtin.module({getattr(pipeline, level)})", ctx).run(module)
    program = build_program(module, ctx)
    kernels = [launch.rpartition("(")[2] for launch in program.launches]
    assert any(k.startswith("conv2d_int8") for k in kernels) and any(k.startswith("gemm_int8") for k in kernels)
    assert not any(k.startswith(("conv2d_", "gemm_")) and "int8" not in k for k in kernels)
    with Model(program, num_threads=1) as model:
        got = model(*inputs)
    np.testing.assert_array_equal(got, want)
