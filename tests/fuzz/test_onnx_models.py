"""A sample of random ONNX models on every run; `make fuzz N=2000` draws many."""

import pytest
from onnx_models import Count, check


@pytest.mark.parametrize("first", range(0, 160, 20))
def test_models_give_what_onnxruntime_gives(first: int):
    count = Count()
    for seed in range(first, first + 20):
        check(seed, 4, "interpreter", "layout", count)
    assert count.mismatches == []
    assert count.same >= 17
