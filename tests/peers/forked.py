"""A lit format for xDSL's FileCheck suite: each test in a fork of a process that has xDSL loaded, `xdsl-opt` being a function in it.

A test takes a tenth of the time it takes as processes, and what one test leaves behind in Python no other sees. Commands that are
no function here run as processes.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, TextIO

import inprocess  # pyright: ignore[reportMissingImports]  (beside lit's configuration)
import lit.Test

Main = Callable[[Sequence[str], TextIO, TextIO, TextIO], int]


def stock(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """xDSL's xdsl-opt."""
    from xdsl.xdsl_opt_main import xDSLOptMain

    xDSLOptMain(args=list(argv)).run()
    return 0


def ours(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """infer-opt in its place."""
    from inferir.tools.infer_opt import main

    return main(["--like-xdsl-opt", *argv], stdin, stdout, stderr)


def bytes_too(main: Main, argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Call with a standard input that can also be read as bytes."""
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.read().encode()), "utf-8")
    return main(argv, stdin, stdout, stderr)


def process(name: str, argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run a program."""
    done = subprocess.run([name, *argv], input=stdin.read(), capture_output=True, text=True, timeout=60, check=False)
    stdout.write(done.stdout)
    stderr.write(done.stderr)
    return done.returncode


@cache
def load_everything() -> None:
    """Load what tests need, once, before the forks."""
    from xdsl.universe import Universe

    all_of = Universe.get_multiverse()
    for factory in (*all_of.all_dialects.values(), *all_of.all_passes.values()):
        factory()
    import inferir.tools.like_xdsl_opt  # noqa: F401


class Forked(inprocess.InProcess):
    """The format, with `xdsl_opt` as `xdsl-opt`."""

    def __init__(self, xdsl_opt: Main):
        super().__init__()
        self.xdsl_opt = xdsl_opt

    def tool(self, name: str) -> Any:
        """Every command is a function."""
        if name == "xdsl-opt":
            return partial(bytes_too, self.xdsl_opt)
        return inprocess.filecheck if name == "filecheck" else partial(process, name)

    def execute(self, test: Any, litConfig: Any) -> Any:
        """Run one test in a fork."""
        load_everything()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                inprocess.tool = self.tool
                result = super().execute(test, litConfig)
                answer = result.code.name, result.output[-4000:]
            except BaseException as problem:  # noqa: BLE001  (the fork must end here)
                answer = "UNRESOLVED", f"{type(problem).__name__}: {problem}"
            with os.fdopen(writer, "w") as pipe:
                json.dump(answer, pipe)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        code, output = json.loads(said) if said else ("UNRESOLVED", "the fork died")
        return lit.Test.Result(getattr(lit.Test, code), output)
