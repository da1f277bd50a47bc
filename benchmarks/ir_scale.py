"""infer-opt's infrastructure beside stock xDSL's (and mlir-opt where it is installed): parse, print, verify, cse, canonicalize, rewrite.

    python benchmarks/ir_scale.py --sizes 1000,10000 --repeat 3

CPU seconds, medians of runs that take turns. Stock is only run up to --stock-limit ops. mlir-opt's CPU time is split by
its own timing report. `rewrite` is a pattern that replaces every addition and
multiplication; `--limits` measures many patterns, deep nesting and the start-up instead.
"""

import argparse
import gc
import io
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ir_corpora import CORPORA
from xdsl.dialects import arith
from xdsl.parser import Parser
from xdsl.pattern_rewriter import PatternRewriter, PatternRewriteWalker, RewritePattern, op_type_rewrite_pattern
from xdsl.printer import Printer
from xdsl.transforms.canonicalize import CanonicalizePass
from xdsl.transforms.common_subexpression_elimination import CommonSubexpressionElimination

from inferir.core import PassManager, Rewriter, apply_patterns, make_context, parse, rewrites, text_of, verify
from inferir.core.cse import eliminate_common_subexpressions


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU time of a call, and what it gave."""
    gc.collect()
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def stock_text(module: Any) -> str:
    """xDSL's text."""
    stream = io.StringIO()
    Printer(stream).print_op(module)
    return stream.getvalue()


def ours(text: str, ctx: Any) -> dict[str, float]:
    """One run of every step."""
    out = {}
    out["parse"], module = seconds(lambda: parse(text, "m.mlir", ctx))
    out["verify"], _ = seconds(lambda: verify(module))
    out["print"], _ = seconds(lambda: text_of(module))
    out["cse"], _ = seconds(lambda: eliminate_common_subexpressions(module))
    again = parse(text, "m.mlir", ctx)
    out["canonicalize"], _ = seconds(lambda: PassManager("canonicalize", ctx, verify_each=False).run(again))
    third = parse(text, "m.mlir", ctx)
    out["rewrite"], _ = seconds(lambda: apply_patterns(third, [to_subtraction], ctx))
    return out


@rewrites(arith.MulfOp, arith.AddfOp)
def to_subtraction(op: arith.MulfOp | arith.AddfOp, rw: Rewriter) -> None:
    """Every op becomes another."""
    rw.replace(op, rw.create(arith.SubfOp, op.operands, op.result_types, op.properties))


class ToSubtraction(RewritePattern):
    """The same for xDSL's walker."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: arith.MulfOp | arith.AddfOp, rewriter: PatternRewriter) -> None:
        """Every op becomes another."""
        rewriter.replace(op, arith.SubfOp(op.lhs, op.rhs, op.fastmath))


def stock(text: str, ctx: Any) -> dict[str, float]:
    """The same with xDSL alone."""
    out = {}
    out["parse"], module = seconds(lambda: Parser(ctx, text).parse_module())
    out["verify"], _ = seconds(module.verify)
    out["print"], _ = seconds(lambda: stock_text(module))
    out["cse"], _ = seconds(lambda: CommonSubexpressionElimination().apply(ctx, module))
    again = Parser(ctx, text).parse_module()
    out["canonicalize"], _ = seconds(lambda: CanonicalizePass().apply(ctx, again))
    third = Parser(ctx, text).parse_module()
    out["rewrite"], _ = seconds(lambda: PatternRewriteWalker(ToSubtraction()).rewrite_module(third))
    return out


def process_seconds(*command: str) -> float:
    """CPU time of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def mlir_opt(text: str) -> dict[str, float]:
    """What the installed mlir-opt takes: its CPU time, split as its own timing report splits the elapsed time. Empty where there is none."""
    tool = shutil.which("mlir-opt-22") or shutil.which("mlir-opt")
    if tool is None:
        return {}
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write(text)
        file.flush()
        flags = ("--mlir-disable-threading", "--allow-unregistered-dialect", "--cse", "--mlir-timing", "--mlir-timing-display=list")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run([tool, file.name, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        shares = {name: float(part) / 100 for part, name in re.findall(r"\(\s*([0-9.]+)%\)\s+(Parser|Output|CSE)$", said, re.MULTILINE)}
        steps = {"parse+verify": "Parser", "print": "Output", "cse": "CSE"}
        return {step: cpu * shares.get(name, 0.0) for step, name in steps.items()}


def limits() -> None:
    """Many patterns, deep nesting, start-up."""
    ctx = make_context()
    text = CORPORA["chain"](10_000)
    idle = [k for k in arith.Arith.operations if k not in (arith.MulfOp, arith.AddfOp, arith.SubfOp)]
    for count in (10, 100):
        declining = [replace(to_subtraction, name=f"idle{i}", op_types=(idle[i % len(idle)],)) for i in range(count - 1)]
        times = [seconds(lambda d=declining: apply_patterns(parse(text, "m.mlir", ctx), [to_subtraction, *d], ctx))[0] for _ in range(3)]
        print(f"{count} patterns, one matches: {statistics.median(times):.3f} s with parsing")
    for depth in (200, 2000):
        deep = "".join(f"scf.if %c {{\n{NESTED_OP.format(i)}" for i in range(depth)) + "}\n" * depth
        whole = f"func.func @f(%c: i1, %x: f32) {{\n{deep}return\n}}\n"
        taken, module = seconds(lambda w=whole: parse(w, "deep.mlir", ctx))
        steps = {"parse": taken, "verify": seconds(lambda m=module: verify(m))[0], "print": seconds(lambda m=module: text_of(m))[0]}
        steps["canonicalize"] = seconds(lambda m=module: PassManager("canonicalize", ctx).run(m))[0]
        print(f"{depth} nested regions:", ", ".join(f"{k} {v:.2f} s" for k, v in steps.items()))
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write("builtin.module {}\n")
        file.flush()
        folder = Path(sys.executable).parent
        tools = {name: str(folder / name) for name in ("infer-opt", "xdsl-opt")}
        runs = [{name: process_seconds(tool, file.name) for name, tool in tools.items()} for _ in range(9)]
    print("start-up:", ", ".join(f"{name} {statistics.median(r[name] for r in runs):.3f} s" for name in tools))


NESTED_OP = '%v{0} = arith.addf %x, %x : f32\n"test.op"(%v{0}) : (f32) -> ()\n'


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="1000,10000", help="numbers of ops")
    options.add_argument("--corpora", default=",".join(CORPORA))
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--stock-limit", type=int, default=10_000)
    options.add_argument("--limits", action="store_true", help="many patterns, deep nesting, start-up")
    args = options.parse_args()
    if args.limits:
        limits()
        return
    for name in args.corpora.split(","):
        ctx = make_context()
        warm = CORPORA[name](200)
        ours(warm, ctx)
        stock(warm, ctx)
        for size in (int(s) for s in args.sizes.split(",")):
            text = CORPORA[name](size)
            mine: list[dict[str, float]] = []
            theirs: list[dict[str, float]] = []
            for _ in range(args.repeat):
                mine.append(ours(text, ctx))
                if size <= args.stock_limit:
                    theirs.append(stock(text, ctx))
            for step in mine[0]:
                m = statistics.median(r[step] for r in mine)
                s = statistics.median(r[step] for r in theirs) if theirs else None
                beside = "" if s is None else f"  xdsl {s:8.3f} s  {s / m:6.1f} x"
                print(f"{name:8} {size:7}  {step:13} {m:8.3f} s{beside}", flush=True)
            for step, taken in mlir_opt(text).items():
                print(f"{name:8} {size:7}  {step:13} {taken:8.3f} s  (mlir-opt)", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
