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
from inferir.core.trials import Trial, trials

RTOL, ATOL = 1e-3, 1e-5

Results = dict[tuple[str, str], list[np.ndarray]]
"""By function and trial: its results."""


@dataclass(frozen=True)
class Difference:
    """Where results differ most: of which function and result, in which trial, by how much, in how many elements beyond the tolerance."""

    function: str
    trial: str
    result: int
    error: float
    elements: int
    failure: str = ""
    """Why the function cannot be run in this trial any more."""

    def __str__(self) -> str:
        if self.failure:
            return f"@{self.function} cannot be run any more ({self.trial}): {self.failure}"
        return f"result {self.result} of @{self.function} differs in {self.elements} elements, by {self.error:.3g} at most ({self.trial})"


class Comparison:
    """Runs modules with the reference executor and compares with the results of the first that each function could be run in."""

    def __init__(self, ctx: Context, rtol: float = RTOL, atol: float = ATOL, tried: Sequence[Trial] | None = None):
        self.ctx = ctx
        self.rtol, self.atol = rtol, atol
        self.trials = trials(None, 0) if tried is None else tried
        self.reference: Results = {}
        self.cannot: dict[str, InferError] = {}
        """Functions that no trial could run, and why, the first time."""
        self._failed: dict[tuple[str, str], str] = {}

    @property
    def seed(self) -> int:
        """Of weights that are not there."""
        return self.trials[0].seed if self.trials else 0

    def run(self, module: Operation) -> Results:
        """The results of every function in every trial that it can be run in."""
        out: Results = {}
        self._failed = {}
        for function in module.ops if isinstance(module, ModuleOp) else ():
            if isinstance(function, func.FuncOp) and not function.is_declaration:
                self._run(module, function, out)
        return out

    def _run(self, module: Operation, function: func.FuncOp, out: Results) -> None:
        assert isinstance(module, ModuleOp)
        name = function.sym_name.data
        problems: list[InferError] = []
        shapes: set[tuple[object, ...]] = set()
        for trial in self.trials:
            arguments = trial.arguments(function)
            key = (trial.values, trial.seed, *(a.shape for a in arguments or ()))
            if key in shapes and arguments is not None and trial.fixed is None:
                continue  # nothing is dynamic: these are the inputs of an earlier trial
            shapes.add(key)
            try:
                if arguments is None:
                    raise InferError("an argument is not a ranked tensor, or no array was given for it", function.location)
                with np.errstate(all="ignore"):
                    out[name, trial.name] = [np.asarray(r) for r in Executor(module, self.ctx).call(name, arguments)]
            except InferError as problem:
                problems.append(problem)
                self._failed[name, trial.name] = problem.message
        if problems and not any(function_name == name for function_name, _ in out):
            where = problems[0].location or function.location
            self.cannot.setdefault(name, InferError(problems[0].message, where))

    def refer_to(self, results: Results) -> None:
        """Take these as the reference of the functions that have none."""
        known = {name for name, _ in self.reference}
        for (name, trial), values in results.items():
            if name not in known:
                self.reference[name, trial] = values

    def worst(self, results: Results) -> Difference | None:
        """The largest difference, of the first trial that has one beyond the tolerance if there is any; None where nothing is compared."""
        running = {name for name, _ in results}
        found: list[Difference] = []
        for key, wanted in self.reference.items():
            if key in results:
                found += [self._compare(key, i, have, want) for i, (have, want) in enumerate(zip(results[key], wanted, strict=False))]
            elif key[0] in running and key in self._failed:
                found.append(Difference(*key, 0, float("inf"), 1, self._failed[key]))
        order = {trial.name: -i for i, trial in enumerate(self.trials)}
        return max(found, key=lambda d: (d.elements > 0, d.elements > 0 and order.get(d.trial, 0), d.error), default=None)

    def beyond(self, results: Results) -> Difference | None:
        """The largest difference beyond the tolerance; None where all agree."""
        found = self.worst(results)
        return found if found is not None and found.elements else None

    def is_wrong(self, module: Operation) -> bool | None:
        """Whether a module computes something else; None where nothing of it can be compared."""
        results = self.run(module)
        return self.beyond(results) is not None if results.keys() & self.reference.keys() else None

    def _compare(self, key: tuple[str, str], index: int, have: np.ndarray, want: np.ndarray) -> Difference:
        if have.shape != want.shape or have.dtype != want.dtype:
            return Difference(*key, index, float("inf"), max(have.size, 1))
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
        return Difference(*key, index, float(np.max(error, initial=0.0)), int(np.sum(wrong)))


def tolerances(text: str) -> tuple[float, float]:
    """`rtol,atol` (or rtol alone) as numbers. Raises ValueError."""
    parts: Sequence[Any] = [float(p) for p in text.split(",")] if text else []
    if len(parts) > 2:
        raise ValueError(text)
    return (parts[0] if parts else RTOL), (parts[1] if len(parts) > 1 else ATOL)
