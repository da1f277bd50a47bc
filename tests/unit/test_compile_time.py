"""Compile time is linear in nodes: what is counted is calls of functions, which no other process on the machine changes."""

import cProfile
import pstats
from pathlib import Path

import compile_time
import onnx
import pytest

from inferir.backends.target import find_target
from inferir.core import PassManager, make_context
from inferir.frontends.onnx import load

SIZES = (70, 140, 280)
MOST = 1.15
"""How much faster than the nodes the calls may grow."""


def calls(path: Path, level: str) -> int:
    """Calls of functions to read, lower and build a model."""
    ctx, target, profile = make_context(), find_target("cpu"), cProfile.Profile()
    profile.enable()
    module = load(path, ctx)
    PassManager(target.pipeline(level), ctx).run(module)
    target.build(module, ctx)
    profile.disable()
    return pstats.Stats(profile).total_calls  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize("family", ["elementwise", "ladder", "concats"])
def test_work_grows_with_the_nodes(family: str, level: str, tmp_path: Path):
    found = []
    for size in (SIZES[0], *SIZES):  # the first fills the caches
        path = tmp_path / f"{size}.onnx"
        onnx.save(compile_time.FAMILIES[family](size), path)
        found.append(calls(path, level))
    _, small, medium, large = found
    assert large - medium <= 2 * MOST * (medium - small)


def test_a_long_chain_becomes_kernels_of_bounded_length(tmp_path: Path):
    path = tmp_path / "chain.onnx"
    onnx.save(compile_time.elementwise(300), path)
    ctx = make_context()
    module = load(path, ctx)
    PassManager(find_target("cpu").pipeline("layout"), ctx).run(module)
    text = str(module)
    assert 5 <= text.count("cpu.launch") <= 40
