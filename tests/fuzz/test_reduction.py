"""A random module with a planted failure shrinks to at most three ops; `tests/fuzz/reduction.py --count 500` tries more."""

import pytest
from reduction import MOST, shrunk


@pytest.mark.parametrize("seed", range(20))
def test_a_planted_failure_is_all_that_is_left(seed: int):
    _, after, text = shrunk(seed)
    assert after <= MOST, text
