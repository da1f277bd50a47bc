"""Sparse weights made dense. Source: SparsityParameters of schema.fbs, tflite/kernels/internal/utils/sparsity_format_converter.cc."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from inferir.core import InferError
from inferir.frontends.common.flatbuffer import FlatTable, numbers

MAX_BYTES = 1 << 28
"""The dense form of a sparse constant; more is refused, since the file need not hold as much."""
_VECTORS = {1: "Int32Vector", 2: "Uint16Vector", 3: "Uint8Vector"}


def densified(sparsity: FlatTable, shape: tuple[int, ...], data: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The dense tensor of a sparse one: dimensions in an order of their own, each dense or compressed, some of them blocks."""
    if math.prod(shape) * dtype.itemsize > MAX_BYTES or data.nbytes % dtype.itemsize:
        raise InferError(f"is sparse, {math.prod(shape) * dtype.itemsize} bytes when dense; the limit is {MAX_BYTES}")
    order, blocks = numbers(sparsity["traversal_order"]), numbers(sparsity["block_map"])
    levels: list[FlatTable] = sparsity["dim_metadata"]
    rank = len(shape)
    if sorted(order) != list(range(rank + len(blocks))) or len(levels) != len(order) or any(not 0 <= b < rank for b in blocks):
        raise InferError(f"is sparse with traversal order {list(order)} and block map {list(blocks)} for {rank} dimensions")
    places, values = _places(levels), data.view(dtype)
    if len(places) != len(values):
        raise InferError(f"is sparse with {len(values)} elements for {len(places)} places")
    sizes = _sizes(order, blocks, levels, shape)
    expanded = np.zeros((len(places), len(order)), np.int64)
    expanded[:, list(order)] = places
    index = expanded[:, :rank].copy()
    for block, axis in enumerate(blocks):
        index[:, axis] = index[:, axis] * sizes[block] + expanded[:, rank + block]
    if np.any(index < 0) or np.any(index >= np.array(shape)):
        raise InferError("is sparse with an index outside of its dimensions")
    dense = np.zeros(shape, dtype)
    dense[tuple(index.T)] = values
    return dense


def _sizes(order: Sequence[int], blocks: Sequence[int], levels: Sequence[FlatTable], shape: tuple[int, ...]) -> list[int]:
    """The size of each block."""
    by_dim = dict(zip(order, levels, strict=True))
    return [by_dim[len(shape) + b]["dense_size"] for b in range(len(blocks))]


def _places(levels: Sequence[FlatTable]) -> np.ndarray:
    """The index of every stored element along each level, [elements, levels]."""
    places = np.zeros((1, 0), np.int64)
    for level in levels:
        if level["format"] == 0:
            size = level["dense_size"]
            if size < 0 or len(places) * max(size, 1) * (places.shape[1] + 1) * 8 > MAX_BYTES:
                raise InferError(f"is sparse with a dense dimension of {size}")
            places = np.concatenate([np.repeat(places, size, 0), np.tile(np.arange(size), len(places))[:, None]], axis=1)
            continue
        segments, indices = _vector(level, "array_segments"), _vector(level, "array_indices")
        if len(segments) != len(places) + 1 or np.any(np.diff(segments) < 0) or segments[0] != 0 or segments[-1] != len(indices):
            raise InferError(f"is sparse with {len(segments)} segments for {len(places)} places and {len(indices)} indices")
        places = np.concatenate([np.repeat(places, np.diff(segments), 0), indices[:, None]], axis=1)
    return places


def _vector(level: FlatTable, field: str) -> np.ndarray:
    kind = level[f"{field}_type"]
    table = level.open_table(field, _VECTORS[kind]) if kind in _VECTORS else None
    if table is None:
        raise InferError(f"is sparse without {field}")
    return table["values"].astype(np.int64)
