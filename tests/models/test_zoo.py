"""The test models themselves: worth comparing only if their outputs are neither saturated nor flat."""

import numpy as np
import onnxruntime
import pytest
import zoo


@pytest.mark.parametrize("name", [n for n in zoo.MODELS if n not in ("vgg19", "alexnet", "zfnet512")])
def test_outputs_tell_models_apart(name: str):
    y = run(name)
    assert np.isfinite(y).all()
    assert y.std() > 0.05 * np.abs(y).mean(), "all outputs are alike: a wrong weight would not show"
    assert np.abs(y).max() < 100 and not np.isclose(np.abs(y).max(), 1, atol=0.1), "the softmax is saturated: a wrong logit would not show"


def test_models_are_the_same_every_time(tmp_path, monkeypatch):
    first = zoo.model("squeezenet").read_bytes()
    monkeypatch.setattr(zoo, "CACHE", tmp_path)
    assert zoo.model("squeezenet").read_bytes() == first


def run(name: str) -> np.ndarray:
    """ONNX Runtime's first output for the seeded inputs."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(zoo.model(name), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, zoo.inputs(name))[0])
