"""Results whose size comes with the call, or is counted in the data: native code against the reference executor, right and wrong numbers alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model

FAR = 2**62
X = np.arange(12, dtype=np.float32).reshape(3, 4) - 5
IMAGE = np.arange(96, dtype=np.float32).reshape(1, 2, 6, 8)


def ints(*rows: Any) -> list[np.ndarray]:
    return [np.array(r, np.int64) for r in rows]


def call(callee: str, config: str, operands: str, types: str, result: str) -> str:
    return f'inference.host_call {operands} callee "{callee}"{config} : ({types}) -> {result}'


AXES = "tensor<3x4xf32>, tensor<1xi64>"
CASES: dict[str, tuple[str, str, str, list[tuple[Any, ...]]]] = {
    # arguments, op, result types, calls: what comes with each
    "reshape": (
        "%x: tensor<3x4xf32>, %s: tensor<2xi64>",
        "inference.reshape %x to %s : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>",
        "tensor<?x?xf32>",
        [(X, s) for s in ints([2, 6], [-1, 3], [12, -1], [-1, -1], [5, -1], [0, 12], [0, -1], [-2, 6], [FAR, 4], [2**32, 2**32])],
    ),
    "reshape_of_none": (
        "%x: tensor<0x4xf32>, %s: tensor<2xi64>",
        "inference.reshape %x to %s keep_zeros : (tensor<0x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>",
        "tensor<?x?xf32>",
        [(np.zeros((0, 4), np.float32), s) for s in ints([0, -1], [-1, 0], [0, 7], [3, 0], [2, 2])],
    ),
    "expand": (
        "%x: tensor<3x1xf32>, %s: tensor<3xi64>",
        "inference.broadcast %x to %s : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<?x3x?xf32>",
        "tensor<?x3x?xf32>",
        [(X[:, :1], s) for s in ints([2, 3, 4], [1, 1, 1], [2, 1, 0], [0, 3, 5], [2, 2, 1], [2, 3, -1], [FAR, 3, 1])],
    ),
    "tile": (
        "%x: tensor<3x4xf32>, %s: tensor<2xi64>",
        "inference.tile %x times %s : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>",
        "tensor<?x?xf32>",
        [(X, s) for s in ints([1, 1], [2, 3], [0, 2], [2, 0], [-1, 1], [FAR, 4], [2**40, 0])],
    ),
    "fill": (
        "%s: tensor<2xi64>, %v: tensor<f32>",
        "inference.fill %s, %v : (tensor<2xi64>, tensor<f32>) -> tensor<?x?xf32>",
        "tensor<?x?xf32>",
        [(s, np.float32(3)) for s in ints([2, 3], [0, 4], [-1, 2], [FAR, 0], [FAR, FAR])],
    ),
    "range": (
        "%a: tensor<i64>, %b: tensor<i64>, %c: tensor<i64>",
        "inference.range %a, %b, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>",
        "tensor<?xi64>",
        [
            tuple(ints(*r))
            for r in [(0, 5, 1), (5, 0, -2), (0, 5, -1), (5, 5, 1), (0, 5, 0), (-FAR, FAR, 2**61), (FAR * -2, FAR, 1), (3, -(2**63), -FAR)]
        ],
    ),
    "range_of_floats": (
        "%a: tensor<f32>, %b: tensor<f32>, %c: tensor<f32>",
        "inference.range %a, %b, %c : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?xf32>",
        "tensor<?xf32>",
        [
            tuple(map(np.float32, r))
            for r in [(0, 1, 0.3), (1, 0, -0.25), (0, 1, 0), (0, np.inf, 1), (np.nan, 1, 1), (0, 1, np.inf), (0, -1, 1), (0, 1e30, 1e-30)]
        ],
    ),
    "slice": (
        "%x: tensor<3x4xf32>, %b: tensor<1xi64>, %e: tensor<1xi64>",
        "inference.slice %x begin %b end %e axes [1] : (tensor<3x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<3x?xf32>",
        "tensor<3x?xf32>",
        [(X, *ints([b], [e])) for b, e in [(1, 3), (-2, FAR), (3, 1), (-9, 9), (4, 4), (-(2**63), 2**63 - 1)]],
    ),
    "slice_back": (
        "%x: tensor<3x4xf32>, %b: tensor<1xi64>, %e: tensor<1xi64>",
        "inference.slice %x begin %b end %e axes [1] steps [-2] : (tensor<3x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<3x?xf32>",
        "tensor<3x?xf32>",
        [(X, *ints([b], [e])) for b, e in [(3, 0), (-1, -FAR), (1, 3), (9, -9), (-9, -9), (2, -5)]],
    ),
    "slice_along": (
        "%x: tensor<3x4xf32>, %b: tensor<1xi64>, %a: tensor<1xi64>, %t: tensor<1xi64>",
        call(
            "slice",
            "",
            "%x, %b, %b, %a, %t",
            "tensor<3x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>",
            "tensor<?x?xf32>",
        ),
        "tensor<?x?xf32>",
        [(X, *ints([b], [a], [t])) for b, a, t in [(1, 0, 1), (1, -1, -1), (0, 2, 1), (1, 0, 0)]],
    ),
    "pad": (
        "%x: tensor<3x4xf32>, %p: tensor<4xi64>",
        "inference.pad %x pads %p : (tensor<3x4xf32>, tensor<4xi64>) -> tensor<?x?xf32>",
        "tensor<?x?xf32>",
        [(X, p) for p in ints([1, 0, 0, 2], [-1, -2, 0, 0], [3, 0, -9, 0], [7, 0, -5, 0], [-2, 0, -2, 0], [0, 0, 0, FAR])],
    ),
    "pad_edges": (
        "%x: tensor<3x4xf32>, %p: tensor<4xi64>",
        "inference.pad %x pads %p mode edge : (tensor<3x4xf32>, tensor<4xi64>) -> tensor<?x?xf32>",
        "tensor<?x?xf32>",
        [(X, p) for p in ints([1, 0, 0, 2], [-1, 3, -1, 0], [-3, 0, 1, 0], [-9, 0, 9, 0], [-3, 0, 0, 0])],
    ),
    "topk": (
        "%x: tensor<3x4xf32>, %k: tensor<1xi64>",
        "inference.topk %x, %k axis 1 : (tensor<3x4xf32>, tensor<1xi64>) -> (tensor<3x?xf32>, tensor<3x?xi64>)",
        "tensor<3x?xf32>, tensor<3x?xi64>",
        [(X, k) for k in ints([2], [4], [0], [5], [-1])],
    ),
    "resize": (
        "%x: tensor<1x2x6x8xf32>, %s: tensor<2xi64>",
        "inference.resize %x to %s axes [2, 3] mode linear : (tensor<1x2x6x8xf32>, tensor<2xi64>) -> tensor<1x2x?x?xf32>",
        "tensor<1x2x?x?xf32>",
        [(IMAGE, s) for s in ints([3, 4], [7, 16], [0, 4], [-1, 4], [1, 1])],
    ),
    "resize_keeping_its_ratio": (
        "%x: tensor<1x2x6x8xf32>, %s: tensor<2xi64>",
        "inference.resize %x to %s axes [2, 3] policy not_larger coordinates half_pixel_symmetric : (tensor<1x2x6x8xf32>, tensor<2xi64>) -> tensor<1x2x?x?xf32>",
        "tensor<1x2x?x?xf32>",
        [(IMAGE, s) for s in ints([3, 8], [7, 7], [0, 4])],
    ),
    "resize_by": (
        "%x: tensor<1x2x6x8xf32>, %s: tensor<2xf32>",
        "inference.resize %x by %s axes [2, 3] : (tensor<1x2x6x8xf32>, tensor<2xf32>) -> tensor<1x2x?x?xf32>",
        "tensor<1x2x?x?xf32>",
        [(IMAGE, np.array(s, np.float32)) for s in [(0.5, 2), (1.3, 0.1), (0, 1), (-1, 1), (np.nan, 1), (np.inf, 1), (1e30, 1)]],
    ),
    "reduce": (
        "%x: tensor<3x4xf32>, %a: tensor<1xi64>",
        call("reduce", ' config {kind = "sum", keepdims = 1 : i64, noop = 0 : i64}', "%x, %a", AXES, "tensor<?x?xf32>"),
        "tensor<?x?xf32>",
        [(X, a) for a in ints([0], [-1], [1], [2], [-3])],
    ),
    "reduce_away": (
        "%x: tensor<3x4xf32>, %a: tensor<2xi64>",
        call(
            "reduce",
            ' config {kind = "max", keepdims = 0 : i64, noop = 0 : i64}',
            "%x, %a",
            "tensor<3x4xf32>, tensor<2xi64>",
            "tensor<f32>",
        ),
        "tensor<f32>",
        [(X, a) for a in ints([0, 1], [-1, 0])],
    ),
    "reduce_one_away": (
        "%x: tensor<3x4xf32>, %a: tensor<1xi64>",
        call("reduce", ' config {kind = "mean", keepdims = 0 : i64, noop = 0 : i64}', "%x, %a", AXES, "tensor<?xf32>"),
        "tensor<?xf32>",
        [(X, a) for a in ints([0], [-1], [7])],
    ),
    "reduce_as_declared": (
        "%x: tensor<3x4xf32>, %a: tensor<1xi64>",
        call("reduce", ' config {kind = "sum", keepdims = 1 : i64, noop = 0 : i64}', "%x, %a", AXES, "tensor<3x1xf32>"),
        "tensor<3x1xf32>",
        [(X, a) for a in ints([1], [-1], [0])],
    ),
    "squeeze": (
        "%x: tensor<3x1x4xf32>, %a: tensor<1xi64>",
        call("squeeze", "", "%x, %a", "tensor<3x1x4xf32>, tensor<1xi64>", "tensor<?x?xf32>"),
        "tensor<?x?xf32>",
        [(X[:, None], a) for a in ints([1], [-2], [0], [3])],
    ),
    "unsqueeze": (
        "%x: tensor<3x4xf32>, %a: tensor<2xi64>",
        call("unsqueeze", "", "%x, %a", "tensor<3x4xf32>, tensor<2xi64>", "tensor<?x?x?x?xf32>"),
        "tensor<?x?x?x?xf32>",
        [(X, a) for a in ints([0, 1], [3, 0], [-1, 1], [1, 1], [4, 0])],
    ),
    "split": (
        "%x: tensor<3x4xf32>, %s: tensor<2xi64>",
        call("split", " config {axis = 1 : i64}", "%x, %s", "tensor<3x4xf32>, tensor<2xi64>", "(tensor<3x?xf32>, tensor<3x?xf32>)"),
        "tensor<3x?xf32>, tensor<3x?xf32>",
        [(X, s) for s in ints([1, 3], [4, 0], [2, 1], [-1, 5], [FAR, FAR])],
    ),
    "center_crop_pad": (
        "%x: tensor<3x4xf32>, %s: tensor<2xi64>",
        call("center_crop_pad", "", "%x, %s", "tensor<3x4xf32>, tensor<2xi64>", "tensor<?x?xf32>"),
        "tensor<?x?xf32>",
        [(X, s) for s in ints([1, 2], [5, 9], [3, 1], [0, 4], [-1, 4])],
    ),
    "non_zero": (
        "%x: tensor<?x40x3xi1>",
        "inference.non_zero %x : (tensor<?x40x3xi1>) -> tensor<3x?xi64>",
        "tensor<3x?xi64>",
        [(np.random.default_rng(n).random((n, 40, 3)) < p,) for n in (0, 1, 30, 400) for p in (0, 0.1, 1)],
    ),
    "compress": (
        "%x: tensor<3x4xf32>, %c: tensor<?xi1>",
        "inference.compress %x, %c axis 1 : (tensor<3x4xf32>, tensor<?xi1>) -> tensor<3x?xf32>",
        "tensor<3x?xf32>",
        [(X, np.array(c, np.bool_)) for c in ([1, 0, 1, 1], [0, 1], [], [0, 0, 0, 0], [1, 0, 0, 0, 1])],
    ),
    "loop": (
        "%n: tensor<i64>, %go: tensor<i1>, %s: tensor<2xf32>",
        """inference.loop %s limit %n condition %go {
  ^bb0(%i: tensor<i64>, %more: tensor<i1>, %p: tensor<2xf32>):
    %q = inference.add %p, %p : tensor<2xf32>
    inference.yield %more, %q, %p : (tensor<i1>, tensor<2xf32>, tensor<2xf32>) -> ()
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>)""",
        "tensor<2xf32>, tensor<?x2xf32>",
        [(np.int64(n), np.bool_(go), np.array([1, 2], np.float32)) for n in (0, 1, 5, -3) for go in (0, 1)],
    ),
    "scan": (
        "%x: tensor<?x4xf32>, %s: tensor<4xf32>",
        """inference.loop %s limit %n {
  ^bb0(%i: tensor<i64>, %more: tensor<i1>, %p: tensor<4xf32>):
    %e = inference.gather %x, %i axis 0 : (tensor<?x4xf32>, tensor<i64>) -> tensor<4xf32>
    %q = inference.add %p, %e : tensor<4xf32>
    inference.yield %more, %q, %q : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)""",
        "tensor<4xf32>, tensor<?x4xf32>",
        [(X[:n], X[0]) for n in (0, 1, 3)],
    ),
}
BEFORE = {
    "scan": "%d = inference.shape_of %x end 1 : (tensor<?x4xf32>) -> tensor<1xi64>\n  %n = inference.reshape %d shape [] : (tensor<1xi64>) -> tensor<i64>"
}


def outcome(model: Any, inputs: tuple[Any, ...]) -> list[np.ndarray] | str:
    try:
        found = model(*map(np.asarray, inputs))
    except (InferError, ModelError) as problem:
        return str(problem)
    return list(found) if isinstance(found, tuple) else [found]


def compared(name: str, level: str) -> Iterator[tuple[Any, Any, Any]]:
    arguments, op, types, calls = CASES[name]
    count = types.count("tensor")
    results = [f"%y{i}" for i in range(count)]
    text = f"func.func @main({arguments}) -> ({types}) {{\n  {BEFORE.get(name, '')}\n  {', '.join(results)} = {op}\n  func.return {', '.join(results)} : {types}\n}}"
    native, reference = compile_model(text, opt_level=level), compile_model(text, "interpreter")
    assert isinstance(native, Model) and not native.program.host_ops
    for inputs in calls:
        yield inputs, outcome(native, inputs), outcome(reference, inputs)


@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize("name", CASES)
def test_native_code_computes_sizes_as_the_executor_does(name: str, level: str):
    for inputs, got, want in compared(name, level):
        if isinstance(want, str) or isinstance(got, str):
            assert isinstance(want, str) and isinstance(got, str), (inputs[1:], got, want)
            continue
        for a, b in zip(got, want, strict=True):
            assert a.shape == b.shape and a.dtype == b.dtype, (inputs[1:], a.shape, b.shape)
            np.testing.assert_allclose(a, b, 1e-5, 1e-5, err_msg=str(inputs[1:]))
