"""Whole models at every optimisation level: the reference executor and native code against ONNX Runtime."""

from functools import cache

import numpy as np
import pytest
import zoo
from oracle import Oracle, worst

import inferir
from inferir.backends.runtime.arrays import contract

LEVELS = ("none", "basic", "extended", "layout")


@cache
def expected(name: str, batch: int = 2) -> dict[str, np.ndarray]:
    """ONNX Runtime's outputs for the model's seeded inputs."""
    return Oracle(zoo.model(name), threads=2).run(zoo.inputs(name, batch))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", zoo.MODELS)
def test_reference_executor_agrees_with_onnxruntime(name: str, level: str):
    model = inferir.compile(zoo.model(name), target="interpreter", opt_level=level)
    assert worst(model.run(zoo.inputs(name)), expected(name)) <= 1


@pytest.mark.parametrize("name", zoo.LIGHT)
def test_light_model_gives_the_output_that_the_onnx_package_stores(name: str):
    path, x, stored = zoo.light(name)
    model = inferir.compile(path, target="interpreter", opt_level="basic")
    assert contract(np.asarray(model(x)), stored)[1] <= 1


@pytest.mark.parametrize("level", LEVELS)
def test_one_artefact_takes_every_batch_size(level: str):
    model = inferir.compile(zoo.model("lenet_dyn"), target="interpreter", opt_level=level)
    for batch in (1, 3, 8):
        assert worst(model.run(zoo.inputs("lenet_dyn", batch)), expected("lenet_dyn", batch)) <= 1, f"batch {batch}"
