"""What an editor asks about IR text: what is wrong with it, what a name means, where it is defined and used, what could stand here.

The parser notes the place of everything (`core/recording_parser.py`) and goes on after a mistake, so this works in a text that does not parse at the
moment. Lines and columns count from zero, in characters. Plug-ins that RUN lines load (`--plugin=%S/x.py`) are known.
"""

from __future__ import annotations

import importlib
import inspect
import re
import shlex
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xdsl.ir import Dialect, Operation
from xdsl.utils.mlir_lexer import MLIRTokenKind

from inferir.core import Context, InferError, discovery, make_context, verify
from inferir.core.diagnostics import file_line_col
from inferir.core.plugins import own_plugins
from inferir.core.recording_parser import Definition, ReadOp, Record, RecordingParser, Token
from inferir.tools.pass_arguments import plugin_paths

RUN_LINE = re.compile(r"^\s*//\s*RUN:(.*)$", re.MULTILINE)


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
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Symbol:
    """A named op: its name's place, the first and last line of the op, and the symbols inside it."""

    name: str
    kind: str
    place: Place
    first: int
    last: int
    inner: tuple[Symbol, ...] = ()


class IrSource:
    """A text, and what there is to say about it. Made in one go: afterwards it only looks things up."""

    def __init__(self, text: str, path: str | Path = "text"):
        self.text = text
        self.lines = text.split("\n")
        self.path = Path(path)
        self.name = self.path.name
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.passes: dict[str, str | None] = {}
        """The module of each pass that RUN lines can name; None for one of xDSL's."""
        self._plugin_problem: Problem | None = None
        try:
            with own_plugins(self.plugins()):
                self._read()
        except InferError as error:
            line = next((i for i, row in enumerate(self.lines) if "plugin" in row), 0)
            self._plugin_problem = Problem(Place(line, 0, len(self.lines[line])), str(error))
            with own_plugins():
                self._read()

    def plugins(self) -> list[str]:
        """The plug-in files that RUN lines load."""
        found: dict[str, None] = {}
        for match in RUN_LINE.finditer(self.text):
            try:
                words = shlex.split(match[1])
            except ValueError:
                continue
            folder = str(self.path.resolve().parent)
            found |= dict.fromkeys(p.replace("%S", folder).replace("%p", folder) for p in plugin_paths(words))
        return list(found)

    def _read(self) -> None:
        self.ctx: Context = make_context("--allow-unregistered-dialect" in self.text)
        tree = discovery.pass_modules()
        self.passes = {name: tree.get(name) for name in sorted(discovery.quick_names())}
        self._classes = {name: cls for name in self.passes if discovery.is_plugged(name) for cls in [discovery.find_pass(name)]}
        cuts = [i for i, line in enumerate(self.lines) if line.strip() == "// -----"]
        self.chunks: list[Chunk] = []
        for first, last in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(self.lines)], strict=True):
            text = "\n".join(self.lines[first:last])
            ctx = self.ctx.clone()
            record = RecordingParser(ctx, text, self.name, first + 1).read()
            self.chunks.append(Chunk(self._starts[first], self._starts[first] + len(text), record))
        for chunk in self.chunks:
            if chunk.record.module is not None and not chunk.record.errors:
                try:
                    verify(chunk.record.module)
                except InferError as error:
                    chunk.record.errors.append(error)

    # Places.

    def offset(self, line: int, column: int) -> int:
        """The position of a line and column, kept inside the text."""
        line = min(max(line, 0), len(self.lines) - 1)
        return self._starts[line] + min(max(column, 0), len(self.lines[line]))

    def _place(self, start: int, end: int) -> Place:
        line = bisect_right(self._starts, start) - 1
        return Place(line, start - self._starts[line], end - self._starts[line])

    def _at(self, line: int, column: int) -> tuple[Chunk, Token] | None:
        if not 0 <= line < len(self.lines):
            return None
        position = self.offset(line, column)
        chunk = self.chunk_at(position)
        token = chunk.record.token_at(position - chunk.start)
        return None if token is None else (chunk, token)

    def line_before(self, rows: Sequence[str], line: int) -> int:
        """The line that was, when the text was read, where a line of what it reads now is; inside what changed, the first line of that."""
        same = next((i for i, (old, new) in enumerate(zip(self.lines, rows, strict=False)) if old != new), min(len(self.lines), len(rows)))
        if line <= same:
            return line
        below = len(rows) - line
        unchanged = all(self.lines[-i] == rows[-i] for i in range(1, min(below, len(self.lines) - same) + 1))
        return len(self.lines) - below if unchanged and below <= len(self.lines) - same else same

    def chunk_at(self, position: int) -> Chunk:
        """The chunk around a position."""
        return next((c for c in self.chunks if position <= c.end), self.chunks[-1])

    def _token_place(self, chunk: Chunk, token: Token) -> Place:
        return self._place(chunk.start + token.start, chunk.start + token.end)

    # What is wrong.

    def problems(self) -> list[Problem]:
        """The first error of every chunk."""
        found = [self._problem(chunk.record.errors[0]) for chunk in self.chunks if chunk.record.errors]
        return [self._plugin_problem, *found] if self._plugin_problem is not None else found

    def _problem(self, error: InferError) -> Problem:
        notes = tuple(Problem(self._range(file_line_col(note.location)), note.message) for note in error.notes)
        return Problem(self._range(file_line_col(error.location)), error.message, notes)

    def _range(self, place: tuple[str, int, int] | None) -> Place:
        """The token at a location of the parser's."""
        if place is None or place[0] != self.name:
            return Place(0, 0, 1)
        start = self.offset(place[1] - 1, place[2] - 1)
        at = self._place(start, start)
        found = self._at(at.line, at.column)
        if found is not None and found[0].start + found[1].start == start:
            return self._token_place(*found)
        return Place(at.line, at.column, at.column + 1)

    # What a name means.

    def hover(self, line: int, column: int) -> str | None:
        """Markdown about the name at a place: an op's documentation, a value's type, a pass's summary."""
        if (step := self._pass_at(line, column)) is not None:
            module = self.passes[step]
            doc = inspect.getdoc(importlib.import_module(module)) if module is not None else inspect.getdoc(self._classes.get(step, object))
            return f"**{step}**\n\n```text\n{doc}\n```" if module is not None or step in self._classes else f"**{step}**"
        found = self._at(line, column)
        if found is None:
            return None
        chunk, token = found
        if token.kind is MLIRTokenKind.PERCENT_IDENT:
            return self._hover_value(chunk, token)
        if token.kind is MLIRTokenKind.AT_IDENT:
            place = self._symbol(chunk, token)
            return f"```mlir\n{self.lines[place.line].strip()}\n```" if place else None
        return self._hover_op(chunk, token)

    def _hover_value(self, chunk: Chunk, token: Token) -> str | None:
        definition = chunk.record.definition_of(token)
        if definition is None:
            return None
        row = self.lines[self._token_place(chunk, definition.token).line].strip()
        following = next((t for t in (chunk.record.tokens.get(token.end),) if t is not None and t.kind is MLIRTokenKind.HASH_IDENT), None)
        index = int(following.text[1:]) if following is not None and following.text[1:].isdigit() else 0
        shown = f"{token.text}{following.text}" if following is not None else token.text
        if index < len(definition.values):
            return f"```mlir\n{shown} : {definition.values[index].type}\n```\n```mlir\n{row}\n```"
        return f"```mlir\n{row}\n```"

    def _hover_op(self, chunk: Chunk, token: Token) -> str | None:
        cls = self._op_class(chunk, token)
        if cls is None:
            return None
        doc = (inspect.getdoc(cls) or "").strip()
        read = chunk.record.op_at(token.start)
        types = ""
        if read is not None and read.op.name == cls.name:
            op = read.op
            types = f"\n```mlir\n({', '.join(str(o.type) for o in op.operands)}) -> ({', '.join(str(r.type) for r in op.results)})\n```\n"
        return f"**{cls.name}**\n{types}\n```text\n{doc}\n```"

    def _op_class(self, chunk: Chunk, token: Token) -> type[Operation] | None:
        if token.kind is not MLIRTokenKind.BARE_IDENT and token.kind is not MLIRTokenKind.STRING_LIT:
            return None
        name = token.text.strip('"')
        read = chunk.record.op_at(token.start)
        if "." not in name and read is not None and read.op.name.endswith(f".{name}") and self._begins(chunk, read, token):
            return type(read.op)  # `return` for `func.return`
        return self.ctx.get_optional_op(name) if "." in name else None

    @staticmethod
    def _begins(chunk: Chunk, read: ReadOp, token: Token) -> bool:
        return next((t for t in chunk.record.inside(read) if t.kind is MLIRTokenKind.BARE_IDENT), None) == token

    def definition(self, line: int, column: int) -> Place | None:
        """Where the value, symbol, op or pass at a place is defined."""
        if (step := self._pass_at(line, column)) is not None:
            module = self.passes[step]
            return _source(importlib.import_module(module)) if module is not None else _source(self._classes.get(step))
        found = self._at(line, column)
        if found is None:
            return None
        chunk, token = found
        if token.kind is MLIRTokenKind.PERCENT_IDENT:
            definition = chunk.record.definition_of(token)
            return self._token_place(chunk, definition.token) if definition else None
        if token.kind is MLIRTokenKind.AT_IDENT:
            return self._symbol(chunk, token)
        cls = self._op_class(chunk, token)
        return _source(cls) if cls else None

    def references(self, line: int, column: int) -> list[Place]:
        """Every place that names the same value or symbol, its definition included."""
        found = self._at(line, column)
        if found is None:
            return []
        chunk, token = found
        record = chunk.record
        same = [t for t in record.tokens.values() if t.text == token.text and t.kind is token.kind]
        if token.kind is MLIRTokenKind.PERCENT_IDENT:
            definition = record.definition_of(token)
            return [self._token_place(chunk, t) for t in same if definition is not None and record.definition_of(t) == definition]
        if token.kind is MLIRTokenKind.AT_IDENT and (place := self._symbol(chunk, token)) is not None:
            return [self._token_place(chunk, t) for t in same if self._symbol(chunk, t) == place]
        return []

    def renamed(self, line: int, column: int, name: str) -> list[Place]:
        """The places to write a new name at. Raises InferError for a name that cannot be, or is taken."""
        found = self._at(line, column)
        places = self.references(line, column)
        if found is None or not places:
            raise InferError("there is no value or symbol here that could be renamed")
        chunk, token = found
        if not name.startswith(token.text[0]) or not re.fullmatch(r"[%@](?:\d+|[A-Za-z$._-][\w$.-]*)", name):
            raise InferError(f"'{name}' is no name of this kind; it is like '{token.text}'")
        taken = any(t.text == name and t.kind is token.kind for t in chunk.record.tokens.values())
        if taken and name != token.text:
            raise InferError(f"'{name}' is taken")
        return places

    def _symbol(self, chunk: Chunk, token: Token) -> Place | None:
        """The definition of a symbol: that of the innermost op around which has one of the name."""
        held = [(name, read) for name, read in chunk.record.symbols() if name.text == token.text]
        around = [(name, read, self._table(chunk, read)) for name, read in held]
        inside = [(table, name) for name, _, table in around if table[0] <= token.start <= table[1]]
        best = min(inside, key=lambda each: each[0][1] - each[0][0], default=None)
        return self._token_place(chunk, best[1]) if best is not None else None

    @staticmethod
    def _table(chunk: Chunk, read: ReadOp) -> tuple[int, int]:
        parents = [r for r in chunk.record.ops if r.start < read.start and r.end >= read.end]
        inner = max(parents, key=lambda r: r.start, default=None)
        return (0, chunk.end) if inner is None else (inner.start, inner.end)

    # The file as a whole.

    def symbols(self) -> list[Symbol]:
        """The symbols that ops define, those inside others below them."""
        out: list[Symbol] = []
        for chunk in self.chunks:
            found = [(name, read) for name, read in chunk.record.symbols()]
            out += self._tree(chunk, found)
        return out

    def _tree(self, chunk: Chunk, found: Sequence[tuple[Token, ReadOp]]) -> list[Symbol]:
        out, i = [], 0
        while i < len(found):
            name, read = found[i]
            inside = [each for each in found[i + 1 :] if each[1].end <= read.end]
            first, last = (self._place(chunk.start + p, chunk.start + p).line for p in (read.start, read.end))
            out.append(Symbol(name.text, read.op.name, self._token_place(chunk, name), first, last, tuple(self._tree(chunk, inside))))
            i += 1 + len(inside)
        return out

    def hints(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """Types of results that their op's first line does not show: line, column and text, for some lines."""
        for chunk in self.chunks:
            for definition in chunk.record.definitions.values():
                place = self._token_place(chunk, definition.token)
                if first <= place.line <= last and definition.values and isinstance(definition.values[0].owner, Operation):
                    types = ", ".join(str(v.type) for v in definition.values)
                    if types not in self.lines[place.line]:
                        yield place.line, place.end, f": {types}"

    def formatted(self) -> str:
        """The text with ops and comments indented by the regions around them, and one space between tokens at most. Comments stay.

        Raises InferError where the text does not parse: then it is not known what belongs where.
        """
        for chunk in self.chunks:
            if chunk.record.errors:
                raise chunk.record.errors[0]
        tokens = {c.start + t.start: t for c in self.chunks for t in c.record.tokens.values()}
        begins = {c.start + r.start for c in self.chunks for r in c.record.ops}
        out, depth, shift = [], 0, 0
        for row, start in zip(self.lines, self._starts, strict=False):
            inside = [(s - start, tokens[s]) for s in range(start, start + len(row)) if s in tokens]
            indent = len(row) - len(row.lstrip())
            first = row.lstrip()[:1]
            here = depth - (first == "}")
            known = start + indent in begins or first in ("}", "^") or row.lstrip().startswith("//")
            if known:
                shift = 2 * max(0, here - (first == "^")) - indent
            out.append((" " * max(0, indent + shift) + self._spaced(row, inside).lstrip()).rstrip())
            depth += sum((t.text in ("{", "{-#")) - (t.text in ("}", "#-}")) for _, t in inside)
        return "\n".join(out)

    @staticmethod
    def _spaced(row: str, tokens: Sequence[tuple[int, Token]]) -> str:
        """A row with no more than one space between its tokens; what follows the last of them, a comment, as it is."""
        if not tokens:
            return row
        parts, at = [], tokens[0][0]
        for start, token in tokens:
            between = row[at:start]
            parts += [" " if between and not between.strip() else between, token.text]
            at = start + len(token.text)
        return "".join([*parts, row[at:]])

    # What RUN lines name, and dialects.

    def _pass_at(self, line: int, column: int) -> str | None:
        """The pass that a RUN line names at a place."""
        if not 0 <= line < len(self.lines) or not RUN_LINE.match(self.lines[line]):
            return None
        row = self.lines[line]
        start = next((i for i in range(column, 0, -1) if not (row[i - 1].isalnum() or row[i - 1] in "-_")), 0)
        end = next((i for i in range(column, len(row)) if not (row[i].isalnum() or row[i] in "-_")), len(row))
        word = row[start:end].lstrip("-")
        return word if word in self.passes else None

    @cached_property
    def dialects(self) -> list[str]:
        """The names of all dialects."""
        return sorted(self.ctx.registered_dialect_names)

    def dialect(self, name: str) -> Dialect | None:
        """The dialect of a name, loaded when it is first asked for."""
        return self.ctx.get_optional_dialect(name)


@dataclass(frozen=True)
class Chunk:
    """A part of the text between `// -----` lines."""

    start: int
    end: int
    record: Record


def _source(thing: object) -> Place | None:
    """Where a Python module or class is written."""
    try:
        file = inspect.getsourcefile(thing)  # pyright: ignore[reportArgumentType]
        line = 0 if inspect.ismodule(thing) else inspect.getsourcelines(thing)[1] - 1  # pyright: ignore[reportArgumentType]
    except (OSError, TypeError):
        return None
    return Place(line, 0, 0, Path(file)) if file else None


__all__ = ["Chunk", "Definition", "IrSource", "Place", "Problem", "Symbol"]
