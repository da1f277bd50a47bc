"""Operators that make tensors of sizes and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.core.types import numpy_dtype
from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten

MOST_ELEMENTS = 1 << 20
"""Elements of a constant that is written out."""


def filled(call: Call, lo: Lowering, sizes: list[Any], value: SSAValue) -> SSAValue:
    """A tensor of sizes whose every element is one value."""
    return lo.fill(call.i64_list(sizes), value) if sizes else lo.reshape(value)


@aten("full", "zeros", "ones", "empty", "empty_strided", "new_full", "new_zeros", "new_ones", "new_empty", "new_empty_strided", "scalar_tensor",
      "empty_permuted", "_efficientzerotensor")  # fmt: skip
def full(call: Call, lo: Lowering) -> Any:
    """fill of sizes; what is empty in torch is zeros here"""
    if call.packet == "scalar_tensor":
        return lo.reshape(call.operand("s"))
    value = call.operand("fill_value") if "full" in call.packet else call.number(1 if "ones" in call.packet else 0)
    return filled(call, lo, call.sizes("size"), value)


@aten("full_like", "zeros_like", "ones_like", "empty_like", "fill", "zero")
def like(call: Call, lo: Lowering) -> Any:
    """fill of the sizes of x"""
    x = call.x()
    named = {"full_like": "fill_value", "fill": "value"}.get(call.packet)
    value = call.operand(named) if named else call.number(1 if "ones" in call.packet else 0)
    shape = lo.shape(x)
    sizes = lo.i64(shape) if -1 not in shape else lo.shape_of(x)
    return lo.fill(sizes, value) if shape else lo.reshape(value)


@aten("arange", "range", "linspace", "logspace")
def arange(call: Call, lo: Lowering) -> Any:
    """range; numbers that are known are written out"""
    if call.packet in ("linspace", "logspace"):
        return _spaced(call, lo)
    names = [n for n in ("start", "end", "step") if n in call.op.schema.attributes]
    given = {n: call.size(n, {"start": 0, "step": 1}.get(n)) for n in names}
    start, end, step = given.get("start", 0), given["end"], given.get("step", 1)
    known = call.known_shape()[0]
    if not any(isinstance(v, SSAValue) for v in (start, end, step)) and 0 <= known <= MOST_ELEMENTS:
        return lo.const(np.arange(known) * np.asarray(step) + np.asarray(start), numpy_dtype(call.element()))
    limits = [lo.const(np.asarray(v), np.int64) if not isinstance(v, SSAValue) else lo.reshape(lo.cast(v, i64)) for v in (start, end, step)]
    if any(isinstance(v, float) for v in (start, end, step)):
        lo.decline("a computed range of floats")
    return lo.cast(lo.range(*limits), call.element())


def _spaced(call: Call, lo: Lowering) -> SSAValue:
    start, end, steps = call.get("start"), call.get("end"), call.get("steps")
    values = np.linspace(start, end, steps)
    if call.packet == "logspace":
        values = np.power(float(call.get("base", 10.0)), values)
    return lo.const(values, numpy_dtype(call.element()))


@aten("eye")
def eye(call: Call, lo: Lowering) -> Any:
    """Ones on the main diagonal"""
    rows = call.size("n")
    columns = call.size("m", rows if isinstance(rows, int) else None) if "m" in call.op.schema.attributes else rows
    if not isinstance(rows, int) or not isinstance(columns, int) or rows * columns > MOST_ELEMENTS:
        lo.decline("an identity of a computed or large size")
    return lo.const(np.eye(rows, columns), numpy_dtype(call.element()))


@aten("tril_indices", "triu_indices")
def triangle_indices(call: Call, lo: Lowering) -> Any:
    """The positions of a triangle, known"""
    found = (np.tril_indices if call.packet == "tril_indices" else np.triu_indices)(call.get("row"), call.get("offset", 0), call.get("col"))
    return lo.const(np.stack(found), numpy_dtype(call.element()))


@aten("rand", "randn", "rand_like", "randn_like", "randint", "randint_like", "randperm", "bernoulli", "normal", "normal_functional", "multinomial",
      "uniform", "exponential", "poisson")  # fmt: skip
def random(call: Call, lo: Lowering) -> Any:
    """Random numbers are drawn by torch's own generator, which no other repeats"""
    lo.decline("it draws random numbers: give them to the model as an input")


@aten("vander")
def vander(call: Call, lo: Lowering) -> Any:
    """Powers of x as columns"""
    x, count = call.x(), call.known_shape()[-1]
    exponents = np.arange(count) if call.get("increasing", False) else np.arange(count)[::-1]
    return lo.pow(lo.unsqueeze(x, [lo.rank(x)]), lo.const(exponents.copy(), lo.dtype(x)))


@aten("hann_window", "hamming_window", "blackman_window", "kaiser_window", "bartlett_window")
def windows(call: Call, lo: Lowering) -> Any:
    """A window function of a known length, written out"""
    length, periodic = call.get("window_length"), bool(call.get("periodic", True))
    if length <= 1:
        return lo.const(np.ones(max(length, 0)), numpy_dtype(call.element()))
    at = 2 * np.pi * np.arange(length) / (length if periodic else length - 1)
    match call.packet:
        case "hann_window":
            values = 0.5 - 0.5 * np.cos(at)
        case "hamming_window":
            values = call.get("alpha", 0.54) - call.get("beta", 0.46) * np.cos(at)
        case "blackman_window":
            values = 0.42 - 0.5 * np.cos(at) + 0.08 * np.cos(2 * at)
        case "bartlett_window":
            values = 1 - np.abs(at / np.pi - 1)
        case _:
            whole = np.kaiser(length + 1, call.get("beta", 12.0))[:-1] if periodic else np.kaiser(length, call.get("beta", 12.0))
            values = whole
    return lo.const(values, numpy_dtype(call.element()))
