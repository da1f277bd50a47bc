"""Errors of the compiler as the lines that a person reads, for tools that load the compiler."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from inferir.core.diagnostics import InferError, file_line_col, render
from inferir.core.plugins import own_plugins
from inferir.tools.command_line import Reported


@contextmanager
def rendered(tool: str, sources: Mapping[str, str], plugins: Iterable[str] = ()) -> Iterator[None]:
    """InferErrors leave the block as Reported: place, source line (from `sources`, by file name) and caret, else the tool's name.

    The plug-in files are loaded first; these and others that are loaded in the block are forgotten at its end.
    """
    try:
        with own_plugins(plugins):
            yield
    except InferError as error:
        prefix = "" if file_line_col(error.location) else f"{tool}: "
        raise Reported(prefix + render(error, sources)) from error
