"""Windowed ops take and give channels last."""

from inferir.core import Rewriter, rewrites
from inferir.core.types import shape_of
from inferir.dialects import inference as inf
from inferir.dialects.inference.pooling import Pool
from inferir.passes.inference.layout.orders import channels_first, channels_last, reordered, replace_located, restored


@rewrites(inf.ConvOp, inf.ConvTransposeOp)
def convolution_nhwc(op: inf.ConvOp | inf.ConvTransposeOp, rw: Rewriter) -> str | None:
    """conv(x, w) = T(conv_nhwc(T'(x), T'(w))), and so transposed"""
    if op.layout == "nhwc":
        return "it is channels last already"
    rank = len(shape_of(op.x))
    order = channels_last(rank)
    made = op.like(x=reordered(op.x, order, rw), w=reordered(op.w, order, rw), layout="nhwc")
    replace_located(op, [made, inf.TransposeOp.make(made.result, permutation=channels_first(rank), result_types=[op.result.type])], rw)
    return None


@rewrites(inf.MaxPoolOp, inf.AvgPoolOp, inf.LpPoolOp, inf.LrnOp)
def window_nhwc(op: Pool | inf.LrnOp, rw: Rewriter) -> str | None:
    """pool(x) = T(pool_nhwc(T'(x)))"""
    if op.layout == "nhwc":
        return "it is channels last already"
    rank = len(shape_of(op.x))
    if rank < 3:
        return "it has no spatial dimensions"
    made = op.like(x=reordered(op.x, channels_last(rank), rw), layout="nhwc")
    replace_located(op, [made, inf.TransposeOp.make(made.result, permutation=channels_first(rank), result_types=[op.result.type])], rw)
    return None


@rewrites(inf.BatchNormOp)
def batch_norm_nhwc(op: inf.BatchNormOp, rw: Rewriter) -> str | None:
    """bn(T(x)) = T(bn_nhwc(x))"""
    t = restored(op.x)
    if t is None or op.layout == "nhwc":
        return "its input is not channels last"
    made = op.like(x=t.x, layout="nhwc")
    replace_located(op, [made, t.like(x=made.result, result_types=[op.result.type])], rw)
    return None
