"""A sample of the ONNX backend suite through the reference executor; `make conformance` runs all of it."""

from backend_suite import all_cases, read_table, run_case

EVERY = 25
AT_LEAST = 2010


def test_the_table_does_not_fall():
    results = list(read_table().values())
    assert len(results) == 2033
    assert results.count("ok") >= AT_LEAST


def test_a_sample_of_what_passed_passes():
    table = read_table()
    passed = [case for case in all_cases() if table[case.name] == "ok" and case.kind != "light"]
    failed = {case.name: result for case in passed[::EVERY] if (result := run_case(case)) != "ok"}
    assert failed == {}
