"""Native code against ONNX Runtime: the same models, inputs and threads, taking turns; medians and their geometric mean.

make bench
.venv/bin/python benchmarks/compare.py --models resnet50,mobilenetv2 --threads 1 --rounds 15
.venv/bin/python benchmarks/compare.py --models resnet50_int8,mobilenetv2_int8,squeezenet_int8,encoder_int8

A quantised model (quantised.py) takes turns with the floats it was made of too. Its outputs differ from ONNX Runtime's by units of their
quantisation, which no contract of floats allows: they are not compared here, but bit by bit in tests/unit/test_quantised_arithmetic.py.
"""

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import models
import quantised
import zoo
from oracle import Oracle, worst

import inferir

KNOWN = (*zoo.MODELS, *models.MODELS, *quantised.MODELS)


def main(argv: list[str] | None = None) -> int:
    """Print a line for each model and thread count, then the geometric means."""
    options = arguments(argv)
    print(f"{'model':<18} {'threads':>7} {'onnxruntime':>12} {'inferir':>10} {'speed-up':>9} {'error/allowed':>14} {'compile':>9}")
    rows = []
    for name in options.models:
        rows += compare(name, options)
    for threads in options.threads:
        ratios = [r["speedup"] for r in rows if r["threads"] == threads]
        print(f"geometric mean over {len(ratios)} models, {threads} thread(s): {geometric_mean(ratios):.3f} x ONNX Runtime")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(rows, indent=1))
    return int(any(r["excess"] > 1 for r in rows))


def compare(name: str, options: argparse.Namespace) -> list[dict]:
    """Measure one model at each thread count, and print it."""
    rows = []
    if name in models.MODELS:
        path = models.onnx_file(name)
        inputs = models.reference(path)[0]
    else:
        source = quantised if name in quantised.MODELS else zoo
        path, inputs = source.model(name), source.inputs(name)
    floats = quantised.floats(name) if name in quantised.MODELS else None
    started = time.perf_counter()
    compiled = inferir.compile(path, opt_level=options.opt_level, num_threads=options.threads[0])
    seconds = time.perf_counter() - started
    for threads in options.threads:
        model = type(compiled)(compiled.program, num_threads=threads)
        oracle = Oracle(path, threads)
        error = worst(model.run(inputs), oracle.run(inputs)) if floats is None else 0.0
        engines = [lambda m=model: m.run(inputs), lambda o=oracle: o.run(inputs)]
        wide = inferir.compile(floats, num_threads=threads) if floats is not None else None
        if wide is not None:
            engines.append(lambda w=wide: w.run(inputs))
        ours, theirs, *rest = interleaved(engines, options.rounds, options.seconds)
        rows.append(
            {
                "model": name,
                "threads": threads,
                "onnxruntime": theirs,
                "inferir": ours,
                "speedup": theirs / ours,
                "excess": error,
                "floats": rest[0] if rest else None,
                "compile": seconds,
            }
        )
        print(
            f"{name:<18} {threads:>7} {theirs * 1e3:>9.2f} ms {ours * 1e3:>7.2f} ms {theirs / ours:>8.3f}x {error:>14.3f} {seconds:>7.1f} s"
            + "".join(f"   floats {other * 1e3:.2f} ms, {other / ours:.2f} x" for other in rest),
            flush=True,
        )
        model.close()
        if wide is not None:
            wide.close()
    return rows


def interleaved(
    engines: list[Callable[[], object]], rounds: int, seconds: float, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """The median time of a call of each engine. In each round every engine is called for `seconds`, in alternating order; the first calls are
    not counted. `clock`: time.process_time on a shared machine, for engines of one thread."""
    times: list[list[float]] = [[] for _ in engines]
    for engine in engines:
        engine()
    for number in range(rounds):
        order = list(enumerate(engines))
        for which, engine in order if number % 2 else reversed(order):
            engine()  # brings its weights back into the caches
            end = clock() + seconds
            while True:
                started = clock()
                engine()
                done = clock()
                times[which].append(done - started)
                if done > end:
                    break
    return [statistics.median(t) for t in times]


def geometric_mean(values: list[float]) -> float:
    """exp of the mean logarithm; 1 of nothing."""
    return math.exp(statistics.fmean(map(math.log, values))) if values else 1.0


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measured = [m for m in zoo.MODELS if m not in zoo.SMALL]
    parser.add_argument(
        "--models",
        type=lambda s: s.split(","),
        default=measured,
        help="names of either zoo, comma separated (default: the CNNs)",
    )
    parser.add_argument("--threads", type=lambda s: [int(n) for n in s.split(",")], default=[1, 2], help="thread counts (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of taking turns (default: 7)")
    parser.add_argument("--seconds", type=float, default=0.25, help="time of an engine's turn (default: 0.25)")
    parser.add_argument("--opt-level", default="layout")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args(argv)
    if unknown := [m for m in options.models if m not in KNOWN]:
        parser.error(f"no model named {unknown[0]}; there are {', '.join(KNOWN)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
