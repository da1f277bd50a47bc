"""infer-opt under xdsl-opt's command line: `infer-opt --like-xdsl-opt ARGUMENT...` takes and says what xdsl-opt takes and says.

The parser, passes, verifier and printer are infer-opt's; a pass that only xDSL has is xDSL's. What is written where, and how a
diagnostic looks (on the standard output, without a place, exit code 0 under `--verify-diagnostics`), is xdsl-opt's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any, TextIO

from xdsl.dialects.builtin import UNKNOWN_LOC, ModuleOp
from xdsl.parser import Parser
from xdsl.passes import PassPipeline
from xdsl.utils.arg_spec import parse_pipeline
from xdsl.xdsl_opt_main import xDSLOptMain

from inferir.core import make_context
from inferir.core.discovery import STARTS_PROGRAMS, find_pass, pass_modules
from inferir.core.fast_headers import HeaderParser
from inferir.core.fast_printer import FastPrinter
from inferir.core.fast_verifier import is_certainly_valid
from inferir.core.locations import LazyLocation
from inferir.core.pass_base import Pass
from inferir.core.walk import walk


class LikeXdslOpt(xDSLOptMain):
    """xdsl-opt's driver over infer-opt's parts."""

    def register_all_dialects(self) -> None:
        """xDSL's dialects and ours."""
        self.ctx = self.ours = make_context()

    def register_all_passes(self) -> None:
        """xDSL's, without those that start programs."""
        super().register_all_passes()
        for name in STARTS_PROGRAMS:
            self.available_passes.pop(name, None)

    def register_all_frontends(self) -> None:
        """Text is read by our parser."""
        super().register_all_frontends()
        self.available_frontends["mlir"] = self.read

    def read(self, file: IO[bytes]) -> ModuleOp:
        """A module. Raises xDSL's ParseError."""
        parser = HeaderParser(self.ours, file.read().decode(), self.get_input_name())
        module = Parser.parse_module(parser, not self.args.no_implicit_module)  # its wording where a value is not defined
        if self.args.print_debuginfo:
            forget_places(module)
        return module

    def setup_pipeline(self) -> None:
        """The passes of `-p`: ours where there is one of that name, else xDSL's."""
        super().setup_pipeline()
        specs = parse_pipeline(self.args.passes)
        assert isinstance(self.pipeline, PassPipeline)
        steps: list[Any] = []
        for stock, spec in zip(self.pipeline.passes, specs, strict=True):
            steps.append(Ours(find_pass(spec.name)()) if spec.name in pass_modules() and not spec.parameters else stock)
        self.steps = steps

    def apply_passes(self, prog: ModuleOp) -> None:
        """Run the passes, verifying before the first and after each."""
        self.verify(prog)
        for index, step in enumerate(self.steps):
            step.apply(self.ctx, prog)
            self.verify(prog)
            if self.args.print_between_passes and index + 1 < len(self.steps):
                print(f"IR after {step.name}:\n{self.text(prog)}\n\n\n")

    def verify(self, module: ModuleOp) -> None:
        """Raise xDSL's VerifyException where the module is wrong."""
        if not self.args.disable_verify and not is_certainly_valid(module):
            module.verify()

    def text(self, module: ModuleOp) -> str:
        """The module as our printer prints it."""
        printer = FastPrinter(self.args.print_op_generic)
        printer.print_op(module)
        printer.print_metadata(self.ctx.loaded_dialects)
        return printer.text()

    def output_resulting_program(self, prog: ModuleOp) -> str:
        """What xdsl-opt would write."""
        args = self.args
        if args.target == "mlir" and not (args.print_no_properties or args.print_debuginfo or args.syntax_highlight):
            return self.text(prog) + "\n\n"
        return super().output_resulting_program(prog)


def forget_places(module: ModuleOp) -> None:
    """Leave only the locations that the text spells out, as xDSL does."""
    for op in walk(module):
        arguments = [a for region in op.regions for block in region.blocks for a in block.args]
        for thing in (op, *arguments):
            if isinstance(thing.location, LazyLocation):
                thing.location = UNKNOWN_LOC


class Ours:
    """A pass of ours where xDSL's driver expects one of its own."""

    def __init__(self, step: Pass):
        self.step = step
        self.name = step.name

    def apply(self, ctx: Any, module: ModuleOp) -> None:
        """Run it."""
        self.step.run(module, ctx)


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run the tool; returns the exit status."""
    try:
        LikeXdslOpt("infer-opt, used like xdsl-opt", list(argv)).run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:  # noqa: BLE001  (where xdsl-opt shows a traceback, one message)
        stderr.write(f"infer-opt: error: {error}\n")
        return 1
    return 0
