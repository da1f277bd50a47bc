"""infer-reduce: the smallest module for which a command still fails.

infer-reduce model.mlir --test 'infer-opt --plugin mine.py --my-pass --check-numerics' -o small.mlir
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from xdsl.dialects.builtin import ModuleOp

from inferir.core import make_context, parse, text_of, verify
from inferir.core.context import WEIGHTS_FROM
from inferir.core.files import read_text, write_whole
from inferir.core.reduction import reduce, size
from inferir.core.sidecar import attach_weights, follow_text, say_from
from inferir.tools.command_line import CommandLine, UsageError, exit_status
from inferir.tools.console import console
from inferir.tools.rendered_errors import rendered

EXAMPLE = "infer-reduce model.mlir --test 'infer-opt --plugin mine.py --my-pass --check-numerics' -o small.mlir"


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run; 0 when a module was written, 1 with one line on `stderr` when not."""
    return exit_status("infer-reduce", stderr, lambda: _reduce(argv, stdin, stdout, stderr))


def _reduce(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> None:
    parser = CommandLine("infer-reduce", "Shrink a module while a command still fails on it.", EXAMPLE)
    parser.add_argument("input", help="IR text; '-' is standard input")
    parser.add_argument("--test", required=True, metavar="CMD", help="a command; the module's file name is added at its end")
    parser.add_argument(
        "--match", metavar="REGEX", help="what the command must print when it fails (default: the same error as on the input)"
    )
    parser.add_argument("--any-failure", action="store_true", help="any failure of the command will do")
    parser.add_argument("-o", dest="output", default="-", metavar="FILE", help="where the result goes (default: standard output)")
    parser.add_argument("--allow-unregistered-dialect", action="store_true", help="accept ops of unknown dialects")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="S", help="seconds a run of the command may take (default 60)")
    parser.add_plugin()
    parser.add_weights_from()
    args = parser.parse(argv, stdout)
    if args is None:
        return
    sources: dict[str, str] = {}
    with rendered("infer-reduce", sources, args.plugin):
        ctx = make_context(args.allow_unregistered_dialect)
        ctx.sources = sources
        ctx.weight_folders += args.weights_from
        folder = Path.cwd() if args.input == "-" else Path(args.input).parent
        module = parse(read_text(args.input, stdin), args.input, ctx)
        verify(module)
        attach_weights(module, ctx, folder)
        with tempfile.TemporaryDirectory() as temporary, weights_from(str(folder.resolve()), *ctx.weight_folders):
            file = Path(temporary) / "candidate.mlir"

            def outcome(candidate: ModuleOp) -> Outcome:
                copy = candidate.clone()
                follow_text(copy, ctx, folder, file)
                file.write_text(text_of(copy, debuginfo=True), encoding="utf-8")
                return run_test([*shlex.split(args.test), str(file)], args.timeout)

            first = outcome(module)
            wanted = Wanted(first, args.match, args.any_failure)
            if not wanted.by(first):
                raise UsageError("the command does not fail on the input" + (f" with '{args.match}'" if args.match else ""))
            small = reduce(module, lambda candidate: wanted.by(outcome(candidate)))
        if args.output != "-":
            follow_text(small, ctx, folder, Path(args.output))
        else:
            say_from(small, folder, Path.cwd())
        text = text_of(small)
        stderr.write(f"infer-reduce: {size(module)} ops -> {size(small)}\n")
        if args.output == "-":
            stdout.write(text)
        else:
            write_whole(args.output, text)


@contextlib.contextmanager
def weights_from(*folders: str) -> Iterator[None]:
    """Let the texts that commands are run on in the block, which lie elsewhere, name weights below some folders."""
    before = os.environ.get(WEIGHTS_FROM)
    os.environ[WEIGHTS_FROM] = os.pathsep.join(folders)
    try:
        yield
    finally:
        os.environ.pop(WEIGHTS_FROM)
        if before is not None:
            os.environ[WEIGHTS_FROM] = before


class OutOfTime(BaseException):
    """The command took too long. Not an Exception: a tool that reports every exception must not swallow it."""


@dataclass(frozen=True)
class Outcome:
    """What a run of the command gave: its exit code, None where it took too long, and what it printed."""

    code: int | None
    printed: str

    @property
    def error(self) -> str:
        """The first error of what was printed, without its place and without names, types and numbers, which shrinking changes."""
        found = re.search(r"error: (.*)", self.printed)
        return re.sub(r"<[^<>]*>|[%@#^!][\w.$-]+|\"[^\"]*\"|'[^']*'|\d+", "_", found[1]) if found else ""


@dataclass(frozen=True)
class Wanted:
    """Which outcomes count as the failure that is looked for."""

    first: Outcome
    match: str | None
    any_failure: bool

    def by(self, outcome: Outcome) -> bool:
        """Whether this outcome is one."""
        if outcome.code == 0:
            return False
        if self.match is not None:
            return outcome.code is not None and re.search(self.match, outcome.printed) is not None
        return self.any_failure or (outcome.code == self.first.code and outcome.error == self.first.error)


def run_test(command: Sequence[str], timeout: float) -> Outcome:
    """Run the command. Tools of ours run in this process, which saves starting them; a script without a first line #! goes to sh."""
    name = command[0]
    try:
        if re.fullmatch(r"infer-[a-z-]+", name):
            with limited(timeout):
                return Outcome(*_run_here(name, command[1:]))
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout, check=False)
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            done = subprocess.run(["sh", *command], capture_output=True, text=True, errors="replace", timeout=timeout, check=False)
        return Outcome(done.returncode, done.stdout + done.stderr)
    except FileNotFoundError:
        raise UsageError(f"there is no command '{name}'") from None
    except PermissionError:
        raise UsageError(f"'{name}' is not executable; make it so with chmod +x, or write --test 'sh {name}'") from None
    except OSError as error:
        raise UsageError(f"cannot run '{name}': {error.strerror}") from None
    except (subprocess.TimeoutExpired, OutOfTime):
        return Outcome(None, "")


def _run_here(name: str, argv: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of a tool of ours."""
    try:
        tool = importlib.import_module(f"inferir.tools.{name.replace('-', '_')}")
    except ModuleNotFoundError:
        raise FileNotFoundError(name) from None
    out = io.StringIO()
    return tool.main(list(argv), io.StringIO(), out, out), out.getvalue()


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block when it takes longer; a limit that was set outside goes on after it."""

    def expired(signum: int, frame: object) -> None:
        raise OutOfTime

    handler = signal.signal(signal.SIGALRM, expired)
    outside, started = signal.setitimer(signal.ITIMER_REAL, seconds)[0], time.monotonic()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outside:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, outside - (time.monotonic() - started)))


def run() -> int:
    """The console entry point."""
    return console("infer-reduce", main)
