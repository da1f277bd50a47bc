"""infer-translate: the final code of a model, as text.

    infer-translate m.mlir --to=llvm
    infer-translate m.onnx --to=asm --cpu=x86-64-v3 --opt-level=extended

A module on buffers (level 4) is translated as it stands; anything else goes through the target's pipeline first.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from inferir.tools.command_line import CommandLine, exit_status, refuse_overwriting, sizes
from inferir.tools.console import console


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Translate; 0 when the text is written, 1 with the reason on `stderr` when it is not."""
    return exit_status("infer-translate", stderr, lambda: _translate(argv, stdin, stdout))


def _translate(argv: Sequence[str], stdin: TextIO, stdout: TextIO) -> None:
    args = _parser().parse(argv, stdout)
    if args is None:
        return
    refuse_overwriting(args.output, args.model)
    from inferir.core.files import read_text, write_whole
    from inferir.tools.driver import compiling, translated

    with compiling("infer-translate", args.plugin) as ctx:
        ctx.weight_folders += args.weights_from
        model = read_text("-", stdin) if args.model == "-" else Path(args.model)
        text = translated(model, args.to, args.target, args.opt_level, args.dims, ctx, args.cpu)
        if args.output in (None, "-"):
            stdout.write(text)
        else:
            write_whole(args.output, text)


def _parser() -> CommandLine:
    parser = CommandLine("infer-translate", "Print the final code of a model as text.", "infer-translate m.mlir --to=asm --cpu=x86-64-v3")
    parser.add_argument("model", help="a model file, or IR text (.mlir; - for standard input)")
    parser.add_argument("--to", required=True, metavar="KIND", help="llvm or asm for the cpu target")
    parser.add_argument("-o", dest="output", metavar="FILE", help="where to write the text (default: standard output)")
    parser.add_argument("--target", default="cpu", help="what to compile for (default cpu)")
    parser.add_cpu()
    parser.add_argument("--opt-level", default="layout", help="none, basic, extended or layout (default)")
    parser.add_argument("--dims", type=sizes, default={}, help="fix symbolic dimensions: batch=1,seq=8")
    parser.add_plugin()
    parser.add_weights_from()
    return parser


def run() -> int:
    """The console entry point."""
    return console("infer-translate", main)
