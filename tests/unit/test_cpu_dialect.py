"""The reference semantics of level 3 and the packed layouts, against plain loops."""

import numpy as np
import pytest

from inferir.core.context import make_context
from inferir.core.executor import execute
from inferir.core.parser import parse
from inferir.dialects.cpu import pack_conv2d, pack_gemm, unpack_conv2d, unpack_gemm

rng = np.random.default_rng(0)


def run(text: str, *arrays: np.ndarray) -> np.ndarray:
    """Execute `func.func @main` of a module in text."""
    ctx = make_context()
    return execute(parse(text, "test.mlir", ctx), list(arrays), ctx)[0]


@pytest.mark.parametrize(("channels", "groups", "panel"), [(40, 1, 16), (40, 2, 32), (6, 3, 16)])
def test_packing_is_undone_by_unpacking(channels: int, groups: int, panel: int):
    w = rng.standard_normal((channels, 5, 3, 2)).astype(np.float32)
    packed = pack_conv2d(w, panel, groups)
    assert packed.shape[1:] == (3, 2, 5, panel)
    np.testing.assert_array_equal(unpack_conv2d(packed, channels, groups), w)
    m = rng.standard_normal((7, channels)).astype(np.float32)
    np.testing.assert_array_equal(unpack_gemm(pack_gemm(m, panel), channels), m)


def naive_conv(x: np.ndarray, w: np.ndarray, groups: int, stride: int, pad: int, dilation: int) -> np.ndarray:
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    out, inner, kh, kw = w.shape
    oh = (x.shape[1] - dilation * (kh - 1) - 1) // stride + 1
    ow = (x.shape[2] - dilation * (kw - 1) - 1) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, out), np.float32)
    for o in range(out):
        first = o // (out // groups) * inner
        for r in range(kh):
            for s in range(kw):
                part = x[:, r * dilation :, s * dilation :, first : first + inner][:, : oh * stride : stride, : ow * stride : stride]
                y[..., o] += part[:, :oh, :ow] @ w[o, :, r, s]
    return y


@pytest.mark.parametrize(("groups", "stride", "pad", "dilation"), [(1, 1, 1, 1), (2, 2, 1, 1), (1, 1, 2, 2), (4, 2, 0, 1)])
def test_conv2d_is_a_cross_correlation_with_bias_and_relu(groups: int, stride: int, pad: int, dilation: int):
    x = rng.standard_normal((2, 9, 9, 8)).astype(np.float32)
    w = rng.standard_normal((12, 8 // groups, 3, 3)).astype(np.float32)
    b = rng.standard_normal(12).astype(np.float32)
    packed = pack_conv2d(w, 16, groups)
    expected = np.maximum(naive_conv(x, w, groups, stride, pad, dilation) + b, 0)
    shape = "x".join(map(str, expected.shape))
    filters = "x".join(map(str, packed.shape))
    text = f"""
    func.func @main(%x: tensor<2x9x9x8xf32>, %w: tensor<{filters}xf32>, %b: tensor<12xf32>) -> tensor<{shape}xf32> {{
      %y = cpu.conv2d %x, %w, %b strides [{stride}, {stride}] pads [{pad}, {pad}, {pad}, {pad}] dilations [{dilation}, {dilation}]
           channels 12 groups {groups} {{
      ^bb0(%acc: f32, %bias: f32):
        %zero = arith.constant 0.0 : f32
        %0 = arith.addf %acc, %bias : f32
        %1 = arith.maximumf %0, %zero : f32
        cpu.yield %1 : f32
      }} : (tensor<2x9x9x8xf32>, tensor<{filters}xf32>, tensor<12xf32>) -> tensor<{shape}xf32>
      return %y : tensor<{shape}xf32>
    }}"""
    np.testing.assert_allclose(run(text, x, packed, b), expected, rtol=1e-4, atol=1e-4)


def test_average_pool_counts_only_what_it_covers():
    """A ceil_mode window that hangs over the end divides by the elements it has; count_include_pad adds the declared padding."""
    x = np.ones((1, 4, 4, 1), np.float32)
    for flags, corner in (("ceil_mode", 1.0), ("count_include_pad ceil_mode", 4 / 9)):
        text = f"""
        func.func @main(%x: tensor<1x4x4x1xf32>) -> tensor<1x3x3x1xf32> {{
          %y = cpu.pool2d %x strides [2, 2] pads [1, 1, 1, 1] kind average kernel [3, 3] {flags} {{}} : (tensor<1x4x4x1xf32>) -> tensor<1x3x3x1xf32>
          return %y : tensor<1x3x3x1xf32>
        }}"""
        y = run(text, x)
        assert y[0, 0, 0, 0] == pytest.approx(corner)
        assert y[0, 1, 1, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("x", "given", "shape", "expected"),
    [
        ("?x?x32", (6, 16, 32), '[-1, 6, "d1", 32]', (1, 6, 16, 32)),
        ("?x?x?x?", (2, 5, 12, 3), '["d0", 6, -1, "d1"]', (2, 6, 6, 5)),
        ("?x?x?", (2, 3, 4), '["d0*d1", "d2"]', (6, 4)),
        ("?x?", (0, 3), '["d0", 7, "d1"]', (0, 7, 3)),
        ("?x?", (4, 1), '[2, "d1", -1]', (2, 1, 2)),
    ],
)
def test_reshape_reads_the_dimensions_of_its_operand(x: str, given: tuple[int, ...], shape: str, expected: tuple[int, ...]):
    result = f"tensor<{'?x' * len(expected)}f32>"
    text = f"""func.func @main(%x: tensor<{x}xf32>) -> {result} {{
  %y = cpu.reshape %x shape {shape} : (tensor<{x}xf32>) -> {result}
  return %y : {result}
}}"""
    values = rng.standard_normal(given).astype(np.float32)
    np.testing.assert_array_equal(run(text, values), values.reshape(expected))
