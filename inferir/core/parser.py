"""Reading IR text: `InferError` with file, line and column for everything that is wrong with it.

Long texts, which repeat themselves, go through the fast parser; short ones through xDSL's, which starts sooner. Both read
the same language and say the same about mistakes.
"""

from __future__ import annotations

import re
import sys

from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import MultipleSpansParseError, ParseError

from inferir.core.collecting import uncollected
from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note
from inferir.core.locations import SourceText
from inferir.core.text_parser import InferParser

LONG_TEXT = 16_384
"""Characters from which a text goes through the fast parser."""
MAX_NESTING = 2_100
"""Brackets nested deeper than this are refused."""
DEEP_RECURSION = 100_000
"""Python's recursion limit once a text was nested too deeply for the usual one."""


def parse(text: str, name: str, ctx: Context, first_line: int = 1, allow_implicit_module: bool = True) -> ModuleOp:
    """Read a module. Raises InferError where the text is wrong; does not verify.

    `first_line` is the line of the file at which `text` begins (for a chunk of a split file).
    """
    ctx.sources.setdefault(name, text)
    source = SourceText(text, name, first_line)
    with uncollected():
        if sys.getrecursionlimit() < DEEP_RECURSION:
            try:
                return _parse(source, ctx, allow_implicit_module)
            except RecursionError:
                pass
        if nesting(text) > MAX_NESTING:
            raise InferError(f"{name}: nested too deeply (more than {MAX_NESTING} brackets)")
        sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEP_RECURSION))
        return _parse(source, ctx, allow_implicit_module)


def parser_for(text: str) -> type[InferParser]:
    """The parser that suits a text."""
    if len(text) < LONG_TEXT:
        return InferParser
    from inferir.core.fast_headers import HeaderParser

    return HeaderParser


def nesting(text: str) -> int:
    """How deep the brackets of a text are nested, strings and comments included."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[({<})\]]|(?<!-)>", text):
        depth += 1 if bracket in "[({<" else -1
        deepest = max(deepest, depth)
    return deepest


def _parse(source: SourceText, ctx: Context, allow_implicit_module: bool) -> ModuleOp:
    parser: InferParser | None = None
    try:
        parser = parser_for(source.text)(ctx, source.text, source.file.data, source.first_line)
        if parser.at_end():
            return ModuleOp([])
        return parser.parse_module(allow_implicit_module)
    except ParseError as error:
        notes = []
        if isinstance(error, MultipleSpansParseError):
            seen = (error.ref_text or "see here").rstrip(":")
            notes = [Note(message or seen, source.location_at(span.start)) for span, message in error.refs]
        raise InferError(error.msg, source.location_at(error.span.start), notes) from None
    except (InferError, RecursionError):
        raise
    except Exception as error:
        location = source.location_at(parser.pos) if parser is not None else None
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InferError(f"cannot read this: {said}", location) from error
