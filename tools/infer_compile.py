"""infer-compile: a model file or IR text -> a package."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from inferir.backends.package.writer import write_package
from inferir.backends.runtime.program import ModelError
from inferir.tools.command_line import CommandLine, exit_status, refuse_overwriting, sizes
from inferir.tools.console import console


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Compile; 0 when the package is written, 1 with the reason on `stderr` when it is not."""
    return exit_status("infer-compile", stderr, lambda: _compile(argv, stdin, stdout), ModelError)


def _compile(argv: Sequence[str], stdin: TextIO, stdout: TextIO) -> None:
    args = _parser().parse(argv, stdout)
    if args is None:
        return
    refuse_overwriting(args.output, args.model)
    from inferir.core.files import read_text
    from inferir.tools.driver import build_program, compiling

    with compiling("infer-compile", args.plugin) as ctx:
        ctx.weight_folders += args.weights_from
        model = read_text("-", stdin) if args.model == "-" else Path(args.model)
        program = build_program(model, args.target, args.opt_level, args.dims, ctx, args.keep_ir, not args.no_fallback, args.cpu)
        write_package(args.output, program)
        if args.report:
            from inferir.tools.report import write_report

            write_report(program, stdout)


def _parser() -> CommandLine:
    parser = CommandLine(
        "infer-compile",
        "Compile a model into a package that infer-run and inferir.load run.",
        "infer-compile m.onnx --target cpu -o m.infer",
    )
    parser.add_argument("model", help="a model file, or IR text (.mlir; - for standard input)")
    parser.add_argument("-o", dest="output", required=True, metavar="M.infer", help="the package to write")
    parser.add_argument("--target", default="cpu", help="what to compile for (default cpu)")
    parser.add_cpu()
    parser.add_argument("--opt-level", default="layout", help="none, basic, extended or layout (default)")
    parser.add_argument("--dims", type=sizes, default={}, help="fix symbolic dimensions: batch=1,seq=8")
    parser.add_argument("--keep-ir", action="store_true", help="put the lowered IR into the package, for people")
    parser.add_argument("--no-fallback", action="store_true", help="refuse a model that needs the reference executor, naming the operators")
    parser.add_argument(
        "--report",
        action="store_true",
        help="count kernels, say which parts repeat, list the operators without native code, why, and their share of the time",
    )
    parser.add_plugin()
    parser.add_weights_from()
    return parser


def run() -> int:
    """The console entry point."""
    return console("infer-compile", main)
