"""What an editor asks about IR text: what is wrong with it, what a name means, where it is defined.

Names are found in the text itself, so that looking up works in a file that does not parse at the moment; types come from the parser where it gets through.
Lines and columns count from zero, in characters.
"""

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue

from inferir.core import InferError, discovery, make_context, parse, verify
from inferir.core.diagnostics import file_line_col

_TOKEN = re.compile(r"//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|%[\w.$-]+(?:#\d+)?|@[\w.$-]+|[A-Za-z_][\w.$-]*|\S")
_SYMBOL_HEAD = re.compile(r"^\s*[a-z_][\w.]*(?:\s+(?:private|public|nested))?\s+@([\w.$-]+)")
_RESULTS = re.compile(r"^\s*%[\w.$:, %-]+?=(?!=)")


@dataclass(frozen=True)
class Token:
    """A word of the text and where it stands."""

    text: str
    line: int
    column: int

    @property
    def end(self) -> int:
        return self.column + len(self.text)


@dataclass(frozen=True)
class Place:
    """A range in a line of a file; `file` is None for the text itself."""

    line: int
    column: int
    end: int
    file: Path | None = None


@dataclass(frozen=True)
class Problem:
    """An error or a note at a place."""

    place: Place
    message: str
    notes: tuple["Problem", ...] = ()


class IrSource:
    """A text, and what there is to say about it."""

    def __init__(self, text: str, name: str = "text"):
        self.lines = text.split("\n")
        self._name = name

    @cached_property
    def _chunks(self) -> list[tuple[int, int]]:
        """First and last line (excluded) of the parts between `// -----` lines."""
        cuts = [i for i, line in enumerate(self.lines) if line.strip() == "// -----"]
        return list(zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(self.lines)], strict=True))

    @cached_property
    def _parsed(self) -> list[tuple[ModuleOp | None, InferError | None]]:
        """Every chunk's module where it parses, and its error where it has one."""
        out = []
        unregistered = any("--allow-unregistered-dialect" in line for line in self.lines)
        for first, last in self._chunks:
            text = "\n".join(self.lines[first:last])
            module = error = None
            if re.search(r"^\s*[^\s/]", text, re.MULTILINE):
                try:
                    module = parse(text, self._name, make_context(unregistered), first + 1)
                    verify(module)
                except InferError as e:
                    error = e
            out.append((module, error))
        return out

    @cached_property
    def _ops(self) -> dict[tuple[int, int], Operation]:
        """Operations by the line and column at which they begin."""
        found = {}
        for module, _ in self._parsed:
            for op in module.walk() if module is not None else ():
                place = file_line_col(op.location)
                if place is not None and place[0] == self._name and not isinstance(op, ModuleOp):
                    found[place[1] - 1, place[2] - 1] = op
        return found

    def problems(self) -> list[Problem]:
        """The first error of every chunk."""
        return [self._problem(error) for _, error in self._parsed if error is not None]

    def hover(self, line: int, column: int) -> str | None:
        """Markdown about the name at a place: an op's documentation, a value's type, a pass's summary."""
        token = self._token_at(line, column)
        if token is None:
            return None
        if token.text.startswith("%"):
            return self._hover_value(token)
        if token.text.startswith("@"):
            place = self._symbol(token)
            return f"```mlir\n{self.lines[place.line].strip()}\n```" if place else None
        if token.text.startswith("//"):
            return _hover_pass(_word_at(token, column))
        return self._hover_op(token)

    def definition(self, line: int, column: int) -> Place | None:
        """Where the value, symbol, op or pass at a place is defined."""
        token = self._token_at(line, column)
        if token is None:
            return None
        if token.text.startswith("%"):
            found = self._value(token)
            return Place(found.line, found.column, found.end) if found else None
        if token.text.startswith("@"):
            return self._symbol(token)
        if token.text.startswith("//"):
            name = _word_at(token, column)
            return _source(importlib.import_module(discovery.pass_modules()[name])) if name in discovery.pass_modules() else None
        cls = make_context().get_optional_op(token.text)
        return _source(cls) if cls else None

    def _problem(self, error: InferError) -> Problem:
        notes = tuple(Problem(self._range(file_line_col(note.location)), note.message) for note in error.notes)
        return Problem(self._range(file_line_col(error.location)), error.message, notes)

    def _range(self, place: tuple[str, int, int] | None) -> Place:
        """The word at a location of the parser's."""
        if place is None or place[0] != self._name:
            return Place(0, 0, 1)
        line = min(max(place[1] - 1, 0), len(self.lines) - 1)
        column = min(max(place[2] - 1, 0), len(self.lines[line]))
        word = _TOKEN.match(self.lines[line], column)
        return Place(line, column, word.end() if word else column + 1)

    def _tokens(self, line: int) -> Iterator[Token]:
        for match in _TOKEN.finditer(self.lines[line]):
            yield Token(match[0], line, match.start())

    def _token_at(self, line: int, column: int) -> Token | None:
        if not 0 <= line < len(self.lines):
            return None
        tokens = [t for t in self._tokens(line) if t.column <= column <= t.end]
        names = [t for t in tokens if t.text[0] in '%@/"_' or t.text[0].isalpha()]
        return names[-1] if names else None

    def _chunk(self, line: int) -> tuple[int, int]:
        return next(((first, last) for first, last in self._chunks if first <= line < last), (line, line + 1))

    def _value(self, token: Token) -> Token | None:
        """The definition of a value: the nearest above, or the first below where values may be used before they are defined."""
        name = token.text.split("#")[0]
        first, last = self._chunk(token.line)
        found = [t for line in range(first, last) for t in self._tokens(line) if t.text == name and self._defines(t)]
        above = [t for t in found if (t.line, t.column) <= (token.line, token.column)]
        return above[-1] if above else next(iter(found), None)

    def _defines(self, token: Token) -> bool:
        """Whether a value is defined where it stands: an op's result, a block's or function's argument, a loop's variable."""
        row = self.lines[token.line]
        before, after = row[: token.column], row[token.end :]
        results = _RESULTS.match(row)
        if results and token.column < results.end():
            return True
        if re.match(r"\s*=(?!=)", after):
            return True
        continued = row.lstrip().startswith("%") and results is None
        heads_region = continued or row.rstrip().endswith(("{", "->", "(")) or row.lstrip().startswith("^") or _SYMBOL_HEAD.match(row)
        return bool(heads_region and re.search(r"[(,]\s*$|^\s*$", before) and re.match(r"\s*:\s*\S", after))

    def _hover_value(self, token: Token) -> str | None:
        found = self._value(token)
        if found is None:
            return None
        value = self._typed(found, token)
        row = self.lines[found.line].strip()
        if value is not None:
            return f"```mlir\n{token.text} : {value.type}\n```\n```mlir\n{row}\n```"
        written = _type_after(self.lines[found.line], found.end)
        return f"```mlir\n{token.text} : {written}\n```" if written else f"```mlir\n{row}\n```"

    def _typed(self, found: Token, use: Token) -> SSAValue | None:
        """The parsed result that a definition stands for."""
        row = self.lines[found.line]
        op = self._ops.get((found.line, len(row) - len(row.lstrip())))
        results = _RESULTS.match(row)
        if op is None or results is None or found.column >= results.end():
            return None
        index = 0
        for part in results[0].rstrip("=").split(","):
            name, _, count = part.strip().partition(":")
            if name == found.text:
                index += int(use.text.partition("#")[2] or 0)
                break
            index += int(count or 1)
        return op.results[index] if index < len(op.results) else None

    def _hover_op(self, token: Token) -> str | None:
        cls = make_context().get_optional_op(token.text)
        if cls is None:
            return None
        doc = (inspect.getdoc(cls) or "").strip()
        row = self.lines[token.line]
        op = self._ops.get((token.line, len(row) - len(row.lstrip())))
        types = ""
        if op is not None and op.name == token.text:
            types = f"\n```mlir\n({', '.join(str(o.type) for o in op.operands)}) -> ({', '.join(str(r.type) for r in op.results)})\n```\n"
        return f"**{token.text}**\n{types}\n```text\n{doc}\n```"

    def _symbol(self, token: Token) -> Place | None:
        first, last = self._chunk(token.line)
        for line in range(first, last):
            match = _SYMBOL_HEAD.match(self.lines[line])
            if match and match[1] == token.text[1:]:
                return Place(line, match.start(1) - 1, match.end(1))
        return None


def _hover_pass(name: str) -> str | None:
    module = discovery.pass_modules().get(name)
    return f"**{name}**\n\n```text\n{inspect.getdoc(importlib.import_module(module))}\n```" if module else None


def _word_at(token: Token, column: int) -> str:
    """The word of a comment at a column, such as a pass in a RUN line."""
    at = column - token.column
    return next((m[0] for m in re.finditer(r"[a-z0-9]+(?:-[a-z0-9]+)*", token.text) if m.start() <= at <= m.end()), "")


def _type_after(row: str, at: int) -> str | None:
    """The type written after `%name` in a list of arguments."""
    match = re.match(r"\s*:\s*", row[at:])
    if match is None:
        return None
    start = at + match.end()
    depth = 0
    for i in range(start, len(row)):
        depth += row[i] in "<([{"
        depth -= row[i] in ">)]}" and row[i - 1 : i + 1] != "->"
        if depth < 0 or (depth == 0 and row[i] in ", "):
            return row[start:i]
    return row[start:] or None


def _source(thing: object) -> Place | None:
    """Where a Python module or class is written."""
    try:
        file = inspect.getsourcefile(thing)  # pyright: ignore[reportArgumentType]
        line = 0 if inspect.ismodule(thing) else inspect.getsourcelines(thing)[1] - 1  # pyright: ignore[reportArgumentType]
    except (OSError, TypeError):
        return None
    return Place(line, 0, 0, Path(file)) if file else None
