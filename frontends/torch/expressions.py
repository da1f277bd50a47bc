"""Sizes of an exported program as expressions: `Mul(Integer(2), Symbol('s77', positive=True, integer=True))`, in older files `2*s77`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache, reduce

from inferir.core import InferError
from inferir.core.dims import DimLike, maximum, minimum, symbol

_LONGEST = 4000


def _product(factors: Sequence[DimLike]) -> DimLike:
    return reduce(lambda a, b: a * b, factors, 1)


def _sum(terms: Sequence[DimLike]) -> DimLike:
    return reduce(lambda a, b: a + b, terms, 0)


_CALLS: dict[str, Callable[[Sequence[DimLike]], DimLike]] = {
    "Add": _sum,
    "Mul": _product,
    "FloorDiv": lambda a: a[0] // a[1],
    "CleanDiv": lambda a: a[0] // a[1],
    "Mod": lambda a: a[0] - a[0] // a[1] * a[1],
    "PythonMod": lambda a: a[0] - a[0] // a[1] * a[1],
    "Max": lambda a: reduce(maximum, a),
    "Min": lambda a: reduce(minimum, a),
}


@lru_cache(4096)
def size_of_expression(text: str) -> DimLike | None:
    """A size as an expression over its symbols, None where it is one that dimensions do not have. Raises InferError for text that is none."""
    if len(text) > _LONGEST:
        return None
    try:
        return _size(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError, ZeroDivisionError, IndexError):
        raise InferError(f"'{text[:80]}' is not an expression over sizes") from None


def _size(node: ast.expr) -> DimLike | None:
    match node:
        case ast.Constant(value=int() as value):
            return int(value)
        case ast.Name(id=name):
            return symbol(name)
        case ast.Call(func=ast.Name(id="Integer"), args=[inner]):
            return _size(inner)
        case ast.Call(func=ast.Name(id="Symbol"), args=[ast.Constant(value=str() as name), *_]) if name.isidentifier():
            return symbol(name)
        case ast.Call(func=ast.Name(id="Pow"), args=[base, exponent]):
            return _power(_size(base), _size(exponent))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _CALLS and args:
            return _applied(_CALLS[name], args)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _applied(lambda a: -1 * a[0], [inner])
        case ast.BinOp(left=a, op=ast.Pow(), right=b):
            return _power(_size(a), _size(b))
        case ast.BinOp(left=a, op=op, right=b):
            name = {ast.Add: "Add", ast.Mult: "Mul", ast.FloorDiv: "FloorDiv", ast.Mod: "Mod"}.get(type(op))
            if isinstance(op, ast.Sub):
                return _applied(lambda v: v[0] - v[1], [a, b])
            return _applied(_CALLS[name], [a, b]) if name else None
    return None


def _applied(function: Callable[[Sequence[DimLike]], DimLike], args: Sequence[ast.expr]) -> DimLike | None:
    values = [_size(a) for a in args]
    known = [v for v in values if v is not None]
    return function(known) if len(known) == len(values) else None


def _power(base: DimLike | None, exponent: DimLike | None) -> DimLike | None:
    if base is None or not isinstance(exponent, int) or not 0 <= exponent <= 8:
        return None
    return _product([base] * exponent)
