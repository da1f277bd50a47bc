"""Strings that a model knows are numbers inside of it: tables of every kind against ONNX Runtime, with no operator on the host; and packages."""

import itertools
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

import inferir
from inferir.backends.package.writer import write_package
from inferir.backends.runtime.arrays import random_inputs
from inferir.backends.runtime.elements import read, shown
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.package import read_package
from inferir.backends.runtime.program import ModelError, Port

Kind = tuple[int, Any, list[Any], list[Any], Any]
KINDS: dict[str, Kind] = {
    "int64s": (TensorProto.INT64, np.int64, [5, -3, 100, 7, -3], [1000, 0, -1000], 9),
    "floats": (TensorProto.FLOAT, np.float32, [0.5, float("nan"), -2.0, 1e30, 0.5], [3.0, -np.inf, np.inf], 9.5),
    "strings": (TensorProto.STRING, object, ["a", "b", "", "zz", "a"], ["no", "A"], "other"),
}
"""Element type, dtype, keys (one of them twice), what is no key, and a default."""


def saved(nodes: list[Any], ports: tuple[list[Any], list[Any]], path: Any, version: int = 3) -> Any:
    """A model on disk."""
    inputs, outputs = ([helper.make_tensor_value_info(*p) for p in side] for side in ports)
    graph = helper.make_graph(nodes, "g", inputs, outputs)
    opsets = [helper.make_opsetid("ai.onnx.ml", version), helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def check(path: Any, *inputs: np.ndarray, native: bool = True) -> None:
    """Every target and level gives what ONNX Runtime does; compiled code has no operator on the host."""
    session = onnxruntime.InferenceSession(path)
    wanted: Any = session.run(None, dict(zip([i.name for i in session.get_inputs()], inputs, strict=True)))
    for target, level in (("interpreter", "none"), ("cpu", "none"), ("cpu", "layout")):
        with inferir.compile(path, target=target, opt_level=level) as model:
            got = list(model.run(dict(zip([p.name for p in model.inputs], inputs, strict=True))).values())
            for y, ref in zip(got, wanted, strict=True):
                assert y.dtype == ref.dtype
                np.testing.assert_array_equal(y, ref)
            if native and isinstance(model, Model):
                assert not model.program.host_ops


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize(("keys", "values"), list(itertools.product(KINDS, KINDS)))
def test_label_encoder(keys: str, values: str, version: int, tmp_path):
    source, dtype, known, unknown, _ = KINDS[keys]
    target, _, given, _, default = KINDS[values]
    x = np.array([*known, *unknown, *known], dtype).reshape(-1, 1)
    attributes = {f"keys_{keys}": known, f"values_{values}": given, f"default_{values.removesuffix('s')}": default}
    node = helper.make_node("LabelEncoder", ["x"], ["y"], domain="ai.onnx.ml", **attributes)
    check(saved([node], ([("x", source, ["n", 1])], [("y", target, ["n", 1])]), tmp_path / "m.onnx", version), x)


STRING, FLOAT = TensorProto.STRING, TensorProto.FLOAT
COLOURS = np.array([["red", "small"], ["blue", "large"], ["red", "?"], ["", "large"]], object)
TREE = {
    "nodes_treeids": [0, 0, 0],
    "nodes_nodeids": [0, 1, 2],
    "nodes_featureids": [0, 0, 0],
    "nodes_values": [0.5, 0.0, 0.0],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
    "nodes_truenodeids": [1, 0, 0],
    "nodes_falsenodeids": [2, 0, 0],
    "class_treeids": [0, 0, 0, 0],
    "class_nodeids": [1, 1, 2, 2],
    "class_ids": [0, 2, 1, 2],
    "class_weights": [0.9, 0.1, 0.3, 0.7],
    "classlabels_strings": ["ja", "nein", "vielleicht"],
}


def ml(kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    """A node of ai.onnx.ml."""
    return helper.make_node(kind, inputs, outputs, domain="ai.onnx.ml", **attributes)


def pipeline(path: Any) -> Any:
    """Columns of strings, one as numbers and one as categories, into a tree with string labels."""
    constants = [helper.make_node("Constant", [], [n], value_ints=[i]) for i, n in enumerate("ij")]
    nodes = [
        *constants,
        ml("ArrayFeatureExtractor", ["x", "i"], ["colour"]),
        helper.make_node("Gather", ["x", "j"], ["size"], axis=1),
        ml("LabelEncoder", ["colour"], ["number"], keys_strings=["red", "blue"], values_floats=[1.0, 0.0], default_float=-1.0),
        ml("OneHotEncoder", ["size"], ["columns"], cats_strings=["small", "medium", "large"], zeros=1),
        helper.make_node("Squeeze", ["columns", "j"], ["flat"]),
        helper.make_node("Concat", ["number", "flat"], ["features"], axis=1),
        ml("TreeEnsembleClassifier", ["features"], ["label", "scores"], **TREE),
    ]
    return saved(nodes, ([("x", STRING, ["n", 2])], [("label", STRING, ["n"]), ("scores", FLOAT, ["n", 3])]), path)


def test_a_tree_on_categories_with_labels(tmp_path):
    check(pipeline(tmp_path / "m.onnx"), COLOURS)


def test_a_package_needs_no_compiler_for_it(tmp_path):
    with inferir.compile(pipeline(tmp_path / "m.onnx")) as model:
        write_package(tmp_path / "m.infer", model.program)
        expected = model.run({"x": COLOURS})
    again = read_package(tmp_path / "m.infer")
    assert not again.host
    assert again.required_features == ("native-abi-1", "string-codes-1")
    with inferir.load(tmp_path / "m.infer") as loaded:
        assert str(loaded.inputs[0]) == "x: !framework.string[n, 2]"
        assert set(loaded.inputs[0].strings) == {"small", "medium", "large", "red", "blue"}
        for given in (COLOURS, COLOURS.tolist(), COLOURS.astype(np.str_), COLOURS.astype(np.bytes_)):
            for name, y in loaded.run({"x": given}).items():
                np.testing.assert_array_equal(y, expected[name])


def test_beside_an_operator_on_the_host(tmp_path):
    nodes = [
        ml("LabelEncoder", ["x"], ["y"], keys_strings=["red", "?"], values_strings=["rot", "was"], default_string="mehr"),
        helper.make_node("StringConcat", ["z", "z"], ["w"]),
    ]
    ports = [("x", STRING, ["n", 2]), ("z", STRING, ["n", 2])], [("y", STRING, ["n", 2]), ("w", STRING, ["n", 2])]
    path = saved(nodes, ports, tmp_path / "m.onnx")
    model = onnx.load(path)
    model.opset_import[1].version = 20
    onnx.save(model, path)
    check(path, COLOURS, COLOURS, native=False)
    with inferir.compile(path) as compiled:
        assert [str(op) for op in compiled.program.host_ops] == ["inference.host_call string_concat (node 'w')"]
        assert [bool(port.strings) for port in (*compiled.inputs, *compiled.outputs)] == [True, False, True, False]


def test_category_mapper(tmp_path):
    tables = {"cats_strings": ["red", "large"], "cats_int64s": [7, 3], "default_string": "none", "default_int64": -5}
    nodes = [ml("CategoryMapper", ["x"], ["y"], **tables), ml("CategoryMapper", ["y"], ["z"], **tables)]
    ports = [("x", STRING, ["n", 2])], [("y", TensorProto.INT64, ["n", 2]), ("z", STRING, ["n", 2])]
    check(saved(nodes, ports, tmp_path / "m.onnx"), COLOURS)


def test_random_strings_are_some_that_the_model_knows_and_one_that_it_does_not():
    port = Port("x", "i32", ("n", 2), ("a", "b"))
    made = random_inputs((port,), {"n": 50})["x"]
    assert made.shape == (50, 2)
    assert set(made.reshape(-1)) == {"a", "b", ""}


def test_codes_at_the_door():
    port = Port("x", "i32", ("n",), ("a", "b"))
    codes = read(port, ["b", "c", "a"])
    assert codes.dtype == np.int32
    assert codes.tolist() == [2, 0, 1]
    assert shown(port, codes).tolist() == ["b", "", "a"]
    with pytest.raises(ModelError, match=r"input 'x' has element type int64, the model takes strings"):
        read(port, [1, 2])
    with pytest.raises(ModelError, match=r"the model takes x: !framework.string\[n\]"):
        read(port, [["a"]])
