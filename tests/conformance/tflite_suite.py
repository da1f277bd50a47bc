"""Every TFLite operator against LiteRT's reference kernels: integers to the byte, floats within the contract.

    python tests/conformance/tflite_suite.py --update      # runs all cases and writes tflite.tsv

The table has a line a case: operator, case, what the executor and native code give ("pass", or why not). It may only improve.
"""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

import inferir

FOLDER = Path(__file__).parent
ARCHIVE, TABLE = FOLDER / "tflite_cases.npz", FOLDER / "tflite.tsv"
TARGETS = ("interpreter", "cpu")


@cache
def archive() -> dict[str, dict[str, np.ndarray]]:
    """Case by `operator/name` -> its arrays."""
    out: dict[str, dict[str, np.ndarray]] = {}
    with np.load(ARCHIVE) as stored:
        for path in stored.files:
            case, _, name = path.rpartition("/")
            out.setdefault(case, {})[name] = stored[path]
    return out


def outcome(case: str, target: str) -> str:
    """ "pass", or what is wrong."""
    arrays = archive()[case]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.tflite"
        path.write_bytes(arrays["model"].tobytes())
        try:
            found = inferir.compile(path, target=target)(*(arrays[n] for n in arrays if n.startswith("in")))
        except inferir.InferError as problem:
            return (
                " ".join(str(n.message) for n in problem.notes[:1]).partition("first here: ")[2]
                or str(problem).partition("case.tflite: ")[2]
            )
    wanted = [arrays[n] for n in arrays if n.startswith("out")]
    for y, reference in zip(found if isinstance(found, tuple) else (found,), wanted, strict=True):
        wrong = difference(y, reference)
        if wrong:
            return wrong
    return "pass"


def difference(y: np.ndarray, reference: np.ndarray) -> str:
    """Where two results differ, empty where they do not."""
    if y.dtype != reference.dtype or y.shape != reference.shape:
        return f"{y.dtype}{list(y.shape)} for {reference.dtype}{list(reference.shape)}"
    if reference.dtype.kind == "f":
        close = np.allclose(y, reference, rtol=1e-3, atol=1e-5 * np.abs(reference).max(initial=0), equal_nan=True)
        return "" if close else f"differs by {np.nanmax(np.abs(y - reference)):.1e}"
    count = np.count_nonzero(y != reference)
    return f"{count} of {y.size} integers differ" if count else ""


def table() -> dict[str, tuple[str, ...]]:
    """The committed table: case -> outcome by target."""
    lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    return {case: tuple(outcomes) for case, *outcomes in lines}


def main(argv: list[str]) -> int:
    """Run, and write the table."""
    rows = [(case, *(outcome(case, target) for target in TARGETS)) for case in sorted(archive()) if not argv[1:] or argv[1] in case]
    text = "\n".join("\t".join(row) for row in (("case", "executor", "native"), *rows)) + "\n"
    if argv[:1] == ["--update"]:
        TABLE.write_text(text, encoding="utf-8")
    sys.stdout.write("\n".join("\t".join(r) for r in rows if r[1:] != ("pass", "pass")) + "\n")
    good = {r[0].partition("/")[0] for r in rows} - {r[0].partition("/")[0] for r in rows if r[1:] != ("pass", "pass")}
    sys.stdout.write(f"{sum(r[1:] == ('pass', 'pass') for r in rows)} of {len(rows)} cases, {len(good)} operators\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
