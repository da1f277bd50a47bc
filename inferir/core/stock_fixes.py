"""What xDSL 0.74 gets wrong and offers no other place to put right; imported by our parser and printer."""

from __future__ import annotations

import functools
import re

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, UnregisteredOp
from xdsl.ir import Dialect, Operation
from xdsl.parser import attribute_parser
from xdsl.utils.exceptions import ParseError
from xdsl.utils.mlir_lexer import MLIRLexer, MLIRToken

from inferir.core import nan_bits  # noqa: F401
from inferir.core.dense_text import print_exactly

# xDSL's own pattern takes time exponential in the length of a string that is never closed; the same pattern without backtracking does not.
MLIRLexer._unescaped_characters_regex = re.compile(  # pyright: ignore[reportPrivateUsage]
    r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"'
)

# The type of every `dense` is held against a constraint that xDSL builds from type hints anew each time, which takes 7 ms; once is enough.
attribute_parser.base = functools.cache(attribute_parser.base)  # pyright: ignore[reportPrivateImportUsage]

# What it prints of `dense` does not keep every bit.
DenseIntOrFPElementsAttr.print_without_type = print_exactly  # pyright: ignore[reportAttributeAccessIssue]

_lex_prefixed_ident = MLIRLexer._lex_prefixed_ident  # pyright: ignore[reportPrivateUsage]


def _say_what_follows_a_prefix(lexer: MLIRLexer, start: int) -> MLIRToken:
    """The name after `%`, `#`, `^` or `!`; xDSL's message for a missing one has a placeholder left in it."""
    try:
        return _lex_prefixed_ident(lexer, start)
    except ParseError as error:
        raise ParseError(error.span, f"a name or a number is expected after '{lexer.input.at(start)}'") from None


MLIRLexer._lex_prefixed_ident = _say_what_follows_a_prefix  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]

_with_name = UnregisteredOp.with_name


def _named_as_written(name: str) -> type[Operation]:
    """The class of an unregistered op; messages then name the op as the text does, not `builtin.unregistered`."""
    cls = _with_name(name)
    cls.name = name
    return cls


UnregisteredOp.with_name = _named_as_written


_split_name = Dialect.split_name


def _of_no_dialect(name: str) -> tuple[str, str]:
    """The dialect and the rest of a name; an unregistered op's name may have no dialect in it, as in MLIR."""
    return _split_name(name) if "." in name else ("", name)


Dialect.split_name = staticmethod(_of_no_dialect)


def _in_place(self: Operation) -> str:
    """What `print(op)` shows: xDSL's numbers the values of an op anew, so that `%1 = abs %0` reads `%0 = abs %1`."""
    from inferir.core.printer import text_in_place

    return text_in_place(self)


Operation.__str__ = _in_place
