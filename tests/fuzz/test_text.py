"""infer-opt takes damaged text well: an error message, soon, in little memory."""

import time

import mutate_text
import pytest
import tally

from inferir.core import InferError, make_context, parse


def test_damaged_inputs():
    found = mutate_text.fuzz(200, "test")
    assert not tally.bad(found), tally.table(found)
    assert {verdict.kind for _, verdict in found} == {"error", "accepted"}


def test_a_string_that_is_never_closed_is_found_at_once():
    started = time.process_time()
    with pytest.raises(InferError, match="before closing string literal"):
        parse('"' + "name " * 20_000, "m.mlir", make_context())
    assert time.process_time() - started < 2
