"""Pipelines as text, with MLIR's syntax: `builtin.module(func.func(canonicalize,cse),fold-batch-norm{option=1})`.

A name with a dot (or one followed by parentheses) anchors what is inside on ops of that name; other names are passes or
named pipelines. Options are `{key=value key2=1,2,3}`; a bare key means true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Union

from inferir.core.diagnostics import InferError


@dataclass(frozen=True)
class PassSpec:
    """A pass (or named pipeline) by name, with its options as text."""

    name: str
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        options = " ".join(f"{k}={_quoted(v)}" for k, v in self.options)
        return self.name + (f"{{{options}}}" if options else "")


@dataclass(frozen=True)
class Nested:
    """Passes that run on every op called `anchor` directly inside the current one."""

    anchor: str
    elements: tuple[Element, ...]

    def __str__(self) -> str:
        return f"{self.anchor}({','.join(str(e) for e in self.elements)})"


Element = Union[PassSpec, Nested]  # noqa: UP007  (forward reference)


@dataclass(frozen=True)
class Pipeline:
    """A sequence of passes and nested pipelines."""

    elements: tuple[Element, ...]

    def __str__(self) -> str:
        return ",".join(str(e) for e in self.elements)


def pipeline(*parts: str | Pipeline) -> Pipeline:
    """One pipeline from texts and other pipelines, in order."""
    elements: list[Element] = []
    for part in parts:
        elements.extend((parse_pipeline(part) if isinstance(part, str) else part).elements)
    return Pipeline(tuple(elements))


def parse_pipeline(text: str) -> Pipeline:
    """Read a pipeline. Raises InferError that shows where the text is wrong; names are resolved later."""
    reader = _Reader(text)
    elements = reader.elements()
    if reader.position < len(text):
        reader.fail("expected ',' or the end")
    return Pipeline(tuple(elements))


_NAME = re.compile(r"[A-Za-z_][\w.\-]*")
_KEY = re.compile(r"[A-Za-z_][\w\-]*")


class _Reader:
    def __init__(self, text: str):
        self.text = text
        self.position = 0

    def elements(self) -> Sequence[Element]:
        out: list[Element] = []
        self.space()
        if self.position == len(self.text) or self.text[self.position] == ")":
            return out
        while True:
            out.append(self.element())
            if not self.take(","):
                return out

    def element(self) -> Element:
        name = self.match(_NAME, "a pass name")
        if self.take("("):
            inner = self.elements()
            if not self.take(")"):
                self.fail("expected ')' or ','")
            return Nested(name, tuple(inner))
        return PassSpec(name, self.options() if self.take("{") else ())

    def options(self) -> tuple[tuple[str, str], ...]:
        out: list[tuple[str, str]] = []
        while not self.take("}"):
            key = self.match(_KEY, "an option name or '}'")
            if any(key == known for known, _ in out):
                self.position -= len(key)
                self.fail(f"option '{key}' is given twice")
            out.append((key, self.value() if self.take("=") else "true"))
        return tuple(out)

    def value(self) -> str:
        self.space()
        if self.position < len(self.text) and self.text[self.position] in "'\"":
            quote = self.text[self.position]
            end = self.text.find(quote, self.position + 1)
            if end < 0:
                self.fail("this quote is never closed")
            value = self.text[self.position + 1 : end]
            self.position = end + 1
            return value
        start, depth = self.position, 0
        while self.position < len(self.text):
            char = self.text[self.position]
            if depth == 0 and (char.isspace() or char == "}"):
                break
            depth += (char in "{([<") - (char in "})]>")
            self.position += 1
        return self.text[start : self.position]

    def match(self, pattern: re.Pattern[str], what: str) -> str:
        self.space()
        found = pattern.match(self.text, self.position)
        if found is None:
            self.fail(f"expected {what}")
        self.position = found.end()
        return found.group()

    def take(self, char: str) -> bool:
        self.space()
        if self.text.startswith(char, self.position):
            self.position += 1
            return True
        return False

    def space(self) -> None:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1

    def fail(self, message: str) -> NoReturn:
        raise InferError(f"pass pipeline: {message}\n  {self.text}\n  {' ' * self.position}^")


def _quoted(value: str) -> str:
    return f"'{value}'" if re.search(r"[\s}]", value) else value
