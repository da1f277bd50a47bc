"""A result is the caller's own: nothing that a caller holds, and no later result, changes with it. On every target, native in parts too."""

import numpy as np
import pytest

from inferir.tools.driver import compile_model

TWICE = """func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["n", 4]})
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4xf32>, tensor<?x2x2xf32>) {
  %c = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %v = inference.reshape %x shape [-1, 2, 2] : (tensor<?x4xf32>) -> tensor<?x2x2xf32>
  return %x, %x, %c, %v : tensor<?x4xf32>, tensor<?x4xf32>, tensor<4xf32>, tensor<?x2x2xf32>
}
"""
HOSTED = """func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["n", 4]}, %s: tensor<2x!framework.string>)
    -> (tensor<?x4xf32>, tensor<2x!framework.string>, tensor<2x!framework.string>) {
  return %x, %s, %s : tensor<?x4xf32>, tensor<2x!framework.string>, tensor<2x!framework.string>
}
"""


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
@pytest.mark.parametrize("text", [TWICE, HOSTED], ids=["arrays", "strings"])
def test_results_are_shared_with_nobody(text: str, target: str):
    with compile_model(text, target) as model:
        x = np.arange(8, dtype=np.float32).reshape(2, 4)
        inputs = [x] if text is TWICE else [x, np.array(["a", "b"], object)]
        given = [each.copy() for each in inputs]
        first, second = model(*inputs), model(*inputs)
        kept = [np.array(y) for y in second]
        for i, y in enumerate(first):
            assert not any(np.may_share_memory(y, other) for other in (*inputs, *second, *first[:i], *first[i + 1 :]))
            y[...] = "z" if y.dtype == object else -1
        for now, before in ((inputs, given), (second, kept), (model(*inputs), kept)):
            assert all(np.array_equal(a, b) for a, b in zip(now, before, strict=True))
