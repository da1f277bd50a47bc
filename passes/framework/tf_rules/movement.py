"""The same elements elsewhere: joined, rotated, blocks of pixels."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules import movement


@lowering("tf", "ConcatV2", "Concat")
def concat(op: Any, lo: Lowering) -> Any:
    """concat"""
    (axis,) = lo.need_ints(op.operand("axis" if op.schema.name == "ConcatV2" else "concat_dim"), "the axis")
    return lo.concat(op.operand_list("values"), axis=axis)


@lowering("tf", "SpaceToDepth", "DepthToSpace")
def blocks(op: Any, lo: Lowering) -> Any:
    """Blocks of pixels to channels, and back"""
    if op.get("data_format") != "NHWC":
        lo.decline(f"data format {op.get('data_format')}")
    return (movement.space_to_depth if op.schema.name == "SpaceToDepth" else movement.depth_to_space)(op, lo)


@lowering("tf", "Roll")
def roll(op: Any, lo: Lowering) -> Any:
    """What leaves at one end comes in at the other: two slices, joined"""
    x, shift, axis = lo.operands(3)
    shifts, axes = lo.need_ints(shift, "the shift"), lo.need_ints(axis, "the axis")
    for by, at in zip(shifts, axes, strict=True):
        size = lo.shape(x)[at]
        if size < 0:
            lo.decline("the size of the axis is dynamic")
        cut = -by % max(size, 1)
        if cut:
            x = lo.concat(
                [lo.slice(x, starts=(cut,), ends=(size,), axes=(at,)), lo.slice(x, starts=(0,), ends=(cut,), axes=(at,))], axis=at
            )
    return x
