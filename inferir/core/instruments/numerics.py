"""`--check-numerics`: run every function on seeded inputs before the passes and after each, and stop where a result differs.

The report names the pass, and down to the single application: pattern, place of its code, the op it was applied to and that
op's source node. The application is found by bisection: the pass is run again on the IR it was given, allowed to apply
only the first n patterns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Attribute, Operation

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note, node_names
from inferir.core.executor import Executor
from inferir.core.inputs import fill_missing_weights, random_arguments
from inferir.core.instrument import Instrument
from inferir.core.pass_base import Pass
from inferir.core.pass_manager import PassManager
from inferir.core.rewriting import Pattern
from inferir.core.walk import walk

RTOL, ATOL = 1e-3, 1e-5


@dataclass(frozen=True)
class Difference:
    """Where results differ most: of which function and result, by how much."""

    function: str
    result: int
    error: float
    elements: int

    def __str__(self) -> str:
        return f"result {self.result} of @{self.function} differs in {self.elements} elements, by {self.error:.3g} at most"


@dataclass(frozen=True)
class Application:
    """One application of a pattern: the how manyth of its pass, to what."""

    number: int
    of: int
    pattern: Pattern
    op: str
    location: Attribute

    def note(self) -> Note:
        """As a note of an error."""
        names = node_names(self.location)
        node = f', from node "{names[0]}"' if names else ""
        text = f"application {self.number} of {self.of}: pattern '{self.pattern.name}' ({self.pattern.origin}) on {self.op}{node}"
        return Note(text, self.location)


class CheckNumerics(Instrument):
    """The instrument."""

    def __init__(self, ctx: Context, rtol: float = RTOL, atol: float = ATOL, seed: int = 0):
        self.ctx = ctx
        self.rtol, self.atol = rtol, atol
        self.seed = seed
        self.reference: dict[str, list[np.ndarray]] | None = None
        self.unchecked: set[str] = set()
        self._given: list[tuple[ModuleOp, int]] = []

    def before(self, step: Pass, op: Operation) -> None:
        """Compute the results, if this is the first pass, and keep the IR."""
        module = root_of(op)
        if self.reference is None:
            fill_missing_weights(module, self.ctx, self.seed)
            self.reference = self.run(module)
        index = next(i for i, inner in enumerate(walk(module)) if inner is op)
        self._given.append((module.clone(), index))

    def check(self, step: Pass, op: Operation) -> None:
        """Raise InferError where a result is not what it was."""
        given, index = self._given.pop()
        difference = self.difference(self.run(root_of(op)))
        if difference is None:
            return
        guilty = self.guilty_application(step, given, index)
        notes = [guilty.note()] if guilty is not None else []
        location = guilty.location if guilty is not None else op.location
        raise InferError(f"pass '{step.name}' changes what the program computes: {difference}", location, notes)

    def run(self, module: ModuleOp) -> dict[str, list[np.ndarray]]:
        """The results of every function that can be run. What cannot is remarked on, once."""
        out: dict[str, list[np.ndarray]] = {}
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
                if name not in self.unchecked:
                    self.ctx.remark(f"--check-numerics cannot run @{name}: {problem}", problem.location or function.location)
                self.unchecked.add(name)
        return out

    def difference(self, results: dict[str, list[np.ndarray]]) -> Difference | None:
        """The largest difference from the reference; None where all agree."""
        worst: Difference | None = None
        for name, wanted in (self.reference or {}).items():
            for index, (have, want) in enumerate(zip(results.get(name, wanted), wanted, strict=False)):
                found = self._compare(name, index, have, want)
                if found is not None and (worst is None or found.error > worst.error):
                    worst = found
        return worst

    def _compare(self, name: str, index: int, have: np.ndarray, want: np.ndarray) -> Difference | None:
        if have.shape != want.shape:
            return Difference(name, index, float("inf"), have.size)
        if want.dtype.kind in "biu":
            wrong = have != want
            error = np.abs(have.astype(np.float64) - want.astype(np.float64))
        else:
            have, want = have.astype(np.float64), want.astype(np.float64)
            finite = np.isfinite(want)
            largest = float(np.abs(want[finite]).max()) if finite.any() else 0.0
            with np.errstate(invalid="ignore"):
                error = np.where(finite & np.isfinite(have), np.abs(have - want), np.inf)
            same = (have == want) | (np.isnan(have) & np.isnan(want))
            wrong = ~same & (error > self.atol * largest + self.rtol * np.abs(np.where(finite, want, 0.0)))
        return Difference(name, index, float(error[wrong].max()), int(wrong.sum())) if wrong.any() else None

    def guilty_application(self, step: Pass, given: ModuleOp, index: int) -> Application | None:
        """The first application of a pattern after which the results differ; None for a pass that has no patterns."""
        total = step.log.total
        if not total:
            return None
        right, wrong = 0, total
        while wrong - right > 1:
            middle = (right + wrong) // 2
            _, module = self._replay(step, given, index, middle)
            if self.difference(self.run(module)) is None:
                right = middle
            else:
                wrong = middle
        found, _ = self._replay(step, given, index, wrong)
        return found and Application(found.number, total, found.pattern, found.op, found.location)

    def _replay(self, step: Pass, given: ModuleOp, index: int, limit: int) -> tuple[Application | None, ModuleOp]:
        """The pass again on a copy of what it was given, with the first `limit` applications; which was the last of them."""
        module = given.clone()
        op = next(inner for i, inner in enumerate(walk(module)) if i == index)
        again = PassManager(step.spec(), self.ctx).passes()[0]
        tried: list[Application] = []

        def allow(pattern: Pattern, at: Operation) -> bool:
            if again.log.total >= limit:
                return False
            tried[:] = [Application(again.log.total + 1, 0, pattern, at.name, at.location)]
            return True

        again.log.allow = allow
        again.run(op, self.ctx)
        return (tried[0] if tried else None), module


def root_of(op: Operation) -> ModuleOp:
    """The module an op is in."""
    while (parent := op.parent_op()) is not None:
        op = parent
    if not isinstance(op, ModuleOp):
        raise InferError("--check-numerics works on modules", op.location)
    return op


def tolerances(text: str) -> tuple[float, float]:
    """`rtol,atol` (or rtol alone) as numbers. Raises ValueError."""
    parts: Sequence[Any] = [float(p) for p in text.split(",")] if text else []
    if len(parts) > 2:
        raise ValueError(text)
    return (parts[0] if parts else RTOL), (parts[1] if len(parts) > 1 else ATOL)
