"""infer-opt: runs passes on IR text.

infer-opt model.mlir --pass-pipeline='builtin.module(func.func(canonicalize,cse))' -o out.mlir
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from xdsl.dialects.builtin import ModuleOp

from inferir.core import InferError, PassManager, discovery, parse, text_of, verify
from inferir.core.context import Context, make_context
from inferir.core.diagnostics import Diagnostic, diagnostics_of
from inferir.core.expected import mismatches
from inferir.core.files import read_text, write_whole
from inferir.core.pass_manager import first_line
from inferir.core.pipeline import Pipeline
from inferir.core.plugins import own_plugins
from inferir.core.printer import PrintOptions
from inferir.core.reproducer import pipeline_of, reproducer_text
from inferir.core.sidecar import attach_weights, follow_text, say_from
from inferir.core.split_input import split
from inferir.tools.command_line import UsageError
from inferir.tools.console import console
from inferir.tools.opt_options import options, spelled_out
from inferir.tools.opt_watching import Watching
from inferir.tools.pass_arguments import listed, pass_flags, pipeline_from

if TYPE_CHECKING:
    from inferir.tools.emit_test import Outcome


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run the tool; returns the exit status: 0, or 1 where the input or the options are wrong."""
    if "--like-xdsl-opt" in argv:
        from inferir.tools.like_xdsl_opt import main as like_xdsl_opt

        return like_xdsl_opt([word for word in argv if word != "--like-xdsl-opt"], stdin, stdout, stderr)
    try:
        with own_plugins():
            rest, flags = pass_flags(argv)
            parser = options()
            parser.also_known = lambda: [f"--{name}" for name in sorted(discovery.quick_names())]
            parser.listed = listed
            args = parser.parse(spelled_out(rest), stdout)
            return 0 if args is None else Session(args, flags, stdin, stdout, stderr).run()
    except (UsageError, InferError) as error:
        if "--debug" in argv:
            stderr.write(trace(error))
        stderr.write(f"infer-opt: error: {error}\n")
    except BrokenPipeError:
        raise  # `infer-opt ... | head`
    except Exception as error:  # noqa: BLE001  (the last line of defence: a user sees one line)
        if "--debug" in argv:
            stderr.write(trace(error))
        stderr.write(f"infer-opt: internal error: {type(error).__name__}: {first_line(str(error))} (--debug shows where)\n")
    return 1


def trace(error: BaseException) -> str:
    """Where in the compiler an error comes from."""
    import traceback

    return "".join(traceback.format_exception(error))


class Session:
    """One run of the tool."""

    def __init__(self, args: argparse.Namespace, flags: list[str], stdin: TextIO, stdout: TextIO, stderr: TextIO):
        self.args = args
        self.flags = flags
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.name = "<stdin>" if args.input == "-" else args.input
        self.folder = Path.cwd() if args.input == "-" else Path(args.input).parent
        self.sources: dict[str, str] = {}
        self.printing = print_options(args)
        self.outcomes: list[Outcome] = []
        self.pipeline_text = ""

    def run(self) -> int:
        """All of it; returns the exit status."""
        args = self.args
        if args.version:
            from importlib.metadata import version

            self.stdout.write(f"inferir {version('inferir')}, xDSL {version('xdsl')}\n")
            return 0
        if args.show_dialects:
            self.stdout.write(f"Available Dialects: {', '.join(sorted(make_context().registered_dialect_names))}\n")
            return 0
        if args.list_passes:
            from inferir.core.listing import list_passes

            list_passes(self.stdout)
            return 0
        if args.explain_pipeline:
            from inferir.core.listing import explain_pipeline

            explain_pipeline(PassManager(self.pipeline(""), make_context()), self.stdout)
            return 0
        text = read_text(args.input, self.stdin)
        self.sources[self.name] = text
        chunks = split(text, args.split_input_file) if args.split_input_file else [(1, text)]
        outputs = [self.chunk(line, chunk) for line, chunk in chunks]
        if args.emit_test and None not in outputs:
            from inferir.tools.emit_test import lit_test

            outputs = [lit_test(self.outcomes, args, self.flags, self.pipeline_text)]
        self.write(f"{args.output_split_marker}\n".join(o or "" for o in outputs))
        return int(any(o is None for o in outputs))

    def chunk(self, line: int, text: str) -> str | None:
        """What one part of the input becomes; None where something was wrong, which is then on stderr."""
        ctx = make_context(self.args.allow_unregistered_dialect)
        ctx.sources = self.sources
        ctx.weight_folders += self.args.weights_from
        found: list[Diagnostic] = []
        out: str | None = None
        try:
            out = self.compile(text, line, ctx)
        except InferError as error:
            if self.args.debug:
                self.stderr.write(trace(error))
            notes = () if self.args.mlir_disable_diagnostic_notes else error.notes
            found = diagnostics_of(InferError(error.message, error.location, notes))
        if self.args.verify_diagnostics is not None:
            strict = self.args.verify_diagnostics == "all"
            problems = mismatches(text, [*ctx.diagnostics, *found], self.name, line, strict)
            self.stderr.write("".join(p.render(self.sources) for p in problems))
            return None if problems else out or ""
        shown = self.sources if self.args.mlir_print_op_on_diagnostic else {}
        levels = ("error", "warning", "remark")
        quiet = levels[levels.index(self.args.mlir_diagnostic_verbosity_level[:-1]) + 1 :]
        self.stderr.write("".join(d.render(shown) for d in ctx.diagnostics if d.severity not in quiet))
        if found:
            prefix = "" if found[0].location is not None else "infer-opt: "
            self.stderr.write(prefix + "".join(d.render(shown) for d in found))
        return out

    def compile(self, text: str, line: int, ctx: Context) -> str:
        """Parse, run the passes, print."""
        args = self.args
        timing = None
        if args.mlir_timing:
            from inferir.core.instruments.timing import Timing

            timing = Timing()
        phase = timing.phase if timing is not None else no_phase
        for path in args.irdl_file:
            define_irdl(path, ctx)
        with phase("Parser"):
            module = parse(text, self.name, ctx, line, not args.no_implicit_module)
            if not args.mlir_very_unsafe_disable_verifier_on_parsing:
                verify(module)
            attach_weights(module, ctx, self.folder)
        manager = PassManager(self.pipeline(text), ctx, verify_each=args.verify_each)
        watching = Watching(args, manager, self.stderr, self.sources, self.printing, timing)
        manager.instruments = watching.instruments()
        if args.dump_pass_pipeline:
            self.stderr.write(f"Pass Manager with {len(manager.root.steps)} passes:\n{manager.spec()}\n")
        if args.mlir_generate_reproducer:
            write_whole(args.mlir_generate_reproducer, reproducer_text(text_of(module, debuginfo=True), manager.spec(), args.verify_each))
        try:
            if args.emit_test:
                from inferir.tools.emit_test import run_for_test

                self.pipeline_text = manager.spec()
                self.outcomes.append(run_for_test(module, manager))
                return ""
            manager.run(module)
            with phase("Output"):
                return self.printed(module, ctx)
        finally:
            watching.report()

    def pipeline(self, text: str) -> Pipeline:
        """The passes to run: of the pipeline option or the reproducer, then those given as flags."""
        given = pipeline_of(text, self.name) if self.args.run_reproducer else self.args.pass_pipeline
        return pipeline_from(given, self.flags)

    def printed(self, module: ModuleOp, ctx: Context) -> str:
        """The result as text."""
        args = self.args
        if not args.verify_each and not args.mlir_print_assume_verified:
            verify(module)
        if args.output != "-":
            follow_text(module, ctx, self.folder, Path(args.output))
        else:
            say_from(module, self.folder, Path.cwd())
        if args.verify_roundtrip:
            check_roundtrip(module, ctx)
        return text_of(module, options=self.printing, ctx=ctx)

    def write(self, text: str) -> None:
        """Write the output."""
        if self.args.output == "-":
            self.stdout.write(text)
            self.stdout.flush()
        else:
            write_whole(self.args.output, text)


def print_options(args: argparse.Namespace) -> PrintOptions:
    """The printing options."""
    return PrintOptions(
        args.mlir_print_op_generic,
        args.mlir_print_debuginfo or args.mlir_pretty_debuginfo,
        args.mlir_pretty_debuginfo,
        args.mlir_print_local_scope,
        args.mlir_elide_elementsattrs_if_larger,
        args.mlir_elide_resource_strings_if_larger,
        args.mlir_print_skip_regions,
        args.mlir_print_value_users,
        args.mlir_print_unique_ssa_ids,
        args.mlir_use_nameloc_as_prefix,
        args.mlir_print_elementsattrs_with_hex_if_larger,
    )


def check_roundtrip(module: ModuleOp, ctx: Context) -> None:
    """Raise InferError unless what is printed reads back as the same module, in both forms."""
    plain = text_of(module, debuginfo=True, ctx=ctx)
    for generic in (False, True):
        again = parse(text_of(module, generic=generic, debuginfo=True, ctx=ctx), "<roundtrip>", ctx)
        verify(again)
        back = text_of(again, debuginfo=True, ctx=ctx)
        if back != plain:
            pairs = zip(plain.splitlines(), [*back.splitlines(), ""], strict=False)
            differing = next(((a, b) for a, b in pairs if a != b), ("", ""))
            form = "the generic form" if generic else "the text"
            raise InferError(
                f"{form} does not read back as it was:\n  printed    {differing[0].strip()}\n  read back  {differing[1].strip()}"
            )


def define_irdl(path: str, ctx: Context) -> None:
    """Define the dialects of an IRDL file."""
    from xdsl.dialects.irdl import DialectOp
    from xdsl.interpreters.irdl import make_dialect
    from xdsl.utils.exceptions import AlreadyRegisteredConstructException

    definitions = parse(read_text(path, None), path, ctx)
    verify(definitions)
    for op in definitions.walk():
        if isinstance(op, DialectOp):
            try:
                ctx.load_dialect(make_dialect(op))
            except AlreadyRegisteredConstructException:
                raise InferError(f"dialect '{op.sym_name.data}' exists already", op.location) from None


@contextlib.contextmanager
def no_phase(name: str) -> Iterator[None]:
    """A phase that is not timed."""
    yield


def run() -> int:
    """The console entry point."""
    code = console("infer-opt", main)
    gc.freeze()  # the process ends: looking through all its objects once more would take a tenth of the start-up
    return code


if __name__ == "__main__":
    sys.exit(run())
