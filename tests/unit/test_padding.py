"""A tap that lies in the padding of a convolution adds nothing, whatever its weight is: zero times infinity or NaN is NaN."""

import itertools
import math
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import helper
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr
from xdsl.ir import Operation, SSAValue

from inferir.core.types import tensor_of
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import both

BAD = (math.nan, math.inf)


def filters(outputs: int, inputs: int, rank: int, bad: float) -> np.ndarray:
    """[outputs, inputs, 3, ...], the first tap along each axis of the first output `bad`."""
    w = np.random.default_rng(rank).standard_normal((outputs, inputs, *[3] * rank)).astype(np.float32)
    w[(0, slice(None), *[0] * rank)] = bad
    return w


def correlated(x: np.ndarray, w: np.ndarray, stride: int, dilation: int, pad: int) -> np.ndarray:
    """By its definition: the sum over the taps that lie in x."""
    groups = x.shape[1] // w.shape[1]
    sizes = [(s + 2 * pad - 2 * dilation - 1) // stride + 1 for s in x.shape[2:]]
    y = np.zeros((x.shape[0], w.shape[0], *sizes))
    for position, tap in itertools.product(np.ndindex(*sizes), np.ndindex(*w.shape[2:])):
        place = tuple(p * stride + t * dilation - pad for p, t in zip(position, tap, strict=True))
        if all(0 <= i < s for i, s in zip(place, x.shape[2:], strict=True)):
            seen = x[(..., *place)].astype(np.float64).reshape(x.shape[0], groups, -1)
            with np.errstate(all="ignore"):
                part = np.einsum("ngc,goc->ngo", seen, w[(..., *tap)].astype(np.float64).reshape(groups, -1, w.shape[1]))
            y[(..., *position)] += part.reshape(x.shape[0], -1)
    return y


def constant(w: np.ndarray) -> Operation:
    """The op of a constant."""
    type: Any = tensor_of(w)
    return inf.ConstantOp.of(DenseIntOrFPElementsAttr.from_list(type, w.reshape(-1).tolist()), type)


CASES: dict[str, tuple[tuple[int, ...], int, dict[str, int]]] = {
    "line": ((1, 3, 7), 4, {}),
    "image": ((2, 3, 5, 6), 4, {}),
    "image by the transforms": ((1, 32, 8, 8), 32, {}),
    "channel by channel": ((1, 4, 5, 6), 4, {"groups": 4}),
    "dilated image": ((1, 16, 7, 6), 16, {"dilation": 2, "pad": 2}),
    "image with steps": ((1, 16, 7, 6), 16, {"stride": 2, "groups": 2}),
    "volume": ((1, 3, 4, 5, 3), 4, {}),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("case", CASES)
def test_taps_in_the_padding_add_nothing(case: str, bad: float):
    shape, outputs, window = CASES[case]
    rank, groups = len(shape) - 2, window.get("groups", 1)
    stride, dilation, pad = (window.get(name, 1) for name in ("stride", "dilation", "pad"))
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    w = filters(outputs, shape[1] // groups, rank, bad)
    attributes: dict[str, Any] = {
        "strides": (stride,) * rank,
        "dilations": (dilation,) * rank,
        "pads": (pad,) * (2 * rank),
        "groups": groups,
    }

    def fixed(x: SSAValue, w: SSAValue) -> list[Operation]:
        made = constant(filters(outputs, shape[1] // groups, rank, bad))
        return [made, inf.ConvOp.make(x, made.results[0], **attributes)]

    expected = correlated(x, w, stride, dilation, pad)
    assert np.isfinite(expected).any()
    for native, reference in both([x, w], fixed, lambda x, w: inf.ConvOp.make(x, w, **attributes)):
        np.testing.assert_allclose(reference, expected, 1e-4, 1e-4)
        np.testing.assert_allclose(native, expected, 1e-4, 1e-4)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_what_lies_between_the_elements_of_a_transposed_convolution_adds_nothing(rank: int, bad: float):
    x = np.random.default_rng(1).standard_normal((1, 4, 3, 4, 3)[: rank + 2]).astype(np.float32)
    w = filters(4, 2, rank, bad)
    window: dict[str, Any] = {"strides": (2,) * rank, "pads": (1,) * (2 * rank)}
    made = [helper.make_tensor_value_info(name, 1, v.shape) for name, v in (("x", x), ("w", w))]
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], group=2, **window)
    graph = helper.make_graph([node], "g", made, [helper.make_tensor_value_info("y", 1, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    expected = np.asarray(session.run(None, {"x": x, "w": w})[0])
    assert np.isfinite(expected).any() and not np.isfinite(expected).all()

    def fixed(x: SSAValue, _: SSAValue) -> list[Operation]:
        made = constant(w)
        return [made, inf.ConvTransposeOp.make(x, made.results[0], groups=2, **window)]

    for native, reference in both([x, w], fixed, lambda x, w: inf.ConvTransposeOp.make(x, w, groups=2, **window)):
        np.testing.assert_allclose(reference, expected, 1e-4, 1e-4)
        np.testing.assert_allclose(native, expected, 1e-4, 1e-4)
