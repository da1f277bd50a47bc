"""Every code block of README, CONTRIBUTING and docs does what it shows.

| block | the test |
|---|---|
| begins with a comment that names a file | writes it; where the file is there, the text must be in it |
| the same, `(at its end)` or `(after "...")` | adds it to a file of the tree, unless it is in it already |
| `console` | runs each `$ command`; what it prints is what stands below, where `...` is anything |
| `sh` | runs each line, which must succeed |
| `python` | runs it; all of a page share their names |
| `python` titled with a file's name | must stand in that file |
| `mlir` | parses and verifies it |
| `toml` | parses it |
| `text` | is what a program printed, or a picture |
| titled `not run: why` | is not run; there are few |

A page that adds to files of the tree works in a copy of it, where the lit and unit tests that it adds must pass in the end. Other pages work in an empty
folder beside links to the checkout's. Generated pages hold the examples of definitions, which `test_inference_examples.py` and `test_passes.py` run.
"""

import contextlib
import importlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inferir.core import make_context, parse, verify

ROOT = Path(__file__).resolve().parents[2]
GENERATED = "<!-- Written by `make docs`"
PAGES = [
    page
    for page in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "docs/tutorial").glob("*.md")),
    )
    if page.stem == "python-api" or not page.read_text(encoding="utf-8").startswith(GENERATED)
]
NOT_RUN = 12
"""Blocks that no test runs, in all pages together, at most."""

sys.path.insert(0, str(ROOT / "tests" / "lit"))
inprocess = importlib.import_module("inprocess")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str
    text: str

    @property
    def named(self) -> re.Match[str] | None:
        """The comment in the first row that names a file: its path, and where in it the text goes."""
        return re.match(r"(?:#|//) ([\w./-]+\.\w+)(?: \((at its end|after \"[^\n]*\")\))?\n", self.text)


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    fences = re.finditer(
        r'^```(\w*)(?: title="([^"\n]*)")?([^\n]*)\n(.*?)^```$', page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    for language, title, rest, text in (m.groups() for m in fences):
        assert not rest, f"{page.name}: a block is headed {language}{rest}"
        yield Block(language, title or "", text)


def expected(text: str) -> re.Pattern[str]:
    """A page's output as a pattern: a line `...` is any lines, `...` in a line any text."""
    lines = [".*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", "[^\n]*?") for line in text.rstrip("\n").split("\n")]
    return re.compile("\n".join(lines), re.DOTALL)


class Workplace:
    """An empty folder, with links to the checkout's."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.names: dict[str, Any] = {}
        for name in ("tests", "examples", "docs", "benchmarks"):
            (folder / name).symlink_to(ROOT / name)

    def command(self, line: str) -> tuple[int, str]:
        """Exit code and output of a command line of our tools, errors included."""
        shown, text, code = io.StringIO(), "", 0
        parts = shlex.join(shlex.split(line, comments=True)).split(" '|' ")
        for part in parts:
            out = shown if part is parts[-1] else io.StringIO()
            code = inprocess.invoke(shlex.split(part), io.StringIO(text), out, shown) or code
            text = out.getvalue()
        return code, shown.getvalue().replace(f"{self.folder}/", "")

    def write(self, block: Block) -> None:
        """Put a named block into its file."""
        assert block.named is not None
        path, place = self.folder / block.named[1], block.named[2]
        assert place is None, f"{path}: only a page that adds to the tree may say where in a file its text goes"
        if path.exists():
            assert path.read_text(encoding="utf-8") == block.text.partition("\n")[2], f"{path.name} is not what the page shows"
        else:
            path.write_text(block.text, encoding="utf-8")

    def python(self, text: str) -> None:
        """Run statements."""
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, "<page>", "exec"), self.names)  # noqa: S102

    def finished(self) -> None:
        """Nothing is left to check."""


class TreeCopy(Workplace):
    """A copy of the tree, where tools run as processes of their own: they see what was added."""

    def __init__(self, folder: Path):
        self.folder, self.names, self.tests = folder / "tree", {}, []
        ignored = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", "models", ".*_cache")
        shutil.copytree(ROOT, self.folder, symlinks=True, ignore=ignored)

    def command(self, line: str) -> tuple[int, str]:
        """Exit code and output, errors included."""
        env = {**os.environ, "PYTHONPATH": str(self.folder), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return done.returncode, done.stdout

    def write(self, block: Block) -> None:
        """Put a named block into its file; what is there already stays, so that the page also holds after one has followed it."""
        assert block.named is not None
        path, place, text = self.folder / block.named[1], block.named[2], block.text.partition("\n")[2]
        if block.named[1].startswith("tests/"):
            self.tests.append(block.named[1])
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if text in old:
            return
        assert old or place is None, f"{path} is not there"
        assert place is not None or not old, f"{block.named[1]} is not what the page shows"
        path.parent.mkdir(parents=True, exist_ok=True)
        if place is not None and place.startswith("after"):
            rows = old.splitlines(keepends=True)
            (at,) = (i for i, row in enumerate(rows) if place[7:-1] in row)
            path.write_text("".join([*rows[: at + 1], text, *rows[at + 1 :]]), encoding="utf-8")
        else:
            path.write_text(f"{old}\n\n{text}" if old else text, encoding="utf-8")

    def finished(self) -> None:
        """The tests that were added pass."""
        lit = [test for test in self.tests if test.startswith("tests/lit")]
        unit = [test for test in self.tests if test.endswith(".py")]
        assert lit
        for command in (f"lit -v {' '.join(lit)}", f"pytest -q -p no:cacheprovider {' '.join(unit)}" if unit else "true"):
            code, out = self.command(f"{Path(sys.executable)} -m {command}" if command.startswith("pytest") else command)
            assert code == 0, out


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path):
    found = list(blocks(page))
    adds = any(block.named and block.named[2] for block in found)
    place = TreeCopy(tmp_path) if adds else Workplace(tmp_path)
    with contextlib.chdir(place.folder):
        for block in found:
            if not block.title.startswith("not run: "):
                follow(block, place)
        place.finished()


def follow(block: Block, place: Workplace) -> None:
    """Do what a block shows."""
    if block.title:
        shown, source = block.text, (ROOT / block.title).read_text(encoding="utf-8")
        assert shown in source, f"this does not stand in {block.title}:\n{shown}"
    elif block.named is not None:
        place.write(block)
    elif block.language == "console":
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            _, said = place.command(command)
            assert expected(output).fullmatch(said.rstrip("\n")), f"$ {command}\n{said}"
    elif block.language == "sh":
        for line in block.text.splitlines():
            code, said = place.command(line)
            assert code == 0, f"$ {line}\n{said}"
    elif block.language == "python":
        place.python(block.text)
    elif block.language == "mlir":
        verify(parse(block.text, "page.mlir", make_context()))
    elif block.language == "toml":
        tomllib.loads(block.text)
    else:
        assert block.language == "text", f"a block must say what it is:\n{block.text}"


def test_few_blocks_are_not_run():
    left = [f"{page.name}: {b.title}" for page in PAGES for b in blocks(page) if b.title.startswith("not run: ")]
    assert len(left) <= NOT_RUN, left


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_code_is_fenced(page: Path):
    """A block that is only indented would not be run."""
    outside = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"(?:^|\n)\n(    \S[^\n]*)", outside) == []
