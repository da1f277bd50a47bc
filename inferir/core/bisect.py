"""Find the first pass that changes what a program computes, then the single pattern application in it.

The pipeline runs once, keeping the IR before every pass; which of these states is the first wrong one is found by halves.
The pass behind it is then run again and again on the state it was given, allowed to apply only its first n patterns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Attribute, Operation

from inferir.core.compare import Comparison, Difference
from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note, file_line_col, node_names
from inferir.core.driver import RewriteLog
from inferir.core.instrument import Instrument
from inferir.core.missing_weights import fill_missing_weights
from inferir.core.pass_base import Pass
from inferir.core.pass_manager import PassManager, run_contained
from inferir.core.rewriting import Pattern
from inferir.core.verifier import verify
from inferir.core.walk import root_of, walk

Watch = Callable[[Pattern, Operation, bool], None]


@dataclass(frozen=True)
class Application:
    """One application of a pattern: the how manyth of its pass, to what."""

    number: int
    of: int
    pattern: Pattern
    op: str
    location: Attribute

    @property
    def node(self) -> str:
        """The source node of the op and where it was written, empty where that is not known."""
        names, place = node_names(self.location), file_line_col(self.location)
        where = f"{place[0]}:{place[1]}:{place[2]}" if place is not None else ""
        return " at ".join(part for part in (f'"{names[0]}"' if names else "", where) if part)

    def note(self) -> Note:
        """As a note of an error."""
        names = node_names(self.location)
        node = f', from node "{names[0]}"' if names else ""
        text = f"application {self.number} of {self.of}: pattern '{self.pattern.name}' ({self.pattern.origin}) on {self.op}{node}"
        return Note(text, self.location)


@dataclass(frozen=True)
class State:
    """What a pass was given: the module, and the position in it of the op that the pass works on."""

    module: ModuleOp
    index: int
    step: Pass
    scope: tuple[str, ...]
    """The anchors of the nested pipelines around the pass, outermost first."""

    def pipeline(self) -> str:
        """A pipeline of this pass alone."""
        text = self.step.spec()
        for anchor in reversed(self.scope):
            text = f"{anchor}({text})"
        return f"builtin.module({text})"

    def replay(self, ctx: Context, limit: int | None = None, watch: Watch | None = None) -> Replay:
        """The pass again on a copy, with its first `limit` applications only (None: all); `watch` is told of every attempt."""
        module = self.module.clone()
        op = next(inner for i, inner in enumerate(walk(module)) if i == self.index)
        again = PassManager(self.step.spec(), ctx).passes()[0]
        again.log.watch = watch
        if limit is not None:
            again.log.allow = lambda pattern, at: again.log.total < limit
        try:
            run_contained(again, op, ctx)
            verify(module)
        except InferError as error:
            return Replay(module, again.log, error)
        return Replay(module, again.log, None)


@dataclass(frozen=True)
class Replay:
    """What a pass made of a state, and the error where it failed or left IR that does not verify."""

    module: ModuleOp
    log: RewriteLog
    failure: InferError | None


@dataclass(frozen=True)
class Fault:
    """The pass that is wrong, the application of a pattern that is (None: the pass itself), and the difference before and after it."""

    state: State
    position: int
    """Of the pass among all that were run, from 1; a pass nested in a func.func runs once for each function."""
    runs: int
    application: Application | None
    before: Difference | None
    after: Difference | InferError


class Snapshots(Instrument):
    """Keeps what every pass was given."""

    def __init__(self) -> None:
        self.states: list[State] = []
        self._scope: list[str] = []

    def enter(self, anchor: str, op: Operation) -> None:
        """Remember the nesting."""
        self._scope.append(anchor)

    def leave(self, anchor: str, op: Operation) -> None:
        """Forget it."""
        self._scope.pop()

    def before(self, step: Pass, op: Operation) -> None:
        """Keep the IR."""
        self.states.append(state_before(step, op, tuple(self._scope)))


def state_before(step: Pass, op: Operation, scope: tuple[str, ...] = ()) -> State:
    """What `step` is given: a copy."""
    root = root_of(op)
    if not isinstance(root, ModuleOp):
        raise InferError("what a program computes can be compared for modules only", op.location)
    index = next(i for i, inner in enumerate(walk(root)) if inner is op)
    return State(root.clone(), index, step, scope)


def bisect(module: ModuleOp, manager: PassManager, comparison: Comparison) -> Fault | None:
    """The first fault of a pipeline on a module; None where every pass keeps what the program computes.

    A pass that fails, or leaves IR that does not verify, is a fault too.
    """
    fill_missing_weights(module, comparison.ctx, comparison.seed)
    snapshots = Snapshots()
    manager.instruments = [snapshots]
    failure: InferError | None = None
    try:
        manager.run(module)
    except InferError as error:
        failure = error
    states = snapshots.states
    modules = [s.module for s in states] + ([] if failure is not None else [module])
    wrong = _first_wrong(modules, comparison)
    if wrong is not None:
        return _fault(states, wrong, comparison)
    if failure is None or not states:
        return None
    return _fault(states, len(states), comparison, failure)


def _first_wrong(modules: list[ModuleOp], comparison: Comparison) -> int | None:
    """The position of the first module whose results differ from those of the first that can be run."""
    first = next((i for i, m in enumerate(modules) if _refers(m, comparison)), None)
    if first is None:
        return None
    known: dict[int, bool | None] = {first: False}

    def verdict(i: int) -> bool | None:
        if i not in known:
            known[i] = comparison.is_wrong(modules[i])
        return known[i]

    last = next(i for i in reversed(range(first, len(modules))) if verdict(i) is not None)
    return first_wrong(first, last, verdict) if verdict(last) else None


def _refers(module: ModuleOp, comparison: Comparison) -> bool:
    comparison.refer_to(comparison.run(module))
    return bool(comparison.reference)


def first_wrong(right: int, wrong: int, verdict: Callable[[int], bool | None]) -> int:
    """The first wrong position, by halves, between one known to be right and one known to be wrong (None: cannot be told)."""
    while wrong - right > 1:
        middle = (right + wrong) // 2
        at = next((i for i in (*range(middle, wrong), *range(middle - 1, right, -1)) if verdict(i) is not None), None)
        if at is None:
            break
        right, wrong = (right, at) if verdict(at) else (at, wrong)
    return wrong


def _fault(states: list[State], position: int, comparison: Comparison, failure: InferError | None = None) -> Fault:
    state = states[position - 1]

    def wrong(replay: Replay) -> bool | None:
        if failure is not None:
            return replay.failure is not None
        return None if replay.failure is not None else comparison.is_wrong(replay.module)

    application = find_application(state, comparison.ctx, wrong)
    number = application.number if application is not None else None
    right = state.module if number is None else state.replay(comparison.ctx, number - 1).module
    before = comparison.worst(comparison.run(right))
    after = failure or comparison.worst(comparison.run(state.replay(comparison.ctx, number).module))
    assert after is not None
    return Fault(state, position, len(states), application, before, after)


def find_application(state: State, ctx: Context, wrong: Callable[[Replay], bool | None]) -> Application | None:
    """The first application after which `wrong` holds of the replay; None where it holds without any, or never."""
    total = state.replay(ctx).log.total
    if not total or wrong(state.replay(ctx, 0)):
        return None
    number = first_wrong(0, total, lambda n: wrong(state.replay(ctx, n)))
    places: dict[Operation, Attribute] = {}  # an op that was replaced has no parents to ask any more

    def remember(pattern: Pattern, op: Operation, begins: bool) -> None:
        if begins:
            places[op] = nearest_location(op)

    last = state.replay(ctx, number, remember).log.last
    if last is None:
        return None
    pattern, op = last
    return Application(number, total, pattern, op.name, places[op])


def nearest_location(op: Operation) -> Attribute:
    """The location of an op, or of the nearest op around it that has one."""
    at: Operation | None = op
    while at is not None and file_line_col(at.location) is None and not node_names(at.location):
        at = at.parent_op()
    return at.location if at is not None else op.location
