"""The model zoo as torch exports it, in its small variants: every level against torch, each dynamic model at several sizes from one artefact."""

import models
import numpy as np
import pytest
from oracle import Oracle, worst

import inferir

LEVELS = ("none", "basic", "extended", "layout")
SIZES = ((1, 1), (3, 17), (8, 130), (2, 512))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", models.MODELS)
def test_reference_executor_agrees_with_torch(name: str, level: str):
    path = models.onnx_file(name, small=True)
    given, expected = models.reference(path)
    assert worst(inferir.compile(path, target="interpreter", opt_level=level).run(given), expected) <= 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", models.MODELS)
def test_native_code_agrees_with_torch(name: str, level: str):
    path = models.onnx_file(name, small=True)
    given, expected = models.reference(path)
    for threads in (1, 2):
        model = inferir.compile(path, opt_level=level, num_threads=threads)
        assert worst(model.run(given), expected) <= 1, f"with {threads} thread(s)"


@pytest.mark.parametrize("target", ["interpreter", "cpu"])
@pytest.mark.parametrize("name", models.DYNAMIC)
def test_one_artefact_takes_every_size(name: str, target: str):
    path = models.onnx_file(name, small=True)
    oracle, model = Oracle(path), inferir.compile(path, target=target)
    for batch, length in SIZES:
        given = resized(name, batch, length)
        assert worst(model.run(given), oracle.run(given)) <= 1, f"batch {batch}, length {length}"


def resized(name: str, batch: int, length: int) -> dict[str, np.ndarray]:
    """Inputs of a dynamic model in another size: seeded tokens, of which some are masked, or images."""
    rng = np.random.default_rng(batch)
    if name == "cnn_dyn":
        return {"input": rng.standard_normal((batch, 3, length + 5, length + 9), dtype=np.float32)}
    given = {"input_ids": rng.integers(0, 96, (batch, length))}
    return given | ({"attention_mask": (given["input_ids"] >= 10).astype(np.int64)} if name == "bert_dyn" else {})
