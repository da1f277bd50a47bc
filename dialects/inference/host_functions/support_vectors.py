"""Support vector machines and dictionaries of features (ai.onnx.ml)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from inferir.dialects.inference.host import host_function
from inferir.dialects.inference.host_functions.classic import labels_of, transformed
from inferir.dialects.inference.host_functions.text import texts


def kernel(x: np.ndarray, vectors: np.ndarray, kind: str, parameters: Sequence[float] | None) -> np.ndarray:
    """[rows, vectors]: how near each row is to each vector. parameters: gamma, coef0, degree."""
    gamma, offset, degree = parameters or (0.0, 0.0, 0.0)
    if kind == "RBF":
        return np.exp(-gamma * ((x[:, None] - vectors[None]) ** 2).sum(axis=-1))
    product = x @ vectors.T
    match kind:
        case "POLY":
            return (gamma * product + offset) ** degree
        case "SIGMOID":
            return np.tanh(gamma * product + offset)
    return product


@host_function("svm_regressor")
def svm_regressor(
    x: np.ndarray,
    coefficients: Sequence[float],
    rho: Sequence[float],
    count: int,
    kind: str,
    transform: str,
    one_class: int,
    vectors: Sequence[float] | None = None,
    parameters: Sequence[float] | None = None,
) -> np.ndarray:
    """ai.onnx.ml SVMRegressor-1; without vectors the coefficients are one vector."""
    x, weights = x.astype(np.float32), np.array(coefficients, np.float32)
    if count > 0:
        y = kernel(x, np.array(vectors, np.float32).reshape(count, -1), kind, parameters) @ weights + np.float32(rho[0])
    else:
        y = kernel(x, weights.reshape(1, -1), kind, parameters)[:, 0] + np.float32(rho[0])
    y = np.where(y > 0, 1, -1).astype(np.float32) if one_class else y
    return transformed(y.reshape(-1, 1), transform)


@host_function("svm_classifier")
def svm_classifier(
    x: np.ndarray,
    coefficients: Sequence[float],
    rho: Sequence[float],
    labels: Sequence[Any],
    kind: str,
    transform: str,
    vectors: Sequence[float] | None = None,
    counts: Sequence[int] | None = None,
    parameters: Sequence[float] | None = None,
    prob_a: Sequence[float] | None = None,
    prob_b: Sequence[float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """ai.onnx.ml SVMClassifier-1: every two classes vote, as libsvm has it; without vectors a linear score per class."""
    x, classes = x.astype(np.float32), len(labels)
    positive = min(coefficients) >= 0
    if not counts:
        weights = np.array(coefficients, np.float32).reshape(classes, -1)
        scores = kernel(x, weights, "LINEAR", None) + np.float32(rho[0])
        best, strength = scores.argmax(axis=1), scores.max(axis=1)
    else:
        scores, votes = _duels(x, coefficients, rho, kind, vectors, counts, parameters)
        if prob_a:
            scores = np.array([_probabilities(row, classes, prob_a, prob_b or ()) for row in scores], np.float32)
        best, strength = votes.argmax(axis=1), votes.max(axis=1)
    if len(rho) == 1 and classes == 2 and not prob_a and positive:
        best = np.where(strength >= 0.5, 1, best)
    return labels_of(labels)[best], _written(scores, transform, classes == 2 and len(rho) == 1)


def _duels(
    x: np.ndarray, coefficients: Any, rho: Any, kind: str, vectors: Any, counts: Any, parameters: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The score of every pair of classes, and how many pairs each class wins."""
    total, classes = sum(counts), len(counts)
    near = kernel(x, np.array(vectors, np.float32).reshape(total, -1), kind, parameters)
    weights = np.array(coefficients, np.float32).reshape(-1, total)
    ends = np.cumsum(counts)
    own = [slice(int(e - c), int(e)) for e, c in zip(ends, counts, strict=True)]
    votes, scores = np.zeros((len(x), classes), np.float32), []
    for i in range(classes):
        for j in range(i + 1, classes):
            score = near[:, own[i]] @ weights[j - 1, own[i]] + near[:, own[j]] @ weights[i, own[j]] + np.float32(rho[len(scores)])
            scores.append(score)
            votes[:, i] += score > 0
            votes[:, j] += score <= 0
    return np.stack(scores, axis=1).astype(np.float32), votes


def _probabilities(scores: np.ndarray, classes: int, prob_a: Sequence[float], prob_b: Sequence[float]) -> np.ndarray:
    """Probabilities of the classes from those of the pairs. Source: Wu, Lin and Weng, 2004, as libsvm computes it."""
    pairs = np.zeros((classes, classes))
    order = [(i, j) for i in range(classes) for j in range(i + 1, classes)]
    for (i, j), score, a, b in zip(order, scores, prob_a, prob_b, strict=True):
        pairs[i, j] = np.clip(1 - 1 / (1 + np.exp(-(score * a + b))), 1e-7, 1 - 1e-7)
        pairs[j, i] = 1 - pairs[i, j]
    q = -pairs.T * pairs
    np.fill_diagonal(q, (pairs**2).sum(axis=0))
    p = np.full(classes, 1 / classes)
    for _ in range(max(100, classes)):
        qp = q @ p
        whole = p @ qp
        if np.max(np.abs(qp - whole)) < 0.005 / classes:
            break
        for t in range(classes):
            step = (whole - qp[t]) / q[t, t]
            p[t] += step
            whole = (whole + step * (step * q[t, t] + 2 * qp[t])) / (1 + step) ** 2
            p /= 1 + step
            qp = (qp + step * q[t]) / (1 + step)
    return p


def _written(scores: np.ndarray, transform: str, two: bool) -> np.ndarray:
    """The scores as they are given out: a single one as a pair."""
    if scores.shape[1] == 1 and two and transform != "PROBIT":
        scores = np.concatenate([-scores, scores], axis=1)
    return transformed(scores, transform).astype(np.float32)


@host_function("zip_map")
def zip_map(x: np.ndarray, labels: Sequence[Any]) -> list[dict[Any, Any]]:
    """A dictionary per row: what each label has."""
    rows = x.reshape(1, -1) if x.ndim == 1 else x
    return [dict(zip(labels, row, strict=True)) for row in rows]


@host_function("cast_map")
def cast_map(x: Mapping[int, Any], form: str, size: int, to: str) -> np.ndarray:
    """The values by ascending key; SPARSE puts each at the place that is its key."""
    kind: Any = {"TO_FLOAT": np.float32, "TO_INT64": np.int64}.get(to, object)
    values = {k: str(v) if kind is object else kind(v) for k, v in x.items()}
    keys = range(size) if form == "SPARSE" else sorted(values)
    blank = "" if kind is object else 0
    return np.array([[values.get(k, blank) for k in keys]], kind)


@host_function("dict_vectorizer")
def dict_vectorizer(x: Mapping[Any, Any], vocabulary: Sequence[Any]) -> np.ndarray:
    """The value of every word of the vocabulary, nothing for what is missing."""
    sample = next(iter(x.values()), 0.0)
    kind = object if isinstance(sample, str) else np.asarray(sample).dtype
    return np.array([[x.get(word, "" if kind is object else 0) for word in vocabulary]], kind)


@host_function("category_map")
def category_map(x: np.ndarray, names: Sequence[str], numbers: Sequence[int], default_name: str, default_number: int) -> np.ndarray:
    """Names as numbers, numbers as names."""
    if x.dtype.kind in "OUST":
        table = dict(zip(names, numbers, strict=True))
        return np.array([table.get(v, default_number) for v in texts(x).reshape(-1)], np.int64).reshape(x.shape)
    back = dict(zip(numbers, names, strict=True))
    return np.array([back.get(int(v), default_name) for v in x.reshape(-1)], object).reshape(x.shape)
