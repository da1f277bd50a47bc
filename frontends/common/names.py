"""Names of a source as locations, SSA names, identifiers and symbolic dimensions."""

from __future__ import annotations

import keyword
import re

from xdsl.dialects.builtin import NameLoc, NoneAttr, StringAttr

from inferir.core.dims import Dim, parse_dim

_NO_LOCATION = NoneAttr()


def location_of(name: str) -> NameLoc:
    """The location of what the source calls `name`."""
    return NameLoc(StringAttr(name), _NO_LOCATION)


def name_hint(name: str) -> str | None:
    """An SSA name after the source's: `/conv1/Conv_output_0` -> `conv1_Conv_output`. None where only digits are left."""
    text = re.sub(r"[^A-Za-z0-9_$.-]+", "_", name).strip("_.-$")
    while (shorter := re.sub(r"_\d+$", "", text)) != text:
        text = shorter
    if not text or text.isdigit():
        return None
    return text if not text[0].isdigit() else f"v{text}"


def identifier(name: str) -> str:
    """A name as an identifier."""
    text = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "value"
    return text if text[0].isalpha() else f"v_{text}"


def dim_name(text: str) -> Dim | int | None:
    """A symbolic dimension as an expression over identifiers; other text becomes an identifier itself: `batch size` -> `batch_size`. None for
    text without a letter or digit, such as `?`."""
    expression = _expression(text)
    return expression if expression is not None or not _is_name(text) else parse_dim(_dim_identifier(text))


def is_expression(text: str) -> bool:
    """Whether a text is a dimension as it stands: a number, an identifier or an expression over such."""
    return _expression(text) is not None


def _is_name(text: str) -> bool:
    return re.search(r"[^\W_]", text) is not None


def _expression(text: str) -> Dim | int | None:
    """Text as an expression, None where it is none."""
    try:
        return parse_dim(text.strip()) if len(text) <= 80 and _is_name(text) else None
    except (ValueError, ZeroDivisionError):
        return None


def _dim_identifier(text: str) -> str:
    """Text that is no expression as an identifier."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")[:80] or "dim"
    return name if name[0].isalpha() and not keyword.iskeyword(name) else f"d_{name}"
