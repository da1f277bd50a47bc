"""What slides windows over lines, images and volumes of any size runs in kernels made for it: no element is computed by itself, and values are
the reference executor's at every size."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import inferir
from inferir.backends.runtime.program import ModelError

LINES = ((2, 7), (1, 1), (1, 64), (3, 33), (0, 5))
IMAGES = ((2, 5, 6), (1, 1, 1), (1, 1, 9), (3, 17, 4), (0, 3, 3))
"""Samples and spatial sizes: one position, less than a tile, some tiles and a rest, no sample."""

UPWARDS: dict[str, dict[str, Any]] = {
    "2x2, stride 2": {"w": (24, 5, 2, 2), "strides": [2, 2]},
    "one channel": {"w": (24, 1, 2, 2), "strides": [2, 2]},
    "4x4, stride 2": {"w": (8, 20, 4, 4), "strides": [2, 2], "pads": [1, 1, 1, 1]},
    "3x3, stride 2": {"w": (8, 3, 3, 3), "strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
    "3x3, stride 2, many channels": {"w": (40, 16, 3, 3), "strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
    "5x3, stride 3 and 2": {"w": (40, 16, 5, 3), "strides": [3, 2], "pads": [1, 0, 0, 0]},
    "narrower than its stride": {"w": (8, 5, 2, 1), "strides": [3, 3], "output_padding": [2, 1]},
    "stride 1": {"w": (8, 17, 3, 2), "pads": [1, 0, 1, 0]},
    "dilated": {"w": (8, 5, 3, 3), "strides": [2, 3], "dilations": [3, 2], "pads": [1, 2, 0, 1]},
    "groups": {"w": (8, 10, 3, 3), "strides": [2, 1], "group": 2},
    "depthwise": {"w": (8, 1, 4, 3), "strides": [2, 2], "group": 8, "pads": [1, 1, 1, 1]},
    "as large as x": {"w": (8, 6, 3, 3), "strides": [2, 2], "auto_pad": "SAME_UPPER"},
}
UPWARDS_LINES: dict[str, dict[str, Any]] = {
    "a line": {"w": (8, 5, 4), "strides": [2], "pads": [1, 1]},
    "a line, stride 8": {"w": (64, 32, 16), "strides": [8], "pads": [4, 4]},
}


def saved(case: dict[str, Any], path: Path, op: str, rank: int, type: int = TensorProto.FLOAT) -> int:
    """Write the op, with its sizes dynamic, and an activation as an ONNX model; how many channels its input has."""
    attributes = dict(case)
    shape = attributes.pop("w", None)
    groups = attributes.get("group", 1)
    channels = attributes.pop("channels", 8) if shape is None else shape[0] if op == "ConvTranspose" else shape[1] * groups
    rng = np.random.default_rng(1)
    outputs = 0 if shape is None else shape[1] * groups if op == "ConvTranspose" else shape[0]
    dtype = helper.tensor_dtype_to_np_dtype(type)
    given = [] if shape is None else [("w", shape), ("b", (outputs,))]
    weights = [numpy_helper.from_array(rng.standard_normal(s).astype(dtype), n) for n, s in given]
    nodes = [helper.make_node(op, ["x", *(w.name for w in weights)], ["a"], **attributes), helper.make_node("LeakyRelu", ["a"], ["y"])]
    x = helper.make_tensor_value_info("x", type, ["n", channels, *("dhw"[-rank:])])
    y = helper.make_tensor_value_info("y", type, None)
    model = helper.make_model(helper.make_graph(nodes, "net", [x], [y], weights), opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, path)
    return channels


def agrees(case: dict[str, Any], op: str, sizes: Any, path: Path, type: int = TensorProto.FLOAT, share: float = 1e-5) -> None:
    """Compile once; at every size the values are the reference's, and no kernel computes element by element."""
    channels = saved(case, path, op, len(sizes[0]) - 1, type)
    reference = inferir.compile(path, target="interpreter", opt_level="none")
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal((n, channels, *image)).astype(helper.tensor_dtype_to_np_dtype(type)) for n, *image in sizes]
    with inferir.compile(path, num_threads=2) as model:
        for x in inputs:
            expected = reference(x)
            np.testing.assert_allclose(model(x), expected, rtol=0, atol=share * np.abs(expected).max(initial=0))
        _, times = model.profile({"x": inputs[0]})
        assert not [name for name, _ in times if "generate" in name or "host" in name]


@pytest.mark.parametrize("name", UPWARDS)
def test_transposed_convolution(name: str, tmp_path: Path):
    agrees(UPWARDS[name], "ConvTranspose", IMAGES, tmp_path / "net.onnx")


@pytest.mark.parametrize("name", UPWARDS_LINES)
def test_transposed_convolution_of_lines(name: str, tmp_path: Path):
    agrees(UPWARDS_LINES[name], "ConvTranspose", LINES, tmp_path / "net.onnx")


def test_a_result_that_pads_cut_off_is_an_error(tmp_path: Path):
    channels = saved({"w": (8, 6, 3, 3), "strides": [3, 3], "pads": [2, 2, 2, 2]}, tmp_path / "net.onnx", "ConvTranspose", 2)
    with inferir.compile(tmp_path / "net.onnx") as model:
        assert np.shape(model(np.zeros((1, channels, 2, 3), np.float32))) == (1, 6, 2, 5)
        for image in ((1, 3), (2, 1)):
            with pytest.raises(ModelError, match=r"pads cut off the whole result|larger than the padded input"):
                model(np.zeros((1, channels, *image), np.float32))


LINE_CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "convolution": ("Conv", {"w": (24, 8, 3), "pads": [1, 1]}),
    "short-time Fourier transform": ("Conv", {"w": (34, 1, 16), "strides": [4], "pads": [8, 8]}),
    "dilated": ("Conv", {"w": (16, 8, 3), "dilations": [2], "pads": [2, 2]}),
    "causal": ("Conv", {"w": (16, 8, 4), "pads": [3, 0]}),
    "groups": ("Conv", {"w": (16, 4, 3), "group": 2, "pads": [1, 1]}),
    "depthwise": ("Conv", {"w": (8, 1, 5), "group": 8, "pads": [2, 2]}),
    "pointwise": ("Conv", {"w": (16, 8, 1)}),
    "maximum": ("MaxPool", {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}),
    "mean": ("AveragePool", {"kernel_shape": [3], "pads": [1, 1]}),
}


@pytest.mark.parametrize("name", LINE_CASES)
def test_lines(name: str, tmp_path: Path):
    op, case = LINE_CASES[name]
    agrees(case, op, LINES, tmp_path / "net.onnx")


@pytest.mark.parametrize(
    "op, case", [("Conv", {"w": (24, 8, 3, 3), "pads": [1, 1, 1, 1]}), ("ConvTranspose", {"w": (8, 6, 2, 2), "strides": [2, 2]})]
)
def test_half_precision(op: str, case: dict[str, Any], tmp_path: Path):
    """Sums are of single precision, results rounded once."""
    agrees(case, op, IMAGES, tmp_path / "net.onnx", TensorProto.FLOAT16, 2e-3)


def saved_nodes(path: Path, nodes: list[Any], channels: int, weights: dict[str, np.ndarray], type: int = TensorProto.FLOAT) -> None:
    """Write nodes that make y of x [n, channels, h, w] as an ONNX model."""
    x = helper.make_tensor_value_info("x", type, ["n", channels, "h", "w"])
    y = helper.make_tensor_value_info("y", type, None)
    graph = helper.make_graph(nodes, "net", [x], [y], [numpy_helper.from_array(a, n) for n, a in weights.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)


def runs_at(path: Path, channels: int, images: Any, share: float = 1e-5) -> None:
    """At every size the values are the reference's."""
    reference = inferir.compile(path, target="interpreter", opt_level="none")
    rng = np.random.default_rng(0)
    with inferir.compile(path, num_threads=2) as model:
        inputs = [rng.standard_normal((n, channels, *image), np.float32) for n, *image in images]
        for x in inputs:
            expected = reference(x)
            np.testing.assert_allclose(model(x), expected, rtol=0, atol=share * np.abs(expected).max(initial=0))
        _, times = model.profile({"x": inputs[0]})
        assert not [name for name, _ in times if "generate" in name or "host" in name]


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_blocks(mode: str, tmp_path: Path):
    nodes = [
        helper.make_node("DepthToSpace", ["x"], ["a"], blocksize=2, mode=mode),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("SpaceToDepth", ["b"], ["y"], blocksize=2),
    ]
    saved_nodes(tmp_path / "net.onnx", nodes, 16, {})
    runs_at(tmp_path / "net.onnx", 16, IMAGES)


def test_blocks_that_do_not_fill_an_image_are_an_error(tmp_path: Path):
    saved_nodes(tmp_path / "net.onnx", [helper.make_node("SpaceToDepth", ["x"], ["y"], blocksize=2)], 3, {})
    with inferir.compile(tmp_path / "net.onnx") as model:
        assert np.shape(model(np.zeros((1, 3, 2, 4), np.float32))) == (1, 12, 1, 2)
        with pytest.raises(ModelError):
            model(np.zeros((1, 3, 3, 4), np.float32))


def test_norms_of_channels(tmp_path: Path):
    nodes = [helper.make_node("InstanceNormalization", ["x", "s", "b"], ["y"])]
    saved_nodes(tmp_path / "net.onnx", nodes, 5, {"s": np.arange(5, dtype=np.float32), "b": np.ones(5, np.float32)})
    runs_at(tmp_path / "net.onnx", 5, IMAGES)


VOLUMES = ((2, 5, 6, 4), (1, 3, 3, 3), (1, 9, 4, 17), (0, 4, 4, 4))
VOLUME_CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "convolution": ("Conv", {"w": (16, 8, 3, 3, 3), "pads": [1] * 6}),
    "stride 2, nothing padded": ("Conv", {"w": (16, 8, 3, 3, 3), "strides": [2, 2, 2]}),
    "dilated": ("Conv", {"w": (16, 8, 2, 3, 2), "dilations": [2, 1, 2]}),
    "groups": ("Conv", {"w": (16, 4, 1, 3, 3), "group": 2, "pads": [0, 1, 1, 0, 1, 1]}),
    "depthwise": ("Conv", {"w": (8, 1, 3, 3, 3), "group": 8, "pads": [1] * 6}),
    "largest": ("MaxPool", {"kernel_shape": [2, 2, 2], "strides": [2, 2, 2]}),
    "mean": ("AveragePool", {"kernel_shape": [3, 3, 3], "strides": [1, 2, 2], "pads": [1] * 6}),
    "mean with padding": ("AveragePool", {"kernel_shape": [3, 3, 3], "pads": [1] * 6, "count_include_pad": 1}),
}


@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize("name", VOLUME_CASES)
def test_volumes(name: str, level: str, tmp_path: Path):
    """Windows over volumes are windows over images, which have kernels."""
    op, case = VOLUME_CASES[name]
    channels = saved(case, tmp_path / "net.onnx", op, 3)
    reference = inferir.compile(tmp_path / "net.onnx", target="interpreter", opt_level="none")
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal((n, channels, *volume), np.float32) for n, *volume in VOLUMES]
    with inferir.compile(tmp_path / "net.onnx", opt_level=level) as model:
        for x in inputs:
            expected = reference(x)
            np.testing.assert_allclose(model(x), expected, rtol=0, atol=1e-5 * np.abs(expected).max(initial=0))
        assert any(kernel in name for name, _ in model.profile({"x": inputs[0]})[1] for kernel in ("conv2d", "gemm", "pool2d"))


CEILED: dict[str, tuple[str, dict[str, Any]]] = {
    "largest": ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    "largest, padded": ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 3], "pads": [1, 0, 1, 1], "ceil_mode": 1}),
    "largest, windows apart": ("MaxPool", {"kernel_shape": [2, 2], "strides": [3, 3], "pads": [1, 1, 0, 0], "ceil_mode": 1}),
    "mean": ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    "mean with padding": (
        "AveragePool",
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "count_include_pad": 1, "ceil_mode": 1},
    ),
}


@pytest.mark.parametrize("name", CEILED)
def test_a_last_window_that_ends_outside(name: str, tmp_path: Path):
    op, case = CEILED[name]
    agrees(case, op, ((2, 5, 6), (1, 3, 3), (1, 4, 9), (3, 17, 4), (0, 3, 3), (1, 31, 40)), tmp_path / "net.onnx")


@pytest.mark.parametrize("columns", [1, 2, 15, 16, 17, 33, 128, 129])
def test_softmax_of_rows(columns: int, tmp_path: Path):
    """Short rows in registers, longer ones in loops; what is far below the maximum, or minus infinity, is 0."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", columns])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("Softmax", ["x"], ["y"], axis=-1)], "net", [x], [y])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), tmp_path / "net.onnx")
    rows = np.random.default_rng(0).standard_normal((9, columns), np.float32) * np.float32(8)
    rows[1, 1:] = -np.inf
    rows[2, 0] = 200
    rows[3, 0] = -95
    rows[4, 0] = np.nan
    rows[5] = -np.inf
    with np.errstate(invalid="ignore"), inferir.compile(tmp_path / "net.onnx") as model:
        e = np.exp(rows - rows.max(1, keepdims=True))
        np.testing.assert_allclose(model(rows), e / e.sum(1, keepdims=True), rtol=1e-5, atol=1e-30)
