"""A parser for editors: it notes where everything stands, and goes on after a mistake with the next op."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.ir import Operation, SSAValue
from xdsl.utils.exceptions import MultipleSpansParseError, ParseError
from xdsl.utils.lexer import Span
from xdsl.utils.mlir_lexer import MLIRTokenKind

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note
from inferir.core.text_parser import InferParser

Scope = tuple[object, ...]
"""The regions around a place, from the outermost."""


@dataclass(frozen=True)
class Token:
    """A token that was read, and the regions around it."""

    kind: MLIRTokenKind
    text: str
    start: int
    scope: Scope

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Definition:
    """A value's name where it is defined, and the values that it stands for."""

    token: Token
    values: Sequence[SSAValue] = ()


@dataclass(frozen=True)
class ReadOp:
    """An operation and its place."""

    op: Operation
    start: int
    end: int


@dataclass
class Record:
    """What was read of a text. Positions count characters from its beginning."""

    module: ModuleOp | None = None
    tokens: dict[int, Token] = field(default_factory=dict)
    definitions: dict[tuple[object, str], Definition] = field(default_factory=dict)
    """By the innermost region around, None for none, and the name with its `%`."""
    ops: list[ReadOp] = field(default_factory=list)
    errors: list[InferError] = field(default_factory=list)

    def finish(self) -> Record:
        """Put tokens and ops in order."""
        self.tokens = dict(sorted(self.tokens.items()))
        self.starts = list(self.tokens)
        self._defined = {d.token.start: d for d in self.definitions.values()}
        self.ops.sort(key=lambda read: (read.start, -read.end))
        return self

    def token_at(self, position: int) -> Token | None:
        """The token that a position touches; of two that meet there, a name."""
        index = bisect_right(self.starts, position) - 1
        near = [self.tokens[self.starts[i]] for i in (index, index - 1) if i >= 0]
        touching = [t for t in near if t.start <= position <= t.end]
        return next((t for t in touching if t.text[:1] in "%@!#^" or t.text[:1].isalpha()), touching[0] if touching else None)

    def definition_of(self, token: Token) -> Definition | None:
        """Where the value that a token names is defined. The name of a loop's variable stands before the region that it is visible in."""
        if token.start in self._defined:
            return self._defined[token.start]
        for region in (*reversed(token.scope), None):
            found = self.definitions.get((region, token.text))
            if found is not None:
                return found
        return None

    def visible(self, position: int) -> list[Definition]:
        """The definitions above a position, in regions that are around it."""
        index = bisect_right(self.starts, position)
        around = [self.tokens[start].scope for start in self.starts[max(0, index - 1) : index + 1]]
        common = set(around[0]).intersection(*around[1:]) if around else set()
        return [d for (region, _), d in self.definitions.items() if d.token.end < position and (region is None or region in common)]

    def op_at(self, position: int) -> ReadOp | None:
        """The innermost operation around a position."""
        index = bisect_right(self.ops, position, key=lambda read: read.start)
        return next((r for r in reversed(self.ops[:index]) if r.end >= position), None)

    def inside(self, read: ReadOp) -> Iterator[Token]:
        """The tokens of an operation, in order."""
        first, last = bisect_right(self.starts, read.start - 1), bisect_right(self.starts, read.end - 1)
        return (self.tokens[start] for start in self.starts[first:last])

    def symbols(self) -> list[tuple[Token, ReadOp]]:
        """The names of symbols where they are defined, with the ops that define them."""
        found = []
        for read in self.ops:
            name = read.op.get_attr_or_prop("sym_name")
            if isinstance(name, StringAttr):
                token = next((t for t in self.inside(read) if t.kind is MLIRTokenKind.AT_IDENT and t.text.strip('@"') == name.data), None)
                if token is not None:
                    found.append((token, read))
        return found


class _Broken(Operation):
    """Stands where an operation could not be read."""

    name = "core.broken"


class RecordingParser(InferParser):
    """Reads a text into a Record."""

    def __init__(self, ctx: Context, text: str, name: str, first_line: int = 1):
        self.record = Record()
        self._scope: list[object] = []
        super().__init__(ctx, text, name, first_line)

    def read(self) -> Record:
        """All of the text, whatever is wrong with it."""
        try:
            if not self.at_end():
                self.record.module = self.parse_module()
        except ParseError as error:
            self.record.errors.append(self._as_infer_error(error))
        except InferError as error:
            self.record.errors.append(error)
        except Exception as error:  # noqa: BLE001  (a type's own constructor may raise anything)
            self.record.errors.append(InferError(f"cannot read this: {error}", self.location_at(self.pos)))
        return self.record.finish()

    def _consume_token(self, expected_kind: Any = None) -> Any:
        token = super()._consume_token(expected_kind)
        start = token.span.start
        self.record.tokens[start] = Token(token.kind, token.text, start, tuple(self._scope))
        self._last_end = token.span.end
        return token

    def _register_ssa_definition(self, name: str, values: Sequence[SSAValue], span: Span[str]) -> None:
        token = Token(MLIRTokenKind.PERCENT_IDENT, f"%{name}", span.start, tuple(self._scope))
        self.record.definitions.setdefault((self._scope[-1] if self._scope else None, token.text), Definition(token, tuple(values)))
        super()._register_ssa_definition(name, values, span)

    def parse_operation(self) -> Operation:
        """An operation; one that cannot be read is skipped, and its mistake noted."""
        start, nested = self._current_token.span.start, len(self._parser_state.dialect_stack)
        try:
            op = super().parse_operation()
        except (ParseError, InferError) as error:
            if not self._skipped(start):
                raise
            del self._parser_state.dialect_stack[nested:]
            self.record.errors.append(error if isinstance(error, InferError) else self._as_infer_error(error))
            return _Broken.create()
        self.record.ops.append(ReadOp(op, start, self._last_end))
        return op

    def _skipped(self, start: int) -> bool:
        """Go to the next row that may begin an operation of the same block; whether there is one, or the block's end."""
        text, depth = self.lexer.input.content, 0
        row = start
        while (row := text.find("\n", row) + 1) > 0:
            depth += text.count("{", start, row) - text.count("}", start, row)
            start = row
            ahead = text[row:].lstrip(" \t")[:1] if depth <= 0 else ""
            if depth < 0 or (depth == 0 and ahead and ahead not in "\n/"):
                if depth < 0:
                    row = text.rfind("}", 0, row)
                try:
                    self._resume_from(row)
                except ParseError:
                    continue
                return True
        try:
            self._resume_from(len(text))
        except ParseError:
            return False
        return True

    def _as_infer_error(self, error: ParseError) -> InferError:
        notes = []
        if isinstance(error, MultipleSpansParseError):
            seen = (error.ref_text or "see here").rstrip(":")
            notes = [Note(message or seen, self.location_at(span.start)) for span, message in error.refs]
        return InferError(error.msg, self.location_at(error.span.start), notes)
