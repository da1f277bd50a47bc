"""Transposes meet each other and reshapes."""

from __future__ import annotations

from collections.abc import Sequence

from inferir.core import Rewriter, rewrites
from inferir.core.types import UNKNOWN, shape_of
from inferir.dialects import inference as inf
from inferir.passes.inference.layout.orders import channels_first, replace_located
from inferir.passes.transforms.canonicalization.shape import (
    identity_reshape,
    identity_transpose,
    reshape_of_reshape,
    transpose_of_transpose,
    transpose_of_unit_axes,
)


@rewrites(inf.ReshapeOp)
def behind_reshape(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """reshape(T(x)) = T2(reshape(T1(x))), where the reshape splits and joins axes of x that T1 makes neighbours.

    Done where T1 moves nothing, or where T2 brings channels to the front (the channel shuffle of grouped convolutions).
    """
    t = op.x.owner
    if not isinstance(t, inf.TransposeOp):
        return "its input is no transpose"
    source, target = shape_of(op.x), shape_of(op.result)
    groups = factors(source, target)
    if groups is None:
        return "it mixes axes"
    kept = {new: old for a, b in groups for new in b for old in a if source[old] == target[new] == UNKNOWN}
    if target.count(UNKNOWN) > 1 and any(op.shape is None or op.shape[new] != f"d{old}" for new, old in kept.items()):
        return "several unknown dimensions may trade elements"
    ranked = sorted(range(len(groups)), key=lambda g: min((t.permutation[a] for a in groups[g][0]), default=0))
    first = tuple(t.permutation[a] for g in ranked for a in groups[g][0])
    axes = [a for g in ranked for a in groups[g][1]]
    second = tuple(axes.index(a) for a in range(len(target)))
    moves = first != tuple(range(len(first)))
    if moves and target.count(UNKNOWN) > 1:
        return "nothing is won by it where several dimensions are not known"
    if second == tuple(range(len(second))) or (moves and second != channels_first(len(second))):
        return "nothing is won by it"
    x = t.x
    if moves:
        inner = inf.TransposeOp.make(x, permutation=first)
        rw.insert(inner)
        x = inner.result
    there = {new: f"d{first.index(t.permutation[old])}" for new, old in kept.items()}
    named = tuple(there.get(a, target[a]) if target.count(UNKNOWN) > 1 else target[a] for a in axes)
    made = inf.ReshapeOp.make(x, shape=named)
    replace_located(op, [made, inf.TransposeOp.make(made.result, permutation=second, result_types=[op.result.type])], rw)
    return None


def factors(source: Sequence[int], target: Sequence[int]) -> list[tuple[list[int], list[int]]] | None:
    """Groups of neighbouring axes that hold the same elements before and after a reshape; None where they cannot be told.

    An unknown dimension (-1) is a group with one unknown dimension on the other side, and the ones before it.
    """
    groups: list[tuple[list[int], list[int]]] = []
    i = j = 0
    while i < len(source) and j < len(target):
        left, right, i, j = _ones_before_unknown(source, target, i, j)
        if i == len(source) or j == len(target) or (source[i] == -1) != (target[j] == -1):
            return None
        left, right, a, b = [*left, i], [*right, j], source[i], target[j]
        i, j = i + 1, j + 1
        while a != b:
            if a < b and i < len(source) and source[i] > 0:
                a, left, i = a * source[i], [*left, i], i + 1
            elif b < a and j < len(target) and target[j] > 0:
                b, right, j = b * target[j], [*right, j], j + 1
            else:
                return None
        groups.append((left, right))
    if any(source[k] != 1 for k in range(i, len(source))) or any(target[k] != 1 for k in range(j, len(target))) or not groups:
        return None
    groups[-1][0].extend(range(i, len(source)))
    groups[-1][1].extend(range(j, len(target)))
    return groups


def _ones_before_unknown(source: Sequence[int], target: Sequence[int], i: int, j: int) -> tuple[list[int], list[int], int, int]:
    """The axes of size 1 from i and j on that stand before an unknown dimension of one side alone, and the axes behind them."""
    left, right = [], []
    while i < len(source) and j < len(target) and -1 in (source[i], target[j]) and source[i] != target[j]:
        if source[i] == 1:
            left, i = [*left, i], i + 1
        elif target[j] == 1:
            right, j = [*right, j], j + 1
        else:
            break
    return left, right, i, j


__all__ = [
    "behind_reshape",
    "identity_reshape",
    "identity_transpose",
    "reshape_of_reshape",
    "transpose_of_transpose",
    "transpose_of_unit_axes",
]
