"""A few damaged and forged packages on every run; fuzz_packages.py makes many."""

import fuzz_packages
import pytest
import tally


@pytest.mark.parametrize("mode", ["damaged", "forged"])
def test_packages(mode: str):
    found = fuzz_packages.fuzz(mode, 120, "test")
    assert not tally.bad(found), tally.table(found)
    assert sum(verdict.kind == "error" for _, verdict in found) > 60
