"""Where a pattern was tried and declined, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO

from inferir.core.diagnostics import Diagnostic, InferError, did_you_mean
from inferir.core.pass_manager import PassManager

SHOWN = 20


def report_declined(manager: PassManager, names: Sequence[str], stream: IO[str], sources: Mapping[str, str]) -> None:
    """For each pattern: how often it was applied, then the ops it declined with its reasons, the first `SHOWN` of them."""
    for name in names:
        steps = [s for s in manager.passes() if any(p.name == name for p in s.patterns) or name in s.log.applied]
        if not steps:
            known = sorted({p.name for s in manager.passes() for p in s.patterns})
            raise InferError(
                f"no pattern '{name}' in this pipeline{did_you_mean(name, known)} (its patterns: {', '.join(known) or 'none'})"
            )
        for step in steps:
            declined = [(op, reason) for pattern, op, reason in step.log.declined if pattern.name == name]
            found = list(dict.fromkeys((str(reason), op.name, op.location) for op, reason in declined))
            stream.write(f"{name} ({step.name}): applied {step.log.applied.get(name, 0)} times, declined {len(found)}\n")
            for reason, op_name, location in found[:SHOWN]:
                stream.write(Diagnostic("remark", f"{op_name}: {reason}", location).render(sources))
