"""Hold published models against ONNX Runtime: `none` and `layout`, the reference executor and native code, at several sizes.

make corpus                                          fetch the packages (network) and run all: no row may be worse than in corpus.tsv
python tests/corpus/corpus.py FOLDER --only silero   the models of a folder whose path holds a text; FOLDER is what fetch.py filled
python tests/corpus/corpus.py FOLDER --time          and, at 1 thread, ONNX Runtime's CPU time over ours at each size (interleaved medians)
python tests/corpus/corpus.py FOLDER --fences right  native code with fences around its memory (tests/fuzz/fences.py)
python tests/corpus/corpus.py FOLDER --update        write the table anew (it may only improve; --force to let it fall)

A row is a model and a level:

    runs        how many sizes it ran at, all from one compiled artefact
    executor    the largest error as a share of what the numerics contract allows (up to 1 agrees), or the failure
    native      the same of native code on 1 thread
    fallback    the operators that run in the reference executor (`-`: none)
    ratios      ONNX Runtime's CPU time over ours, one per size (`-`: not measured); only at `layout`

A file that is the same as one before it is not run again. Where an output is float16 its rounding is allowed, as ONNX Runtime keeps
float32 between the nodes of such a graph.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import fetch
import inputs
import numpy as np
import onnx

sys.path[:0] = [
    str(Path(__file__).resolve().parents[2] / folder) for folder in ("benchmarks", "tests/conformance", "tests/fuzz", "tests/models")
]
from agreement import agrees, outcome
from backend_suite import difference
from compare import geometric_mean, interleaved
from fences import SIDES, install
from isolation import run_isolated
from oracle import Oracle

import inferir
from inferir.backends.runtime.arrays import ATOL, RTOL
from inferir.backends.runtime.model import load_program
from inferir.tools.driver import build_program, make_context

Arrays = dict[str, np.ndarray]
Run = Callable[[Mapping[str, Any]], Mapping[str, Any]]

TABLE = Path(__file__).with_suffix(".tsv")
HEADER = "model\tlevel\truns\texecutor\tnative\tfallback\tratios"
LEVELS = ("none", "layout")
LIMIT = 900.0
"""Seconds for a cell."""
ROUNDS, SECONDS = 3, 0.1
HALF = (4e-3, 2e-3)
"""Relative and absolute tolerance where the output is float16: 4 units of its rounding, and 2 of the largest."""
NOISE = 1.5
"""By how much a ratio may fall from one measurement to the next on a shared machine."""
EXECUTOR_LIMIT = 30e6
"""Bytes of a file beyond which the reference executor runs its first size only."""


class Row(NamedTuple):
    """A line of the table."""

    model: str
    level: str
    runs: str
    executor: str
    native: str
    fallback: str
    ratios: str


def models(folder: Path) -> list[str]:
    """The paths of the models below a folder, each content once."""
    seen: dict[bytes, str] = {}
    for path in sorted(folder.rglob("*.onnx")):
        seen.setdefault(hashlib.sha256(path.read_bytes()).digest(), path.relative_to(folder).as_posix())
    return list(seen.values())


def share(got: Any, ref: Any, least: float, coarse: float = 0.0) -> float:
    """The largest error as a share of what is allowed; infinite where shape, type, strings, integers or the positions of NaNs differ.

    `least`: what counts as the largest element of the reference where that is smaller; `coarse`: the share of it that is allowed anyway.
    """
    got, ref = np.asarray(got), np.asarray(ref)
    if ref.dtype.kind not in "fc":
        return 0.0 if difference(got, ref, 0, 0) is None else math.inf
    if got.shape != ref.shape or got.dtype != ref.dtype:
        return math.inf
    a, b = ref.astype(np.float64), got.astype(np.float64)
    finite = np.isfinite(a)
    if not np.array_equal(np.where(finite, 0, a), np.where(np.isfinite(b), 0, b), equal_nan=True):
        return math.inf
    a, b = a[finite], b[finite]
    if np.array_equal(a, b):
        return 0.0
    relative, absolute = HALF if ref.dtype == np.float16 else (RTOL, ATOL)
    allowed = relative * np.abs(a) + max(absolute, coarse) * max(np.abs(a).max(), least)
    return float((np.abs(a - b) / np.maximum(allowed, np.finfo(np.float64).tiny)).max())


class Comparison:
    """A model's runs, ours beside ONNX Runtime's."""

    def __init__(self, folder: Path, name: str):
        self.name, self.path = name, folder / name
        self.graph = onnx.load(self.path).graph
        self.case = inputs.case_of(name)
        self.oracle = Oracle(self.path, exact=True)

    def worst(self, run: Run, most: int | None = None) -> float:
        """The largest share over all steps of all runs, or of the first `most` runs; each side takes its own state."""
        worst, at = 0.0, -1
        ours: Mapping[str, Any] = {}
        theirs: Mapping[str, Any] = {}
        for number, given in inputs.steps(self.name, self.graph):
            if number == most:
                break
            if number != at:
                ours, theirs, at = {}, {}, number
            theirs = self.oracle.run(given | self._state(theirs, given))
            got = run(given | self._state(ours, given))
            ours = dict(zip(self.oracle.outputs, got.values(), strict=True))
            worst = max(worst, *(share(ours[o], theirs[o], self.case.least, self.case.coarse) for o in theirs))
        return worst

    def ratios(self, run: Run) -> list[float]:
        """ONNX Runtime's time over ours at each size, as it comes: where it saturates, with that."""
        peer = Oracle(self.path)
        first = {
            number: given
            for number, given in reversed(list(inputs.steps(self.name, self.graph)))
            if self.case.feedback.keys() <= given.keys()
        }
        out = []
        for _, given in sorted(first.items()):
            ours, theirs = interleaved([lambda g=given: run(g), lambda g=given: peer.run(g)], ROUNDS, SECONDS, time.process_time)
            out.append(theirs / ours)
        return out

    def _state(self, outputs: Mapping[str, Any], given: Arrays) -> Arrays:
        return {name: outputs[source] for name, source in self.case.feedback.items() if name not in given}


def executor_cell(folder: Path, name: str, level: str) -> str:
    """How the reference executor does."""

    def measured() -> str:
        compared = Comparison(folder, name)
        most = 1 if compared.path.stat().st_size > EXECUTOR_LIMIT else None
        return f"{compared.worst(inferir.compile(compared.path, target='interpreter', opt_level=level).run, most):.2g}"

    return outcome(measured)


def native_cells(folder: Path, name: str, level: str, timed: bool) -> tuple[str, str, str]:
    """How native code does, its fallback operators, and its ratios."""
    fallback = ratios = "-"

    def measured() -> str:
        nonlocal fallback, ratios
        compared = Comparison(folder, name)
        program = build_program(compared.path, "cpu", level, {}, make_context())
        fallback = listed(program.host_ops)
        with load_program(program, 1) as model:
            result = f"{compared.worst(model.run):.2g}"
            if timed and agrees(result):
                ratios = " ".join(f"{r:.2f}" for r in compared.ratios(model.run))
        return result

    return outcome(measured), fallback, ratios


def listed(host_ops: Any) -> str:
    """The operators of a program that have no kernel, with their counts."""
    counts = Counter(str(op.op) for op in host_ops)
    return ", ".join(op if count == 1 else f"{count} {op}" for op, count in sorted(counts.items())) or "-"


def measured(folder: Path, chosen: list[tuple[str, str]], jobs: int, timed: bool, executor: bool) -> Iterator[Row]:
    """The rows as they end. A cell runs in a process of its own, so that a crash is one cell."""
    tasks = [(name, level, what) for name, level in chosen for what in ("native", *(["executor"] if executor else []))]

    def run(index: int) -> str:
        name, level, what = tasks[index]
        warnings.simplefilter("ignore")
        cells = (
            native_cells(folder, name, level, timed and level == "layout") if what == "native" else (executor_cell(folder, name, level),)
        )
        return "\t".join(cells)

    found: dict[tuple[str, str, str], list[str]] = {}
    for index, line in run_isolated(run, len(tasks), jobs, LIMIT):
        name, level, what = tasks[index]
        found[tasks[index]] = line.split("\t") if what == "executor" or "\t" in line else [line, "-", "-"]
        if (name, level, "native") in found and (not executor or (name, level, "executor") in found):
            native = found[name, level, "native"]
            by_executor = found.get((name, level, "executor"), ["-"])
            yield Row(name, level, str(len(inputs.case_of(name).sizes)), *by_executor, *native)


def read_table(table: Path = TABLE) -> dict[tuple[str, str], Row]:
    """The rows by model and level. Raises TypeError for a line that is no row."""
    lines = table.read_text(encoding="utf-8").splitlines()[1:] if table.is_file() else []
    rows = [Row(*line.split("\t")) for line in lines]
    return {(row.model, row.level): row for row in rows}


def worse(row: Row, before: Row | None) -> list[str]:
    """What of a row is worse than it was: an agreement lost, a fallback operator more, a ratio fallen by more than noise."""
    if before is None:
        return []
    where = f"{row.model} at {row.level}"
    lost = [
        f"{where}, {at}: {now} ({then} before)" for at, then, now in _cells(before, row) if agrees(then) and now != "-" and not agrees(now)
    ]
    if agrees(before.native) and _operators(row.fallback) > _operators(before.fallback):
        lost.append(f"{where}, fallback: {row.fallback} ({before.fallback} before)")
    slower = [
        (a, b) for a, b in zip(before.ratios.split(), row.ratios.split(), strict=False) if "-" not in (a, b) and float(b) * NOISE < float(a)
    ]
    return lost + [f"{where}: {b} x ONNX Runtime ({a} before)" for a, b in slower]


def _cells(before: Row, now: Row) -> list[tuple[str, str, str]]:
    return [("executor", before.executor, now.executor), ("native", before.native, now.native)]


def _operators(fallback: str) -> int:
    """How many operators a fallback cell counts."""
    words = [part.split() for part in fallback.split(", ") if part != "-"]
    return sum(int(w[0]) if len(w) > 1 else 1 for w in words)


def merged(row: Row, before: Row | None) -> Row:
    """A row for the table: a cell that was not measured keeps what it was."""
    if before is None:
        return row
    return row._replace(**{f: getattr(before, f) for f in ("executor", "ratios") if getattr(row, f) == "-"})


def write(rows: list[Row], table: Path = TABLE) -> None:
    """Put rows into the table; those that were not run stay as they are."""
    kept = read_table(table)
    kept |= {(row.model, row.level): merged(row, kept.get((row.model, row.level))) for row in rows}
    ordered = sorted(kept.values(), key=lambda row: (row.model, LEVELS.index(row.level)))
    table.write_text("\n".join([HEADER, *("\t".join(row) for row in ordered)]) + "\n", encoding="utf-8")


def summary(rows: list[Row]) -> str:
    """How many agree, how many are all native, and how fast."""
    cells = [cell for row in rows for cell in (row.executor, row.native) if cell != "-"]
    native = [row for row in rows if agrees(row.native)]
    ratios = [[float(r) for r in row.ratios.split()] for row in rows if row.ratios != "-"]
    text = f"{sum(map(agrees, cells))} of {len(cells)} agree; {sum(row.fallback == '-' for row in native)} of {len(rows)} without fallback"
    if ratios:
        slow = sum(min(r) < 0.8 for r in ratios)
        text += (
            f"; geometric mean {geometric_mean([r for rs in ratios for r in rs]):.2f} x ONNX Runtime, {slow} of {len(ratios)} below 0.8 x"
        )
    return text


def main(argv: list[str]) -> int:
    """Run, print the rows, compare or update."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=fetch.FOLDER, help=f"what fetch.py filled (default: {fetch.FOLDER})")
    parser.add_argument("--only", default="", metavar="TEXT", help="models whose path holds one of these, separated by commas")
    parser.add_argument("--level", choices=LEVELS, action="append")
    parser.add_argument("--time", action="store_true", help="measure the ratios too (one job)")
    parser.add_argument("--native", action="store_true", help="leave the reference executor out")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--fences", choices=SIDES, help="pages that cannot be touched on either side of every buffer of native code")
    options = parser.parse_args(argv)
    if options.fences:
        install(options.fences)
    names = [name for name in models(options.folder) if any(text in name for text in options.only.split(","))]
    chosen = [(name, level) for name in names for level in options.level or LEVELS]
    rows, before = [], read_table()
    print(HEADER)
    for row in measured(options.folder, chosen, 1 if options.time else options.jobs, options.time, not options.native):
        print(*row, sep="\t", flush=True)
        rows.append(row)
    print(summary(rows))
    fallen = [text for row in rows for text in worse(row, before.get((row.model, row.level)))]
    print("\n".join(fallen), file=sys.stderr, end="\n" if fallen else "")
    if options.update and (not fallen or options.force):
        write(rows)
    return 1 if fallen and not options.force else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
