"""kill -9 while a file is written: afterwards there is the old file or the new one, and the next run leaves nothing beside it.

    python tests/fuzz/kills.py --count 100 --seed 0

Each round starts a writer (infer-compile, infer-import, infer-run --output, or infer-compile with an empty cache) in a child that is killed when its
temporary file appears, at once or a little later. Then the same writer runs to its end.
"""

import argparse
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inferir.tools import infer_compile, infer_import, infer_run

DATA = Path(__file__).resolve().parents[2] / "tests" / "models" / "data"
MODEL = str(DATA / "lenet.onnx")
LONGEST = 60.0  # seconds that a writer may take to begin


def run(tool: Any, *argv: object) -> None:
    """A tool that must work."""
    err = io.StringIO()
    assert tool.main([str(word) for word in argv], io.StringIO(), io.StringIO(), err) == 0, err.getvalue()


def writers(folder: Path) -> dict[str, tuple[Callable[[], None], Path]]:
    """What writes, and the folder in which its temporary file appears."""
    cache = folder / "cache" / "objects"

    def compile_anew() -> None:
        for file in cache.glob("*.o"):
            file.unlink()
        run(infer_compile, MODEL, "-o", folder / "elsewhere" / "c.infer")

    return {
        "infer-compile": (lambda: run(infer_compile, MODEL, "-o", folder / "m.infer"), folder),
        "infer-import": (lambda: run(infer_import, MODEL, "-o", folder / "m.mlir"), folder),
        "infer-run": (lambda: run(infer_run, folder / "whole.infer", "--input", "random", "--output", folder / "y.npz"), folder),
        "the cache": (compile_anew, cache),
    }


def killed_while_writing(write: Callable[[], None], watched: Path, delay: float) -> bool:
    """Run a writer in a child and kill it some time after its temporary file has appeared; False where it was too quick."""
    before = temporaries(watched)
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            write()
        finally:
            os._exit(0)
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return False
        if temporaries(watched) - before:
            time.sleep(delay)
            break
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def temporaries(folder: Path) -> set[str]:
    """The temporary files in a folder."""
    return {name for name in os.listdir(folder) if name.startswith(".inferir-")}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but what is temporary."""
    return {str(f): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file() and not f.name.startswith(".inferir-")}


def rounds(count: int, seed: str, folder: Path) -> Iterator[str]:
    """The outcome of each round: "killed" and "too quick" are good, all else is a fault."""
    rng = random.Random(seed)
    os.environ["INFERIR_CACHE"] = str(folder / "cache")
    (folder / "elsewhere").mkdir()
    run(infer_compile, MODEL, "-o", folder / "whole.infer")
    all_of_them = writers(folder)
    for write, _ in all_of_them.values():
        write()
    right = contents(folder)
    for _ in range(count):
        name = rng.choice(list(all_of_them))
        write, watched = all_of_them[name]
        hit = killed_while_writing(write, watched, rng.choice((0, 0, 0.0002, 0.001)))
        now = contents(folder)
        damaged = [file for file, data in now.items() if right.get(file) != data]
        lost = [file for file in right if file not in now and watched == folder]
        write()
        left = [file for place in {watched, folder} for file in temporaries(place)]
        if contents(folder) != right:
            damaged.append("after the next run")
        if damaged or lost or left:
            yield f"{name}: damaged {damaged}, lost {lost}, left {left}"
        else:
            yield "killed" if hit else "too quick"


def kills(count: int, seed: str) -> Counter[str]:
    """The outcomes of so many rounds, counted."""
    before = os.environ.get("INFERIR_CACHE")
    try:
        with tempfile.TemporaryDirectory() as folder:
            return Counter(rounds(count, seed, Path(folder)))
    finally:
        os.environ.pop("INFERIR_CACHE", None)
        if before is not None:
            os.environ["INFERIR_CACHE"] = before


def main(argv: list[str] | None = None) -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", default="0")
    args = parser.parse_args(argv)
    found = kills(args.count, args.seed)
    print(", ".join(f"{outcome}: {count}" for outcome, count in found.items()))
    return int(bool(found.keys() - {"killed", "too quick"}))


if __name__ == "__main__":
    sys.exit(main())
