"""A squeeze that names no axes, of an x whose sizes the weights or the declared results decide: no operator of the model falls back."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import inferir
from inferir.backends.runtime.program import ModelError
from inferir.core import make_context
from inferir.tools.driver import build_program

N = helper.make_node
rng = np.random.default_rng(5)


def constant(name: str, *shape: int) -> onnx.TensorProto:
    return numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)


def built(nodes: list, dims: list, result: list | None, weights: list) -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in (("x", dims), ("y", result)))
    return helper.make_model(helper.make_graph(nodes, "g", [x], [y], weights), opset_imports=[helper.make_opsetid("", 11)], ir_version=6)


AFTER = {
    "elementwise": [N("Sigmoid", ["s"], ["y"])],
    "unsqueeze": [N("Unsqueeze", ["s"], ["y"], axes=[1])],
    "squeeze": [N("Unsqueeze", ["s"], ["u"], axes=[1]), N("Squeeze", ["u"], ["v"]), N("Tanh", ["v"], ["y"])],
    "flatten": [N("Flatten", ["s"], ["v"], axis=0), N("Exp", ["v"], ["y"])],
    "reshape": [N("Reshape", ["s", "pair"], ["v"]), N("Exp", ["v"], ["y"])],
    "transpose": [N("Reshape", ["s", "pair"], ["v"]), N("Transpose", ["v"], ["t"]), N("Exp", ["t"], ["y"])],
    "parts": [
        N("Slice", ["s", "zero", "two"], ["a"]),
        N("Slice", ["s", "two", "four"], ["b"]),
        N("Mul", ["b", "k"], ["c"]),
        N("Concat", ["c", "a"], ["y"], axis=0),
    ],
}


def squeezed(after: list, result: list | None) -> onnx.ModelProto:
    """The weights of a convolution say that "channels" is 1."""
    numbers = {"zero": [0], "two": [2], "four": [4], "pair": [2, -1]}
    weights = [constant("w", 1, 1, 3), constant("k"), *(numpy_helper.from_array(np.array(v, np.int64), n) for n, v in numbers.items())]
    nodes = [N("Conv", ["x", "w"], ["p"], pads=[1, 1]), N("Add", ["x", "p"], ["r"]), N("Squeeze", ["r"], ["s"])]
    return built([*nodes, *after], [1, "channels", 6], result, weights)


def check(model: onnx.ModelProto, x: np.ndarray, path: Path) -> None:
    onnx.save(model, path)
    session = onnxruntime.InferenceSession(path)
    want = np.asarray(session.run(None, {"x": x})[0])
    for level in ("none", "basic", "layout"):
        with inferir.compile(path, opt_level=level) as compiled:
            got = compiled.run({"x": x})["y"]
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, 1e-5, 1e-6)
    assert list(build_program(path, "cpu", "layout", {}, make_context()).host_ops) == []


@pytest.mark.parametrize("after", AFTER)
def test_a_rank_that_the_weights_decide(after: str, tmp_path: Path):
    check(squeezed(AFTER[after], None), rng.standard_normal((1, 1, 6)).astype(np.float32), tmp_path / "m.onnx")


@pytest.mark.parametrize(("columns", "result"), [(1, []), (3, [3])])
def test_a_rank_that_the_result_declares_is_checked(columns: int, result: list, tmp_path: Path):
    nodes = [N("MatMul", ["x", "w"], ["p"]), N("Squeeze", ["p"], ["s"]), N("Sigmoid", ["s"], ["t"]), N("Mul", ["t", "k"], ["y"])]
    model = built(nodes, ["batch", 4], result, [constant("w", 4, columns), constant("k")])
    check(model, rng.standard_normal((1, 4)).astype(np.float32), tmp_path / "m.onnx")
    with inferir.compile(tmp_path / "m.onnx") as compiled, pytest.raises(ModelError, match=rf"must be \[1, {columns}\], with batch = 2"):
        compiled.run({"x": np.ones((2, 4), np.float32)})


@pytest.mark.parametrize("size", [1, 2])
def test_a_branch_whose_condition_the_weights_decide(size: int, tmp_path: Path):
    """Torch writes `squeeze(1)` so: whether the size is 1 is asked at run time, and the regions give different ranks."""
    same = helper.make_graph([N("Identity", ["r"], ["e"])], "else", [], [helper.make_tensor_value_info("e", TensorProto.FLOAT, None)])
    less = helper.make_graph(
        [N("ReduceMax", ["r"], ["t"], axes=[1], keepdims=0)], "then", [], [helper.make_tensor_value_info("t", TensorProto.FLOAT, None)]
    )
    ask = [N("Shape", ["r"], ["sizes"]), N("Gather", ["sizes", "one"], ["size"]), N("Equal", ["size", "one"], ["c"])]
    nodes = [N("Conv", ["x", "w"], ["p"], pads=[1, 1]), N("Add", ["x", "p"], ["r"]), *ask]
    nodes += [N("If", ["c"], ["s"], then_branch=less, else_branch=same), N("Mul", ["s", "k"], ["m"]), N("Tanh", ["m"], ["y"])]
    weights = [constant("w", size, size, 3), constant("k"), numpy_helper.from_array(np.array([1], np.int64), "one")]
    model = built(nodes, ["batch", "channels", 6], None, weights)
    check(model, rng.standard_normal((3, size, 6)).astype(np.float32), tmp_path / "m.onnx")
