"""What `infer-compile --report` says of a program: its kernels, and the operators that have none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple, TextIO

from inferir.backends.runtime.arrays import random_inputs
from inferir.backends.runtime.model import load_program
from inferir.backends.runtime.program import ModelError, Program

MOST_REPEATS = 5
"""How many repeated sequences the report lists, those that cover most first."""


class Repeat(NamedTuple):
    """A sequence that follows on itself."""

    start: int
    length: int
    times: int


def write_report(program: Program, stdout: TextIO) -> None:
    """Kernels by family, the sequences of them that repeat, then every operator that the reference executor runs: its share of the
    time, its node, the reason.

    Shares are of one run on random inputs; a model that cannot run on such has none.
    """
    launches = [name for entry in (program.entries if program.host else (program.main,)) for name in entry.launches]
    families = Counter(re.sub(r".*\(|_\d+\)?$", "", name) for name in launches)
    kernels = ", ".join(f"{family} {count}" for family, count in families.most_common())
    stdout.write(f"{_counted(len(launches), 'kernel launch', 'es')}{': ' if kernels else ''}{kernels}\n")
    _write_repeats(launches, stdout)
    if not program.host_ops:
        stdout.write("every operator has native code\n")
        return
    shares = _shares(program)
    stdout.write(f"{_counted(len(program.host_ops), 'operator', 's')} without native code, run by the reference executor:\n")
    for index, op in enumerate(program.host_ops):
        share = f"{shares[index]:6.1%}" if shares is not None else "     ?"
        stdout.write(f"{share}  {op.op}{f', node {op.node!r}' if op.node else ''}: {op.reason}\n")


def _write_repeats(launches: Sequence[str], stdout: TextIO) -> None:
    """How many kernels the launches share, and the parts of the model that are the same kernels again."""
    nodes, kernels = [name.rpartition(" (")[0] for name in launches], [name.rpartition("(")[2].rstrip(")") for name in launches]
    different = len(set(kernels))
    if different == len(launches):
        return
    stdout.write(f"{_counted(different, 'kernel', 's')} compiled, {len(launches) - different} used again\n")
    for start, length, times in sorted(repeats(kernels), key=lambda r: -r.length * r.times)[:MOST_REPEATS]:
        inside = ", ".join(
            name if (count := len(list(same))) == 1 else f"{count} x {name}" for name, same in groupby(kernels[start : start + length])
        )
        where = f", from node {nodes[start].partition('+')[0]!r} on" if nodes[start] else ""
        stdout.write(f"{times} times {_counted(length, 'launch', 'es')}{where}: {inside}\n")


def repeats(names: Sequence[str]) -> list[Repeat]:
    """The sequences that follow on themselves, each the one that covers most from where it starts; they do not overlap."""
    out: list[Repeat] = []
    at = 0
    while at < len(names):
        best = Repeat(at, 1, 1)
        for length in range(1, (len(names) - at) // 2 + 1):
            if names[at] != names[at + length]:
                continue
            part, times = names[at : at + length], 1
            while names[at + times * length : at + (times + 1) * length] == part:
                times += 1
            if times > 1 and length * times > best.length * best.times:
                best = Repeat(at, length, times)
        if best.times > 1:
            out.append(best)
        at += best.length * best.times
    return out


def _shares(program: Program) -> list[float] | None:
    """The share of the whole time that each of the operators takes; None where the model does not run on random inputs."""
    try:
        with load_program(program, 1) as model:
            inputs = random_inputs(model.inputs, {})
            model.run(inputs)  # once to take memory
            _, times = model.profile(inputs)
    except ModelError:
        return None
    total = sum(seconds for _, seconds in times)
    host = [seconds / max(total, 1e-12) for name, seconds in times if name.endswith(" (host)")]
    return host if len(host) == len(program.host_ops) else None


def _counted(count: int, what: str, ending: str) -> str:
    return f"{count} {what}{'' if count == 1 else ending}"
