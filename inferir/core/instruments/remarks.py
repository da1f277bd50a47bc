"""Optimisation remarks: where a pattern was applied (passed), where it declined and why (missed), which pass gave up (failed), and
what a pass counted (analysis). The category of a remark is its pass; a filter is a regular expression over categories."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from xdsl.ir import Attribute, Operation

from inferir.core.diagnostics import Diagnostic, file_line_col
from inferir.core.instrument import Instrument
from inferir.core.pass_base import Pass

KINDS = ("passed", "missed", "failed", "analysis")
_TITLES = {"passed": "Passed", "missed": "Missed", "failed": "Failure", "analysis": "Analysis"}


@dataclass(frozen=True)
class Remark:
    """One remark."""

    kind: str
    category: str
    name: str
    reason: str
    location: Attribute | None = None


@dataclass
class Remarks(Instrument):
    """Collects remarks; `filters` holds a regular expression for each kind that is wanted."""

    filters: Mapping[str, str]
    final_only: bool = False
    """Of remarks that are the same, keep one."""
    found: list[Remark] = field(default_factory=list)

    def watch(self, steps: Sequence[Pass]) -> None:
        """Let passes keep what the remarks are made of."""
        for step in steps:
            step.log.keep_reasons = True

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """A pass gave up."""
        self.found.append(Remark("failed", step.name, step.name, " ".join(str(error).split()), op.location))

    def collect(self, steps: Sequence[Pass]) -> list[Remark]:
        """All remarks that the filters let through, in the order of the passes."""
        for step in steps:
            self.found.extend(_of(step))
        kept = [r for r in self.found if r.kind in self.filters and re.search(self.filters[r.kind], r.category)]
        return list(dict.fromkeys(kept)) if self.final_only else kept


def _of(step: Pass) -> Iterator[Remark]:
    for pattern, op in step.log.history:
        yield Remark("passed", step.name, pattern.name, pattern.law.partition("\n")[0], op.location)
    for pattern, op, reason in step.log.declined:
        yield Remark("missed", step.name, pattern.name, reason, op.location)
    for what, count in step.statistics.items():
        yield Remark("analysis", step.name, what.replace(" ", "-"), str(count))


def write_remarks(remarks: Sequence[Remark], stream: IO[str], sources: Mapping[str, str]) -> None:
    """Write remarks as diagnostics."""
    for r in remarks:
        text = f"[{_TITLES[r.kind]}] {r.name} | Category:{r.category} | Reason={json.dumps(r.reason, ensure_ascii=False)}"
        stream.write(Diagnostic("remark", text, r.location).render(sources))


def yaml_text(remarks: Sequence[Remark]) -> str:
    """Remarks as LLVM's YAML."""
    return "".join("\n".join(_yaml(r)) + "\n" for r in remarks)


def _yaml(r: Remark) -> Iterator[str]:
    yield f"--- !{_TITLES[r.kind]}"
    yield f"Pass:            {r.category}"
    yield f"Name:            {r.name}"
    place = file_line_col(r.location)
    if place is not None:
        yield f"DebugLoc:        {{ File: {json.dumps(place[0])}, Line: {place[1]}, Column: {place[2]} }}"
    yield "Args:"
    yield f"  - Reason:          {json.dumps(r.reason, ensure_ascii=False)}"
    yield "..."
