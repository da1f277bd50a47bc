"""Classic machine learning: linear models, encoders (ai.onnx.ml)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from inferir.dialects.inference.activation import softmax_of
from inferir.dialects.inference.host import host_function
from inferir.dialects.inference.host_functions.text import texts


@host_function("label_encode")
def label_encode(x: np.ndarray, keys: Sequence[Any], values: Sequence[Any], default: Any) -> np.ndarray:
    """Each element by a table, of equal keys by the first; the default where the table does not have it. NaN is a key as any other."""
    table: dict[Any, Any] = {}
    for k, v in zip(keys, values, strict=True):
        table.setdefault(_key(k), v)
    flat = texts(x).reshape(-1).tolist() if x.dtype.kind in "OUST" else x.reshape(-1).tolist()
    found = [table.get(_key(v), default) for v in flat]
    kind = object if isinstance(default, str) else np.asarray(default).dtype
    return np.array(found, kind).reshape(x.shape)


def _key(value: Any) -> Any:
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def transformed(scores: np.ndarray, transform: str) -> np.ndarray:
    """Scores after ai.onnx.ml's post transform."""
    match transform.upper():
        case "SOFTMAX":
            return softmax_of(scores, -1)
        case "SOFTMAX_ZERO":
            e = np.where(scores == 0, 0, np.exp(scores - scores.max(axis=-1, keepdims=True)))
            return e / np.maximum(e.sum(axis=-1, keepdims=True), np.finfo(np.float32).tiny)
        case "LOGISTIC":
            return 1 / (1 + np.exp(-scores))
        case "PROBIT":
            return np.sqrt(2) * _inverse_erf(2 * scores - 1)
    return scores


def _inverse_erf(x: np.ndarray) -> np.ndarray:
    """Winitzki's approximation, as runtimes compute it."""
    log = np.log((1 - x) * (1 + x))
    v = 2 / (np.pi * 0.147) + 0.5 * log
    return np.sign(x) * np.sqrt(-v + np.sqrt(v * v - log / 0.147))


def labels_of(labels: Sequence[Any]) -> np.ndarray:
    """Labels as an array of strings or integers."""
    return np.array(list(labels), object if labels and isinstance(labels[0], str) else np.int64)


@host_function("one_hot_encoder")
def one_hot_encoder(x: np.ndarray, categories: Sequence[Any]) -> np.ndarray:
    """One column per category."""
    flat = texts(x) if x.dtype.kind in "OUST" else x
    return np.stack([np.asarray(flat == c, np.float32) for c in categories], axis=-1)
