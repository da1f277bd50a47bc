"""Relations between sizes: what must hold of the operands' dimensions for an op to have a meaning.

An op yields its relations from `size_relations`, once. The verifier refuses an op whose relations cannot hold; those that the types leave open
are part of a shape analysis (`assumed`), from which they reach the check at run time; the reference executor holds them against its arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inferir.core.dims import DimLike, Shape, assume, differ, minimum


class Relation(NamedTuple):
    """left = right, or left <= right; `says` what is wrong where it does not hold.

    stretches: a left side that is 1 where the types say so has another meaning (it is broadcast), which the op was not made for.
    """

    left: DimLike
    right: DimLike
    says: str
    at_most: bool = False
    stretches: bool = False

    def fails(self) -> bool:
        """Whether it can never hold. Where the symbols leave it open, whoever listens (`assumptions`) is told that it is taken to hold."""
        if not self.at_most:
            return differ(self.left, self.right, "" if self.stretches else self.says)
        if self.left == self.right:
            return False
        excess = self.left - self.right
        if isinstance(excess, int):
            return excess > 0
        assume(minimum(self.left, self.right), self.left, self.says)
        return False


def at_most(left: DimLike, right: DimLike, says: str) -> Relation:
    """left <= right"""
    return Relation(left, right, says, True)


def pairwise_equal(a: Sequence[DimLike], b: Sequence[DimLike], says: str) -> Iterator[Relation]:
    """Two lists of dimensions, one by one."""
    yield from (Relation(x, y, says) for x, y in zip(a, b, strict=True))


def broadcast_relations(*shapes: Shape) -> Iterator[Relation]:
    """Numpy's broadcast: of the dimensions that lie over each other, all that are not 1 are equal."""
    for axis in range(-max((len(s) for s in shapes), default=0), 0):
        here = [s[axis] for s in shapes if len(s) >= -axis and s[axis] != 1]
        yield from (Relation(here[0], d, "operands do not broadcast", stretches=True) for d in here[1:])


def spans(shape: Shape, whole: Shape, says: str) -> Iterator[Relation]:
    """A shape that is broadcast to `whole`, which it does not make larger: each dimension is 1 or that of `whole`."""
    if len(shape) > len(whole):
        yield Relation(len(shape), len(whole), says)
        return
    aligned = whole[len(whole) - len(shape) :]
    yield from (Relation(a, b, says, stretches=True) for a, b in zip(shape, aligned, strict=True) if a != 1)
