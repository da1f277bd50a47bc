"""Write the committed table of TensorFlow's operators, `table.json`, from `operators.txt`.

    python -m inferir.dialects.framework.tf.build_table --update

One line of the table is one operator, in the form of every source's table (`in`, `out`, `attrs`). The type of a result is the attribute of a node
that names its element type, or the element type itself; `counts` names the attribute that tells how many values an operand or result has.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
OPERATORS = Path(__file__).with_name("operators.txt")


def build() -> str:
    """The text of the table."""
    rows = [row for line in OPERATORS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#" for row in _rows(line)]
    rows.sort(key=lambda row: row["name"])
    return '{"ops":[\n' + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]}\n"


def _rows(line: str) -> list[dict[str, Any]]:
    names, _, text = line.partition(": ")
    values, _, listed = text.partition(";")
    given, _, results = values.partition("->")
    counts: dict[str, str] = {}
    operands, out = _parameters(given, counts), _parameters(results, counts)
    attributes = dict(_attribute(word) for word in listed.split())
    shared = {"domain": "", "since": 0, "in": operands, "out": out, "attrs": attributes}
    return [{"name": n.lstrip("!"), **shared, "counts": counts, "pure": n[0] != "!"} for n in names.split()]


def _parameters(text: str, counts: dict[str, str]) -> list[list[str]]:
    out = []
    for word in text.split():
        name, _, type = word.partition(":")
        name, star, count = name.partition("*")
        if star:
            counts[name] = count
        out.append([name, type or "any", "variadic" if star else "single"])
    return out


def _attribute(word: str) -> tuple[str, list[Any]]:
    if word.startswith("{"):
        return word[1:-1], ["GRAPH", True, None]
    name, required, kind = word.partition("!")
    if required:
        return name, [kind, True, None]
    name, _, text = word.partition("=")
    value = json.loads(text)
    return name, [_kind(value), False, value]


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "BOOL"
        case int():
            return "INT"
        case float():
            return "FLOAT"
        case str():
            return "STRING"
    return f"{_kind(value[0]) if value else 'INT'}S"


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit(__doc__)
    TABLE.write_text(build(), encoding="utf-8")
