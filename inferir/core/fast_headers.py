"""Headers of loops and branches, and constants, read with one regular expression each.

What does not look exactly like the expression, or names something unknown, goes through xDSL's parser.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import AnyFloat, FloatAttr, IndexType, IntegerAttr, IntegerType, i1
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue, SSAValues
from xdsl.traits import IsTerminator
from xdsl.utils.mlir_lexer import MLIRTokenKind as Kind

from inferir.core.construct import construct
from inferir.core.fast_parser import NAME, FastParser, Mark, name_hint
from inferir.core.locations import LazyLocation

WORD = re.compile(r"(?:%" + NAME + r" = )?(scf\.for|scf\.if|arith\.constant) ")
FOR = re.compile(
    rf"(?:%({NAME}) = )?scf\.for %({NAME}) = %({NAME}) to %({NAME}) step %({NAME})(?: iter_args\(([^()\n]*)\) -> \(([^()\n]*)\))? \{{"
)
IF = re.compile(rf"(?:%({NAME}) = )?scf\.if %({NAME})(?: -> \(([^()\n]*)\))? \{{")
CARRIED = re.compile(rf"%({NAME}) = %({NAME})(?:, )?")
CONSTANT = re.compile(
    rf"%({NAME}) = arith\.constant (-?[0-9]+|-?[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?) : ([a-z]+[0-9]*) *\n[ \t\r\n]*(?=[%}}^\"a-zA-Z])"
)
INDEX = IndexType()


class HeaderParser(FastParser):
    """The fast parser with these three."""

    def parse_operation(self) -> Operation:
        """Parse an operation."""
        start = self._parser_state.current_token.span.start
        word = WORD.match(self._parser_state.lexer.input.content, start)
        op = None if word is None else self._by_word(word[1], start)
        return super().parse_operation() if op is None else op

    def _by_word(self, word: str, start: int) -> Operation | None:
        match word:
            case "scf.for":
                return self._for(start)
            case "scf.if":
                return self._if(start)
            case _:
                return self._constant(start)

    def _constant(self, start: int) -> Operation | None:
        found = CONSTANT.match(self._parser_state.lexer.input.content, start)
        if found is None:
            return None
        name, literal, type_text = found.groups()
        type = self._types.get(type_text)
        if type is None or not self._is_free(name):
            return None
        value = self._literal(literal, type)
        if value is None:
            return None
        op = construct(arith.ConstantOp, (), (type,), {"value": value}, location=LazyLocation(self.source, start))
        self._go_on_at(found.end())
        self._name(name, op.results[0])
        return op

    def _literal(self, text: str, type: Attribute) -> Attribute | None:
        if isinstance(type, IntegerType):
            number = int(text) if "." not in text else None
            low, high = type.value_range()
            return IntegerAttr(number, type) if number is not None and low <= number < high and type.width.data > 1 else None
        if isinstance(type, IndexType) and "." not in text:
            return IntegerAttr(int(text), type)
        return FloatAttr(float(text), type) if isinstance(type, AnyFloat) and "." in text else None

    def _if(self, start: int) -> Operation | None:
        found = IF.match(self._parser_state.lexer.input.content, start)
        if found is None:
            return None
        name, condition_name, types_text = found.groups()
        condition = self._names.get(condition_name)
        types = self._known_types(types_text)
        if condition is None or len(condition) != 1 or condition[0].type != i1 or types is None or len(types) != int(name is not None):
            return None
        if name is not None and not self._is_free(name):
            return None
        self._go_on_at(found.end())
        taken, other = self._region((), ()), Region()
        _terminate(taken)
        token = self._parser_state.current_token
        if token.kind is Kind.BARE_IDENT and token.text == "else":
            self._consume_token()
            self.parse_punctuation("{")
            other = self._region((), ())
            _terminate(other)
        return self._finish(scf.IfOp, (condition[0],), types, [taken, other], name, start)

    def _for(self, start: int) -> Operation | None:
        found = FOR.match(self._parser_state.lexer.input.content, start)
        if found is None:
            return None
        name, induction, *bounds, carried, types_text = found.groups()
        types = self._known_types(types_text)
        matches = list(CARRIED.finditer(carried)) if carried else []
        pairs = [m.groups() for m in matches]
        values = [self._names.get(n) for n in (*bounds, *(initial for _, initial in pairs))]
        if (
            types is None
            or any(v is None or len(v) != 1 for v in values)
            or len(pairs) != len(types)
            or len(types) != int(name is not None)
        ):
            return None
        operands = [v[0] for v in values if v is not None]
        fits = all(v.type == INDEX for v in operands[:3]) and all(v.type == t for v, t in zip(operands[3:], types, strict=True))
        arguments = [induction, *(a for a, _ in pairs)]
        if not fits or len(set(arguments)) != len(arguments) or not all(map(self._is_free, arguments)):
            return None
        if name is not None and (name in arguments or not self._is_free(name)):
            return None
        self._go_on_at(found.end())
        places = [found.start(2) - 1, *(found.start(6) + m.start() for m in matches)]
        region = self._region((INDEX, *types), arguments, places)
        if not types:
            _terminate(region)
        return self._finish(scf.ForOp, operands, types, [region], name, start)

    def _finish(
        self, cls: Any, operands: Sequence[SSAValue], types: Sequence[Attribute], regions: Sequence[Region], name: str | None, start: int
    ) -> Operation:
        kind = self._parser_state.current_token.kind
        attributes = self.parse_optional_attr_dict() if kind is Kind.L_BRACE else {}
        location = self.parse_optional_location() if kind in (Kind.L_BRACE, Kind.BARE_IDENT) else None
        location = location or LazyLocation(self.source, start)
        op = construct(cls, operands, types, {}, attributes, regions, location)
        if name is not None:
            self._name(name, op.results[0])
        return op

    def _region(self, types: Sequence[Attribute], names: Sequence[str], places: Sequence[int] = ()) -> Region:
        """The region whose opening brace was just read."""
        region = Region()
        mark: Any = self._names.copy()
        blocks, references = self.blocks, self.forward_block_references
        self.blocks, self.forward_block_references = {}, defaultdict(list)
        block = Block(arg_types=types)
        for argument, name, place in zip(block.args, names, places, strict=True):
            argument.location = LazyLocation(self.source, place)
            self._name(name, argument)
        if names or self._parser_state.current_token.kind not in (Kind.CARET_IDENT, Kind.R_BRACE):
            self._parse_block_body(block)
            block.parent = region
            region._first_block = region._last_block = block  # pyright: ignore[reportPrivateUsage]
        while self._parser_state.current_token.kind is not Kind.R_BRACE:
            region.add_block(self._parse_block())
        self._consume_token()
        if self.forward_block_references:
            self.raise_error("region ends with missing block declarations for block(s) " + ", ".join(self.forward_block_references))
        assert isinstance(mark, Mark)
        self._names.restore(mark.position)
        self.blocks, self.forward_block_references = blocks, references
        return region

    def _known_types(self, text: str | None) -> list[Attribute] | None:
        if not text:
            return []
        types = [self._types.get(t) for t in text.split(", ")]
        return None if any(t is None for t in types) else [t for t in types if t is not None]

    def _is_free(self, name: str) -> bool:
        return name not in self._names and name not in self.forward_ssa_references

    def _name(self, name: str, value: SSAValue) -> None:
        if not self._is_free(name):
            self.raise_error(f"SSA value %{name} is already defined")
        self._names[name] = SSAValues((value,))
        if name[0] not in "0123456789":
            value._name = name_hint(name)  # pyright: ignore[reportPrivateUsage]

    def _go_on_at(self, position: int) -> None:
        state = self._parser_state
        state.lexer.pos = position
        state.current_token = state.lexer.lex()


def _terminate(region: Region) -> None:
    """Add the yield that the text may leave out."""
    if region.first_block is None:
        region.add_block(Block())
    last = region.last_block.last_op if region.last_block is not None else None
    if last is None or not last.has_trait(IsTerminator, value_if_unregistered=False):
        assert region.last_block is not None
        region.last_block.add_op(scf.YieldOp())
