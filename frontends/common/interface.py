"""What a function's argument or result attributes tell of the source: its name, and symbolic dimensions."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr, TensorType, i64
from xdsl.ir import Attribute

from inferir.frontends.common.names import identifier


def interface_entry(name: str, dims: Sequence[int | str | None] | None = None) -> DictionaryAttr:
    """The attributes of an argument or result: `inference.name`, and `inference.dims` where some dimension is not a number."""
    entries: dict[str, Attribute] = {"inference.name": StringAttr(name)}
    if dims is not None and any(not isinstance(d, int) for d in dims):
        entries["inference.dims"] = ArrayAttr([IntegerAttr(d, i64) if isinstance(d, int) else StringAttr(str(d)) for d in dims])
    return DictionaryAttr(entries)


class OpenSizes:
    """Symbols for sizes that a source leaves open without a name: `x_0` is axis 0 of x. One object for all of a function's arguments."""

    def __init__(self) -> None:
        self._symbols: set[str] = set()

    def of(self, name: str, type: Attribute | None) -> list[int | str] | None:
        """The dimensions of an argument, None where its rank is not known."""
        return [self._dim(name, axis, size) for axis, size in enumerate(type.get_shape())] if isinstance(type, TensorType) else None

    def _dim(self, name: str, axis: int, size: int) -> int | str:
        if size >= 0:
            return size
        symbol = f"{identifier(name)}_{axis}"
        while symbol in self._symbols:
            symbol += "_"
        self._symbols.add(symbol)
        return symbol
