"""A sample of hostile indices on every run; `python tests/fuzz/hostile_indices.py --count 5000` draws many."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("side", ["left", "right"])
def test_native_code_accepts_what_the_executor_accepts(side: str):
    script = str(Path(__file__).with_name("hostile_indices.py"))
    done = subprocess.run(
        [sys.executable, script, "--count", "60", "--seed", f"sample-{side}", "--side", side],
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
