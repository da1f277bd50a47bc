"""What a function's argument or result attributes tell of the source: its name, and symbolic dimensions."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.ir import Attribute


def interface_entry(name: str, dims: Sequence[int | str | None] | None = None) -> DictionaryAttr:
    """The attributes of an argument or result: `inference.name`, and `inference.dims` where some dimension is not a number."""
    entries: dict[str, Attribute] = {"inference.name": StringAttr(name)}
    if dims is not None and any(not isinstance(d, int) for d in dims):
        entries["inference.dims"] = ArrayAttr([IntegerAttr(d, i64) if isinstance(d, int) else StringAttr(str(d)) for d in dims])
    return DictionaryAttr(entries)
