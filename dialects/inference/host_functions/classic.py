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
    """Each element by a table; the default where the table does not have it. NaN is a key as any other."""
    table = {_key(k): v for k, v in zip(keys, values, strict=True)}
    flat = texts(x).reshape(-1).tolist() if x.dtype.kind in "OUST" else x.reshape(-1).tolist()
    found = [table.get(_key(v), default) for v in flat]
    kind = object if isinstance(default, str) else np.asarray(default).dtype
    return np.array(found, kind).reshape(x.shape)


def _key(value: Any) -> Any:
    return "nan" if isinstance(value, float) and math.isnan(value) else value


@host_function("array_features")
def array_features(x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Columns of the last dimension."""
    out = x[..., places.reshape(-1)]
    return out.reshape(1, -1) if x.ndim == 1 else out


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


@host_function("linear_regressor")
def linear_regressor(
    x: np.ndarray, coefficients: Sequence[float], intercepts: Sequence[float] | None = None, targets: int = 1, transform: str = "NONE"
) -> np.ndarray:
    """x coefficients^T + intercepts"""
    y = x.astype(np.float32) @ np.array(coefficients, np.float32).reshape(targets, -1).T
    return transformed(y if intercepts is None else y + np.array(intercepts, np.float32), transform)


@host_function("linear_classifier")
def linear_classifier(
    x: np.ndarray, coefficients: Sequence[float], intercepts: Sequence[float], labels: Sequence[Any], transform: str = "NONE"
) -> tuple[np.ndarray, np.ndarray]:
    """The label of the best score, and the scores; one row of coefficients decides between two labels."""
    offsets = np.array(intercepts, np.float32)
    scores = x.astype(np.float32) @ np.array(coefficients, np.float32).reshape(len(offsets), -1).T + offsets
    if scores.shape[1] == 1 and len(labels) == 2:
        scores = np.concatenate([1 - scores if transform == "NONE" else -scores, scores], axis=1)
        best = (scores[:, 1] > (0.5 if transform == "NONE" else 0)).astype(np.int64)
    else:
        best = scores.argmax(axis=1)
    return labels_of(labels)[best], transformed(scores, transform)


def labels_of(labels: Sequence[Any]) -> np.ndarray:
    """Labels as an array of strings or integers."""
    return np.array(list(labels), object if labels and isinstance(labels[0], str) else np.int64)


@host_function("imputer")
def imputer(x: np.ndarray, values: Sequence[float], replaced: float) -> np.ndarray:
    """Missing values replaced by one per column."""
    missing = np.isnan(x) if isinstance(replaced, float) and math.isnan(replaced) else x == replaced
    return np.where(missing, np.array(values), x)


@host_function("normalizer")
def normalizer(x: np.ndarray, norm: str) -> np.ndarray:
    """Rows divided by their norm."""
    size = {"MAX": lambda v: v.max(axis=-1), "L1": lambda v: np.abs(v).sum(axis=-1), "L2": lambda v: np.sqrt((v * v).sum(axis=-1))}[norm](x)
    size = np.asarray(size)[..., None]
    return np.where(size == 0, x, x / np.where(size == 0, 1, size))


@host_function("one_hot_encoder")
def one_hot_encoder(x: np.ndarray, categories: Sequence[Any]) -> np.ndarray:
    """One column per category."""
    flat = texts(x) if x.dtype.kind in "OUST" else x
    return np.stack([np.asarray(flat == c, np.float32) for c in categories], axis=-1)
