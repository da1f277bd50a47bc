"""Reshape and transpose."""

from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.dims import DimLike, parse_dim, symbols
from inferir.core.types import UNKNOWN, named_shape, shape_of
from inferir.dialects import inference as inf


def reshaped(x: SSAValue, shape: tuple[int | str, ...]) -> inf.ReshapeOp:
    """`x` in another shape: -1 where one dimension is not known, `d0`, `d1`, ... for dimensions of x where several are not."""
    return inf.ReshapeOp.make(x, shape=shape)


@rewrites(inf.ReshapeOp)
def identity_reshape(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """reshape(x, shape of x) = x"""
    if op.x.type != op.result.type:
        return "it changes the shape"
    own = named_shape(op.x)
    if op.shape != own and (shape_of(op.x).count(UNKNOWN) > 1 or 0 in own):
        return "the unknown dimensions may trade elements"
    rw.replace(op, op.x)


@rewrites(inf.ReshapeOp)
def reshape_of_reshape(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """reshape(reshape(x, s), t) = reshape(x, t)"""
    inner = op.x.owner
    if not isinstance(inner, inf.ReshapeOp):
        return "its input is not a reshape"
    if op.keep_zeros:
        return "zeros of its shape are dimensions of the other's result"
    shape = op.shape
    if any(isinstance(d, str) for d in op.shape or ()):
        shape = _through(op.shape, inner.shape)
        if shape is None:
            return "its shape names dimensions that the other's leaves open"
    rw.replace(op, op.like(x=inner.x, shape=shape, result_types=[op.result.type]), sources=[inner])


def _through(shape: tuple[int | str, ...], inner: tuple[int | str, ...] | None) -> tuple[int | str, ...] | None:
    """A reshape's target over the dimensions of x, not of reshape(x, inner); None where `inner` does not state a dimension it names."""
    stated: dict[str, DimLike] = {f"d{i}": d if isinstance(d, int) else parse_dim(d) for i, d in enumerate(inner or ()) if d != UNKNOWN}
    if any(symbols(parse_dim(d)) - stated.keys() for d in shape if isinstance(d, str)):
        return None
    found = [d if isinstance(d, int) else parse_dim(d, stated) for d in shape]
    return tuple(d if isinstance(d, int) else str(d) for d in found)


@rewrites(inf.ReshapeOp)
def spell_out_shape(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """A reshape names the dimensions of its result: numbers where they are known, -1 where one is not."""
    shape = shape_of(op.result)
    if op.shape == shape:
        return "it does already"
    if shape.count(UNKNOWN) > 1 or (UNKNOWN in shape and 0 in shape):
        return "more than one dimension is unknown"
    rw.replace(op, op.like(to=None, shape=shape, keep_zeros=False, result_types=[op.result.type]))


@rewrites(inf.TransposeOp)
def identity_transpose(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """transpose(x, 0 1 2 ...) = x"""
    if list(op.permutation) != sorted(op.permutation):
        return "it moves an axis"
    rw.replace(op, op.x)


@rewrites(inf.TransposeOp)
def transpose_of_transpose(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """transpose(transpose(x, p), q) = transpose(x, p[q])"""
    inner = op.x.owner
    if not isinstance(inner, inf.TransposeOp):
        return "its input is not a transpose"
    rw.replace(op, op.like(x=inner.x, permutation=tuple(inner.permutation[i] for i in op.permutation)), sources=[inner])


@rewrites(inf.TransposeOp)
def transpose_of_unit_axes(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """transpose(x, p) = reshape(x) where the axes longer than 1 keep their order: no element moves"""
    shape = shape_of(op.x)
    moving = [axis for axis in op.permutation if shape[axis] != 1]
    if moving != sorted(moving):
        return "it moves elements"
    named = named_shape(op.x)
    rw.replace(op, reshaped(op.x, shape_of(op.result) if shape.count(UNKNOWN) <= 1 else tuple(named[a] for a in op.permutation)))
