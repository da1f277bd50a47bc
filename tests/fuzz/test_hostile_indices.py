"""A sample of hostile indices on every run; `python tests/fuzz/hostile_indices.py --count 5000` draws many."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = str(Path(__file__).with_name("hostile_indices.py"))
FOUND = {"sz2/198": ("left", "a masked load of 5 of 16 lanes, chosen by a select: LLVM loaded the last 8")}
"""Models that ended in a signal: the side of the fence, and what was wrong."""


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_found_stays_mended(seed: str):
    arguments = [sys.executable, SCRIPT, "--only", seed, "--side", FOUND[seed][0]]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0 and "same" in done.stdout, f"{done.returncode}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("side", ["left", "right"])
def test_native_code_accepts_what_the_executor_accepts(side: str):
    done = subprocess.run(
        [sys.executable, SCRIPT, "--count", "60", "--seed", f"sample-{side}", "--side", side],
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
