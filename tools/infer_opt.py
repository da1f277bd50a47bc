"""infer-opt: runs passes on IR text."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from inferir.core import InferError, PassManager, make_context, parse, text_of, verify
from inferir.core.diagnostics import render
from inferir.core.sidecar import attach_weights

EXAMPLE = """example:
  infer-opt model.mlir --pass-pipeline='builtin.module(func.func(canonicalize,cse),fold-batch-norm)' -o out.mlir
"""


def main(argv: Sequence[str], stdin: IO[str], stdout: IO[str], stderr: IO[str]) -> int:
    """Run the tool; returns the exit status: 0, or 1 where the input or the options are wrong."""
    parser = argparse.ArgumentParser(
        "infer-opt", description="Run passes on IR text.", epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input", nargs="?", default="-", help="IR text; '-' (the default) is standard input")
    parser.add_argument("-o", dest="output", default="-", help="where the result goes; '-' (the default) is standard output")
    parser.add_argument("--pass-pipeline", default="", metavar="TEXT", help="passes to run, as in mlir-opt")
    parser.add_argument("--split-input-file", action="store_true", help="treat chunks between '// -----' lines apart")
    parser.add_argument("--mlir-print-op-generic", action="store_true", help="print the generic form")
    parser.add_argument("--mlir-print-debuginfo", action="store_true", help="print locations")
    parser.add_argument("--allow-unregistered-dialect", action="store_true", help="accept ops of unknown dialects")
    options = parser.parse_args(argv)
    name = "<stdin>" if options.input == "-" else options.input
    try:
        text = stdin.read() if options.input == "-" else Path(options.input).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
        stderr.write(f"infer-opt: error: cannot read '{options.input}': {reason}\n")
        return 1
    chunks = _chunks(text) if options.split_input_file else [(1, text)]
    out: list[str] = []
    sources = {name: text}
    for line, chunk in chunks:
        try:
            ctx = make_context(options.allow_unregistered_dialect)
            ctx.sources[name] = text
            module = parse(chunk, name, ctx, line)
            verify(module)
            attach_weights(module, ctx, Path(options.input).parent if options.input != "-" else Path.cwd())
            PassManager(options.pass_pipeline, ctx).run(module)
            out.append(text_of(module, options.mlir_print_op_generic, options.mlir_print_debuginfo))
        except InferError as error:
            prefix = "" if error.location is not None else "infer-opt: "
            stderr.write(prefix + render(error, sources))
            return 1
    _write(options.output, "// -----\n".join(out), stdout)
    return 0


def run() -> int:
    """The console entry point."""
    return main(sys.argv[1:], sys.stdin, sys.stdout, sys.stderr)


def _chunks(text: str) -> list[tuple[int, str]]:
    """The parts of a file between whole `// -----` lines, with the line each begins at."""
    chunks: list[tuple[int, str]] = []
    first, rows = 1, []
    for number, row in enumerate(text.splitlines(keepends=True), 1):
        if row.strip() == "// -----":
            chunks.append((first, "".join(rows)))
            first, rows = number + 1, []
        else:
            rows.append(row)
    chunks.append((first, "".join(rows)))
    return chunks


def _write(path: str, text: str, stdout: IO[str]) -> None:
    if path == "-":
        stdout.write(text)
        return
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.replace(temporary, target)


if __name__ == "__main__":
    sys.exit(run())
