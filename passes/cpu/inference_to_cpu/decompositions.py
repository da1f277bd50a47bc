"""Ops without a kernel of their own, as ops that have one."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.dims import parse_dim, product
from inferir.core.op import Op
from inferir.core.types import element_of, named_shape, numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import not_float, rank_of, replace, result, shape_of


class Steps:
    """Inserts inference ops one after the other, each by its class; numbers become constants of the other operands' type."""

    def __init__(self, rw: Rewriter):
        self.rw = rw

    def __call__(self, op: type[Op], *operands: Any, **properties: Any) -> SSAValue:
        dtype = next((numpy_dtype(element_of(o)) for o in operands if isinstance(o, SSAValue)), np.dtype(np.float32))
        values = [self.rw.const(np.asarray(o, dtype)) if isinstance(o, float) else o for o in operands]
        return result(op.make(*values, **properties), self.rw)

    def centred(self, x: SSAValue, axes: tuple[int, ...]) -> SSAValue:
        """x minus its mean over axes."""
        return self(inf.SubOp, x, self(inf.ReduceOp, x, kind="mean", axes=axes, keepdims=True))

    def normal(self, x: SSAValue, axes: tuple[int, ...], epsilon: float) -> SSAValue:
        """x / sqrt(mean(x^2) + epsilon)"""
        square = self(inf.ReduceOp, self(inf.MulOp, x, x), kind="mean", axes=axes, keepdims=True)
        return self(inf.DivOp, x, self(inf.SqrtOp, self(inf.AddOp, square, float(epsilon))))

    def affine(self, x: SSAValue, scale: SSAValue, bias: SSAValue | None) -> SSAValue:
        """x * scale + bias"""
        y = self(inf.MulOp, x, scale)
        return y if bias is None else self(inf.AddOp, y, bias)


@rewrites(inf.LayerNormOp, inf.RmsNormOp)
def row_norm(op: inf.LayerNormOp | inf.RmsNormOp, rw: Rewriter) -> str | None:
    """Means over the axes, then elementwise ops."""
    do, axes = Steps(rw), op.axes(rank_of(op.x))
    bias = op.bias if isinstance(op, inf.LayerNormOp) else None
    x = do.centred(op.x, axes) if isinstance(op, inf.LayerNormOp) else op.x
    rw.replace(op, do.affine(do.normal(x, axes, op.epsilon), op.scale, bias))
    return None


@rewrites(inf.RopeOp, benefit=2)
def rope_of_rows(op: inf.RopeOp, rw: Rewriter) -> str | None:
    """A row at a time, where the codes are as long as the rows."""
    reason = not_float(op.x)
    if reason is not None:
        return reason
    size = shape_of(op.x)[-1]
    if size < 0 or any(shape_of(v)[-1:] != (size,) for v in (op.cos, op.sin)):
        return "its codes are not as long as its rows"
    replace(op, cpu.RopeOp.make(op.x, op.cos, op.sin, [], regions=[Region()]), rw)
    return None


@rewrites(inf.RopeOp)
def rope(op: inf.RopeOp, rw: Rewriter) -> str | None:
    """Each half of the rows is two products and a sum; the halves lie side by side."""
    size = shape_of(op.x)[-1]
    if size < 0:
        return "the length of the rows is not known"
    do, halves = Steps(rw), ((0, size // 2), (size // 2, size))

    def parts(v: SSAValue) -> list[SSAValue]:
        whole = shape_of(v)[-1] == size
        return [do(inf.SliceOp, v, starts=(a,), ends=(b,), axes=(rank_of(v) - 1,)) if whole else v for a, b in halves]

    (first, second), (cos1, cos2), (sin1, sin2) = (parts(v) for v in (op.x, op.cos, op.sin))
    low = do(inf.SubOp, do(inf.MulOp, first, cos1), do(inf.MulOp, second, sin1))
    high = do(inf.AddOp, do(inf.MulOp, second, cos2), do(inf.MulOp, first, sin2))
    rw.replace(op, do(inf.ConcatOp, [low, high], axis=rank_of(op.x) - 1))
    return None


@rewrites(inf.GroupNormOp)
def group_norm(op: inf.GroupNormOp, rw: Rewriter) -> str | None:
    """A norm of the rows of [N, groups, rest]."""
    shape, named = shape_of(op.x), named_shape(op.x)
    if shape[1] < 0:
        return "the number of channels is dynamic"
    do, groups = Steps(rw), op.groups or shape[1]
    each = str(product(tuple(parse_dim(str(d)) for d in (shape[1] // groups, *named[2:]))))
    rows = do(inf.ReshapeOp, op.x, shape=(named[0], groups, int(each) if each.isdigit() else each))
    if not_float(op.x) is None:
        y = result(cpu.NormOp.make(rows, [], centred=True, epsilon=op.epsilon, regions=[Region()]), rw)
    else:
        y = do.normal(do.centred(rows, (2,)), (2,), op.epsilon)
    y = result(cpu.ReshapeOp.make(y, op.x, shape=tuple(f"x1_{a}" if d < 0 else d for a, d in enumerate(shape))), rw)
    along = (shape[1], *[1] * (len(shape) - 2))
    rw.replace(op, do.affine(y, do(inf.ReshapeOp, op.scale, shape=along), do(inf.ReshapeOp, op.bias, shape=along)))
    return None


@rewrites(inf.SoftmaxOp, inf.LogSoftmaxOp, benefit=3)
def softmax_of_one(op: inf.SoftmaxOp | inf.LogSoftmaxOp, rw: Rewriter) -> str | None:
    """exp(x - x), and x - x: 1 and 0 where x is finite, else NaN"""
    if rank_of(op.x):
        return "its x has an axis"
    do = Steps(rw)
    shifted = do(inf.SubOp, op.x, op.x)
    rw.replace(op, do(inf.ExpOp, shifted) if isinstance(op, inf.SoftmaxOp) else shifted)
    return None


@rewrites(inf.LogSoftmaxOp)
def log_softmax(op: inf.LogSoftmaxOp, rw: Rewriter) -> str | None:
    """x - m - log(sum(exp(x - m))), m the maximum"""
    do, axes = Steps(rw), (op.axis % rank_of(op.x),)
    shifted = do(inf.SubOp, op.x, do(inf.ReduceOp, op.x, kind="max", axes=axes, keepdims=True))
    total = do(inf.ReduceOp, do(inf.ExpOp, shifted), kind="sum", axes=axes, keepdims=True)
    rw.replace(op, do(inf.SubOp, shifted, do(inf.LogOp, total)))
    return None


@rewrites(inf.DepthToSpaceOp)
def depth_to_space(op: inf.DepthToSpaceOp, rw: Rewriter) -> str | None:
    """reshape, transpose, reshape"""
    (_, c, *_), b = shape_of(op.x), op.block
    if c < 0:
        return "the number of channels is dynamic"
    do, (n, _, h, w) = Steps(rw), named_shape(op.x)
    parts, order = ((b, b, c // (b * b)), (0, 3, 4, 1, 5, 2)) if op.mode == "dcr" else ((c // (b * b), b, b), (0, 1, 4, 2, 5, 3))
    apart = do(inf.ReshapeOp, op.x, shape=(n, *parts, *(f"d{a}" if isinstance(d, str) else d for a, d in ((2, h), (3, w)))))
    y = do(inf.TransposeOp, apart, permutation=order)
    n, c, h, _, w, _ = named_shape(y)
    rw.replace(op, do(inf.ReshapeOp, y, shape=(n, c, times(h, b), times(w, b))))
    return None


@rewrites(inf.SpaceToDepthOp)
def space_to_depth(op: inf.SpaceToDepthOp, rw: Rewriter) -> str | None:
    """reshape, transpose, reshape"""
    (_, c, *_), b = shape_of(op.x), op.block
    if c < 0:
        return "the number of channels is dynamic"
    do, (n, _, h, w) = Steps(rw), named_shape(op.x)
    apart = do(inf.ReshapeOp, op.x, shape=(n, c, over(h, b), b, over(w, b), b))
    y = do(inf.TransposeOp, apart, permutation=(0, 3, 5, 1, 2, 4))
    n, _, _, _, h, w = named_shape(y)
    rw.replace(op, do(inf.ReshapeOp, y, shape=(n, b * b * c, h, w)))
    return None


def times(size: int | str, factor: int) -> int | str:
    """A dimension of a reshape, times a number."""
    return size * factor if isinstance(size, int) else f"{size}*{factor}"


def over(size: int | str, divisor: int) -> int | str:
    """A dimension of a reshape that a number divides."""
    return size // divisor if isinstance(size, int) else f"{size}//{divisor}"
