"""Dimension expressions: `2*seq + 1`, `(h + 1) // 2`, `max(a, b)`. Integers, names, + - * // min max and nothing else.

Expressions come from files, so they are never handed to Python's eval.
"""

import ast
import operator
from collections.abc import Mapping

from inferir.backends.runtime.program import ModelError

_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv}
_CALLS = {"max": max, "min": min}
_BEYOND = 1 << 63
_LONGEST = 2000  # characters; keeps hostile nesting away from the parser's stack
_DEEPEST = 500  # a sum of as many terms as fit; a limit of its own, so that Python's, which a program may raise, decides nothing


def evaluate(dim: int | str, values: Mapping[str, int]) -> int:
    """The value of a dimension. A text that is itself a symbol's name is that symbol, however it is spelt."""
    if isinstance(dim, int):
        return dim
    if dim in values:
        return values[dim]
    try:
        value = _value(_parse(dim), dim, values)
    except ZeroDivisionError:
        raise ModelError(f"dimension '{dim}' divides by zero") from None
    except RecursionError:
        raise ModelError(f"dimension '{dim[:60]}' is nested too deep") from None
    if abs(value) > _BEYOND:
        raise ModelError(f"dimension '{dim[:60]}' is beyond 64 bits")
    return value


def names(dim: int | str, symbols: Mapping[str, object] | tuple[str, ...]) -> set[str]:
    """The symbols a dimension mentions."""
    if isinstance(dim, int):
        return set()
    if dim in symbols:
        return {dim}
    called = set(_CALLS)
    return {n.id for n in ast.walk(_parse(dim)) if isinstance(n, ast.Name)} - called


def solve(dim: str, symbol: str, size: int, values: Mapping[str, int]) -> int | None:
    """The value of `symbol` that makes a linear `dim` equal `size`, or None."""
    at = [evaluate(dim, {**values, symbol: x}) for x in (0, 1)]
    slope = at[1] - at[0]
    if slope == 0 or (size - at[0]) % slope:
        return None
    x = (size - at[0]) // slope
    return x if evaluate(dim, {**values, symbol: x}) == size else None


def _parse(text: str) -> ast.expr:
    if len(text) <= _LONGEST:
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    raise ModelError(f"dimension '{text[:60]}' is not an expression over integers and names")


def _value(node: ast.expr, text: str, values: Mapping[str, int], depth: int = 0) -> int:
    if depth > _DEEPEST:
        raise ModelError(f"dimension '{text[:60]}' is nested too deep")
    match node:
        case ast.Constant(value=int() as v) if not isinstance(v, bool):
            return v
        case ast.Name(id=name):
            if name not in values:
                raise ModelError(f"dimension '{text}' names '{name}', which is not a symbol of this model")
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=x):
            return -_value(x, text, values, depth + 1)
        case ast.BinOp(left=a, op=op, right=b) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(a, text, values, depth + 1), _value(b, text, values, depth + 1))
        case ast.Call(func=ast.Name(id=f), args=[_, *_] as args, keywords=[]) if f in _CALLS:
            return _CALLS[f](_value(a, text, values, depth + 1) for a in args)
    raise ModelError(f"dimension '{text[:60]}' holds more than integers, names, + - * // min and max")
