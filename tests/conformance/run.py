"""Run the ONNX backend suite and compare with the committed table.

python tests/conformance/run.py                compare: no case may be worse than in the table; exit status 1 where one is
python tests/conformance/run.py --target cpu   the same, compiled: native, with host fallback, or failing; then which ops are in the way
python tests/conformance/run.py --update       write the table anew (it may only improve; --force to let it fall)
python tests/conformance/run.py --only conv --verbose
python tests/conformance/run.py --target cpu --result fail     only the cases whose result in the table says so
python tests/conformance/run.py --target cpu --fences right    native code with fences around its memory (tests/fuzz/fences.py)
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from pathlib import Path

from backend_suite import TABLES, all_cases, blocked_by, grade, read_table, run_case, run_compiled
from isolation import run_isolated

sys.path.append(str(Path(__file__).resolve().parents[1] / "fuzz"))
import fences

from inferir.tools.driver import compile_model

Row = tuple[str, str, str]
RELU = """func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>) {
  %y = inference.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}"""
LIMIT = 120.0
"""Seconds for a case."""


def _run(target: str, only: str, result: str, jobs: int) -> list[Row]:
    table = read_table(target)
    cases = [c for c in all_cases() if only in c.name and result in table.get(c.name, "")]
    run = run_compiled if target == "cpu" else run_case
    warnings.simplefilter("ignore")
    compile_model(RELU)  # what every case imports is imported before the processes fork
    found: list[Row] = []
    for index, outcome in run_isolated(lambda i: run(cases[i]), len(cases), jobs, LIMIT):
        found.append((cases[index].name, cases[index].kind, outcome))
        if sys.stderr.isatty():
            print(f"\r{len(found)} of {len(cases)}", end="", file=sys.stderr)
    return sorted(found, key=lambda r: (r[1], r[0]))


def _summary(found: list[Row]) -> None:
    print(f"{'':20} passed     of  fully")
    for kind in (*sorted({kind for _, kind, _ in found}), "all"):
        grades = [grade(result) for _, k, result in found if kind in (k, "all")]
        print(f"{kind:20} {sum(g > 0 for g in grades):6} {len(grades):6} {sum(g == 2 for g in grades):6}")


def _in_the_way(found: list[Row]) -> None:
    """Each op (or other reason) and how many cases it keeps from being native; in how many of them it is alone."""
    blocked = [blocked_by(result) for _, _, result in found if grade(result) < 2]
    cases, alone = Counter(op for ops in blocked for op in ops), Counter(ops[0] for ops in blocked if len(ops) == 1)
    print("\nnot native: cases  alone")
    for op, count in cases.most_common():
        print(f"{count:17} {alone[op]:6}  {op}")


def _write(target: str, found: list[Row]) -> None:
    """Put results into the table; cases that did not run keep theirs."""
    table = TABLES[target]
    lines = table.read_text(encoding="utf-8").splitlines()[1:] if table.is_file() else []
    rows = {line.partition("\t")[0]: line for line in lines} | {row[0]: "\t".join(row) for row in found}
    ordered = sorted(rows.values(), key=lambda line: (line.split("\t")[1], line))
    table.write_text("\n".join(["case\tkind\tresult", *ordered]) + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Run, print a summary, compare or update."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=TABLES, default="reference")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--result", default="", metavar="TEXT")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--fences", choices=fences.SIDES, help="pages that cannot be touched on either side of every buffer")
    options = parser.parse_args(argv)
    if options.fences:
        fences.install(options.fences)
    found = _run(options.target, options.only, options.result, options.jobs)
    _summary(found)
    if options.verbose:
        print("\n".join(f"{name}\t{result}" for name, _, result in found if grade(result) < 2))
    if options.target != "reference":
        _in_the_way(found)
    before = read_table(options.target)
    worse = [(name, result) for name, _, result in found if grade(result) < grade(before.get(name, ""))]
    for name, result in worse:
        print(f"{before[name]} before: {name}: {result}", file=sys.stderr)
    if options.update and (not worse or options.force):
        _write(options.target, found)
    return 1 if worse and not options.force else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
