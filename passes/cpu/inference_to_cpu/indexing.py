"""Reading at computed places. An index out of range stops the program, whether or not an element of the result needs it."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.dialects.inference.indexing import index_of
from inferir.passes.cpu.inference_to_cpu.building import rank_of, result, shape_of
from inferir.passes.cpu.inference_to_cpu.program import NO_SIZE, Program, Scalar, generate, generated, sized


class Places:
    """The indices of an op, each from 0: those of axis `axes[k]` of x stand at k of the last dimension, or all are of the one axis.

    Indices that are constant are checked while the program is written. Where `early` is set the others are checked by a kernel of their own,
    once and even where the result has no element; else by each read.
    """

    def __init__(self, op: Any, axes: list[int], many: bool, early: bool, rw: Rewriter):
        self.op, self.axes, self.many = op, axes, many
        self.x, self.indices, self.checked = op.x, op.indices, False
        known = rw.array(op.indices)
        if known is not None and self._settled(known, rw):
            self.checked = True
        elif early:
            self._check_early(rw)

    def _sizes(self) -> np.ndarray | None:
        """The sizes of the axes, where all are known."""
        sizes = [shape_of(self.x)[a] for a in self.axes]
        return np.array(sizes if self.many else sizes[0], np.int64) if min(sizes, default=0) >= 0 else None

    def _settled(self, known: np.ndarray, rw: Rewriter) -> bool:
        """Count constant indices from 0; False where one is out of range, or may be."""
        sizes = self._sizes()
        if sizes is None or ((known < -sizes) | (known >= sizes)).any():
            return False
        if (known < 0).any():
            self.indices = rw.const(np.where(known < 0, known + sizes, known))
        return True

    def _check_early(self, rw: Rewriter) -> None:
        known = self._sizes() is not None
        sizes = [d if d >= 0 else f"x0_{a}" for a, d in enumerate(shape_of(self.indices))]

        def body(s: Program, at: list[Any], indices: SSAValue, *x: SSAValue) -> Any:
            index = s.load(indices, at)
            if len(self.axes) == 1:
                return self._place(s, x[0] if x else self.x, self.axes[0], index)
            value: Scalar = s.value(0)
            for k, axis in enumerate(self.axes):
                here = at[-1].equals(k)
                place = self._place(s, x[0] if x else self.x, axis, s.where(here, index, s.number(0, index.type)), here)
                value = s.where(here, place, value)
            return value

        self.indices = result(generated([self.indices, *([] if known else [self.x])], sizes, i64, body), rw)
        self.checked = True

    def _place(self, s: Program, x: SSAValue, axis: int, index: Scalar, when: Scalar = True) -> Scalar:
        size = s.size(x, axis)
        return s.place(index, size if when is True else s.where(when, s.value(size), s.value(1)), f"{self.op.name}: {index_of(axis)}")

    def read(self, s: Program, x: SSAValue, indices: SSAValue, at: list[Any], axis: int) -> Scalar:
        """The index of an axis that stands at `at` of the indices, from 0."""
        index = s.load(indices, at)
        return index.index() if self.checked else self._place(s, x, axis, index)


def may_be_empty(x: SSAValue, axes: list[int]) -> bool:
    """Whether x may have no elements whatever the size of some axes."""
    return any(d < 1 for a, d in enumerate(shape_of(x)) if a not in axes)


@rewrites(inf.GatherOp)
def gather(op: inf.GatherOp, rw: Rewriter) -> str | None:
    """y[..., i, ...] = x[..., indices[i], ...]"""
    axis, span = op.axis % rank_of(op.x), rank_of(op.indices)
    if sized(op, [op.x, op.indices])[0] is None:
        return NO_SIZE
    places = Places(op, [axis], False, may_be_empty(op.x, [axis]), rw)

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue) -> Any:
        return s.load(x, [*at[:axis], places.read(s, x, indices, at[axis : axis + span], axis), *at[axis + span :]])

    return generate(op, [op.x, op.indices], body, rw, instead=[op.x, places.indices])


@rewrites(inf.GatherElementsOp)
def gather_elements(op: inf.GatherElementsOp, rw: Rewriter) -> str | None:
    """y[i][j] = x[indices[i][j]][j] for axis 0"""
    axis = op.axis % rank_of(op.x)
    if sized(op, [op.x, op.indices])[0] is None:
        return NO_SIZE
    places = Places(op, [axis], False, False, rw)

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue) -> Any:
        return s.load(x, [*at[:axis], places.read(s, x, indices, at, axis), *at[axis + 1 :]])

    return generate(op, [op.x, op.indices], body, rw, instead=[op.x, places.indices])


@rewrites(inf.GatherNdOp)
def gather_nd(op: inf.GatherNdOp, rw: Rewriter) -> str | None:
    """y[b][i] = x[b][tuple(indices[b][i])]"""
    batch, head, length = op.batch_dims, rank_of(op.indices) - 1, shape_of(op.indices)[-1]
    axes = list(range(batch, batch + length))
    if sized(op, [op.x, op.indices])[0] is None:
        return NO_SIZE
    places = Places(op, axes, True, may_be_empty(op.x, [*range(batch), *axes]), rw)

    def body(s: Program, at: list[Any], x: SSAValue, indices: SSAValue) -> Any:
        found = [places.read(s, x, indices, [*at[:head], k], axis) for k, axis in enumerate(axes)]
        return s.load(x, [*at[:batch], *found, *at[head:]])

    return generate(op, [op.x, op.indices], body, rw, instead=[op.x, places.indices])
