"""ResNet-50 from its ONNX file to native code, one level after the other, every step checked.

make demo
.venv/bin/python examples/demo.py --model squeezenet
"""

import argparse
import io
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

import inferir
from inferir.backends.runtime.arrays import contract

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import zoo
from oracle import Oracle

FOLDER = ROOT / "build" / "demo"


def tool(name: str, *argv: str) -> None:
    """Run one of the command lines as a shell would, and show it."""
    words = [str(Path(a).relative_to(ROOT)) if a.startswith(str(ROOT)) else a for a in argv]
    print(f"\n$ {shlex.join([name, *words])}", flush=True)
    started, err = time.perf_counter(), io.StringIO()
    code = import_module(f"inferir.tools.{name.replace('-', '_')}").main(list(argv), sys.stdin, sys.stdout, err)
    if code:
        sys.exit(f"{err.getvalue()}{name} ended with exit code {code}")
    print(f"  ({time.perf_counter() - started:.1f} s)")


def show(file: Path, lines: int = 8) -> None:
    """The first operations of a module, constants left out, and how many there are of each kind."""
    text = file.read_text(encoding="utf-8").splitlines()
    for line in [line for line in text if "constant" not in line][:lines]:
        print(f"    {line[:150]}{' ...' if len(line) > 150 else ''}")
    words = (next((w for w in line.replace("(", " ").replace('"', "").split("=", 1)[-1].split() if "." in w), "") for line in text)
    kinds = Counter(w for w in words if w[0:1].isalpha())
    print(f"    ... {len(text)} lines: " + ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(6)))


def check(title: str, expected: np.ndarray, runs: dict[str, Callable[[], np.ndarray]]) -> bool:
    """Print a row for each run: time, largest error and its share of what the numerics contract allows. True where all are within it."""
    print(f"\n{title} (largest value {np.abs(expected).max():.4g})")
    print(f"  {'':<34} {'time':>10} {'max error':>11} {'of allowed':>11}")
    fine = True
    for name, run in runs.items():
        run()
        started = time.perf_counter()
        y = run()
        seconds = time.perf_counter() - started
        error, share = contract(np.asarray(y), expected)
        fine &= share <= 1
        print(f"  {name:<34} {seconds * 1e3:>7.1f} ms {error:>11.3g} {share:>10.2%}{'' if share <= 1 else '  TOO FAR OFF'}", flush=True)
    return fine


def engines(path: Path, x: np.ndarray, one: Any, two: Any) -> dict[str, Callable[[], Any]]:
    """The ways to run a model on x: the reference executor, the compiled model with one and two threads, ONNX Runtime."""
    interpreted, oracle = inferir.compile(path, target="interpreter", opt_level="none"), Oracle(path)
    feed = {zoo.signature(path)[0][0]: x}
    return {
        "reference executor": lambda: interpreted(x),
        "native code, 1 thread": lambda: one(x),
        "native code, 2 threads": lambda: two(x),
        "ONNX Runtime, 1 thread": lambda: next(iter(oracle.run(feed).values())),
    }


def main() -> int:
    """0 when every result is within the numerics contract."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="resnet50", choices=zoo.LIGHT)
    name = parser.parse_args().model
    FOLDER.mkdir(parents=True, exist_ok=True)
    source, x, stored = zoo.light(name)
    levels = [FOLDER / f"{name}.{n}.mlir" for n in ("1-framework", "2-inference", "3-cpu", "4-arena")]
    package = FOLDER / f"{name}.infer"

    print("# Level 1, `framework`: the source graph, lossless")
    tool("infer-import", str(source), "-o", str(levels[0]))
    show(levels[0])
    for before, after, passes, title in (
        (levels[0], levels[1], "inference-layout", "Level 2, `inference`: canonical ops, one meaning each, optimised"),
        (
            levels[1],
            levels[2],
            "propagate-layout{to=nhwc},cpu-fuse",
            "Level 3, `cpu` on tensors: an op per kernel, with its epilogue and tile",
        ),
        (levels[2], levels[3], "cpu-memory", "Level 4, `cpu` on an arena: launches of kernels over memory at planned offsets"),
    ):
        print(f"\n# {title}")
        tool("infer-opt", str(before), f"--pass-pipeline=builtin.module({passes})", "-o", str(after))
        show(after)
    print("\n# Level 5, native code: all of it again by one command, from the model to a package")
    tool("infer-compile", str(source), "--target=cpu", "--opt-level=layout", "-o", str(package))
    print(f"  {package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB")

    print("\n# Run and check")
    one, two = (inferir.load(package, num_threads=n) for n in (1, 2))
    title = f"{source.name}, weights as the onnx package generates them, against the output it stores"
    fine = check(title, stored, engines(source, x, one, two))

    path = zoo.model(name)
    (inputs,) = zoo.inputs(name).values()
    one = inferir.compile(path, num_threads=1)
    runs = engines(path, inputs, one, type(one)(one.program, num_threads=2))
    fine &= check("The same graph with random weights, against ONNX Runtime", runs["ONNX Runtime, 1 thread"](), runs)
    print(
        f"\n{'All results are within' if fine else 'NOT all results are within'} the numerics contract: rtol 1e-3, atol 1e-5 x max|reference|."
    )
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
