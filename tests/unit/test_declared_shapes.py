"""A declared shape is a claim: models whose declarations contradict their inputs give what ONNX Runtime gives; text that does is refused."""

import random
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

import inferir
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
from stale import declare

F, I, B = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
N = helper.make_node
RUNS = [("interpreter", "layout", 1), *(("cpu", level, threads) for level in ("none", "basic", "extended", "layout") for threads in (1, 2))]
rng = np.random.default_rng(3)


def body(name: str, nodes: list, inputs: list, outputs: list) -> onnx.GraphProto:
    return helper.make_graph(nodes, name, inputs, outputs)


def info(name: str, element: int, dims: list | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, element, dims)


def elementwise() -> tuple:
    nodes = [N("Relu", ["x"], ["a"]), N("Exp", ["a"], ["b"]), N("Add", ["a", "b"], ["y"])]
    return nodes, {"x": (F, ["n", 3])}, {"y": F}, {"x": (2, 3)}, {"a": (F, (2, 3)), "b": (F, (2, 3)), "y": (F, (2, 3))}


def reductions() -> tuple:
    nodes = [N("Tanh", ["x"], ["a"]), N("ReduceSum", ["a"], ["y"], keepdims=0), N("Softmax", ["a"], ["z"])]
    return nodes, {"x": (F, ["n", "m"])}, {"y": F, "z": F}, {"x": (6, 5)}, {"a": (F, (6, 5)), "y": (F, ()), "z": (F, (6, 5))}


def product() -> tuple:
    nodes = [N("MatMul", ["x", "w"], ["a"]), N("Relu", ["a"], ["b"]), N("MatMul", ["b", "v"], ["y"])]
    known = {"a": (F, (2, 3, 4)), "b": (F, (2, 3, 4)), "y": (F, (2, 3, 2))}
    return (
        nodes,
        {"x": (F, ["n", "m", 5]), "w": (F, [5, 4]), "v": (F, [4, "k"])},
        {"y": F},
        {"x": (2, 3, 5), "w": (5, 4), "v": (4, 2)},
        known,
    )


def convolution() -> tuple:
    nodes = [N("Conv", ["x", "w"], ["a"]), N("MaxPool", ["a"], ["b"], kernel_shape=[2, 2]), N("GlobalAveragePool", ["b"], ["y"])]
    known = {"a": (F, (3, 4, 7, 6)), "b": (F, (3, 4, 6, 5)), "y": (F, (3, 4, 1, 1))}
    return nodes, {"x": (F, ["n", 2, "h", "w"]), "w": (F, [4, 2, 3, 3])}, {"y": F}, {"x": (3, 2, 9, 8), "w": (4, 2, 3, 3)}, known


def reshapes() -> tuple:
    nodes = [N("Flatten", ["x"], ["a"]), N("Relu", ["a"], ["b"]), N("Transpose", ["b"], ["c"]), N("Concat", ["c", "c"], ["y"], axis=1)]
    known = {"a": (F, (3, 8)), "b": (F, (3, 8)), "c": (F, (8, 3)), "y": (F, (8, 6))}
    return nodes, {"x": (F, ["n", 2, "m"])}, {"y": F}, {"x": (3, 2, 4)}, known


def data_decides() -> tuple:
    nodes = [N("Reshape", ["x", "s"], ["a"]), N("Relu", ["a"], ["b"]), N("NonZero", ["b"], ["c"]), N("Transpose", ["c"], ["y"])]
    known = {"a": (F, (3, 4)), "b": (F, (3, 4)), "c": (I, (2, 12)), "y": (I, (12, 2))}
    return nodes, {"x": (F, ["n", 2]), "s": (I, [2])}, {"y": I, "b": F}, {"x": (6, 2), "s": np.array([3, 4])}, known


def branches() -> tuple:
    then = body("then", [N("Relu", ["x"], ["t1"]), N("Exp", ["t1"], ["t2"])], [], [info("t2", F, None)])
    other = body("other", [N("Tanh", ["x"], ["e1"])], [], [info("e1", F, None)])
    nodes = [N("If", ["c"], ["a"], then_branch=then, else_branch=other), N("Add", ["a", "x"], ["y"])]
    known = {name: (F, (2, 3)) for name in ("t1", "t2", "e1", "a", "y")}
    return nodes, {"x": (F, ["n", 3]), "c": (B, [])}, {"y": F}, {"x": (2, 3), "c": np.array(True)}, known


def loops() -> tuple:
    inner = [N("Tanh", ["v"], ["t"]), N("Identity", ["go"], ["more"]), N("Add", ["t", "x"], ["next"]), N("Identity", ["t"], ["each"])]
    inputs = [info("i", I, []), info("go", B, []), info("v", F, [64, 3])]
    graph = body("loop", inner, inputs, [info("more", B, []), info("next", F, None), info("each", F, None)])
    nodes = [N("Loop", ["k", "", "x"], ["a", "s"], body=graph), N("Exp", ["a"], ["y"]), N("Relu", ["s"], ["z"])]
    known = {name: (F, (2, 3)) for name in ("t", "next", "each", "a", "y")} | {"s": (F, (4, 2, 3)), "z": (F, (4, 2, 3))}
    return nodes, {"x": (F, ["n", 3]), "k": (I, [])}, {"y": F, "z": F}, {"x": (2, 3), "k": np.array(4)}, known


def scans() -> tuple:
    inner = [N("Add", ["v", "e"], ["next"]), N("Exp", ["next"], ["each"])]
    inputs = [info("v", F, ["k"]), info("e", F, ["j"])]
    graph = body("scan", inner, inputs, [info("next", F, None), info("each", F, None)])
    nodes = [N("Scan", ["b", "x"], ["y", "z"], body=graph, num_scan_inputs=1)]
    known = {name: (F, (3,)) for name in ("next", "each", "y")} | {"z": (F, (4, 3))}
    return nodes, {"b": (F, ["m"]), "x": (F, ["n", "m"])}, {"y": F, "z": F}, {"b": (3,), "x": (4, 3)}, known


FAMILIES = (elementwise, reductions, product, convolution, reshapes, data_decides, branches, loops, scans)


def model_of(nodes: list, inputs: dict, outputs: dict) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "g", [info(n, e, d) for n, (e, d) in inputs.items()], [info(n, e, None) for n, e in outputs.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def in_function(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its nodes in a local function."""
    graph = model.graph
    inputs, outputs = [v.name for v in graph.input], [v.name for v in graph.output]
    function = helper.make_function("local", "F", inputs, outputs, list(graph.node), list(model.opset_import))
    del graph.node[:]
    graph.node.append(N("F", inputs, outputs, domain="local"))
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("local", 1))
    return model


def feeds_of(shapes: dict) -> dict:
    return {n: rng.standard_normal(s).astype(np.float32) if isinstance(s, tuple) else s for n, s in shapes.items()}


@pytest.mark.filterwarnings("ignore:the model declares")
@pytest.mark.parametrize("called", [False, True], ids=["graph", "function"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.__name__)
def test_what_is_declared_of_a_value_changes_nothing(family, seed: int, called: bool, tmp_path: Path):
    nodes, inputs, outputs, shapes, known = family()
    plain = model_of(nodes, inputs, outputs)
    feeds = feeds_of(shapes)
    session = onnxruntime.InferenceSession(plain.SerializeToString(), providers=["CPUExecutionProvider"])
    expected = [np.asarray(y) for y in session.run(None, feeds)]
    stale = in_function(plain) if called else plain
    declare(stale, random.Random(f"{family.__name__}/{seed}"), known)
    path = tmp_path / "m.onnx"
    path.write_bytes(stale.SerializeToString())
    for target, level, threads in RUNS if seed == 0 else [RUNS[0], RUNS[1 + seed], RUNS[-1]]:
        with inferir.compile(path, target=target, opt_level=level, num_threads=threads) as m:
            got = m.run(feeds)
        for want, (name, value) in zip(expected, got.items(), strict=True):
            assert value.shape == want.shape, (target, level, name)
            np.testing.assert_allclose(value, want, 1e-4, 1e-5, err_msg=f"{target} {level} {name}")


def test_a_declaration_that_is_not_used_is_a_warning(tmp_path: Path):
    model = model_of([N("Relu", ["x"], ["y"])], {"x": (F, [2, 3])}, {"y": F})
    model.graph.output[0].CopyFrom(info("y", F, [7, 3]))
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.warns(UserWarning, match="the model declares tensor<7x3xf32> where its inputs make it tensor<2x3xf32>"):
        m = inferir.compile(tmp_path / "m.onnx")
    assert np.shape(m(np.zeros((2, 3), np.float32))) == (2, 3)


@pytest.mark.filterwarnings("ignore:the model declares")
@pytest.mark.parametrize(("target", "level", "threads"), RUNS)
def test_an_output_declared_with_another_rank(target: str, level: str, threads: int, tmp_path: Path):
    """The names of its dimensions go with the declaration."""
    model = model_of([N("Relu", ["x"], ["y"]), N("Unsqueeze", ["x", "a"], ["z"])], {"x": (F, ["n", 3])}, {"y": F, "z": F})
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([0]), "a"))
    model.graph.output[0].CopyFrom(info("y", F, ["n", "m", 3]))
    model.graph.output[1].CopyFrom(info("z", F, ["n", "m"]))
    onnx.save(model, tmp_path / "m.onnx")
    with inferir.compile(tmp_path / "m.onnx", target=target, opt_level=level, num_threads=threads) as m:
        assert [y.shape for y in m(np.zeros((2, 3), np.float32))] == [(2, 3), (1, 2, 3)]


TEXTS = {
    "inference": "%0 = inference.relu %x : (tensor<?x4xf32>) -> tensor<6x4xf32>\n  %1 = inference.exp %0 : tensor<6x4xf32>",
    "cpu": "%0 = cpu.map %x {} : (tensor<?x4xf32>) -> tensor<6x4xf32>\n  %1 = cpu.softmax %0 {} : (tensor<6x4xf32>) -> tensor<6x4xf32>",
    "decided": """%k = inference.constant dense<[6, 4]> : tensor<2xi64>
  %c = inference.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  %m = inference.maximum %c, %n : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %0 = inference.broadcast %x to %m : (tensor<?x4xf32>, tensor<2xi64>) -> tensor<6x4xf32>
  %1 = inference.exp %0 : tensor<6x4xf32>""",
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("target", "level", "threads"), RUNS)
def test_a_type_in_text_is_checked_when_it_runs(text: str, target: str, level: str, threads: int):
    arguments = '%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["n", 4]}'
    arguments += ', %n: tensor<2xi64> {inference.name = "n2"}' if text == "decided" else ""
    module = f"func.func @main({arguments}) -> tensor<6x4xf32> {{\n  {TEXTS[text]}\n  return %1 : tensor<6x4xf32>\n}}\n"
    more = {"n2": np.zeros(2, np.int64)} if text == "decided" else {}
    with inferir.compile(module, target=target, opt_level=level, num_threads=threads) as m:
        assert next(iter(m.run({"x": np.zeros((6, 4), np.float32), **more}).values())).shape == (6, 4)
        for rows in (0, 1, 5, 7, 2_000_000):
            with pytest.raises((ModelError, InferError)):
                m.run({"x": np.zeros((rows, 4), np.float32), **more})
