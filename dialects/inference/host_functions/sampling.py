"""Sampling images at computed places."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from inferir.core.ranges import check_range, checked_shape
from inferir.dialects.inference.host import host_function


def _reflected(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Mirrored at the borders until it lies between them."""
    span = high - low
    if span == 0:
        return np.full_like(x, low)
    far = np.abs(x - low)
    turned = far - np.floor(far / (2 * span)) * (2 * span)
    return np.where(turned > span, 2 * span - turned, turned) + low


def _cubic(t: np.ndarray, a: float = -0.75) -> list[np.ndarray]:
    """Keys' weights of the four neighbours at distance t from the second."""
    inner = [((a + 2) * d - (a + 3)) * d * d + 1 for d in (t, 1 - t)]
    outer = [((a * d - 5 * a) * d + 8 * a) * d - 4 * a for d in (t + 1, 2 - t)]
    return [outer[0], inner[0], inner[1], outer[1]]


@host_function("grid_sample")
def grid_sample(x: np.ndarray, grid: np.ndarray, mode: str, padding_mode: str, align_corners: int) -> np.ndarray:
    """ONNX GridSample-22: x [N, C, *spatial] at the places of grid [N, *out, n], from -1 to 1, last axis first."""
    sizes = x.shape[2:]
    axes = len(sizes)
    weights: list[list[np.ndarray]] = []
    places: list[list[np.ndarray]] = []
    masks: list[list[np.ndarray]] = []
    for axis, size in enumerate(sizes):
        at = grid[..., axes - 1 - axis].astype(np.float32)
        at = (at + 1) / 2 * (size - 1) if align_corners else ((at + 1) * size - 1) / 2
        low, high = (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)
        at = np.rint(at) if mode == "nearest" else at
        if padding_mode == "border":
            at = np.where((at < low) | (at > high), np.clip(at, 0, size - 1), at)
        elif padding_mode == "reflection":
            at = np.where((at < low) | (at > high), _reflected(at, low, high), at)
        first = np.floor(at)
        if mode == "nearest":
            taps, w = [at], [np.ones_like(at)]
        elif mode == "linear":
            taps, w = [first, first + 1], [1 - (at - first), at - first]
        else:
            taps, w = [first + i for i in (-1, 0, 1, 2)], _cubic(at - first)
        inside = [(t >= 0) & (t < size) if padding_mode == "zeros" else np.ones_like(t, np.bool_) for t in taps]
        if padding_mode == "reflection":
            taps = [np.where((t < low) | (t > high), np.trunc(_reflected(t, low, high)), t) for t in taps]
        places.append([np.clip(np.nan_to_num(t), 0, size - 1).astype(np.int64) for t in taps])
        weights.append(w)
        masks.append(inside)
    batch = np.arange(x.shape[0]).reshape([-1] + [1] * (grid.ndim - 2))
    y = np.zeros((x.shape[0], *grid.shape[1:-1], x.shape[1]), np.float64)
    for tap in itertools.product(*(range(len(p)) for p in places)):
        value = x[(batch, slice(None), *(places[a][t] for a, t in enumerate(tap)))]
        inside = np.all([masks[a][t] for a, t in enumerate(tap)], axis=0)
        weight = np.where(inside, np.prod([weights[a][t] for a, t in enumerate(tap)], axis=0), 0)
        y += np.where((weight == 0)[..., None], 0, value * weight[..., None])
    return np.moveaxis(y, -1, 1).astype(x.dtype)


@host_function("affine_grid")
def affine_grid(theta: np.ndarray, size: np.ndarray, align_corners: int) -> np.ndarray:
    """ONNX AffineGrid-20: the grid of an image of `size` transformed by theta [N, n, n + 1]."""
    lines = []
    for count in checked_shape(size, theta.itemsize)[2:]:
        line = np.linspace(-1, 1, count) if align_corners else (np.arange(count) * 2 + 1) / count - 1
        lines.append(line)
    grid = np.stack([*reversed(np.meshgrid(*lines, indexing="ij")), np.ones([len(v) for v in lines])], axis=-1)
    return np.einsum("nij,...j->n...i", theta, grid.astype(theta.dtype))


def _bilinear(image: np.ndarray, y: float, x: float, mode: str) -> np.ndarray:
    """image [C, H, W] at a place; zero outside by more than one element. `max` takes the largest weighted neighbour."""
    h, w = image.shape[1:]
    if y < -1 or y > h or x < -1 or x > w:
        return np.zeros(image.shape[0], image.dtype)
    if np.isnan(y + x):
        return np.full(image.shape[0], np.nan, image.dtype)
    y, x = max(y, 0.0), max(x, 0.0)
    y0, x0 = min(int(y), h - 1), min(int(x), w - 1)
    y1, x1 = min(y0 + 1, h - 1), min(x0 + 1, w - 1)
    dy, dx = (0.0 if y0 == h - 1 else y - y0), (0.0 if x0 == w - 1 else x - x0)
    corners = np.stack(
        [
            image[:, y0, x0] * ((1 - dy) * (1 - dx)),
            image[:, y0, x1] * ((1 - dy) * dx),
            image[:, y1, x0] * (dy * (1 - dx)),
            image[:, y1, x1] * (dy * dx),
        ]
    )
    return corners.max(0) if mode == "max" else corners.sum(0)


LEAST_SAMPLES, MOST_SAMPLES = -(1 << 62), 4097
"""Range of the samples of RoiAlign along a bin (none where not positive): more would be a region far larger than any image."""


@host_function("roi_align")
def roi_align(
    x: np.ndarray, rois: np.ndarray, batch: np.ndarray, *, height: int, width: int, ratio: int, scale: float, mode: str, half_pixel: int
) -> np.ndarray:
    """ONNX RoiAlign-22: each region of interest averaged (or its maximum) on a grid of bins."""
    check_range("batch index", batch, 0, len(x))
    out = np.zeros((len(rois), x.shape[1], height, width), x.dtype)
    shift = 0.5 if half_pixel else 0.0
    for number, (roi, image) in enumerate(zip(rois, batch, strict=True)):
        left, top, right, bottom = (float(v) * scale - shift for v in roi)
        tall, wide = bottom - top, right - left
        if not half_pixel:
            tall, wide = max(tall, 1.0), max(wide, 1.0)
        bin_h, bin_w = tall / height, wide / width
        rows = ratio if ratio > 0 else int(np.ceil(tall / height))
        columns = ratio if ratio > 0 else int(np.ceil(wide / width))
        check_range("samples along a bin", [rows, columns], LEAST_SAMPLES, MOST_SAMPLES)
        for i, j in np.ndindex(height, width):
            samples = [
                _bilinear(x[int(image)], top + i * bin_h + (r + 0.5) * bin_h / rows, left + j * bin_w + (c + 0.5) * bin_w / columns, mode)
                for r in range(rows)
                for c in range(columns)
            ]
            if samples:
                out[number, :, i, j] = np.max(samples, axis=0) if mode == "max" else np.mean(samples, axis=0)
    return out


@host_function("max_roi_pool")
def max_roi_pool(x: np.ndarray, rois: np.ndarray, *, pooled: tuple[int, ...], scale: float) -> np.ndarray:
    """ONNX MaxRoiPool-22: the maximum of each bin of each region of interest."""
    check_range("batch index", np.trunc(rois[:, 0]), 0, len(x))
    height, width = pooled
    out = np.zeros((len(rois), x.shape[1], height, width), x.dtype)
    for number, (image, *box) in enumerate(rois):
        left, top, right, bottom = (int(np.floor(float(v) * scale + 0.5)) for v in box)
        tall, wide = max(bottom - top + 1, 1), max(right - left + 1, 1)
        for i, j in np.ndindex(height, width):
            y0, y1 = (int(np.clip(v + top, 0, x.shape[2])) for v in (np.floor(i * tall / height), np.ceil((i + 1) * tall / height)))
            x0, x1 = (int(np.clip(v + left, 0, x.shape[3])) for v in (np.floor(j * wide / width), np.ceil((j + 1) * wide / width)))
            if y1 > y0 and x1 > x0:
                out[number, :, i, j] = x[int(image), :, y0:y1, x0:x1].max(axis=(1, 2))
    return out


@host_function("deform_conv")
def deform_conv(
    x: np.ndarray,
    w: np.ndarray,
    offset: np.ndarray,
    bias: np.ndarray | None = None,
    mask: np.ndarray | None = None,
    *,
    strides: tuple[int, ...],
    pads: tuple[int, ...],
    dilations: tuple[int, ...],
    groups: int,
    offset_groups: int,
) -> np.ndarray:
    """ONNX DeformConv-22: a convolution whose every tap reads at a place of its own."""
    kernel, positions = w.shape[2:], offset.shape[2:]
    n, axes = x.shape[0], len(w.shape[2:])
    each = x.shape[1] // offset_groups
    taps = int(np.prod(kernel))
    shifts = offset.reshape(n, offset_groups, taps, axes, *positions)
    gains = np.ones((n, offset_groups, taps, *positions), x.dtype) if mask is None else mask.reshape(n, offset_groups, taps, *positions)
    columns = np.zeros((n, x.shape[1], taps, *positions), x.dtype)
    starts = np.stack(
        np.meshgrid(*(np.arange(p) * s - b for p, s, b in zip(positions, strides, pads[:axes], strict=True)), indexing="ij"), axis=-1
    )
    sizes = np.array(x.shape[2:])
    for tap, place in enumerate(np.ndindex(*kernel)):
        base = starts + np.array([t * d for t, d in zip(place, dilations, strict=True)])
        for group in range(offset_groups):
            at = base + np.moveaxis(shifts[:, group, tap], 1, -1)
            unit = 2 * at / np.maximum(sizes - 1, 1) - 1
            part = x[:, group * each : (group + 1) * each]
            value = grid_sample(part, unit[..., ::-1], "linear", "zeros", 1)
            columns[:, group * each : (group + 1) * each, tap] = value * gains[:, group, tap][:, None]
    inner, outer = x.shape[1] // groups, w.shape[0] // groups
    y = np.zeros((n, w.shape[0], *positions), x.dtype)
    for group in range(groups):
        filters = w[group * outer : (group + 1) * outer].reshape(outer, inner, taps)
        y[:, group * outer : (group + 1) * outer] = np.einsum("ock,nck...->no...", filters, columns[:, group * inner : (group + 1) * inner])
    return y if bias is None else y + bias.reshape(-1, *[1] * axes)


@host_function("col2im")
def col2im(
    x: np.ndarray,
    image: np.ndarray,
    block: np.ndarray,
    *,
    strides: Sequence[int] | None = None,
    pads: Sequence[int] | None = None,
    dilations: Sequence[int] | None = None,
) -> np.ndarray:
    """ONNX Col2Im-18: columns of blocks added back into images."""
    n = len(image)
    strides, pads, dilations = strides or (1,) * n, pads or (0,) * (2 * n), dilations or (1,) * n
    sizes, kernel = [int(v) for v in image], [int(v) for v in block]
    full = [s + pads[i] + pads[n + i] for i, s in enumerate(sizes)]
    counts = [(f - d * (k - 1) - 1) // s + 1 for f, d, k, s in zip(full, dilations, kernel, strides, strict=True)]
    columns = x.reshape(x.shape[0], -1, *checked_shape((*kernel, *counts)))
    y = np.zeros(checked_shape((x.shape[0], columns.shape[1], *full), x.itemsize), x.dtype)
    for tap in np.ndindex(*kernel):
        place = tuple(slice(t * d, t * d + (c - 1) * s + 1, s) for t, d, c, s in zip(tap, dilations, counts, strides, strict=True))
        y[(slice(None), slice(None), *place)] += columns[(slice(None), slice(None), *tap)]
    return y[(slice(None), slice(None), *(slice(pads[i], pads[i] + s) for i, s in enumerate(sizes)))]


@host_function("max_unpool")
def max_unpool(
    x: np.ndarray,
    indices: np.ndarray,
    shape: np.ndarray | None = None,
    *,
    kernel: tuple[int, ...],
    strides: tuple[int, ...],
    pads: tuple[int, ...],
) -> np.ndarray:
    """ONNX MaxUnpool-22: every maximum back at its place, zeros elsewhere."""
    n = len(kernel)
    own = [(s - 1) * t + k - pads[i] - pads[n + i] for i, (s, t, k) in enumerate(zip(x.shape[2:], strides, kernel, strict=True))]
    inferred = (*x.shape[:2], *own)
    y = np.zeros(int(np.prod(inferred)), x.dtype)
    check_range("index", indices, 0, y.size)
    y[indices.reshape(-1)] = x.reshape(-1)
    y = y.reshape(inferred)
    if shape is None:
        return y
    whole = np.zeros(checked_shape(shape, x.itemsize), x.dtype)
    whole[tuple(slice(0, s) for s in inferred)] = y
    return whole
