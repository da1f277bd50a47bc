"""Small files that ask for immense work end soon, in one line."""

import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inferir.backends.runtime.model import Model
from inferir.core import InferError
from inferir.tools.driver import compile_model

X, Y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [4]) for name in "xy")
OPSETS = [helper.make_opsetid("", 18), helper.make_opsetid("f", 1)]


def refused(
    nodes: list,
    tmp_path: Path,
    message: str,
    constants: dict[str, np.ndarray] | None = None,
    functions: list | None = None,
    opset: int = 18,
):
    """Compile a graph of nodes from x to y, which ends in an error with the message."""
    held = [numpy_helper.from_array(array, name) for name, array in (constants or {}).items()]
    graph = helper.make_graph(nodes, "g", [X], [Y], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), OPSETS[1]], functions=functions or [], ir_version=10)
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(InferError, match=message):
        compile_model(str(tmp_path / "m.onnx"), num_threads=1)


def test_functions_that_each_call_the_next_twice(tmp_path: Path):
    body = lambda i: [helper.make_node(f"d{i + 1}", ["x"], ["a"], domain="f"), helper.make_node(f"d{i + 1}", ["a"], ["y"], domain="f")]
    functions = [helper.make_function("f", f"d{i}", ["x"], ["y"], body(i), OPSETS) for i in range(40)]
    functions.append(helper.make_function("f", "d40", ["x"], ["y"], [helper.make_node("Relu", ["x"], ["y"])], OPSETS))
    refused(
        [helper.make_node("d0", ["x"], ["y"], domain="f")],
        tmp_path,
        "with its calls inlined @.* would have more than 30000 ops",
        None,
        functions,
    )


def test_functions_whose_bodies_are_long(tmp_path: Path):
    """Few calls at each level, and two million operators."""
    body = [helper.make_node("Neg", [f"v{i}"], [f"v{i + 1}"]) for i in range(200)]
    body[0].input[0], body[-1].output[0] = "x", "y"
    functions = [helper.make_function("f", "f0", ["x"], ["y"], body, OPSETS)]
    for level in (1, 2):
        calls = [helper.make_node(f"f{level - 1}", [f"v{i}"], [f"v{i + 1}"], domain="f") for i in range(100)]
        calls[0].input[0], calls[-1].output[0] = "x", "y"
        functions.append(helper.make_function("f", f"f{level}", ["x"], ["y"], calls, OPSETS))
    refused([helper.make_node("f2", ["x"], ["y"], domain="f")], tmp_path, "more than 30000 ops", None, functions)


@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize("kind", ["Concat", "Sum"])
def test_a_node_that_reads_one_dynamic_tensor_many_times(kind: str, level: str, tmp_path: Path):
    n = 600
    node = helper.make_node(kind, ["x"] * n, ["y"])
    node.attribute.extend([helper.make_attribute("axis", 0)] if kind == "Concat" else [])
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [size]) for name, size in (("x", "n"), ("y", "m")))
    onnx.save(helper.make_model(helper.make_graph([node], "g", [x], [y]), opset_imports=OPSETS, ir_version=10), tmp_path / "m.onnx")
    begin = time.process_time()
    compiled = compile_model(str(tmp_path / "m.onnx"), opt_level=level, num_threads=1)
    assert time.process_time() - begin < 15  # a third of a millisecond for each operand squared would be 120
    assert isinstance(compiled, Model)
    assert len(max(compiled.program.launches, key=len)) < 10_000
    values = np.array([1, 2, 0.5], np.float32)
    (found,) = compiled.run({"x": values}).values()
    np.testing.assert_array_equal(found, np.tile(values, n) if kind == "Concat" else values * n)


def test_a_node_of_many_operands(tmp_path: Path):
    refused([helper.make_node("Sum", ["x"] * 20_000, ["y"])], tmp_path, "Sum: 20000 inputs and 1 outputs, a node has no more than 4096")


def test_an_axis_far_out_of_range(tmp_path: Path):
    refused([helper.make_node("Softmax", ["x"], ["y"], axis=2**62)], tmp_path, "axis is 4611686018427387904, x has 1 dimensions", opset=11)


def test_a_file_name_of_a_hundred_thousand_characters(tmp_path: Path):
    """The message is one line that can be read, from the Python interface too."""
    model = helper.make_model(
        helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [X], [Y]), opset_imports=OPSETS, ir_version=10
    )
    weight = model.graph.initializer.add(name="w", dims=[4], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="x" * 100_000)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(InferError) as error:
        compile_model(str(tmp_path / "m.onnx"), num_threads=1)
    assert "w" in str(error.value) and len(str(error.value)) < 2_500
