"""Random ONNX models, ours against ONNX Runtime.

    make fuzz N=2000                 # seeds 0 to 1999, reference executor
    make fuzz N=500 SEED=7000 ARGS="--target cpu --level layout"

A model has a few nodes drawn from the whole operator set, of a random version, with random ranks, shapes, element types, symbolic dimensions,
constant and computed parameters (see `onnx_operators`). ONNX Runtime computes every node by itself as it is added; the whole model, imported
and converted by us, must give the same. Where it does not, each node is run alone on ONNX Runtime's inputs: a node that differs then is a
mismatch, unless `EXPLAINED` has the reason; when none does, the model only magnifies rounding. A mismatch is left in build/fuzz as a model of
that one node with its inputs, and where it shows without ONNX Runtime as text that infer-reduce has shrunk.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fences
import numpy as np
import onnx
import onnx_operators  # noqa: F401 -- registers the generators
from onnx import helper
from onnx.reference import ReferenceEvaluator
from onnx_builder import GENERATORS, OPSETS, Builder, Refused, Value, make_model, run, value_info
from onnx_differences import DECLINED, explained

from inferir.core import InferError, PassManager, execute, make_context
from inferir.frontends.onnx import load
from inferir.tools import infer_import, infer_reduce
from inferir.tools.driver import compile_model

FOLDER = Path(__file__).resolve().parents[2] / "build" / "fuzz"
TRIES = 12
TOLERANCE = {np.dtype(np.float16): (1e-2, 1e-2), np.dtype(np.float32): (1e-3, 1e-5), np.dtype(np.float64): (1e-3, 1e-5)}
"""rtol, and atol as a share of the largest number, by element type. Everything else is equal."""


NO_KERNEL = re.compile("compiled for equal sizes")
"""What a compiled model says where a symbolic dimension is 1 and is broadcast against another: `--dims` has to tell."""
LOSSES = ("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss")
LIMIT = 60
"""Seconds for a compiled model."""


@dataclass
class Count:
    """What became of the drawn models."""

    same: int = 0
    magnified: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unsupported: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)
    operators: Counter[str] = field(default_factory=Counter)


def draw(seed: int, size: int, only: str = "") -> Builder:
    """A model of about `size` nodes, from the generators whose module or name is `only`, if given."""
    rng = random.Random(seed)
    builder = Builder(rng, rng.choice(OPSETS))
    known = {n: g for n, g in GENERATORS.items() if only in ("", n, g[1].__module__.rpartition(".")[2])}
    builder.opset = max(builder.opset, min(since for since, _ in known.values()))
    names = [n for n, (since, _) in known.items() if since <= builder.opset]
    wanted = rng.randint(1, size)
    for _ in range(TRIES):
        if len(builder.nodes) >= wanted:
            break
        name = rng.choice(names)
        try:
            GENERATORS[name][1](builder, name)
        except Refused:
            continue
    return builder


def ours(model: onnx.ModelProto, feeds: dict[str, Any], target: str, level: str) -> list[Any]:
    """What we compute for a model: by the reference executor, or compiled."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(model.SerializeToString())
        if target == "interpreter":
            ctx = make_context()
            module = load(path, ctx)
            PassManager("builtin.module(convert-framework-to-inference)", ctx).run(module)
            return execute(module, [feeds[v.name] for v in model.graph.input], ctx)
        with compile_model(str(path), target, level) as compiled:
            out = compiled(*[feeds[v.name] for v in model.graph.input])
            return list(out) if isinstance(out, tuple) else [out]


def difference(got: Any, want: Any) -> str | None:
    """How a result differs; None where it does not."""
    if isinstance(want, list):
        if not isinstance(got, list | tuple) or len(got) != len(want):
            return f"{len(got) if isinstance(got, list | tuple) else 'no'} elements, expected {len(want)}"
        return next((d for g, w in zip(got, want, strict=True) if (d := difference(g, w)) is not None), None)
    got, want = np.asarray(got), np.asarray(want)
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{got.dtype}{list(got.shape)}, expected {want.dtype}{list(want.shape)}"
    if want.dtype not in TOLERANCE:
        return None if np.array_equal(got, want) else f"{np.count_nonzero(got != want)} of {want.size} elements differ"
    rtol, share = TOLERANCE[want.dtype]
    finite = np.isfinite(want)
    largest = float(np.max(np.abs(want[finite]), initial=0))
    with np.errstate(all="ignore"):
        if np.allclose(got.astype(np.float64), want.astype(np.float64), rtol, share * largest, equal_nan=True):
            return None
        off = np.nanmax(np.abs(got[finite].astype(np.float64) - want[finite].astype(np.float64)), initial=0)
    return f"off by {off:.3g} of {largest:.3g}, {np.count_nonzero(np.isfinite(got) != finite)} not finite in only one"


def compared(model: onnx.ModelProto, feeds: dict[str, Any], expected: Sequence[Any], target: str, level: str) -> str | None:
    """How our results differ from the expected ones; None where they do not."""
    try:
        got = ours(model, feeds, target, level)
    except InferError as error:
        return f"{error.message}{''.join(' | ' + n.message for n in error.notes[:1])}"
    except Exception as error:  # noqa: BLE001 -- a crash is a finding too
        return f"crash: {type(error).__name__}: {error}"
    found = (difference(g, w) for g, w in zip(got, expected, strict=True))
    return next((d for d in found if d is not None), None)


def arbiter_agrees(model: onnx.ModelProto, feeds: dict[str, Any], target: str, level: str) -> bool:
    """Whether ONNX's own reference implementation gives what we give, or does not run the node: it has not every version of every operator."""
    try:
        expected = ReferenceEvaluator(model).run(None, feeds)
    except Exception:  # noqa: BLE001 -- whatever its operators raise
        return True
    return compared(model, feeds, list(expected), target, level) is None  # pyright: ignore[reportArgumentType]


def alone(builder: Builder, node: onnx.NodeProto, operands: Sequence[Value], results: Sequence[Value]) -> tuple[Any, ...]:
    """A node as a model of its own, with its inputs and outputs; what was constant stays so."""
    operands = list({v.name: v for v in operands}.values())
    constants = [v for v in operands if v in builder.constants]
    inputs = [v for v in operands if v not in builder.constants]
    graph = helper.make_graph(
        [node],
        node.op_type,
        [value_info(v, v.shape if isinstance(v.array, np.ndarray) else None) for v in inputs],
        [value_info(v, None if isinstance(v.array, list) else [None] * v.rank) for v in results],
        [onnx.numpy_helper.from_array(v.array, v.name) for v in constants],
    )
    return make_model(graph, builder.opset), {v.name: v.array for v in inputs}, [v.array for v in results]


def judged(builder: Builder, seed: int, target: str, level: str) -> Count:
    """`compare` in a process of its own where code is compiled: what crashes costs that model and no other."""
    count = Count()
    if target == "interpreter":
        compare(builder, seed, target, level, count)
        return count
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_answer, args=(theirs, builder, seed, target, level), daemon=True)
    process.start()
    theirs.close()
    try:
        count = ours.recv() if ours.poll(LIMIT) else Count(mismatches=[f"seed {seed}: no result after {LIMIT} s"])
    except EOFError:
        process.join()
        count.mismatches.append(f"seed {seed}: crash: exit status {process.exitcode}, {[n.op_type for n in builder.nodes]}")
        print(count.mismatches[-1], flush=True)
    process.kill()
    process.join()
    return count


def _answer(connection: Any, builder: Builder, seed: int, target: str, level: str) -> None:
    count = Count()
    compare(builder, seed, target, level, count)
    connection.send(count)
    connection.close()


def check(seed: int, size: int, target: str, level: str, count: Count, only: str = "") -> None:
    """Draw a model and compare."""
    builder = draw(seed, size, only)
    if target != "interpreter" and any(n.op_type in LOSSES for n in builder.nodes):
        count.unsupported["a loss: framework-to-eval takes it out before code is compiled"] += 1
        return
    found = judged(builder, seed, target, level)
    count.same += found.same
    count.magnified += found.magnified
    count.refused += found.refused
    count.explained += found.explained
    count.unsupported += found.unsupported
    count.operators += found.operators
    count.mismatches += found.mismatches


def compare(builder: Builder, seed: int, target: str, level: str, count: Count) -> None:
    """Run a drawn model both ways, and say in `count` what came of it."""
    if not builder.nodes:
        count.refused += 1
        return
    model = builder.model()
    values = {v.name: v.array for v in builder.results}
    feeds = {v.name: v.array for v in builder.inputs}
    try:
        run(model, feeds)
    except Refused:
        count.refused += 1
        return
    count.operators.update(n.op_type for n in builder.nodes)
    problem = compared(model, feeds, [values[o.name] for o in model.graph.output], target, level)
    if problem is None:
        count.same += 1
        return
    if target != "interpreter" and (kernel := NO_KERNEL.search(problem)):
        count.unsupported[kernel[0]] += 1
        return
    reasons = set()
    for node, operands, results in builder.ran:
        single, given, expected = alone(builder, node, operands, results)
        found = compared(single, given, expected, target, level)
        if found is None or (target != "interpreter" and NO_KERNEL.search(found)):
            continue
        reason = explained(node, builder.opset, operands, results)
        if reason is None or not (reason.unspecified or arbiter_agrees(single, given, target, level)):
            report(count, seed, f"{node.op_type}-{builder.opset}: {found}", single, given, target, level)
            return
        reasons.add(reason.text)
    reasons |= {why for message, why in DECLINED.items() if message in problem}
    if reasons:
        count.explained.update(reasons)
    elif problem.startswith("off by") or "elements differ" in problem:
        count.magnified += 1
    else:
        report(count, seed, f"the whole model, no node alone: {problem}", model, feeds, target, level)


def shrunk(model: Path, target: str, level: str, what: str) -> Path | None:
    """The model's text, shrunk while the conversion (or, of a compiled target, the comparison with the reference executor) still fails so."""
    text, small = model.with_suffix(".mlir"), model.with_suffix(".small.mlir")
    out = io.StringIO()
    if infer_import.main([str(model), "-o", str(text)], io.StringIO(), out, out) != 0:
        return None
    convert = "infer-opt --pass-pipeline='builtin.module(convert-framework-to-inference)' -o /dev/null"
    compiled = f"infer-run --input random --reference interpreter --target {target} --opt-level {level}"
    command = convert if target == "interpreter" else compiled
    numbers = re.search(r"off by|elements differ|expected", what)
    same = "TOO FAR OFF" if numbers else re.escape(re.split(r"[\d<\[]", what.partition(": ")[2])[0].strip())
    found = infer_reduce.main([str(text), "--test", command, "--match", same, "-o", str(small)], io.StringIO(), out, out)
    return small if found == 0 else None


def report(count: Count, seed: int, what: str, model: onnx.ModelProto, feeds: dict[str, Any], target: str, level: str) -> None:
    """Note a mismatch and keep its model and inputs; shrink what can be shrunk without ONNX Runtime."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"onnx-{seed}.onnx"
    path.write_bytes(model.SerializeToString())
    small = shrunk(path, target, level, what)
    arrays = {k: v for k, v in feeds.items() if isinstance(v, np.ndarray)}
    np.savez(FOLDER / f"onnx-{seed}.npz", **arrays)  # pyright: ignore[reportArgumentType]
    count.mismatches.append(f"seed {seed}: {what}")
    print(f"seed {seed}: {what}\n  {path.relative_to(FOLDER.parents[1])}{'' if small is None else f', shrunk: {small.name}'}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first model; the next ones follow")
    parser.add_argument("--size", type=int, default=4, help="nodes of a model, at most about")
    parser.add_argument("--target", default="interpreter", help="interpreter (default) or cpu")
    parser.add_argument("--level", default="layout", help="of a compiled target")
    parser.add_argument(
        "--only", default="", metavar="NAME", help="one generator, or a module of them (published: graphs as real models have them)"
    )
    parser.add_argument("--strict", action="store_true", help="what has an explanation is a mismatch too")
    parser.add_argument("--fences", choices=fences.SIDES, help="pages that cannot be touched on either side of every buffer")
    options = parser.parse_args(argv)
    if options.fences:
        fences.install(options.fences)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    count, started = Count(), time.perf_counter()
    for seed in range(options.seed, options.seed + options.count):
        check(seed, options.size, options.target, options.level, count, options.only)
    print(
        f"{options.count} models in {time.perf_counter() - started:.0f} s: {count.same} the same, {count.explained.total()} explained, "
        f"{count.magnified} magnify rounding, {count.refused} refused by ONNX Runtime, {count.unsupported.total()} without a kernel, {len(count.mismatches)} mismatches; "
        f"{len(count.operators)} of {len(GENERATORS)} operators"
    )
    for reason, times in count.explained.most_common():
        print(f"  {times:4} {reason}")
    for kernel, times in count.unsupported.most_common(20):
        print(f"  {times:4} {kernel}")
    return int(bool(count.mismatches) or (options.strict and bool(count.explained)))


if __name__ == "__main__":
    sys.exit(main())
