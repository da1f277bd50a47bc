"""Runs a pipeline on a module: resolves names, nests by anchor, verifies between passes, tells instruments what happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from xdsl.ir import Operation
from xdsl.traits import IsolatedFromAbove
from xdsl.utils.exceptions import DiagnosticException

from inferir.core import discovery
from inferir.core.context import Context
from inferir.core.diagnostics import InferError, did_you_mean
from inferir.core.instrument import Instrument
from inferir.core.pipeline import Element, Nested, PassSpec, Pipeline, parse_pipeline
from inferir.core.signatures import follow_results
from inferir.core.verifier import verify

if TYPE_CHECKING:
    from inferir.core.pass_base import Pass

Stage = Union[str, Pipeline, "Pass", type["Pass"]]
Stages = Union[Stage, list[Stage], tuple[Stage, ...]]  # noqa: UP007

ANY = "any"
"""The anchor that every op which is isolated from above has."""


@dataclass(frozen=True)
class Scope:
    """Passes to run, in order, on every op called `anchor` directly inside (or on the root itself)."""

    anchor: str | None
    steps: tuple[Pass | Scope, ...]

    def spec(self) -> str:
        """The scope as pipeline text."""
        inner = ",".join(s.spec() for s in self.steps)
        return f"{self.anchor}({inner})" if self.anchor else inner

    def passes(self) -> Iterator[Pass]:
        """Every pass of the scope in order."""
        for step in self.steps:
            if isinstance(step, Scope):
                yield from step.passes()
            else:
                yield step


class PassManager:
    """A resolved pipeline, ready to run.

    A pipeline is text, a `Pipeline`, a pass (class or object, also one that no file holds, as in a notebook), or a sequence of these.
    """

    def __init__(self, pipeline: Stages, ctx: Context, instruments: Sequence[Instrument] = (), verify_each: bool = True):
        self.ctx = ctx
        self.instruments = instruments
        self.verify_each = verify_each
        stages = pipeline if isinstance(pipeline, list | tuple) else [pipeline]
        self.root = Scope(None, tuple(step for stage in stages for step in _steps(stage)))
        self._check_anchors(self.root)

    def _check_anchors(self, scope: Scope) -> None:
        """Raise InferError where passes are to run on ops of a name that nothing has."""
        for step in scope.steps:
            if isinstance(step, Scope):
                anchor = step.anchor or ANY
                if anchor != ANY and not self.ctx.allow_unregistered and self.ctx.get_optional_op(anchor) is None:
                    near = did_you_mean(anchor, [ANY, *(op.name for op in self.ctx.loaded_ops)])
                    raise InferError(f"pass pipeline: no op is named '{anchor}'{near}")
                self._check_anchors(step)

    def spec(self) -> str:
        """The pipeline as text, every option that differs from its default given."""
        return f"builtin.module({self.root.spec()})"

    def run(self, module: Operation) -> None:
        """Run all passes on `module`. Raises InferError from the pass or the verifier; the IR is then as the pass left it."""
        self.ctx.analyses.clear()
        self.ctx.keeps_analyses = True
        try:
            self._run(self.root, module)
            for instrument in self.instruments:
                instrument.finished(module)
        finally:
            self.ctx.analyses.clear()
            self.ctx.keeps_analyses = False

    def passes(self) -> list[Pass]:
        """Every pass of the pipeline in order."""
        return list(self.root.passes())

    def _run(self, scope: Scope, op: Operation) -> None:
        for step in scope.steps:
            if isinstance(step, Scope):
                self._run_nested(step, op)
            else:
                self._run_pass(step, op)

    def _run_nested(self, scope: Scope, op: Operation) -> None:
        anchor = scope.anchor or ANY
        for inner in [o for r in op.regions for b in r.blocks for o in b.ops if _anchored(o, anchor)]:
            for instrument in self.instruments:
                instrument.enter(anchor, inner)
            self._run(scope, inner)
            for instrument in self.instruments:
                instrument.leave(anchor, inner)

    def _run_pass(self, step: Pass, op: Operation) -> None:
        if step.anchor is not None and step.anchor != op.name:
            raise InferError(
                f"pass '{step.name}' works on '{step.anchor}' ops, the pipeline runs it on '{op.name}'; write {step.anchor}({step.name})"
            )
        if not all(instrument.wanted(step, op) for instrument in self.instruments):
            return
        for instrument in self.instruments:
            instrument.before(step, op)
        try:
            run_contained(step, op, self.ctx)
            follow_results(op)
            if not step.keeps_shapes:
                self.ctx.analyses.clear()
            if self.verify_each:
                _verified(op, step)
            for instrument in self.instruments:
                instrument.check(step, op)
        except Exception as error:
            for instrument in self.instruments:
                instrument.failed(step, op, error)
            raise
        for instrument in self.instruments:
            instrument.after(step, op)


def _steps(stage: Stage) -> list[Pass | Scope]:
    """The steps of one part of a pipeline."""
    if not isinstance(stage, str | Pipeline):
        return [_as_step(stage)]
    elements = (parse_pipeline(stage) if isinstance(stage, str) else stage).elements
    if len(elements) == 1 and isinstance(elements[0], Nested) and elements[0].anchor in ("builtin.module", ANY):
        elements = elements[0].elements
    elif any(isinstance(e, Nested) and e.anchor == "builtin.module" for e in elements):
        raise InferError(
            "'builtin.module(...)' stands beside other passes, where it means modules inside the module; put all into its parentheses"
        )
    return _resolve(elements)


def _as_step(stage: Pass | type[Pass]) -> Pass | Scope:
    """A pass that is given as it is, on the ops it is for."""
    from inferir.core.pass_base import Pass

    step = stage() if isinstance(stage, type) and issubclass(stage, Pass) else stage
    if not isinstance(step, Pass):
        raise TypeError(f"a pipeline is made of texts, pipelines and passes, not of {stage!r}")
    return step if step.anchor in (None, "builtin.module") else Scope(step.anchor, (step,))


def _anchored(op: Operation, anchor: str) -> bool:
    return op.has_trait(IsolatedFromAbove) if anchor == ANY else op.name == anchor


def run_contained(step: Pass, op: Operation, ctx: Context) -> None:
    """Run a pass; what it did not mean to raise becomes one clear line (the cause stays attached, for --debug)."""
    try:
        step.run(op, ctx)
    except InferError:
        raise
    except DiagnosticException as error:
        raise InferError(f"pass '{step.name}': {first_line(str(error))}", op.location) from error
    except RecursionError as error:
        raise InferError(f"pass '{step.name}': the IR is nested too deeply for it", op.location) from error
    except MemoryError as error:
        raise InferError(f"pass '{step.name}': memory ran out {first_line(str(error))}".rstrip(), op.location) from error
    except Exception as error:
        what = f"{type(error).__name__}: {first_line(str(error))}".rstrip(": ")
        raise InferError(f"pass '{step.name}' crashed: {what} (a bug in the pass; --debug shows where)", op.location) from error


def first_line(text: str) -> str:
    """The first line of a message that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _verified(op: Operation, step: Pass) -> None:
    try:
        verify(op)
    except InferError as error:
        raise InferError(f"{error.message} (after pass '{step.name}')", error.location, error.notes) from None


def _resolve(elements: Sequence[Element]) -> list[Pass | Scope]:
    out: list[Pass | Scope] = []
    for element in elements:
        if isinstance(element, Nested):
            out.append(Scope(element.anchor, tuple(_resolve(element.elements))))
        else:
            out.extend(_resolve_spec(element))
    return out


def _resolve_spec(spec: PassSpec) -> list[Pass | Scope]:
    named = discovery.pipelines().get(spec.name) if spec.name not in discovery.pass_modules() else None
    if named is not None:
        if spec.options:
            raise InferError(f"pipeline '{spec.name}' takes no options")
        return _resolve(named.elements)
    cls = discovery.find_pass(spec.name)
    return [cls(**dict(spec.options))]


__all__ = ["Instrument", "PassManager", "Scope", "first_line", "run_contained"]
