"""A number where the standard asks for a list: a list of one, or one clear line where the length of the list is a rank."""

from pathlib import Path

import numpy as np
import onnx
import pytest

import inferir
from inferir.core import InferError

X = np.arange(12, dtype=np.float32).reshape(3, 4)[::-1].copy()
OPERATORS = {
    "Reshape": ("y = Reshape (x, k)", 12, X.reshape(12)),
    "Split": ("v = Reshape (x, flat)\n y = Split (v, k)", 12, X.reshape(12)),
    "Tile": ("v = Reshape (x, flat)\n y = Tile (v, k)", 2, np.tile(X.reshape(12), 2)),
    "TopK": ("y, i = TopK (x, k)", 1, X.max(-1, keepdims=True)),
    "Squeeze": ("v = Reshape (x, wide)\n y = Squeeze (v, k)", 0, X),
    "Unsqueeze": ("y = Unsqueeze (x, k)", 1, X[:, None]),
    "ReduceSum": ("y = ReduceSum <keepdims = 0> (x, k)", 1, X.sum(1)),
    "ReduceMean": ("y = ReduceMean (x, k)", 0, X.mean(0, keepdims=True)),
    "ReduceMax": ("y = ReduceMax (x, k)", 1, X.max(1, keepdims=True)),
}


def model(path: Path, nodes: str, k: int, constant: bool) -> Path:
    """The nodes over x and the number k, an initializer or an input."""
    m = onnx.parser.parse_model(f"""
    <ir_version: 8, opset_import: ["" : 18]>
    g (float[3, 4] x{"" if constant else ", int64 k"}) => (float y)
      <{f"int64 k = {{{k}}}," if constant else ""} int64[1] flat = {{-1}}, int64[3] wide = {{1, 3, 4}}, int64 big = {{9}}, int64 k2 = {{2}}>
    {{ {nodes} }}""")
    m.graph.output[0].type.tensor_type.ClearField("shape")
    onnx.save(m, path)
    return path


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
@pytest.mark.parametrize("name", OPERATORS)
def test_a_number_is_a_list_of_one(name: str, target: str, tmp_path: Path):
    nodes, k, expected = OPERATORS[name]
    got = inferir.compile(model(tmp_path / "m.onnx", nodes, k, True), target=target)(X)
    np.testing.assert_allclose(got, expected, rtol=1e-6)


STRICT = {
    "ConstantOfShape": "v = ConstantOfShape (k)\n y = Identity (v)",
    "Expand": "y = Expand (x, k)",
    "Pad": "y = Pad (x, k)",
    "Slice": "y = Slice (x, k, big, k)",
}


@pytest.mark.parametrize("constant", [True, False], ids=["constant", "input"])
@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize("name", STRICT)
def test_a_shape_that_is_a_number_is_one_clear_line(name: str, level: str, constant: bool, tmp_path: Path):
    with pytest.raises(InferError) as caught:
        inferir.compile(model(tmp_path / "m.onnx", STRICT[name], 3, constant), opt_level=level)
    assert any("must have one dimension" in note.message for note in caught.value.notes)


@pytest.mark.parametrize("name", ["Reshape", "Tile", "Unsqueeze", "ReduceSum"])
def test_a_computed_number_does_not_crash(name: str, tmp_path: Path):
    nodes, k, expected = OPERATORS[name]
    compiled = inferir.compile(model(tmp_path / "m.onnx", nodes, k, False))
    np.testing.assert_allclose(compiled(X, np.array(k)), expected, rtol=1e-6)


@pytest.mark.parametrize("target", ["interpreter", "cpu"])
@pytest.mark.parametrize("dtype", ["float", "double", "float16"])
@pytest.mark.parametrize(("operator", "value"), [("Softmax", 1.0), ("LogSoftmax", 0.0)])
def test_a_softmax_of_one_number(operator: str, value: float, dtype: str, target: str, tmp_path: Path):
    """A product of two vectors has no axis; NaN stays."""
    text = f"""<ir_version: 8, opset_import: ["" : 18]> g ({dtype}[3] x, {dtype}[3] w) => ({dtype} y) {{ v = MatMul (x, w) y = {operator} (v) }}"""
    onnx.save(onnx.parser.parse_model(text), tmp_path / "m.onnx")
    compiled = inferir.compile(str(tmp_path / "m.onnx"), target=target)
    x = np.array([1, 2, 3], {"float": "f4", "double": "f8", "float16": "f2"}[dtype])
    assert np.asarray(compiled(x, x)) == value
    assert np.isnan(compiled(x * np.nan, x))
