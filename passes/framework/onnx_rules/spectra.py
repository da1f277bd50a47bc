"""Fourier transforms of a known length, as products with a constant matrix: one tuned kernel instead of a call of the host.

A transform of n elements costs n^2 multiplications instead of n log n; at the lengths that audio models use (256 to 1,024) and one-sided
spectra that is what a generic FFT costs. Longer ones stay on the host.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr
from inferir.passes.framework.onnx_rules.host import of_rank

MOST_BYTES = 16 << 20
"""The largest matrix; beyond it the host's FFT is faster than reading it."""


def bins_of(n: int, onesided: bool) -> int:
    """How many elements the spectrum of n has."""
    return n // 2 + 1 if onesided else n


def fits(n: int, bins: int, parts: int) -> bool:
    """Whether the matrix of a transform is small enough."""
    return n > 0 and 4 * parts * n * 2 * bins <= MOST_BYTES


def matrix(n: int, bins: int, parts: int) -> np.ndarray:
    """[parts, n, bins, 2]: x[p, i] m[p, i, k, c] summed over p and i is the real (c = 0) and imaginary part of bin k.

    `parts`: 1 for real x, 2 for its real and imaginary part.
    """
    angle = 2 * np.pi * (np.outer(np.arange(n), np.arange(bins)) % n) / n
    cos, sin = np.cos(angle), np.sin(angle)
    rows = [np.stack([cos, -sin], -1), np.stack([sin, cos], -1)]
    return np.stack(rows[:parts])


@lowering("onnx", "DFT")
def dft(op: Any, lo: Lowering) -> Any:
    """A product with the Fourier matrix along the axis; the host function for an inverse, and for lengths that are not known or large.

    The axis is an attribute before version 20 and counts the batch."""
    x, length, axis = lo.operands(3)
    inverse, onesided = bool(op.get("inverse")), bool(op.get("onesided"))
    at = lo.ints(axis) if axis is not None else (int(attr(op, "axis", -2)),)
    wanted = lo.ints(length)
    shape = lo.shape(x)
    along = lo.axis(at[0], x) if at is not None else -1
    n = -1 if along < 0 or (length is not None and wanted is None) else wanted[0] if wanted is not None else shape[along]
    bins, parts, given = bins_of(n, onesided), shape[-1], shape[along] if along >= 0 else -1
    if parts not in (1, 2) or given < 0 or inverse or not fits(n, bins, parts):
        config = {"inverse": int(inverse), "onesided": int(onesided), "at": attr(op, "axis", -2)}
        return lo.host("dft", [x, length, axis], [of_rank(lo, x, len(shape))], **config)
    if given > n:
        x = lo.slice(x, starts=(0,), ends=(n,), axes=(along,))
    taken = min(given, n)
    weights = matrix(n, bins, parts)[:, :taken].swapaxes(0, 1).reshape(taken * parts, bins * 2)
    others = [a for a in range(len(shape) - 1) if a != along]
    rows = lo.transpose(x, permutation=(*others, along, len(shape) - 1))
    rows = lo.reshape(rows, *[(a,) for a in range(len(others))], taken * parts)
    y = lo.matmul(rows, lo.const(weights, lo.dtype(x)))
    y = lo.reshape(y, *[(a,) for a in range(len(others))], bins, 2)
    back = [len(others) if a == along else others.index(a) for a in range(len(shape) - 1)]
    return lo.transpose(y, permutation=(*back, len(shape) - 1))


@lowering("onnx", "STFT")
def stft(op: Any, lo: Lowering) -> Any:
    """A convolution with the windowed Fourier matrix, a stride for the step; the host function where step or frame are not constant.

    The signal is [batch, n], [batch, n, 1] or, complex, [batch, n, 2]; version 17 writes the first, too. Source: ONNX STFT-17."""
    x, step, window, length = lo.operands(4)
    onesided = bool(op.get("onesided"))
    if lo.rank(x) == 2:
        x = lo.unsqueeze(x, [2])
    hop, wanted = lo.ints(step), lo.ints(length)
    n = wanted[0] if wanted is not None else lo.shape(window)[0] if window is not None and length is None else -1
    bins, parts = bins_of(n, onesided), lo.shape(x)[2]
    if hop is None or parts not in (1, 2) or not fits(n, bins, parts):
        return lo.host("stft", [x, step, window, length], [of_rank(lo, x, 4)], onesided=int(onesided))
    y = lo.conv(lo.transpose(x, permutation=(0, 2, 1)), _filters(lo, x, window, matrix(n, bins, parts)), None, strides=(hop[0],))
    return lo.reshape(lo.transpose(y, permutation=(0, 2, 1)), (0,), (1,), bins, 2)


def _filters(lo: Lowering, x: SSAValue, window: SSAValue | None, fourier: np.ndarray) -> SSAValue:
    """[bins * 2, parts, n]: the matrix with each row of time scaled by the window, which may be computed at run time."""
    parts, n, bins, _ = fourier.shape
    filters = fourier.transpose(2, 3, 0, 1).reshape(bins * 2, parts, n)
    known = lo.array(window)
    if window is None or known is not None:
        return lo.const(filters if known is None else filters * known.astype(np.float64), lo.dtype(x))
    return lo.mul(lo.const(filters, lo.dtype(x)), window)
