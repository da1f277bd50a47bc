"""TensorFlow's operators as ops: `framework.tf.Conv2D`, in a table made from `operators.txt` (see `build_table`).

Attributes of a node are properties by TensorFlow's names. Those that are types or counts are not kept: they stand in the types and the number of
operands and results. A function that an operator runs is a region of it.
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
def tf_table() -> Table:
    """The committed table, read when first asked for."""
    return table_of(_raw())


@cache
def rows() -> dict[str, dict[str, Any]]:
    """The rows of the table by operator."""
    return {row["name"]: row for row in _raw()["ops"]}


SOURCE = Source(domains={"tf": ""}, table=tf_table)
