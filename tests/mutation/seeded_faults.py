"""A plug-in of twenty passes, each with one pattern that is wrong: what check-numerics, bisect, reduce and emit-test must find.

Every pass also rebuilds many ops as they are, so that the wrong application is one among others. With FAULTY = False the
wrong patterns do nothing: the same passes, mended.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from xdsl.dialects.builtin import UnitAttr, f32, i32
from xdsl.ir import Operation, SSAValue

from inferir.core import Pass, Pattern, Rewriter, rewrites
from inferir.dialects import inference as inf

FAULTY = True
FAULTS: dict[str, str] = {}
"""By pass: the model of tests/models/data that it spoils."""

SEEN = "seen"
Rewrite = Callable[[Any, Rewriter], Operation | SSAValue | list[Operation] | None]


@rewrites(inf.ConvOp, inf.MatmulOp, inf.ReluOp, inf.HardSwishOp, inf.ResizeOp, inf.MaxPoolOp)
def rebuild(op: Any, rw: Rewriter) -> str | None:
    """op = op"""
    if SEEN in op.attributes:
        return "it was rebuilt"
    rw.replace(op, _seen(op.like()))
    return None


def _seen(op: Operation) -> Operation:
    op.attributes[SEEN] = UnitAttr()
    return op


def wrong(op_type: type[Operation], model: str) -> Callable[[Rewrite], None]:
    """Make a pass of a function that replaces one op of a model by something else; it returns None for all others."""

    def wrap(function: Rewrite) -> None:
        def apply(op: Any, rw: Rewriter) -> str | None:
            new = function(op, rw) if FAULTY and SEEN not in op.attributes else None
            if new is None:
                return "not the op it spoils"
            if isinstance(new, SSAValue):
                rw.replace(op, new)
            else:
                rw.replace(op, [_seen(o) for o in (new if isinstance(new, list) else [new])])
            return None

        code = function.__code__
        pattern = Pattern(function.__name__, apply, (op_type,), 2, function.__doc__ or "", f"{code.co_filename}:{code.co_firstlineno}")
        title = "".join(word.capitalize() for word in function.__name__.split("_"))
        globals()[title] = type(title, (Pass,), {"patterns": (pattern, rebuild), "__module__": __name__, "__doc__": function.__doc__})
        FAULTS[function.__name__.replace("_", "-")] = model

    return wrap


def _shape(value: Any) -> tuple[int, ...]:
    return value.type.get_shape()


@wrong(inf.SoftmaxOp, "lenet")
def wrong_axis(op: inf.SoftmaxOp, rw: Rewriter):
    """Softmax over the batch."""
    return op.like(axis=0)


@wrong(inf.ConvOp, "lenet")
def off_by_one_pad(op: inf.ConvOp, rw: Rewriter):
    """A window that begins one element early."""
    return op.like(pads=(1, 2, 3, 2)) if op.pads == (2, 2, 2, 2) else None


@wrong(inf.MatmulOp, "lenet")
def dropped_bias(op: inf.MatmulOp, rw: Rewriter):
    """x w + b = x w"""
    return op.like(bias=None) if _shape(op.result)[-1] == 84 else None


@wrong(inf.MaxPoolOp, "lenet")
def mean_for_max(op: inf.MaxPoolOp, rw: Rewriter):
    """The mean of a window for its maximum."""
    return inf.AvgPoolOp.make(op.x, kernel=op.kernel, strides=op.strides) if _shape(op.x)[1] == 16 else None


@wrong(inf.ReshapeOp, "lenet")
def wrong_order(op: inf.ReshapeOp, rw: Rewriter):
    """Flatten with the channels last."""
    last = inf.TransposeOp.make(op.x, permutation=(0, 2, 3, 1))
    return [last, op.like(x=last.result)]


@wrong(inf.ConvOp, "lenet")
def transposed_weight(op: inf.ConvOp, rw: Rewriter):
    """The window's rows for its columns."""
    w = rw.array(op.w) if op.bias is not None and _shape(op.w)[:2] == (16, 6) else None
    return None if w is None else op.like(w=rw.const(np.ascontiguousarray(w.swapaxes(2, 3))))


@wrong(inf.ReluOp, "lenet")
def wrong_activation(op: inf.ReluOp, rw: Rewriter):
    """relu(x) = |x|"""
    return inf.AbsOp.make(op.x) if _shape(op.x)[1:] == (16, 10, 10) else None


@wrong(inf.MatmulOp, "lenet")
def bias_twice(op: inf.MatmulOp, rw: Rewriter):
    """x w + b = (x w + b) + b"""
    if op.bias is None or _shape(op.result)[-1] != 120:
        return None
    once = _seen(op.like())
    return [once, inf.AddOp.make(once.results[0], op.bias)]


@wrong(inf.MatmulOp, "lenet")
def rounded_weight(op: inf.MatmulOp, rw: Rewriter):
    """Weights of one decimal."""
    w = rw.array(op.b) if _shape(op.result)[-1] == 84 else None
    return None if w is None else op.like(b=rw.const(np.round(w, 1)))


@wrong(inf.ClampOp, "mbv3_se_block")
def dropped_clamp(op: inf.ClampOp, rw: Rewriter):
    """clamp(x, 0, 6) = x"""
    return op.x


@wrong(inf.AddOp, "mbv3_se_block")
def dropped_residual(op: inf.AddOp, rw: Rewriter):
    """x + f(x) = f(x)"""
    return op.rhs


@wrong(inf.HardSigmoidOp, "mbv3_se_block")
def wrong_scale(op: inf.HardSigmoidOp, rw: Rewriter):
    """A slope of 0.2, which is another framework's."""
    return op.like(alpha=0.2)


@wrong(inf.MulOp, "mbv3_se_block")
def lost_broadcast(op: inf.MulOp, rw: Rewriter):
    """One gate for all channels."""
    if _shape(op.rhs)[1:] != (32, 1, 1):
        return None
    gate = inf.ReduceOp.make(op.rhs, kind="max", axes=(1,), keepdims=True)
    return [gate, op.like(rhs=gate.result)]


@wrong(inf.ResizeOp, "mbv3_se_block")
def wrong_rounding(op: inf.ResizeOp, rw: Rewriter):
    """The next pixel for the one before."""
    return op.like(nearest="ceil")


@wrong(inf.ReduceOp, "mbv3_se_block")
def sum_for_mean(op: inf.ReduceOp, rw: Rewriter):
    """The sum over an image for its mean."""
    return op.like(kind="sum") if op.keepdims else None


@wrong(inf.ConvOp, "mbv3_se_block")
def wrong_dilation(op: inf.ConvOp, rw: Rewriter):
    """Every other element of a window twice as wide."""
    return op.like(dilations=(2, 2), pads=(2, 2, 2, 2)) if op.groups == 32 else None


@wrong(inf.HardSwishOp, "mbv3_se_block")
def wrong_dtype(op: inf.HardSwishOp, rw: Rewriter):
    """Through integers."""
    if _shape(op.x)[1] != 32:
        return None
    whole = inf.CastOp.make(op.x, to=i32)
    back = inf.CastOp.make(whole.result, to=f32)
    return [whole, back, op.like(x=back.result)]


@wrong(inf.ConvOp, "mbv3_se_block")
def reversed_channels(op: inf.ConvOp, rw: Rewriter):
    """Channels in the order of another layout."""
    w = rw.array(op.w) if _shape(op.w)[:2] == (32, 16) else None
    return None if w is None else op.like(w=rw.const(np.ascontiguousarray(w[::-1])))


@wrong(inf.BatchNormOp, "opset1_bn_upsample")
def wrong_epsilon(op: inf.BatchNormOp, rw: Rewriter):
    """An epsilon of 0.1."""
    return op.like(epsilon=0.1)


@wrong(inf.BatchNormOp, "opset1_bn_upsample")
def swapped_operands(op: inf.BatchNormOp, rw: Rewriter):
    """Shift and mean in each other's place."""
    return op.like(bias=op.mean, mean=op.bias)
