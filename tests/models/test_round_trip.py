"""Every level of the ladder is text: printed, read back and continued from, it comes to the same result."""

import io
from pathlib import Path

import pytest
import zoo

from inferir.backends.target import find_target
from inferir.core import PassManager, make_context
from inferir.tools import infer_import, infer_opt

SMALL = ("lenet_dyn", "mbv3_se_block")


def infer(tool, *argv: str, stdin: str = "") -> str:
    """Run a tool that must succeed; returns what it prints."""
    stdout, stderr = io.StringIO(), io.StringIO()
    assert tool.main(list(argv), io.StringIO(stdin), stdout, stderr) == 0, stderr.getvalue()
    return stdout.getvalue()


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "inception_v1", *SMALL])
def test_imported_text_reads_back(name: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    infer(infer_import, str(zoo.model(name)), "-o", "m.mlir")
    once = infer(infer_opt, "m.mlir")
    assert once == Path("m.mlir").read_text()
    assert infer(infer_opt, "-", stdin=once) == once


@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize("name", ["resnet50", *SMALL])
def test_the_ladder_continues_from_any_text(name: str, level: str, tmp_path: Path, monkeypatch):
    """Stop after each pass, print, read in a fresh context, continue: the last text is the one of a run in one go."""
    monkeypatch.chdir(tmp_path)
    infer(infer_import, str(zoo.model(name)), "-o", "m.mlir")
    pipeline = find_target("cpu").pipeline(level)
    text = Path("m.mlir").read_text()
    for step in PassManager(pipeline, make_context()).root.steps:
        text = infer(infer_opt, "-", f"--pass-pipeline=builtin.module({step.spec()})", stdin=text)
        assert infer(infer_opt, "-", stdin=text) == text, f"after {step.spec()}"
    assert text == infer(infer_opt, "m.mlir", f"--pass-pipeline=builtin.module({pipeline})")
