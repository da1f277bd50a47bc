"""Indices, axes, lengths, counts and sizes that come with the call and are out of range: native code between fences, beside the reference executor.

    python tests/fuzz/hostile_indices.py --count 5000 --side right

A model of one operator, perhaps with a kernel behind it, is compiled once and run on a few sets of hostile inputs. Native code may refuse more
than the executor only where `LIMITS` says why; what it accepts the executor accepts, with equal values.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).parent))
import sandbox
from fences import SIDES, install

from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model

N = helper.make_node
Make = Callable[[random.Random], np.ndarray]
RUNS = 4
FAR = [100, -100, 2**31 - 1, -(2**31), 2**31, 2**32, 2**32 + 1, 2**40, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1]
NEAR = [0, 1, -1, 2, -2, 3, 4, 5, 7, -5, -6, 8]
ODD = [np.nan, np.inf, -np.inf, 1e30, -1e30, 1e10, 0.0, 1.0, -1.0, 2.5, -3.7, 1e-40]
LIMITS = ("where the model was compiled for equal sizes",)
"""What only native code refuses, by what its message holds: sizes of 1 that would broadcast."""


@dataclass
class Case:
    """A model of one operator: its inputs as (dtype, declared shape, maker of values) by name, the dtype of its result."""

    nodes: list[Any]
    inputs: dict[str, Any]
    result: Any = np.float32
    constants: dict[str, np.ndarray] = field(default_factory=dict)

    def proto(self, tail: bool) -> bytes:
        """The model; with a `tail` a kernel reads the result."""
        nodes, last = list(self.nodes), "y"
        if tail and np.dtype(self.result) in (np.float32, np.float64):
            nodes, last = [*nodes, N("Abs", ["y"], ["a"]), N("Sigmoid", ["a"], ["z"])], "z"
        value = helper.make_tensor_value_info
        inputs = [value(name, helper.np_dtype_to_tensor_dtype(np.dtype(d)), s) for name, (d, s, _) in self.inputs.items()]
        output = value(last, helper.np_dtype_to_tensor_dtype(np.dtype(self.result)), None)
        constants = [numpy_helper.from_array(np.asarray(v), name) for name, v in self.constants.items()]
        model = helper.make_model(helper.make_graph(nodes, "g", inputs, [output], constants), opset_imports=[helper.make_opsetid("", 24)])
        model.ir_version = 11
        return model.SerializeToString()


def floats(shape: Sequence[int], dtype: Any = np.float32) -> Make:
    """Ordinary numbers."""
    return lambda r: (np.random.default_rng(r.getrandbits(32)).standard_normal(shape) * 3).astype(dtype)


def odd(shape: Sequence[int], low: float, high: float) -> Make:
    """Numbers of a range, and some that are none or far away."""
    count = int(np.prod(shape))
    return lambda r: np.array([r.choice(ODD) if r.random() < 0.3 else r.uniform(low, high) for _ in range(count)], np.float32).reshape(
        shape
    )


def places(shape: Sequence[int], limit: int, dtype: Any = np.int64) -> Make:
    """Indices of a dimension, most of them in range, some at its ends or far away."""
    info = np.iinfo(dtype)

    def make(r: random.Random) -> np.ndarray:
        bad = r.choice([0.0, 0.1, 0.5, 1.0])
        hostile = [*NEAR, *FAR, limit, limit - 1, -limit, -limit - 1]
        values = [r.choice(hostile) if r.random() < bad else r.randrange(-limit, limit) for _ in range(int(np.prod(shape)))]
        return np.array([min(max(v, info.min), info.max) for v in values], dtype).reshape(shape)

    return make


def choice(values: Sequence[float], dtype: Any = np.int64, shape: Sequence[int] = (1,)) -> Make:
    """Some of a list of numbers, half of them small."""
    count, exact = int(np.prod(shape)), np.dtype(dtype)

    def make(r: random.Random) -> np.ndarray:
        drawn = [r.choice(values) if r.random() < 0.6 else r.choice([0, 1, 2, 3]) for _ in range(count)]
        if exact.kind in "iu":
            drawn = [min(max(v, np.iinfo(exact).min), np.iinfo(exact).max) for v in drawn]
        return np.array(drawn, exact).reshape(shape)

    return make


@dataclass(frozen=True)
class Draw:
    """What cases are drawn from: an x of a few dimensions, an axis of it, a type of indices."""

    rng: random.Random
    shape: tuple[int, ...]
    axis: int
    dtype: Any
    index: Any

    @classmethod
    def of(cls, rng: random.Random) -> Draw:
        """A random one."""
        shape = tuple(rng.choice([1, 2, 3, 4, 5, 8, 17]) for _ in range(rng.randint(1, 3)))
        dtype = rng.choice([np.float32, np.float32, np.int64, np.float16, np.uint8, np.float64])
        return cls(rng, shape, rng.randrange(len(shape)), dtype, rng.choice([np.int64, np.int64, np.int32]))

    @property
    def x(self) -> tuple[Any, tuple[int, ...], Make]:
        """The input x."""
        return self.dtype, self.shape, floats(self.shape, self.dtype)

    def some(self, most: int = 2) -> tuple[int, ...]:
        """A shape of a few indices, now and then of many."""
        return tuple(self.rng.choice([1, 2, 5, 17, 40]) for _ in range(self.rng.randint(1, most)))

    def within(self) -> tuple[int, ...]:
        """A shape that is nowhere larger than x."""
        return tuple(self.rng.randint(1, d) for d in self.shape)


def gather(d: Draw) -> Case:
    """Slices."""
    s = d.some()
    return Case([N("Gather", ["x", "i"], ["y"], axis=d.axis)], {"x": d.x, "i": (d.index, s, places(s, d.shape[d.axis], d.index))}, d.dtype)


def embedding(d: Draw) -> Case:
    """Rows of a constant table, symbolic sizes, a kernel behind it."""
    rows, width = d.rng.choice([3, 50]), d.rng.choice([1, 7, 64])
    nodes = [N("Gather", ["w", "i"], ["e"]), N("Add", ["e", "p"], ["y"])]
    table = np.ones((rows, width), np.float32)
    return Case(nodes, {"i": (d.index, ("b", "n"), places((2, 3), rows, d.index))}, constants={"w": table, "p": table[0]})


def gather_computed(d: Draw) -> Case:
    """Indices that are floats, cast."""
    s = d.some(1)
    nodes = [N("Cast", ["f"], ["i"], to=TensorProto.INT64), N("Gather", ["x", "i"], ["y"], axis=d.axis)]
    return Case(nodes, {"x": d.x, "f": (np.float32, s, odd(s, -2, 2))}, d.dtype)


def gather_dynamic(d: Draw) -> Case:
    """Rows of a tensor of symbolic sizes, which may be 0."""
    sizes = d.rng.choice([0, 1, 5]), d.rng.choice([0, 1, 17])
    nodes = [N("Gather", ["x", "i"], ["y"], axis=d.axis % 2)]
    make = places((3,), max(sizes[d.axis % 2], 1))
    return Case(nodes, {"x": (np.float32, ("n", "m"), floats(sizes)), "i": (np.int64, ("k",), make)})


def gather_elements(d: Draw) -> Case:
    """Elements."""
    s = tuple(n if a != d.axis else d.rng.randint(1, 6) for a, n in enumerate(d.within()))
    inputs = {"x": d.x, "i": (d.index, s, places(s, d.shape[d.axis], d.index))}
    return Case([N("GatherElements", ["x", "i"], ["y"], axis=d.axis)], inputs, d.dtype)


def gather_nd(d: Draw) -> Case:
    """Tuples of indices."""
    length = d.rng.randint(1, len(d.shape))
    s = (*d.some(), length)
    return Case([N("GatherND", ["x", "i"], ["y"])], {"x": d.x, "i": (np.int64, s, places(s, min(d.shape[:length])))}, d.dtype)


def scatter_elements(d: Draw) -> Case:
    """Elements are written."""
    s = tuple(n if a != d.axis else d.rng.choice([1, 3, 40]) for a, n in enumerate(d.within()))
    node = N("ScatterElements", ["x", "i", "u"], ["y"], axis=d.axis, reduction=d.rng.choice(["none", "add", "mul", "max", "min"]))
    inputs = {"x": d.x, "i": (d.index, s, places(s, d.shape[d.axis], d.index)), "u": (d.dtype, s, floats(s, d.dtype))}
    return Case([node], inputs, d.dtype)


def scatter_nd(d: Draw) -> Case:
    """Slices are written."""
    length, head = d.rng.randint(1, len(d.shape)), d.some()
    new = (*head, *d.shape[length:])
    node = N("ScatterND", ["x", "i", "u"], ["y"], reduction=d.rng.choice(["none", "add", "mul", "max", "min"]))
    make = places((*head, length), min(d.shape[:length]))
    inputs = {"x": d.x, "i": (np.int64, (*head, length), make), "u": (d.dtype, new, floats(new, d.dtype))}
    return Case([node], inputs, d.dtype)


def slices(d: Draw) -> Case:
    """Limits and steps."""
    hostile = [*NEAR, *FAR]
    steps = [1, -1, 2, -2, 3, 2**31 - 1, -(2**31), 2**62, -(2**63), 0]
    inputs = {"x": d.x, "b": (d.index, (1,), choice(hostile, d.index)), "e": (d.index, (1,), choice(hostile, d.index))}
    inputs["t"] = (d.index, (1,), choice(steps, d.index))
    return Case([N("Slice", ["x", "b", "e", "a", "t"], ["y"])], inputs, d.dtype, {"a": np.array([d.axis], d.index)})


def sliced_axes(d: Draw) -> Case:
    """The axes of a slice."""
    inputs = {"x": d.x, "a": (np.int64, (1,), choice([*NEAR, *FAR]))}
    return Case([N("Slice", ["x", "o", "o", "a"], ["y"])], inputs, d.dtype, {"o": np.array([1], np.int64)})


def pad(d: Draw) -> Case:
    """Pads."""
    count = 2 * len(d.shape)
    values = [0, 1, 2, -1, -2, 9, -9, 100, 2**31, 2**40, -(2**62), 2**62]
    node = N("Pad", ["x", "p"], ["y"], mode=d.rng.choice(["constant", "reflect", "edge", "wrap"]))
    return Case([node], {"x": d.x, "p": (np.int64, (count,), choice(values, shape=(count,)))}, d.dtype)


def resize(d: Draw) -> Case:
    """New sizes, or scales."""
    s = (1, 1, d.rng.randint(1, 6), d.rng.randint(1, 6))
    mode = d.rng.choice(["nearest", "linear"])
    x = (np.float32, s, floats(s))
    if d.rng.random() < 0.5:
        sizes = choice([0, 1, 1, 2, 7, -1, 100, 2**20, 2**33, 2**62], shape=(4,))
        return Case([N("Resize", ["x", "", "", "z"], ["y"], mode=mode)], {"x": x, "z": (np.int64, (4,), sizes)})
    scales = choice([1, 2, 0, -1, np.nan, np.inf, 1e10, 0.01, 3.3, 1e-30], np.float32, (4,))
    return Case([N("Resize", ["x", "", "z"], ["y"], mode=mode)], {"x": x, "z": (np.float32, (4,), scales)})


def counted(op: str, values: Sequence[int], count: int | None = None) -> Callable[[Draw], Case]:
    """An operator whose second operand is a list of integers: as many as x has dimensions, or `count`."""

    def make(d: Draw) -> Case:
        many = len(d.shape) if count is None else d.rng.randint(1, count)
        extra: dict[str, Any] = {"allowzero": d.rng.randrange(2)} if op == "Reshape" else {}
        return Case([N(op, ["x", "r"], ["y"], **extra)], {"x": d.x, "r": (np.int64, (many,), choice(values, shape=(many,)))}, d.dtype)

    return make


def top(d: Draw) -> Case:
    """How many of the largest."""
    inputs = {"x": (np.float32, d.shape, floats(d.shape)), "k": (np.int64, (1,), choice([*NEAR, *FAR]))}
    return Case([N("TopK", ["x", "k"], ["y", "j"], axis=d.axis)], inputs)


def one_hot(d: Draw) -> Case:
    """Classes beyond the depth have no hot element; a depth must be positive."""
    s = d.some(1)
    inputs = {"i": (d.index, s, places(s, 4, d.index)), "d": (np.int64, (), choice([0, 1, 4, -1, 17], shape=()))}
    return Case([N("OneHot", ["i", "d", "v"], ["y"])], {**inputs, "v": (np.float32, (2,), floats((2,)))})


def ranges(d: Draw) -> Case:
    """Ends and steps, integers or floats."""
    if d.rng.random() < 0.5:
        lists: list[list[float]] = [
            [0, 5, -5, -(2**63), 2**63 - 1],
            [0, 10, -10, 2**63 - 1, -(2**63), 2**60],
            [1, -1, 0, 3, -(2**63), 2**62],
        ]
        return Case(
            [N("Range", ["a", "b", "c"], ["y"])],
            {n: (np.int64, (), choice(v, shape=())) for n, v in zip("abc", lists, strict=True)},
            np.int64,
        )
    values = [0.0, 1.0, -1.0, 1e30, np.nan, np.inf, -np.inf, 1e-30, 10.0]
    return Case([N("Range", ["a", "b", "c"], ["y"])], {n: (np.float32, (), choice(values, np.float32, ())) for n in "abc"})


def fill(d: Draw) -> Case:
    """A tensor of any shape."""
    many = d.rng.randint(1, 3)
    return Case(
        [N("ConstantOfShape", ["r"], ["y"])], {"r": (np.int64, (many,), choice([0, 1, 2, 3, -1, 2**31, 2**60, 2**62], shape=(many,)))}
    )


def split(d: Draw) -> Case:
    """The sizes of two parts."""
    values = [0, 1, 2, 3, -1, d.shape[d.axis], 2**62, -(2**62)]
    return Case([N("Split", ["x", "r"], ["y", "z"], axis=d.axis)], {"x": d.x, "r": (np.int64, (2,), choice(values, shape=(2,)))}, d.dtype)


def cumulate(d: Draw) -> Case:
    """The axis of running sums."""
    axis = choice([0, 1, -1, 2, 5, -5, 2**31 - 1, -(2**31)], np.int32, ())
    return Case([N("CumSum", ["x", "a"], ["y"])], {"x": (np.float32, d.shape, floats(d.shape)), "a": (np.int32, (), axis)})


def reverse_sequence(d: Draw) -> Case:
    """Lengths."""
    s = (d.rng.randint(1, 5), d.rng.randint(1, 5), 3)
    node = N("ReverseSequence", ["x", "l"], ["y"], batch_axis=1, time_axis=0)
    return Case([node], {"x": (np.float32, s, floats(s)), "l": (np.int64, (s[1],), places((s[1],), s[0]))})


def recurrent(d: Draw) -> Case:
    """How many steps a sample has."""
    steps, batch, op = d.rng.randint(1, 5), d.rng.randint(1, 3), d.rng.choice(["LSTM", "GRU", "RNN"])
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[op]
    node = N(op, ["x", "w", "r", "", "l"], ["y"], hidden_size=2, direction=d.rng.choice(["forward", "reverse"]))
    weights = {n: np.random.default_rng(1).standard_normal((1, gates * 2, k)).astype(np.float32) for n, k in (("w", 3), ("r", 2))}
    s = (steps, batch, 3)
    return Case([node], {"x": (np.float32, s, floats(s)), "l": (np.int32, (batch,), places((batch,), steps, np.int32))}, constants=weights)


def trilu(d: Draw) -> Case:
    """A diagonal anywhere."""
    s = (*d.shape, 4)
    return Case([N("Trilu", ["x", "k"], ["y"])], {"x": (np.float32, s, floats(s)), "k": (np.int64, (), choice([*NEAR, *FAR], shape=()))})


def compress(d: Draw) -> Case:
    """As many conditions as it pleases."""
    many = d.rng.randint(1, 9)
    node = N("Compress", ["x", "b"], ["y"], axis=d.axis)
    return Case([node], {"x": d.x, "b": (np.bool_, (many,), choice([0, 1], np.bool_, (many,)))}, d.dtype)


def max_unpool(d: Draw) -> Case:
    """Where the maxima were."""
    s = (1, 1, 2, 2)
    node = N("MaxUnpool", ["x", "i"], ["y"], kernel_shape=[2, 2], strides=[2, 2])
    return Case([node], {"x": (np.float32, s, floats(s)), "i": (np.int64, s, places(s, 16))})


def grid_sample(d: Draw) -> Case:
    """Places that are none."""
    r = d.rng
    mode, padding = r.choice(["linear", "nearest", "cubic"]), r.choice(["zeros", "border", "reflection"])
    node = N("GridSample", ["x", "g"], ["y"], mode=mode, padding_mode=padding, align_corners=r.randrange(2))
    s, g = (1, 2, 4, 5), (1, 3, 3, 2)
    return Case([node], {"x": (np.float32, s, floats(s)), "g": (np.float32, g, odd(g, -1.2, 1.2))})


def roi_align(d: Draw) -> Case:
    """Images, and corners of regions."""
    s = (2, 2, 6, 6)
    size: dict[str, Any] = {"output_height": 2, "output_width": 2}
    node = N("RoiAlign", ["x", "r", "i"], ["y"], sampling_ratio=d.rng.choice([0, 2]), mode=d.rng.choice(["avg", "max"]), **size)
    inputs = {"x": (np.float32, s, floats(s)), "r": (np.float32, (3, 4), odd((3, 4), 0, 6)), "i": (np.int64, (3,), places((3,), 2))}
    return Case([node], inputs)


def loop(d: Draw) -> Case:
    """The number of a run as an index: more runs than rows."""
    value = helper.make_tensor_value_info
    inner = [N("Gather", ["big", "it"], ["e"]), N("Add", ["v", "e"], ["w"]), N("Identity", ["cc"], ["co"])]
    inputs = [value("it", 7, []), value("cc", 9, []), value("v", 1, [2])]
    body = helper.make_graph(inner, "b", inputs, [value("co", 9, []), value("w", 1, [2])])
    counts = choice([0, 1, -1, 5, 6, 50], shape=())
    constants = {"c": np.array(True), "big": np.ones((5, 2), np.float32)}
    return Case(
        [N("Loop", ["n", "c", "x"], ["y"], body=body)],
        {"x": (np.float32, (2,), floats((2,))), "n": (np.int64, (), counts)},
        constants=constants,
    )


def sequence_at(d: Draw) -> Case:
    """A place of a list."""
    nodes = [N("SplitToSequence", ["x"], ["q"], axis=d.axis), N("SequenceAt", ["q", "i"], ["y"])]
    return Case(nodes, {"x": d.x, "i": (np.int64, (), choice([*NEAR, *FAR], shape=()))}, d.dtype)


def rotary(d: Draw) -> Case:
    """Positions."""
    tables = {"c": np.ones((5, 2), np.float32), "s": np.zeros((5, 2), np.float32)}
    inputs = {"x": (np.float32, (1, 2, 3, 4), floats((1, 2, 3, 4))), "i": (np.int64, (1, 3), places((1, 3), 5))}
    return Case([N("RotaryEmbedding", ["x", "c", "s", "i"], ["y"])], inputs, constants=tables)


def tensor_scatter(d: Draw) -> Case:
    """Where a cache is written."""
    node = N("TensorScatter", ["x", "u", "i"], ["y"], axis=1, mode=d.rng.choice(["linear", "circular"]))
    inputs = {"x": (np.float32, (2, 6, 3), floats((2, 6, 3))), "u": (np.float32, (2, 2, 3), floats((2, 2, 3)))}
    return Case([node], {**inputs, "i": (np.int64, (2,), places((2,), 6))})


def crop(d: Draw) -> Case:
    """A size to cut or pad to."""
    node = N("CenterCropPad", ["x", "r"], ["y"], axes=[d.axis])
    return Case([node], {"x": d.x, "r": (np.int64, (1,), choice([0, 1, 2, 9, -1, 2**31, 2**62]))}, d.dtype)


def col2im(d: Draw) -> Case:
    """Sizes of an image and of its blocks."""
    image, block = choice([3, 3, 3, 2, 5, 0, -1, 100, 2**33], shape=(2,)), choice([2, 2, 2, 1, 3, 0, -1], shape=(2,))
    inputs = {"x": (np.float32, (1, 4, 4), floats((1, 4, 4))), "z": (np.int64, (2,), image), "k": (np.int64, (2,), block)}
    return Case([N("Col2Im", ["x", "z", "k"], ["y"])], inputs)


def integers(d: Draw) -> Case:
    """Shifts by any number, divisions by zero, powers."""
    op = d.rng.choice(["BitShift", "Div", "Mod", "Pow"])
    dtype = d.rng.choice([np.uint8, np.uint32, np.uint64] if op == "BitShift" else [np.int8, np.int32, np.int64, np.uint8])
    if op == "Pow":
        dtype = d.rng.choice([np.int32, np.int64])
    extra: dict[str, Any] = {"direction": d.rng.choice(["LEFT", "RIGHT"])} if op == "BitShift" else {}
    info = np.iinfo(dtype)
    values = [info.min, info.max, 0, 1, 2, 3, 5, 7, 8, 31, 32, 63, 64, *([-1, -2] if info.min else [])]
    inputs = {n: (dtype, (9,), choice(values, dtype, (9,))) for n in "xz"}
    return Case([N(op, ["x", "z"], ["y"], **extra)], inputs, dtype)


def cast(d: Draw) -> Case:
    """Floats that no integer holds."""
    to = d.rng.choice([np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
    source = d.rng.choice([np.float16, np.float32, np.float64])
    values = [np.nan, np.inf, -np.inf, 1e20, -1e20, 300.5, -300.5, 1.5, -1.5, 2**31, -(2**31), 2**63]
    node = N("Cast", ["x"], ["y"], to=helper.np_dtype_to_tensor_dtype(np.dtype(to)))
    return Case([node], {"x": (source, (17,), choice(values, source, (17,)))}, to)


SIZES = [0, 1, 2, 3, -1, 5, 2**31, 2**40, 2**62]
KINDS: tuple[Callable[[Draw], Case], ...] = (
    gather, embedding, embedding, gather_computed, gather_dynamic, gather_elements, gather_nd, scatter_elements, scatter_nd, scatter_nd,
    slices, sliced_axes, pad, resize, top, one_hot, ranges, fill, split, cumulate, reverse_sequence, recurrent, trilu, compress, max_unpool,
    grid_sample, roi_align, loop, sequence_at, rotary, tensor_scatter, crop, col2im, integers, cast,
    counted("Tile", SIZES), counted("Expand", SIZES, 3), counted("Reshape", [0, 1, 2, -1, -2, 4, 2**32, 2**63 - 1, -(2**63)], 3),
    counted("Unsqueeze", [*NEAR, *FAR], 2), counted("Squeeze", [*NEAR, *FAR], 2), counted("ReduceSum", [*NEAR, *FAR], 2),
)  # fmt: skip


def outcome(model: Any, feeds: dict[str, np.ndarray]) -> tuple[np.ndarray | None, str]:
    """The result, or the message of an error."""
    try:
        return np.asarray(next(iter(model.run(feeds).values()))), ""
    except (InferError, ModelError) as problem:
        return None, str(problem)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two results are equal, floats nearly."""
    if a.shape != b.shape or a.dtype != b.dtype or a.size > 1 << 24:  # such as a view that repeats one element 2^40 times
        return a.shape == b.shape and a.dtype == b.dtype
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    tolerance = 1e-2 if a.dtype.itemsize == 2 else 1e-3
    with np.errstate(all="ignore"):
        return bool(np.allclose(a.astype(np.float64), b.astype(np.float64), tolerance, tolerance / 10, equal_nan=True))


def judged(kind: str, native: tuple[np.ndarray | None, str], reference: tuple[np.ndarray | None, str], shown: str) -> sandbox.Verdict:
    """What two outcomes say."""
    (got, error), (want, why) = native, reference
    if "Unable to allocate" in why or "not enough memory" in error:
        return sandbox.Verdict("error")
    if "\n" in error or len(error) > 600 or "was written to" in error:
        return sandbox.Verdict("bad message", f"{kind}: {error[:200]} {shown}")
    if got is not None and want is None:
        return sandbox.Verdict("native accepts", f"{kind}: {shown} where the executor says: {why[:200]}")
    if got is None and want is not None:
        allowed = any(limit in error for limit in LIMITS)
        return sandbox.Verdict("refused") if allowed else sandbox.Verdict("native refuses", f"{kind}: {shown}: {error[:200]}")
    if got is None or want is None:
        return sandbox.Verdict("error")
    return (
        sandbox.Verdict("same")
        if same(got, want)
        else sandbox.Verdict("differs", f"{kind}: {shown}: {got.ravel()[:6]} and {want.ravel()[:6]}")
    )


def check(seed: str, folder: Path) -> sandbox.Verdict:
    """One model on a few sets of inputs: the worst verdict."""
    rng = random.Random(seed)
    draw = Draw.of(rng)
    make = rng.choice(KINDS)
    case = make(draw)
    kind = f"{case.nodes[-1].op_type} ({seed})"
    path = folder / "hostile.onnx"
    path.write_bytes(case.proto(rng.random() < 0.5))
    level, threads = rng.choice(["none", "layout", "layout"]), rng.choice([1, 2])
    try:
        reference = compile_model(str(path), "interpreter", opt_level=level)
        native = compile_model(str(path), opt_level=level, num_threads=threads)
    except InferError as problem:
        return sandbox.Verdict("not compiled", f"{kind}: {problem}")
    worst = sandbox.Verdict("error")
    for run in range(RUNS):
        inner = random.Random(f"{seed}/{run}")
        feeds = {name: maker(inner) for name, (_, _, maker) in case.inputs.items()}
        shown = f"{level} { ({n: v.ravel()[:6].tolist() for n, v in feeds.items() if v.dtype.kind in 'iu' or v.size < 20}) }"
        verdict = judged(kind, outcome(native, feeds), outcome(reference, feeds), shown)
        if verdict.note:
            return verdict
        worst = verdict if verdict.kind == "same" else worst
    return worst


GOOD = ("same", "error", "refused", "not compiled")


def run(seeds: Sequence[str], side: str, folder: Path) -> tuple[Counter[str], list[str]]:
    """Verdicts of many models, each batch in a process of its own; how many there are of each, and what is wrong."""
    install(side)
    np.seterr(all="ignore")
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for seed, verdict in sandbox.verdicts(lambda seed: check(seed, folder), seeds):
        counts[verdict.kind] += 1
        if verdict.kind not in GOOD:
            wrong.append(f"{verdict.kind} ({seed}): {verdict.note}")
            print(wrong[-1][:500], flush=True)
    return counts, wrong


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--side", choices=SIDES, default="right")
    parser.add_argument("--only", help="one seed, here and now")
    args = parser.parse_args()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        if args.only:
            install(args.side)
            print(check(args.only, Path(folder)))
            return
        counts, wrong = run([f"{args.seed}/{i}" for i in range(args.count)], args.side, Path(folder))
    print(", ".join(f"{kind} {count}" for kind, count in counts.most_common()))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
