"""Run every model of a folder of reproducers at each level, by the executor and natively with 1 and 2 threads, and print one row for each.

    python tests/fuzz/fault_files.py FOLDER [FOLDER ...] [--only NAME]

Beside NAME.onnx stands NAME.npz with in0, in1, ... and either out0, out1, ... (the right values) or `expect_error`; without out0 an error or any result
will do, as long as all ways agree about which of the two. Without an npz inputs are random. Exit code 1 where a model ends otherwise, by a signal or
traceback, after more than SECONDS, or in more than 3 GiB of memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from inferir.backends.runtime.arrays import random_inputs
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model

LEVELS = ("none", "basic", "extended", "layout")
WAYS = (("executor", "interpreter", 1), ("native 1", "cpu", 1), ("native 2", "cpu", 2))
SECONDS = 120
RTOL, ATOL = 1e-3, 1e-5


def difference(got: list[Any], want: list[Any]) -> str:
    """The largest difference between results, as a share of the largest value; empty within the numerics contract."""
    if len(got) != len(want):
        return f"{len(got)} outputs, not {len(want)}"
    for a, b in zip(got, want, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape:
            return f"shape {list(a.shape)}, not {list(b.shape)}"
        if a.dtype.kind not in "fiubc" or a.dtype.kind in "iub":
            if not np.array_equal(a, b):
                return "differs"
            continue
        largest = np.abs(b[np.isfinite(b)]).max(initial=0)
        if not np.allclose(a, b, RTOL, ATOL * largest, equal_nan=True):
            return f"off by {np.nanmax(np.abs(a.astype(np.float64) - b)):.1e} of {largest:.2g}"
    return ""


def outcome(path: Path, level: str, target: str, threads: int) -> str:
    """How one run of a model ends."""
    mate = path.with_suffix(".npz")
    held = dict(np.load(mate, allow_pickle=False)) if mate.exists() else {}
    begin = time.process_time()
    try:
        model = compile_model(str(path), target, opt_level=level, num_threads=threads)
        names = [port.name for port in model.inputs]
        feeds = {name: held[f"in{i}"] for i, name in enumerate(names) if f"in{i}" in held} or random_inputs(tuple(model.inputs), {}, 0)
        got = list(model.run(feeds).values())
    except (InferError, ModelError) as problem:
        said = str(problem)
        if "\n" in said.strip() and "Error" in said:
            return f"unclear: {said[:100]!r}"
        return "error" if "out0" not in held else f"refused: {said[:120]}"
    if "expect_error" in held:
        return "accepted, should be refused"
    want = [held[f"out{i}"] for i in range(len(got)) if f"out{i}" in held]
    wrong = difference(got, want) if want else ""
    return wrong or f"right{'' if want else ' (no value given)'}{_seconds(time.process_time() - begin)}"


def _seconds(spent: float) -> str:
    return f" in {spent:.1f} s of processor time" if spent > 5 else ""


def _serve(pipe: Any, *arguments: Any) -> None:
    limit = 3 << 30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    np.seterr(all="ignore")
    try:
        pipe.send(outcome(*arguments))
    except BaseException as problem:  # noqa: BLE001 -- whatever escapes is what this looks for
        pipe.send(f"traceback: {type(problem).__name__}: {str(problem)[:100]}")
    os._exit(0)


def apart(*arguments: Any) -> str:
    """`outcome` in a process of its own."""
    context = get_context("fork")
    mine, other = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(other, *arguments))
    child.start()
    other.close()
    try:
        return mine.recv() if mine.poll(SECONDS) else f"more than {SECONDS} s"
    except EOFError:
        child.join()
        return f"exit status {child.exitcode}"
    finally:
        child.kill()
        child.join()


def row(path: Path) -> tuple[str, bool]:
    """The outcomes of a model, those that are equal together, and whether all are right."""
    found: dict[str, list[str]] = {}
    for level in LEVELS:
        for way, target, threads in WAYS:
            found.setdefault(apart(path, level, target, threads), []).append(f"{level} {way}")
    good = len(found) == 1 and next(iter(found)).startswith(("right", "error"))
    if len(found) == 1:
        return next(iter(found)), good
    return "; ".join(f"{what}: {', '.join(ways)}" for what, ways in found.items()), all(w.startswith("right") for w in found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--only", default="", help="files whose name begins so")
    args = parser.parse_args()
    wrong = 0
    for path in sorted(p for folder in args.folders for p in folder.rglob("*.onnx") if p.name.startswith(args.only)):
        said, good = row(path)
        wrong += not good
        print(f"{'  ' if good else '! '}{path.parent.name + '/' + path.stem:44} {said}", flush=True)
    print(f"{wrong} models end otherwise than they should")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
