"""ONNX files whose structure, all but the data of tensors, would take much memory end in one line before it is given to them."""

from pathlib import Path

import pytest
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, helper

from inferir.core import InferError, make_context
from inferir.frontends.onnx import load

MIB = 1 << 20


def field(number: int, body: bytes) -> bytes:
    """A field of bytes as the wire format has it."""

    def varint(value: int) -> bytes:
        return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])

    return varint(number << 3 | 2) + varint(len(body)) + body


def graph(extra: bytes) -> bytes:
    """A model with one Relu, and more fields in its graph."""
    x, y = (helper.make_tensor_value_info(name, 1, [4]) for name in "xy")
    model = helper.make_model(helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y]), ir_version=10)
    graph = model.graph.SerializeToString()
    model.ClearField("graph")
    return model.SerializeToString() + field(7, graph + extra)


def node(extra: bytes) -> bytes:
    """A second node with more fields."""
    return graph(field(1, NodeProto(op_type="Neg", input=["y"], output=["z"]).SerializeToString() + extra))


def attribute(kind: int, extra: bytes) -> bytes:
    return node(field(5, AttributeProto(name="a", type=kind).SerializeToString() + extra))  # pyright: ignore[reportArgumentType]


NODE, TENSOR, SPARSE, INPUT = 1, 5, 15, 11
MANY = "more than 100000 nodes, constants, inputs and subgraphs"
MEMORY = "would take more than 640 MiB of memory|more than 1000000 fields"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda: graph(field(NODE, b"") * 200_000), MANY),
        (lambda: graph(field(TENSOR, b"") * 200_000), MANY),
        (lambda: graph(field(SPARSE, b"") * 200_000), MANY),
        (lambda: graph(field(INPUT, b"") * 200_000), MANY),
        (lambda: graph(field(NODE, NodeProto(op_type="q", domain="c").SerializeToString()) * 100_001), MANY),
        (lambda: node(field(2, b"a" * 100_000) * 1700), "its structure .all but the data of tensors. has 1700.* bytes"),
        (lambda: attribute(9, field(10, b"") * MIB), MEMORY),
        (lambda: graph(field(10, b"") * 3 * MIB), "more than 1000000 fields"),
        (lambda: attribute(10, field(11, b"") * 5_000), "attribute 'a' has 5000 subgraphs, a node has no more than 4096"),
        (lambda: attribute(7, field(8, b"\1" * (30 * MIB))), MEMORY),
    ],
)
def test_memory_that_is_not_given(data, message: str, tmp_path: Path):
    path = tmp_path / "m.onnx"
    path.write_bytes(data())
    with pytest.raises(InferError, match=message) as problem:
        load(path, make_context())
    assert str(problem.value).startswith(str(path)) and "\n" not in str(problem.value)


def test_functions_whose_versions_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A body of 40 nodes for each of 30 sets of attributes."""
    monkeypatch.setattr("inferir.frontends.onnx.graph.MAX_VALUES", 1_000)
    body = [helper.make_node("Relu", ["x"], [f"v{i}"]) for i in range(40)]
    function = helper.make_function("f", "long", ["x"], ["v0"], body, [helper.make_opsetid("", 18)], attributes=["k"])
    calls = [helper.make_node("long", ["x"], [f"y{i}"], domain="f", k=i) for i in range(30)]
    x = helper.make_tensor_value_info("x", 1, [4])
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("f", 1)]
    model = helper.make_model(helper.make_graph(calls, "g", [x], []), opset_imports=imports, functions=[function], ir_version=10)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(InferError, match="more than 1000 nodes, constants"):
        load(tmp_path / "m.onnx", make_context())


def test_large_tensors_are_no_structure(tmp_path: Path):
    """Half a million numbers in each of the fields that stay in the file."""
    model = ModelProto.FromString(graph(b""))
    model.graph.initializer.add(name="w", data_type=1, dims=[500_000], raw_data=bytes(2_000_000))
    model.graph.initializer.add(name="v", data_type=1, dims=[500_000], float_data=[0.5] * 500_000)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    load(tmp_path / "m.onnx", make_context())


def test_a_node_without_an_operator():
    model = ModelProto(ir_version=10, graph=GraphProto(name="g", node=[NodeProto(output=["y"])]))
    with pytest.raises(InferError, match="node number 0 has no operator"):
        load_bytes(model.SerializeToString())


def load_bytes(data: bytes) -> None:
    import inferir

    inferir.compile(data, target="interpreter")
