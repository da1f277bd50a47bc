"""Reading and writing whole files, with errors of one line."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from inferir.core.diagnostics import InferError


def read_text(path: str, stdin: IO[str] | None) -> str:
    """A text file, or standard input for `-`. Raises InferError where it cannot be read."""
    try:
        return stdin.read() if path == "-" and stdin is not None else Path(path).read_text("utf-8")
    except OSError as problem:
        raise InferError(f"cannot read '{path}': {problem.strerror}") from None
    except UnicodeDecodeError:
        raise InferError(f"cannot read '{path}': not UTF-8 text") from None


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[IO[bytes]]:
    """A file that takes the name `path` when the block ends well: there is the old one or the new one, never half a file.

    What is no ordinary file (`/dev/null`, a pipe) is written as it is. Raises InferError where it cannot be written.
    """
    import tempfile

    target = Path(path)
    temporary = None
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
        temporary = None
    except OSError as problem:
        raise InferError(f"cannot write '{path}': {problem.strerror}") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def write_whole(path: str | Path, text: str) -> None:
    """Write a text file, whole or not at all. Raises InferError where it cannot be written."""
    with whole_file(path) as file:
        file.write(text.encode())
