"""A sample of models with unrelated sizes on every run, between fences; `tests/fuzz/unrelated_sizes.py --count 2000` draws many."""

import pytest
from unrelated_sizes import CASES, apart, draw


@pytest.mark.parametrize("side", ["left", "right"])
def test_native_code_refuses_what_the_reference_refuses(side: str):
    sample = draw(40, 4, seed=7 if side == "left" else 8)
    assert [found for arguments in sample for found in apart(arguments, side)] == []


def test_every_case_is_drawn():
    assert {name for name, *_ in draw(len(CASES) * 8 * 5, 8)} == set(CASES)
