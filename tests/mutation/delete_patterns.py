"""Delete rewrite patterns one at a time, in a copy of the tree, and show that a test fails for each.

    .venv/bin/python tests/mutation/delete_patterns.py --count 5 --seed 1
    .venv/bin/python tests/mutation/delete_patterns.py --all

A deleted pattern declines every op. The lit test that mirrors its file runs first, then all of lit, then the quick unit tests.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIT = [sys.executable, "-c", "from lit.main import main; main()", "-s"]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache", "*.egg-info")


@dataclass(frozen=True)
class Pattern:
    """A function under `@rewrites` and where it is."""

    file: Path  # relative to the root
    name: str
    first: int  # lines of its body, the docstring left out, from 1
    last: int
    indent: int

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    def deleted_from(self, text: str) -> str:
        """The file's text with the body replaced by a refusal."""
        lines = text.splitlines(keepends=True)
        return "".join([*lines[: self.first - 1], " " * self.indent + 'return "deleted"\n', *lines[self.last :]])


def patterns(root: Path = ROOT) -> list[Pattern]:
    """Every pattern of passes/ in the order of files and lines."""
    return [p for file in sorted((root / "passes").rglob("*.py")) for p in patterns_of(file, root)]


def patterns_of(file: Path, root: Path) -> Iterator[Pattern]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(d, ast.Call) and ast.unparse(d.func) == "rewrites" for d in node.decorator_list
        ):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield Pattern(file.relative_to(root), node.name, body[0].lineno, body[-1].end_lineno or body[-1].lineno, body[0].col_offset)


def suites(pattern: Pattern, tree: Path) -> Iterator[tuple[str, list[str]]]:
    """The test runs to try, the most likely to fail first."""
    mirror = Path("tests/lit") / pattern.file.parent / pattern.file.stem.replace("_", "-")
    for place in (mirror.with_suffix(".mlir"), mirror):
        if (tree / place).exists():
            yield str(place), [*LIT, str(place)]
    yield "tests/lit", [*LIT, "tests/lit"]
    yield "tests/unit", [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "tests/unit"]


def caught_by(pattern: Pattern, tree: Path) -> str | None:
    """What fails in a copy of the tree without the pattern; None when nothing does. The copy is as before afterwards."""
    file = tree / pattern.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(pattern.deleted_from(whole), encoding="utf-8")
    try:
        return next((name for name, command in suites(pattern, tree) if not passes(command, tree)), None)
    finally:
        file.write_text(whole, encoding="utf-8")


def passes(command: list[str], tree: Path) -> bool:
    """Whether a test run in the copy of the tree succeeds."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False).returncode == 0


def survivors(chosen: list[Pattern]) -> list[Pattern]:
    """The patterns whose absence nothing notices; prints a line for each pattern as it goes."""
    left = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, symlinks=True, ignore=NOT_COPIED)
        if not passes([*LIT, "tests/lit"], tree):
            sys.exit("tests/lit fails with every pattern in place: nothing can be shown")
        for pattern in chosen:
            failing = caught_by(pattern, tree)
            print(f"{pattern}: {f'noticed by {failing}' if failing else 'NOTHING FAILS'}", flush=True)
            left += [] if failing else [pattern]
    return left


def main(argv: list[str] | None = None) -> int:
    """0 when every deletion is noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="every pattern instead of a random few")
    options = parser.parse_args(argv)
    known = patterns()
    chosen = known if options.all else random.Random(options.seed).sample(known, min(options.count, len(known)))
    left = survivors(chosen)
    print(f"{len(chosen) - len(left)} of {len(chosen)} deletions fail a test ({len(known)} patterns in the tree)")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
