"""`--verify-diagnostics`: compare what was reported with what the text says is expected.

    // expected-error @+1 {{filter takes 4 channels}}
    // expected-note-re @above {{comes from {{[a-z]+}}}}

`error`, `warning`, `remark` and `note`; `@+N`, `@-N`, `@above`, `@below`, `@unknown`, on this line where nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr

from inferir.core.diagnostics import Diagnostic, file_line_col

EXPECTED = re.compile(
    r"expected-(?P<severity>error|note|remark|warning)(?P<regex>-re)?"
    r"[ \t]*(?:@(?P<place>[+-]\d+|above|below|unknown))?[ \t]*\{\{(?P<text>.*)\}\}[ \t\r]*$"
)
MALFORMED = re.compile(r"//.*\bexpected-(error|note|remark|warning)\b")


@dataclass
class Expected:
    """One expectation. `line` is where the diagnostic should be, None for one without a place; `at` where the comment stands."""

    severity: str
    text: str
    is_regex: bool
    line: int | None
    at: int
    seen: bool = False

    def matches(self, found: Diagnostic, line: int | None) -> bool:
        """Whether this is what was expected."""
        if self.severity != found.severity or self.line != line:
            return False
        return re.search(_pattern(self.text), found.message) is not None if self.is_regex else self.text in found.message


def mismatches(text: str, found: Sequence[Diagnostic], name: str, first_line: int = 1, strict: bool = True) -> list[Diagnostic]:
    """An error for everything reported but not expected (`strict`), or expected but not reported."""

    def at(line: int) -> FileLineColLoc:
        return FileLineColLoc(StringAttr(name), IntAttr(line), IntAttr(1))

    wanted, unreadable = expectations(text, first_line)
    problems = [Diagnostic("error", message, at(line)) for line, message in unreadable]
    for diagnostic in found:
        place = file_line_col(diagnostic.location)
        line = place[1] if place is not None and place[0] == name else None
        match = next((w for w in wanted if not w.seen and w.matches(diagnostic, line)), None)
        if match is not None:
            match.seen = True
        elif strict or diagnostic.severity == "error":
            problems.append(Diagnostic("error", f"unexpected {diagnostic.severity}: {diagnostic.message}", diagnostic.location))
    problems += [Diagnostic("error", f'expected {w.severity} "{w.text}" was not produced', at(w.at)) for w in wanted if not w.seen]
    return problems


def expectations(text: str, first_line: int = 1) -> tuple[list[Expected], list[tuple[int, str]]]:
    """What the comments of a text expect, and complaints about comments that cannot be read."""
    out: list[Expected] = []
    problems: list[tuple[int, str]] = []
    waiting: list[Expected] = []
    for number, row in enumerate(text.split("\n"), first_line):
        match = EXPECTED.search(row)
        if match is None:
            if MALFORMED.search(row):
                problems.append(
                    (number, "this expectation cannot be read; it is expected-error[-re] [@+N|@-N|@above|@below|@unknown] {{text}}")
                )
            for earlier in waiting:
                earlier.line = number
            waiting = []
            continue
        line, below = _line(match["place"], number, out)
        expected = Expected(match["severity"], match["text"], match["regex"] is not None, line, number)
        out.append(expected)
        if below:
            waiting.append(expected)
    return out, problems


def _line(place: str | None, number: int, earlier: Sequence[Expected]) -> tuple[int | None, bool]:
    """The line meant, and whether it is only known once a line without an expectation comes."""
    match place:
        case None:
            return number, False
        case "unknown":
            return None, False
        case "above":
            taken = {e.at for e in earlier}
            above = number - 1
            while above in taken:
                above -= 1
            return above, False
        case "below":
            return None, True
        case _:
            return number + int(place), False


def _pattern(text: str) -> str:
    """An MLIR expectation of the -re form: literal text with `{{regex}}` parts."""
    return "".join(part if i % 2 else re.escape(part) for i, part in enumerate(_parts(text)))


def _parts(text: str) -> Iterator[str]:
    yield from re.split(r"\{\{(.*?)\}\}", text)
