"""Numbers at the edges of their types: native code, the reference executor and what Python's own integers say are the same."""

import itertools
import math

import ml_dtypes
import numpy as np
import onnxruntime
import pytest
from onnx import helper
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, TensorType, i64
from xdsl.ir import Operation, SSAValue

from inferir.core import InferError, make_context
from inferir.core.casts import passes_through
from inferir.core.executor import execute
from inferir.core.parser import parse
from inferir.core.types import element_type
from inferir.dialects import inference as inf
from inferir.dialects.inference.shape_values import cast_array
from tests.unit.cpu_ops import both, dtype_of, numbers

INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FLOATS = ("float16", "bfloat16", "float32", "float64")
SMALL = ("float8_e4m3fn", "float8_e5m2", "int4", "uint4")


def edges(name: str) -> np.ndarray:
    """The ends of every type, numbers beside them, and what is no number, as a type has them."""
    if name == "bool":
        return np.array([False, True])
    values = [
        0.0,
        -0.0,
        0.5,
        -0.5,
        1.5,
        -1.5,
        300.7,
        -300.7,
        3e38,
        -3e38,
        1e300,
        -1e300,
        math.inf,
        -math.inf,
        math.nan,
        2.0**53,
        -(2.0**53),
    ]
    whole = [sign * (2**bit + more) for bit in (3, 4, 7, 8, 11, 15, 16, 24, 31, 32, 53, 63, 64) for more in (-1, 0, 1) for sign in (1, -1)]
    if name in INTEGERS:
        info = np.iinfo(name)
        return np.array([v for v in (*whole, 0, 1, -1, info.min, info.max) if info.min <= v <= info.max], name)
    with np.errstate(all="ignore"):
        exact = np.array([*values, *map(float, whole)], np.float64)
        near = np.concatenate([exact, np.nextafter(exact, np.inf), np.nextafter(exact, -np.inf)])
        return near.astype(named(name)) if name not in ("int4", "uint4") else np.arange(-8 if name == "int4" else 0, 8).astype(named(name))


def named(name: str) -> np.dtype:
    """A dtype, those of ml_dtypes too."""
    return np.dtype(getattr(ml_dtypes, name)) if name in ("bfloat16", *SMALL) else np.dtype(name)


def test_a_cast_is_left_out_only_where_that_changes_no_number():
    """Over all types there are, a cast by way of another is the direct one wherever the rule says so, bit by bit."""
    names = ("bool", *INTEGERS, *FLOATS, *SMALL)
    left_out = 0
    for source, between, target in itertools.product(names, repeat=3):
        if not passes_through(named(source), named(between), named(target)):
            continue
        left_out += 1
        x = edges(source)
        with np.errstate(all="ignore"):
            direct, through = cast_array(x, named(target)), cast_array(cast_array(x, named(between)), named(target))
        assert np.array_equal(direct.astype(np.float64), through.astype(np.float64), equal_nan=True), (source, between, target)
        assert target not in INTEGERS or np.array_equal(direct, through), (source, between, target)
    assert left_out > 800
    for lossy in (
        ("int64", "float64"),
        ("uint64", "float64"),
        ("int32", "float32"),
        ("float32", "int64"),
        ("float16", "bfloat16"),
        ("int8", "uint8"),
    ):
        assert not passes_through(named(lossy[0]), named(lossy[1]), named(lossy[0]))


def in_python(x: float, name: str) -> int:
    """A float as an integer, by Python's arithmetic."""
    info, bits = np.iinfo(name), np.iinfo(name).bits
    wide = 64 if bits == 64 or name == "uint32" else 32
    if name == "uint64":
        least, most = -(2**63), 2**64 - 1
    else:
        least, most = -(2 ** (wide - 1)), 2 ** (wide - 1) - 1
    if math.isnan(x):
        whole = -(2 ** (wide - 1))
    elif math.isinf(x) or not least <= math.trunc(x) <= most:
        whole = 0 if name == "uint64" and x > 0 else -(2 ** (wide - 1))
    else:
        whole = math.trunc(x)
    return (whole - int(info.min)) % 2**bits + int(info.min)


@pytest.mark.parametrize("source", FLOATS)
def test_floats_become_integers_alike_everywhere(source: str):
    x = edges(source)
    makes = [lambda v, name=name: inf.CastOp.make(v, to=element_type(np.dtype(name))) for name in INTEGERS]
    for name, (native, reference) in zip(INTEGERS, both([x], *makes), strict=True):
        expected = np.array([in_python(float(v), name) for v in x], name)
        np.testing.assert_array_equal(reference, expected, name)
        np.testing.assert_array_equal(native, expected, name)


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_are_raised_to_powers_exactly(name: str):
    bases = numbers(name, 3)
    info = np.iinfo(name)
    for exponents in (numbers(name, 4), np.full(37, 3, name), np.full(37, 70, name), np.full(37, -1 if info.min else 0, name)):
        ((native, reference),) = both([bases, exponents], lambda a, b: inf.PowOp.make(a, b))
        expected = []
        for a, b in zip(bases.tolist(), exponents.tolist(), strict=True):
            exact = pow(a, b, 2**info.bits) if b >= 0 else (a if b % 2 else 1) if a in (1, -1) else 0
            expected.append((exact - int(info.min)) % 2**info.bits + int(info.min))
        np.testing.assert_array_equal(reference, np.array(expected, name))
        np.testing.assert_array_equal(native, np.array(expected, name))


@pytest.mark.parametrize("name", INTEGERS)
def test_an_integer_divided_by_zero_is_zero(name: str):
    x, zero = numbers(name, 1), np.zeros(37, name)
    makes = [lambda a, b: inf.DivOp.make(a, b), lambda a, b: inf.ModOp.make(a, b), lambda a, b: inf.ModOp.make(a, b, truncated=True)]
    for native, reference in both([x, zero], *makes):
        np.testing.assert_array_equal(reference, zero)
        np.testing.assert_array_equal(native, zero)


@pytest.mark.parametrize(("count", "name"), [(7, "float32"), (100, "float32"), (100, "float64"), (40, "float16"), (40, "bfloat16")])
def test_nan_is_the_largest_of_the_top(count: int, name: str):
    rng = np.random.default_rng(count)
    x = rng.normal(size=(3, count)).round(1)
    x[:, :7] = [math.nan, math.inf, -math.inf, 0.0, -0.0, math.nan, 1.0]
    x = rng.permuted(x, axis=1).astype(dtype_of(name))
    k = 6
    for smallest in (False, True):
        number = x.astype(np.float64)
        key = np.where(np.isnan(number), math.inf, number if smallest else -number)
        last = np.isnan(number) if smallest else ~np.isnan(number)
        order = np.lexsort((key, last), axis=1)[:, :k]
        makes = [
            lambda v, s=smallest: top(v, k, s),
            lambda v, s=smallest: [*(made := top(v, k, s)), inf.CastOp.make(made[-1].results[1], to=i64)],
        ]
        values, places = both([x], *makes)
        for got in values:
            np.testing.assert_array_equal(got.astype(np.float64), np.take_along_axis(number, order, 1))
        for got in places:
            np.testing.assert_array_equal(got, order)
        if name == "float32":
            np.testing.assert_array_equal(onnx_top(x, k, smallest), values[1])


def top(x: SSAValue, k: int, smallest: bool) -> list[Operation]:
    """The ops of a top k."""
    count = inf.ConstantOp.of(DenseIntOrFPElementsAttr.from_list(TensorType(i64, [1]), [k]), TensorType(i64, [1]))
    return [count, inf.TopkOp.make(x, count, axis=1, smallest=smallest)]


def onnx_top(x: np.ndarray, k: int, smallest: bool) -> np.ndarray:
    """ONNX Runtime's values."""
    node = helper.make_node("TopK", ["x", "k"], ["v", "i"], largest=int(not smallest), axis=1)
    inputs = [helper.make_tensor_value_info("x", 1, x.shape), helper.make_tensor_value_info("k", 7, [1])]
    graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("v", 1, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 10
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x, "k": np.array([k], np.int64)})[0])


@pytest.mark.parametrize("op", ["argmax", "argmin"])
def test_no_element_is_the_largest_of_none(op: str):
    ctx = make_context()
    text = f"""func.func @main(%x: tensor<?x?xf32>) -> tensor<?xi64> {{
      %y = inference.{op} %x axis 1 : (tensor<?x?xf32>) -> tensor<?xi64>
      return %y : tensor<?xi64>
    }}"""
    module = parse(text, "empty.mlir", ctx)
    with pytest.raises(InferError, match="axis 1 has no elements"):
        execute(module, [np.zeros((2, 0), np.float32)], ctx)
    assert execute(module, [np.zeros((0, 0), np.float32)], ctx)[0].shape == (0,)


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize(("kernel", "stride", "pad"), [(2, 2, 0), (3, 2, 1), (3, 1, 1)])
def test_the_largest_of_a_window_with_a_nan_is_nan(name: str, kernel: int, stride: int, pad: int):
    x = np.random.default_rng(kernel).standard_normal((1, 20, 9, 9)).astype(dtype_of(name))
    x[0, :, 3, 3], x[0, :, 6, 1], x[0, :, 0, 8] = math.nan, math.inf, -math.inf
    window = {"kernel": (kernel, kernel), "strides": (stride, stride), "pads": (pad,) * 4}
    ((native, reference),) = both([x], lambda v: inf.MaxPoolOp.make(v, **window))
    padded = np.pad(x.astype(np.float64), [(0, 0), (0, 0), (pad, pad), (pad, pad)], constant_values=-math.inf)
    parts = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), (2, 3))[:, :, ::stride, ::stride]
    for got in (native, reference):
        np.testing.assert_array_equal(got.astype(np.float64), parts.max((4, 5)))


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@pytest.mark.parametrize("count", [9, 40])
@pytest.mark.parametrize("reduction", ["add", "mul", "max", "min"])
def test_updates_of_half_precision_are_combined_in_single(name: str, count: int, reduction: str):
    """Rounded once, at the end, as sums along axes are."""
    rng = np.random.default_rng(count)
    x, updates = (rng.uniform(0.5, 1.5, (n, 3)).astype(dtype_of(name)) for n in (2, count))
    indices = rng.integers(-2, 2, (count, 1))
    combine = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}[reduction]
    expected = x.astype(np.float32)
    for row, update in zip(indices[:, 0], updates, strict=True):
        expected[row] = combine(expected[row], update.astype(np.float32))
    expected = expected.astype(x.dtype)
    wide = inf.ScatterElementsOp.make, np.broadcast_to(indices, (count, 3)).copy(), {"axis": 0}
    for make, places, attributes in ((inf.ScatterNdOp.make, indices, {}), wide):
        attributes = {"reduction": reduction, **attributes}
        ((native, reference),) = both([x, places, updates], lambda x, i, u, make=make, a=attributes: make(x, i, u, **a))
        np.testing.assert_array_equal(reference.astype(np.float32), expected.astype(np.float32))
        np.testing.assert_array_equal(native.astype(np.float32), expected.astype(np.float32))
