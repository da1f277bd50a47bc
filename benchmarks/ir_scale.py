"""infer-opt's infrastructure beside stock xDSL's (and mlir-opt where it is installed): parse, print, verify, cse, canonicalize.

    python benchmarks/ir_scale.py --sizes 1000,10000 --repeat 3

CPU seconds, medians of runs that take turns. Stock is only run up to --stock-limit ops. mlir-opt is measured as a process,
minus its run on an empty module.
"""

import argparse
import gc
import io
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ir_corpora import CORPORA
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.transforms.canonicalize import CanonicalizePass
from xdsl.transforms.common_subexpression_elimination import CommonSubexpressionElimination

from inferir.core import PassManager, make_context, parse, text_of, verify
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
    return out


def stock(text: str, ctx: Any) -> dict[str, float]:
    """The same with xDSL alone."""
    out = {}
    out["parse"], module = seconds(lambda: Parser(ctx, text).parse_module())
    out["verify"], _ = seconds(module.verify)
    out["print"], _ = seconds(lambda: stock_text(module))
    out["cse"], _ = seconds(lambda: CommonSubexpressionElimination().apply(ctx, module))
    again = Parser(ctx, text).parse_module()
    out["canonicalize"], _ = seconds(lambda: CanonicalizePass().apply(ctx, again))
    return out


def process_seconds(*command: str) -> float:
    """CPU time of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def mlir_opt(text: str) -> dict[str, float]:
    """Parse with print, and cse on top, of the installed mlir-opt; empty where there is none."""
    tool = shutil.which("mlir-opt-22") or shutil.which("mlir-opt")
    if tool is None:
        return {}
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file, tempfile.NamedTemporaryFile("w", suffix=".mlir") as empty:
        file.write(text)
        file.flush()
        flags = ("--mlir-disable-threading", "--allow-unregistered-dialect")
        base = process_seconds(tool, empty.name, *flags)
        whole = process_seconds(tool, file.name, *flags) - base
        return {"parse+print": whole, "cse": process_seconds(tool, file.name, "--cse", *flags) - base - whole}


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="1000,10000", help="numbers of ops")
    options.add_argument("--corpora", default=",".join(CORPORA))
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--stock-limit", type=int, default=10_000)
    args = options.parse_args()
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
