"""Strides in elements, as arithmetic on shapes: sizes may be symbolic, strides are numbers."""

from __future__ import annotations

from inferir.core.dims import DimLike, Shape


def contiguous_strides(shape: Shape) -> tuple[int, ...] | None:
    """Row-major strides, None where a dimension but the first is symbolic."""
    out: list[int] = []
    step = 1
    for dim in reversed(shape[1:]):
        out.insert(0, step)
        if not isinstance(dim, int):
            return None
        step *= dim
    return (step, *out) if shape else ()


def normal(shape: Shape, strides: tuple[int, ...]) -> tuple[int, ...] | None:
    """None for contiguous strides; the stride of a dimension of size 1 is free, it becomes what is contiguous."""
    plain = contiguous_strides(shape)
    if plain is None or all(d == 1 or a == b for d, a, b in zip(shape, strides, plain, strict=True)):
        return None if plain is not None else strides
    out = list(strides)
    for axis in range(len(shape) - 1, -1, -1):
        if shape[axis] == 1:
            inner = shape[axis + 1] if axis + 1 < len(shape) else 1
            out[axis] = out[axis + 1] * inner if axis + 1 < len(shape) and isinstance(inner, int) else 1
    return tuple(out)


def reshaped_strides(shape: Shape, strides: tuple[int, ...], target: Shape) -> tuple[int, ...] | None:
    """Strides of the same elements, row-major, under another shape; None where no strides in numbers describe them.

    Dimensions that lie side by side form a run of equally spaced elements; each run must fall into whole dimensions of the target.
    """
    if 0 in shape:
        return contiguous_strides(target)
    out = [0] * len(target)
    at = len(target)
    for size, stride in reversed(_runs(shape, strides)):
        covered: DimLike = 1
        while covered != size:
            at -= 1
            if at < 0 or (isinstance(covered, int) and isinstance(size, int) and covered > size):
                return None
            step = covered * stride
            if not isinstance(step, int) and target[at] != 1:
                return None
            out[at] = step if isinstance(step, int) else 0
            covered = covered * target[at]
    return tuple(out) if all(d == 1 for d in target[:at]) else None


def _runs(shape: Shape, strides: tuple[int, ...]) -> list[tuple[DimLike, int]]:
    """Maximal runs of dimensions that lie side by side: the number of elements and how far apart they are."""
    runs: list[tuple[DimLike, int]] = []
    for size, stride in zip(shape, strides, strict=True):
        if size == 1:
            continue
        if runs and size * stride == runs[-1][1]:
            runs[-1] = (runs[-1][0] * size, stride)
        else:
            runs.append((size, stride))
    return runs
