"""What the functions of a module compute on seeded inputs, and how far that is from what they computed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.executor import Executor
from inferir.core.inputs import random_arguments

RTOL, ATOL = 1e-3, 1e-5

Results = dict[str, list[np.ndarray]]
"""By function: its results."""


@dataclass(frozen=True)
class Difference:
    """Where results differ most: of which function and result, by how much at most, in how many elements beyond the tolerance."""

    function: str
    result: int
    error: float
    elements: int

    def __str__(self) -> str:
        return f"result {self.result} of @{self.function} differs in {self.elements} elements, by {self.error:.3g} at most"


class Comparison:
    """Runs modules with the reference executor and compares with the results of the first that each function could be run in."""

    def __init__(self, ctx: Context, rtol: float = RTOL, atol: float = ATOL, seed: int = 0):
        self.ctx = ctx
        self.rtol, self.atol = rtol, atol
        self.seed = seed
        self.reference: Results = {}
        self.cannot: dict[str, InferError] = {}
        """Functions that could not be run, and why, the first time."""

    def run(self, module: Operation) -> Results:
        """The results of every function that can be run."""
        out: Results = {}
        if not isinstance(module, ModuleOp):
            return out
        for function in module.ops:
            if not isinstance(function, func.FuncOp) or function.is_declaration:
                continue
            name = function.sym_name.data
            arguments = random_arguments(function, self.seed)
            try:
                if arguments is None:
                    raise InferError("an argument is not a ranked tensor", function.location)
                out[name] = [np.asarray(r) for r in Executor(module, self.ctx).call(name, arguments)]
            except InferError as problem:
                where = problem.location or function.location
                self.cannot.setdefault(name, InferError(problem.message, where))
        return out

    def refer_to(self, results: Results) -> None:
        """Take these as the reference of the functions that have none."""
        for name, values in results.items():
            self.reference.setdefault(name, values)

    def worst(self, results: Results) -> Difference | None:
        """The largest difference from the reference, the ones beyond the tolerance first; None where there is nothing to compare."""
        found = [
            self._compare(name, index, have, want)
            for name, wanted in self.reference.items()
            for index, (have, want) in enumerate(zip(results.get(name, ()), wanted, strict=False))
        ]
        return max(found, key=lambda d: (d.elements > 0, d.error), default=None)

    def beyond(self, results: Results) -> Difference | None:
        """The largest difference beyond the tolerance; None where all agree."""
        found = self.worst(results)
        return found if found is not None and found.elements else None

    def is_wrong(self, module: Operation) -> bool | None:
        """Whether a module computes something else; None where nothing of it can be compared."""
        results = self.run(module)
        return self.beyond(results) is not None if results.keys() & self.reference.keys() else None

    def _compare(self, name: str, index: int, have: np.ndarray, want: np.ndarray) -> Difference:
        if have.shape != want.shape or have.dtype != want.dtype:
            return Difference(name, index, float("inf"), max(have.size, 1))
        if want.dtype.kind in "biuOSU":
            wrong = have != want
            error = wrong if want.dtype.kind in "OSU" else np.abs(have.astype(np.float64) - want.astype(np.float64))
        else:
            kind = np.complex128 if want.dtype.kind == "c" else np.float64
            have, want = have.astype(kind), want.astype(kind)
            finite = np.isfinite(want)
            largest = float(np.abs(want[finite]).max()) if finite.any() else 0.0
            with np.errstate(invalid="ignore"):
                same = (have == want) | (np.isnan(have) & np.isnan(want))
                error = np.where(same, 0.0, np.where(finite & np.isfinite(have), np.abs(have - want), np.inf))
            wrong = error > self.atol * largest + self.rtol * np.abs(np.where(finite, want, 0.0))
        return Difference(name, index, float(np.max(error, initial=0.0)), int(np.sum(wrong)))


def tolerances(text: str) -> tuple[float, float]:
    """`rtol,atol` (or rtol alone) as numbers. Raises ValueError."""
    parts: Sequence[Any] = [float(p) for p in text.split(",")] if text else []
    if len(parts) > 2:
        raise ValueError(text)
    return (parts[0] if parts else RTOL), (parts[1] if len(parts) > 1 else ATOL)
