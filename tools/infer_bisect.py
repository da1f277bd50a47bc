"""infer-bisect: the first pass that changes what a program computes, down to the single pattern application.

infer-bisect model.mlir --plugin mine.py --my-pass -o fault.mlir
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from inferir.core import PassManager, discovery, make_context, parse, text_of, verify
from inferir.core.bisect import Fault, bisect
from inferir.core.compare import Comparison, Difference, tolerances
from inferir.core.files import read_text, write_whole
from inferir.core.reproducer import pipeline_of, reproducer_text
from inferir.core.sidecar import attach_weights, follow_text
from inferir.tools.command_line import CommandLine, UsageError, exit_status
from inferir.tools.console import console
from inferir.tools.pass_arguments import listed, pass_flags, pipeline_from, plugin_paths
from inferir.tools.rendered_errors import rendered
from inferir.tools.trial_options import tried

EXAMPLE = "infer-bisect model.mlir --plugin mine.py --my-pass -o fault.mlir"


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run; 0 when something to blame was found, 1 with one line on `stderr` when not."""
    return exit_status("infer-bisect", stderr, lambda: _bisect(argv, stdin, stdout))


def _bisect(argv: Sequence[str], stdin: TextIO, stdout: TextIO) -> None:
    sources: dict[str, str] = {}
    with rendered("infer-bisect", sources):
        rest, flags = pass_flags(argv)
        parser = _parser()
        parser.also_known = lambda: [f"--{name}" for name in sorted(discovery.quick_names())]
        parser.listed = listed
        args = parser.parse(rest, stdout)
        if args is not None:
            stdout.writelines(f"{line}\n" for line in _search(args, flags, argv, stdin, sources))


def _search(args: argparse.Namespace, flags: list[str], argv: Sequence[str], stdin: TextIO, sources: dict[str, str]) -> Iterator[str]:
    ctx = make_context(args.allow_unregistered_dialect)
    ctx.sources = sources
    ctx.weight_folders += args.weights_from
    folder = Path.cwd() if args.input == "-" else Path(args.input).parent
    text = read_text(args.input, stdin)
    module = parse(text, args.input, ctx)
    verify(module)
    attach_weights(module, ctx, folder)
    given = pipeline_of(text, args.input) if args.run_reproducer else args.pass_pipeline
    manager = PassManager(pipeline_from(given, flags), ctx, verify_each=True)
    rtol, atol = args.tolerance
    comparison = Comparison(ctx, rtol, atol, tried(args))
    fault = bisect(module, manager, comparison)
    if fault is None:
        for name, problem in comparison.cannot.items():
            if not any(function == name for function, _ in comparison.reference):
                raise UsageError(f"@{name} cannot be run: {problem}")
        if not comparison.reference:
            raise UsageError("there is no function to run, so nothing was compared")
        raise UsageError(f"none of {len(manager.passes())} passes changes what the program computes")
    yield from report(fault, comparison)
    if args.output is not None:
        module = fault.state.module
        follow_text(module, ctx, folder, Path(args.output))
        write_whole(args.output, reproducer_text(text_of(module, debuginfo=True), fault.state.pipeline()))
        plugins = "".join(f" --plugin {path}" for path in plugin_paths(argv))
        yield f"reproducer:   infer-opt {args.output}{plugins} --run-reproducer --check-numerics"


def report(fault: Fault, comparison: Comparison) -> Iterator[str]:
    """What was found, one fact a line."""
    step = fault.state.step
    yield f"pass:         {step.name}, run {fault.position} of {fault.runs}, as {fault.state.pipeline()}"
    found = fault.application
    if found is None:
        yield "application:  none, the pass itself does it"
    else:
        yield f"application:  {found.number} of {found.of}"
        yield f"pattern:      {found.pattern.name} ({found.pattern.origin})"
        law = found.pattern.law.partition("\n")[0]
        if law:
            yield f"law:          {law}"
        yield f"op:           {found.op}"
        yield f"source node:  {found.node or 'not known'}"
    before = "not known" if fault.before is None else f"{fault.before.error:.3g}"
    yield f"error before: {before}"
    if isinstance(fault.after, Difference) and fault.after.failure:
        yield f"error after:  {fault.after}"
    elif isinstance(fault.after, Difference):
        worst = fault.after
        within = f"rtol {comparison.rtol:g}, atol {comparison.atol:g} x the largest"
        yield f"error after:  {worst.error:.3g}, in {worst.elements} elements of result {worst.result} of @{worst.function} beyond {within}"
        yield f"trial:        {worst.trial}"
    else:
        yield f"error after:  {fault.after}"


def _parser() -> CommandLine:
    parser = CommandLine(
        "infer-bisect", "Find the first pass, and in it the pattern application, that changes what a program computes.", EXAMPLE
    )
    parser.add_argument("input", nargs="?", default="-", help="IR text; '-' (the default) is standard input")
    parser.add_argument("--pass-pipeline", default="", metavar="TEXT", help="passes to run, as in infer-opt; a pass is also a flag: --cse")
    parser.add_argument("--run-reproducer", action="store_true", help="run the pipeline that the input, a reproducer, names")
    parser.add_plugin()
    parser.add_argument(
        "--tolerance",
        type=tolerances,
        default=tolerances(""),
        metavar="RTOL,ATOL",
        help="what counts as the same (default 1e-3,1e-5; atol is times the largest value)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the inputs and of weights that are not there (default 0)")
    parser.add_argument(
        "--trials", type=int, metavar="N", help="how many choices of sizes and values are tried (default: one of each kind)"
    )
    parser.add_argument("--input", dest="input_file", default="", metavar="X.npz", help="try these inputs only")
    parser.add_argument("--allow-unregistered-dialect", action="store_true", help="accept ops of unknown dialects")
    parser.add_argument(
        "-o", dest="output", metavar="FILE", help="write what the pass was given and its pipeline there, for --run-reproducer"
    )
    parser.add_weights_from()
    return parser


def run() -> int:
    """The console entry point."""
    return console("infer-bisect", main)
