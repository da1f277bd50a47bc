"""Quantised operators, bit for bit: native code, the reference executor, and the specification's arithmetic.

That is: products are summed as integers; a sum t is quantised as round(t m) + zero point, halves to even, where m = (sx sw) / sy and t m
are computed in single precision (ONNX QLinearConv, QLinearMatMul, QuantizeLinear). The sums are those of ONNX's reference evaluator.
"""

from collections.abc import Callable
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.parser
import pytest
from onnx import TensorProto
from onnx.reference import ReferenceEvaluator

import inferir
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model

DATA = Path(__file__).resolve().parents[1] / "models" / "data"
LEVELS = (("interpreter", "none"), ("interpreter", "basic"), ("cpu", "none"), ("cpu", "layout"))
KINDS = {"uint8": np.uint8, "int8": np.int8}
Check = Callable[[onnx.ModelProto, dict[str, np.ndarray], np.ndarray, str], None]
rng = np.random.default_rng(11)


def full(kind: str, *shape: int) -> np.ndarray:
    """All numbers that a type has, its ends often."""
    info = np.iinfo(KINDS[kind])
    x = rng.integers(info.min, info.max, shape, endpoint=True)
    return np.where(rng.random(shape) < 0.1, rng.choice([info.min, info.max], shape), x).astype(KINDS[kind])


def zero(kind: str, *shape: int) -> np.ndarray:
    """A zero point somewhere in the middle."""
    return (rng.integers(-20, 20, shape) + (128 if kind == "uint8" else 0)).astype(KINDS[kind])


def scale(*shape: int) -> np.ndarray:
    """Scales that are no powers of two."""
    return rng.uniform(0.002, 0.02, shape).astype(np.float32)


def model_of(node: str, inputs: dict[str, np.ndarray], constants: dict[str, np.ndarray], outputs: str) -> onnx.ModelProto:
    """A model of a few nodes, some of whose operands are constant."""
    kinds = {
        v.dtype: onnx.helper.tensor_dtype_to_string(onnx.helper.np_dtype_to_tensor_dtype(v.dtype))[12:].lower() for v in inputs.values()
    }
    given = ", ".join(f"{kinds[v.dtype]}[{', '.join(map(str, v.shape))}] {n}" for n, v in inputs.items())
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 21]> g ({given}) => ({outputs}) {{ {node} }}')
    model.graph.initializer.extend(onnx.numpy_helper.from_array(v, n) for n, v in constants.items())
    return model


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """`check(model, inputs, wanted, kernel)`"""
    return lambda *arguments: compare(tmp_path / "model.onnx", *arguments)


def compare(path: Path, model: onnx.ModelProto, inputs: dict[str, np.ndarray], wanted: np.ndarray, kernel: str) -> None:
    """The reference executor and native code give these bits, the latter with a kernel for bytes."""
    onnx.save(model, path)
    for target, level in LEVELS:
        with inferir.compile(path, target=target, opt_level=level, num_threads=1) as compiled:
            (got,) = compiled.run(inputs).values()
            np.testing.assert_array_equal(got, wanted, f"{target} {level}")
            if isinstance(compiled, Model):
                assert any(kernel in name for name in compiled.program.launches), compiled.program.launches


def sums(node: str, inputs: dict[str, np.ndarray], constants: dict[str, np.ndarray]) -> np.ndarray:
    """What ONNX's reference evaluator makes of an operator on integers."""
    model = model_of(node, {**inputs, **constants}, {}, "int32[] t")
    return next(iter(ReferenceEvaluator(model).run(None, {**inputs, **constants})))  # pyright: ignore[reportReturnType]


def quantised(total: np.ndarray, sx: Any, sw: Any, sy: Any, zy: np.ndarray) -> np.ndarray:
    """round(t m) + zero point, in single precision."""
    m = (np.float32(sx) * sw).astype(np.float32) / np.float32(sy)
    info = np.iinfo(zy.dtype)
    return np.clip(np.rint(total.astype(np.float32) * m) + zy.astype(np.float32), info.min, info.max).astype(zy.dtype)


WINDOWS: dict[str, tuple[int, tuple[int, ...], str, str]] = {
    "plain": (3, (5, 3, 3, 3), "", "conv2d_int8"),
    "padded": (3, (5, 3, 3, 3), "pads = [1, 1, 1, 1]", "conv2d_int8"),
    "strided": (4, (18, 4, 3, 3), "strides = [2, 2], pads = [0, 1, 1, 0]", "conv2d_int8"),
    "dilated": (4, (5, 4, 3, 2), "dilations = [2, 2]", "conv2d_int8"),
    "pointwise": (9, (7, 9, 1, 1), "", "gemm_int8"),
    "grouped": (6, (4, 3, 3, 3), "group = 2, pads = [1, 1, 1, 1]", "conv2d_int8"),
    "row": (3, (5, 3, 3), "strides = [2], pads = [1, 1]", "conv2d_int8"),
    "depthwise": (6, (6, 1, 3, 3), "group = 6, pads = [1, 1, 1, 1]", "dwconv2d_int8"),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_qlinear_conv(window: str, check: Check):
    """Both types of x and of y, i8 weights with a scale for each output, and a bias."""
    channels, shape, attributes, kernel = WINDOWS[window]
    for x_kind, y_kind in zip(KINDS, reversed(KINDS), strict=True):
        x, w, zx = full(x_kind, 2, channels, *(8, 9)[: len(shape) - 2]), full("int8", *shape), zero(x_kind)
        along = (slice(None), *[None] * (len(shape) - 2))
        sx, sw, sy, zw, zy = scale(), scale(len(w)), scale() * 30, np.zeros(len(w), np.int8), zero(y_kind)
        bias = rng.integers(-1000, 1000, len(w)).astype(np.int32)
        node = f"y = QLinearConv <{attributes}> (x, sx, zx, w, sw, zw, sy, zy, b)".replace(" <>", "")
        constants = {"sx": sx, "zx": zx, "w": w, "sw": sw, "zw": zw, "sy": sy, "zy": zy, "b": bias}
        total = sums(f"t = ConvInteger <{attributes}> (x, w, zx)".replace(" <>", ""), {"x": x}, {"w": w, "zx": zx})
        wanted = quantised(total + bias[along], sx, sw[along], sy, zy)
        check(model_of(node, {"x": x}, constants, f"{y_kind}[] y"), {"x": x}, wanted, kernel)


@pytest.mark.parametrize("kinds", list(product(KINDS, KINDS)))
def test_qlinear_matmul(kinds: tuple[str, str], check: Check):
    """Every pair of types, with zero points on both sides."""
    a, b, za, zb, zy = full(kinds[0], 5, 33), full(kinds[1], 33, 20), zero(kinds[0]), zero(kinds[1]), zero(kinds[0])
    sa, sb, sy = scale(), scale(), scale() * 20
    total = sums("t = MatMulInteger (a, b, za, zb)", {"a": a}, {"b": b, "za": za, "zb": zb})
    constants = {"sa": sa, "za": za, "b": b, "sb": sb, "zb": zb, "sy": sy, "zy": zy}
    model = model_of("y = QLinearMatMul (a, sa, za, b, sb, zb, sy, zy)", {"a": a}, constants, f"{kinds[0]}[] y")
    check(model, {"a": a}, quantised(total, sa, sb, sy, zy), "gemm_int8")


@pytest.mark.parametrize("kinds", list(product(KINDS, KINDS)))
def test_products_of_integers(kinds: tuple[str, str], check: Check):
    """MatMulInteger and ConvInteger, with a zero point of x that is known, and one that is computed."""
    a, b, za, zb = full(kinds[0], 3, 5, 33), full(kinds[1], 33, 20), zero(kinds[0], 1), zero(kinds[1])
    x, w = full(kinds[0], 2, 3, 8, 9), full(kinds[1], 5, 3, 3, 3)
    for node, first, second, kernel in (
        ("t = MatMulInteger (a, b, za, zb)", {"a": a}, {"b": b}, "gemm_int8"),
        ("t = ConvInteger <pads = [1, 1, 1, 1]> (a, b, za, zb)", {"a": x}, {"b": w}, "conv2d_int8"),
    ):
        wanted = sums(node, first, {**second, "za": za, "zb": zb})
        check(model_of(node, first, {**second, "za": za, "zb": zb}, "int32[] t"), first, wanted, kernel)
        check(model_of(node, {**first, "za": za}, {**second, "zb": zb}, "int32[] t"), {**first, "za": za}, wanted, kernel)


def test_dynamic_quantisation(check: Check):
    """Scale and zero point of x by its own range: (max - min) / 255, round(-min / scale); then the product and its scale."""
    a, b, sb = rng.normal(0, 3, (5, 33)).astype(np.float32), full("int8", 33, 20), scale()
    text = "q, s, z = DynamicQuantizeLinear (a) t = MatMulInteger (q, b, z) f = Cast <to = 1> (t) m = Mul (s, sb) y = Mul (f, m)"
    low, high = min(a.min(), np.float32(0)), max(a.max(), np.float32(0))
    s = (high - low) / np.float32(255)
    z = np.clip(np.rint(-low / s), 0, 255)
    q = np.clip(np.rint(a / s) + z, 0, 255)
    total = (q - z).astype(np.int64) @ b.astype(np.int64)
    wanted = total.astype(np.float32) * (s * sb)
    check(model_of(text, {"a": a}, {"b": b, "sb": sb}, "float[] y"), {"a": a}, wanted, "gemm_int8")


@pytest.mark.parametrize("relu", [False, True])
def test_dequantised_operands_mean_the_same(relu: bool, tmp_path: Path):
    """Between DequantizeLinear and QuantizeLinear a Conv is a QLinearConv, to the bit, with a Relu or not.

    The exact result, sx sw t / sy rounded once, is that of the integers unless it lies within three roundings of single precision of
    the middle between two numbers; the float arithmetic of the operators one by one is off no less often.
    """
    x, w = full("uint8", 2, 16, 12, 12), full("int8", 24, 16, 3, 3)
    sx, sw, sy, zx, zy = scale(), scale(24), scale() * 40, zero("uint8"), zero("uint8")
    bias = rng.integers(-1000, 1000, 24).astype(np.int32)
    constants = {"w": w, "sx": sx, "sw": sw, "sy": sy, "zx": zx, "zy": zy, "b": bias, "sb": sx * sw}
    text = "f = DequantizeLinear (x, sx, zx) k = DequantizeLinear <axis = 0> (w, sw) c = DequantizeLinear <axis = 0> (b, sb)"
    ends = "v = Conv (f, k, c) r = Relu (v) y = QuantizeLinear (r, sy, zy)" if relu else "v = Conv (f, k, c) y = QuantizeLinear (v, sy, zy)"
    path = tmp_path / "model.onnx"
    onnx.save(model_of(f"{text} {ends}", {"x": x}, constants, "uint8[] y"), path)
    total = sums("t = ConvInteger (x, w, zx)", {"x": x}, {"w": w, "zx": zx}) + bias[:, None, None]
    positive = np.maximum(total, 0) if relu else total
    wanted = quantised(positive, sx, sw[:, None, None], sy, zy)
    found = {}
    for target, level in (("interpreter", "none"), ("interpreter", "basic"), ("cpu", "basic"), ("cpu", "layout")):
        with inferir.compile(path, target=target, opt_level=level, num_threads=1) as compiled:
            (found[target, level],) = compiled.run({"x": x}).values()
    floats = found.pop(("interpreter", "none"))
    for which, got in found.items():
        np.testing.assert_array_equal(got, wanted, str(which))
    exact = positive * (np.float64(sx) * sw[:, None, None].astype(np.float64)) / np.float64(sy)
    nearest = np.clip(np.rint(exact) + int(zy), 0, 255)
    off = wanted != nearest
    assert (np.abs(np.abs(exact - np.floor(exact)) - 0.5)[off] <= np.abs(exact)[off] * 3 * 2.0**-24).all()
    assert off.sum() <= (floats != nearest).sum() <= 1e-3 * floats.size
    assert np.abs(floats.astype(np.int32) - wanted.astype(np.int32)).max() <= 1


def test_what_moves_between_quantised_operators_stays_bytes(tmp_path: Path):
    """A residual net: sums, maxima, means and concatenations between its convolutions. The executor's bits, with no float image."""
    text = """
    q = QuantizeLinear (x, s0, z) a = DequantizeLinear (q, s0, z) k = DequantizeLinear <axis = 0> (w, sw) k5 = DequantizeLinear <axis = 0> (w5, sw)
    v = Conv <pads = [1, 1, 1, 1]> (a, k) r = Relu (v) p = MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (r)
    q1 = QuantizeLinear (p, s1, z1) b = DequantizeLinear (q1, s1, z1)
    v5 = Conv (b, k5) q5 = QuantizeLinear (v5, s2, z2) f = DequantizeLinear (q5, s2, z2)
    sum = Add (f, b) q2 = QuantizeLinear (sum, s2, z2) c = DequantizeLinear (q2, s2, z2)
    both = Concat <axis = 1> (b, c) q3 = QuantizeLinear (both, s1, z1) d = DequantizeLinear (q3, s1, z1)
    mean = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (d) q4 = QuantizeLinear (mean, s1, z1) e = DequantizeLinear (q4, s1, z1)
    all = GlobalAveragePool (e) y = QuantizeLinear (all, s1, z1)
    """
    for kind in KINDS:
        z, z1, z2 = zero(kind), zero(kind), zero(kind)
        constants = {"w": full("int8", 16, 16, 3, 3), "w5": full("int8", 16, 16, 1, 1), "sw": scale(16)}
        constants |= {"s0": scale() * 3, "s1": scale() * 30, "s2": scale() * 30}
        x = rng.normal(0, 1, (1, 16, 10, 12)).astype(np.float32)
        path = tmp_path / f"{kind}.onnx"
        onnx.save(model_of(text, {"x": x}, {**constants, "z": z, "z1": z1, "z2": z2}, f"{kind}[] y"), path)
        with inferir.compile(path, target="interpreter", opt_level="basic") as compiled:
            (wanted,) = compiled.run({"x": x}).values()
        for level in ("basic", "extended", "layout"):
            with inferir.compile(path, opt_level=level, num_threads=1) as compiled:
                np.testing.assert_array_equal(next(iter(compiled.run({"x": x}).values())), wanted, level)
                if level == "layout":
                    assert int(compiled.program.metadata["cpu.arena"]) <= 4 * x.size, "there is room for an image of floats beside bytes"


@pytest.mark.parametrize("name", ["lenet_qdq", "lenet_qdq_perchannel", "lenet_qoperator", "lenet_dynq"])
def test_quantised_lenet(name: str):
    """Native code at every level gives the executor's bits (its softmax of floats, at the end of `lenet_dynq`, a few units)."""
    with np.load(DATA / f"{name}.npz") as data:
        x = data["in_x"]
    with inferir.compile(DATA / f"{name}.onnx", target="interpreter", opt_level="basic") as compiled:
        (wanted,) = compiled.run({"x": x}).values()
    for level in ("basic", "extended", "layout"):
        with inferir.compile(DATA / f"{name}.onnx", opt_level=level, num_threads=1) as compiled:
            (got,) = compiled.run({"x": x}).values()
            launches = [launch.rpartition("(")[2] for launch in compiled.program.launches]
        np.testing.assert_allclose(got, wanted, rtol=2e-6 if name == "lenet_dynq" else 0, err_msg=level)
        assert sum(k.startswith("conv2d_int8") for k in launches) == 2 and sum(k.startswith("gemm_int8") for k in launches) == 3
        assert not any(k.startswith(("conv2d_", "gemm_")) and "int8" not in k for k in launches)


SIZES = {"?": ["n"], "3": [3], "1": [1], "scalar": []}


@pytest.mark.parametrize("zero", SIZES)
@pytest.mark.parametrize("scale", SIZES)
@pytest.mark.parametrize("op", ["QuantizeLinear", "DequantizeLinear"])
def test_there_are_as_many_zero_points_as_scales(op: str, scale: str, zero: str, tmp_path: Path):
    """One zero point for three scales, or three for one, is refused at every level, whether the sizes are declared or not."""
    taken, given = (TensorProto.FLOAT, TensorProto.UINT8) if op == "QuantizeLinear" else (TensorProto.UINT8, TensorProto.FLOAT)
    value = onnx.helper.make_tensor_value_info
    inputs = [value("x", taken, [2, "c"]), value("s", TensorProto.FLOAT, SIZES[scale])]
    inputs.append(value("z", TensorProto.UINT8, ["m"] if zero == "?" else SIZES[zero]))
    node = onnx.helper.make_node(op, ["x", "s", "z"], ["y"])
    graph = onnx.helper.make_graph([node], "g", inputs, [value("y", given, None)])
    path = tmp_path / "m.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 21)], ir_version=10), path)
    shapes: dict[str, list[tuple[int, ...]]] = {"?": [(3,), (1,)], "3": [(3,)], "1": [(1,)], "scalar": [()]}
    for target, level in LEVELS:
        for many, offsets in product(shapes[scale], shapes[zero]):
            x = np.arange(6).reshape(2, 3).astype(np.float32 if op == "QuantizeLinear" else np.uint8)
            feeds = {"x": x, "s": np.full(many, 0.5, np.float32), "z": np.full(offsets, 2, np.uint8)}
            fits = np.prod(many) == np.prod(offsets)
            with nullcontext() if fits else pytest.raises((InferError, ModelError)):
                y = compile_model(str(path), target, level).run(feeds)["y"]
                np.testing.assert_array_equal(y, x / 0.5 + 2 if op == "QuantizeLinear" else (x - 2.0) * 0.5)
