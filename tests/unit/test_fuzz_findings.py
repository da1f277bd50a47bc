"""What random ONNX models have found, each as a small model that ONNX Runtime judges."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import pytest
from onnx_builder import run
from onnx_models import difference, ours

from inferir.tools.driver import compile_model

HEAD = '<ir_version: 8, opset_import: ["" : {}]>\n'
RAMP = np.arange(60, dtype=np.float32)

FINDINGS = {
    "a host function's result has unknown dimensions": (
        17,
        "agraph (int64 n, float[6] b) => (float[k] y) { w = HammingWindow(n)  y = Max(w, b) }",
        {"n": np.array(6), "b": RAMP[:6] / 9},
    ),
    "scatter at tuples of unknown length": (
        18,
        "agraph (float[4] x, int64[1, m] i, float[1] u) => (float[4] y) { y = ScatterND(x, i, u) }",
        {"x": RAMP[:4], "i": np.array([[2]]), "u": -RAMP[5:6]},
    ),
    "gather at tuples of unknown length": (
        18,
        "agraph (float[2, 2] x, int64[1, m] i) => (float[1] y) { y = GatherND(x, i) }",
        {"x": RAMP[:4].reshape(2, 2), "i": np.array([[1, 0]])},
    ),
    "squeeze of every 1 of an unknown shape": (
        18,
        "agraph (float[a, 3, b] x) => (float[c] y) { y = Squeeze(x) }",
        {"x": RAMP[:3].reshape(1, 3, 1)},
    ),
    "a sequence that is not declared": (
        17,
        (
            "agraph (float[2, 3] x, float[2, 2] z) => (float[2, 5] y) "
            "{ s = SequenceConstruct(x, z)  c = ConcatFromSequence <axis = 1> (s)  y = Floor(c) }"
        ),
        {"x": RAMP[:6].reshape(2, 3) / 4, "z": RAMP[:4].reshape(2, 2) / 3},
    ),
    "an element of a sequence has a rank": (
        18,
        "agraph (float[2, 2] x, int64 i, int64[1] a) => (float[1, 2] y) { s = SequenceConstruct(x)  e = SequenceAt(s, i)  y = ReduceMean(e, a) }",
        {"x": RAMP[:4].reshape(2, 2), "i": np.array(0), "a": np.array([0])},
    ),
    "a sequence grows by an element of another shape": (
        17,
        (
            "agraph (float[2, 3] x, float[2, 2] z) => (float[2, 5] y) "
            "{ s = SequenceConstruct(x)  t = SequenceInsert(s, z)  c = ConcatFromSequence <axis = 1> (t)  y = Floor(c) }"
        ),
        {"x": RAMP[:6].reshape(2, 3) / 4, "z": RAMP[:4].reshape(2, 2) / 3},
    ),
    "a backward slice starts before the first element": (
        13,
        "agraph (float[2] x, int64[1] s, int64[1] e, int64[1] a, int64[1] t) => (float[k] y) { y = Slice(x, s, e, a, t) }",
        {"x": RAMP[:2], "s": np.array([-3]), "e": np.array([-(2**31)]), "a": np.array([0]), "t": np.array([-2])},
    ),
    "an exclusive sum of nothing": (
        14,
        "agraph (float[0] x, int64 a) => (float[0] y) { y = CumSum <exclusive = 1> (x, a) }",
        {"x": RAMP[:0], "a": np.array(0)},
    ),
    "blocks on an image of unknown rank": (
        18,
        "agraph (float[1, 4, 9] x, int64[n] i, int64[n] k) => (float[a, b, c, d] y) { y = Col2Im(x, i, k) }",
        {"x": RAMP[:36].reshape(1, 4, 9), "i": np.array([4, 4]), "k": np.array([2, 2])},
    ),
    "half a pixel of one is none": (
        13,
        (
            "agraph (float[1, 1, 4, 2] x) => (float[1, 1, 6, 1] y) <float[4] s = {1.0, 1.0, 1.5, 0.6}> "
            '{ y = Resize <coordinate_transformation_mode = "pytorch_half_pixel", mode = "cubic"> (x, , s) }'
        ),
        {"x": RAMP[:8].reshape(1, 1, 4, 2)},
    ),
    "split, move and shape what has no known rank": (
        18,
        """agraph (float[a, 2, 4] x, int64[2] k) => (float[b, c] y)
        { u = Squeeze(x)  s, t = Split <axis = 1, num_outputs = 2> (u)  v = Transpose <perm = [1, 0]> (s)  y = Reshape(v, k) }""",
        {"x": RAMP[:8].reshape(1, 2, 4), "k": np.array([4, 1])},
    ),
    "the largest of nothing": (
        12,
        "agraph (float[1, 0] x) => (float[1, 0] y) { y = Hardmax(x) }",
        {"x": RAMP[:0].reshape(1, 0)},
    ),
    "flatten a value of unknown rank": (
        17,
        "agraph (float[2, 3] x, int64[n] a) => (float[b, c] y) { u = Unsqueeze(x, a)  y = Flatten <axis = 2> (u) }",
        {"x": RAMP[:6].reshape(2, 3), "a": np.array([0, 3])},
    ),
}
WINDOWED = {
    "Conv": ", float[2, 2, 2, 2] w) => (float[a, b, c, d] y) {{ y = Conv <auto_pad = {}, strides = [2, 3]> (x, w) }}",
    "MaxPool": ") => (float[a, b, c, d] y) {{ y = MaxPool <auto_pad = {}, kernel_shape = [2, 2], strides = [2, 3]> (x) }}",
    "AveragePool": ") => (float[a, b, c, d] y) {{ y = AveragePool <auto_pad = {}, kernel_shape = [3, 2], strides = [2, 3]> (x) }}",
    "LpPool": ") => (float[a, b, c, d] y) {{ y = LpPool <auto_pad = {}, kernel_shape = [2, 2], strides = [2, 3]> (x) }}",
}


DYNAMIC = {
    "rows of unknown length": (
        13,
        "float[m, k] a",
        "float[m, 3] y",
        "w = Constant <value = float[4, 3] {1,2,3,4,5,6,7,8,9,10,11,12}> ()  y = MatMul(a, w)",
        (5, 4),
    ),
    "a scale has more rows": (
        23,
        "float[m, 3] a",
        "float[2, 3] y",
        "w = Constant <value = float[2, 3] {1,2,3,4,5,6}> ()  y = RMSNormalization <axis = 0> (a, w)",
        (2, 3),
    ),
    "lines of a batch": (11, "float[n, c, 8] a", "float[n, c, v] y", "y = AveragePool <kernel_shape = [2], strides = [3]> (a)", (2, 3, 8)),
    "images of unknown channels": (
        22,
        "float[1, c, 7, 7] a",
        "float[1, c, h, v] y",
        "y = MaxPool <kernel_shape = [2, 3]> (a)",
        (1, 3, 7, 7),
    ),
    "a bias of unknown length": (
        13,
        "float[4, n] a",
        "float[4, 4] y",
        "w = Constant <value = float[4, 4] {1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7}> ()  y = Gemm(w, w, a)",
        (4, 4),
    ),
    "a scan of one run": (
        9,
        "float[1, 1] a",
        "float[k, 1] y",
        "s = Constant <value = float[1] {2}> ()  z, y = Scan <num_scan_inputs = 1, body = b (float[1] p, float[1] q) => (float[1] r, float[1] t) { r = Mul(p, q)  t = Relu(r) }> (s, a)",
        (1, 1),
    ),
    "an image of unknown size grows": (
        9,
        "float[1, h, v, 2] a",
        "float[1, h, w, 2] y",
        "s = Constant <value = float[4] {1,1,2,1}> ()  y = Upsample(a, s)",
        (1, 2, 3, 2),
    ),
    "the mean of unknown count": (13, "float[m, n] a", "float[m] y", "y = ReduceMean <axes = [1], keepdims = 0> (a)", (3, 5)),
}
"""Operator set, input, output, nodes and the input's shape: symbolic dimensions that native code once could not take."""


@pytest.mark.parametrize("what", DYNAMIC)
def test_native_code_for_symbolic_dimensions(what: str):
    """Every node has native code, and gives what ONNX Runtime gives."""
    opset, given, wanted, nodes, shape = DYNAMIC[what]
    model = onnx.parser.parse_model(HEAD.format(opset) + f"agraph ({given}) => ({wanted}) {{ {nodes} }}")
    feeds = {"a": np.random.default_rng(0).standard_normal(shape, np.float32)}
    with tempfile.TemporaryDirectory() as folder:
        onnx.save(model, path := Path(folder) / "m.onnx")
        with compile_model(str(path), fallback=False) as compiled:
            assert difference(compiled(feeds["a"]), run(model, feeds)[0]) is None


def agrees(opset: int, text: str, feeds: dict[str, np.ndarray]) -> None:
    """Ours and ONNX Runtime's results are the same."""
    model = onnx.parser.parse_model(HEAD.format(opset) + text)
    for got, want in zip(ours(model, feeds, "interpreter", ""), run(model, feeds), strict=True):
        assert difference(got, want) is None


@pytest.mark.parametrize("what", FINDINGS)
def test_finding(what: str):
    agrees(*FINDINGS[what])


@pytest.mark.parametrize("mode", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("op", WINDOWED)
def test_same_padding_of_a_symbolic_size(op: str, mode: str):
    rng = np.random.default_rng(0)
    feeds = {"x": rng.standard_normal((1, 2, 5, 7), np.float32), "w": rng.standard_normal((2, 2, 2, 2), np.float32)}
    text = "agraph (float[1, 2, h, v] x" + WINDOWED[op].format(f'"{mode}"')
    agrees(18, text, {k: v for k, v in feeds.items() if k == "x" or op == "Conv"})
