"""Pooling, maps, reductions, softmax, LRN and transposes, native against reference."""

import numpy as np
import pytest

from tests.unit.cpu_kernels import check

rng = np.random.default_rng(0)
SCALE = """{
  ^bb0(%total: f32):
    %factor = arith.constant 0.125 : f32
    %mean = arith.mulf %total, %factor : f32
    cpu.yield %mean : f32
  }"""
SCALE_SHIFT_RELU = """{
  ^bb0(%v: f32, %scale: f32, %shift: f32):
    %zero = arith.constant 0.0 : f32
    %0 = arith.mulf %v, %scale : f32
    %1 = arith.addf %0, %shift : f32
    %2 = arith.maximumf %1, %zero : f32
    cpu.yield %2 : f32
  }"""
ADD = """{
  ^bb0(%v: f32, %w: f32):
    %0 = arith.addf %v, %w : f32
    cpu.yield %0 : f32
  }"""


def normal(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


POOLS = (
    "kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1]",
    "kernel [3, 3] strides [2, 2] ceil_mode",
    "kernel [2, 3] strides [2, 1] pads [0, 1, 1, 2] ceil_mode",
    "kernel [3, 3] strides [1, 1] pads [1, 1, 1, 1] dilations [2, 2]",
)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("kind", ["kind max", "kind average", "kind average count_include_pad"])
def test_pool2d(pool: str, kind: str):
    check("cpu.pool2d", f"{pool} {kind}", "", normal(2, 10, 13, 21))


def test_pool2d_between_slices_on_two_threads():
    check("cpu.pool2d", f"{POOLS[0]} kind average", "", normal(2, 10, 13, 40), wide=6, threads=2)
    check("cpu.pool2d", POOLS[0], "", normal(3, 10, 13, 16), dynamic=True, threads=2)


@pytest.mark.parametrize("kind", ["sum", "max", "min", "product"])
@pytest.mark.parametrize(("shape", "axes"), [((2, 5, 7, 70), (1, 2)), ((3, 4, 37), (2,)), ((3, 4, 5), (0, 1, 2)), ((9, 33), (0,))])
def test_reduce(kind: str, shape: tuple[int, ...], axes: tuple[int, ...]):
    rank = len(shape) - len(axes)
    check("cpu.reduce", f"kind {kind} axes {list(axes)}", SCALE, normal(*shape), rank=rank)
    check("cpu.reduce", f"kind {kind} axes {list(axes)} keepdims", "", normal(*shape), rank=len(shape))


def test_reduce_with_a_dynamic_batch():
    check("cpu.reduce", "axes [1, 2]", SCALE, normal(3, 4, 4, 24), rank=2, dynamic=True)


@pytest.mark.parametrize("shape", [(1, 1000), (5, 3), (2, 3, 40), (17,)])
def test_softmax(shape: tuple[int, ...]):
    check("cpu.softmax", "", "", 10 * normal(*shape), rank=len(shape), tolerance=1e-6)


@pytest.mark.parametrize("channels", [3, 16, 40, 96])
@pytest.mark.parametrize("size", [3, 5])
def test_lrn(channels: int, size: int):
    check("cpu.lrn", f"size {size} alpha 0.1 beta 0.75 bias 2.0", "", normal(2, 5, 4, channels), threads=2)
    check("cpu.lrn", f"size {size} alpha 0.1 beta 0.6", ADD, normal(2, 5, 4, channels), normal(channels))


@pytest.mark.parametrize("shape", [(2, 5, 7, 70), (1, 3, 3, 8), (3, 2, 2, 1)])
def test_map_over_channels(shape: tuple[int, ...]):
    check("cpu.map", "", SCALE_SHIFT_RELU, normal(*shape), normal(shape[-1]), normal(1, 1, 1, shape[-1]))
    check("cpu.map", "", SCALE_SHIFT_RELU, normal(*shape), normal(shape[-1]), normal(1), wide=8)
    check("cpu.map", "", SCALE_SHIFT_RELU, normal(*shape), normal(shape[-1]), normal(1), dynamic=True)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((4, 5, 6), (4, 5, 6)),
        ((4, 5, 6), (4, 1, 6)),
        ((4, 1, 6), (4, 5, 1)),
        ((2, 3, 4, 5), (3, 1, 5)),
        ((1, 6), (7, 1)),
        ((100, 700), (100, 700)),
    ],
)
def test_map_broadcasts_as_numpy_does(a: tuple[int, ...], b: tuple[int, ...]):
    check("cpu.map", "", ADD, normal(*a), normal(*b), rank=max(len(a), len(b)), threads=2)


def test_map_without_a_region_copies():
    check("cpu.map", "", "", normal(3, 4, 5), rank=3, wide=4)


@pytest.mark.parametrize(
    ("shape", "order"),
    [
        ((2, 3, 18, 17), (0, 2, 3, 1)),
        ((2, 18, 17, 3), (0, 3, 1, 2)),
        ((2, 33, 40, 20), (0, 3, 1, 2)),
        ((2, 5, 4, 6), (0, 2, 1, 3)),
        ((2, 3, 4, 5), (3, 2, 1, 0)),
        ((7, 1), (1, 0)),
        ((1, 7), (1, 0)),
        ((2, 9, 4, 7), (0, 1, 3, 2)),
        ((50, 300), (1, 0)),
    ],
)
def test_transpose(shape: tuple[int, ...], order: tuple[int, ...]):
    check("cpu.transpose", f"permutation {list(order)}", "", normal(*shape), rank=len(shape), tolerance=0)
    check("cpu.transpose", f"permutation {list(order)}", ADD, normal(*shape), normal(1), rank=len(shape), threads=2)


def test_transpose_with_a_dynamic_batch():
    check("cpu.transpose", "permutation [0, 2, 3, 1]", "", normal(3, 3, 6, 7), dynamic=True, tolerance=0)


@pytest.mark.parametrize("centred", ["centred", ""])
@pytest.mark.parametrize("shape", [(3, 5, 768), (2, 3, 37), (4, 1), (7,)])
def test_norm(centred: str, shape: tuple[int, ...]):
    check("cpu.norm", f"{centred} epsilon 1.0e-6", "", normal(*shape) + 3, rank=len(shape))
    check("cpu.norm", f"{centred} epsilon 1.0e-6", SCALE_SHIFT_RELU, normal(*shape), normal(shape[-1]), normal(shape[-1]), rank=len(shape))


def test_norm_between_slices_of_unknown_batch_on_two_threads():
    arrays = normal(9, 5, 70), normal(1, 1, 70), normal(9, 5, 70)
    check("cpu.norm", "centred", SCALE_SHIFT_RELU, *arrays, rank=3, dynamic=True, threads=2)
    check("cpu.norm", "", SCALE_SHIFT_RELU, *arrays, rank=3, wide=6)


@pytest.mark.parametrize("size", [2, 10, 64, 78])
def test_rope(size: int):
    check("cpu.rope", "", "", normal(2, 5, 3, size), normal(5, 1, size), normal(2, 1, 1, size))
    check("cpu.rope", "", "", normal(2, 5, 3, size), normal(size), normal(3, size), dynamic=True, threads=2, wide=4)
