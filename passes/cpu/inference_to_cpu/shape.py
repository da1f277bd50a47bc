"""Ops that move elements without computing."""

from xdsl.dialects.builtin import Float32Type
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import channels_last, is_rigid, rank_of, replace, replace_channels_last, result, shape_of


@rewrites(inf.ReshapeOp)
def reshape(op: inf.ReshapeOp, rw: Rewriter) -> str | None:
    """The same memory under another shape."""
    if op.shape is None:
        return "its shape is computed at run time"
    replace(op, cpu.ReshapeOp.make(op.x, shape=op.shape), rw)
    return None


@rewrites(inf.EnsureShapeOp)
def ensure_shape(op: inf.EnsureShapeOp, rw: Rewriter) -> str | None:
    """The same memory, once the sizes are found to be as declared"""
    replace(op, cpu.EnsureShapeOp.make(op.x, shape=op.shape), rw)
    return None


@rewrites(inf.TransposeOp)
def transpose(op: inf.TransposeOp, rw: Rewriter) -> str | None:
    """A copy in another order."""
    if numpy_dtype(element_of(op.x)).itemsize != 4:
        return "its elements are not 4 bytes"
    replace(op, cpu.TransposeOp.make(op.x, permutation=op.permutation, regions=[Region()]), rw)
    return None


@rewrites(inf.ConcatOp)
def concat(op: inf.ConcatOp, rw: Rewriter) -> str | None:
    """Parts of one buffer."""
    axis, shape = op.axis % rank_of(op.result), shape_of(op.result)
    if any(d != 1 for d in shape[:axis]) and -1 in shape[axis:]:
        return "the place of a part is not known"
    replace(op, cpu.ConcatOp.make(list(op.args), axis=op.axis % rank_of(op.result)), rw)
    return None


@rewrites(inf.SplitOp)
def split(op: inf.SplitOp, rw: Rewriter) -> str | None:
    """A part of x for each result."""
    axis, start = op.axis % rank_of(op.x), 0
    if not is_rigid(op.x):
        return "a size but the first is not known"
    x = all_of(op, rw)
    parts: list[SSAValue] = []
    for size in op.sizes:
        parts.append(result(cpu.SliceOp.make(x, axis=axis, start=start, size=size), rw))
        start += size
    rw.replace(op, parts)
    return None


def all_of(op: inf.SplitOp, rw: Rewriter) -> SSAValue:
    """What is split, ensured to be as long as its parts together."""
    sizes = list(shape_of(op.x))
    axis = op.axis % len(sizes)
    if sizes[axis] >= 0:
        return op.x
    sizes[axis] = sum(op.sizes)
    return result(cpu.EnsureShapeOp.make(op.x, shape=tuple(sizes)), rw)


@rewrites(inf.SliceOp)
def slice_of(op: inf.SliceOp, rw: Rewriter) -> str | None:
    """A part of x along each axis."""
    if op.starts is None or op.ends is None:
        return "its bounds are computed at run time"
    if any(s != 1 for s in op.steps or ()):
        return "a step is not 1"
    if not is_rigid(op.x):
        return "a size but the first is not known"
    shape, x = shape_of(op.x), op.x
    for axis, first, last in zip(op.axes, op.starts, op.ends, strict=True):
        size = shape[axis % len(shape)]
        if size < 0:
            return "it cuts a dynamic dimension"
        start, stop, _ = slice(first, last).indices(size)
        x = result(cpu.SliceOp.make(x, axis=axis % len(shape), start=start, size=max(stop - start, 0)), rw)
    rw.replace(op, x)
    return None


@rewrites(inf.PadOp)
def pad(op: inf.PadOp, rw: Rewriter) -> str | None:
    """Constants around x."""
    if op.mode != "constant":
        return "it repeats x"
    if op.low is None or op.high is None:
        return "how much it pads is computed at run time"
    value = None if op.value is None else rw.array(op.value)
    if op.value is not None and value is None:
        return "what it pads with is computed at run time"
    if min((*op.low, *op.high), default=0) < 0:
        return "a negative pad cuts x"
    if not is_rigid(op.x) or not isinstance(element_of(op.x), Float32Type):
        return "x is not f32, or a size but the first is not known"
    filling = 0.0 if value is None else float(value.reshape(-1)[0])
    replace(op, cpu.PadOp.make(op.x, low=op.low, high=op.high, value=filling), rw)
    return None


@rewrites(inf.ResizeOp)
def resize(op: inf.ResizeOp, rw: Rewriter) -> str | None:
    """Nearest-neighbour upsampling by whole factors repeats rows and columns."""
    floor = (op.coordinates, op.nearest) in (
        ("asymmetric", "floor"),
        ("half_pixel", "round_prefer_floor"),
        ("half_pixel", "round_prefer_ceil"),
    )
    if not (is_rigid(op.x) and is_rigid(op.result)) or (shape_of(op.x)[0] < 0 and 0 in (a % rank_of(op.x) for a in op.axes)):
        return "a size but the first is not known, or the first changes"
    before, after = shape_of(op.x), shape_of(op.result)
    factors = [1 if a == b else b // a if a > 0 and b > 0 and b % a == 0 else 0 for a, b in zip(before, after, strict=True)]
    if op.mode != "nearest" or not floor or 0 in factors or op.roi is not None:
        return "only nearest-neighbour upsampling by whole factors has a kernel"
    if factors[-1] == 1:
        replace(op, cpu.RepeatOp.make(op.x, factors=factors), rw)
    elif len(factors) > 2 and factors[1] == 1:
        last = [factors[0], *factors[2:], factors[1]]
        replace_channels_last(op, cpu.RepeatOp.make(channels_last(op.x, "nchw", rw), factors=last), "nchw", rw)
    else:
        return "it repeats the last axis and the one that holds channels"
    return None
