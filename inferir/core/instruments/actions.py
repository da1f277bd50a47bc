"""Actions as mlir-opt has them: what a pass manager runs (`pass-execution`) and what a driver tries (`apply-pattern`).

They can be logged as they begin and end, written as a Chrome trace, and cut short by counters: skip the first n, run m, skip the rest.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from xdsl.ir import Operation

from inferir.core.diagnostics import InferError, did_you_mean, file_line_col
from inferir.core.instrument import Instrument
from inferir.core.pass_base import Pass
from inferir.core.rewriting import Pattern

PASS, PATTERN = "pass-execution", "apply-pattern"


@dataclass
class Counter:
    """How many actions of a tag are skipped first, how many run then (None: all), and how many there have been."""

    skip: int = 0
    count: int | None = None
    seen: int = 0

    def runs(self) -> bool:
        """Count one more action; whether it is to run."""
        self.seen += 1
        return self.skip < self.seen and (self.count is None or self.seen <= self.skip + self.count)


def counters(text: str) -> dict[str, Counter]:
    """`apply-pattern-skip=2,apply-pattern-count=1` as counters. Raises InferError."""
    out: dict[str, Counter] = {}
    for part in text.split(",") if text else ():
        found = re.fullmatch(r"([\w-]+)-(skip|count)=(\d+)", part)
        if found is None:
            raise InferError(f"--mlir-debug-counter takes TAG-skip=N and TAG-count=N, not '{part}'")
        if found[1] not in (PASS, PATTERN):
            raise InferError(f"no action '{found[1]}'{did_you_mean(found[1], (PASS, PATTERN))} (there are {PASS} and {PATTERN})")
        setattr(out.setdefault(found[1], Counter()), found[2], int(found[3]))
    return out


@dataclass
class Actions(Instrument):
    """Logs, traces and counts the actions of a run."""

    log: IO[str] | None = None
    only_at: Collection[str] = ()
    """Log actions on ops at these places only: `file:line` or `file:line:column`."""
    limits: Mapping[str, Counter] = field(default_factory=dict)
    traced: list[dict[str, object]] | None = None
    """Where to put the events of a Chrome trace."""

    def watch(self, steps: Sequence[Pass]) -> None:
        """See what the patterns of these passes are tried on."""
        for step in steps:
            before = step.log.allow
            if PATTERN in self.limits:
                step.log.allow = lambda pattern, op, b=before: (b is None or b(pattern, op)) and self.limits[PATTERN].runs()
            if self.log is not None or self.traced is not None:
                step.log.watch = self._pattern

    def wanted(self, step: Pass, op: Operation) -> bool:
        """Whether the counter lets a pass run."""
        return PASS not in self.limits or self.limits[PASS].runs()

    def before(self, step: Pass, op: Operation) -> None:
        """A pass begins."""
        self._begin(PASS, f"`{PASS}` running `{step.name}` on Operation `{op.name}`", op)

    def after(self, step: Pass, op: Operation) -> None:
        """A pass has ended."""
        self._end(PASS, op)

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """A pass has ended."""
        self._end(PASS, op)

    def _pattern(self, pattern: Pattern, op: Operation, begins: bool) -> None:
        if begins:
            self._begin(PATTERN, f"`{PATTERN} pattern: {pattern.name} ({op.name})`", op)
        else:
            self._end(PATTERN, op)

    def _begin(self, tag: str, text: str, op: Operation) -> None:
        place = _place(op)
        if self.log is not None and self._is_shown(place):
            self.log.write(f"begins Action {text}{f' at {place}' if place else ''}\n")
        if self.traced is not None:
            self.traced.append({"name": tag, "cat": "PERF", "ph": "B", "pid": 0, "tid": 0, "ts": _now(), "args": {"desc": text}})

    def _end(self, tag: str, op: Operation) -> None:
        if self.log is not None and self._is_shown(_place(op)):
            self.log.write(f"completed `{tag}`\n")
        if self.traced is not None:
            self.traced.append({"name": tag, "cat": "PERF", "ph": "E", "pid": 0, "tid": 0, "ts": _now()})

    def _is_shown(self, place: str) -> bool:
        return not self.only_at or any(place == p or place.startswith(f"{p}:") for p in self.only_at)


def trace_text(events: Sequence[dict[str, object]]) -> str:
    """Events as the JSON that trace viewers read, one a line."""
    return "[" + ",\n".join(map(json.dumps, events)) + "]\n"


def report_counters(limits: Mapping[str, Counter], stream: IO[str]) -> None:
    """Write what the counters have seen."""
    stream.write("DebugCounter counters:\n")
    for tag, counter in limits.items():
        last = "all" if counter.count is None else counter.count
        stream.write(f"{tag:<32}: {{{counter.seen},{counter.skip},{last}}}\n")


def _place(op: Operation) -> str:
    place = file_line_col(op.location)
    return ":".join(map(str, place)) if place is not None else ""


def _now() -> int:
    return time.perf_counter_ns() // 1000
