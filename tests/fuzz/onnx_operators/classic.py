"""Classic machine learning (ai.onnx.ml)."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx_builder import Builder, operator

DOMAIN = "ai.onnx.ml"
TRANSFORMS = ("NONE", "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO")


def table(b: Builder) -> Any:
    """Rows of features."""
    return b.filters(np.float32, [b.rng.randint(1, 4), b.rng.randint(1, 4)])


def floats(b: Builder, count: int, low: float = -2, high: float = 2) -> list[float]:
    """Numbers for an attribute."""
    return [float(v) for v in b.random(np.float32, [count], low, high)]


@operator("Binarizer", "Normalizer", "Scaler", "Imputer", "ArrayFeatureExtractor", "FeatureVectorizer", since=9)
def prepared(b: Builder, op: str) -> None:
    """Features made ready"""
    x = table(b)
    width = x.shape[1]
    match op:
        case "Binarizer":
            b.node(op, [x], domain=DOMAIN, threshold=0.5)
        case "Normalizer":
            b.node(op, [x], domain=DOMAIN, norm=b.rng.choice(["L1", "L2", "MAX"]))
        case "Scaler":
            count = b.rng.choice([1, width])
            b.node(op, [x], domain=DOMAIN, offset=floats(b, count), scale=floats(b, count))
        case "Imputer":
            x = b.new(np.where(b.arrays.random(x.shape) < 0.3, np.float32(np.nan), x.array).astype(np.float32))
            b.node(op, [x], domain=DOMAIN, imputed_value_floats=floats(b, b.rng.choice([1, width])), replaced_value_float=float("nan"))
        case "ArrayFeatureExtractor":
            b.node(op, [x, b.fresh(np.int64, [b.rng.randint(1, 3)], 0, width - 1)], domain=DOMAIN)
        case _:
            other = b.fresh(np.float32, [x.shape[0], 2])
            b.node(op, [x, other], domain=DOMAIN, inputdimensions=[width, 2])


@operator("LabelEncoder", "OneHotEncoder", since=9)
def encoded(b: Builder, op: str) -> None:
    """Integers by a table"""
    x = b.fresh(np.int64, b.shape(1, 2), 0, 4)
    if op == "OneHotEncoder":
        b.node(op, [x], domain=DOMAIN, cats_int64s=[0, 1, 2, 3, 4], zeros=1)
    else:
        b.node(op, [x], domain=DOMAIN, keys_int64s=[0, 1, 3], values_floats=floats(b, 3), default_float=-1.0)


@operator("LinearRegressor", "LinearClassifier", since=9)
def linear(b: Builder, op: str) -> None:
    """Targets, or classes"""
    x = table(b)
    count = b.rng.randint(1, 3)
    if op == "LinearRegressor":
        weights = floats(b, count * x.shape[1])
        b.node(op, [x], domain=DOMAIN, coefficients=weights, intercepts=floats(b, count), targets=count)
    else:
        count = max(count, 2)
        weights, labels = floats(b, count * x.shape[1]), [10 * (i + 1) for i in range(count)]
        transform = b.rng.choice(TRANSFORMS)
        b.node(op, [x], 2, DOMAIN, coefficients=weights, intercepts=floats(b, count), classlabels_ints=labels, post_transform=transform)


@operator("SVMRegressor", since=9)
def svm_regressor(b: Builder, op: str) -> None:
    """Every kernel"""
    x = table(b)
    kind, count = b.rng.choice(["LINEAR", "POLY", "RBF", "SIGMOID"]), b.rng.randint(1, 4)
    vectors = floats(b, count * x.shape[1], -1, 1)
    b.node(
        op,
        [x],
        domain=DOMAIN,
        kernel_type=kind,
        kernel_params=[0.5, 0.3, 2.0],
        n_supports=count,
        support_vectors=vectors,
        coefficients=floats(b, count),
        rho=floats(b, 1),
        one_class=b.rng.choice([0, 0, 1]),
    )


@operator("SVMClassifier", since=9)
def svm_classifier(b: Builder, op: str) -> None:
    """Pairs of classes, with probabilities or without; or a linear score per class"""
    x = table(b)
    classes, width = b.rng.randint(2, 4), x.shape[1]
    labels = [10 * (i + 1) for i in range(classes)]
    if b.rng.random() < 0.3 and classes > 2:
        weights = floats(b, classes * width)
        b.node(op, [x], 2, DOMAIN, kernel_type="LINEAR", coefficients=weights, rho=floats(b, classes), classlabels_ints=labels)
        return
    counts = [b.rng.randint(1, 2) for _ in range(classes)]
    pairs = classes * (classes - 1) // 2
    likely: dict[str, Any] = {"prob_a": floats(b, pairs, -2, -1), "prob_b": floats(b, pairs)} if b.rng.random() < 0.5 else {}
    b.node(
        op,
        [x],
        2,
        DOMAIN,
        kernel_type=b.rng.choice(["LINEAR", "POLY", "RBF", "SIGMOID"]),
        kernel_params=[0.5, 0.3, 2.0],
        vectors_per_class=counts,
        support_vectors=floats(b, sum(counts) * width, -1, 1),
        coefficients=floats(b, (classes - 1) * sum(counts)),
        rho=floats(b, pairs),
        classlabels_ints=labels,
        **likely,
    )


@operator("TreeEnsembleRegressor", "TreeEnsembleClassifier", since=9)
def trees(b: Builder, op: str) -> None:
    """Trees of three nodes"""
    x = table(b)
    count, targets = b.rng.randint(1, 3), b.rng.randint(1, 3)
    targets = max(targets, 2) if op.endswith("Classifier") else targets
    leaves = "class" if op.endswith("Classifier") else "target"
    nodes: dict[str, Any] = {
        "nodes_treeids": [t for t in range(count) for _ in range(3)],
        "nodes_nodeids": [0, 1, 2] * count,
        "nodes_featureids": [v for _ in range(count) for v in (b.rng.randrange(x.shape[1]), 0, 0)],
        "nodes_modes": [m for _ in range(count) for m in (b.rng.choice(["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT"]), "LEAF", "LEAF")],
        "nodes_values": [v for _ in range(count) for v in (b.rng.uniform(-1, 1), 0.0, 0.0)],
        "nodes_truenodeids": [1, 0, 0] * count,
        "nodes_falsenodeids": [2, 0, 0] * count,
        f"{leaves}_treeids": [t for t in range(count) for _ in range(2)],
        f"{leaves}_nodeids": [1, 2] * count,
        f"{leaves}_ids": [b.rng.randrange(targets) for _ in range(2 * count)],
        f"{leaves}_weights": floats(b, 2 * count),
    }
    if op.endswith("Classifier"):
        nodes[f"{leaves}_ids"] = [i % targets for i in range(2 * count)]
        b.node(op, [x], 2, DOMAIN, classlabels_int64s=list(range(targets)), post_transform=b.rng.choice(TRANSFORMS[:3]), **nodes)
    else:
        b.node(op, [x], domain=DOMAIN, n_targets=targets, aggregate_function=b.rng.choice(["SUM", "AVERAGE", "MIN", "MAX"]), **nodes)
