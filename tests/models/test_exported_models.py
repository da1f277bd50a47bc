"""The model zoo as torch exports it, in its small variants: every level against torch, each dynamic model at several sizes from one artefact."""

import models
import pytest
from oracle import Oracle, worst

import inferir

LEVELS = ("none", "basic", "extended", "layout")


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
    for batch, length in models.SIZES:
        given = models.resized(name, batch, length)
        assert worst(model.run(given), oracle.run(given)) <= 1, f"batch {batch}, length {length}"


@pytest.mark.parametrize("name", models.DYNAMIC)
def test_no_samples_give_none(name: str):
    path = models.onnx_file(name, small=True)
    given = {n: x[:0] for n, x in models.reference(path)[0].items()}
    native, executor = inferir.compile(path).run(given), inferir.compile(path, target="interpreter").run(given)
    assert {n: y.shape for n, y in native.items()} == {n: y.shape for n, y in executor.items()}
    assert all(not y.size for y in native.values())
