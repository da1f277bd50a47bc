"""Operators that slide a window: convolution and pooling."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.dialects.inference.pooling import lowest
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.same_padding import same_pads
from inferir.passes.framework.onnx_rules.elementwise import attr


def explicit_pads(op: Any, lo: Lowering, x: SSAValue, kernel: tuple[int, ...]) -> tuple[int, ...] | SSAValue:
    """Pads as numbers, whatever `auto_pad` says; as an i64 operand of inference.pad where only the run knows them. Source: ONNX Conv-22."""
    n = len(kernel)
    mode = attr(op, "auto_pad", "NOTSET")
    if mode in ("NOTSET", ""):
        return tuple(attr(op, "pads") or (0,) * (2 * n))
    if mode == "VALID":
        return (0,) * (2 * n)
    if min(kernel) < 0:
        lo.decline(f"auto_pad {mode} of a window whose size is not known")
    strides, dilations = attr(op, "strides") or (1,) * n, attr(op, "dilations") or (1,) * n
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    return same_pads(lo, x, range(2, 2 + n), strides, extents, upper=mode == "SAME_UPPER")


def window(op: Any, lo: Lowering, x: SSAValue, kernel: tuple[int, ...], outside: float | None = None) -> tuple[SSAValue, dict[str, Any]]:
    """x, and strides, pads and dilations, left out where they are the default; x is padded with `outside` (zeros) by an op of its own where
    only the run knows how much."""
    n = len(kernel)
    pads = explicit_pads(op, lo, x, kernel)
    if isinstance(pads, SSAValue):
        x, pads = lo.pad(x, None if outside is None else lo.scalar(outside, x), pads), (0,) * (2 * n)
    found = {"strides": tuple(attr(op, "strides") or (1,) * n), "pads": pads, "dilations": tuple(attr(op, "dilations") or (1,) * n)}
    plain = {"strides": (1,) * n, "pads": (0,) * (2 * n), "dilations": (1,) * n}
    return x, {name: value for name, value in found.items() if value != plain[name]}


@lowering("onnx", "Conv")
def conv(op: Any, lo: Lowering) -> Any:
    """conv with the pads written out"""
    x, w, b = lo.operands(3)
    kernel = tuple(attr(op, "kernel_shape") or lo.shape(w)[2:])
    x, properties = window(op, lo, x, kernel)
    return lo.conv(x, w, b, groups=op.get("group"), **properties)


def pool(op: Any, lo: Lowering, x: SSAValue, outside: float | None = None) -> tuple[SSAValue, dict[str, Any]]:
    """x, padded where only the run knows how much, and what all pools have."""
    kernel = tuple(op.get("kernel_shape"))
    x, properties = window(op, lo, x, kernel, outside)
    return x, {"kernel": kernel, "ceil_mode": bool(attr(op, "ceil_mode", 0)), **properties}


@lowering("onnx", "MaxPool")
def max_pool(op: Any, lo: Lowering) -> Any:
    """max_pool, with indices where they are used"""
    (x,) = lo.operands(1)
    padded, properties = pool(op, lo, x, lowest(lo.dtype(x)))
    if not lo.wants(1):
        return lo.max_pool(padded, **properties)
    if padded is not x:
        lo.decline("the places of elements under auto_pad of an unknown size")
    return lo.max_pool_with_indices(x, storage_order=attr(op, "storage_order", 0), **properties)


@lowering("onnx", "AveragePool")
def average_pool(op: Any, lo: Lowering) -> Any:
    """avg_pool; where x is padded by an op of its own, the mean over the window divided by the share of it that is x"""
    (x,) = lo.operands(1)
    padded, properties = pool(op, lo, x)
    with_pads = bool(attr(op, "count_include_pad", 0))
    y = lo.avg_pool(padded, count_include_pad=with_pads, **properties)
    if padded is x or with_pads:
        return y
    ones = lo.add(lo.mul(x, lo.scalar(0, x)), lo.scalar(1, x))
    return lo.div(y, lo.avg_pool(pool(op, lo, ones)[0], **properties))


@lowering("onnx", "LpPool")
def lp_pool(op: Any, lo: Lowering) -> Any:
    """lp_pool; in version 1 p is a float and the kernel may be absent"""
    (x,) = lo.operands(1)
    x, properties = pool(op, lo, x)
    return lo.lp_pool(x, p=int(op.get("p")), **properties)


def spatial(lo: Lowering, x: SSAValue) -> tuple[int, ...]:
    """The axes behind batch and channel."""
    return tuple(range(2, lo.rank(x)))


@lowering("onnx", "GlobalAveragePool", "GlobalMaxPool")
def global_pool(op: Any, lo: Lowering) -> Any:
    """A reduction over the spatial axes"""
    (x,) = lo.operands(1)
    return lo.reduce(x, "mean" if "Average" in op.name else "max", spatial(lo, x))


@lowering("onnx", "GlobalLpPool")
def global_lp_pool(op: Any, lo: Lowering) -> Any:
    """(sum |x|^p)^(1/p) over the spatial axes"""
    (x,) = lo.operands(1)
    p = op.get("p")
    if p in (1, 2):
        return lo.reduce(x, f"l{int(p)}", spatial(lo, x))
    total = lo.reduce(lo.pow(lo.abs(x), lo.scalar(p, x)), "sum", spatial(lo, x))
    return lo.pow(total, lo.scalar(1 / p, x))


@lowering("onnx", "ConvTranspose")
def conv_transpose(op: Any, lo: Lowering) -> Any:
    """conv_transpose; pads that `output_shape` or `auto_pad` asks for are written out"""
    x, w, b = lo.operands(3)
    kernel = tuple(attr(op, "kernel_shape") or lo.shape(w)[2:])
    n = len(kernel)
    strides, dilations = tuple(attr(op, "strides") or (1,) * n), tuple(attr(op, "dilations") or (1,) * n)
    extra = tuple(attr(op, "output_padding") or (0,) * n)
    pads, mode, wanted = tuple(attr(op, "pads") or (0,) * (2 * n)), attr(op, "auto_pad", "NOTSET"), attr(op, "output_shape")
    if wanted is not None or mode in ("SAME_UPPER", "SAME_LOWER"):
        if min(kernel) < 0:
            lo.decline("pads of a filter whose size is not known")
        begins, ends = [], []
        for i in range(n):
            size = lo.shape(x)[2 + i]
            if size < 0 and wanted is not None:
                lo.decline("output_shape of an unknown size")
            full = strides[i] * (size - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1
            total = full - wanted[-n:][i] if wanted is not None else (kernel[i] - 1) * dilations[i] + 1 + extra[i] - strides[i]
            small = total // 2
            begins.append(small if mode == "SAME_UPPER" else total - small)
            ends.append(total - begins[-1])
        pads = (*begins, *ends)
    given = {"strides": strides, "dilations": dilations, "pads": pads, "out_pads": extra}
    plain = {"strides": (1,) * n, "dilations": (1,) * n, "pads": (0,) * (2 * n), "out_pads": (0,) * n}
    return lo.conv_transpose(x, w, b, groups=op.get("group"), **{k: v for k, v in given.items() if v != plain[k]})
