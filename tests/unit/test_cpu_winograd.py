"""Winograd's convolution: its matrices, its packed filters, and native code against the direct convolution in numpy."""

import numpy as np
import pytest

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core import PassManager, execute, make_context, parse
from inferir.dialects.cpu import execute_on_buffers
from inferir.dialects.cpu.winograd import matrices

rng = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("tile", [2, 4])
def test_the_matrices_say_a_sliding_window(tile: int):
    a, b, g = matrices(tile)
    d, filter = rng.standard_normal(tile + 2), rng.standard_normal(3)
    np.testing.assert_allclose(a.T @ ((g @ filter) * (b.T @ d)), np.correlate(d, filter, "valid"), rtol=1e-12)


SHAPES = {
    "one image, whole tiles": (1, 8, 8, 32, 32, (1, 1, 1, 1), None),
    "an edge in every direction": (2, 7, 9, 32, 48, (1, 1, 1, 1), None),
    "padding on some sides": (3, 13, 11, 16, 32, (0, 1, 2, 0), (2, 2)),
    "blocks that do not divide the image": (1, 20, 21, 48, 96, (1, 1, 1, 1), (3, 2)),
    "more blocks than tasks": (2, 40, 40, 16, 16, (1, 1, 1, 1), (1, 4)),
    "a thicker border": (1, 6, 6, 16, 16, (2, 2, 2, 2), None),
}


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
@pytest.mark.parametrize("tile", [2, 4])
@pytest.mark.parametrize("name", SHAPES)
def test_native_code_and_reference_are_the_direct_convolution(name: str, tile: int, dynamic: bool):
    images, height, width, inner, outer, pads, block = SHAPES[name]
    out = (height + pads[0] + pads[2] - 2, width + pads[1] + pads[3] - 2)
    batch, dim = ("?", '"n"') if dynamic else (images, images)
    xs, ys = f"tensor<{batch}x{height}x{width}x{inner}xf32>", f"tensor<{batch}x{out[0]}x{out[1]}x{outer}xf32>"
    packed = f"tensor<{(tile + 2) ** 2}x{-(-outer // 32)}x{inner}x32xf32>"
    properties = f"channels {outer} tile {tile} pads {list(pads)}" + (f" block {list(block)}" if block else "")
    text = f"""
      func.func @main(%x: {xs} {{inference.name = "x", inference.dims = [{dim}, {height}, {width}, {inner}]}},
                      %r: {ys} {{inference.name = "r", inference.dims = [{dim}, {out[0]}, {out[1]}, {outer}]}}) -> {ys} {{
        %w = inference.constant #inference.weight<"w"> : tensor<{outer}x{inner}x3x3xf32>
        %b = inference.constant #inference.weight<"b"> : tensor<{outer}xf32>
        %p = cpu.pack_winograd %w tile {tile} panel 32 : (tensor<{outer}x{inner}x3x3xf32>) -> {packed}
        %y = cpu.winograd_conv2d %x, %p, %b, %r {properties} {{
        ^bb0(%acc: f32, %bias: f32, %residual: f32):
          %0 = arith.addf %acc, %bias : f32
          %1 = arith.addf %0, %residual : f32
          cpu.yield %1 : f32
        }} : ({xs}, {packed}, tensor<{outer}xf32>, {ys}) -> {ys}
        return %y : {ys}
      }}"""
    ctx = make_context()
    weights, bias = ctx.weights, normal(outer)
    w = normal(outer, inner, 3, 3)
    weights.add("w", w)
    weights.add("b", bias)
    x, r = normal(images, height, width, inner), normal(images, *out, outer)
    expected = direct(x, w, pads) + bias + r
    allowed = 2e-6 * np.abs(expected).max()
    module = parse(text, "winograd.mlir", ctx)
    np.testing.assert_allclose(execute(module, [x, r], ctx)[0], expected, rtol=0, atol=allowed)
    PassManager("builtin.module(func.func(pack-weights),bufferize,plan-arena)", ctx).run(module)
    np.testing.assert_allclose(execute_on_buffers(module, {"x": x, "r": r}, ctx)[0], expected, rtol=0, atol=allowed)
    PassManager("builtin.module(convert-cpu-to-kernels)", ctx).run(module)
    for threads in (1, 2):
        with Model(build_program(module, ctx), num_threads=threads) as model:
            np.testing.assert_allclose(model(x, r), expected, rtol=0, atol=allowed)


def direct(x: np.ndarray, w: np.ndarray, pads: tuple[int, int, int, int]) -> np.ndarray:
    """The convolution in float64: [N, H, W, C] and [O, C, 3, 3] to [N, OH, OW, O]."""
    top, left, bottom, right = pads
    padded = np.pad(x.astype(np.float64), ((0, 0), (top, bottom), (left, right), (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    return np.einsum("nhwcrs,ocrs->nhwo", seen, w, optimize=True)
