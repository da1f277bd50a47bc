"""Windows over lines and volumes as windows over images, which have kernels."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import named_shape
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.pooling import Pool
from inferir.passes.cpu.inference_to_cpu.building import image_of, is_finite, not_float, rank_of, result
from inferir.passes.cpu.inference_to_cpu.decompositions import Steps

Windowed = inf.ConvOp | Pool
Sizes = tuple[int | str, ...]
LAST = 2**63 - 1
"""Where a slice ends that ends nowhere."""


def window_of(op: Windowed, axes: tuple[int | None, int | None]) -> dict[str, Any]:
    """The window over images whose rows and columns step as two spatial axes of `op` do, None for an axis of one position."""

    def pair(values: Any, missing: int) -> tuple[int, ...]:
        return tuple(missing if a is None else values[a] for a in axes)

    strides, dilations, begins, ends = op.window()
    window: dict[str, Any] = {"strides": pair(strides, 1), "dilations": pair(dilations, 1), "pads": (*pair(begins, 0), *pair(ends, 0))}
    return window if isinstance(op, inf.ConvOp) else window | {"kernel": pair(op.kernel, 1)}


def on_images(op: Windowed, x: SSAValue, w: SSAValue | None, window: dict[str, Any], rw: Rewriter) -> SSAValue:
    """The op over images x, with filters w, and another window."""
    if isinstance(op, inf.ConvOp):
        return result(inf.ConvOp.make(x, w, op.bias, groups=op.groups, **{"layout": op.layout, **window}), rw)
    return result(op.like(**{"x": x, **window}), rw)


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
    y = on_images(op, x, w, window_of(op, (None, 0)), rw)
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
    y = on_images(op, x, w, window_of(op, (None, 0)), rw)
    rw.replace(op, seen_as(do, y, layout, (image_names(y, layout)[1], 1)))
    return None


def channels_last(do: Steps, x: SSAValue, layout: str) -> SSAValue:
    """[N, C, D, H, W] as [N, D, H, W, C]."""
    return x if layout == "nhwc" else do(inf.TransposeOp, x, permutation=(0, 2, 3, 4, 1))


def planes(do: Steps, x: SSAValue, first: int, behind: int, step: int) -> SSAValue:
    """Every `step`-th plane of x [N, D, H, W, C], without the `first` and the last `behind` ones."""
    if (first, behind, step) == (0, 0, 1):
        return x
    return do(inf.SliceOp, x, starts=(first,), ends=(-behind if behind else LAST,), axes=(1,), steps=(step,))


def as_images(do: Steps, x: SSAValue) -> SSAValue:
    """[N, D, H, W, C] as [N D, H, W, C]."""
    n, d, *image = (f"d{a}" if isinstance(size, str) else size for a, size in enumerate(named_shape(x)))
    joined = n * d if isinstance(n, int) and isinstance(d, int) else f"{n}*{d}"
    return do(inf.ReshapeOp, x, shape=(joined, *image))


def as_volumes(rw: Rewriter, y: SSAValue, like: SSAValue, layout: str) -> SSAValue:
    """[N D, H, W, C] as volumes of as many planes as `like` [N, D, ...] has."""
    first = tuple(f"x1_{a}" if isinstance(size, str) else size for a, size in enumerate(named_shape(like)[:2]))
    y = result(cpu.ReshapeOp.make(y, like, shape=(*first, *named_shape(y)[1:])), rw)
    return y if layout == "nhwc" else result(inf.TransposeOp.make(y, permutation=(0, 4, 1, 2, 3)), rw)


@rewrites(inf.ConvOp, benefit=2)
def conv_over_volumes(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """The sum, over the planes of the window, of convolutions of the images that they see."""
    if rank_of(op.x) != 5:
        return "it is not 3-D"
    reason = not_float(op.x, op.w, op.bias)
    if reason is not None:
        return reason
    count = image_of(op.w, op.layout)[0]
    if count < 0:
        return "the number of planes of its window is dynamic"
    if any(op.window()[2][:1] + op.window()[3][:1]) and not is_finite(op.w, rw):
        return "its window reaches planes of padding, which its filter may not turn into zeros"
    do, (strides, dilations, begins, ends), window = Steps(rw), op.window(), window_of(op, (1, 2)) | {"layout": "nhwc"}
    x, w = (channels_last(do, v, op.layout) for v in (op.x, op.w))
    if begins[0] or ends[0]:
        x = do(inf.PadOp, x, low=(0, begins[0], 0, 0, 0), high=(0, ends[0], 0, 0, 0))
    total, seen = None, x
    for k in range(count):
        seen = planes(do, x, k * dilations[0], (count - 1 - k) * dilations[0], strides[0])
        filters = as_images(do, planes(do, w, k, count - 1 - k, 1))
        y = do(inf.ConvOp, as_images(do, seen), filters, op.bias if k == 0 else None, groups=op.groups, **window)
        total = y if total is None else do(inf.AddOp, total, y)
    assert total is not None
    rw.replace(op, as_volumes(rw, total, seen, op.layout))
    return None


@rewrites(inf.MaxPoolOp, inf.AvgPoolOp, benefit=2)
def pool_over_volumes(op: Pool, rw: Rewriter) -> str | None:
    """The maximum or mean along the planes of the window of that over each plane: how many elements count is a product."""
    if rank_of(op.x) != 5:
        return "it is not 3-D"
    if not_float(op.x) is not None:
        return "its elements are not f32"
    do = Steps(rw)
    x = channels_last(do, op.x, op.layout)
    images = on_images(op, as_images(do, x), None, window_of(op, (1, 2)) | {"layout": "nhwc"}, rw)
    y = as_volumes(rw, images, x, "nhwc")
    n, d, h, w, c = named_shape(y)
    rows = do(inf.ReshapeOp, y, shape=(n, d, h * w if isinstance(h, int) and isinstance(w, int) else f"{h}*{w}", c))
    rows = on_images(op, rows, None, window_of(op, (0, None)) | {"layout": "nhwc"}, rw)
    n, d, *_ = named_shape(rows)
    image = (f"x1_{axis}" if isinstance(size, str) else size for axis, size in ((2, h), (3, w)))
    y = result(cpu.ReshapeOp.make(rows, y, shape=(n, d, *image, c)), rw)
    rw.replace(op, y if op.layout == "nhwc" else result(inf.TransposeOp.make(y, permutation=(0, 4, 1, 2, 3)), rw))
    return None
