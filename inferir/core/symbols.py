"""Symbols: which op a reference names, and which references an op has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Operation, ParametrizedAttribute
from xdsl.traits import SymbolOpInterface, SymbolTable

_kept: dict[Operation, dict[StringAttr, Operation]] | None = None


@contextmanager
def unchanging_symbols() -> Iterator[None]:
    """No symbol changes inside: a table is read once, where each lookup in it would read it again."""
    global _kept
    if _kept is not None:
        yield
        return
    _kept = {}
    try:
        yield
    finally:
        _kept = None


def symbols_of(table: Operation) -> dict[StringAttr, Operation]:
    """The ops of a symbol table by name; the first of those that share one."""
    if _kept is not None and table in _kept:
        return _kept[table]
    found: dict[StringAttr, Operation] = {}
    for op in table.regions[0].block.ops:
        interface = op.get_trait(SymbolOpInterface)
        name = interface.get_sym_attr_name(op) if interface is not None else None
        if name is not None:
            found.setdefault(name, op)
    if _kept is not None:
        _kept[table] = found
    return found


def lookup(op: Operation, name: str | StringAttr | SymbolRefAttr) -> Operation | None:
    """The op that a reference at `op` names: it is looked for in the nearest symbol table around `op`, as MLIR does, and in no other.

    Raises ValueError where no symbol table is around.
    """
    table: Operation | None = op
    while table is not None and not table.has_trait(SymbolTable, value_if_unregistered=False):
        table = table.parent_op()
    if table is None:
        raise ValueError(f"{op.name} has no symbol table around it")
    reference = name if isinstance(name, SymbolRefAttr) else SymbolRefAttr(name)
    found = symbols_of(table).get(reference.root_reference)
    for nested in reference.nested_references:
        if found is None or not found.has_trait(SymbolTable, value_if_unregistered=False):
            return None
        found = symbols_of(found).get(nested)
    return found


# xDSL's own reads a table anew for every reference, which makes verification quadratic.
SymbolTable.lookup_symbol = staticmethod(lookup)


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


def visibility_of(op: Operation) -> str:
    """`public`, `private` or `nested` of a symbol; public where it does not say."""
    visibility = op.get_attr_or_prop("sym_visibility")
    return visibility.data if isinstance(visibility, StringAttr) else "public"
