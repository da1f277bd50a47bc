"""A sample of the ONNX backend suite, through the reference executor and compiled; `make conformance` runs all of it."""

from backend_suite import all_cases, grade, read_table, run_case, run_compiled
from isolation import run_isolated

EVERY = 25
AT_LEAST = 2010
EVERY_COMPILED = 20
COMPILED, NATIVE = 1950, 1500
"""How many cases pass compiled, and how many of them without the reference executor."""


def test_the_table_does_not_fall():
    results = list(read_table().values())
    assert len(results) == 2033
    assert results.count("ok") >= AT_LEAST


def test_a_sample_of_what_passed_passes():
    table = read_table()
    passed = [case for case in all_cases() if table[case.name] == "ok" and case.kind != "light"]
    failed = {case.name: result for case in passed[::EVERY] if (result := run_case(case)) != "ok"}
    assert failed == {}


def test_the_compiled_table_does_not_fall():
    grades = [grade(result) for result in read_table("cpu").values()]
    assert len(grades) == 2033
    assert sum(g > 0 for g in grades) >= COMPILED
    assert grades.count(2) >= NATIVE


def test_a_sample_of_what_compiled_compiles():
    """No row is worse than in the table; each runs in a process of its own, so that a crash has a name."""
    table = read_table("cpu")
    sample = [case for case in all_cases() if grade(table[case.name]) and case.kind != "light"][::EVERY_COMPILED]
    found = dict(run_isolated(lambda i: run_compiled(sample[i]), len(sample), jobs=2, limit=60.0))
    worse = {case.name: found[i] for i, case in enumerate(sample) if grade(found[i]) < grade(table[case.name])}
    assert worse == {}
