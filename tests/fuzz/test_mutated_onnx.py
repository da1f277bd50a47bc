"""Damaged ONNX files end in a result or one line, soon and in little memory; `mutate_onnx.py` tries more of them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sandbox import Verdict, verdicts

MUTATE = Path(__file__).parent / "mutate_onnx.py"


@pytest.mark.parametrize(("mode", "count"), [("import", 400), ("run", 60)])
def test_damaged_files(mode: str, count: int):
    done = subprocess.run([sys.executable, MUTATE, mode, "--count", str(count)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def _misbehave(what: str) -> Verdict:
    if what == "raise":
        raise KeyError(what)
    if what == "spin":
        while True:
            pass
    if what == "grow":
        np.ones(1 << 31)
    if what == "end":
        import os

        os.abort()
    return Verdict("fine")


def test_the_sandbox_tells_how_work_ends():
    items = ["", "raise", "", "spin", "grow", "end", ""]
    found = [verdict.kind for _, verdict in verdicts(_misbehave, items)]
    assert found == ["fine", "traceback", "fine", "hang", "memory", "crash", "fine"]
