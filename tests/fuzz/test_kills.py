"""A few writers that are killed, on every run; kills.py kills many."""

import kills


def test_killed_writers():
    found = kills.kills(5, "test")
    assert found.keys() <= {"killed", "too quick"}, found
    assert found["killed"] >= 2
