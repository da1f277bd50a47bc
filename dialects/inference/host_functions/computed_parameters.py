"""Ops whose axes or steps are only known at run time."""

from __future__ import annotations

import numpy as np

from inferir.core.ranges import LARGEST, check_range, checked_shape
from inferir.dialects.inference.host import host_function
from inferir.dialects.inference.indexing import gathered
from inferir.dialects.inference.reduction import reduced
from inferir.dialects.inference.slicing import box


def axes_of(axes: np.ndarray, rank: int) -> tuple[int, ...]:
    """Axes of a tensor. Raises OutOfRange where it has no such axis."""
    check_range("axis", axes, -max(rank, 1), max(rank, 1))
    return tuple(int(a) for a in axes.reshape(-1))


@host_function("reduce")
def reduce(x: np.ndarray, axes: np.ndarray | None, kind: str, keepdims: int, noop: int) -> np.ndarray:
    """inference.reduce with the axes as an operand; no axes are all of them, or none under `noop`. An axis may be named twice."""
    chosen = axes_of(axes, x.ndim) if axes is not None and axes.size else () if noop else tuple(range(x.ndim))
    return reduced(x, kind, tuple({a % max(x.ndim, 1) for a in chosen}), bool(keepdims))


@host_function("squeeze")
def squeeze(x: np.ndarray, axes: np.ndarray | None = None) -> np.ndarray:
    """x without some axes of 1, all of them where none are named."""
    return np.squeeze(x, None if axes is None else axes_of(axes, x.ndim))


@host_function("unsqueeze")
def unsqueeze(x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """x with axes of 1."""
    return np.expand_dims(x, axes_of(axes, x.ndim + axes.size))


@host_function("reshape")
def reshape(x: np.ndarray, shape: np.ndarray, allowzero: int) -> np.ndarray:
    """x in a shape where 0 is x's own dimension at that place, unless `allowzero`."""
    check_range("a dimension", shape, -1, LARGEST)
    return x.reshape([x.shape[i] if d == 0 and not allowzero else int(d) for i, d in enumerate(shape)])


@host_function("broadcast")
def broadcast(x: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """x broadcast against a shape of any length."""
    return np.broadcast_to(x, checked_shape(np.broadcast_shapes(x.shape, checked_shape(shape, x.itemsize)), x.itemsize))


@host_function("flatten")
def flatten(x: np.ndarray, axis: int) -> np.ndarray:
    """x as a matrix: the dimensions before an axis, those from it on."""
    axis = axis + x.ndim if axis < 0 else axis
    return x.reshape(int(np.prod(x.shape[:axis])), -1) if x.size else x.reshape(int(np.prod(x.shape[:axis])), int(np.prod(x.shape[axis:])))


@host_function("gather_nd")
def gather_nd(x: np.ndarray, indices: np.ndarray, batch: int) -> np.ndarray:
    """inference.gather_nd with tuples of any length."""
    return gathered(x, indices, batch)


@host_function("slice")
def slice_(
    x: np.ndarray, starts: np.ndarray, ends: np.ndarray, axes: np.ndarray | None = None, steps: np.ndarray | None = None
) -> np.ndarray:
    """inference.slice with all its parameters as operands."""
    axes = np.arange(len(starts)) if axes is None else axes
    chosen = axes_of(axes, x.ndim)
    if len({a % max(x.ndim, 1) for a in chosen}) != len(chosen):
        raise ValueError(f"axes {list(chosen)} name one axis twice")
    return box(x, starts, ends, axes, np.ones(len(starts), np.int64) if steps is None else steps)


@host_function("split")
def split(x: np.ndarray, sizes: np.ndarray, axis: int) -> tuple[np.ndarray, ...]:
    """inference.split with the sizes as an operand."""
    if min(sizes, default=0) < 0 or sum(map(int, sizes)) != x.shape[axis]:
        raise ValueError(f"sizes {sizes.tolist()} do not part axis {axis}, which has {x.shape[axis]}")
    return tuple(np.split(x, np.cumsum(sizes)[:-1].tolist(), axis))


@host_function("split_evenly")
def split_evenly(x: np.ndarray, axis: int, count: int) -> tuple[np.ndarray, ...]:
    """x in parts of one size, the last one smaller where it does not divide."""
    each = -(-x.shape[axis] // count)
    return tuple(np.split(x, [min(each * i, x.shape[axis]) for i in range(1, count)], axis))


@host_function("transpose")
def transpose(x: np.ndarray, permutation: tuple[int, ...] | None = None) -> np.ndarray:
    """Axes in another order, in reverse without one."""
    return x.transpose(permutation)


@host_function("pad_axes")
def pad_axes(pads: np.ndarray, axes: np.ndarray, rank: int) -> np.ndarray:
    """Pads of some axes as pads of all of them."""
    check_range("axis", axes, -rank, rank)
    whole = np.zeros(2 * rank, np.int64)
    for i, axis in enumerate(axes):
        whole[axis % rank], whole[rank + axis % rank] = pads[i], pads[len(axes) + i]
    return whole


@host_function("center_crop_pad")
def center_crop_pad(x: np.ndarray, shape: np.ndarray, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """x cut or padded with zeros around its centre."""
    axes = tuple(range(x.ndim)) if axes is None else tuple(axes)
    checked_shape(shape, x.itemsize)
    crop, grow = [slice(None)] * x.ndim, [(0, 0)] * x.ndim
    for axis, size in zip(axes, shape, strict=True):
        have, want = x.shape[axis], int(size)
        if want < have:
            crop[axis] = slice((have - want) // 2, (have - want) // 2 + want)
        else:
            grow[axis % x.ndim] = ((want - have) // 2, want - have - (want - have) // 2)
    return np.pad(x[tuple(crop)], grow)
