"""`cpu.generate` and what lowers to it: native code gives what the reference semantics give, for every element type and shape."""

import numpy as np
import pytest
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, TensorType, f32, f64, i32, i64
from xdsl.ir import Operation, SSAValue

from inferir.core import make_context
from inferir.core.diagnostics import InferError
from inferir.core.executor import execute
from inferir.core.parser import parse
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import FLOATS, SIGNED, UNSIGNED, Make, agree, both, numbers

MOVED = [*SIGNED, *UNSIGNED, *FLOATS, "bool"]


def made(shape: tuple[int, ...], name: str = "float32", seed: int = 0) -> np.ndarray:
    """Numbers without infinities."""
    return numbers(name, seed, False, shape)


def close(arrays: list[np.ndarray], *makes: Make, tolerance: float = 1e-5) -> None:
    """Native sums are within `tolerance` of the largest reference value; integers are equal."""
    for got, want in both(arrays, *makes):
        assert got.dtype == want.dtype and got.shape == want.shape
        a, b = (v.astype(np.float64) for v in (got, want))
        np.testing.assert_allclose(a, b, rtol=0, atol=0 if want.dtype.kind in "iu" else tolerance * np.abs(b).max(initial=0))


HALVES = {"float16": 2e-3, "bfloat16": 2e-2}


@pytest.mark.parametrize("name", MOVED)
def test_elements_of_every_type_are_moved(name: str):
    x, i = made((5, 37), name), np.array([[4, -1], [0, -5]], np.int64)
    agree(
        [x, i],
        lambda x, i: inf.GatherOp.make(x, i),
        lambda x, i: inf.TransposeOp.make(x, permutation=(1, 0)),
        lambda x, i: inf.SliceOp.make(x, starts=(30,), ends=(1,), axes=(1,), steps=(-3,)),
        lambda x, i: inf.PadOp.make(x, low=(1, 2), high=(0, 3)),
        lambda x, i: inf.PadOp.make(x, low=(4, -2), high=(2, 36), mode="reflect"),
        lambda x, i: inf.PadOp.make(x, low=(9, 0), high=(0, 1), mode="wrap"),
        lambda x, i: inf.PadOp.make(x, low=(1, 1), high=(1, -30), mode="edge"),
        lambda x, i: inf.TileOp.make(x, repeats=(2, 3)),
        lambda x, i: inf.BroadcastOp.make(x, shape=(3, 1, 37)),
        lambda x, i: inf.FlipOp.make(x, axes=(0, 1)),
        lambda x, i: inf.TriluOp.make(x, lower=True),
        lambda x, i: inf.ConcatOp.make([x, x], axis=1),
    )


@pytest.mark.parametrize("name", ["uint8", "float16", "float32", "float64"])
@pytest.mark.parametrize("few", [2, 3, 4, 5, 8, 9])
def test_a_few_rows_and_a_few_columns_are_turned(few: int, name: str):
    for many in (1, 15, 16, 17, 50):
        agree(
            [made((3, few, many), name), made((3, many, few), name)],
            lambda x, y: inf.TransposeOp.make(x, permutation=(0, 2, 1)),
            lambda x, y: inf.TransposeOp.make(y, permutation=(0, 2, 1)),
            lambda x, y: inf.TransposeOp.make(x, permutation=(2, 0, 1)),
            lambda x, y: inf.TransposeOp.make(y, permutation=(2, 0, 1)),
        )


def test_complex_numbers_are_moved():
    x = np.array([[1 + 2j, 3 - 1j], [0.5j, -2]], np.complex64)
    text = """func.func @main(%x: tensor<2x2xcomplex<f32>>) -> tensor<2x2xcomplex<f32>> {
      %y = cpu.generate %x shape [2, 2] {
      ^bb0(%i: index, %j: index, %a: tensor<2x2xcomplex<f32>>):
        %v = cpu.load %a[%j, %i] : tensor<2x2xcomplex<f32>>
        cpu.yield %v : i64
      } : (tensor<2x2xcomplex<f32>>) -> tensor<2x2xcomplex<f32>>
      return %y : tensor<2x2xcomplex<f32>>
    }"""
    ctx = make_context()
    np.testing.assert_array_equal(execute(parse(text, "complex.mlir", ctx), [x], ctx)[0], x.T)


@pytest.mark.parametrize("name", ["int32", "int64"])
def test_indices_of_every_type(name: str):
    x, i = made((2, 4, 3)), np.array([[[3, 0, 1]], [[2, 2, 0]]], name)
    tuples = np.array([[[0, 1], [3, 2]], [[1, 1], [2, 0]]], name)
    agree(
        [x, i, tuples],
        lambda x, i, t: inf.GatherElementsOp.make(x, i, axis=1),
        lambda x, i, t: inf.GatherNdOp.make(x, t, batch_dims=1),
        lambda x, i, t: inf.GatherOp.make(x, i, axis=1),
    )


def test_an_index_outside_of_x_reads_the_nearest_place():
    x, i = np.arange(4, dtype=np.float32), np.array([9, -9], np.int64)
    with pytest.raises(InferError):
        agree([x, i], lambda x, i: inf.GatherOp.make(x, i))
    text = """func.func @main(%x: tensor<4xf32>) -> tensor<2xf32> {
      %y = cpu.generate %x shape [2] {
      ^bb0(%i: index, %a: tensor<4xf32>):
        %far = arith.constant 4 : index
        %v = cpu.load %a[%far] : tensor<4xf32>
        cpu.yield %v : f32
      } : (tensor<4xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }"""
    ctx = make_context()
    with pytest.raises(InferError, match="reads outside of tensor<4xf32>"):
        execute(parse(text, "outside.mlir", ctx), [x], ctx)


@pytest.mark.parametrize("name", ["float32", "float64", "float16", "bfloat16", "uint8", "int64"])
def test_pools(name: str):
    x = made((2, 3, 7, 6, 5), name)
    window = {"kernel": (3, 2, 2), "strides": (2, 1, 2), "pads": (1, 0, 1, 1, 1, 0)}
    makes = [lambda x: inf.MaxPoolOp.make(x, **window), lambda x: inf.MaxPoolOp.make(x, dilations=(2, 1, 1), **window)]
    if name in FLOATS:
        makes += [
            lambda x: inf.AvgPoolOp.make(x, **window),
            lambda x: inf.AvgPoolOp.make(x, count_include_pad=True, ceil_mode=True, **window),
            lambda x: inf.LpPoolOp.make(x, p=2, **window),
        ]
    close([x], *makes, tolerance=HALVES.get(name, 1e-5))


@pytest.mark.parametrize("storage_order", [0, 1])
def test_a_pool_says_where_the_largest_element_stands(storage_order: int):
    x = made((2, 2, 5, 6))
    window = {"kernel": (2, 3), "strides": (2, 1), "pads": (0, 1, 1, 1), "storage_order": storage_order}

    def places(x: SSAValue) -> list[Operation]:
        pool = inf.MaxPoolWithIndicesOp.make(x, **window)
        return [pool, inf.AddOp.make(pool.indices, pool.indices)]

    agree([x], places)


@pytest.mark.parametrize("name", ["float32", "float64", "float16", "int8"])
def test_convolutions_of_volumes(name: str):
    x, w, b = made((2, 4, 5, 6, 21), name), made((6, 2, 3, 2, 2), name, 1), made((6,), name, 2)
    window = {"strides": (1, 2, 1), "pads": (1, 0, 1, 1, 1, 2), "dilations": (1, 2, 1), "groups": 2}
    close([x, w, b], lambda x, w, b: inf.ConvOp.make(x, w, b, **window), tolerance=HALVES.get(name, 1e-5))


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_transposed_convolutions(name: str):
    x, w, b = made((2, 4, 5, 6), name), made((4, 3, 3, 2), name, 1), made((6,), name, 2)
    options = {"strides": (2, 3), "pads": (1, 0, 0, 1), "out_pads": (1, 0), "dilations": (1, 2), "groups": 2}
    close([x, w, b], lambda x, w, b: inf.ConvTransposeOp.make(x, w, b, **options), tolerance=HALVES.get(name, 1e-5))


@pytest.mark.parametrize("name", ["float32", "float64", "int32", "uint8"])
def test_contractions(name: str):
    a, b = made((3, 1, 4, 5), name), made((2, 5, 18), name, 1)
    close(
        [a, b],
        lambda a, b: inf.EinsumOp.make([a, b], equation="nhij,bjk->nbki"),
        lambda a, b: inf.EinsumOp.make([a], equation="...ij->...j"),
        lambda a, b: inf.MatmulOp.make(a, b),
    )


MODES = [("nearest", {"nearest": n}) for n in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")]
MODES += [
    ("linear", {}),
    ("linear", {"antialias": True}),
    ("cubic", {}),
    ("cubic", {"exclude_outside": True}),
    ("cubic", {"antialias": True}),
]


@pytest.mark.parametrize("coordinates", ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"])
def test_resampling(coordinates: str):
    x = made((1, 2, 5, 7))
    close(
        [x],
        *(
            lambda x, m=mode, o=options, s=sizes: inf.ResizeOp.make(x, axes=(2, 3), sizes=s, mode=m, coordinates=coordinates, **o)
            for mode, options in MODES
            for sizes in ((3, 18), (11, 4))
        ),
    )


@pytest.mark.parametrize("name", ["float32", "float16", "int64", "uint8"])
@pytest.mark.parametrize("reduction", ["none", "add", "mul", "max", "min"])
def test_updates_at_computed_places(name: str, reduction: str):
    x, u, w = made((4, 5, 18), name), made((3, 2, 18), name, 1), made((2, 2, 18), name, 2)
    i = np.array([2, -4, 2, 0, -1, 2])[:, None].repeat(18, 1).reshape(3, 2, 18)
    tuples = np.array([[[0, 1], [3, -1]], [[0, 1], [-2, 2]]])
    close(
        [x, i, u, tuples, w],
        lambda x, i, u, t, w: inf.ScatterElementsOp.make(x, i, u, axis=0, reduction=reduction),
        lambda x, i, u, t, w: inf.ScatterNdOp.make(x, t, w, reduction=reduction),
        tolerance=HALVES.get(name, 1e-6),
    )


@pytest.mark.parametrize("name", ["float32", "int8"])
@pytest.mark.parametrize("reduction", ["none", "add", "max"])
def test_many_updates_at_computed_places(name: str, reduction: str):
    """Hundreds of updates, several of one place, the last of which counts; places that none reaches; slices that are not all updated."""
    rng = np.random.default_rng(0)
    x, u, w = made((70, 5), name), made((100, 3), name, 1), made((4, 25, 5), name, 2)
    i, tuples = rng.integers(-50, 50, (100, 3)), rng.integers(-70, 70, (4, 25, 1))
    agree(
        [x, i, u, tuples, w],
        lambda x, i, u, t, w: inf.ScatterElementsOp.make(x, i, u, axis=0, reduction=reduction),
        lambda x, i, u, t, w: inf.ScatterNdOp.make(x, t, w, reduction=reduction),
        rtol=1e-5,
    )


@pytest.mark.parametrize("count", [33, 64, 65, 100, 257])
@pytest.mark.parametrize("keep", [1, 5, 33])
def test_the_largest_of_many(count: int, keep: int):
    """Lengths around those of blocks and runs; few different numbers, of which the first come first, and some that are none."""
    x = np.random.default_rng(count).integers(0, 9, (3, count)).astype(np.float32)
    x[:, 3], x[1, -1], x[2, 7:] = np.nan, np.inf, np.nan
    k = DenseIntOrFPElementsAttr.from_list(TensorType(i64, [1]), [keep])

    def top(x: SSAValue, which: int) -> list[Operation]:
        op = inf.TopkOp.make(x, (number := inf.ConstantOp.of(k, TensorType(i64, [1]))), axis=1)
        return [number, op, inf.CastOp.make(op.results[which], to=f64)]

    agree([x], lambda x: top(x, 0), lambda x: top(x, 1))


@pytest.mark.parametrize("name", ["float32", "float64", "int8", "uint64"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("smallest", [False, True])
def test_the_largest_elements(name: str, axis: int, smallest: bool):
    x = numbers(name, 3, True, (21, 20)) if name in FLOATS else made((21, 20), name)
    k = DenseIntOrFPElementsAttr.from_list(TensorType(i64, [1]), [7])

    def top(x: SSAValue, which: int) -> list[Operation]:
        count = inf.ConstantOp.of(k, TensorType(i64, [1]))
        shape = [7, 20] if axis == 0 else [21, 7]
        op = inf.TopkOp.make(x, count, axis=axis, smallest=smallest)
        assert [*op.results[0].type.get_shape()] == shape  # pyright: ignore[reportAttributeAccessIssue]
        last = inf.AddOp.make(op.indices, op.indices) if which else inf.FlipOp.make(op.result, axes=(0,))
        return [count, op, last]

    agree([x], lambda x: top(x, 0), lambda x: top(x, 1))


def test_resampling_a_part_and_integers():
    x, box = made((1, 1, 6, 6), "uint8"), np.array([0.2, -0.1, 0.9, 1.2], np.float32)
    agree(
        [x, box],
        lambda x, b: inf.ResizeOp.make(x, None, None, b, axes=(2, 3), sizes=(5, 4), coordinates="tf_crop_and_resize", extrapolation=7.0),
        lambda x, b: inf.ResizeOp.make(x, axes=(2, 3), sizes=(9, 9), mode="cubic", policy="not_larger"),
    )


def test_scalars_and_empty_tensors():
    x, i, empty = np.array(3.5, np.float32), np.array(2, np.int64), np.zeros((0, 4), np.float32)
    agree(
        [x, i, empty],
        lambda x, i, e: inf.BroadcastOp.make(x, shape=(2, 3)),
        lambda x, i, e: inf.PadOp.make(e, low=(1, 0), high=(1, 1)),
        lambda x, i, e: inf.ConcatOp.make([e, e], axis=0),
        lambda x, i, e: inf.TileOp.make(e, repeats=(2, 2)),
    )


def test_numbers_in_a_row():
    first, last, step = (np.array(v, np.int32) for v in (7, -31, -2))
    agree(
        [first, last, step],
        lambda a, b, c: inf.RangeOp.make(a, b, c, result_types=[TensorType(i32, [19])]),
        lambda a, b, c: inf.BitcastOp.make(a, to=f32),
    )
