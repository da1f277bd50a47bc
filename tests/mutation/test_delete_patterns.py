"""Deleting a pattern makes a test fail: shown for five drawn at random; `make mutation ARGS=--all` shows it for all."""

import random

from delete_patterns import patterns, survivors


def test_five_random_patterns_are_noticed_when_they_go():
    known = patterns()
    assert survivors(random.Random(2026).sample(known, min(5, len(known)))) == []
