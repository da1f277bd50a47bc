"""Transposed convolutions as convolutions whose results take turns: native code against the op's meaning in numpy."""

from typing import Any

import numpy as np
import pytest
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, TensorType, f32

from inferir.core.types import tensor_of
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import agree

CASES: dict[str, dict[str, Any]] = {
    "4x4, stride 2": {"w": (8, 20, 4, 4), "strides": (2, 2), "pads": (1, 1, 1, 1)},
    "one pixel": {"x": (1, 8, 1, 1), "w": (8, 20, 4, 4)},
    "3x3, stride 2": {"w": (8, 3, 3, 3), "strides": (2, 2), "pads": (1, 1, 1, 1), "out_pads": (1, 1)},
    "as wide as its stride": {"w": (8, 5, 2, 2), "strides": (2, 2)},
    "narrower than its stride": {"w": (8, 5, 2, 1), "strides": (3, 3), "out_pads": (2, 1)},
    "stride 1": {"w": (8, 17, 3, 2), "pads": (1, 0, 2, 1)},
    "dilated": {"w": (8, 5, 3, 3), "strides": (2, 3), "dilations": (3, 2), "pads": (1, 2, 0, 1)},
    "dilated by its stride": {"w": (8, 5, 3, 3), "strides": (2, 2), "dilations": (2, 2)},
    "groups": {"w": (8, 10, 3, 3), "strides": (2, 1), "groups": 2},
    "depthwise": {"w": (8, 1, 4, 3), "strides": (2, 2), "groups": 8, "pads": (1, 1, 1, 1)},
    "pads wider than the window": {"w": (8, 5, 2, 2), "strides": (2, 2), "pads": (3, 2, 2, 4)},
    "pads below 0": {"w": (8, 5, 2, 2), "strides": (2, 2), "pads": (-2, -1, 0, -3)},
    "fewer positions than phases": {"x": (2, 8, 1, 2), "w": (8, 5, 1, 2), "strides": (4, 3)},
    "a line": {"x": (2, 8, 9), "w": (8, 5, 4), "strides": (2,), "pads": (1, 1)},
}


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("name", CASES)
def test_transposed_convolution(name: str, layout: str):
    """With filters and biases that are constants, or only the filters."""
    case = dict(CASES[name])
    rng = np.random.default_rng(0)
    x = rng.standard_normal(case.pop("x", (2, 8, 5, 6)), np.float32)
    w = rng.standard_normal(case.pop("w"), np.float32)
    b = rng.standard_normal(w.shape[1] * case.get("groups", 1), np.float32)
    if layout == "nhwc":
        x, w = (np.ascontiguousarray(np.moveaxis(v, 1, -1)) for v in (x, w))

    def constant(array: np.ndarray) -> inf.ConstantOp:
        numbers = DenseIntOrFPElementsAttr.from_list(TensorType(f32, array.shape), array.ravel().tolist())
        return inf.ConstantOp.create(properties={"value": numbers}, result_types=[tensor_of(array)])

    def given(x: Any, bias: Any) -> list[Any]:
        filters = constant(w)
        return [filters, inf.ConvTransposeOp.make(x, filters.results[0], bias, layout=layout, **case)]

    def known(x: Any, _: Any) -> list[Any]:
        bias = constant(b)
        return [bias, *given(x, bias.results[0])]

    agree([x, b], given, known, rtol=1e-5, share=1.0)
