"""What a source framework says of its operators: operands, results, attributes, by version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Parameter:
    """An operand or result: its name, its type variable (or type), how often it may occur."""

    name: str
    type: str
    option: Literal["single", "optional", "variadic"] = "single"
    least: int = 0
    homogeneous: bool = True


@dataclass(frozen=True)
class AttributeRule:
    """A declared attribute: its kind (INT, FLOATS, TENSOR, GRAPH, ... as ONNX names them), whether it must be there, its default."""

    kind: str
    required: bool
    default: Any


@dataclass(frozen=True)
class Schema:
    """One version of one operator."""

    name: str
    domain: str
    since: int
    operands: tuple[Parameter, ...]
    results: tuple[Parameter, ...]
    attributes: dict[str, AttributeRule]
    allowed: dict[str, frozenset[str]]
    """The types each type variable may stand for, as ONNX writes them."""
    pure: bool
    deprecated: bool
    doc: str
    mutates: tuple[str, ...] = ()
    """The operands the operator writes to."""
    view_of: str | None = None
    """The operand whose elements the result shows, where it is a view."""

    @property
    def graphs(self) -> tuple[str, ...]:
        """The attributes that are subgraphs: regions of the op."""
        return tuple(name for name, rule in self.attributes.items() if rule.kind == "GRAPH")

    def __str__(self) -> str:
        return f"{self.name}-{self.since}" if self.since else self.name


@dataclass(frozen=True)
class Table:
    """The operators of a framework: name -> since-version -> row of the committed table."""

    rows: dict[tuple[str, str], dict[int, dict[str, Any]]]
    type_sets: list[list[str]]
    opsets: dict[str, int]
    """The newest operator-set version of each domain the table knows."""

    def schemas(self, domain: str, name: str) -> dict[int, Schema]:
        """The versions of an operator by since-version, oldest first; empty for a name the table lacks."""
        return {since: self._schema(row) for since, row in sorted(self.rows.get((domain, name), {}).items())}

    def names(self, domain: str) -> list[str]:
        """The operators of a domain, sorted."""
        return sorted(name for of, name in self.rows if of == domain)

    def since(self, domain: str, name: str, opset: int) -> int | None:
        """The since-version of the operator that operator set `opset` of the domain has; None where it has none."""
        return max((v for v in self.rows.get((domain, name), {}) if v <= opset), default=None)

    def _schema(self, row: dict[str, Any]) -> Schema:
        return Schema(
            row["name"],
            row["domain"],
            row["since"],
            tuple(Parameter(*p) for p in row["in"]),
            tuple(Parameter(*p) for p in row["out"]),
            {name: AttributeRule(*a) for name, a in row.get("attrs", {}).items()},
            {variable: frozenset(self.type_sets[index]) for variable, index in row.get("vars", {}).items()},
            row.get("pure", True),
            row.get("deprecated", False),
            row.get("doc", ""),
            tuple(row.get("mutates", ())),
            row.get("view_of"),
        )


def table_of(raw: Mapping[str, Any]) -> Table:
    """A table from its JSON form: `ops`, one row a version of an operator, and where it has them `type_sets` and `opsets`."""
    rows: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for row in raw["ops"]:
        rows.setdefault((row["domain"], row["name"]), {})[row["since"]] = row
    return Table(rows, raw.get("type_sets", []), raw.get("opsets", {}))


def read_table(path: Path) -> Table:
    """A committed table."""
    return table_of(json.loads(path.read_text(encoding="utf-8")))
