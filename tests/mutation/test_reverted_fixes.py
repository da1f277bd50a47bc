"""Old faults can be put back, and random models find them (`tests/mutation/reverted_fixes.py` shows it for all)."""

import pytest
from reverted_fixes import FAULTS, ROOT, missed


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_lines_of_a_fix_are_where_they_were(fault):
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.now) == 1


def test_a_fault_that_is_put_back_is_found():
    assert missed(FAULTS[:1]) == []
