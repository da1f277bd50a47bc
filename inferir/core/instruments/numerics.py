"""`--check-numerics`: run every function on seeded inputs before the passes and after each, and stop where a result differs.

The report names the pass, and down to the single application: pattern, place of its code, the op it was applied to and that
op's source node. The application is found by bisection: the pass is run again on the IR it was given, allowed to apply
only the first n patterns. A function that cannot be run yet (it holds ops of a framework) is checked from the first pass
after which it can be.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Operation

from inferir.core.bisect import State, find_application, state_before
from inferir.core.compare import ATOL, RTOL, Comparison
from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note
from inferir.core.instrument import Instrument
from inferir.core.missing_weights import fill_missing_weights
from inferir.core.pass_base import Pass
from inferir.core.trials import Trial
from inferir.core.walk import root_of


class CheckNumerics(Instrument):
    """The instrument."""

    def __init__(self, ctx: Context, rtol: float = RTOL, atol: float = ATOL, tried: Sequence[Trial] | None = None, must_run: bool = True):
        self.must_run = must_run
        self.comparison = Comparison(ctx, rtol, atol, tried)
        self.ctx = ctx
        self._given: list[State] = []
        self._begun = False
        self._remarked: set[str] = set()

    def before(self, step: Pass, op: Operation) -> None:
        """Compute the results, if this is the first pass, and keep the IR."""
        state = state_before(step, op)
        if not self._begun:
            fill_missing_weights(state.module, self.ctx, self.comparison.seed)
            self.comparison.refer_to(self.comparison.run(state.module))
            self._begun = True
        self._given.append(state)

    def check(self, step: Pass, op: Operation) -> None:
        """Raise InferError where a result is not what it was."""
        state = self._given.pop()
        results = self.comparison.run(root_of(op))
        difference = self.comparison.beyond(results)
        self.comparison.refer_to(results)
        self._remark()
        if difference is None:
            return
        guilty = find_application(state, self.ctx, lambda replay: self.comparison.is_wrong(replay.module))
        notes = [guilty.note()] if guilty is not None else []
        location = guilty.location if guilty is not None else op.location
        raise InferError(f"pass '{step.name}' changes what the program computes: {difference}", location, notes)

    def finished(self, op: Operation) -> None:
        """Raise InferError where nothing was run: that is no proof of anything."""
        if self.must_run and self._begun and not self.comparison.reference:
            notes = [Note(f"@{name}: {problem}", problem.location) for name, problem in self.comparison.cannot.items()]
            raise InferError("--check-numerics could run no function of this module, so nothing was compared", op.location, notes)

    def _remark(self) -> None:
        """Say once of each function why it cannot be run."""
        for name, problem in self.comparison.cannot.items():
            if name not in self._remarked:
                self._remarked.add(name)
                self.ctx.remark(f"--check-numerics cannot run @{name}: {problem}", problem.location)
