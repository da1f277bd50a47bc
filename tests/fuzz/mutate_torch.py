"""Feed damaged programs of torch.export to import: every one ends in a module or one line, within 2 s and 256 MiB.

    python tests/fuzz/mutate_torch.py --count 2000 --seed 0 [--keep FOLDER]

The files are the tests' programs and, of the operators' cases, some. Prints the counts, and what went wrong; exit code 1 if anything did.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import warnings
from pathlib import Path

import sandbox
from mutate_onnx import FAILED, ROOT, imported, summary
from sandbox import Verdict, verdicts
from torch_mutations import mutate

LARGEST = 120_000
"""Bytes of a program to start from."""
SECONDS, MEMORY = 2, 256 << 20


def corpus() -> list[bytes]:
    """The programs to start from."""
    found = sorted((ROOT / "tests/models/data/torch").glob("*.pt2"))
    return [path.read_bytes() for path in found if path.stat().st_size <= LARGEST]


def mutant(files: list[bytes], seed: str, number: int) -> bytes:
    """Mutant `number` of a seed."""
    rng = random.Random(f"{seed}/{number}")
    return mutate(rng.choice(files), rng)


def main() -> int:
    """Import mutants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", type=Path, help="write every input that went wrong into this folder")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    sandbox.SECONDS, sandbox.MEMORY = SECONDS, MEMORY
    files = corpus()
    results: list[tuple[int, Verdict]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.pt2"
        path.write_bytes(files[0])
        imported(path)  # what it loads is no part of what a mutant costs

        def work(number: int) -> Verdict:
            path.write_bytes(mutant(files, args.seed, number))
            verdict = imported(path)
            left = sorted(os.listdir(folder))
            return verdict if left == ["m.pt2"] else Verdict("bad error", f"wrote {left}")

        for number, verdict in verdicts(work, range(args.first, args.first + args.count)):
            results.append((number, verdict))
            if args.keep and verdict.kind in FAILED:
                args.keep.mkdir(parents=True, exist_ok=True)
                (args.keep / f"{verdict.kind.split()[0]}-{args.seed}-{number}.pt2").write_bytes(mutant(files, args.seed, number))
    print(summary(results))
    return int(any(v.kind in FAILED for _, v in results))


if __name__ == "__main__":
    sys.exit(main())
