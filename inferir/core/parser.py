"""Reading and writing IR text.

The parser fills in locations, reads hexadecimal floats in `dense` as bit patterns (NaN and infinities survive), and raises
`InferError` with file, line and column for everything that is wrong with the text.
"""

from __future__ import annotations

import re
import struct
from io import StringIO
from typing import IO, Any

from xdsl.dialects.builtin import UNKNOWN_LOC, AnyFloat, DenseIntOrFPElementsAttr, FileLineColLoc, IntAttr, ModuleOp, StringAttr
from xdsl.ir import Operation
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import MultipleSpansParseError, ParseError
from xdsl.utils.lexer import Input, Span
from xdsl.utils.mlir_lexer import MLIRLexer, MLIRTokenKind, StringLiteral

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note

# xDSL's own pattern takes time exponential in the length of a string that is never closed; the same pattern without backtracking does not.
MLIRLexer._unescaped_characters_regex = re.compile(  # pyright: ignore[reportPrivateUsage]
    r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"'
)

_print_values = DenseIntOrFPElementsAttr.print_without_type


def _print_exactly(self: DenseIntOrFPElementsAttr, printer: Printer) -> None:
    """Print `dense<...>` as xDSL does where that keeps every bit, else as hexadecimal bytes, as mlir-opt prints large ones.

    What xDSL's way loses: -0.0 beside 0.0, which it takes for a splat, and the payload of NaN in types that pass through a Python float.
    """
    element = self.get_element_type()
    if isinstance(element, AnyFloat) and len(self):
        data, size = bytes(self.data.data), element.compile_time_size
        values: Any = self.get_values()
        splat = values.count(values[0]) == len(values)
        if element.pack(values) != data or (splat and data != data[:size] * len(values)):
            printer.print_string(f'dense<"0x{data.hex().upper()}">')
            return
    _print_values(self, printer)


DenseIntOrFPElementsAttr.print_without_type = _print_exactly

MAX_NESTING = 2000
"""Regions and attributes nested deeper than this are refused."""


class InferParser(Parser):
    """xDSL's parser with locations filled in and special floats read right."""

    def __init__(self, ctx: Context, text: str, name: str = "<stdin>", first_line: int = 1):
        super().__init__(ctx, text, name)
        self._line_starts = _line_starts(text)
        self._file = StringAttr(name)
        self._first_line = first_line

    def parse_operation(self) -> Operation:
        """Parse an operation; one without an explicit `loc` gets the place it was read from."""
        start = self._current_token.span.start
        op = super().parse_operation()
        if op.location is UNKNOWN_LOC or op.location == UNKNOWN_LOC:
            op.location = self.location_at(start)
        return op

    def parse_optional_str_literal(self) -> str | None:
        """A string literal; escaped UTF-8 counts as text (xDSL takes it for bytes, and could not read back what it prints)."""
        text = super().parse_optional_str_literal()
        token = self._current_token
        if text is not None or token.kind != MLIRTokenKind.BYTES_LIT:
            return text
        try:
            text = StringLiteral.from_span(token.span).bytes_contents.decode("utf-8")
        except UnicodeDecodeError:
            return None
        self._consume_token()
        return text

    def _parse_optional_string_attr(self) -> StringAttr | None:
        text = self.parse_optional_str_literal()
        return None if text is None else StringAttr(text)

    def location_at(self, position: int) -> FileLineColLoc:
        """The location of a position in the text."""
        line, column = self.line_and_column(position)
        return FileLineColLoc(self._file, IntAttr(line), IntAttr(column))

    def line_and_column(self, position: int) -> tuple[int, int]:
        """Line and column, counted from one."""
        import bisect

        index = bisect.bisect_right(self._line_starts, position) - 1
        return index + self._first_line, position - self._line_starts[index] + 1

    class _TensorLiteralElement(Parser._TensorLiteralElement):  # pyright: ignore[reportPrivateUsage]
        def to_type(self, parser: Any, type: Any) -> Any:
            text = self.span.text
            if isinstance(type, AnyFloat) and text[:2] in ("0x", "0X"):
                assert isinstance(self.value, int)
                if self.value >= 1 << (8 * type.compile_time_size):
                    parser.raise_error(f"{text} has more bits than {type}", self.span)
                return next(iter(type.iter_unpack(self.value.to_bytes(type.compile_time_size, "little"))))
            return super().to_type(parser, type)


def parse(text: str, name: str, ctx: Context, first_line: int = 1) -> ModuleOp:
    """Read a module. Raises InferError where the text is wrong; does not verify.

    `first_line` is the line of the file at which `text` begins (for a chunk of a split file).
    """
    ctx.sources.setdefault(name, text)
    parser: InferParser | None = None
    try:
        parser = InferParser(ctx, text, name, first_line)
        if not text.strip():
            raise InferError(f"{name} is empty: expected a module or operations", parser.location_at(0))
        return parser.parse_module()
    except ParseError as error:
        raise _as_infer_error(error, parser, name) from None
    except RecursionError:
        raise InferError(f"{name}: nested too deeply") from None
    except InferError:
        raise
    except (
        ValueError,
        OverflowError,
        KeyError,
        IndexError,
        AssertionError,
        TypeError,
        AttributeError,
        struct.error,
    ) as error:
        location = parser.location_at(parser.pos) if parser is not None else None
        raise InferError(f"cannot read this: {error or type(error).__name__}", location) from error
    except Exception as error:
        location = parser.location_at(parser.pos) if parser is not None else None
        raise InferError(_first_line(str(error)) or type(error).__name__, location) from error


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _as_infer_error(error: ParseError, parser: InferParser | None, name: str) -> InferError:
    def place(span: Span[Any]) -> Any:
        if parser is None:
            parser_ = InferParser(Context(), "", name)
            parser_._line_starts = _line_starts(span.input.content)
            return parser_.location_at(span.start)
        return parser.location_at(span.start)

    notes = []
    if isinstance(error, MultipleSpansParseError):
        notes = [Note(message or (error.ref_text or "see here").rstrip(":"), place(span)) for span, message in error.refs]
    return InferError(error.msg, place(error.span), notes)


def print_module(op: Operation, stream: IO[str], generic: bool = False, debuginfo: bool = False) -> None:
    """Write an operation as text, with a newline at the end."""
    buffer = StringIO()
    printer = Printer(stream=buffer, print_generic_format=generic, print_debuginfo=debuginfo)
    printer.print_op(op)
    stream.write(buffer.getvalue() + "\n")


def text_of(op: Operation, generic: bool = False, debuginfo: bool = False) -> str:
    """An operation as text."""
    stream = StringIO()
    print_module(op, stream, generic, debuginfo)
    return stream.getvalue()


def _line_starts(text: str) -> list[int]:
    starts = [0]
    position = text.find("\n")
    while position != -1:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return starts


__all__ = ["InferParser", "Input", "parse", "print_module", "text_of"]
