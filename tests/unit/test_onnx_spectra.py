"""Fourier transforms become products with a constant matrix, and give what ONNX Runtime gives."""

from itertools import product
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from oracle import Oracle

import inferir
from inferir.passes.framework.onnx_rules import spectra

WINDOW = np.hanning(16).astype(np.float32)
Size = int | None


def model_of(node: onnx.NodeProto, shape: list[Size], opset: int, weights: dict[str, np.ndarray], inputs: dict[str, list[Size]]) -> bytes:
    """A model of one node; `weights` are initializers, `inputs` further inputs."""
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in ({"x": shape} | inputs).items()]
    known = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph([node], "g", ports, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], known)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8).SerializeToString()


def check(model: bytes, feeds: dict[str, np.ndarray], folder: Path, native: bool = True) -> None:
    """Both targets give what ONNX Runtime gives; `native`: without a call of the host."""
    path = folder / "m.onnx"
    path.write_bytes(model)
    (want,) = Oracle(model).run(feeds).values()
    for target, level in (("interpreter", "none"), ("cpu", "layout")):
        compiled = inferir.compile(path, target=target, opt_level=level)
        np.testing.assert_allclose(compiled.run(feeds)["y"], want, 1e-4, 1e-5 * np.abs(want).max())
        if target == "cpu" and native:
            assert compiled.program.host_ops == ()  # pyright: ignore[reportAttributeAccessIssue]


STFTS = list(product((2, 3), (0, 1), ("window", "length", "both"), (False, True)))


@pytest.mark.parametrize(("rank", "onesided", "given", "dynamic"), STFTS)
def test_stft(rank: int, onesided: int, given: str, dynamic: bool, tmp_path: Path):
    x = np.random.default_rng(0).normal(size=(2, 50, 1)[:rank]).astype(np.float32)
    weights = {"step": np.array(5), "window": WINDOW, "length": np.array(16)}
    names = ["x", "step", "window" if given != "length" else "", *(["length"] if given != "window" else [])]
    node = helper.make_node("STFT", names, ["y"], onesided=onesided)
    shape: list[Size] = [None, None, 1][:rank] if dynamic else list(x.shape)
    check(model_of(node, shape, 17, {n: w for n, w in weights.items() if n in names}, {}), {"x": x}, tmp_path)


def test_stft_of_a_complex_signal_with_a_window_known_at_run_time(tmp_path: Path):
    x = np.random.default_rng(0).normal(size=(2, 50, 2)).astype(np.float32)
    node = helper.make_node("STFT", ["x", "step", "window"], ["y"], onesided=0)
    check(model_of(node, [2, None, 2], 17, {"step": np.array(5)}, {"window": [16]}), {"x": x, "window": WINDOW}, tmp_path)


def test_a_frame_known_at_run_time_stays_on_the_host(tmp_path: Path):
    x = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)
    node = helper.make_node("STFT", ["x", "step", "window"], ["y"])
    check(model_of(node, [2, 50], 17, {"step": np.array(5)}, {"window": [None]}), {"x": x, "window": WINDOW}, tmp_path, native=False)


DFTS = [
    (opset, axis, inverse, onesided, parts, length)
    for opset, axis, inverse, onesided, parts, length in product((17, 20), (1, 2), (0, 1), (0, 1), (1, 2), (None, 6, 12))
    if not onesided or (parts == 1 and not inverse)
]


@pytest.mark.parametrize(("opset", "axis", "inverse", "onesided", "parts", "length"), DFTS[::3])
def test_dft(opset: int, axis: int, inverse: int, onesided: int, parts: int, length: int | None, tmp_path: Path):
    x = np.random.default_rng(0).normal(size=(2, 9, 10, parts)).astype(np.float32)
    weights = {"length": np.array(length or 0), "axis": np.array(axis)}
    names = ["x", "length" if length else "", *(["axis"] if opset == 20 else [])]
    node = helper.make_node("DFT", names, ["y"], onesided=onesided, inverse=inverse)
    if opset == 17:
        node.attribute.append(helper.make_attribute("axis", axis))
    model = model_of(node, [None, 9, 10, parts], opset, {n: w for n, w in weights.items() if n in names}, {})
    check(model, {"x": x}, tmp_path, native=not inverse)


def test_the_matrix_is_the_transform():
    x = np.random.default_rng(0).normal(size=(2, 12))
    got = np.einsum("pi,pikc->kc", x, spectra.matrix(12, 12, 2))
    np.testing.assert_allclose(got[:, 0] + 1j * got[:, 1], np.fft.fft(x[0] + 1j * x[1]), atol=1e-12)
