"""An example of an op, for its page: the one in its docstring, else the shortest in the lit tests, which run it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from xdsl.ir import Operation

from inferir.tools.ir_source import IrSource

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 30
"""Lines of an example, at most."""


def example_of(op: type[Operation]) -> str:
    """The Markdown of an example from the tests; empty where the docstring has one, or no test has the op."""
    if "Example:" in (op.__doc__ or ""):
        return ""
    dialect = op.name.partition(".")[0]
    for folder in (f"dialects/{dialect}", f"passes/{dialect}", "passes"):
        found = min(_uses(op.name, ROOT / "tests/lit" / folder), key=lambda use: (len(use[0]), use), default=None)
        if found is not None:
            text, path = found
            return f"Example, from [{path.name}](../../{path.relative_to(ROOT)}):\n\n```text\n{text}\n```"
    return ""


def _uses(name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """The texts of ops of a name in the tests of a folder."""
    for path in sorted(folder.rglob("*.mlir")):
        if "invalid" not in path.name and "Inputs" not in path.parts and name in path.read_text(encoding="utf-8"):
            source = _source(path)
            for chunk in source.chunks:
                for read in chunk.record.ops if not chunk.record.errors else ():
                    if read.op.name == name:
                        text = source.text[chunk.start + read.start : chunk.start + read.end]
                        column = read.start - (source.text[chunk.start : chunk.start + read.start].rfind("\n") + 1)
                        if text.count("\n") < LONGEST and "CHECK" not in text:
                            yield textwrap.dedent(" " * column + text), path


@cache
def _source(path: Path) -> IrSource:
    return IrSource(path.read_text(encoding="utf-8"), path)
