"""Pooling."""

from __future__ import annotations

from typing import Any

from xdsl.ir import Region

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.cpu.quads import is_bytes
from inferir.dialects.inference.pooling import Pool
from inferir.passes.cpu.inference_to_cpu.building import (
    channels_last,
    epilogue,
    not_float,
    replace_channels_last,
    shape_of,
)


def scaled(factor: float) -> Region:
    """The epilogue that multiplies by a number."""
    return epilogue(1, lambda s, x: s.mul(x, s.const(factor)))


@rewrites(inf.MaxPoolOp, inf.AvgPoolOp)
def pool(op: Pool, rw: Rewriter) -> str | None:
    """A 2-D pool is cpu.pool2d; a mean over whole images is a reduction."""
    reason = None if isinstance(op, inf.MaxPoolOp) and is_bytes(op.x) else not_float(op.x)
    if reason is not None:
        return reason
    if len(op.kernel) != 2:
        return f"{len(op.kernel)}-D pooling has no kernel"
    if shape_of(op.x)[1 if op.layout == "nchw" else -1] < 0:
        return "the number of channels is dynamic"
    strides, dilations, begins, ends = op.window()
    x = channels_last(op.x, op.layout, rw)
    average = isinstance(op, inf.AvgPoolOp)
    if average and shape_of(x)[1:3] == op.kernel and not any((*begins, *ends)):
        made = cpu.ReduceOp.make(x, [], axes=(1, 2), keepdims=True, regions=[scaled(1 / (op.kernel[0] * op.kernel[1]))])
    else:
        window: dict[str, Any] = {"kernel": op.kernel, "strides": strides, "dilations": dilations, "pads": (*begins, *ends)}
        more = {"kind": "average", "count_include_pad": op.count_include_pad} if isinstance(op, inf.AvgPoolOp) else {}
        made = cpu.Pool2dOp.make(x, [], regions=[Region()], ceil_mode=op.ceil_mode, **window, **more)
    replace_channels_last(op, made, op.layout, rw)
    return None
