"""Dimensions of tensors: integers, or integer expressions over named symbols.

A `Dim` is a polynomial with integer coefficients over atoms; an atom is a symbol (`batch`) or an opaque
sub-expression in parentheses (`(seq//2)`, `max(a, b)`). Polynomials are kept in normal form, so equality is
structural: `2*batch + batch == 3*batch`. Everything that is a plain number is a Python int, never a `Dim`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Union

Monomial = tuple[str, ...]
DimLike = Union[int, "Dim"]
Shape = tuple[DimLike, ...]


FOREIGN = "__unknown"
"""How the names of dimensions begin that nothing is known of."""


class Dim:
    """A symbolic dimension: sum of coefficient * product of atoms. Build one with `symbol` or `parse_dim`."""

    __slots__ = ("_terms",)

    def __init__(self, terms: Mapping[Monomial, int]):
        self._terms = tuple(sorted((m, c) for m, c in terms.items() if c != 0))

    @property
    def terms(self) -> dict[Monomial, int]:
        """Coefficient by monomial; the empty monomial is the constant term."""
        return dict(self._terms)

    def __hash__(self) -> int:
        return hash(self._terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dim) and self._terms == other._terms

    def __add__(self, other: DimLike) -> DimLike:
        total = self.terms
        for monomial, coefficient in _terms(other).items():
            total[monomial] = total.get(monomial, 0) + coefficient
        return _simplified(total)

    __radd__ = __add__

    def __neg__(self) -> DimLike:
        return self * -1

    def __sub__(self, other: DimLike) -> DimLike:
        return self + -1 * other

    def __rsub__(self, other: DimLike) -> DimLike:
        return -1 * self + other

    def __mul__(self, other: DimLike) -> DimLike:
        total: dict[Monomial, int] = {}
        for left, a in self._terms:
            for right, b in _terms(other).items():
                monomial = tuple(sorted(left + right))
                total[monomial] = total.get(monomial, 0) + a * b
        return _simplified(total)

    __rmul__ = __mul__

    def __floordiv__(self, other: DimLike) -> DimLike:
        if isinstance(other, Dim):
            if self == other:
                return 1
            quotient = _exact_quotient(self, other)
            return quotient if quotient is not None else _opaque(f"({_factor(self)}//{_factor(other)})")
        if other == 1:
            return self
        if other <= 0:
            raise ZeroDivisionError(f"{self} // {other}")
        whole = {m: c // other for m, c in self._terms if c % other == 0}
        rest = _simplified({m: c for m, c in self._terms if c % other != 0})
        if isinstance(rest, int):
            whole[()] = whole.get((), 0) + rest // other
            return _simplified(whole)
        return _opaque(f"({_factor(rest)}//{other})") + _simplified(whole)

    def __rfloordiv__(self, other: int) -> DimLike:
        return _opaque(f"({other}//{_factor(self)})")

    def __str__(self) -> str:
        parts = []
        for monomial, coefficient in sorted(self._terms, key=lambda t: (-len(t[0]), t[0])):
            factors = [str(abs(coefficient))] if abs(coefficient) != 1 or not monomial else []
            sign = "-" if coefficient < 0 else "+"
            parts.append(sign + "*".join([*factors, *monomial]))
        text = "".join(parts)
        return text.removeprefix("+")

    __repr__ = __str__


def symbol(name: str) -> Dim:
    """The dimension called `name`."""
    return Dim({(name,): 1})


def maximum(a: DimLike, b: DimLike) -> DimLike:
    """The larger of two dimensions."""
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b)
    difference = a - b
    if isinstance(difference, int):
        return a if difference >= 0 else b
    return _opaque(f"max({', '.join(sorted((str(a), str(b))))})")


def minimum(a: DimLike, b: DimLike) -> DimLike:
    """The smaller of two dimensions."""
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    difference = a - b
    if isinstance(difference, int):
        return a if difference <= 0 else b
    return _opaque(f"min({', '.join(sorted((str(a), str(b))))})")


def total(dims: Iterable[DimLike]) -> DimLike:
    """The sum of dimensions, in one pass over their terms."""
    terms: dict[Monomial, int] = {}
    for dim in dims:
        for monomial, coefficient in _terms(dim).items():
            terms[monomial] = terms.get(monomial, 0) + coefficient
    return _simplified(terms)


def product(dims: Shape) -> DimLike:
    """The number of elements of a shape."""
    total: DimLike = 1
    for dim in dims:
        total = total * dim
    return total


Assumed = tuple[DimLike, DimLike, str]
"""Two dimensions that are taken to be equal, and what is wrong where they are not ("" where none is given)."""
_listeners: ContextVar[tuple[list[Assumed], ...]] = ContextVar("assumptions", default=())
"""Who collects assumptions; of this thread (or task) alone, so that compilations side by side do not mix."""


@contextmanager
def assumptions() -> Iterator[list[Assumed]]:
    """The pairs of dimensions that `differ` could not tell apart while the block ran: whoever asked takes them to be equal."""
    pairs: list[Assumed] = []
    token = _listeners.set((*_listeners.get(), pairs))
    try:
        yield pairs
    finally:
        _listeners.reset(token)


def differ(a: DimLike, b: DimLike, says: str = "") -> bool:
    """Whether two dimensions can never be equal; False where the symbols leave it open. `says` what is wrong where they are not."""
    if a == b:
        return False
    difference = a - b
    if isinstance(difference, int):
        return difference != 0
    assume(a, b, says)
    return False


def assume(a: DimLike, b: DimLike, says: str) -> None:
    """Tell whoever listens that two dimensions are taken to be equal."""
    for pairs in _listeners.get():
        pairs.append((a, b, says))


def same(a: Shape, b: Shape) -> bool:
    """Whether two shapes may be equal: one rank, and no dimension that differs."""
    return len(a) == len(b) and not any(differ(x, y) for x, y in zip(a, b, strict=True))


def broadcast(*shapes: Shape) -> Shape:
    """Numpy's broadcast of shapes; of two symbols that may differ the first is kept. Raises ValueError where they never match."""
    rank = max((len(s) for s in shapes), default=0)
    out: list[DimLike] = []
    for axis in range(-rank, 0):
        here: DimLike = 1
        for shape in shapes:
            if len(shape) < -axis or shape[axis] == 1:
                continue
            dim = shape[axis]
            if here != 1 and differ(here, dim):
                raise ValueError(f"cannot broadcast {' with '.join(shape_text(s) for s in shapes)}")
            if here == 1 or (isinstance(dim, int) and not isinstance(here, int)):
                here = dim
        out.append(here)
    return tuple(out)


def broadcasts_to(shape: Shape, whole: Shape) -> bool:
    """Whether a shape can be laid over `whole` without making it larger."""
    try:
        joint = broadcast(whole, shape)
    except ValueError:
        return False
    return len(joint) == len(whole) and not any(differ(a, b) for a, b in zip(joint, whole, strict=True))


def shape_text(shape: Shape) -> str:
    """`2x3x?`: a shape as it reads in a type, symbols by name, ? for a dimension that nothing is known of."""
    return "x".join("?" if FOREIGN in (text := str(d)) else text for d in shape) or "scalar"


def evaluate(dim: DimLike, values: Mapping[str, DimLike]) -> DimLike:
    """Put `values` for the symbols of `dim`; a symbol without a value stays."""
    return dim if isinstance(dim, int) else parse_dim(str(dim), values)


def symbols(dim: DimLike) -> set[str]:
    """The names a dimension depends on."""
    if isinstance(dim, int):
        return set()
    names = {n.id for n in ast.walk(ast.parse(str(dim), mode="eval")) if isinstance(n, ast.Name)}
    return names - _FUNCTIONS.keys()


def parse_dim(text: str, values: Mapping[str, DimLike] | None = None) -> DimLike:
    """Read a dimension such as `2*seq+1`. Operators + - * //, functions max and min.

    Raises ValueError for anything else.
    """
    try:
        return _build(ast.parse(text, mode="eval").body, values or {})
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"'{text}' is not a dimension: names, integers, + - * // max min are") from None


def _build(node: ast.expr, values: Mapping[str, DimLike]) -> DimLike:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.Name(id=name):
            return values[name] if name in values else symbol(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_build(operand, values)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](_build(left, values), _build(right, values))
        case ast.Call(func=ast.Name(id=name), args=[left, right]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_build(left, values), _build(right, values))
    raise ValueError(f"'{ast.unparse(node)}' is not a dimension: names, integers, + - * // max min are")


_OPERATORS: dict[type, Callable[[DimLike, DimLike], DimLike]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
}
_FUNCTIONS: dict[str, Callable[[DimLike, DimLike], DimLike]] = {"max": maximum, "min": minimum}


def _terms(dim: DimLike) -> dict[Monomial, int]:
    return dim.terms if isinstance(dim, Dim) else {(): dim}


def _simplified(terms: Mapping[Monomial, int]) -> DimLike:
    kept = {m: c for m, c in terms.items() if c != 0}
    if not kept:
        return 0
    if kept.keys() == {()}:
        return kept[()]
    return Dim(kept)


def _opaque(text: str) -> DimLike:
    return Dim({(text,): 1})


def _factor(dim: DimLike) -> str:
    text = str(dim)
    return f"({text})" if isinstance(dim, Dim) and (len(dim.terms) > 1 or "*" in text) else text


def _exact_quotient(a: Dim, b: Dim) -> DimLike | None:
    """a / b where b divides a, by long division of polynomials; None where it does not."""
    atoms = sorted({atom for monomial in (*a.terms, *b.terms) for atom in monomial})

    def leading(terms: Mapping[Monomial, int]) -> Monomial:
        return max(terms, key=lambda m: (len(m), [m.count(atom) for atom in atoms]))

    out: dict[Monomial, int] = {}
    left: DimLike = a
    divisor = leading(b.terms)
    while left != 0:
        terms = _terms(left)
        first = leading(terms)
        factor = _without(first, divisor)
        if factor is None or terms[first] % b.terms[divisor]:
            return None
        out[factor] = terms[first] // b.terms[divisor]
        left = left - Dim({factor: out[factor]}) * b
    return _simplified(out)


def _without(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """The monomial less the atoms of one that divides it."""
    left = list(monomial)
    for atom in divisor:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)
