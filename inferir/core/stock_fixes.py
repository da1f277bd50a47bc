"""What xDSL 0.74 gets wrong and offers no other place to put right; imported by our parser and printer."""

from __future__ import annotations

import functools
import re
from typing import Any

from xdsl.dialects.builtin import AnyFloat, DenseIntOrFPElementsAttr
from xdsl.parser import attribute_parser
from xdsl.printer import Printer
from xdsl.utils.mlir_lexer import MLIRLexer

# xDSL's own pattern takes time exponential in the length of a string that is never closed; the same pattern without backtracking does not.
MLIRLexer._unescaped_characters_regex = re.compile(  # pyright: ignore[reportPrivateUsage]
    r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"'
)

# The type of every `dense` is held against a constraint that xDSL builds from type hints anew each time, which takes 7 ms; once is enough.
attribute_parser.base = functools.cache(attribute_parser.base)  # pyright: ignore[reportPrivateImportUsage]

_print_values = DenseIntOrFPElementsAttr.print_without_type


def _print_exactly(self: DenseIntOrFPElementsAttr, printer: Printer) -> None:
    """Print `dense<...>` as xDSL does where that keeps every bit, else as hexadecimal bytes, as mlir-opt prints large ones.

    What xDSL's way loses: -0.0 beside 0.0, which it takes for a splat, and the payload of NaN in types that pass through a Python float.
    """
    element = self.get_element_type()
    if isinstance(element, AnyFloat) and len(self):
        data, size = bytes(self.data.data), element.compile_time_size
        values: Any = self.get_values()
        splat = values.count(values[0]) == len(values)
        if element.pack(values) != data or (splat and data != data[:size] * len(values)):
            printer.print_string(f'dense<"0x{data.hex().upper()}">')
            return
    _print_values(self, printer)


DenseIntOrFPElementsAttr.print_without_type = _print_exactly
