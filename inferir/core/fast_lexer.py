"""xDSL's lexer with one regular expression for the common tokens; everything else goes to xDSL's."""

from __future__ import annotations

import re

from xdsl.utils.lexer import Input, Span, Token
from xdsl.utils.mlir_lexer import MLIRLexer, MLIRToken
from xdsl.utils.mlir_lexer import MLIRTokenKind as Kind

_SPACE = re.compile(r"(?:[ \t\n\r\f\v]+|//[^\n]*)*")
_TOKEN = re.compile(
    r"(?P<word>[a-zA-Z_][a-zA-Z0-9_$.]*)|(?P<value>%(?:[0-9]+|[a-zA-Z$._-][a-zA-Z0-9$._-]*))|(?P<arrow>->)|(?P<mark>[:,()}\[\]<>=+/*?|]|\{(?!-#))"
)
_MARKS = {kind.value: kind for kind in Kind if isinstance(kind.value, str) and len(kind.value) == 1}
_KINDS = {"word": Kind.BARE_IDENT, "value": Kind.PERCENT_IDENT, "arrow": Kind.ARROW}


class FastSpan(Span[str]):
    """A span that is made without the checks of a frozen dataclass."""

    __slots__ = ()

    def __init__(self, start: int, end: int, input: Input[str], line_offset: int = 0):
        state = vars(self)
        state["start"], state["end"], state["input"], state["line_offset"] = start, end, input, line_offset

    @property
    def text(self) -> str:
        return self.input.content[self.start : self.end]


class FastLexer(MLIRLexer):
    """The lexer."""

    def lex(self) -> MLIRToken:
        """The next token."""
        content = self.input.content
        space = _SPACE.match(content, self.pos)
        assert space is not None
        start = space.end()
        found = _TOKEN.match(content, start)
        if found is None:
            self.pos = start
            return super().lex()
        self.pos = end = found.end()
        group = found.lastgroup
        kind = _MARKS[found.group()] if group == "mark" else _KINDS[group]  # pyright: ignore[reportArgumentType]
        return Token(kind, FastSpan(start, end, self.input))
