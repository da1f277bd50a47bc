"""Choosing among elements: unique ones, boxes, ends of sequences."""

from __future__ import annotations

import numpy as np

from inferir.core.ranges import check_range
from inferir.dialects.inference.host import host_function


@host_function("unique")
def unique(x: np.ndarray, axis: int | None = None, sorted: int = 1) -> tuple[np.ndarray, ...]:
    """ONNX Unique-11: the different elements (or slices along an axis), where each first stands, which each is, how many there are."""
    values, first, inverse, counts = np.unique(x, True, True, True, axis=axis)
    inverse = inverse.reshape(-1)
    if not sorted:
        order = np.argsort(first)
        rank = np.argsort(order)
        values = np.take(values, order, 0 if axis is None else axis)
        first, inverse, counts = first[order], rank[inverse], counts[order]
    return values, first, inverse, counts


@host_function("non_max_suppression")
def non_max_suppression(
    boxes: np.ndarray,
    scores: np.ndarray,
    most: np.ndarray | None = None,
    overlap: np.ndarray | None = None,
    least: np.ndarray | None = None,
    *,
    center_point_box: int,
) -> np.ndarray:
    """ONNX NonMaxSuppression-11: [batch, class, box] of the boxes that survive, best first."""
    limit = 0 if most is None else int(most.reshape(-1)[0])
    allowed = 0.0 if overlap is None else float(overlap.reshape(-1)[0])
    floor = None if least is None else float(least.reshape(-1)[0])
    if center_point_box:
        middle, half = boxes[..., :2], boxes[..., 2:] / 2
        corners = np.concatenate([middle - half, middle + half], axis=-1)[..., [1, 0, 3, 2]]
    else:
        corners = np.concatenate([np.minimum(boxes[..., :2], boxes[..., 2:]), np.maximum(boxes[..., :2], boxes[..., 2:])], axis=-1)
    out: list[tuple[int, int, int]] = []
    for batch, kind in np.ndindex(*scores.shape[:2]):
        kept: list[int] = []
        for box in np.argsort(-scores[batch, kind], kind="stable"):
            if len(kept) >= limit or (floor is not None and scores[batch, kind, box] <= floor):
                break
            if all(_overlap(corners[batch, box], corners[batch, k]) <= allowed for k in kept):
                kept.append(int(box))
        out += [(batch, kind, box) for box in kept]
    return np.array(out, np.int64).reshape(-1, 3)


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes (top, left, bottom, right)."""
    size = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    common = float(np.prod(size))
    whole = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / whole if whole > 0 else 0.0


@host_function("reverse_sequence")
def reverse_sequence(x: np.ndarray, lengths: np.ndarray, batch_axis: int, time_axis: int) -> np.ndarray:
    """The first elements of each sample in reverse."""
    check_range("length", lengths, 0, x.shape[time_axis] + 1)
    y = np.moveaxis(x, (batch_axis, time_axis), (0, 1)).copy()
    for sample, length in zip(y, lengths, strict=True):
        sample[: int(length)] = sample[: int(length)][::-1].copy()
    return np.moveaxis(y, (0, 1), (batch_axis, time_axis))


@host_function("tensor_scatter")
def tensor_scatter(cache: np.ndarray, update: np.ndarray, places: np.ndarray | None = None, *, axis: int, mode: str) -> np.ndarray:
    """ONNX TensorScatter-24: updates written at each sample's own place of the axis, round again under `circular`."""
    y = np.moveaxis(cache, axis, 1).copy()
    new = np.moveaxis(update, axis, 1)
    if places is not None and mode != "circular":
        check_range("write index", places, 0, y.shape[1] - new.shape[1] + 1)
    for sample in range(y.shape[0]):
        start = 0 if places is None else int(places[sample]) % max(y.shape[1], 1)
        at = np.arange(start, start + new.shape[1])
        y[sample, at % y.shape[1] if mode == "circular" else at] = new[sample]
    return np.moveaxis(y, 1, axis)


@host_function("random")
def random(*, kind: str, shape: tuple[int, ...], a: float, b: float, seed: float | None = None) -> np.ndarray:
    """Uniform numbers from a to b, or normal ones of mean a and deviation b; the same for the same seed."""
    generator = np.random.default_rng(None if seed is None else int(np.float32(seed).view(np.uint32)))
    return generator.uniform(a, b, shape) if kind == "uniform" else generator.normal(a, b, shape)


@host_function("random_like")
def random_like(x: np.ndarray, *, kind: str, a: float = 0.0, b: float = 1.0, seed: float | None = None) -> np.ndarray:
    """Random numbers in the shape of x; `bernoulli`: 1 with the probability that x says."""
    drawn = random(kind="uniform" if kind == "bernoulli" else kind, shape=x.shape, a=a, b=b, seed=seed)
    return drawn < x if kind == "bernoulli" else drawn


@host_function("multinomial")
def multinomial(x: np.ndarray, *, count: int, seed: float | None = None) -> np.ndarray:
    """Classes drawn by unnormalised log probabilities [B, classes]."""
    generator = np.random.default_rng(None if seed is None else int(np.float32(seed).view(np.uint32)))
    noise = generator.gumbel(size=(x.shape[0], count, x.shape[1]))
    return (x[:, None, :] + noise).argmax(axis=2)


@host_function("dropout")
def dropout(x: np.ndarray, ratio: np.ndarray | None, training: np.ndarray, *, seed: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """ONNX Dropout-22: in training mode elements become zero with probability `ratio`, the others grow; and which stayed."""
    share = 0.5 if ratio is None else float(ratio.reshape(-1)[0])
    if share == 0 or not training.any():
        return x, np.ones(x.shape, np.bool_)
    kept = np.random.RandomState(seed).uniform(0, 1, x.shape) >= share
    return kept * x / (1 - share), kept
