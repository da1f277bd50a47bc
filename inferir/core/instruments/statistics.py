"""What the passes counted: mlir-opt's pass statistics report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import IO

from inferir.core.instruments.timing import RULE
from inferir.core.pass_base import Pass
from inferir.core.pass_manager import PassManager, Scope


def report_statistics(manager: PassManager, stream: IO[str], flat: bool = False) -> None:
    """Write the counts of every pass: as the pipeline nests them, or summed by pass."""
    stream.write(f"{RULE}{'... Pass statistics report ...':^80}\n{RULE}")
    if flat:
        summed: dict[str, Counter[str]] = {}
        for step in manager.passes():
            summed.setdefault(_title(step), Counter()).update(counts(step))
        for title in sorted(summed):
            _write(stream, title, summed[title], 0)
        return
    for depth, title, found in _lines(manager.root, 0):
        _write(stream, title, found, depth)


def counts(step: Pass) -> Counter[str]:
    """What a pass counted itself, and how often each of its patterns was applied."""
    found: Counter[str] = Counter(step.statistics)
    found.update({f"pattern {name}": times for name, times in step.log.applied.items()})
    return found


def report_patterns(manager: PassManager, stream: IO[str]) -> None:
    """Write how often each pattern of each pass was applied, those that never were included."""
    stream.write(f"{RULE}{'... Pattern report ...':^80}\n{RULE}")
    for step in manager.passes():
        known = [p.name for p in step.patterns]
        applied = step.log.applied
        for name in [*known, *(n for n in applied if n not in known)]:
            stream.write(f"  {applied.get(name, 0):6d}  {step.name}: {name}\n")


def _lines(scope: Scope, depth: int) -> Iterator[tuple[int, str, Counter[str]]]:
    for step in scope.steps:
        if isinstance(step, Scope):
            yield depth, f"'{step.anchor}' Pipeline", Counter()
            yield from _lines(step, depth + 1)
        else:
            yield depth, _title(step), counts(step)


def _title(step: Pass) -> str:
    return f"{type(step).__name__} ({step.name})"


def _write(stream: IO[str], title: str, found: Counter[str], depth: int) -> None:
    stream.write(f"{'  ' * depth}{title}\n")
    for name, count in sorted(found.items()):
        stream.write(f"{'  ' * depth}  (S) {count:4d} {name}\n")
