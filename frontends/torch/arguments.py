"""The arguments of a node, sorted into operands, attributes and graphs as the operator's row of the table has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xdsl.dialects.builtin import StringAttr, UnitAttr
from xdsl.ir import Attribute, SSAValue

from inferir.core import InferError
from inferir.dialects.framework.schema import Schema
from inferir.dialects.framework.torch import COMPUTED
from inferir.dialects.framework.torch.elements import LAYOUTS, MEMORY_FORMATS
from inferir.dialects.framework.values import bool_attr, bools_attr, double_attr, doubles_attr, int_attr, ints_attr, strings_attr
from inferir.frontends.torch.json_fields import members, text, variant
from inferir.frontends.torch.tensors import element_of

Find = Callable[[str], SSAValue]

_LIMIT = 1 << 63


@dataclass
class Arguments:
    """What a node is given, by argument name."""

    operands: dict[str, list[SSAValue | None]] = field(default_factory=dict)
    """Tensors and computed numbers; None for an absent tensor."""
    attributes: dict[str, Attribute] = field(default_factory=dict)
    graphs: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, argument: Any, find: Find) -> None:
        """Put in one argument of the file. Raises InferError for one of an unknown kind."""
        kind, value = variant(argument)
        match kind:
            case "as_none":
                self.attributes[name] = UnitAttr()
            case "as_tensor":
                self._more(name, [find(text(value, "name"))])
            case "as_optional_tensor":
                self._more(name, [_optional(value, find)])
            case "as_tensors":
                self._more(name, [find(text(v, "name")) for v in _list(value)])
            case "as_optional_tensors":
                self._more(name, [_optional(v, find) for v in _list(value)])
            case "as_nested_tensors":
                self._more(name, [find(text(v, "name")) for inner in _list(value) for v in _list(inner)])
            case "as_sym_int" | "as_sym_float" | "as_sym_bool":
                self._computed(name, value, find)
            case "as_sym_ints" | "as_sym_floats" | "as_sym_bools":
                self._computed_list(name, _list(value), find)
            case "as_graph":
                self.graphs[name] = members(value)
            case _:
                self.attributes[name] = constant_attribute(kind, value)

    def _more(self, name: str, values: list[SSAValue | None]) -> None:
        self.operands.setdefault(name, []).extend(values)

    def _computed(self, name: str, value: Any, find: Find) -> None:
        kind, inner = variant(value)
        if kind == "as_name":
            self._more(name, [find(str(inner))])
        else:
            self.attributes[name] = constant_attribute(kind, inner)

    def _computed_list(self, name: str, values: list[Any], find: Find) -> None:
        numbers: list[int] = []
        for kind, inner in map(variant, values):
            if kind == "as_name":
                self._more(name, [find(str(inner))])
                numbers.append(COMPUTED)
            elif isinstance(inner, int):
                numbers.append(inner)
            else:
                raise InferError(f"argument '{name}' mixes computed sizes and {str(inner)[:40]}")
        self.attributes[name] = constant_attribute("as_ints", numbers)

    def in_order(self, schema: Schema, none: Callable[[], SSAValue]) -> tuple[list[SSAValue], dict[str, Attribute]]:
        """The operands in the order of the table, and `segments` where they do not stand one each."""
        names = [p.name for p in schema.operands]
        unknown = [n for n in self.operands if n not in names]
        if unknown:
            raise InferError(f"argument '{unknown[0]}' is a tensor or computed, which the operator does not take there")
        counts = [len(self.operands.get(n, ())) for n in names]
        while counts and not counts[-1]:
            counts.pop()
        values = [v if v is not None else none() for n in names for v in self.operands.get(n, ())]
        last_is_list = len(counts) == len(names) and bool(names) and schema.operands[-1].option == "variadic"
        plain = all(c == 1 for c in (counts[:-1] if last_is_list else counts))
        return values, {} if plain else {"segments": ints_attr(counts)}

    def attributes_for(self, schema: Schema) -> dict[str, Attribute]:
        """The attributes that say more than the table's defaults: an absent argument only where its default is another."""
        defaults = {name: rule.default for name, rule in schema.attributes.items()}
        return {n: a for n, a in self.attributes.items() if not isinstance(a, UnitAttr) or defaults.get(n) is not None}


def constant_attribute(kind: str, value: Any) -> Attribute:
    """A constant argument as an attribute."""
    match kind, value:
        case "as_bool", bool():
            return bool_attr(value)
        case "as_int", int():
            return int_attr(_checked(value))
        case "as_float", float() | int() | str():
            return double_attr(float(value))
        case "as_string" | "as_operator", str():
            return StringAttr(value)
        case "as_ints", list() if all(isinstance(v, int) for v in value):
            return ints_attr([_checked(v) for v in value])
        case "as_floats", list():
            return doubles_attr([float(v) for v in value])
        case "as_bools", list():
            return bools_attr([bool(v) for v in value])
        case "as_strings", list() if all(isinstance(v, str) for v in value):
            return strings_attr(value)
        case "as_scalar_type", _:
            return element_of(value)
        case "as_layout", int() if value in LAYOUTS:
            return StringAttr(LAYOUTS[value])
        case "as_memory_format", int() if value in MEMORY_FORMATS:
            return StringAttr(MEMORY_FORMATS[value])
        case "as_device", dict():
            return StringAttr(text(value, "type"))
    raise InferError(f"an argument of kind {kind[:40]} ({str(value)[:40]}) is not supported")


def _checked(value: int) -> int:
    if not -_LIMIT <= value < _LIMIT:
        raise InferError(f"the integer {value} is beyond 64 bits")
    return value


def _optional(value: Any, find: Find) -> SSAValue | None:
    kind, inner = variant(value)
    return find(text(inner, "name")) if kind == "as_tensor" else None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InferError(f"a list was expected, {str(value)[:60]} is there")
    return value
