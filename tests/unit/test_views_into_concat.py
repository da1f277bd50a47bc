"""Operators of ONNX whose results are parts of concatenations along every axis, at every level, static and dynamic: against ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import inferir

PARTS = {
    "ReduceMean of channels": "ReduceMean <keepdims = 1> (x, one)",
    "ReduceMax of channels": "ReduceMax <keepdims = 1> (x, one)",
    "ReduceMean of rows": "ReduceMean <keepdims = 1> (x, last)",
    "GlobalAveragePool": "GlobalAveragePool (x)",
    "GlobalMaxPool": "GlobalMaxPool (x)",
    "Softmax of channels": "Softmax <axis = 1> (x)",
    "Softmax of rows": "Softmax <axis = -1> (x)",
    "Transpose": "Transpose <perm = [0, 1, 3, 2]> (x)",
    "Transpose of channels": "Transpose <perm = [0, 2, 3, 1]> (x)",
    "Resize": 'Resize <mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"> (x, , twice)',
    "MaxPool": "MaxPool <kernel_shape = [2, 2]> (x)",
    "Conv": "Conv <kernel_shape = [1, 1]> (x, w)",
    "Slice": "Slice (x, one, two, last)",
    "Relu": "Relu (x)",
}


def model(batch: str) -> onnx.ModelProto:
    """For every operator and axis: the result between x's like, as one output each; and a concatenation in a concatenation."""
    lines, outputs = [], []
    for i, text in enumerate(PARTS.values()):
        for axis in range(4):
            y = f"y{i}_{axis}"
            lines += [
                f"p{i}_{axis} = {text}",
                f"n{i}_{axis} = Neg (p{i}_{axis})",
                f"{y} = Concat <axis = {axis}> (n{i}_{axis}, p{i}_{axis})",
            ]
            outputs.append(f"float[a, b, c, d] {y}")
        lines.append(f"z{i} = Concat <axis = {(i + 1) % 4}> (y{i}_{i % 4}, y{i}_{i % 4})")
        outputs.append(f"float[a, b, c, d] z{i}")
    m = onnx.parser.parse_model(f"""
    <ir_version: 8, opset_import: ["" : 18]>
    g (float[{batch}, 3, 4, 6] x) => ({", ".join(outputs)})
      <int64[1] one = {{1}}, int64[1] two = {{3}}, int64[1] last = {{-1}}, float[4] twice = {{1, 1, 2, 2}}>
    {{
      {chr(10).join(lines)}
    }}""")
    for output in m.graph.output:
        output.type.tensor_type.ClearField("shape")
    w = np.random.default_rng(0).standard_normal((5, 3, 1, 1)).astype(np.float32)
    m.graph.initializer.append(onnx.numpy_helper.from_array(w, "w"))
    return m


@pytest.mark.parametrize("batch", ["2", "n"])
@pytest.mark.parametrize("level", ["none", "basic", "extended", "layout"])
def test_every_operator_computes_into_a_part(level: str, batch: str, tmp_path: Path):
    onnx.save(m := model(batch), file := tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(m.SerializeToString())
    compiled = inferir.compile(file, opt_level=level)
    x = np.random.default_rng(1).standard_normal((2, 3, 4, 6)).astype(np.float32)
    got = compiled.run({"x": x})
    for output, expected in zip(session.get_outputs(), session.run(None, {"x": x}), strict=True):
        np.testing.assert_allclose(got[output.name], np.asarray(expected), rtol=1e-4, atol=1e-5, err_msg=output.name)
