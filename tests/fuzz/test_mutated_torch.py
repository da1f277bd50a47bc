"""Damaged programs of torch.export end in a module or one line, soon and in little memory; `mutate_torch.py` tries more of them."""

import subprocess
import sys
from pathlib import Path

MUTATE = Path(__file__).parent / "mutate_torch.py"


def test_damaged_programs():
    done = subprocess.run([sys.executable, MUTATE, "--count", "300"], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
