"""Whole models at every optimisation level: the reference executor and native code against ONNX Runtime."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import pytest
import zoo
from oracle import Oracle, worst

import inferir
from inferir.backends.runtime.arrays import contract
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import Program

LEVELS = ("none", "basic", "extended", "layout")


@cache
def expected(name: str, batch: int = 2) -> dict[str, np.ndarray]:
    """ONNX Runtime's outputs for the model's seeded inputs."""
    return Oracle(zoo.model(name), threads=2).run(zoo.inputs(name, batch))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", zoo.MODELS)
def test_native_code_agrees_with_onnxruntime(name: str, level: str):
    """And its arena is within 1.10 of the largest sum of live buffers, below which no plan can go."""
    program = inferir.compile(zoo.model(name), opt_level=level, num_threads=1).program
    for threads, model in on_threads(program):
        assert worst(model.run(zoo.inputs(name)), expected(name)) <= 1, f"with {threads} thread(s)"
    arena, bound = (int(program.metadata[key]) for key in ("cpu.arena", "cpu.arena_bound"))
    print(f"{name} at {level}: arena {arena}, lower bound {bound}, {arena / bound:.3f} x")
    assert bound <= arena <= 1.10 * bound


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", zoo.MODELS)
def test_reference_executor_agrees_with_onnxruntime(name: str, level: str):
    model = inferir.compile(zoo.model(name), target="interpreter", opt_level=level)
    assert worst(model.run(zoo.inputs(name)), expected(name)) <= 1


@pytest.mark.parametrize("name", zoo.LIGHT)
def test_light_model_gives_the_output_that_the_onnx_package_stores(name: str, tmp_path: Path):
    """The executor's scores are compared before a last softmax: those of squeezenet are large and all equal, so that the softmax makes
    one rounding of numpy's BLAS, which differs in the last columns on some processors, into a factor of e."""
    path, x, stored = zoo.light(name)
    for threads, model in on_threads(inferir.compile(path, num_threads=1).program):
        assert contract(np.asarray(model(x)), stored)[1] <= 1, f"with {threads} thread(s)"
    model = onnx.load(path)
    if model.graph.node[-1].op_type == "Softmax":
        model.graph.output[0].name = model.graph.node.pop().input[0]
        path = tmp_path / "scores.onnx"
        onnx.save(model, path)
        (stored,) = Oracle(path).run({zoo.signature(path)[0][0]: x}).values()
    interpreted = inferir.compile(path, target="interpreter", opt_level="none")
    assert contract(np.asarray(interpreted(x)), stored)[1] <= 1


@pytest.mark.parametrize("level", LEVELS)
def test_one_artefact_takes_every_batch_size(level: str):
    for threads, model in on_threads(inferir.compile(zoo.model("lenet_dyn"), opt_level=level, num_threads=1).program):
        for batch in (1, 3, 8):
            got = model.run(zoo.inputs("lenet_dyn", batch))
            assert worst(got, expected("lenet_dyn", batch)) <= 1, f"batch {batch} with {threads} thread(s)"


@pytest.mark.parametrize("name", ["lenet_dyn", "squeezenet"])
def test_two_builds_give_the_same_package(name: str, tmp_path: Path):
    """In processes of their own, so that neither hash seeds nor addresses nor caches are shared."""
    for seed in ("0", "1"):
        command = [
            sys.executable,
            "-c",
            "from inferir.tools.infer_compile import run; run()",
            str(zoo.model(name)),
            "-o",
            str(tmp_path / seed),
        ]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "INFERIR_CACHE": str(tmp_path / f"cache{seed}")}
        subprocess.run(command, env=environment, check=True)
    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()


def on_threads(program: Program):
    """(threads, model) for 1 and 2 threads."""
    for threads in (1, 2):
        with Model(program, num_threads=threads) as model:
            yield threads, model
