"""A few damaged and hostile sidecars and npz files on every run; fuzz_inputs.py makes many."""

import fuzz_inputs
import pytest
import tally


@pytest.mark.parametrize("mode", ["sidecar", "npz"])
def test_inputs(mode: str):
    found = fuzz_inputs.fuzz(mode, 40, "test")
    assert not tally.bad(found), tally.table(found)
    assert {verdict.kind for _, verdict in found} == {"error", "accepted"}
