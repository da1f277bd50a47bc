"""torch's operators, each beside what torch computes: the reference executor and native code are as good as the committed table says."""

from pathlib import Path

import pytest
from aten_cases import WORKS, cases, row, table

PARTS = 12
CORE, BEYOND = 141, 180
"""Operators of Core ATen, and beyond, that are right in every case; they may only grow."""


@pytest.mark.parametrize("part", range(PARTS))
def test_operators_give_what_torch_gives(part: int, tmp_path: Path):
    known = table()
    worse = []
    for case in list(cases())[part::PARTS]:
        found, wanted = row(case, tmp_path), known[case.name]
        for a, b in zip(found[2:], wanted[2:], strict=True):
            if b.startswith(WORKS) and (not a.startswith(WORKS) or (b == "native" and a != b)):
                worse.append(f"{case.name}: {a}, the table has {b}")
    assert worse == []


def test_the_table_has_every_case_and_covers_core_aten():
    known = table()
    assert list(known) == [case.name for case in cases()]
    right = {name.partition("#")[0] for name in known}
    right -= {name.partition("#")[0] for name, cells in known.items() if not all(c.startswith(WORKS) for c in cells[2:])}
    core = {
        name.partition("#")[0].partition(".")[0] for name, cells in known.items() if cells[1] == "core" and name.partition("#")[0] in right
    }
    assert len(core) >= CORE
    assert len({name.partition(".")[0] for name in right} - core) >= BEYOND
