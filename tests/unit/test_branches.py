"""torch's `If(size == 1) Squeeze else Identity`, before operators that need a rank: against ONNX Runtime, whichever branch the run takes."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import inferir

FOLLOWERS = {
    "Relu": "z = Relu (y)",
    "Softmax": "z = Softmax <axis = -1> (y)",
    "ReduceSum": "z = ReduceSum <keepdims = 0> (y, last)",
    "ReduceMean": "z = ReduceMean (y, last)",
    "LayerNormalization": "z = LayerNormalization <axis = -1> (y, scale)",
    "MatMul": "z = MatMul (y, w)",
    "MatMul, Add": "m = MatMul (y, w)\n z = Add (m, b)",
    "Concat": "z = Concat <axis = -1> (y, y)",
    "Split": "a, h = Split <axis = -1, num_outputs = 2> (y)\n z = Sub (a, h)",
    "TopK": "z, i = TopK <axis = -1> (y, two)",
    "ArgMax": "z = ArgMax <axis = -1> (y)",
    "Gather": "z = Gather <axis = -1> (y, last)",
    "Slice": "z = Slice (y, zero, two, last)",
    "Flatten": "z = Flatten <axis = 1> (y)",
    "Reshape": "z = Reshape (y, rows)",
    "Unsqueeze": "z = Unsqueeze (y, last)",
    "CumSum": "z = CumSum (y, zero)",
    "an If beside it": "m = MatMul (y, w)\n z = If (c) <then_branch = t () => (p) { p = Relu (m) }, else_branch = e () => (q) { q = Neg (m) }>",
    "two Ifs": """m = Softmax <axis = -1> (y)
      z = If (c) <then_branch = t () => (p) { p = Unsqueeze (m, zero) }, else_branch = e () => (q) { q = Identity (m) }>""",
}


def model(dims: str, follower: str) -> onnx.ModelProto:
    """x's first dimension goes where it is 1, then the follower."""
    m = onnx.parser.parse_model(f"""
    <ir_version: 8, opset_import: ["" : 18]>
    g (float[{dims}] x, bool c) => (z)
      <int64 one = {{1}}, int64 first = {{0}}, int64[1] zero = {{0}}, int64[1] two = {{2}}, int64[1] last = {{-1}}, int64[2] rows = {{-1, 6}}>
    {{
      s = Shape (x)
      d = Gather (s, first)
      is_one = Equal (d, one)
      y = If (is_one) <then_branch = squeeze () => (u) {{ u = Squeeze (x, zero) }}, else_branch = same () => (v) {{ v = Identity (x) }}>
      {follower}
    }}""")
    rng = np.random.default_rng(0)
    for name, shape in (("w", (6, 4)), ("b", (4,)), ("scale", (6,))):
        m.graph.initializer.append(onnx.numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name))
    m.graph.output[0].type.Clear()
    return m


def with_output_type(m: onnx.ModelProto, element: int) -> onnx.ModelProto:
    """The output's element type, which a file must name."""
    m.graph.output[0].type.tensor_type.elem_type = element
    return m


@pytest.mark.parametrize("level, target", [("none", "cpu"), ("layout", "cpu"), ("layout", "interpreter")])
@pytest.mark.parametrize("dims", ["1, 5, 6", "n, 5, 6"])
@pytest.mark.parametrize("follower", FOLLOWERS)
def test_what_follows_a_squeeze_of_a_size_that_may_be_one(follower: str, dims: str, level: str, target: str, tmp_path: Path):
    element = onnx.TensorProto.INT64 if follower == "ArgMax" else onnx.TensorProto.FLOAT
    m = with_output_type(model(dims, FOLLOWERS[follower]), element)
    session = onnxruntime.InferenceSession(m.SerializeToString())
    onnx.save(m, file := tmp_path / "model.onnx")
    compiled = inferir.compile(file, opt_level=level, target=target)
    for size in (1,) if dims[0] == "1" else (1, 3):
        feeds = {"x": np.random.default_rng(1).standard_normal((size, 5, 6)).astype(np.float32), "c": np.array(size == 1)}
        expected = np.asarray(session.run(None, feeds)[0])
        got = next(iter(compiled.run(feeds).values()))
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
