"""Matrix products."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


@lowering("onnx", "MatMul")
def matmul(op: Any, lo: Lowering) -> Any:
    """matmul"""
    return lo.matmul(*lo.operands(2))


@lowering("onnx", "Gemm")
def gemm(op: Any, lo: Lowering) -> Any:
    """alpha * a b + beta * c: the factors are put on the product and the bias where they are not 1"""
    a, b, c = lo.operands(3)
    alpha, beta = op.get("alpha"), op.get("beta")
    flags = {"transpose_a": bool(op.get("transA")), "transpose_b": bool(op.get("transB"))}
    if c is not None and beta != 1:
        c = lo.mul(c, lo.scalar(beta, c))
    fused = alpha == 1 and (c is None or lo.rank(c) <= 2)
    y = lo.matmul(a, b, c if fused else None, **flags)
    if alpha != 1:
        y = lo.mul(y, lo.scalar(alpha, y))
    return y if c is None or fused else lo.add(y, c)


@lowering("onnx", "Einsum")
def einsum(op: Any, lo: Lowering) -> Any:
    """einsum; without `->` the output is every letter that stands once, in order"""
    equation = op.get("equation").replace(" ", "")
    if "->" not in equation:
        letters = equation.replace(",", "").replace("...", "")
        once = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
        equation += "->" + ("..." if "..." in equation else "") + once
    return lo.einsum(list(op.operands), equation=equation)


@lowering("onnx", "LRN")
def lrn(op: Any, lo: Lowering) -> Any:
    """lrn"""
    return lo.lrn(*lo.operands(1), size=op.get("size"), alpha=op.get("alpha"), beta=op.get("beta"), k=op.get("bias"))


@lowering("onnx", "BatchNormalization")
def batch_normalization(op: Any, lo: Lowering) -> Any:
    """batch_norm with the statistics it is given"""
    x, scale, bias, mean, variance = lo.operands(5)
    if attr(op, "spatial", 1) == 0:
        return _per_activation(op, lo)
    training = attr(op, "training_mode", 0) or attr(op, "is_test", 1) == 0
    if training:
        return _training(op, lo)
    wide = lo.element(x)
    scale, bias, mean, variance = (lo.cast(v, wide) for v in (scale, bias, mean, variance))
    return [lo.batch_norm(x, scale, bias, mean, variance, epsilon=op.get("epsilon"))]


def _per_activation(op: Any, lo: Lowering) -> Any:
    """Before opset 9, with spatial 0: statistics for every element of a sample."""
    x, scale, bias, mean, variance = lo.operands(5)
    inverse = lo.rsqrt(lo.add(variance, lo.scalar(op.get("epsilon"), x)))
    return [lo.add(lo.mul(lo.sub(x, mean), lo.mul(inverse, scale)), bias)]


def _training(op: Any, lo: Lowering) -> Any:
    """Statistics of the batch itself, and the running ones moved towards them."""
    x, scale, bias, mean, variance = lo.operands(5)
    if op.version < 14:
        lo.decline("it computes statistics of the batch; run framework-to-eval first")
    axes = (0, *range(2, lo.rank(x)))
    now = lo.reduce(x, "mean", axes, keepdims=False)
    centred = lo.sub(x, lo.reduce(x, "mean", axes))
    batch_variance = lo.reduce(lo.mul(centred, centred), "mean", axes, keepdims=False)
    kind = lo.element(x)
    y = lo.batch_norm(x, lo.cast(scale, kind), lo.cast(bias, kind), now, batch_variance, epsilon=op.get("epsilon"))
    momentum = op.get("momentum")

    def moved(old: Any, new: Any) -> Any:
        new = lo.cast(new, lo.element(old))
        return lo.add(lo.mul(old, lo.scalar(momentum, old)), lo.mul(new, lo.scalar(1 - momentum, old)))

    return [y, *((moved(mean, now), moved(variance, batch_variance)) if lo.wants(1) or lo.wants(2) else ())]


@lowering("onnx", "Softmax", "LogSoftmax")
def softmax_of_a_matrix(op: Any, lo: Lowering) -> Any:
    """Before opset 13: over all dimensions from `axis` on, as one"""
    (x,) = lo.operands(1)
    axis = lo.axis(attr(op, "axis", 1), x)
    build = lo.softmax if op.schema.name == "Softmax" else lo.log_softmax
    rank = lo.rank(x)
    if axis == rank - 1:
        return build(x, axis=-1)
    flat = lo.reshape(x, tuple(range(axis)), tuple(range(axis, rank)))
    if all(d == 1 for d in lo.shape(x)[axis + 1 :]):
        return build(x, axis=axis)
    return lo.like_shape(build(flat, axis=-1), x)


@lowering("onnx", "Softmax", "LogSoftmax", since=13)
def softmax(op: Any, lo: Lowering) -> Any:
    """softmax along one axis"""
    return (lo.softmax if op.schema.name == "Softmax" else lo.log_softmax)(*lo.operands(1), axis=op.get("axis"))


@lowering("onnx", "Hardmax")
def hardmax(op: Any, lo: Lowering) -> Any:
    """1 at the first largest element along the axis, 0 elsewhere; before opset 13 over all dimensions from `axis` on"""
    (x,) = lo.operands(1)
    axis = lo.axis(attr(op, "axis", 1 if op.version < 13 else -1), x)
    rank = lo.rank(x)
    flat = x if op.version >= 13 else lo.reshape(x, tuple(range(axis)), tuple(range(axis, rank)))
    along = axis if op.version >= 13 else 1
    if lo.shape(flat)[along] == 0:
        return x  # none of no elements is the largest
    place = lo.argmax(flat, axis=along, keepdims=True)
    size = lo.size_of(flat, along)
    count = lo.unsqueeze(lo.range(lo.const(0), size, lo.const(1)), range(1, lo.rank(flat) - along))
    return lo.like_shape(lo.cast(lo.compare(place, count, pred="eq"), lo.element(x)), x)
