"""Operators that slide a window: convolution and pooling. Images stay as they lie: `NHWC` is layout nhwc, `NCHW` is nchw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdsl.ir import SSAValue

from inferir.dialects.inference.pooling import lowest
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.same_padding import same_pads, transposed_pads

Window = dict[str, Any]


def is_nhwc(op: Any) -> bool:
    """Whether the channels come last."""
    return not op.get("data_format").startswith("NC")


def spatial(op: Any, numbers: Sequence[int]) -> tuple[int, ...]:
    """Of one number for each dimension those of the window."""
    return tuple(numbers[1:-1] if is_nhwc(op) else numbers[2:])


def window(op: Any, lo: Lowering, x: SSAValue, kernel: Sequence[int], outside: float | None = None) -> tuple[SSAValue, Window]:
    """x, and layout, strides, pads and dilations of an operator; x is padded with `outside` (zeros) where only the run knows how much."""
    rank, listed = len(kernel), op.schema.attributes
    strides = spatial(op, op.get("strides"))
    dilations = spatial(op, op.get("dilations")) if "dilations" in listed else (1,) * rank
    if len(strides) != rank or len(dilations) != rank or min(*kernel, *strides, *dilations) < 1:
        lo.decline(f"a window of {list(kernel)} with strides {list(strides)} and dilations {list(dilations)}")
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    first = 1 if is_nhwc(op) else 2
    pads: Any = (0,) * (2 * rank)
    match op.get("padding"):
        case "SAME":
            pads = same_pads(lo, x, range(first, first + rank), strides, extents)
        case "EXPLICIT":
            listed_pads = op.get("explicit_paddings")
            pads = (*spatial(op, listed_pads[0::2]), *spatial(op, listed_pads[1::2]))
    if isinstance(pads, SSAValue):
        x, pads = lo.pad(x, None if outside is None else lo.scalar(outside, x), pads), (0,) * (2 * rank)
    found = {"strides": strides, "pads": pads, "dilations": dilations}
    plain = {"strides": (1,) * rank, "pads": (0,) * (2 * rank), "dilations": (1,) * rank}
    properties: Window = {name: value for name, value in found.items() if value != plain[name]}
    return x, {"layout": "nhwc", **properties} if is_nhwc(op) else properties


def filter_of(op: Any, lo: Lowering, w: SSAValue) -> SSAValue:
    """A filter [*kernel, I, O] as [O, *kernel, I], or [O, I, *kernel] where the channels come first."""
    rank = lo.rank(w)
    kernel = range(rank - 2)
    return lo.transpose(w, permutation=(rank - 1, *kernel, rank - 2) if is_nhwc(op) else (rank - 1, rank - 2, *kernel))


def channels(op: Any, lo: Lowering, x: SSAValue) -> int:
    """The channels of an image, -1 where they are dynamic."""
    return lo.shape(x)[-1 if is_nhwc(op) else 1]


@lowering("tf", "Conv2D", "Conv3D")
def conv(op: Any, lo: Lowering) -> Any:
    """conv; the channels of the filter tell the groups"""
    x, w = lo.operands(2)
    *kernel, inner, _ = lo.shape(w)
    groups = max(channels(op, lo, x) // max(inner, 1), 1)
    x, properties = window(op, lo, x, kernel)
    return lo.conv(x, filter_of(op, lo, w), groups=groups, **properties)


@lowering("tf", "DepthwiseConv2dNative")
def depthwise(op: Any, lo: Lowering) -> Any:
    """conv with a group for each channel; the filter is [kH, kW, C, multiplier]"""
    x, w = lo.operands(2)
    *kernel, groups, times = lo.shape(w)
    if min(groups, times) < 1:
        lo.decline("the filter's sizes are dynamic")
    x, properties = window(op, lo, x, kernel)
    return lo.conv(x, filter_of(op, lo, lo.reshape(w, *kernel, 1, groups * times)), groups=groups, **properties)


@lowering("tf", "Conv2DBackpropInput", "Conv3DBackpropInputV2")
def conv_transpose(op: Any, lo: Lowering) -> Any:
    """conv_transpose; the filter is [*kernel, O, I], the sizes of the result an operand"""
    sizes, w, x = lo.operands(3)
    *kernel, _, _ = lo.shape(w)
    rank, strides = len(kernel), spatial(op, op.get("strides"))
    if op.get("padding") == "EXPLICIT" or any(d != 1 for d in op.get("dilations")):
        lo.decline("explicit padding or dilations of a transposed convolution")
    first = 1 if is_nhwc(op) else 2
    wanted = lo.need_ints(lo.slice(sizes, starts=(first,), ends=(first + rank,), axes=(0,)), "the size of the result")
    here = lo.shape(x)[first : first + rank]
    pads, out_pads = transposed_pads(lo, (wanted, here), kernel, strides, op.get("padding") == "SAME")
    layout = {"layout": "nhwc"} if is_nhwc(op) else {}
    return lo.conv_transpose(x, filter_of(op, lo, w), strides=strides, pads=pads, out_pads=out_pads, **layout)


def pool_window(op: Any, lo: Lowering, x: SSAValue, outside: float | None = None) -> tuple[SSAValue, Window]:
    """x, padded where only the run knows how much, and what all pools have."""
    sizes = op.get("ksize")
    kernel = spatial(op, sizes)
    if sizes[0] != 1 or sizes[-1 if is_nhwc(op) else 1] != 1:
        lo.decline(f"a window of {list(sizes)} over samples or channels")
    x, properties = window(op, lo, x, kernel, outside)
    return x, {"kernel": kernel, **properties}


@lowering("tf", "MaxPool", "MaxPool3D")
def max_pool(op: Any, lo: Lowering) -> Any:
    """max_pool"""
    x, properties = pool_window(op, lo, op.operands[0], lowest(lo.dtype(op.operands[0])))
    return lo.max_pool(x, **properties)


@lowering("tf", "AvgPool", "AvgPool3D")
def avg_pool(op: Any, lo: Lowering) -> Any:
    """avg_pool over the elements of x; where x is padded by an op of its own, divided by the share of each window that is x"""
    (x,) = lo.operands(1)
    padded, properties = pool_window(op, lo, x)
    y = lo.avg_pool(padded, **properties)
    if padded is x:
        return y
    ones = lo.add(lo.mul(x, lo.scalar(0, x)), lo.scalar(1, x))
    return lo.div(y, lo.avg_pool(pool_window(op, lo, ones)[0], **properties))
