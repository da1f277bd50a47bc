"""A lit format that runs RUN lines inside the lit worker.

A line made only of our own tools, filecheck, diff and not, joined by pipes and &&, needs no process: each tool is a function
`main(argv, stdin, stdout, stderr) -> int`. Every other line, and every line under `--param isolate=1`, goes to lit's own shell.
A tool that raises is a crash (exit code 134), which `not` does not excuse.

A line that takes too long fails its test. Where even that does not end it (native code that waits for something that never
comes), the worker writes where it stands and ends; lit by itself would wait for such a worker for a week, so `watch_workers`
ends the run and says which test it was.
"""

import contextlib
import difflib
import faulthandler
import importlib
import io
import itertools
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path

import lit.formats
import lit.Test
import lit.TestRunner
from lit.ShCommands import Command, Pipeline, Seq
from lit.ShUtil import ShParser

CRASHED = 134
SECONDS_PER_LINE = 60
SECONDS_PER_TEST = 180

Tool = Callable[[list[str], io.TextIOBase, io.TextIOBase, io.TextIOBase], int]


class OutOfTime(BaseException):
    """A line took too long. Not an Exception: a tool that reports every exception as an internal error must not swallow it."""


class Foreign(Exception):
    """The line holds something that only a shell can run."""


@cache
def tool(name: str) -> Tool | None:
    """The function behind a command name: `infer-opt` is `inferir.tools.infer_opt:main`; None when it is not one of ours."""
    if name in ("filecheck", "diff"):
        return filecheck if name == "filecheck" else diff
    if not re.fullmatch(r"infer-[a-z-]+", name):
        return None
    try:
        return importlib.import_module(f"inferir.tools.{name.replace('-', '_')}").main
    except ModuleNotFoundError as e:
        raise LookupError(f"no tool named {name}: {e}") from e


def filecheck(argv: list[str], stdin, stdout, stderr) -> int:
    """filecheck as a function; it reads and writes the standard streams, which `invoke` has redirected."""
    from filecheck.finput import FInput
    from filecheck.matcher import Matcher
    from filecheck.options import parse_argv_options
    from filecheck.parser import Parser

    try:
        options = parse_argv_options(["filecheck", *argv])
        parser = Parser.from_opts(options)
    except (RuntimeError, FileNotFoundError) as e:
        print(f"filecheck: error: {e}", file=stderr)
        return 2
    return Matcher(options, FInput.from_opts(options), parser).run()


def diff(argv: list[str], stdin, stdout, stderr) -> int:
    """The first differences between two text files; '-' is the input."""
    one, other = ([*stdin] if name == "-" else Path(name).read_text(encoding="utf-8").splitlines(keepends=True) for name in argv)
    stdout.writelines(itertools.islice(difflib.unified_diff(one, other, argv[0], argv[1]), 40))
    return int(one != other)


def invoke(argv: list[str], stdin, stdout, stderr) -> int:
    """Run one tool on text streams and return its exit code; `not` inverts it, a crash excepted."""
    negate = False
    while argv[0] == "not":
        negate, argv = not negate, argv[1:]
    run = tool(argv[0])
    assert run is not None
    saved, sys.stdin = sys.stdin, stdin
    try:
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            code = run(argv[1:], stdin, stdout, stderr) or 0
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else int(e.code is not None)
    except Exception:  # noqa: BLE001  (whatever it is, it fails this test and not the worker)
        traceback.print_exc(file=stderr)
        return CRASHED
    finally:
        sys.stdin = saved
    return int(code == 0) if negate else code


def is_ours(command: Command) -> bool:
    """Whether this command can run here: one of our tools with plain arguments and redirects."""
    words = [w for w in command.args if w != "not"]
    plain = all(isinstance(w, str) for w in command.args) and all(isinstance(target, str) for _, target in command.redirects)
    known = all(
        op in ((">",), (">>",), ("<",), (">", 2), (">>", 2)) or (op, target) == ((">&", 2), "1") for op, target in command.redirects
    )
    return plain and known and bool(words) and tool(words[0]) is not None


def redirect(command: Command, files: contextlib.ExitStack, stdin, stdout, stderr):
    """The three streams of a command after its redirects, applied from left to right as a shell does."""
    for op, target in command.redirects:
        if op == (">&", 2):
            stderr = stdout
            continue
        mode = {"<": "r", ">": "w", ">>": "a"}[op[0]]
        stream = files.enter_context(Path(target).open(mode, encoding="utf-8"))  # noqa: SIM115  (the stack closes it)
        if mode == "r":
            stdin = stream
        elif op[1:]:
            stderr = stream
        else:
            stdout = stream
    return stdin, stdout, stderr


def run_pipeline(pipeline: Pipeline, log: list[str]) -> int:
    """Run the commands one after the other, each reading what the one before wrote; the code is the last that is not 0 (pipefail)."""
    text, result = "", 0
    for command in pipeline.commands:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.ExitStack() as files:
            streams = redirect(command, files, io.StringIO(text), out, err)
            code = invoke(list(command.args), *streams)
        log.append(f"$ {' '.join(command.args)}\n{err.getvalue()}" + (f"(exit code {code})" if code else ""))
        text, result = out.getvalue(), code or result
    if result and text:
        log.append(f"# output:\n{text}")
    return int(result == 0) if pipeline.negate else result


def pipelines(tree) -> list[Pipeline]:
    """The pipelines of a line in order; raises Foreign unless they are joined by && and made of our tools."""
    if isinstance(tree, Seq) and tree.op == "&&":
        return pipelines(tree.lhs) + pipelines(tree.rhs)
    if isinstance(tree, Pipeline) and all(is_ours(c) for c in tree.commands):
        return [tree]
    raise Foreign


@contextlib.contextmanager
def time_limit(seconds: int):
    """Raise OutOfTime in the block when it takes longer."""

    def expired(signum, frame):
        raise OutOfTime(f"took longer than {seconds} s")

    saved = signal.signal(signal.SIGALRM, expired)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, saved)


@contextlib.contextmanager
def announced(test, folder: Path, seconds: int):
    """Say in a file which test this worker runs, and end the worker when it takes longer."""
    note = folder / f"{os.getppid()}-{os.getpid()}.running"
    folder.mkdir(parents=True, exist_ok=True)
    note.write_text(test.getFullName(), encoding="utf-8")
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        note.unlink(missing_ok=True)


def watch_workers(folder: Path, seconds: float = 0.5) -> None:
    """From the process that starts the workers: end the run when one of them dies, naming the test it was running."""
    master = os.getpid()

    def watch():
        while os.getpid() == master:
            time.sleep(seconds)
            alive = {child.pid for child in multiprocessing.active_children()}
            for note in folder.glob(f"{master}-*.running"):
                pid = int(note.stem.partition("-")[2])
                if pid not in alive and note.exists():
                    print(
                        f"\nFAIL: {note.read_text(encoding='utf-8')}: its worker died (a crash, or longer than {SECONDS_PER_TEST} s)",
                        flush=True,
                    )
                    for child in multiprocessing.active_children():
                        child.kill()
                    os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class InProcess(lit.formats.ShTest):
    """ShTest, with the lines that need no process run without one."""

    def execute(self, test, litConfig):
        """Run one test file."""
        with announced(test, Path(test.suite.config.test_exec_root) / ".workers", SECONDS_PER_TEST):
            return self._execute(test, litConfig)

    def _execute(self, test, litConfig):
        if litConfig.params.get("isolate") or litConfig.noExecute or test.config.unsupported:
            return super().execute(test, litConfig)
        script = lit.TestRunner.parseIntegratedTestScript(test)
        if isinstance(script, lit.Test.Result):
            return script
        directory, base = lit.TestRunner.getTempPaths(test)
        substitutions = lit.TestRunner.getDefaultSubstitutions(test, directory, base)
        lines = lit.TestRunner.applySubstitutions(script, substitutions, {}, test.config.recursiveExpansionLimit)
        lines = [m[2] if (m := re.fullmatch(lit.TestRunner.kPdbgRegex, line)) else line for line in lines]
        try:
            work = [pipelines(ShParser(line, False).parse()) for line in lines]
        except (Foreign, ValueError):
            return super().execute(test, litConfig)
        except LookupError as e:
            return lit.Test.Result(lit.Test.FAIL, str(e))
        os.makedirs(directory, exist_ok=True)
        log: list[str] = []
        with contextlib.chdir(directory):
            for line, parts in zip(lines, work, strict=True):
                log.append(f"RUN: {line}")
                for pipeline in parts:
                    try:
                        with time_limit(SECONDS_PER_LINE):
                            failed = run_pipeline(pipeline, log)
                    except (OutOfTime, OSError) as e:
                        failed = log.append(str(e)) or 1
                    if failed:
                        return lit.Test.Result(lit.Test.FAIL, "\n".join(log))
        return lit.Test.Result(lit.Test.PASS, "")
