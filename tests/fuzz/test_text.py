"""infer-opt takes damaged text well: an error message, soon, in little memory."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from inferir.core import InferError, make_context, parse

MUTATE = Path(__file__).parent / "mutate_text.py"


def test_a_thousand_damaged_inputs():
    done = subprocess.run([sys.executable, MUTATE, "--count", "1000"], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_string_that_is_never_closed_is_found_at_once():
    started = time.process_time()
    with pytest.raises(InferError, match="before closing string literal"):
        parse('"' + "name " * 20_000, "m.mlir", make_context())
    assert time.process_time() - started < 2
