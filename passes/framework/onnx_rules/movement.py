"""Operators that move elements: reshape, transpose, slices, pads, resampling."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.ir import SSAValue

from inferir.core.types import UNKNOWN
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


@lowering("onnx", "Reshape")
def reshape(op: Any, lo: Lowering) -> Any:
    """reshape; 0 is x's own dimension at that place unless allowzero"""
    x, to = lo.operands(2)
    target = tuple(attr(op, "shape", ())) if op.version < 5 else lo.ints(to)
    allow_zero = bool(attr(op, "allowzero", 0))
    if target is not None and not isinstance(x.type, TensorType):
        return lo.host("reshape", [x, lo.i64(target)], [lo.open_type(len(target), x)], allowzero=int(allow_zero))
    if target is not None:
        return lo.reshape(x, *[(i,) if d == 0 and not allow_zero else d for i, d in enumerate(target)])
    if not isinstance(x.type, TensorType) or not isinstance(to.type, TensorType) or lo.shape(to)[0] < 0:
        return lo.host("reshape", [x, to], [lo.element(x)], allowzero=int(allow_zero))
    return lo.emit_reshape(x, to, keep_zeros=not allow_zero)


@lowering("onnx", "Flatten")
def flatten(op: Any, lo: Lowering) -> Any:
    """reshape to a matrix: the dimensions before the axis, those from it on"""
    (x,) = lo.operands(1)
    if not isinstance(x.type, TensorType):
        return lo.host("flatten", [x], [TensorType(lo.element(x), [UNKNOWN] * 2)], axis=op.get("axis"))
    axis = lo.axis(op.get("axis"), x)
    return lo.reshape(x, tuple(range(axis)), tuple(range(axis, lo.rank(x))))


@lowering("onnx", "Squeeze")
def squeeze(op: Any, lo: Lowering) -> Any:
    """reshape without axes of 1; the axes are an attribute before opset 13, an operand since"""
    x, given = lo.operands(2)
    axes = attr(op, "axes") if given is None else lo.ints(given)
    if axes is None and given is None:
        if not isinstance(x.type, TensorType) or -1 in lo.shape(x):
            return lo.host("squeeze", [x, None], [lo.element(x)])
        axes = [i for i, d in enumerate(lo.shape(x)) if d == 1]
    if axes is None:
        assert given is not None
        gone = lo.shape(given)[0]
        return lo.host("squeeze", [x, given], [lo.open_type(lo.rank(x) - gone if gone >= 0 else None, x)])
    if not isinstance(x.type, TensorType):
        return lo.host("squeeze", [x, lo.i64(axes)], [lo.element(x)])
    return lo.squeeze(x, axes)


@lowering("onnx", "Unsqueeze")
def unsqueeze(op: Any, lo: Lowering) -> Any:
    """reshape with axes of 1; the axes are an attribute before opset 13, an operand since"""
    x, given = lo.operands(2)
    axes = attr(op, "axes") if given is None else lo.ints(given)
    if axes is None or not isinstance(x.type, TensorType):
        return lo.host("unsqueeze", [x, given if given is not None else lo.i64(axes)], [lo.open_type(_added(lo, x, given), x)])
    return lo.unsqueeze(x, axes)


def _added(lo: Lowering, x: SSAValue, axes: SSAValue | None) -> int | None:
    """The rank of x with new axes, where both are known."""
    if axes is None or not isinstance(x.type, TensorType) or lo.shape(axes)[0] < 0:
        return None
    return lo.rank(x) + lo.shape(axes)[0]


@lowering("onnx", "Transpose")
def transpose(op: Any, lo: Lowering) -> Any:
    """transpose; the axes in reverse where none are named"""
    (x,) = lo.operands(1)
    if not isinstance(x.type, TensorType):
        order = attr(op, "perm")
        return lo.host("transpose", [x], [lo.open_type(len(order) if order else None, x)], **({"permutation": order} if order else {}))
    return lo.transpose(x, permutation=tuple(attr(op, "perm") or reversed(range(lo.rank(x)))))


@lowering("onnx", "Concat")
def concat(op: Any, lo: Lowering) -> Any:
    """concat; along axis 1 where version 1 names none"""
    if len(op.operands) == 1:
        return op.operands[0]
    return lo.concat(list(op.operands), axis=attr(op, "axis", 1))


@lowering("onnx", "Split")
def split(op: Any, lo: Lowering) -> Any:
    """split; the sizes are an attribute before opset 13, an operand since, or equal parts"""
    x, given = lo.operands(2)
    if not isinstance(x.type, TensorType):
        kinds = [lo.element(x)] * len(op.results)
        axis = attr(op, "axis") or 0
        sizes = given if given is not None else lo.i64(attr(op, "split")) if attr(op, "split") else None
        if sizes is None:
            return lo.results_of(lo.host("split_evenly", [x], kinds, axis=axis, count=len(kinds)))
        return lo.results_of(lo.host("split", [x, sizes], kinds, axis=axis))
    axis = lo.axis(attr(op, "axis") or 0, x)
    count, size = len(op.results), lo.shape(x)[axis]
    sizes = tuple(attr(op, "split") or ()) or lo.ints(given)
    if sizes is None and given is not None:
        return lo.results_of(lo.host("split", [x, given], [lo.open_type(lo.rank(x), x)] * count, axis=axis))
    if sizes is None:
        if size < 0:
            return _equal_parts(lo, x, axis, count)
        each = -(-size // count) if op.version >= 18 else size // count
        sizes = tuple(max(0, min(each, size - i * each)) for i in range(count))
    return lo.results_of(lo.split(x, axis=axis, sizes=sizes))


def _equal_parts(lo: Lowering, x: SSAValue, axis: int, count: int) -> list[SSAValue]:
    """Equal parts of an axis whose size is only known at run time."""
    size = lo.reshape(lo.size_of(x, axis), 1)
    each = lo.div(lo.add(size, lo.i64([count - 1])), lo.i64([count]))
    marks = [lo.mul(each, lo.i64([i])) for i in range(count + 1)]
    return [lo.slice(x, marks[i], marks[i + 1], axes=(axis,)) for i in range(count)]


@lowering("onnx", "Slice")
def slice_(op: Any, lo: Lowering) -> Any:
    """slice; starts, ends and axes are attributes before opset 10"""
    if op.version < 10:
        (x,) = lo.operands(1)
        starts, ends = tuple(op.get("starts")), tuple(op.get("ends"))
        axes = tuple(attr(op, "axes") or range(len(starts)))
        return lo.slice(x, starts=starts, ends=ends, axes=axes)
    x, begin, end, along, stride = lo.operands(5)
    starts, ends, axes, steps = (lo.ints(v) for v in (begin, end, along, stride))
    count = next((len(v) for v in (starts, ends) if v is not None), lo.shape(begin)[0])
    axes = tuple(range(count)) if along is None else axes
    steps = (1,) * count if stride is None else steps
    if axes is None or steps is None or not isinstance(x.type, TensorType):
        known = isinstance(x.type, TensorType)
        result = lo.open_type(lo.rank(x) if known else None, x)
        return lo.host("slice", [x, begin, end, along, stride], [result])
    steps = None if set(steps) == {1} else steps
    axes = tuple(lo.axis(a, x) for a in axes)
    wide = [None if known is not None else lo.cast(v, np.int64) for v, known in ((begin, starts), (end, ends))]
    return lo.slice(x, *wide, starts=starts, ends=ends, axes=axes, steps=steps)


@lowering("onnx", "Pad")
def pad(op: Any, lo: Lowering) -> Any:
    """pad; pads and value are attributes before opset 11, operands since, axes from opset 18"""
    x, pads, value, axes = lo.operands(4)
    mode = op.get("mode")
    rank = lo.rank(x)
    if op.version < 11:
        widths = tuple(attr(op, "pads") or attr(op, "paddings"))
        value = lo.scalar(op.get("value"), x) if op.get("value") else None
    else:
        widths = lo.ints(pads)
        along = tuple(range(rank)) if axes is None else lo.ints(axes)
        if widths is None or along is None:
            if axes is not None:
                pads = lo.host("pad_axes", [pads, axes], [TensorType(lo.element(pads), [2 * rank])], rank=rank)
            return lo.pad(x, value, pads, mode=mode)
        whole = [0] * (2 * rank)
        for i, axis in enumerate(along):
            whole[lo.axis(axis, x)], whole[rank + lo.axis(axis, x)] = widths[i], widths[len(along) + i]
        widths = tuple(whole)
    value = value if mode == "constant" else None
    return lo.pad(x, value, low=widths[:rank], high=widths[rank:], mode=mode)


@lowering("onnx", "Expand")
def expand(op: Any, lo: Lowering) -> Any:
    """broadcast"""
    x, to = lo.operands(2)
    target = lo.ints(to)
    if target is None and (not isinstance(x.type, TensorType) or lo.shape(to)[0] < 0):
        return lo.host("broadcast", [x, to], [lo.element(x)])
    return lo.broadcast(x, to) if target is None else lo.broadcast(x, shape=target)


@lowering("onnx", "Tile")
def tile(op: Any, lo: Lowering) -> Any:
    """tile; version 1 repeats one axis"""
    x, times, axis = lo.operands(3)
    if op.version < 6:
        repeats = [1] * lo.rank(x)
        repeats[lo.need_ints(axis, "axis")[0]] = lo.need_ints(times, "tiles")[0]
        return lo.tile(x, repeats=tuple(repeats))
    repeats = lo.ints(times)
    return lo.tile(x, times) if repeats is None else lo.tile(x, repeats=repeats)


@lowering("onnx", "DepthToSpace")
def depth_to_space(op: Any, lo: Lowering) -> Any:
    """depth_to_space"""
    return lo.depth_to_space(*lo.operands(1), block=op.get("blocksize"), mode=attr(op, "mode", "DCR").lower())


@lowering("onnx", "SpaceToDepth")
def space_to_depth(op: Any, lo: Lowering) -> Any:
    """space_to_depth; CRD, the channel in front of the block's place, is a transpose of what DCR gives"""
    (x,) = lo.operands(1)
    block = op.get("blocksize")
    y = lo.space_to_depth(x, block=block)
    if attr(op, "mode", "DCR") == "DCR":
        return y
    channels = lo.shape(x)[1]
    parts = lo.transpose(lo.reshape(y, (0,), block * block, channels, (2,), (3,)), permutation=(0, 2, 1, 3, 4))
    return lo.reshape(parts, (0,), channels * block * block, (3,), (4,))


@lowering("onnx", "Trilu")
def trilu(op: Any, lo: Lowering) -> Any:
    """trilu"""
    return lo.trilu(*lo.operands(2), lower=not op.get("upper"))


@lowering("onnx", "CenterCropPad")
def center_crop_pad(op: Any, lo: Lowering) -> Any:
    """A slice and a pad around the centre"""
    x, to = lo.operands(2)
    return lo.host("center_crop_pad", [x, to], [lo.open_type(lo.rank(x), x)], axes=attr(op, "axes"))


@lowering("onnx", "Upsample")
def upsample(op: Any, lo: Lowering) -> Any:
    """resize by scales; attributes before opset 9, an operand since"""
    x, by = lo.operands(2)
    rank = lo.rank(x)
    scales = attr(op, "scales")
    if scales is None and op.version < 7:
        scales = (1.0, 1.0, op.get("height_scale"), op.get("width_scale"))
    mode = {"bilinear": "linear"}.get(op.get("mode"), op.get("mode"))
    return _resize(lo, x, None, by, scales, tuple(range(rank)), mode=mode, coordinates="asymmetric", nearest="floor")


@lowering("onnx", "Resize")
def resize_by_scales(op: Any, lo: Lowering) -> Any:
    """Version 10: resize by scales on an asymmetric grid"""
    x, by = lo.operands(2)
    return _resize(lo, x, None, by, None, tuple(range(lo.rank(x))), mode=op.get("mode"), coordinates="asymmetric", nearest="floor")


@lowering("onnx", "Resize", since=11)
def resize(op: Any, lo: Lowering) -> Any:
    """resize, by scales or to sizes"""
    x, roi, by, to = lo.operands(4)
    axes = tuple(lo.axis(a, x) for a in attr(op, "axes") or range(lo.rank(x)))
    coordinates = op.get("coordinate_transformation_mode")
    if coordinates == "tf_half_pixel_for_nn":
        coordinates = "half_pixel"
    roi = roi if coordinates == "tf_crop_and_resize" else None
    if by is not None and lo.shape(by) == (0,):
        by = None
    return _resize(
        lo,
        x,
        to,
        None if to is not None else by,
        None,
        axes,
        roi,
        mode=op.get("mode"),
        coordinates=coordinates,
        nearest=op.get("nearest_mode"),
        cubic_a=op.get("cubic_coeff_a"),
        extrapolation=op.get("extrapolation_value"),
        exclude_outside=bool(op.get("exclude_outside")),
        antialias=bool(attr(op, "antialias", 0)),
        policy=attr(op, "keep_aspect_ratio_policy", "stretch"),
    )


def _resize(
    lo: Lowering, x: SSAValue, to: Any, by: Any, scales: Any, axes: tuple[int, ...], roi: SSAValue | None = None, **properties: Any
) -> Any:
    """resize with what is constant as properties, and without the axes that stay."""
    sizes = lo.ints(to)
    if scales is None and by is not None:
        found = lo.array(by)
        scales = None if found is None else tuple(float(s) for s in found.reshape(-1))
    if roi is None and properties.get("policy", "stretch") == "stretch":
        shape = lo.shape(x)
        stays = [(sizes is not None and sizes[i] == shape[a] >= 0) or (scales is not None and scales[i] == 1) for i, a in enumerate(axes)]
        if any(stays) and not all(stays):
            axes = tuple(a for a, same in zip(axes, stays, strict=True) if not same)
            sizes = None if sizes is None else tuple(s for s, same in zip(sizes, stays, strict=True) if not same)
            scales = None if scales is None else tuple(s for s, same in zip(scales, stays, strict=True) if not same)
    operands = (to if sizes is None else None, by if scales is None and sizes is None else None, roi)
    return lo.resize(x, *operands, axes=axes, sizes=sizes, scales=None if sizes is not None else scales, **properties)
