"""xDSL's parser, made to say what is wrong where it is wrong.

The parser fills in locations, reads hexadecimal floats in `dense` as bit patterns (NaN and infinities survive), and raises
`InferError` with file, line and column for everything that is wrong with the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NoReturn

from xdsl.dialect_interfaces.op_asm import OpAsmDialectInterface
from xdsl.dialects.builtin import (
    UNKNOWN_LOC,
    AnyFloat,
    ArrayAttr,
    BytesAttr,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    FileLineColLoc,
    FusedLoc,
    ModuleOp,
    NoneAttr,
    StringAttr,
)
from xdsl.ir import Attribute, BlockArgument, Operation, OpResult, Region, SSAValue
from xdsl.parser import Parser
from xdsl.utils.exceptions import MultipleSpansParseError, ParseError
from xdsl.utils.lexer import Span
from xdsl.utils.mlir_lexer import MLIRTokenKind, StringLiteral

from inferir.core import stock_fixes  # noqa: F401
from inferir.core.context import Context
from inferir.core.dense_text import from_string_bytes
from inferir.core.diagnostics import did_you_mean
from inferir.core.locations import LazyLocation, SourceText

TYPE_EXPECTED = ("type expected", "Expected shape type.")
"""xDSL's words where no type stands."""
TYPE_NAMES = (
    *("i1", "i8", "i16", "i32", "i64", "si8", "si32", "si64", "ui8", "ui16", "ui32", "ui64"),
    *("f16", "bf16", "f32", "tf32", "f64", "f80", "f128", "f8E4M3FN", "f8E5M2", "f4E2M1FN"),
    *("index", "none", "complex", "tensor", "memref", "vector", "tuple"),
)
"""Types that are written without a `!`, for suggestions."""


@dataclass(frozen=True)
class ForwardUse:
    """The first use of a value whose definition was not read yet, and the regions around that use, from the outermost."""

    span: Span[str]
    scope: tuple[object, ...]


class InferParser(Parser):
    """xDSL's parser with locations filled in, special floats read right, and errors where the mistake is."""

    def __init__(self, ctx: Context, text: str, name: str = "<stdin>", first_line: int = 1):
        super().__init__(ctx, text, name)
        self.source = SourceText(text, name, first_line)
        self._forward_uses: dict[str, ForwardUse] = {}
        self._scope: list[object] = []
        self._alias_places: dict[str, int] | None = None
        self._early_aliases: set[str] = set()
        self.external_resources: dict[str, dict[str, str]] = {}
        """What `{-# external_resources #-}` holds, by group and key, as text."""

    def parse_module(self, allow_implicit_module: bool = True) -> ModuleOp:
        """Parse the whole text; a value that is used and defined nowhere is reported at its first use."""
        try:
            return super().parse_module(allow_implicit_module)
        except ParseError as error:
            if self.at_end() and error.msg.endswith("in block definition") and (open_at := self._unclosed()) is not None:
                self.raise_error("this region is not closed: '}' expected before the end of the text", open_at, open_at + 1)
            if self.forward_ssa_references and error.msg.startswith("values used but not defined"):
                spans = sorted(
                    (self._forward_uses[n].span for n in self.forward_ssa_references if n in self._forward_uses), key=lambda s: s.start
                )
                if spans:
                    first, *others = spans
                    text = f"use of undeclared SSA value name {first.text}{self._near(first)}"
                    raise MultipleSpansParseError(first, text, None, [(s, f"{s.text} is not declared either") for s in others]) from None
            raise

    def _unclosed(self) -> int | None:
        """Where the innermost brace stands that nothing closes."""
        opened: list[int] = []
        for match in re.finditer(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|[{}]', self.lexer.input.content):
            if match[0] == "{":
                opened.append(match.start())
            elif match[0] == "}" and opened:
                opened.pop()
        return opened[-1] if opened else None

    def _near(self, use: Span[str]) -> str:
        """The value above that was perhaps meant."""
        above = self.lexer.input.content[max(0, use.start - 5000) : use.start]
        names = dict.fromkeys(re.findall(r"%[\w$.-]+", above))
        return did_you_mean(use.text, [n for n in names if n[1:] not in self.forward_ssa_references])

    def _get_op_by_name(self, name: str) -> type[Operation]:
        found = self.ctx.get_optional_op(name, dialect_stack=self._parser_state.dialect_stack)
        if found is not None:
            return found
        start = self.lexer.input.content.rfind(name, 0, self._current_token.span.start)
        known = [op.name for op in self.ctx.loaded_ops]
        for dialect in self.ctx.loaded_dialects:
            known += getattr(dialect, "made_on_demand", tuple)()
        near = did_you_mean(name, known)
        dialect = name.partition(".")[0]
        if not near and dialect not in self.ctx.registered_dialect_names:
            near = "; --plugin loads a dialect, --allow-unregistered-dialect accepts ops of unknown ones"
        self.raise_error(f"Operation {name} is not registered{near}", start, start + len(name))

    def at_end(self) -> bool:
        """Whether nothing is left to read."""
        return self._current_token.kind is MLIRTokenKind.EOF

    def _parse_dialect_resource_handle(self, dialect_name: str, interface: OpAsmDialectInterface) -> str:
        """A resource by its name in this text. A dialect outlives its texts: xDSL would rename what an earlier text had too, and
        lose its value."""
        key = self.parse_identifier(" for resource handle")
        if (dialect_name, key) not in self.dialect_resources:
            interface._blob_storage[key] = ""  # pyright: ignore[reportPrivateUsage]
            self.dialect_resources.add((dialect_name, key))
        return key

    def resolve_operand(self, operand: Any, type: Any) -> Any:
        """Resolve an operand, remembering where a value was used before its definition."""
        name = operand.operand_name
        if name not in self.ssa_values and name not in self.forward_ssa_references:
            self._forward_uses[name] = ForwardUse(operand.span, tuple(self._scope))
        try:
            return super().resolve_operand(operand, type)
        except ParseError as error:
            raise self._with_definition(error, name, operand.index) from None

    def _with_definition(self, error: ParseError, name: str, index: int = 0) -> ParseError:
        """The error with a note at the place where the value of this name is defined, where that is known."""
        values = self.ssa_values.get(name, ())
        value = values[index] if index < len(values) else None
        location = value.owner.location if isinstance(value, OpResult) else value.location if isinstance(value, BlockArgument) else None
        position = vars(location).get("place", (None, None))[1] if isinstance(location, LazyLocation) else None
        if position is None:
            return error
        shown = Span(position, position + 1, self.lexer.input)
        return MultipleSpansParseError(error.span, error.msg, None, [(shown, f"%{name} is defined here")])

    def raise_error(self, msg: str, at_position: Any = None, end_position: Any = None) -> NoReturn:
        """Report at the current token; what is missing at the end of a line is reported there, not where the next line begins."""
        here = self._current_token.span
        if end_position is None and (at_position is None or at_position in (here, here.start)) and "xpected" in msg:
            before = self.lexer.input.content[: here.start]
            end = len(before.rstrip())
            if "\n" in before[end:]:
                at_position, end_position = max(end - 1, 0), end
        super().raise_error(msg, at_position, end_position)  # pyright: ignore[reportArgumentType]

    def expect(self, try_parse: Any, error_message: str) -> Any:
        """What `try_parse` reads; where a type is missing, the error names what stands there and the nearest type."""
        found = try_parse()
        if found is None and error_message in TYPE_EXPECTED:
            self._raise_no_type()
        if found is None:
            self.raise_error(error_message)
        return found

    def _raise_no_type(self) -> NoReturn:
        token = self._current_token
        if token.kind is not MLIRTokenKind.BARE_IDENT:
            self.raise_error(f"a type is expected, not '{token.text}'" if token.text else "a type is expected before the end of the text")
        self.raise_error(f"there is no type '{token.text}'{did_you_mean(token.text, TYPE_NAMES)}", token.span)

    def parse_comma_separated_list(self, delimiter: Any, parse: Any, context_msg: str = "") -> list[Any]:
        """A list; the one type behind an arrow may stand without parentheses, as in MLIR (xDSL's scf.for asks for them)."""
        if (
            delimiter is self.Delimiter.PAREN
            and parse in (self.parse_type, self.parse_attribute)
            and self._current_token.kind is not MLIRTokenKind.L_PAREN
        ):
            before = self.lexer.input.content[: self._current_token.span.start].rstrip()
            if before.endswith("->"):
                return [self.parse_type()]
        return super().parse_comma_separated_list(delimiter, parse, context_msg)

    def parse_optional_region(self, arguments: Any = None) -> Region | None:
        """A region; what it defines is not visible outside of it."""
        self._scope.append(object())
        try:
            return super().parse_optional_region(arguments)
        finally:
            self._scope.pop()

    def _register_ssa_definition(self, name: str, values: Sequence[SSAValue], span: Span[str]) -> None:
        if name in self.forward_ssa_references and (use := self._forward_uses.get(name)) is not None:
            depth = len(self._scope)
            if use.scope[:depth] != tuple(self._scope):
                message = f"use of undeclared SSA value name {use.span.text}"
                raise MultipleSpansParseError(use.span, message, None, [(span, "the value of this name is visible only in its own region")])
        if name in self.ssa_values:
            raise self._with_definition(ParseError(span, f"SSA value %{name} is already defined"), name)
        super()._register_ssa_definition(name, values, span)
        for value in values:
            if isinstance(value, BlockArgument) and value.location is UNKNOWN_LOC:
                value.location = LazyLocation(self.source, span.start)

    def parse_operation(self) -> Operation:
        """Parse an operation; one without an explicit `loc` gets the place it was read from."""
        start = self._current_token.span.start
        op = super().parse_operation()
        if op.location is UNKNOWN_LOC:
            op.location = LazyLocation(self.source, start)
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
        return self.source.location_at(position)

    def _parse_location(self) -> Any:
        """A location; an alias may be defined further down, and `fused` may carry metadata."""
        token = self._current_token
        if token.kind is MLIRTokenKind.HASH_IDENT and token.text[1:] not in self.attribute_aliases:
            self._find_alias(token.text)
        if token.kind is MLIRTokenKind.BARE_IDENT and token.text == "fused":
            self._consume_token()
            metadata: Attribute = NoneAttr()
            if self.parse_optional_punctuation("<") is not None:
                metadata = self.parse_attribute()
                self.parse_punctuation(">")
            return FusedLoc(ArrayAttr(self.parse_comma_separated_list(self.Delimiter.SQUARE, self._parse_location)), metadata)
        return super()._parse_location()

    def _find_alias(self, name: str) -> None:
        """Read the definition of an attribute alias that stands below its use."""
        if self._alias_places is None:
            text = self.lexer.input.content
            self._alias_places = {m[1]: m.end() for m in re.finditer(r"^[ \t]*(#[\w$.-]+)[ \t]*=[ \t]*", text, re.MULTILINE)}
        place = self._alias_places.pop(name, None)
        if place is None:
            return
        here = self._current_token.span.start
        self._resume_from(place)
        value = self.parse_attribute()
        self._resume_from(here)
        self._early_aliases.add(name)
        self.attribute_aliases[name] = value

    def _parse_alias_def(self) -> None:
        name = self._current_token.text
        if name in self._early_aliases:
            self._early_aliases.discard(name)
            del self.attribute_aliases[name]
        super()._parse_alias_def()

    def _parse_external_resources(self) -> None:
        """`{group: {key: value, ...}, ...}`; kept as text for whoever asks (the reproducer does)."""

        def entry(into: dict[str, str]) -> None:
            key = self.parse_identifier()
            self.parse_punctuation(":")
            token = self._consume_token()
            into[key] = token.kind.get_string_literal_value(token.span) if token.kind is MLIRTokenKind.STRING_LIT else token.text

        def group() -> None:
            into = self.external_resources.setdefault(self.parse_identifier(), {})
            self.parse_punctuation(":")
            self.parse_comma_separated_list(self.Delimiter.BRACES, lambda: entry(into))

        self.parse_comma_separated_list(self.Delimiter.BRACES, group)

    def parse_dense_int_or_fp_elements_attr(self, type: Any) -> DenseIntOrFPElementsAttr:
        """`dense<...>`; elements given as the bits of floats keep them all (a Python float cannot hold a signalling NaN)."""
        start = self._current_token.span.start
        self.parse_punctuation("<", " in dense attribute")
        if self._current_token.kind is MLIRTokenKind.STRING_LIT and (whole := self._parse_dense_string(type)) is not None:
            return whole
        self._resume_from(start)
        self._float_bits: list[bytes] = []
        self._bits_given = False
        try:
            attribute = super().parse_dense_int_or_fp_elements_attr(type)
        except ParseError as error:
            if error.msg.startswith("Shape mismatch"):  # noticed after the literal, maybe on the next line
                self.raise_error(error.msg, start, start + 1)
            raise
        if not self._bits_given:
            return attribute
        data = b"".join(self._float_bits)
        return DenseIntOrFPElementsAttr(attribute.type, BytesAttr(data * (len(attribute.data.data) // len(data))))

    def _parse_dense_string(self, type: Any) -> DenseIntOrFPElementsAttr | None:
        """The rest of `dense<"0x...">`, or None where xDSL's parser is to say what is wrong with it."""
        text = self.parse_str_literal()
        self.parse_punctuation(">", " in dense attribute")
        if type is None:
            self.parse_punctuation(":", " in dense attribute")
            type = self._parse_dense_literal_type()
        digits, count = text[2:], prod(type.get_shape())
        if len(digits) % 2 or not re.fullmatch("[0-9a-fA-F]*", digits):
            return None
        data = from_string_bytes(type.element_type, bytes.fromhex(digits), count)
        if data is None or len(data) != count * type.element_type.compile_time_size:
            return None
        return DenseIntOrFPElementsAttr(type, BytesAttr(data))

    def _parse_builtin_densearray_attr(self) -> DenseArrayBase | None:
        """`array<type: ...>`; a float may be given by its bits."""
        start = self._current_token.span.start
        self.parse_characters("<", " in dense array")
        type = self.parse_attribute()
        if not isinstance(type, AnyFloat) or self.parse_optional_punctuation(":") is None:
            self._resume_from(start)
            return super()._parse_builtin_densearray_attr()
        self._float_bits = []
        for element in self.parse_comma_separated_list(self.Delimiter.NONE, self._parse_tensor_literal_element):
            element.to_type(self, type)
        self.parse_characters(">", " in dense array")
        return DenseArrayBase(type, BytesAttr(b"".join(self._float_bits)))

    def _parse_optional_complex(self) -> Any:
        """`(real, imaginary)`; one part may be the bits of a float while the other is a number."""
        start = self._current_token.span.start
        if self.parse_optional_punctuation("(") is None:
            return None
        real = self._parse_tensor_literal_element()
        self.parse_punctuation(",")
        imaginary = self._parse_tensor_literal_element()
        if type(real.value) is not type(imaginary.value) and not (is_bits(real) or is_bits(imaginary)):
            self.raise_error("Complex value must be either (float, float) or (int, int)")
        end = self._current_token.span.end
        self.parse_punctuation(")")
        return (real, imaginary), Span(start, end, self.lexer.input)

    class _TensorLiteralElement(Parser._TensorLiteralElement):  # pyright: ignore[reportPrivateUsage]
        def to_type(self, parser: Any, type: Any) -> Any:
            if not isinstance(type, AnyFloat) or not is_bits(self):
                value: Any = super().to_type(parser, type)
                if isinstance(type, AnyFloat):
                    parser._float_bits.append(type.pack((value,)))
                return value
            assert isinstance(self.value, int)
            if self.value >= 1 << type.bitwidth:
                parser.raise_error(f"{self.span.text} has more bits than {type}", self.span)
            parser._float_bits.append(self.value.to_bytes(type.compile_time_size, "little"))
            parser._bits_given = True
            return 0.0

        def to_complex(self, parser: Any, type: Any) -> Any:
            parts: Any = self.value
            if not isinstance(parts, tuple):
                parser.raise_error("expected a complex value, (real, imaginary)", self.span)
            real, imaginary = parts
            return real.to_type(parser, type.element_type), imaginary.to_type(parser, type.element_type)


def is_bits(element: Any) -> bool:
    """Whether an element of a `dense` is written as a hexadecimal number, which for a float means its bits."""
    return element.span.text[:2] in ("0x", "0X")
