"""Symbols that attributes name."""

from __future__ import annotations

from collections.abc import Iterator

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, SymbolRefAttr
from xdsl.ir import Attribute, Operation, ParametrizedAttribute


def symbol_references(attribute: Attribute) -> Iterator[SymbolRefAttr]:
    """The references in an attribute, those nested in arrays, dictionaries and parameters included."""
    stack = [attribute]
    while stack:
        inner = stack.pop()
        if isinstance(inner, SymbolRefAttr):
            yield inner
        elif isinstance(inner, ArrayAttr):
            stack += inner.data
        elif isinstance(inner, DictionaryAttr):
            stack += inner.data.values()
        elif isinstance(inner, ParametrizedAttribute):
            stack += inner.parameters


def references_of(op: Operation) -> Iterator[SymbolRefAttr]:
    """The references in an op's own attributes and properties."""
    for attribute in (*op.attributes.values(), *op.properties.values()):
        yield from symbol_references(attribute)
