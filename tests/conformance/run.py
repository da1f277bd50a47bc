"""Run the ONNX backend suite and compare with the committed table.

python tests/conformance/run.py            compare: a case that passed must pass; exit status 1 where one does not
python tests/conformance/run.py --update   write the table anew (it may only improve; --force to let it fall)
python tests/conformance/run.py --only conv --verbose
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from backend_suite import TABLE, all_cases, read_table, run_case


def _part(part: int, parts: int, only: str) -> list[tuple[str, str, str]]:
    import warnings

    warnings.simplefilter("ignore")
    cases = [c for c in all_cases() if only in c.name]
    return [(case.name, case.kind, run_case(case)) for case in cases[part::parts]]


def main(argv: list[str]) -> int:
    """Run, print a summary, compare or update."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(argv)
    with ProcessPoolExecutor(options.jobs) as pool:
        parts = pool.map(_part, range(options.jobs), [options.jobs] * options.jobs, [options.only] * options.jobs)
        found = sorted((r for part in parts for r in part), key=lambda r: (r[1], r[0]))
    by_kind = Counter(kind for _, kind, _ in found)
    passed = Counter(kind for _, kind, result in found if result == "ok")
    for kind, count in sorted(by_kind.items()):
        print(f"{kind:20} {passed[kind]:5} of {count}")
    print(f"{'all':20} {passed.total():5} of {len(found)}")
    if options.verbose:
        for name, _, result in found:
            if result != "ok":
                print(f"{name}\t{result}")
    before = read_table()
    worse = [(name, result) for name, _, result in found if before.get(name) == "ok" and result != "ok"]
    for name, result in worse:
        print(f"passed before: {name}: {result}", file=sys.stderr)
    if options.update and not options.only and (not worse or options.force):
        rows = ["case\tkind\tresult", *("\t".join(row) for row in found)]
        TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return 1 if worse and not options.force else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
