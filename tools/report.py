"""What `infer-compile --report` says of a program: its kernels, and the operators that have none."""

from __future__ import annotations

import re
from collections import Counter
from typing import TextIO

from inferir.backends.runtime.arrays import random_inputs
from inferir.backends.runtime.model import load_program
from inferir.backends.runtime.program import ModelError, Program


def write_report(program: Program, stdout: TextIO) -> None:
    """Kernels by family, then every operator that the reference executor runs: its share of the time, its node, the reason.

    Shares are of one run on random inputs; a model that cannot run on such has none.
    """
    launches = [name for entry in (program.entries if program.host else (program.main,)) for name in entry.launches]
    families = Counter(re.sub(r".*\(|_\d+\)?$", "", name) for name in launches)
    kernels = ", ".join(f"{family} {count}" for family, count in families.most_common())
    stdout.write(f"{_counted(len(launches), 'kernel launch', 'es')}{': ' if kernels else ''}{kernels}\n")
    if not program.host_ops:
        stdout.write("every operator has native code\n")
        return
    shares = _shares(program)
    stdout.write(f"{_counted(len(program.host_ops), 'operator', 's')} without native code, run by the reference executor:\n")
    for index, op in enumerate(program.host_ops):
        share = f"{shares[index]:6.1%}" if shares is not None else "     ?"
        stdout.write(f"{share}  {op.op}{f', node {op.node!r}' if op.node else ''}: {op.reason}\n")


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
