"""The process around a tool: its streams, which may be closed, full or left by their reader, and its exit code. Standard library only."""

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO, cast

from inferir.tools.command_line import UsageError

Main = Callable[[Sequence[str], TextIO, TextIO, TextIO], int]
INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


class StandardOutput:
    """A text stream that says in one line why it cannot be written."""

    def __init__(self, stream: TextIO | None):
        raw = getattr(stream, "buffer", None)
        if stream is not None and isinstance(raw, io.RawIOBase):  # PYTHONUNBUFFERED: it would lose what a write leaves over
            stream = io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, stream.errors, write_through=True)
        self._stream = stream
        self._failed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write. Raises UsageError where that cannot be, BrokenPipeError where the reader has gone."""
        return self._tried(lambda stream: stream.write(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Pass on what was written; nothing was where the stream is closed."""
        if self._stream is not None:
            self._tried(lambda stream: stream.flush())

    def _tried(self, work: Callable[[TextIO], Any]) -> Any:
        if self._stream is None:
            raise UsageError("cannot write to standard output: it is closed")
        self._failed = True
        try:
            result = work(self._stream)
            self._failed = False
            return result
        except BrokenPipeError:
            raise
        except UnicodeEncodeError as problem:
            text = problem.object[problem.start : problem.end]
            raise UsageError(f"cannot write to standard output: {text!r} is no text in {self._stream.encoding}") from None
        except OSError as problem:
            raise UsageError(f"cannot write to standard output: {problem.strerror}") from None

    def forget(self) -> None:
        """After a failure: what is still unwritten goes nowhere, or the interpreter would try once more at its end, and say so."""
        if self._failed and self._stream is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def console(tool: str, main: Main) -> int:
    """Run a tool on this process's arguments and streams: its exit code. Whatever goes wrong is one line; `--debug` shows where."""
    stderr = sys.stderr or cast(TextIO, io.StringIO())
    stdout = StandardOutput(sys.stdout)
    code = 1
    try:
        code = main(sys.argv[1:], sys.stdin or io.StringIO(), cast(TextIO, stdout), stderr)
        stdout.flush()
        return code
    except BrokenPipeError:
        pass  # the reader has what it wanted, as in `infer-opt ... | head`
    except KeyboardInterrupt:
        code = INTERRUPTED
        _say(stderr, f"{tool}: interrupted\n")
    except UsageError as problem:
        _say(stderr, f"{tool}: error: {problem}\n")
    except MemoryError:
        _say(stderr, f"{tool}: error: not enough memory\n")
    except Exception as problem:  # noqa: BLE001  (the last line of defence: a user sees one line)
        shown = traceback.format_exc() if "--debug" in sys.argv else ""
        first = next(iter(str(problem).splitlines()), "")[:500]
        _say(stderr, f"{shown}{tool}: internal error: {type(problem).__name__}: {first} (--debug shows where)\n")
    finally:
        stdout.forget()
    return code or 1


def _say(stderr: TextIO, text: str) -> None:
    try:
        stderr.write(text)
        stderr.flush()
    except (OSError, ValueError):
        pass  # no reader is left
