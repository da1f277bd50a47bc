"""What could stand at a place of IR text: values, symbols, ops, attributes of an op, types, passes in a RUN line.

Nothing is parsed for it. What the text defines comes from the last time it was parsed, perhaps a keystroke ago: only what stands above counts, and
the keystrokes are here. Of the text as it is now, one line is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from xdsl.ir import OpResult
from xdsl.utils.exceptions import ParseError
from xdsl.utils.lexer import Input
from xdsl.utils.mlir_lexer import MLIRLexer, MLIRTokenKind

from inferir.core import Op
from inferir.core.text_parser import TYPE_NAMES
from inferir.tools.ir_source import RUN_LINE, IrSource

MOST = 400
"""Proposals given at once; the editor asks again as more is typed."""


@dataclass(frozen=True)
class Proposal:
    """A text that could stand at a place, instead of the characters from column `start` on, and what it is."""

    text: str
    kind: str
    """value, symbol, op, dialect, attribute, type or pass"""
    detail: str
    start: int


def proposals(source: IrSource, row: str, line: int, column: int) -> list[Proposal]:
    """What could be meant at a column of a line that reads `row` now, and was this line when the text was parsed."""
    if RUN_LINE.match(row):
        return _of("pass", ((name, "") for name in source.passes), *_word(row, column, "-_"))
    if row.lstrip().startswith("//"):
        return []
    word, start = _word(row, column, "_.$-")
    sign = row[start - 1 : start]
    above = _tokens(row[: start - (sign in ("%", "@", "!"))])
    if sign == "%":
        return _of("value", _values(source, line), f"%{word}", start - 1)
    if sign == "@":
        return _of("symbol", _symbols(source), f"@{word}", start - 1)
    if sign == "!":
        return _of("type", _types(source, word), f"!{word}", start - 1)
    if not above or above[-1] == "=":
        return _ops(source, word, start)
    if above[-1] in (":", "->", "<", "x") or (above[-1] in ("(", ",") and ":" in above):
        return _of("type", ((name, "") for name in TYPE_NAMES), word, start)
    return _of("attribute", _attributes(source, above), word, start)


def _word(row: str, column: int, more: str) -> tuple[str, int]:
    """The word that ends at a column, and where it begins."""
    start = column
    while start > 0 and (row[start - 1].isalnum() or row[start - 1] in more):
        start -= 1
    word = row[start:column]
    dashes = len(word) - len(word.lstrip("-"))
    return word[dashes:], start + dashes


def _tokens(row: str) -> list[str]:
    """The tokens of a part of a row."""
    found: list[str] = []
    while row:
        lexer = MLIRLexer(Input(row, "row"))
        try:
            while (token := lexer.lex()).kind is not MLIRTokenKind.EOF:
                found.append(token.text)
            break
        except ParseError as error:  # an unfinished name or string: what stands before and behind it counts
            row = row[error.span.start + 1 :]
    return found


def _of(kind: str, found: Iterable[tuple[str, str]], word: str, start: int) -> list[Proposal]:
    matching = ((text, detail) for text, detail in found if text.startswith(word))
    ordered = matching if kind == "value" else sorted(matching)
    return [Proposal(text, kind, detail, start) for text, detail in islice(ordered, MOST)]


def _values(source: IrSource, line: int) -> Iterator[tuple[str, str]]:
    """Arguments of functions and blocks first, then results, the nearest first."""
    position = source.offset(line, 0)
    chunk = source.chunk_at(position)
    found = chunk.record.visible(position - chunk.start)
    found.sort(key=lambda d: (any(isinstance(v, OpResult) for v in d.values), -d.token.start))
    for definition in found:
        yield definition.token.text, ", ".join(str(value.type) for value in definition.values)


def _symbols(source: IrSource) -> Iterator[tuple[str, str]]:
    waiting = source.symbols()
    while waiting:
        symbol = waiting.pop()
        waiting += symbol.inner
        yield symbol.name, symbol.kind


def _types(source: IrSource, word: str) -> Iterator[tuple[str, str]]:
    dialect, dot, _ = word.partition(".")
    if not dot:
        yield from ((f"!{name}", "dialect") for name in source.dialects)
        return
    found = source.dialect(dialect)
    for attribute in found.attributes if found is not None else ():
        if attribute.name.startswith(f"{dialect}."):
            yield f"!{attribute.name}", ""


def _ops(source: IrSource, word: str, start: int) -> list[Proposal]:
    """Ops of the dialect whose name is typed, or all dialects and the ops that the text has."""
    dialect, dot, _ = word.partition(".")
    if dot:
        found = source.dialect(dialect)
        return _of("op", ((op.name, _summary(op)) for op in (found.operations if found is not None else ())), word, start)
    used = {read.op.name for chunk in source.chunks for read in chunk.record.ops}
    return _of("op", ((name, "") for name in used), word, start) + _of("dialect", ((name, "") for name in source.dialects), word, start)


def _summary(op: type) -> str:
    return (op.__doc__ or "").strip().partition("\n")[0]


def _attributes(source: IrSource, above: list[str]) -> Iterator[tuple[str, str]]:
    """The properties and optional operands of the last op named before."""
    name = next((word for word in reversed(above) if "." in word and word[0].isalpha()), None)
    cls = source.ctx.get_optional_op(name) if name is not None else None
    if cls is None or not issubclass(cls, Op):
        return
    for key, declared in cls.property_definitions().items():
        yield key, " or ".join(declared.kind.choices) or declared.kind.name
    for (key, _), (_, optional) in zip(cls.operand_definitions(), cls.operand_kinds(), strict=True):
        if optional:
            yield key, "operand"
