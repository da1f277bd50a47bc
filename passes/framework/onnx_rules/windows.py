"""Operators that slide a window: convolution and pooling."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


def explicit_pads(op: Any, lo: Lowering, x: SSAValue, kernel: tuple[int, ...], ceil_mode: bool = False) -> tuple[int, ...]:
    """Pads as numbers, whatever `auto_pad` says. Source: ONNX Conv-22."""
    n = len(kernel)
    mode = attr(op, "auto_pad", "NOTSET")
    if mode in ("NOTSET", ""):
        return tuple(attr(op, "pads") or (0,) * (2 * n))
    if mode == "VALID":
        return (0,) * (2 * n)
    strides, dilations = attr(op, "strides") or (1,) * n, attr(op, "dilations") or (1,) * n
    begins, ends = [], []
    for size, k, s, d in zip(lo.shape(x)[2:], kernel, strides, dilations, strict=True):
        if size < 0 and s != 1:
            lo.decline(f"auto_pad {mode} of an unknown size with stride {s}")
        extent = (k - 1) * d + 1
        total = max(0, ((size + s - 1) // s - 1) * s + extent - size) if s != 1 else extent - 1
        small, large = total // 2, total - total // 2
        begins.append(small if mode == "SAME_UPPER" else large)
        ends.append(large if mode == "SAME_UPPER" else small)
    return (*begins, *ends)


def window(op: Any, lo: Lowering, x: SSAValue, kernel: tuple[int, ...]) -> dict[str, Any]:
    """strides, pads and dilations, left out where they are the default."""
    n = len(kernel)
    found = {
        "strides": tuple(attr(op, "strides") or (1,) * n),
        "pads": explicit_pads(op, lo, x, kernel),
        "dilations": tuple(attr(op, "dilations") or (1,) * n),
    }
    plain = {"strides": (1,) * n, "pads": (0,) * (2 * n), "dilations": (1,) * n}
    return {name: value for name, value in found.items() if value != plain[name]}


@lowering("onnx", "Conv")
def conv(op: Any, lo: Lowering) -> Any:
    """conv with the pads written out"""
    x, w, b = lo.operands(3)
    kernel = tuple(attr(op, "kernel_shape") or lo.shape(w)[2:])
    return lo.conv(x, w, b, groups=op.get("group"), **window(op, lo, x, kernel))


def pool(op: Any, lo: Lowering, x: SSAValue) -> dict[str, Any]:
    """What all pools have."""
    kernel = tuple(op.get("kernel_shape"))
    return {"kernel": kernel, "ceil_mode": bool(attr(op, "ceil_mode", 0)), **window(op, lo, x, kernel)}


@lowering("onnx", "MaxPool")
def max_pool(op: Any, lo: Lowering) -> Any:
    """max_pool, with indices where somebody uses them"""
    (x,) = lo.operands(1)
    if lo.wants(1):
        return lo.max_pool_with_indices(x, storage_order=attr(op, "storage_order", 0), **pool(op, lo, x))
    return lo.max_pool(x, **pool(op, lo, x))


@lowering("onnx", "AveragePool")
def average_pool(op: Any, lo: Lowering) -> Any:
    """avg_pool"""
    (x,) = lo.operands(1)
    return lo.avg_pool(x, count_include_pad=bool(attr(op, "count_include_pad", 0)), **pool(op, lo, x))


@lowering("onnx", "LpPool")
def lp_pool(op: Any, lo: Lowering) -> Any:
    """lp_pool; in version 1 p is a float and the kernel may be absent"""
    (x,) = lo.operands(1)
    return lo.lp_pool(x, p=int(op.get("p")), **pool(op, lo, x))


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
