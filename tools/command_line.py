"""What the command lines share: options that are misspelt get a suggestion, every error is one line and exit code 1. Standard library only."""

import argparse
import contextlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn, TextIO

PLUGIN = ("--plugin", "--load-pass-plugin", "--load-dialect-plugin")
"""The option that loads a plug-in, and how mlir-opt spells it."""


class UsageError(Exception):
    """A wrong command line: one clear line."""


class Reported(Exception):
    """An error of the compiler, already as the lines that a person reads."""


def exit_status(tool: str, stderr: TextIO, work: Callable[[], bool | None], *errors: type[Exception]) -> int:
    """Do a tool's work: 0, or 1 where it returns False or meets an error, which is then on `stderr` as a person reads it.

    `errors` are classes whose message is one clear line, besides UsageError.
    """
    try:
        return int(work() is False)
    except (UsageError, *errors) as problem:
        stderr.write(f"{tool}: error: {problem}\n")
    except Reported as problem:
        stderr.write(str(problem))
    return 1


class _HelpShown(Exception):
    """`--help` was asked for and printed."""


class CommandLine(argparse.ArgumentParser):
    """An argument parser that reports through exceptions and given streams, never through the process."""

    def __init__(self, prog: str, description: str, example: str):
        super().__init__(prog=prog, description=description, epilog=f"example: {example}", allow_abbrev=False)
        self.also_known: Callable[[], Iterable[str]] = tuple
        """Gives words that are options without being declared here (passes as flags), for suggestions."""
        self.listed: Callable[[], str] = str
        """Gives what stands at the end of the help, such as passes."""
        self.add_argument("--debug", action="store_true", help="show where in the compiler an error comes from")

    def format_help(self) -> str:
        """The help, with what is `listed`."""
        more = self.listed()
        return super().format_help() + (f"\n{more}\n" if more else "")

    def add_cpu(self) -> None:
        """The option that names the machine to compile for."""
        self.add_argument(
            "--cpu",
            metavar="NAME|FILE.toml",
            help="the machine: host (default), x86-64-v3, x86-64-v4, neoverse-n1 or a description of your own",
        )

    def add_weights_from(self) -> None:
        """The option that lets IR text read weights from elsewhere."""
        self.add_argument(
            "--weights-from",
            action="append",
            default=[],
            metavar="DIR",
            help="let the text name files of weights below DIR, not only beside itself",
        )

    def add_plugin(self) -> None:
        """The option that loads what is not in the tree."""
        self.add_argument(
            *PLUGIN,
            dest="plugin",
            action="append",
            default=[],
            metavar="FILE.py",
            help="load dialects, passes, pipelines, rules and targets from a Python file first",
        )

    def parse(self, argv: Sequence[str], stdout: TextIO) -> argparse.Namespace | None:
        """The options, or None when help was asked for and printed."""
        try:
            with contextlib.redirect_stdout(stdout):
                args, unknown = self.parse_known_args(list(argv))
        except _HelpShown:
            return None
        if unknown:
            raise UsageError(self._unknown(unknown[0]))
        return args

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} ('{self.prog} --help' shows what there is)")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise _HelpShown

    def _unknown(self, word: str) -> str:
        options = [option for action in self._actions for option in action.option_strings] + list(self.also_known())
        import difflib

        near = difflib.get_close_matches(word.split("=")[0], options, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        what = "option" if word.startswith("-") else "argument"
        return f"no {what} '{word}'{hint} ('{self.prog} --help' shows what there is)"


def refuse_overwriting(output: str | None, *inputs: str) -> None:
    """Raise UsageError where an output is a file that is read. `-` and None are no files."""
    for path in inputs:
        with contextlib.suppress(OSError, ValueError):
            if output is not None and os.path.isfile(path) and os.path.samefile(output, path):
                raise UsageError(f"the output '{output}' would overwrite the input '{path}'")


def sizes(text: str) -> dict[str, int]:
    """`batch=1,seq=8` as a dict, for `--dims`."""
    if not re.fullmatch(r"[^=,]+=\d+(,[^=,]+=\d+)*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not like batch=1,seq=8")
    return {name: int(size) for name, size in (part.split("=") for part in text.split(","))}
