"""Windows over lines and volumes as windows over images, which have kernels."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import named_shape
from inferir.dialects import inference as inf
from inferir.dialects.inference.pooling import Pool
from inferir.passes.cpu.inference_to_cpu.building import image_of, rank_of, result
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps

Windowed = inf.ConvOp | Pool
Sizes = tuple[int | str, ...]


def on_images(op: Windowed, x: SSAValue, w: SSAValue | None, axes: tuple[int | None, int | None], rw: Rewriter) -> SSAValue:
    """The op over images x, with filters w: rows and columns step as two spatial axes of `op` do, None for an axis of one position."""

    def pair(values: Any, missing: int) -> tuple[int, ...]:
        return tuple(missing if a is None else values[a] for a in axes)

    strides, dilations, begins, ends = op.window()
    window: dict[str, Any] = {"strides": pair(strides, 1), "dilations": pair(dilations, 1), "pads": (*pair(begins, 0), *pair(ends, 0))}
    if isinstance(op, inf.ConvOp):
        return result(inf.ConvOp.make(x, w, op.bias, groups=op.groups, layout=op.layout, **window), rw)
    window |= {"x": x, "kernel": pair(op.kernel, 1)}
    return result(op.like(**window), rw)


def seen_as(do: Steps, x: SSAValue, layout: str, image: Sizes) -> SSAValue:
    """x with other spatial dimensions, which x's own dimensions name."""
    n, *_, last = named_shape(x)
    return do(inf.ReshapeOp, x, shape=(n, *image, last) if layout == "nhwc" else (n, named_shape(x)[1], *image))


def image_names(x: SSAValue, layout: str) -> Sizes:
    """The spatial dimensions of x, as a reshape of x names them."""
    return named_shape(x)[2:] if layout == "nchw" else named_shape(x)[1:-1]


@rewrites(inf.ConvOp, inf.MaxPoolOp, inf.AvgPoolOp, benefit=2)
def window_over_lines(op: Windowed, rw: Rewriter) -> str | None:
    """A line is an image of one row."""
    if rank_of(op.x) != 3:
        return "it is not 1-D"
    do, layout = Steps(rw), op.layout
    x = seen_as(do, op.x, layout, (1, *image_names(op.x, layout)))
    w = seen_as(do, op.w, layout, (1, *image_names(op.w, layout))) if isinstance(op, inf.ConvOp) else None
    y = on_images(op, x, w, (None, 0), rw)
    rw.replace(op, seen_as(do, y, layout, image_names(y, layout)[1:]))
    return None


@rewrites(inf.ConvOp, inf.MaxPoolOp, inf.AvgPoolOp, benefit=2)
def window_over_columns(op: Windowed, rw: Rewriter) -> str | None:
    """An image of one column is one of one row: kernels have the pixels of a row in registers."""
    layout = op.layout
    if rank_of(op.x) != 4:
        return "it is not 2-D"
    kernel = image_of(op.w, layout) if isinstance(op, inf.ConvOp) else op.kernel
    _, _, begins, ends = op.window()
    if image_of(op.x, layout)[1] != 1 or kernel[1] != 1 or begins[1] or ends[1]:
        return "its images have several columns"
    if image_of(op.x, layout)[0] == 1:
        return "its images are one pixel"
    do = Steps(rw)
    x = seen_as(do, op.x, layout, (1, image_names(op.x, layout)[0]))
    w = seen_as(do, op.w, layout, (1, image_names(op.w, layout)[0])) if isinstance(op, inf.ConvOp) else None
    y = on_images(op, x, w, (None, 0), rw)
    rw.replace(op, seen_as(do, y, layout, (image_names(y, layout)[1], 1)))
    return None
