"""Padding "SAME": as many positions as the input has elements over the stride, rounded up. Sources: ONNX Conv-22 (auto_pad), TensorFlow, TFLite."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import SSAValue

from inferir.passes.framework.lowering.tools import Lowering

Pads = tuple[int, ...] | SSAValue


def same_pads(lo: Lowering, x: SSAValue, axes: Sequence[int], strides: Sequence[int], extents: Sequence[int], upper: bool = True) -> Pads:
    """Begins, then ends, along some axes of x; where a size is dynamic, the pads of all axes of x as an i64 operand of inference.pad.

    `extents` are the sizes of the window with its dilations; under `upper` the odd element comes at the end.
    """
    sizes = [lo.shape(x)[a] for a in axes]
    if any(size < 0 and stride != 1 for size, stride in zip(sizes, strides, strict=True)):
        return _computed(lo, x, axes, strides, extents, upper)
    begins, ends = [], []
    for size, stride, extent in zip(sizes, strides, extents, strict=True):
        total = max(0, ((size + stride - 1) // stride - 1) * stride + extent - size) if stride != 1 else extent - 1
        small, large = total // 2, total - total // 2
        begins.append(small if upper else large)
        ends.append(large if upper else small)
    return (*begins, *ends)


def _computed(lo: Lowering, x: SSAValue, axes: Sequence[int], strides: Sequence[int], extents: Sequence[int], upper: bool) -> SSAValue:
    """max(0, (ceil(size / stride) - 1) * stride + extent - size), shared out between both sides."""
    first, count, rank = axes[0], len(axes), lo.rank(x)
    size, stride, one = lo.shape_of(x, start=first, end=first + count), lo.i64(strides), lo.i64([1] * count)
    last = lo.mul(lo.sub(lo.div(lo.add(size, lo.sub(stride, one)), stride), one), stride)
    total = lo.maximum(lo.sub(lo.add(last, lo.i64(extents)), size), lo.i64([0] * count))
    small = lo.div(total, lo.i64([2] * count))
    large = lo.sub(total, small)
    begins, ends = (small, large) if upper else (large, small)
    before = [lo.i64([0] * first)] if first else []
    behind = [lo.i64([0] * (rank - first - count))] if rank > first + count else []
    return lo.concat([*before, begins, *behind, *before, ends, *behind], axis=0)


def transposed_pads(
    lo: Lowering, sizes: tuple[Sequence[int], Sequence[int]], kernel: Sequence[int], strides: Sequence[int], same: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Pads and out_pads of a transposed convolution that gives (`sizes`: result, input) so many elements; `same`: as a padded one gave the input."""
    begins, extra = [], []
    for size, here, k, stride in zip(*sizes, kernel, strides, strict=True):
        if here < 0:
            lo.decline("the size of its input is dynamic")
        full = (here - 1) * stride + k
        total = max(full - size, 0) if same else 0
        begins.append(total // 2)
        extra.append(size - (full - total // 2))
    return (*begins, *(max(-e, 0) for e in extra)), tuple(max(e, 0) for e in extra)
