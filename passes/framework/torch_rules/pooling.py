"""Pooling and resampling: windows over the last one, two or three dimensions; inputs without a batch get one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xdsl.dialects.builtin import i64
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten


def spatial_of(call: Call) -> int:
    """How many dimensions the operator's name says it slides over."""
    found = re.search(r"([123])d", call.packet)
    return int(found[1]) if found else call.lo.decline("the number of its dimensions is not known")


def with_batch(call: Call, lo: Lowering, n: int, function: Callable[[SSAValue], Any], name: str = "self") -> list[SSAValue]:
    """What a function gives of x with a batch in front, without it where x has none."""
    x = call.x(name)
    batched = lo.rank(x) == n + 2
    values = lo.results_of(function(x if batched else lo.unsqueeze(x, [0])))
    return values if batched else [lo.squeeze(v, [0]) for v in values]


def _window(call: Call, n: int) -> dict[str, Any]:
    kernel = call.ints("kernel_size", n)
    strides = call.ints("stride", n) or kernel
    padding, dilations = call.ints("padding", n, 0), call.ints("dilation", n, 1)
    found = {"strides": strides, "pads": padding * 2, "dilations": dilations}
    plain = {"strides": (1,) * n, "pads": (0,) * (2 * n), "dilations": (1,) * n}
    given = {k: v for k, v in found.items() if v != plain[k]}
    return {"kernel": kernel, "ceil_mode": bool(call.get("ceil_mode", False)), **given}


@aten("max_pool1d", "max_pool2d", "max_pool3d", "max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices")
def max_pool(call: Call, lo: Lowering) -> Any:
    """max_pool, with indices where they are used; they count within a channel"""
    n = spatial_of(call)
    window = _window(call, n)
    if not lo.wants(1):
        return with_batch(call, lo, n, lambda x: lo.max_pool(x, **window))

    def both(x: SSAValue) -> list[SSAValue]:
        y, places = lo.max_pool_with_indices(x, **window)
        sizes = lo.cast(lo.shape_of(x, start=2), i64)
        return [y, lo.mod(places, lo.reduce(sizes, "prod", (0,), keepdims=False), truncated=False)]

    return with_batch(call, lo, n, both)


@aten("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(call: Call, lo: Lowering) -> Any:
    """avg_pool; a given divisor scales the sum under the window"""
    n = spatial_of(call)
    window, divisor = _window(call, n), call.get("divisor_override")
    with_pads = bool(call.get("count_include_pad", True)) or divisor is not None

    def pooled(x: SSAValue) -> SSAValue:
        y = lo.avg_pool(x, count_include_pad=with_pads, **window)
        if divisor is None:
            return y
        if window["ceil_mode"]:
            lo.decline("a divisor of its own under ceil_mode")
        count = 1
        for k in window["kernel"]:
            count *= k
        return lo.mul(y, lo.scalar(count / divisor, x))

    return with_batch(call, lo, n, pooled)


@aten("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_max_pool1d",
      "adaptive_max_pool2d", "adaptive_max_pool3d")  # fmt: skip
def adaptive_pool(call: Call, lo: Lowering) -> Any:
    """A mean or maximum over everything for one element, else a window each: every dimension is pooled on its own"""
    n, is_mean = spatial_of(call), "avg" in call.packet
    wanted = call.sizes("output_size")
    x = call.x()
    first = lo.rank(x) - n
    if lo.wants(1):
        lo.decline("the indices of adaptive pooling")
    kind = "mean" if is_mean else "max"
    if all(s == 1 for s in wanted):
        return [lo.reduce(x, kind, tuple(range(first, first + n)))]
    for axis, size in enumerate(wanted, first):
        x = _adapted(lo, x, axis, size, kind)
    return [x]


def _adapted(lo: Lowering, x: SSAValue, axis: int, wanted: Any, kind: str) -> SSAValue:
    """One dimension in `wanted` windows: window i from floor(i s / w) to ceil((i + 1) s / w)."""
    size = lo.shape(x)[axis]
    if wanted == size:
        return x
    if wanted == 1:
        return lo.reduce(x, kind, (axis,))
    if size < 0 or not isinstance(wanted, int):
        lo.decline("adaptive pooling between sizes of which one is computed")
    if size % wanted == 0:
        entries = [(i,) for i in range(axis)] + [wanted, size // wanted] + [(i,) for i in range(axis + 1, lo.rank(x))]
        return lo.reduce(lo.reshape(x, *entries), kind, (axis + 1,), keepdims=False)
    parts = [(i * size // wanted, -(-(i + 1) * size // wanted)) for i in range(wanted)]
    pieces = [lo.reduce(lo.slice(x, starts=(a,), ends=(b,), axes=(axis,)), kind, (axis,)) for a, b in parts]
    return lo.concat(pieces, axis=axis)


@aten("lp_pool1d", "lp_pool2d", "lp_pool3d")
def lp_pool(call: Call, lo: Lowering) -> Any:
    """lp_pool"""
    n = spatial_of(call)
    return with_batch(call, lo, n, lambda x: lo.lp_pool(x, p=int(call.get("norm_type")), **_window(call, n)))


# Resampling.


@aten("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "_upsample_nearest_exact1d", "_upsample_nearest_exact2d",
      "_upsample_nearest_exact3d", "upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d",
      "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa")  # fmt: skip
def upsample(call: Call, lo: Lowering) -> Any:
    """resize; nearest takes the neighbour below, exact the middle"""
    n, x = spatial_of(call), call.x("input") if call.overload == "vec" else call.x()
    axes = tuple(range(2, 2 + n))
    aligned, exact = bool(call.get("align_corners", False)), "exact" in call.packet
    mode = "nearest" if "nearest" in call.packet else "cubic" if "cubic" in call.packet else "linear"
    properties: dict[str, Any] = {"axes": axes, "mode": mode, "antialias": call.packet.endswith("_aa")}
    if mode == "nearest":
        properties |= {"coordinates": "half_pixel" if exact else "asymmetric", "nearest": "round_prefer_ceil" if exact else "floor"}
    else:
        properties |= {"coordinates": "align_corners" if aligned else "half_pixel"}
    properties |= {"cubic_a": -0.5 if call.packet.endswith("_aa") else -0.75} if mode == "cubic" else {}
    properties |= {"exclude_outside": True} if call.packet.endswith("_aa") else {}
    scales = call.get("scale_factors")
    own = [call.get(s) for s in {1: ("scales",), 2: ("scales_h", "scales_w"), 3: ("scales_d", "scales_h", "scales_w")}[n]]
    if scales is None and all(s is not None for s in own):
        scales = own
    if scales is not None and not aligned:
        return lo.resize(x, scales=tuple(float(s) for s in scales), **properties)
    sizes = call.known_shape()[2:]
    if -1 not in sizes:
        return lo.resize(x, sizes=sizes, **properties)
    wanted = call.sizes("output_size")
    return lo.resize(x, call.i64_list(wanted), **properties) if wanted else lo.decline("a size that is computed from scales")


@aten("pixel_shuffle", "pixel_unshuffle")
def pixel_shuffle(call: Call, lo: Lowering) -> Any:
    """depth_to_space with the channel first; back, the channel before the place in the block"""
    shuffle = call.packet == "pixel_shuffle"
    block = call.get("upscale_factor" if shuffle else "downscale_factor")
    x = call.x()
    batched = lo.rank(x) == 4
    x = x if batched else lo.unsqueeze(x, [0])
    if shuffle:
        y = lo.depth_to_space(x, block=block, mode="crd")
    else:
        _, c, h, w = lo.shape(x)
        if min(c, h, w) < 0:
            lo.decline("pixel_unshuffle of a computed size")
        parts = lo.reshape(x, (0,), c, h // block, block, w // block, block)
        y = lo.reshape(lo.transpose(parts, permutation=(0, 1, 3, 5, 2, 4)), (0,), c * block * block, h // block, w // block)
    return y if batched else lo.squeeze(y, [0])


@aten("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(call: Call, lo: Lowering) -> Any:
    """Channels of the groups in turn"""
    x, groups = call.x(), call.get("groups")
    channels, rank = lo.shape(x)[1], lo.rank(x)
    behind = [(i,) for i in range(2, rank)]
    parts = lo.reshape(x, (0,), groups, channels // groups, *behind)
    return lo.reshape(lo.transpose(parts, permutation=(0, 2, 1, *range(3, rank + 1))), (0,), channels, *[(i,) for i in range(3, rank + 1)])


@aten("grid_sampler", "grid_sampler_2d", "grid_sampler_3d")
def grid_sample(call: Call, lo: Lowering) -> Any:
    """The host function that ONNX's GridSample has"""
    modes, paddings = {0: "linear", 1: "nearest", 2: "cubic"}, {0: "zeros", 1: "border", 2: "reflection"}
    x, grid = call.x("input"), call.x("grid")
    mode, padding = modes[call.get("interpolation_mode")], paddings[call.get("padding_mode")]
    return lo.host(
        "grid_sample", [x, grid], [call.result_type()], mode=mode, padding_mode=padding, align_corners=int(call.get("align_corners"))
    )
