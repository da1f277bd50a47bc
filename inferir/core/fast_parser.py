"""Text that repeats itself is read once: one-line ops that look alike are made from the first of them.

A line is cut into its skeleton (all but the operand names) and the names. The first line of a skeleton goes through xDSL's
parser; what came out (class, order of operands, types, properties, location) is remembered and replayed for the next ones.
Where anything is in doubt (an unknown name, another type, a redefinition, a region) the line goes through xDSL's parser,
which also says what is wrong with it. The number of skeletons is bounded, and ops whose lines never repeat are not learned.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from xdsl.dialects.builtin import UnregisteredOp
from xdsl.ir import Attribute, Block, Operation, OpResult, SSAValue, SSAValues
from xdsl.ir.core import _VALUE_NAME_SUFFIX_PATTERN as SUFFIX  # pyright: ignore[reportPrivateUsage]
from xdsl.parser.generic_parser import ParserState
from xdsl.utils.lexer import Input
from xdsl.utils.mlir_lexer import MLIRTokenKind as Kind

from inferir.core.construct import STATE, is_plain, link_uses
from inferir.core.context import Context
from inferir.core.fast_lexer import FastLexer
from inferir.core.locations import LazyLocation
from inferir.core.text_parser import InferParser

NAME = r"(?:[0-9]+|[a-zA-Z$._-][a-zA-Z0-9$._-]*)"
LINE = re.compile(r"(?:%(" + NAME + r")\s*=\s*)?([^%\s][^\n]*)\n[ \t\r\n]*(?=([%}^\"]|[a-zA-Z_][a-zA-Z0-9_$.]*))")
CUT = re.compile(r"%(" + NAME + r"(?:#[0-9]+)?)").split
TYPE = re.compile(r"(?:tensor|memref|vector)<[^<>\"()\[\]{}]*>|[a-z]{1,3}[0-9]{1,3}\b|index\b")
STARTS = (Kind.PERCENT_IDENT, Kind.BARE_IDENT, Kind.STRING_LIT)

MAX_TEMPLATES = 20_000
PATIENCE = 64
"""So many different lines of one op may be learned before its lines must have repeated."""

_new = object.__new__
_set = dict.__setitem__


class Mark:
    """Where a scope of names began."""

    __slots__ = ("position",)

    def __init__(self, position: int):
        self.position = position


class Names(dict[str, tuple[SSAValue, ...]]):
    """Values by name; a copy is a mark in the log of definitions, so entering a region costs nothing."""

    __slots__ = ("log",)

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    def __setitem__(self, name: str, values: tuple[SSAValue, ...]) -> None:
        self.log.append(name)
        _set(self, name, values)

    def copy(self) -> Any:
        return Mark(len(self.log))

    def restore(self, position: int) -> None:
        """Forget what was defined since."""
        for name in self.log[position:]:
            self.pop(name, None)
        del self.log[position:]


class Template:
    """What a line of a skeleton becomes."""

    __slots__ = ("attributes", "cls", "location", "operand_types", "order", "properties", "result_type", "uses")

    def __init__(self, op: Operation, values: list[SSAValue], order: tuple[int, ...] | None):
        self.cls = type(op)
        self.order = order
        self.operand_types = tuple(v.type for v in values)
        self.result_type = op.results[0].type if op.results else None
        self.properties = dict(op.properties)
        self.attributes = dict(op.attributes)
        self.location = None if isinstance(op.location, LazyLocation) else op.location
        self.uses = 0


class FastParser(InferParser):
    """The parser."""

    def __init__(self, ctx: Context, text: str, name: str = "<stdin>", first_line: int = 1):
        super().__init__(ctx, "", name, first_line)
        self.source.text = text
        self._parser_state = ParserState(FastLexer(Input(text, name)))
        self._types: dict[str, Attribute] = {}
        self._templates: dict[tuple[Any, ...], Template | None] = {}
        self._by_op: dict[str, list[Template]] = {}
        self._given_up: set[str] = set()

    @property
    def ssa_values(self) -> Names:
        """Values by name."""
        return self._names

    @ssa_values.setter
    def ssa_values(self, values: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        if isinstance(values, Mark):
            self._names.restore(values.position)
            return
        self._names = Names()
        for name, value in values.items():
            self._names[name] = value

    def parse_optional_type(self) -> Any:
        """A type; one that was read before is not read again."""
        state = self._parser_state
        token = state.current_token
        if token.kind is not Kind.BARE_IDENT:
            return super().parse_optional_type()
        found = TYPE.match(state.lexer.input.content, token.span.start)
        if found is None:
            return super().parse_optional_type()
        text = found.group()
        known = self._types.get(text)
        if known is not None:
            state.lexer.pos = found.end()
            state.current_token = state.lexer.lex()
            return known
        type = super().parse_optional_type()
        if type is not None and state.current_token.span.start >= found.end():
            self._types[text] = type
        return type

    def _parse_block_body(self, block: Block) -> None:
        while self._parser_state.current_token.kind in STARTS:
            key, line = self._replay(block)
            if self._parser_state.current_token.kind not in STARTS:
                return
            if key is None:
                block.add_op(self.parse_operation())
                continue
            names = CUT(line[2])[1::2]
            defined = {n: v for n in names if (v := self._lookup(n)) is not None}
            op = self.parse_operation()
            block.add_op(op)
            whole = self._parser_state.current_token.span.start == line.end()
            self._templates[key] = self._learn(op, names, defined, line[1] is not None) if whole else None

    def _replay(self, block: Block) -> tuple[tuple[Any, ...] | None, Any]:
        """Make ops from templates as long as lines have one. Returns the key of the line that had none and may be learned."""
        state = self._parser_state
        lexer = state.lexer
        content = lexer.input.content
        position = start = state.current_token.span.start
        names_of, templates = self._names, self._templates
        log, forward, source = names_of.log, self.forward_ssa_references, self.source
        last: Any = block._last_op  # pyright: ignore[reportPrivateUsage]
        match = LINE.match
        key = line = None
        while True:
            key = None
            line = match(content, position)
            if line is None:
                break
            result_name, rest, following = line.groups()
            parts = CUT(rest)
            names = parts[1::2]
            key = (following, result_name is None, *parts[::2])
            if len(names) > 1 and len(set(names)) != len(names):
                key = (tuple([names.index(n) for n in names]), key)
            template = templates.get(key)
            if template is None:
                if key in templates or not self._may_learn(parts[0].split(None, 1)[0]):
                    key = None
                break
            if result_name is not None and (result_name in names_of or result_name in forward):
                key = None
                break
            values: Any = []
            for name, type in zip(names, template.operand_types, strict=True):
                found = names_of.get(name)
                value = found[0] if found is not None else self._lookup(name)
                if value is None or (value._type is not type and value._type != type):
                    break
                values.append(value)
            if len(values) != len(names):
                key = None
                break
            if template.order is not None:
                values = [values[i] for i in template.order]
            op: Any = _new(template.cls)
            op._operands = SSAValues(values)
            op._operand_uses = link_uses(op, values)
            if result_name is None:
                op.results = NOTHING
            else:
                result: Any = OpResult(template.result_type, op, 0)  # pyright: ignore[reportArgumentType]
                op.results = results = SSAValues((result,))
                if result_name[0] not in "0123456789":
                    result._name = name_hint(result_name)
                _set(names_of, result_name, results)
                log.append(result_name)
            op.properties = template.properties.copy()
            op.attributes = template.attributes.copy()
            op.location = template.location or LazyLocation(source, position)
            op._successors = op._successor_uses = op.regions = ()
            op.parent, op._prev_op, op._next_op = block, last, None
            if last is None:
                block._first_op = op  # pyright: ignore[reportPrivateUsage]
            else:
                last._next_op = op
            last = op
            template.uses += 1
            position = line.end()
            if following == "}" or following == "^":
                key = None
                break
        block._last_op = last  # pyright: ignore[reportPrivateUsage]
        if position != start:
            lexer.pos = position
            state.current_token = lexer.lex()
        return key, line

    def _lookup(self, name: str) -> SSAValue | None:
        """The value of a name, or of `name#index`."""
        base, _, index = name.partition("#")
        values = self._names.get(base)
        number = int(index) if index else 0
        return values[number] if values is not None and number < len(values) else None

    def _may_learn(self, word: str) -> bool:
        """Whether lines that begin with this word are worth remembering."""
        if word in self._given_up or len(self._templates) >= MAX_TEMPLATES:
            return False
        name = word[1 : word.find('"', 1)] if word[0] == '"' else word
        learned = self._by_op.get(name, ())
        if learned and len(learned) % PATIENCE == 0 and sum(t.uses for t in learned) < len(learned):
            self._given_up.add(word)
            return False
        return True

    def _learn(self, op: Operation, names: list[str], defined: dict[str, SSAValue], has_result: bool) -> Template | None:
        """What the line that gave `op` may be replayed as; None where that would not be safe."""
        cls = type(op)
        head_is_name = "." in op.name and cls is not UnregisteredOp
        if op.regions or op.successors or not vars(op).keys() <= STATE or not is_plain(cls) or len(op.results) != int(has_result):
            return None
        if not head_is_name or any("resource" in p.name for p in (*op.properties.values(), *op.attributes.values())):
            return None
        values = [defined[n] for n in names if n in defined]
        operands = list(op.operands)
        if len(values) != len(names) or len(values) != len(operands):
            return None
        places: dict[SSAValue, list[int]] = {}
        for index, value in enumerate(values):
            places.setdefault(value, []).append(index)
        taken: Counter[SSAValue] = Counter()
        order = []
        for operand in operands:
            found = places.get(operand)
            if found is None:
                return None
            order.append(found[min(taken[operand], len(found) - 1)])
            taken[operand] += 1
        if sorted(order) != list(range(len(order))):
            return None
        template = Template(op, values, None if order == list(range(len(order))) else tuple(order))
        self._by_op.setdefault(op.name, []).append(template)
        return template


NOTHING: Any = SSAValues()


def name_hint(name: str) -> str | None:
    """The hint that a name leaves on its value: a suffix that the printer adds itself is dropped."""
    if "_" in name:
        suffix = SUFFIX.search(name)
        if suffix is not None:
            return name[: suffix.start()]
    return name
