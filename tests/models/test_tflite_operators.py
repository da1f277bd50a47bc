"""Every TFLite operator of the committed cases, in the executor and in native code, against what LiteRT's reference kernels gave."""

import pytest
from tflite_suite import TARGETS, archive, outcome, table

OPERATORS = sorted({case.partition("/")[0] for case in archive()})


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_gives_what_its_table_row_says(operator: str):
    for case in (c for c in archive() if c.partition("/")[0] == operator):
        for target, known in zip(TARGETS, table()[case], strict=True):
            found = outcome(case, target)
            assert found == "pass" or found == known, f"{case} on {target}: {found}"


def test_the_table_has_a_row_for_every_case():
    assert set(table()) == set(archive())


def test_so_many_operators_pass_all_their_cases():
    failing = {case.partition("/")[0] for case, outcomes in table().items() if outcomes != ("pass", "pass")}
    assert len(set(OPERATORS) - failing) >= 125
