"""Operators that slide a window: convolution and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdsl.ir import SSAValue

from inferir.dialects.inference.pooling import lowest
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.same_padding import same_pads, transposed_pads
from inferir.passes.framework.tflite_rules import integers
from inferir.passes.framework.tflite_rules.operands import fused, is_quantized, need_floats

Window = dict[str, Any]


def window(op: Any, lo: Lowering, x: SSAValue, kernel: Sequence[int], outside: float | None = None) -> tuple[SSAValue, Window]:
    """x, and strides, pads and dilations of an operator; x is padded with `outside` (zeros) where only the run knows how much."""
    axes = "dhw"[-len(kernel) :]
    strides = tuple(op.get(f"stride_{a}") for a in axes)
    dilations = tuple(op.get(f"dilation_{a}_factor") if f"dilation_{a}_factor" in op.schema.attributes else 1 for a in axes)
    if min(kernel) < 1 or min(*strides, *dilations, 1) < 1:
        lo.decline(f"a window of {list(kernel)} with strides {list(strides)} and dilations {list(dilations)}")
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    pads: Any = (0,) * (2 * len(kernel))
    if op.get("padding") == "SAME":
        pads = same_pads(lo, x, range(1, 1 + len(kernel)), strides, extents)
    if isinstance(pads, SSAValue):
        x, pads = lo.pad(x, None if outside is None else lo.scalar(outside, x), pads), (0,) * (2 * len(kernel))
    found = {"strides": strides, "pads": pads, "dilations": dilations}
    plain = {"strides": (1,) * len(kernel), "pads": (0,) * (2 * len(kernel)), "dilations": (1,) * len(kernel)}
    return x, {"layout": "nhwc", **{name: value for name, value in found.items() if value != plain[name]}}


def groups_of(op: Any, lo: Lowering, inner: int) -> int:
    """The channels of the input over those that a filter takes; one where the input's are dynamic."""
    return max(lo.shape(op.operands[0])[-1] // inner, 1)


@lowering("tfl", "CONV_2D")
def conv(op: Any, lo: Lowering) -> Any:
    """conv; the channels of the filter tell the groups"""
    x, w, b = lo.operands(3)
    _, *kernel, inner = lo.shape(w)
    if is_quantized(op, lo):
        found = fixed_window(op, lo, x, kernel)
        return integers.product(op, lo, (0, 1), 0, lambda x, w, b: lo.conv(x, w, b, groups=groups_of(op, lo, inner), **found))
    need_floats(op, lo)
    x, properties = window(op, lo, x, kernel)
    return fused(op, lo, lo.conv(x, w, b, groups=groups_of(op, lo, inner), **properties))


@lowering("tfl", "DEPTHWISE_CONV_2D")
def depthwise(op: Any, lo: Lowering) -> Any:
    """conv with a group for each channel; the filter is [1, kH, kW, C * multiplier]"""
    x, w, b = lo.operands(3)
    channels = lo.shape(w)[-1] // (op.get("depth_multiplier") or 1)
    order = (3, 1, 2, 0)
    if is_quantized(op, lo):
        found = fixed_window(op, lo, x, lo.shape(w)[1:3])
        conv = lambda x, w, b: lo.conv(x, lo.transpose(w, permutation=order), b, groups=channels, **found)
        return integers.product(op, lo, (0, 1), 3, conv)
    need_floats(op, lo)
    x, properties = window(op, lo, x, lo.shape(w)[1:3])
    return fused(op, lo, lo.conv(x, lo.transpose(w, permutation=order), b, groups=channels, **properties))


@lowering("tfl", "CONV_3D")
def conv_3d(op: Any, lo: Lowering) -> Any:
    """conv; the filter is [kD, kH, kW, I, O]"""
    x, w, b = lo.operands(3)
    *kernel, inner, _ = lo.shape(w)
    x, properties = window(op, lo, x, kernel)
    y = lo.conv(x, lo.transpose(w, permutation=(4, 0, 1, 2, 3)), b, groups=groups_of(op, lo, inner), **properties)
    return fused(op, lo, y)


def transposed_conv(op: Any, lo: Lowering, shape: SSAValue, x: SSAValue, w: SSAValue, b: SSAValue | None, kernel: Sequence[int]) -> Any:
    """conv_transpose of a filter [I, *kernel, O]: what is cut off is what convolving the result would pad."""
    strides = tuple(op.get(f"stride_{a}") for a in "dhw"[-len(kernel) :])
    sizes = lo.need_ints(shape, "the shape of the result")[1:-1]
    pads, out_pads = transposed_pads(lo, (sizes, lo.shape(x)[1:-1]), kernel, strides, op.get("padding") == "SAME")
    return lo.conv_transpose(x, w, b, strides=strides, pads=pads, out_pads=out_pads, layout="nhwc")


@lowering("tfl", "TRANSPOSE_CONV")
def transpose_conv(op: Any, lo: Lowering) -> Any:
    """conv_transpose; the filter is [O, kH, kW, I]"""
    shape, w, x, b = lo.operands(4)
    kernel, order = lo.shape(w)[1:3], (3, 1, 2, 0)
    if is_quantized(op, lo, 2):
        build = lambda x, w, b: transposed_conv(op, lo, shape, x, lo.transpose(w, permutation=order), b, kernel)
        return integers.product(op, lo, (2, 1), 0, build)
    need_floats(op, lo)
    y = transposed_conv(op, lo, shape, x, lo.transpose(w, permutation=order), b, kernel)
    return fused(op, lo, y)


@lowering("tfl", "CONV_3D_TRANSPOSE")
def conv_3d_transpose(op: Any, lo: Lowering) -> Any:
    """conv_transpose; the filter is [kD, kH, kW, O, I]"""
    shape, w, x, b = lo.operands(4)
    y = transposed_conv(op, lo, shape, x, lo.transpose(w, permutation=(4, 0, 1, 2, 3)), b, lo.shape(w)[:3])
    return fused(op, lo, y)


def pool_window(op: Any, lo: Lowering, x: SSAValue, outside: float | None = None) -> tuple[SSAValue, Window]:
    """x, padded where only the run knows how much, and what all pools have."""
    kernel = (op.get("filter_height"), op.get("filter_width"))
    x, properties = window(op, lo, x, kernel, outside)
    return x, {"kernel": kernel, **properties}


@lowering("tfl", "MAX_POOL_2D")
def max_pool(op: Any, lo: Lowering) -> Any:
    """max_pool; integers of one scale are in the order of their numbers"""
    (x,) = lo.operands(1)
    quantized = is_quantized(op, lo)
    x, properties = pool_window(op, lo, x, lowest(lo.dtype(x)))
    y = lo.max_pool(x, **properties)
    return bounded(op, lo, y) if quantized else fused(op, lo, y)


def bounded(op: Any, lo: Lowering, y: SSAValue) -> SSAValue:
    """The activation of a quantised result as bounds of its integers."""
    if op.get("fused_activation_function") == "NONE":
        return y
    bound = integers.limits(op, lo)
    return lo.clamp(y, low=float(bound["low"]), high=float(bound["high"]))


def fixed_window(op: Any, lo: Lowering, x: SSAValue, kernel: Sequence[int]) -> Window:
    """The window of integers, whose padding must be numbers: what pads them is not zero."""
    padded, properties = window(op, lo, x, kernel)
    return properties if padded is x else lo.decline("padding SAME of a dynamic size, of integers")


@lowering("tfl", "AVERAGE_POOL_2D")
def average_pool(op: Any, lo: Lowering) -> Any:
    """avg_pool over the elements of x; where x is padded by an op of its own, divided by the share of each window that is x"""
    (x,) = lo.operands(1)
    padded, properties = pool_window(op, lo, x)
    if is_quantized(op, lo):
        return integers.average(op, lo, x, properties) if padded is x else lo.decline("padding SAME of a dynamic size, of integers")
    y = lo.avg_pool(padded, **properties)
    if padded is not x:
        ones = lo.add(lo.mul(x, lo.scalar(0, x)), lo.scalar(1, x))
        y = lo.div(y, lo.avg_pool(pool_window(op, lo, ones)[0], **properties))
    return fused(op, lo, y)


@lowering("tfl", "L2_POOL_2D")
def l2_pool(op: Any, lo: Lowering) -> Any:
    """The root of the mean of squares under the window"""
    (x,) = lo.operands(1)
    padded, properties = pool_window(op, lo, lo.mul(x, x))
    if lo.shape(padded) != lo.shape(x):
        lo.decline("padding SAME of a dynamic size")
    return fused(op, lo, lo.sqrt(lo.avg_pool(padded, **properties)))


@lowering("tfl", "DILATE")
def dilate(op: Any, lo: Lowering) -> Any:
    """Elements apart from each other, the padding between them: conv_transpose's input in a form of its own"""
    x, dilations, value = lo.operands(3)
    steps = lo.need_ints(dilations, "dilations")
    y = x
    for axis, step in enumerate(steps):
        if step > 1:
            shape = lo.shape(y)
            wide = lo.unsqueeze(y, [axis + 1])
            grown = lo.pad(
                wide, value, low=(0,) * (len(shape) + 1), high=tuple(step - 1 if i == axis + 1 else 0 for i in range(len(shape) + 1))
            )
            joined = lo.reshape(grown, *[(i,) if i < axis else (i, i + 1) if i == axis else (i + 1,) for i in range(len(shape))])
            y = lo.slice(joined, starts=(0,), ends=(-(step - 1),), axes=(axis,))
    return y
