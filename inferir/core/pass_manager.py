"""Runs a pipeline on a module: resolves names, nests by anchor, verifies between passes, tells instruments what happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.ir import Operation

from inferir.core import discovery
from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.pass_base import Pass
from inferir.core.pipeline import Element, Nested, PassSpec, Pipeline, parse_pipeline
from inferir.core.verifier import verify


class Instrument:
    """Watches the passes of a run. Override what is of interest."""

    def before(self, step: Pass, op: Operation) -> None:
        """`step` is about to run on `op`."""

    def after(self, step: Pass, op: Operation) -> None:
        """`step` has run on `op`, and the result verifies."""

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """`step` raised, or left IR that does not verify."""


@dataclass(frozen=True)
class Scope:
    """Passes to run, in order, on every op called `anchor` directly inside (or on the root itself)."""

    anchor: str | None
    steps: tuple[Pass | Scope, ...]

    def spec(self) -> str:
        """The scope as pipeline text."""
        inner = ",".join(s.spec() for s in self.steps)
        return f"{self.anchor}({inner})" if self.anchor else inner


class PassManager:
    """A resolved pipeline, ready to run."""

    def __init__(self, pipeline: Pipeline | str, ctx: Context, instruments: Sequence[Instrument] = (), verify_each: bool = True):
        if isinstance(pipeline, str):
            pipeline = parse_pipeline(pipeline)
        self.ctx = ctx
        self.instruments = instruments
        self.verify_each = verify_each
        elements = pipeline.elements
        if len(elements) == 1 and isinstance(elements[0], Nested) and elements[0].anchor in ("builtin.module", "any"):
            elements = elements[0].elements
        self.root = Scope(None, tuple(_resolve(elements)))

    def spec(self) -> str:
        """The pipeline as text, every option that differs from its default given."""
        return f"builtin.module({self.root.spec()})"

    def run(self, module: Operation) -> None:
        """Run all passes on `module`. Raises InferError from the pass or the verifier; the IR is then as the pass left it."""
        self._run(self.root, module)

    def passes(self) -> list[Pass]:
        """Every pass of the pipeline in order."""
        return list(_flat(self.root))

    def _run(self, scope: Scope, op: Operation) -> None:
        for step in scope.steps:
            if isinstance(step, Scope):
                for inner in [o for r in op.regions for b in r.blocks for o in b.ops if o.name == step.anchor]:
                    self._run(step, inner)
                continue
            if step.anchor is not None and step.anchor != op.name:
                raise InferError(
                    f"pass '{step.name}' works on '{step.anchor}' ops, the pipeline runs it on '{op.name}'; write {step.anchor}({step.name})"
                )
            for instrument in self.instruments:
                instrument.before(step, op)
            try:
                step.run(op, self.ctx)
                if self.verify_each:
                    _verified(op, step)
            except Exception as error:
                for instrument in self.instruments:
                    instrument.failed(step, op, error)
                raise
            for instrument in self.instruments:
                instrument.after(step, op)


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


def _flat(scope: Scope) -> list[Pass]:
    out: list[Pass] = []
    for step in scope.steps:
        out += _flat(step) if isinstance(step, Scope) else [step]
    return out
