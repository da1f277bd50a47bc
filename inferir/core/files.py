"""Reading and writing whole files, with errors of one line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from inferir.core.diagnostics import InferError
from inferir.whole_file import whole_file as written_whole


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
    """`inferir.whole_file`, with errors of one line. Raises InferError where the file cannot be written."""
    try:
        with written_whole(path) as file:
            yield file
    except OSError as problem:
        raise InferError(f"cannot write '{path}': {problem.strerror or problem}") from None


def write_whole(path: str | Path, text: str) -> None:
    """Write a text file, whole or not at all. Raises InferError where it cannot be written."""
    try:
        data = text.encode()
    except UnicodeEncodeError as problem:
        raise InferError(f"cannot write '{path}': {text[problem.start : problem.end]!r} is not UTF-8 text") from None
    with whole_file(path) as file:
        file.write(data)
