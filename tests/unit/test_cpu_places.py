"""Where tensors lie: strides of views, against numpy on memory that is there."""

import random

import numpy as np
import pytest

from inferir.core.dims import symbol
from inferir.passes.cpu.memory.strides import normal, reshaped_strides

N = symbol("n")


def regrouped(rng: random.Random, shape: list[int]) -> list[int]:
    """The same number of elements under a random shape: neighbours joined, sizes split, ones put in."""
    out = list(shape)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        kind = rng.choice("jsi")
        if kind == "i":
            out.insert(at, 1)
        elif kind == "j" and at + 1 < len(out):
            out[at : at + 2] = [out[at] * out[at + 1]]
        elif at < len(out):
            factor = rng.choice([f for f in range(1, out[at] + 1) if out[at] % f == 0])
            out[at : at + 1] = [out[at] // factor, factor]
    return out


def view_of(x: np.ndarray, shape: list[int]) -> np.ndarray | None:
    """numpy's view under another shape, None where only a copy has it."""
    y = x.reshape(shape)
    return y if np.shares_memory(x, y) else None


@pytest.mark.parametrize("seed", range(8))
def test_strides_of_a_reshaped_view_are_those_of_numpy(seed: int):
    rng = random.Random(seed)
    views = 0
    for _ in range(300):
        whole = [rng.randint(1, 6) for _ in range(rng.randint(1, 4))]
        part = [rng.randint(1, d) for d in whole]
        memory = np.arange(np.prod(whole)).reshape(whole)
        x = memory[tuple(slice(0, d) for d in part)]
        target = regrouped(rng, part)
        expected = view_of(x, target)
        found = reshaped_strides(tuple(part), tuple(s // x.itemsize for s in x.strides), tuple(target))
        assert (found is None) == (expected is None), (whole, part, target)
        if found is not None and expected is not None:
            apart = [s // x.itemsize for s in expected.strides]
            assert all(d == 1 or a == b for d, a, b in zip(target, found, apart, strict=True)), (whole, part, target)
            views += 1
    assert views > 100


@pytest.mark.parametrize(
    "shape, strides, target, expected",
    [
        ((N, 4), (6, 1), (N, 2, 2), (6, 2, 1)),
        ((N, 4), (6, 1), (1, N, 4), (0, 6, 1)),
        ((N, 2, 3), (12, 6, 1), (2 * N, 3), (6, 1)),
        ((N, 2, 3), (12, 6, 1), (2, N, 3), None),  # the first stride would be 6 n
        ((N, 2, 3), (12, 3, 1), (N, 6), (12, 1)),
        ((N, 4), (6, 1), (4 * N,), None),
        ((2, 0), (5, 1), (0, 3), (3, 1)),
    ],
)
def test_sizes_may_be_symbols(shape, strides, target, expected):
    assert reshaped_strides(shape, strides, target) == expected


def test_the_stride_of_a_dimension_of_one_is_free():
    assert normal((2, 1, 3), (3, 77, 1)) is None
    assert normal((2, 1, 3), (8, 77, 1)) == (8, 3, 1)
