"""The tutorials do what they say: their files are written, their commands run, and what these print is what the page shows."""

import contextlib
import importlib
import io
import re
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "tutorial").glob("*.md"))]

sys.path.insert(0, str(ROOT / "tests" / "lit"))
inprocess = importlib.import_module("inprocess")


def run(command: str) -> str:
    """What a command line of our tools prints, errors included."""
    shown, text = io.StringIO(), ""
    parts = command.split(" | ")
    for part in parts:
        out = shown if part is parts[-1] else io.StringIO()
        inprocess.invoke(shlex.split(part), io.StringIO(text), out, shown)
        text = out.getvalue()
    return shown.getvalue()


def expected(text: str) -> re.Pattern[str]:
    """A page's output as a pattern: a line `...` is any lines."""
    lines = [".*?" if line.strip() == "..." else re.escape(line) for line in text.rstrip("\n").split("\n")]
    return re.compile("\n".join(lines), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path):
    with contextlib.chdir(tmp_path):
        for language, block in re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            named = re.match(r"(?:#|//) (\S+\.\w+)\n", block)
            if language == "console":
                for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                    said = run(command).replace(f"{tmp_path}/", "")
                    assert expected(output).fullmatch(said.rstrip("\n")), f"$ {command}\n{said}"
            elif named is not None and (tmp_path / named[1]).exists():
                assert (tmp_path / named[1]).read_text() == block.partition("\n")[2], f"{named[1]} is not what the page shows"
            elif named is not None:
                (tmp_path / named[1]).write_text(block)
