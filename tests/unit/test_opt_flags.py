"""Every flag of infer-opt is exercised by a lit test, and so is every row of the table that sets it beside mlir-opt."""

import re
from pathlib import Path

import pytest

from inferir.tools.opt_options import GROUPS

ROOT = Path(__file__).resolve().parents[2]
LIT = ROOT / "tests" / "lit"
NO = "\N{EN DASH}"
TABLE = ROOT / "docs" / "infer-opt.md"
RUNS = "\n".join(
    line
    for suffix in ("*.mlir", "*.test")
    for file in LIT.rglob(suffix)
    for line in file.read_text(encoding="utf-8").splitlines()
    if "RUN:" in line
)


def rows() -> list[list[str]]:
    """The cells of the table's rows, its head and rule left out."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize("flag", [flag for group in GROUPS.values() for flag in group])
def test_a_flag_has_a_lit_test(flag: str):
    assert re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", RUNS), f"no RUN line uses {flag}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:40])
def test_a_row_of_the_table_names_its_tests(row: list[str]):
    feature, mlir_opt, _, ours, tests = row
    if not tests:
        assert ours.startswith(NO) and feature.startswith("C++ only")
    named = re.findall(r"`([^`]+)`", tests)
    assert [n for n in named if not (LIT / "tools" / "infer-opt" / n).exists()] == []
    assert not (mlir_opt.startswith("●") and ours.startswith(NO)) or feature.startswith("C++ only")
