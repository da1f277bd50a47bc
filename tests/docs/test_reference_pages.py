"""The reference pages are what the definitions say; `make docs` writes them."""

import re
from pathlib import Path

import generate
import pytest

DIALECTS = Path(generate.DOCS) / "dialects"


def test_no_page_is_stale(capsys):
    assert generate.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("dialect", ["inference", "cpu"])
def test_every_op_has_an_example(dialect: str):
    sections = re.split(r"^## ", (DIALECTS / f"{dialect}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    ops = [section for section in sections if section.startswith(f"{dialect}.")]
    assert len(ops) > 50
    assert [section.partition("\n")[0] for section in ops if "Example" not in section] == []
