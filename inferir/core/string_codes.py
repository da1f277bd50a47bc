"""Arguments and results that are codes of strings: `inference.strings` lists what the codes 1, 2, .. stand for, 0 is any other string."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, StringAttr

STRINGS = "inference.strings"


def strings_of(attributes: ArrayAttr[DictionaryAttr] | None, index: int) -> tuple[str, ...]:
    """The strings of one argument or result; none where it is not codes."""
    listed = attributes.data[index].data.get(STRINGS) if attributes is not None else None
    return tuple(each.data for each in listed.data if isinstance(each, StringAttr)) if isinstance(listed, ArrayAttr) else ()


def encoded(value: Any, strings: tuple[str, ...]) -> Any:
    """An array of strings as codes; any other value as it is."""
    if not strings or not isinstance(value, np.ndarray) or value.dtype != object:
        return value
    codes = {text: code for code, text in enumerate(strings, 1)}
    return np.array([codes.get(text, 0) for text in value.reshape(-1)], np.int32).reshape(value.shape)


def decoded(value: Any, strings: tuple[str, ...]) -> Any:
    """Codes as an array of strings; what stands for none as it is."""
    return np.array(["", *strings], object)[value] if strings else value
