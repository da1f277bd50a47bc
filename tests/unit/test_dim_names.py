"""Names of dimensions as exporters write them: only one name for one dimension is a symbol."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import inferir
from inferir.backends.runtime.program import ModelError

ODD = ["?", "", "-1", "*", " ", "__"]
"""Text that names nothing."""


def relu(path: Path, *dims: list[str | int | None]) -> Path:
    """A model that applies Relu to each of its inputs, whose dimensions are named so."""
    inputs = [helper.make_tensor_value_info(f"x{i}", TensorProto.FLOAT, d) for i, d in enumerate(dims)]
    outputs = [helper.make_tensor_value_info(f"y{i}", TensorProto.FLOAT, None) for i in range(len(dims))]
    nodes = [helper.make_node("Relu", [f"x{i}"], [f"y{i}"]) for i in range(len(dims))]
    graph = helper.make_graph(nodes, "g", inputs, outputs)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def check(path: Path, target: str, level: str, *shapes: tuple[int, ...]) -> None:
    """The model takes arrays of these shapes, and gives as many elements as it gets."""
    model = inferir.compile(path, target=target, opt_level=level)
    arrays = [np.random.default_rng(i).standard_normal(s).astype(np.float32) for i, s in enumerate(shapes)]
    got = model(*arrays)
    for a, b in zip(got if isinstance(got, tuple) else (got,), arrays, strict=True):
        np.testing.assert_array_equal(a, np.maximum(b, 0))


@pytest.mark.parametrize("target, level", [("cpu", "none"), ("cpu", "layout"), ("interpreter", "none")])
@pytest.mark.parametrize("name", [*ODD, None, "dim", "unk__7", "batch size", "高"])
def test_a_name_that_stands_twice_in_a_shape_is_no_symbol(name: str | None, target: str, level: str, tmp_path: Path):
    check(relu(tmp_path / "m.onnx", [name, 3, name, name]), target, level, (2, 3, 4, 6))


@pytest.mark.parametrize("name", ODD)
def test_text_that_names_nothing_is_another_dimension_each_time(name: str, tmp_path: Path):
    check(relu(tmp_path / "m.onnx", [name, 3], [name, 3]), "cpu", "layout", (2, 3), (5, 3))


@pytest.mark.parametrize(
    "first, second", [("batch size", "batch  size"), ("高", "宽"), ("高", "dim"), ("x" * 90 + "a", "x" * 90 + "b"), ("x0_1", None)]
)
def test_names_that_differ_are_dimensions_that_may_differ(first: str, second: str | None, tmp_path: Path):
    check(relu(tmp_path / "m.onnx", [3, second], [3, first]), "cpu", "layout", (3, 2), (3, 5))


def test_one_name_in_two_inputs_is_one_dimension(tmp_path: Path):
    path = relu(tmp_path / "m.onnx", ["batch", 3], ["batch", 4])
    check(path, "cpu", "layout", (2, 3), (2, 4))
    with pytest.raises(ModelError, match="'batch' is 2"):
        check(path, "cpu", "layout", (2, 3), (5, 4))


def test_a_repeated_name_can_still_be_given_a_number(tmp_path: Path):
    path = relu(tmp_path / "m.onnx", ["n", "side", "side"])
    model = inferir.compile(path, dims={"side": 4})
    assert [list(p.dims) for p in model.inputs] == [["n", 4, 4]]
