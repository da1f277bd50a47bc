"""Reductions, places of extremes and running sums over any axes and element types, native against reference."""

from typing import Any

import numpy as np
import pytest
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, TensorType, i64

from inferir.core.types import element_type
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import FLOATS, SIGNED, UNSIGNED, agree, dtype_of, numbers

RTOL = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 1e-5, "float64": 1e-12}
AXES = [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)]


def along(kind: str, axes: tuple[int, ...], keepdims: bool = False) -> Any:
    return lambda x: inf.ReduceOp.make(x, kind=kind, axes=axes, keepdims=keepdims)


@pytest.mark.parametrize("dtype", [*SIGNED, *UNSIGNED])
@pytest.mark.parametrize("kind", ["sum", "prod", "max", "min", "l1", "sum_square"])
def test_reduce_integers(kind: str, dtype: str):
    agree([numbers(dtype, shape=(3, 5, 37))], *(along(kind, axes) for axes in AXES))


@pytest.mark.parametrize("dtype", FLOATS)
def test_reduce_floats(dtype: str):
    x = numbers(dtype, special=False, shape=(3, 5, 37))
    for kind in ("sum", "mean", "max", "min", "l1", "l2", "sum_square", "logsumexp"):
        agree([x], *(along(kind, axes, len(axes) == 1) for axes in AXES), rtol=RTOL[dtype], share=0.1)
    agree([(np.abs(x) + 1).astype(x.dtype)[:, :2, :3]], along("prod", (1, 2)), rtol=3 * RTOL[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nan_and_infinities_stay(dtype: str):
    x = numbers(dtype, shape=(4, 33))
    agree([x], along("max", (1,)), along("min", (1,)), along("max", (0,)), along("min", (0,)))


def test_means_of_integers_are_cut():
    agree([numbers("int32", special=False, shape=(4, 7))], along("mean", (1,)), along("l2", (0,)), along("mean", (0, 1)))


@pytest.mark.parametrize("kind", ["any", "all"])
def test_reduce_booleans(kind: str):
    x = np.random.default_rng(0).integers(0, 8, (6, 21)) > 0
    agree([x, ~x], lambda a, b: inf.ReduceOp.make(a, kind=kind, axes=(1,)), lambda a, b: inf.ReduceOp.make(b, kind=kind, axes=(0,)))


@pytest.mark.parametrize("kind", ["sum", "max", "l1", "l2", "logsumexp", "prod"])
def test_no_axis_and_no_elements(kind: str):
    x = numbers("float32", special=False, shape=(3, 4))
    agree([x], along(kind, ()), rtol=1e-6)
    agree([np.zeros((2, 0, 3), np.float32)], along(kind, (1,)), rtol=1e-6)
    agree([np.asarray(2.5, np.float32)], along(kind, ()), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", *FLOATS])
@pytest.mark.parametrize("last", [False, True])
def test_places_of_extremes(dtype: str, last: bool):
    """Equal ones, and NaN."""
    x = numbers(dtype, shape=(3, 5, 37))
    x[0, 1], x[1, :, 7] = x[0, 0], x[1, :, 3]
    makes = [
        lambda v, cls=cls, axis=axis: cls.make(v, axis=axis, keepdims=axis == 1, last=last)
        for cls in (inf.ArgmaxOp, inf.ArgminOp)
        for axis in (0, 1, -1)
    ]
    agree([x], *makes)


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_running_sums(dtype: str, axis: int):
    x = numbers(dtype, special=False, shape=(3, 6, 19))
    for exclusive in (False, True):
        agree([x], *(_running(axis, exclusive, reverse) for reverse in (False, True)), rtol=1e-4, share=0.1)


@pytest.mark.parametrize("dtype", ["int8", "int64", "float16", "float32"])
@pytest.mark.parametrize("kind", ["sum", "prod"])
def test_running_sums_along_a_computed_axis(dtype: str, kind: str):
    x = numbers(dtype, special=False, shape=(3, 6, 19)) // 4
    for axis in (0, 2, -2):
        makes = [
            lambda x, a, e=exclusive, r=reverse: inf.CumulateOp.make(x, a, kind=kind, exclusive=e, reverse=r)
            for exclusive in (False, True)
            for reverse in (False, True)
        ]
        agree([x, np.array([axis])], *makes, rtol=2e-2 if dtype == "float16" else 1e-4, share=0.1)


def _running(axis: int, exclusive: bool, reverse: bool) -> Any:
    def make(x: Any) -> list[Any]:
        place = inf.ConstantOp.of(DenseIntOrFPElementsAttr.from_list(TensorType(i64, []), [axis]), TensorType(i64, []))
        return [place, inf.CumulateOp.make(x, place.results[0], exclusive=exclusive, reverse=reverse)]

    return make


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax(dtype: str):
    x = (numbers(dtype, special=False, shape=(3, 5, 37)) * dtype_of(dtype).type(2)).astype(dtype_of(dtype))
    makes = [lambda v, axis=axis, cls=cls: cls.make(v, axis=axis) for axis in (0, 1, 2) for cls in (inf.SoftmaxOp, inf.LogSoftmaxOp)]
    agree([x], *makes, rtol=4 * RTOL[dtype], share=0.1)


def test_the_element_type_of_a_reduction_may_change_in_a_cast():
    x = numbers("float32", special=False, shape=(8, 20))
    agree(
        [x],
        lambda v: [s := inf.ReduceOp.make(v, kind="sum", axes=(1,)), inf.CastOp.make(s.results[0], to=element_type(np.float64))],
        rtol=1e-5,
        share=0.1,
    )
