"""TFLite's builtin operators as ops: `framework.tfl.CONV_2D`, in a table made from the schema (see `build_table`).

Options of an operator are properties by the schema's names, enums as their texts (`padding = "SAME"`). A subgraph that an operator runs is a
region of it. How integers stand for numbers is in the property `quantization` (`inferir.dialects.framework.quantized`).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from inferir.dialects.framework.schema import Table, table_of
from inferir.dialects.framework.sources import Source


@cache
def _raw() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("table.json").read_text(encoding="utf-8"))


@cache
def tflite_table() -> Table:
    """The committed table, read when first asked for."""
    return table_of(_raw())


@cache
def rows_by_code() -> dict[int, dict[str, Any]]:
    """The rows of the table by BuiltinOperator."""
    return {row["code"]: row for row in _raw()["ops"]}


def other_name(code: int) -> str:
    """The name of an operator that has no row."""
    return _raw()["others"].get(str(code), f"BUILTIN_{code}")


def enums() -> dict[str, list[str]]:
    """The names of each enum, in the order of their numbers."""
    return _raw()["enums"]


SOURCE = Source(domains={"tfl": ""}, table=tflite_table)
