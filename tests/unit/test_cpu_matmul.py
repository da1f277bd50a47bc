"""Matrix products and convolutions, native against reference: odd sizes, slices of channels, threads, dynamic batch."""

import numpy as np
import pytest

from inferir.dialects.cpu import pack_conv2d, pack_dwconv2d, pack_gemm
from tests.unit.cpu_kernels import BIAS_RELU, BIAS_RESIDUAL_RELU, check

rng = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize(
    ("m", "k", "n", "panel", "rows"),
    [(1, 1, 1, 16, 6), (7, 5, 10, 16, 6), (13, 33, 70, 64, 6), (49, 64, 64, 32, 12), (6, 84, 130, 64, 6), (2, 300, 100, 64, 2)],
)
def test_gemm(m: int, k: int, n: int, panel: int, rows: int):
    check("cpu.gemm", f"columns {n} rows {rows}", BIAS_RELU, normal(m, k), pack_gemm(normal(k, n), panel), normal(n), rank=2)


@pytest.mark.parametrize("m", [1, 3, 8, 100])
def test_gemm_with_a_dynamic_number_of_rows(m: int):
    check(
        "cpu.gemm",
        "columns 70",
        BIAS_RESIDUAL_RELU,
        normal(m, 20),
        pack_gemm(normal(20, 70), 64),
        normal(70),
        normal(m, 70),
        rank=2,
        dynamic=True,
    )


def test_gemm_in_tasks_on_two_threads():
    """Large enough for several blocks of rows and of panels."""
    w = pack_gemm(normal(1200, 500), 64)
    check("cpu.gemm", "columns 500", BIAS_RELU, normal(150, 1200), w, normal(500), rank=2, threads=2)
    check("cpu.gemm", "columns 500", "", normal(150, 1200), w, rank=2, threads=2, wide=6)


CONVOLUTIONS = {
    "pointwise": {"c": 20, "o": 40, "k": (1, 1)},
    "pointwise, strided": {"c": 20, "o": 40, "k": (1, 1), "stride": (2, 2)},
    "3x3": {"c": 8, "o": 24, "k": (3, 3), "pad": (1, 1, 1, 1)},
    "3x3, narrow panels": {"c": 8, "o": 70, "k": (3, 3), "pad": (1, 1, 1, 1), "panel": 64},
    "stem": {"c": 3, "o": 16, "k": (7, 7), "stride": (2, 2), "pad": (3, 3, 3, 3), "hw": (23, 22)},
    "wide, uneven pads": {"c": 5, "o": 17, "k": (1, 7), "pad": (0, 3, 0, 1), "hw": (6, 15)},
    "dilated": {"c": 4, "o": 16, "k": (3, 3), "pad": (2, 2, 2, 2), "dilation": (2, 2)},
    "11x11, stride 4": {"c": 3, "o": 20, "k": (11, 11), "stride": (4, 4), "hw": (31, 35)},
    "two groups": {"c": 10, "o": 36, "k": (3, 3), "pad": (1, 1, 1, 1), "groups": 2},
    "pointwise groups": {"c": 24, "o": 36, "k": (1, 1), "groups": 4},
    "one filter more than a channel": {"c": 6, "o": 12, "k": (3, 3), "pad": (1, 1, 1, 1), "groups": 6},
    "pointwise, padded": {"c": 20, "o": 16, "k": (1, 1), "pad": (1, 2, 2, 1)},
    "one line of taps, padded above": {"c": 6, "o": 16, "k": (1, 3), "pad": (2, 0, 1, 1), "stride": (2, 1)},
    "negative pads": {"c": 8, "o": 20, "k": (2, 3), "pad": (-2, -1, -1, 2)},
    "no tap within x": {"c": 4, "o": 16, "k": (1, 2), "pad": (9, 1, -9, 0)},
    "smaller than its window": {"c": 4, "o": 16, "k": (5, 5), "pad": (2, 2, 2, 2), "hw": (2, 3)},
}


def conv(c: int, o: int, k: tuple, stride=(1, 1), pad=(0, 0, 0, 0), dilation=(1, 1), groups=1, hw=(9, 13), panel=32, n=2, residual=False):
    """(properties, arrays) of a convolution with random operands."""
    x, w = normal(n, *hw, c), normal(o, c // groups, *k)
    properties = f"strides {list(stride)} pads {list(pad)} dilations {list(dilation)} channels {o} groups {groups}"
    arrays = [x, pack_conv2d(w, panel, groups), normal(o)]
    return properties, arrays


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_conv2d(name: str):
    properties, arrays = conv(**CONVOLUTIONS[name])
    check("cpu.conv2d", properties, BIAS_RELU, *arrays)


@pytest.mark.parametrize("name", ["pointwise", "3x3", "two groups"])
def test_conv2d_between_slices_of_channels_with_a_dynamic_batch(name: str):
    properties, arrays = conv(**CONVOLUTIONS[name])
    check("cpu.conv2d", properties, BIAS_RELU, *arrays, wide=10)
    check("cpu.conv2d", properties, BIAS_RELU, *arrays, dynamic=True)


@pytest.mark.parametrize(("k", "pad"), [((1, 1), (0, 0, 0, 0)), ((3, 3), (1, 1, 1, 1))])
def test_conv2d_with_residual_on_two_threads(k: tuple[int, int], pad: tuple[int, ...]):
    properties, arrays = conv(c=64, o=96, k=k, pad=pad, hw=(28, 28), panel=64, n=3)
    check("cpu.conv2d", properties, BIAS_RESIDUAL_RELU, *arrays, normal(3, 28, 28, 96), threads=2)
    check("cpu.conv2d", properties, BIAS_RESIDUAL_RELU, *arrays, normal(3, 1, 1, 96))


@pytest.mark.parametrize(("c", "stride", "pad"), [(16, 1, 1), (24, 2, 1), (5, 1, 0), (70, 2, 0)])
def test_dwconv2d(c: int, stride: int, pad: int):
    x, w = normal(2, 11, 14, c), pack_dwconv2d(normal(c, 1, 3, 3))
    check("cpu.dwconv2d", f"strides [{stride}, {stride}] pads [{pad}, {pad}, {pad}, {pad}]", BIAS_RELU, x, w, normal(c))
    check("cpu.dwconv2d", f"strides [{stride}, {stride}] pads [{pad}, {pad}, {pad}, {pad}]", "", x, w, wide=4, threads=2)
