"""Reading and writing whole text files, with errors of one line."""

from __future__ import annotations

import contextlib
import os
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


def write_whole(path: str | Path, text: str) -> None:
    """Write a file so that it is either the old or the new one, never half. Raises InferError where it cannot be written."""
    import tempfile

    target = Path(path)
    temporary = None
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except OSError as problem:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise InferError(f"cannot write '{path}': {problem.strerror}") from None
