"""Convolutions: channels last, filters packed."""

from typing import Any

from xdsl.dialects import arith
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import (
    channels_last,
    epilogue,
    not_float,
    replace_channels_last,
    result,
    shape_of,
)


def biased(bias: SSAValue | None) -> Region:
    """The epilogue that adds one value for each channel, if there is one."""
    return Region() if bias is None else epilogue(2, lambda s, acc, b: s.do(arith.AddfOp, acc, b))


@rewrites(inf.ConvOp)
def conv(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """A 2-D convolution is cpu.dwconv2d where every channel has one filter of its own, else cpu.conv2d."""
    reason = not_float(op.x, op.w, op.bias)
    if reason is not None:
        return reason
    if op.rank != 2:
        return f"{op.rank}-D convolution has no kernel"
    filters = shape_of(op.w)
    if -1 in filters:
        return "the filter's shape is not known"
    if shape_of(op.x)[1 if op.layout == "nchw" else -1] < 0 or (op.bias is not None and shape_of(op.bias)[0] < 0):
        return "the number of channels is dynamic"
    outputs, inner = filters[0], filters[1 if op.layout == "nchw" else -1]
    strides, dilations, begins, ends = op.window()
    x = channels_last(op.x, op.layout, rw)
    window: dict[str, Any] = {"strides": strides, "dilations": dilations, "pads": (*begins, *ends)}
    extras = [op.bias] if op.bias is not None else []
    if op.groups == outputs and inner == 1 and op.groups > 1:
        w = result(cpu.PackDwconv2dOp.make(op.w, layout=op.layout), rw)
        made = cpu.Dwconv2dOp.make(x, w, extras, regions=[biased(op.bias)], **window)
    else:
        w = result(cpu.PackConv2dOp.make(op.w, groups=op.groups, layout=op.layout), rw)
        made = cpu.Conv2dOp.make(x, w, extras, regions=[biased(op.bias)], channels=outputs, groups=op.groups, **window)
    replace_channels_last(op, made, op.layout, rw)
    return None
