"""Reductions, running sums, sorting, statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i1, i64
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten
from inferir.passes.framework.torch_rules.elementwise import truth

_KINDS = {
    "sum": "sum",
    "mean": "mean",
    "prod": "prod",
    "amax": "max",
    "amin": "min",
    "logsumexp": "logsumexp",
    "nansum": "sum",
    "nanmean": "mean",
}


@aten("sum", "mean", "prod", "amax", "amin", "logsumexp", "nansum")
def reduction(call: Call, lo: Lowering) -> Any:
    """reduce along the given dimensions, all where there are none"""
    x = lo.cast(call.x(), call.element())
    if call.packet == "nansum":
        x = lo.select(lo.is_nan(x), call.number(0), x)
    if lo.rank(x) == 0:
        return x
    axes = call.axes()
    if call.packet in ("amax", "amin") and lo.element(x) == i1:
        return lo.reduce(x, "any" if call.packet == "amax" else "all", axes, call.get("keepdim", False))
    return lo.reduce(x, _KINDS[call.packet], axes, call.get("keepdim", False))


@aten("any", "all")
def any_all(call: Call, lo: Lowering) -> Any:
    """reduce of what is not zero"""
    x = truth(lo, call.x())
    y = x if lo.rank(x) == 0 else lo.reduce(x, call.packet, call.axes(), call.get("keepdim", False))
    return lo.cast(y, call.element())


@aten("max", "min")
def extremes(call: Call, lo: Lowering) -> Any:
    """max or min of all elements, of two tensors, or along a dimension with its index"""
    if call.overload == "other":
        return (lo.maximum if call.packet == "max" else lo.minimum)(call.operand("self"), call.operand("other"))
    x = call.x()
    if not call.overload:
        return lo.reduce(x, call.packet, tuple(range(lo.rank(x))), keepdims=False) if lo.rank(x) else x
    if lo.rank(x) == 0:
        return [x, lo.const(0)]
    axis, keep = call.axis(), call.get("keepdim", False)
    places = (lo.argmax if call.packet == "max" else lo.argmin)(x, axis=axis, keepdims=bool(keep)) if lo.wants(1) else None
    return [lo.reduce(x, call.packet, (axis,), keep), places]


@aten("aminmax")
def aminmax(call: Call, lo: Lowering) -> Any:
    """Least and largest"""
    x, axes = call.x(), call.axes()
    return [lo.reduce(x, kind, axes, call.get("keepdim", False)) for kind in ("min", "max")]


@aten("argmax", "argmin")
def arg_extreme(call: Call, lo: Lowering) -> Any:
    """argmax, argmin; of everything without a dimension"""
    x, build = call.x(), lo.argmax if call.packet == "argmax" else lo.argmin
    if call.get("dim") is None or lo.rank(x) == 0:
        y = build(lo.reshape(x, -1), axis=0, keepdims=False)
        return lo.reshape(y, *[1] * lo.rank(x)) if call.get("keepdim", False) and lo.rank(x) else y
    return build(x, axis=call.axis(), keepdims=bool(call.get("keepdim", False)))


@aten("var", "std", "var_mean", "std_mean")
def variance(call: Call, lo: Lowering) -> Any:
    """The mean square of what differs from the mean, over n - correction elements; std is its root"""
    x, axes, keep = call.x(), call.axes(), bool(call.get("keepdim", False))
    correction = call.get("correction", int(bool(call.get("unbiased", True))))
    mean = lo.reduce(x, "mean", axes)
    centred = lo.sub(x, mean)
    total = lo.reduce(lo.mul(centred, centred), "sum", axes, keep)
    sizes = [lo.shape(x)[a] for a in axes]
    if min(sizes, default=1) >= 0:
        count: SSAValue = lo.scalar(max(int(np.prod(sizes)) - correction, 0), x)
    else:
        product = lo.reduce(lo.concat([lo.reshape(lo.size_of(x, a), 1) for a in axes], axis=0), "prod", (0,), keepdims=False)
        count = lo.maximum(lo.sub(lo.cast(product, lo.element(x)), lo.scalar(correction, x)), lo.scalar(0, x))
    y = lo.div(total, count)
    y = lo.sqrt(y) if "std" in call.packet else y
    return [y, mean if keep else lo.squeeze(mean, axes)] if call.packet.endswith("_mean") else y


@aten("cumsum", "cumprod")
def cumulated(call: Call, lo: Lowering) -> Any:
    """cumulate"""
    x = lo.cast(call.x(), call.element())
    return x if lo.rank(x) == 0 else lo.cumulate(x, lo.const(call.axis()), kind="sum" if call.packet == "cumsum" else "prod")


@aten("count_nonzero")
def count_nonzero(call: Call, lo: Lowering) -> Any:
    """How many are not zero"""
    return lo.reduce(lo.cast(truth(lo, call.x()), i64), "sum", call.axes(), keepdims=False)


@aten("topk", "sort", "argsort", "msort", "kthvalue", "median")
def ordered(call: Call, lo: Lowering) -> Any:
    """topk; sorting is topk of all elements. Of equal ones the earlier comes first, as torch's stable sort has it"""
    x = call.x()
    if call.packet == "median":
        return _median(call, lo, x)
    axis = call.get("dim", 0 if call.packet == "msort" else -1) % max(lo.rank(x), 1)
    if lo.rank(x) == 0:
        return [x, lo.const(0)] if call.packet != "argsort" else lo.const(0)
    smallest = not call.get("largest", True) if call.packet == "topk" else not call.get("descending", False)
    if call.packet in ("topk", "kthvalue"):
        k = call.size("k")
        assert k is not None
        count = lo.i64([k]) if isinstance(k, int) else lo.reshape(lo.cast(k, i64), 1)
    else:
        count = lo.reshape(lo.size_of(x, axis), 1)
    values, places = lo.topk(x, count, axis=axis, smallest=smallest)
    if call.packet == "kthvalue":
        last = call.get("k")
        parts = [lo.slice(v, starts=(last - 1,), ends=(last,), axes=(axis,)) for v in (values, places)]
        return parts if call.get("keepdim", False) else [lo.squeeze(p, [axis]) for p in parts]
    return {"argsort": places, "msort": values}.get(call.packet, [values, places])


def _median(call: Call, lo: Lowering, x: SSAValue) -> list[SSAValue]:
    """The lower of the two middle elements."""
    flat = not call.overload
    x, axis = (lo.reshape(x, -1), 0) if flat else (x, call.axis())
    size = lo.shape(x)[axis]
    if size <= 0:
        lo.decline("the median of a computed number of elements")
    values, places = lo.topk(x, lo.i64([(size + 1) // 2]), axis=axis, smallest=True)
    middle = (size + 1) // 2
    parts = [lo.slice(v, starts=(middle - 1,), ends=(middle,), axes=(axis,)) for v in (values, places)]
    keep = not flat and call.get("keepdim", False)
    return [p if keep else lo.squeeze(p, [axis]) for p in parts][: len(call.op.results)]


@aten("bucketize", "searchsorted")
def bucketize(call: Call, lo: Lowering) -> Any:
    """How many boundaries lie before each element: those below it, with `right` those not above it"""
    x, bounds = (
        (call.x(), call.x("boundaries"))
        if call.packet == "bucketize"
        else (call.operand("self", lo.element(call.x("sorted_sequence"))), call.x("sorted_sequence"))
    )
    if lo.rank(bounds) != 1:
        lo.decline("searchsorted in several sequences")
    if call.tensor("sorter") is not None:
        lo.decline("a sorter")
    right = bool(call.get("right", False)) or call.get("side") == "right"
    below = lo.compare(bounds, lo.unsqueeze(x, [lo.rank(x)]), pred="le" if right else "lt")
    return lo.cast(lo.reduce(lo.cast(below, i64), "sum", (lo.rank(x),), keepdims=False), call.element())


@aten("diff")
def diff(call: Call, lo: Lowering) -> Any:
    """What each element differs from the one before"""
    x, axis = call.x(), call.get("dim", -1) % lo.rank(call.x())
    parts = [t for t in (call.tensor("prepend"), x, call.tensor("append")) if t is not None]
    x = lo.concat(parts, axis=axis) if len(parts) > 1 else x
    for _ in range(call.get("n", 1)):
        later, earlier = lo.slice(x, starts=(1,), ends=(1 << 62,), axes=(axis,)), lo.slice(x, starts=(0,), ends=(-1,), axes=(axis,))
        x = lo.logical(later, earlier, fn="xor") if lo.element(x) == i1 else lo.sub(later, earlier)
    return x


@aten("equal", "is_nonzero", "item", "_local_scalar_dense")
def scalars(call: Call, lo: Lowering) -> Any:
    """One number of a tensor, or whether two tensors are equal"""
    if call.packet == "equal":
        same = lo.compare(call.x(), call.x("other"), pred="eq")
        return lo.reduce(same, "all", tuple(range(lo.rank(same))), keepdims=False)
    return lo.cast(lo.reshape(call.x()), call.element())
