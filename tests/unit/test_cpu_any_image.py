"""Convolutions and pools over images of unknown height and width: one native program agrees with the reference executor at every size."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import inferir
from inferir.backends.package.writer import write_package
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError

SIZES = ((2, 7, 9), (1, 16, 33), (3, 9, 7), (1, 31, 12))
"""Images, height, width: narrower than a tile, as wide as one, with and without a rest."""
CASES: dict[str, dict[str, Any]] = {
    "3x3": {"w": (24, 8, 3, 3), "pads": [1, 1, 1, 1]},
    "3x3, nothing padded": {"w": (70, 8, 3, 3)},
    "3x3, stride 2": {"w": (24, 8, 3, 3), "strides": [2, 2], "pads": [1, 1, 1, 1]},
    "only padded behind": {"w": (24, 8, 3, 3), "strides": [2, 2], "pads": [0, 0, 1, 1]},
    "7x7, stride 3": {"w": (16, 8, 7, 7), "strides": [3, 3], "pads": [3, 3, 3, 3]},
    "window wider than some images": {"w": (16, 8, 5, 11), "pads": [2, 5, 2, 5]},
    "dilated": {"w": (17, 8, 3, 3), "dilations": [2, 2], "pads": [2, 2, 2, 2]},
    "groups": {"w": (24, 4, 3, 3), "group": 2, "pads": [1, 1, 1, 1]},
    "pointwise": {"w": (40, 8, 1, 1)},
    "pointwise, padded": {"w": (40, 8, 1, 1), "strides": [2, 2], "pads": [1, 1, 0, 0]},
    "depthwise": {"w": (8, 1, 3, 3), "group": 8, "pads": [1, 1, 1, 1]},
    "depthwise, stride 2": {"w": (8, 1, 5, 5), "group": 8, "strides": [2, 2], "pads": [2, 2, 2, 2]},
    "many channels": {"w": (32, 32, 3, 3), "pads": [1, 1, 1, 1]},
    "very many channels": {"w": (192, 176, 3, 3), "pads": [1, 1, 1, 1]},
    "a residual": {"w": (8, 8, 3, 3), "pads": [1, 1, 1, 1], "residual": "x"},
    "a residual, many channels": {"w": (48, 48, 3, 3), "pads": [1, 1, 1, 1], "residual": "x"},
    "largest": {"op": "MaxPool", "kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]},
    "largest, dilated": {"op": "MaxPool", "kernel_shape": [2, 3], "dilations": [2, 2], "pads": [0, 1, 0, 2]},
    "mean": {"op": "AveragePool", "kernel_shape": [3, 3], "strides": [2, 1], "pads": [1, 1, 1, 1]},
    "mean with padding": {"op": "AveragePool", "kernel_shape": [3, 4], "strides": [2, 2], "pads": [1, 1, 1, 2], "count_include_pad": 1},
    "last window inside": {"op": "MaxPool", "kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1},
}


def saved(case: dict[str, Any], path: Path, height: str | int, width: str | int) -> int:
    """Write the op, then an activation and its sum with a residual, as an ONNX model; how many channels its input has."""
    attributes = dict(case)
    op, shape, residual = attributes.pop("op", "Conv"), attributes.pop("w", None), attributes.pop("residual", "a")
    channels = shape[1] * attributes.get("group", 1) if shape else 8
    rng = np.random.default_rng(1)
    weights = [numpy_helper.from_array(rng.standard_normal(s, np.float32), n) for n, s in (("w", shape), ("b", shape[:1]))] if shape else []
    nodes = [
        helper.make_node(op, ["x", *(w.name for w in weights)], ["a"], **attributes),
        helper.make_node("Sigmoid", ["a"], ["s"]),
        helper.make_node("Add", [residual, "s"], ["y"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", channels, height, width])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    model = helper.make_model(helper.make_graph(nodes, "net", [x], [y], weights), opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, path)
    return channels


@pytest.mark.parametrize("name", CASES)
def test_any_image(name: str, tmp_path: Path):
    agrees(name, ("h", "w"), tmp_path)


@pytest.mark.parametrize("sizes", [("h", 9), (9, "w")])
@pytest.mark.parametrize("name", ["3x3", "depthwise", "mean with padding"])
def test_one_size_is_known(name: str, sizes: tuple[Any, Any], tmp_path: Path):
    agrees(name, sizes, tmp_path)


def agrees(name: str, sizes: tuple[Any, Any], tmp_path: Path) -> None:
    """Compile once, run at every size."""
    path = tmp_path / "net.onnx"
    channels = saved(CASES[name], path, *sizes)
    reference = inferir.compile(path, target="interpreter", opt_level="none")
    rng = np.random.default_rng(0)
    with inferir.compile(path, num_threads=2) as model:
        assert type(model) is Model
        for n, *given in SIZES:
            image = [own if isinstance(own, int) else size for own, size in zip(sizes, given, strict=True)]
            x = rng.standard_normal((n, channels, *image), np.float32)
            expected = reference(x)
            np.testing.assert_allclose(model(x), expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["3x3, nothing padded", "depthwise", "largest, dilated", "many channels"])
def test_a_window_larger_than_its_input_is_an_error(name: str, tmp_path: Path):
    """The same one, whoever computes, also from a package."""
    path = tmp_path / "net.onnx"
    case = {k: v for k, v in CASES[name].items() if k != "pads"}
    channels = saved(case, path, "h", "w")
    compiled = inferir.compile(path)
    write_package(tmp_path / "net.infer", compiled.program)
    for made in (inferir.compile(path, target="interpreter"), compiled, inferir.load(tmp_path / "net.infer")):
        with made as model:
            assert np.shape(model(np.zeros((1, channels, 3, 5), np.float32)))[2:] == (1, 3 if "dilated" not in name else 1)
            for image in ((2, 5), (3, 2), (1, 1)):
                with pytest.raises((InferError, ModelError), match="larger than the padded input"):
                    model(np.zeros((1, channels, *image), np.float32))
