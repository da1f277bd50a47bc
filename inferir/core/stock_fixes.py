"""What xDSL 0.74 gets wrong and offers no other place to put right; imported by our parser and printer."""

from __future__ import annotations

import functools
import re

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr
from xdsl.parser import attribute_parser
from xdsl.utils.mlir_lexer import MLIRLexer

from inferir.core.dense_text import print_exactly

# xDSL's own pattern takes time exponential in the length of a string that is never closed; the same pattern without backtracking does not.
MLIRLexer._unescaped_characters_regex = re.compile(  # pyright: ignore[reportPrivateUsage]
    r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"'
)

# The type of every `dense` is held against a constraint that xDSL builds from type hints anew each time, which takes 7 ms; once is enough.
attribute_parser.base = functools.cache(attribute_parser.base)  # pyright: ignore[reportPrivateImportUsage]

# What it prints of `dense` does not keep every bit.
DenseIntOrFPElementsAttr.print_without_type = print_exactly  # pyright: ignore[reportAttributeAccessIssue]
