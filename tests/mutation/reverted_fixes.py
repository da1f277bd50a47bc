"""Put old faults back, one at a time, in a copy of the tree, and show that random models find each.

    .venv/bin/python tests/mutation/reverted_fixes.py
    .venv/bin/python tests/mutation/reverted_fixes.py --only reshape

Published models showed these faults. A fault is a few lines as they were before the fix, and the random models (tests/fuzz/onnx_models.py) that
must find it: with the fix they agree with ONNX Runtime, without it they do not.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache", "*.egg-info", "lit")


class Fault(NamedTuple):
    """A fix undone, and what finds it."""

    name: str
    file: str
    now: str
    before: str
    models: tuple[str, ...]
    """Arguments of tests/fuzz/onnx_models.py."""

    def put_back(self, tree: Path) -> None:
        """Undo the fix in a copy of the tree. Raises ValueError where the fixed lines are not there, once."""
        file = tree / self.file
        text = file.read_text(encoding="utf-8")
        if text.count(self.now) != 1:
            raise ValueError(f"{self.name}: the lines of the fix stand {text.count(self.now)} times in {self.file}, must be once")
        file.write_text(text.replace(self.now, self.before), encoding="utf-8")


FAULTS = (
    Fault(
        "a spectrum of signals without a last dimension",
        "passes/framework/onnx_rules/spectra.py",
        "        x = lo.unsqueeze(x, [2])\n",
        "        pass\n",
        ("--only", "STFT", "--size", "1", "--count", "6"),
    ),
    Fault(
        "an If of two ranks",
        "passes/framework/onnx_rules/branches.py",
        "    impossible = _follow(op, regions, results, lo)\n",
        "    impossible = None\n",
        ("--only", "an If that squeezes", "--size", "6", "--count", "8", "--strict"),
    ),
    Fault(
        "a kernel that does not take the strides of a concatenation",
        "passes/cpu/memory/places.py",
        "        runs = op.merges(role, len(strides))\n",
        "        return True\n        runs = op.merges(role, len(strides))\n",
        ("--only", "a concatenation of computed parts", "--size", "6", "--count", "6", "--target", "cpu"),
    ),
)


def found(fault: Fault, tree: Path) -> bool:
    """Whether random models show the fault in a copy of the tree, where it is put back and taken out again. Raises CalledProcessError where
    they fail without it."""
    command = [sys.executable, "tests/fuzz/onnx_models.py", *fault.models]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    file = tree / fault.file
    whole = file.read_text(encoding="utf-8")
    subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=True)
    fault.put_back(tree)
    try:
        return subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False).returncode != 0
    finally:
        file.write_text(whole, encoding="utf-8")


def missed(chosen: tuple[Fault, ...]) -> list[str]:
    """The faults that no model shows; prints a line for each as it goes."""
    left = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, symlinks=True, ignore=NOT_COPIED)
        for fault in chosen:
            shown = found(fault, tree)
            print(f"{fault.name}: {'found' if shown else 'NOT FOUND'}", flush=True)
            left += [] if shown else [fault.name]
    return left


def main(argv: list[str] | None = None) -> int:
    """0 when every fault is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="faults whose name holds a text")
    options = parser.parse_args(argv)
    chosen = tuple(fault for fault in FAULTS if options.only in fault.name)
    left = missed(chosen)
    print(f"{len(chosen) - len(left)} of {len(chosen)} faults are found by random models")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
