"""A few random modules on every run; `make fuzz` draws many."""

from collections import Counter

import pytest
from fuzz import Generator, problems

from inferir.core import text_of


@pytest.mark.parametrize("seed", range(12))
def test_random_module(seed: int):
    text = text_of(Generator(seed).module(5))
    assert list(problems(text, seed, ["interpreter"], Counter())) == [], text
