"""A result is the caller's own: nothing that a caller holds, and no later result, changes with it. On every target, native in parts too."""

import numpy as np
import pytest

from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.core.executor import own
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


def test_an_output_that_no_memory_holds_is_one_line(monkeypatch: pytest.MonkeyPatch):
    """The executor may repeat an element with a view, which costs nothing until the caller is given an array."""
    with pytest.raises(InferError, match=r"output 'y' has shape \[4611686018427387904\], and there is not enough memory for it"):
        own("y", np.broadcast_to(np.uint8(7), (2**62,)))

    def none_left(*_: object, **__: object) -> np.ndarray:
        raise MemoryError

    x, strings = np.ones((2, 4), np.float32), np.array(["a", "b"], object)
    for text, target, given in ((HOSTED, "cpu", (x, strings)), (TWICE, "interpreter", (x,))):
        with compile_model(text, target) as model:
            with (
                monkeypatch.context() as patch,
                pytest.raises((InferError, ModelError), match=r"output '.*there is not enough memory for it"),
            ):
                patch.setattr(np, "array", none_left)
                model(*given)
            np.testing.assert_array_equal(model(*given)[0], x)
