"""Runs ops of the inference dialect both ways: their reference semantics, and as native code through the whole cpu pipeline."""

from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np
from xdsl.dialects.builtin import FunctionType, ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region, SSAValue

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import DTYPES
from inferir.core import PassManager, execute, make_context
from inferir.core.types import tensor_of
from inferir.dialects.cpu import Machine, target_attr
from inferir.dialects.inferir import set_target
from inferir.passes.cpu.pipeline import FUSE, MEMORY

SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
FLOATS = ("float16", "bfloat16", "float32", "float64")
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 1.5, 3.0, -7.0, 100.25, np.inf, -np.inf, np.nan, 1e-3, 65504.0, -3e4]

Make = Callable[..., Any]
"""Builds an op, or a list of ops of which the last counts, from the function's arguments."""


def dtype_of(name: str) -> np.dtype:
    """A dtype by numpy's or ml_dtypes' name."""
    return np.dtype(getattr(ml_dtypes, name)) if name == "bfloat16" else np.dtype(name)


def numbers(name: str, seed: int = 0, special: bool = True, shape: tuple[int, ...] = (37,)) -> np.ndarray:
    """The corners of a dtype, then random elements, in any order."""
    rng, dtype, count = np.random.default_rng(seed), dtype_of(name), int(np.prod(shape))
    if name == "bool":
        return rng.integers(0, 2, shape).astype(np.bool_)
    if name in FLOATS:
        values = np.concatenate([SPECIAL if special else [], rng.normal(0, 3, count)])[:count]
        return rng.permutation(values).astype(dtype).reshape(shape)
    info = np.iinfo(dtype)
    corners = [info.min, info.max, 0, 1, 2, 3, 5, 7, info.max - 1, *((-1, -2, -5, info.min + 1) if info.min else ())]
    rest = rng.integers(-9 if info.min else 0, 30, count).astype(dtype)
    return rng.permutation(np.concatenate([np.array(corners if special else [], dtype), rest])[:count]).reshape(shape)


def both(arrays: Sequence[np.ndarray], *makes: Make, machine: Machine | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
    """(native, reference) results of every op, in one function over the arrays; code for the host, or another machine whose code the host runs."""
    ctx = make_context()
    module = _module(arrays, makes)
    with np.errstate(all="ignore"):
        expected = execute(module, list(arrays), ctx)
    if machine is not None:
        set_target(module, target_attr(machine))
    PassManager(f"builtin.module({FUSE},{MEMORY})", ctx).run(module)
    with Model(build_program(module, ctx), num_threads=1) as model:
        got = model(*(a.view(DTYPES[p.dtype]) for a, p in zip(arrays, model.inputs, strict=True)))
    results = got if isinstance(got, tuple) else (got,)
    return [(g.view(e.dtype) if e.dtype.kind not in "iubf" else g, e) for g, e in zip(results, expected, strict=True)]


def _module(arrays: Sequence[np.ndarray], makes: Sequence[Make]) -> ModuleOp:
    block = Block(arg_types=[tensor_of(a) for a in arrays])
    results: list[SSAValue] = []
    for make in makes:
        made = make(*block.args)
        ops = made if isinstance(made, list) else [made]
        block.add_ops(ops)
        results.append(ops[-1].results[0])
    block.add_op(ReturnOp(*results))
    types = FunctionType.from_lists([a.type for a in block.args], [r.type for r in results])
    return ModuleOp([FuncOp("main", types, Region(block))])


def agree(arrays: Sequence[np.ndarray], *makes: Make, rtol: float | None = None, share: float = 1e-2, names: Sequence[str] = ()) -> None:
    """Native results equal the reference: integers and booleans exactly, floats within `rtol` of themselves (by default a few
    units), or `rtol` times `share` of the largest."""
    for i, (got, want) in enumerate(both(arrays, *makes)):
        label = names[i] if names else str(i)
        assert got.dtype == want.dtype and got.shape == want.shape, label
        if want.dtype.kind in "iub":
            np.testing.assert_array_equal(got, want, label)
            continue
        unit = float(ml_dtypes.finfo(want.dtype).eps)
        largest = float(np.max(np.abs(want[np.isfinite(want)].astype(np.float64)), initial=0.0))
        tolerance = {"rtol": rtol or 4 * unit, "atol": 0 if rtol is None else rtol * share * min(largest, 1 / share)}
        np.testing.assert_allclose(got.astype(np.float64), want.astype(np.float64), err_msg=label, equal_nan=True, **tolerance)
