"""A printer that prints ops that look alike from what it learned on the first of them.

For a class of ops, operand and result types and attribute values, the pieces between the value names are always the same:
xDSL prints the first such op, the pieces are kept, the next ones are joined. Ops with regions or successors, and everything
under mlir-opt's printing options, go through xDSL's printer. Types are compared by value, other attributes by identity
(-0.0 equals 0.0, and prints differently).
"""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import UnregisteredOp
from xdsl.ir import Attribute, Operation, SSAValue, TypeAttribute
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove

from inferir.core import stock_fixes  # noqa: F401

LONGEST_KEPT = 4096
PATIENCE = 256
"""So many ops of a class may be printed the long way before half of them must have repeated."""


class Pieces(list[Any]):
    """The output: text, and while learning also values."""

    def write(self, text: str) -> None:
        """Add text."""
        self.append(text)


class Hole:
    """Where the name of a value stands."""

    __slots__ = ("value",)

    def __init__(self, value: SSAValue):
        self.value = value


class FastPrinter(Printer):
    """The printer."""

    def __init__(self, generic: bool = False):
        self._out = Pieces()
        super().__init__(self._out, print_generic_format=generic)  # pyright: ignore[reportArgumentType]
        self._learning: bool | None = False
        self._templates: dict[tuple[Any, ...], tuple[tuple[str, ...], tuple[int, ...]] | None] = {}
        self._kept: list[Any] = []
        self._texts: dict[int, tuple[Attribute, str]] = {}
        self._type_ids: dict[int, int] = {}
        self._types: dict[Attribute, Attribute] = {}
        self._seen: dict[type[Operation], list[int]] = {}

    def text(self) -> str:
        """All that was printed."""
        return "".join(self._out)

    def print_string(self, text: str, *, indent: int | None = None) -> None:
        """Print text."""
        if "\n" in text:
            super().print_string(text, indent=indent)
        else:
            self._current_column += len(text)
            self._out.append(text)

    def print_ssa_value(self, value: SSAValue) -> str:
        """Print a value's name, giving it one where it has none."""
        name = self._ssa_values.get(value)
        if name is None:
            name = self._give_name(value)
        if self._learning:
            self._out.append(Hole(value))
        else:
            self.print_string("%" + name)
        return name

    def _give_name(self, value: SSAValue) -> str:
        hint = value._name  # pyright: ignore[reportPrivateUsage]
        if hint:
            names = self._ssa_names[-1]
            count = names.get(hint, 0)
            name = f"{hint}_{count}" if count else hint
            names[hint] = count + 1
        else:
            number = self._next_valid_name_id[-1]
            self._next_valid_name_id[-1] = number + 1
            name = str(number)
        self._ssa_values[value] = name
        return name

    def print_attribute(self, attribute: Attribute) -> None:
        """Print an attribute or type; the text of one that was printed before is kept."""
        kept = self._texts.get(id(attribute))
        if kept is not None:
            self.print_string(kept[1])
            return
        start = len(self._out)
        super().print_attribute(attribute)
        pieces = self._out[start:]
        if not self._dialect_resources and Hole not in map(type, pieces):
            text = "".join(pieces)
            if len(text) < LONGEST_KEPT and "\n" not in text and "loc(" not in text:
                self._texts[id(attribute)] = (attribute, text)

    def _print_new_line(self, indent: int | None = None, print_message: bool = True) -> None:
        if self._learning:
            self._learning = None
        super()._print_new_line(indent, print_message)

    def print_op(self, op: Operation) -> None:
        """Print an operation."""
        if op.regions or op._successors or self._learning is not False or self.diagnostic.op_messages:  # pyright: ignore[reportPrivateUsage]
            super().print_op(op)
            return
        cls = type(op)
        operands, results = op._operands, op.results  # pyright: ignore[reportPrivateUsage]
        properties, attributes = op.properties, op.attributes
        ids = self._type_ids
        key: tuple[Any, ...] = (
            cls,
            *[ids.get(id(v._type)) or self._type_id(v._type) for v in operands],
            None,
            *[ids.get(id(v._type)) or self._type_id(v._type) for v in results],
        )
        if properties:
            key += (*properties, *[id(a) for a in properties.values()])
        if attributes:
            key += (None, *attributes, *[id(a) for a in attributes.values()])
        if len(operands) > 1 and len(set(operands)) != len(operands):
            key = (tuple([operands.index(v) for v in operands]), key)
        template = self._templates.get(key)
        if template is None:
            self._learn(op, cls, key)
            return
        self._seen[cls][1] += 1
        pieces, holes = template
        count, names, out = len(operands), self._ssa_values, self._out
        for piece, hole in zip(pieces, holes, strict=False):
            out.append(piece)
            value = operands[hole] if hole < count else results[hole - count]
            out.append(names.get(value) or self._give_name(value))
        out.append(pieces[-1])

    def _type_id(self, type: Attribute) -> int:
        """One number for all types that are equal."""
        same = self._types.setdefault(type, type) if isinstance(type, TypeAttribute) else type
        self._type_ids[id(type)] = id(same)
        self._kept.append(type)
        return id(same)

    def _learn(self, op: Operation, cls: type[Operation], key: tuple[Any, ...]) -> None:
        """Print the long way, and keep the pieces where nothing but names varies."""
        seen = self._seen.setdefault(cls, [0, 0])
        seen[0] += 1
        given_up = seen[0] > PATIENCE and seen[1] < seen[0]
        if given_up or cls is UnregisteredOp or op.get_traits_of_type(IsolatedFromAbove):
            super().print_op(op)
            return
        out, start, resources = self._out, len(self._out), len(self._dialect_resources)
        self._learning = True
        super().print_op(op)
        whole = self._learning is True and resources == len(self._dialect_resources)
        self._learning = False
        printed = out[start:]
        out[start:] = ["%" + self._ssa_values[p.value] if type(p) is Hole else p for p in printed]
        values = [*op.operands, *op.results]
        places = {v: i for i, v in reversed(list(enumerate(values)))}
        pieces: list[list[str]] = [[]]
        holes = []
        for piece in printed:
            if type(piece) is not Hole:
                pieces[-1].append(piece)
            else:
                whole = whole and piece.value in places
                holes.append(places.get(piece.value, 0))
                pieces[-1].append("%")
                pieces.append([])
        if whole:
            self._templates[key] = (tuple(["".join(texts) for texts in pieces]), tuple(holes))
            self._kept += [*op.properties.values(), *op.attributes.values()]
