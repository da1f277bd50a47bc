"""Places in a text, worked out on first use: a module of 100,000 ops is read without counting its lines."""

from __future__ import annotations

import bisect
from collections.abc import Iterable

from xdsl.dialects.builtin import ArrayAttr, FileLineColLoc, FusedLoc, IntAttr, NoneAttr, StringAttr, UnknownLoc
from xdsl.ir import Attribute, ParametrizedAttribute


class SourceText:
    """A text that was read, for turning positions into lines and columns. `first_line` is the line of the file it begins at."""

    def __init__(self, text: str, name: str, first_line: int = 1):
        self.text = text
        self.file = StringAttr(name)
        self.first_line = first_line
        self._line_starts: list[int] | None = None

    def line_and_column(self, position: int) -> tuple[int, int]:
        """Line and column, counted from one."""
        if self._line_starts is None:
            starts, at = [0], self.text.find("\n")
            while at != -1:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._line_starts = starts
        index = bisect.bisect_right(self._line_starts, position) - 1
        return index + self.first_line, position - self._line_starts[index] + 1

    def location_at(self, position: int) -> FileLineColLoc:
        """The location of a position."""
        line, column = self.line_and_column(position)
        return FileLineColLoc(self.file, IntAttr(line), IntAttr(column))


class _Unsettled(ParametrizedAttribute):
    """Lets an attribute class, which forbids subclasses, have one of the same object layout that becomes it on first use."""

    def __init_subclass__(cls) -> None:
        pass

    def settled(self) -> Attribute:
        """This very object, as an ordinary attribute."""
        raise AssertionError(f"{type(self).__name__} does not say how it settles")

    def __eq__(self, other: object) -> bool:
        return self is other or self.settled() == other

    def __hash__(self) -> int:
        return hash(self.settled())

    def __repr__(self) -> str:
        return repr(self.settled())


class LazyLocation(_Unsettled, FileLineColLoc):  # pyright: ignore[reportGeneralTypeIssues]
    """A `FileLineColLoc` that becomes one on first use."""

    def __init__(self, source: SourceText, position: int):
        vars(self)["place"] = (source, position)

    @property
    def filename(self) -> StringAttr:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The file."""
        return self.settled().filename

    @property
    def line(self) -> IntAttr:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The line, counted from one."""
        return self.settled().line

    @property
    def column(self) -> IntAttr:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The column, counted from one."""
        return self.settled().column

    def settled(self) -> FileLineColLoc:
        """This very object, as an ordinary `FileLineColLoc`."""
        source, position = vars(self).pop("place")
        line, column = source.line_and_column(position)
        vars(self).update(filename=source.file, line=IntAttr(line), column=IntAttr(column))
        object.__setattr__(self, "__class__", FileLineColLoc)
        return self


class Fusion(_Unsettled, FusedLoc):  # pyright: ignore[reportGeneralTypeIssues]
    """A `FusedLoc` that becomes one on first use."""

    def __init__(self, parts: list[Attribute]):
        vars(self)["parts"] = parts

    @property
    def locations(self) -> Attribute:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What is fused, without repetition."""
        return self.settled().locations

    @property
    def metadata(self) -> Attribute:  # pyright: ignore[reportIncompatibleVariableOverride]
        """None."""
        return self.settled().metadata

    def settled(self) -> FusedLoc:
        """This very object, as an ordinary `FusedLoc`."""
        stack, seen, known = [*reversed(vars(self).pop("parts"))], set(), {}
        while stack:
            part = stack.pop()
            if id(part) in seen:
                continue
            seen.add(id(part))
            if type(part) is Fusion:
                stack.extend(reversed(vars(part)["parts"]))
            elif isinstance(part, FusedLoc) and isinstance(part.locations, ArrayAttr):
                stack.extend(reversed(part.locations.data))
            elif not isinstance(part, UnknownLoc):
                known[part] = None
        vars(self).update(locations=ArrayAttr(list(known)), metadata=NoneAttr())
        object.__setattr__(self, "__class__", FusedLoc)
        return self


def fused(locations: Iterable[Attribute]) -> Attribute | None:
    """One location for several: their parts without repetition, None where all are unknown."""
    distinct: dict[object, Attribute] = {}
    for location in locations:
        if type(location) is LazyLocation:
            distinct.setdefault(vars(location)["place"], location)
        elif not isinstance(location, UnknownLoc):
            distinct.setdefault(id(location) if type(location) is Fusion else location, location)
    if len(distinct) < 2:
        return next(iter(distinct.values()), None)
    whole = Fusion(list(distinct.values()))
    return whole if any(type(p) in (LazyLocation, Fusion) for p in distinct.values()) else plain(whole)


def plain(location: Fusion) -> Attribute:
    """A fusion of one thing is that thing."""
    parts = location.settled().locations
    assert isinstance(parts, ArrayAttr)
    return parts.data[0] if len(parts) == 1 else location
