"""Classic machine learning: decision trees, linear models, encoders (ai.onnx.ml)."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from inferir.dialects.inference.activation import softmax_of
from inferir.dialects.inference.host import host_function
from inferir.dialects.inference.host_functions.text import texts

_MODES = (operator.le, operator.lt, operator.ge, operator.gt, operator.eq, operator.ne)
_MODE_NAMES = {"BRANCH_LEQ": 0, "BRANCH_LT": 1, "BRANCH_GTE": 2, "BRANCH_GT": 3, "BRANCH_EQ": 4, "BRANCH_NEQ": 5, "BRANCH_MEMBER": 6}
_MEMBER = 6


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


class Forest:
    """Trees as arrays: feature, mode, value, children; a leaf has (target, weight) pairs."""

    def __init__(self, modes: Sequence[int], features: Sequence[int], values: Sequence[Any], missing: Sequence[int] | None):
        self.modes, self.features, self.values = modes, features, values
        self.missing = missing or (0,) * len(modes)

    def goes_true(self, node: int, row: np.ndarray) -> bool:
        """Which branch a row takes."""
        value = row[self.features[node]]
        if np.isnan(value):
            return bool(self.missing[node])
        mode = self.modes[node]
        return float(value) in self.values[node] if mode == _MEMBER else bool(_MODES[mode](value, self.values[node]))


def aggregated(rows: list[list[tuple[int, float]]], targets: int, how: str, trees: int, base: Sequence[float] | None = None) -> np.ndarray:
    """Leaf weights of all trees by target: SUM, AVERAGE, MIN, MAX."""
    start = {"MIN": np.inf, "MAX": -np.inf}.get(how, 0.0)
    out = np.full((len(rows), targets), start, np.float64)
    for target, pairs in zip(out, rows, strict=True):
        for place, weight in pairs:
            if how in ("MIN", "MAX"):
                target[place] = (min if how == "MIN" else max)(target[place], weight)
            else:
                target[place] += weight
    out = np.where(np.isinf(out), 0, out) if how in ("MIN", "MAX") else out / trees if how == "AVERAGE" else out
    return out if base is None else out + np.array(base)


@host_function("tree_ensemble")
def tree_ensemble(
    x: np.ndarray,
    *,
    modes: Sequence[int],
    features: Sequence[int],
    splits: Sequence[float],
    true_ids: Sequence[int],
    false_ids: Sequence[int],
    true_leaves: Sequence[int],
    false_leaves: Sequence[int],
    targets: Sequence[int],
    weights: Sequence[float],
    roots: Sequence[int],
    count: int,
    aggregate: int,
    transform: int,
    missing: Sequence[int] | None = None,
    members: Sequence[float] | None = None,
) -> np.ndarray:
    """ai.onnx.ml TreeEnsemble-5."""
    sets: list[set[float]] = [set()]
    for value in members or ():
        if math.isnan(value):
            sets.append(set())
        else:
            sets[-1].add(float(value))
    order = iter(sets)
    values: list[Any] = [float(s) for s in splits]
    todo = list(reversed(roots))
    while todo:
        node = todo.pop()
        values[node] = next(order) if modes[node] == _MEMBER else values[node]
        todo += [c for c, leaf in ((false_ids[node], false_leaves[node]), (true_ids[node], true_leaves[node])) if not leaf]
    forest = Forest(modes, features, values, missing)
    rows = []
    for row in x:
        pairs = []
        for root in roots:
            node, leaf = root, bool(true_leaves[root] and false_leaves[root] and true_ids[root] == false_ids[root])
            while not leaf:
                true = forest.goes_true(node, row)
                node, leaf = (true_ids[node], true_leaves[node]) if true else (false_ids[node], false_leaves[node])
            pairs.append((targets[node], weights[node]))
        rows.append(pairs)
    out = aggregated(rows, count, ("AVERAGE", "SUM", "MIN", "MAX")[aggregate], len(roots))
    return transformed(out, ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")[transform])


def _old_forest(
    x: np.ndarray,
    nodes: dict[str, Any],
    leaf_trees: Sequence[int],
    leaf_nodes: Sequence[int],
    targets: Sequence[int],
    weights: Sequence[float],
) -> tuple[list[list[tuple[int, float]]], int]:
    """Trees as versions 1 and 3 have them: nodes by (tree, id)."""
    place = {key: i for i, key in enumerate(zip(nodes["trees"], nodes["ids"], strict=True))}
    leaves: dict[int, list[tuple[int, float]]] = {}
    for tree, node, target, weight in zip(leaf_trees, leaf_nodes, targets, weights, strict=True):
        leaves.setdefault(place[tree, node], []).append((target, weight))
    modes = [_MODE_NAMES.get(m, -1) for m in nodes["modes"]]
    forest = Forest(modes, nodes["features"], [np.float32(v) for v in nodes["values"]], nodes["missing"])
    roots = [place[tree, min(n for t, n in place if t == tree)] for tree in dict.fromkeys(nodes["trees"])]
    rows = []
    for row in x:
        pairs = []
        for root in roots:
            node = root
            while modes[node] >= 0:
                children = nodes["true"] if forest.goes_true(node, row) else nodes["false"]
                node = place[nodes["trees"][node], children[node]]
            pairs += leaves.get(node, [])
        rows.append(pairs)
    return rows, len(roots)


@host_function("tree_regressor")
def tree_regressor(
    x: np.ndarray,
    *,
    leaf_trees: Any,
    leaf_nodes: Any,
    targets: Any,
    weights: Any,
    count: int,
    aggregate: str,
    transform: str,
    base: Any = None,
    **nodes: Any,
) -> np.ndarray:
    """ai.onnx.ml TreeEnsembleRegressor-3."""
    rows, trees = _old_forest(x, {"missing": None} | nodes, leaf_trees, leaf_nodes, targets, weights)
    return transformed(aggregated(rows, count, aggregate, trees, base), transform)


@host_function("tree_classifier")
def tree_classifier(
    x: np.ndarray,
    *,
    leaf_trees: Any,
    leaf_nodes: Any,
    targets: Any,
    weights: Any,
    labels: Any,
    transform: str,
    base: Any = None,
    **nodes: Any,
) -> tuple[np.ndarray, np.ndarray]:
    """ai.onnx.ml TreeEnsembleClassifier-3; leaves for one class decide between two."""
    rows, trees = _old_forest(x, {"missing": None} | nodes, leaf_trees, leaf_nodes, targets, weights)
    scores = aggregated(rows, len(labels), "SUM", trees, base if base and len(base) == len(labels) else None)
    if len(labels) == 2 and len(set(targets)) == 1:
        one = scores[:, targets[0]] + (base[0] if base and len(base) == 1 else 0)
        logistic = transform not in ("NONE", "PROBIT")
        scores = np.stack([-one if logistic else 1 - one, one], axis=1)
        best = (one > (0 if logistic else 0.5)).astype(np.int64)
    else:
        best = scores.argmax(axis=1)
    return labels_of(labels)[best], transformed(scores, transform)
