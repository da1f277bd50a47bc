"""Errors as a person meets them: `file:line:col: error: what is wrong`, the source line, a caret, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from xdsl.dialects.builtin import ArrayAttr, CallSiteLoc, FileLineColLoc, FusedLoc, NameLoc
from xdsl.ir import Attribute, Operation, SSAValue

from inferir.errors import InferError, shortened

MOST_NAMES = 64
"""Source nodes of an op that a label lists: a concatenation of n parts is made by n copies that each come from n nodes."""


@dataclass(frozen=True)
class Note:
    """A remark that belongs to an error, with its own place."""

    message: str
    location: Attribute | None = None


@dataclass(frozen=True)
class Diagnostic:
    """A message about a source location: an error, warning, remark or note."""

    severity: str
    message: str
    location: Attribute | None = None

    def render(self, sources: Mapping[str, str]) -> str:
        """The text a person reads: place, message, source line, caret."""
        return "\n".join(_line(self.severity, self.message, self.location, sources)) + "\n"


def diagnostics_of(error: InferError) -> list[Diagnostic]:
    """An error and its notes, in order."""
    return [Diagnostic("error", error.message, error.location), *(Diagnostic("note", n.message, n.location) for n in error.notes)]


def error_at(op: Operation, message: str, notes: Sequence[Note] = ()) -> InferError:
    """An error about an operation, at its location and naming it."""
    return InferError(f"{op.name}: {message}", op.location, notes)


def defined_here(value: SSAValue, what: str) -> Note:
    """A note that points at the definition of a value: `x comes from node "pool1"`."""
    owner = value.owner
    if isinstance(owner, Operation):
        names = node_names(owner.location)
        origin = f'node "{names[0]}" ({owner.name})' if names else owner.name
        return Note(f"{what} comes from {origin}", owner.location)
    return Note(f"{what} is a function argument", getattr(value, "location", None))


def file_line_col(location: Attribute | None) -> tuple[str, int, int] | None:
    """The first file position in a location, None where it has none."""
    for part in _parts(location):
        if isinstance(part, FileLineColLoc):
            return part.filename.data, part.line.data, part.column.data
    return None


def node_names(location: Attribute | None) -> list[str]:
    """The source nodes a location names, first first."""
    return list(dict.fromkeys(p.desc.data for p in _parts(location) if isinstance(p, NameLoc)))


def label(location: Attribute | None) -> str:
    """The source nodes a location names, joined by `+`: no more than the first 64; empty where it names none."""
    names: dict[str, None] = {}
    for part in _parts(location):
        if isinstance(part, NameLoc):
            names[part.desc.data] = None
            if len(names) > MOST_NAMES:
                return "+".join([*islice(names, MOST_NAMES), "..."])
    return "+".join(names)


def render(error: InferError, sources: Mapping[str, str]) -> str:
    """The error as text. `sources` holds the text of the files that were parsed, by name, for the source line and the caret."""
    return "".join(d.render(sources) for d in diagnostics_of(error))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing where no known name is close."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _line(kind: str, message: str, location: Attribute | None, sources: Mapping[str, str]) -> list[str]:
    place = file_line_col(location)
    names = node_names(location)
    message = shortened(message)
    if place is None:
        origin = f'node "{names[0]}": ' if names else ""
        return [f"{origin}{kind}: {message}"]
    file, line, column = place
    out = [f"{file}:{line}:{column}: {kind}: {message}"]
    text = sources.get(file)
    if text is not None:
        rows = text.split("\n", line)
        if 0 < line <= len(rows):
            row = rows[line - 1].rstrip("\r")
            shown, caret = _window(row, column - 1)
            out += [shown, " " * caret + "^"]
    return out


def _window(row: str, column: int, width: int = 240) -> tuple[str, int]:
    """The row, or the part of a very long row around the column, with tabs kept one wide."""
    row = row.replace("\t", " ")
    if len(row) <= width:
        return row, column
    start = max(0, column - width // 2)
    return row[start : start + width], column - start


def _parts(location: Attribute | None) -> Iterable[Attribute]:
    match location:
        case None:
            return
        case FusedLoc():
            for part in location.locations if isinstance(location.locations, ArrayAttr) else ():
                yield from _parts(part)
        case NameLoc():
            yield location
            yield from _parts(location.location)
        case CallSiteLoc():
            yield from _parts(location.callee)
            yield from _parts(location.caller)
        case _:
            yield location
