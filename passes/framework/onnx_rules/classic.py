"""Classic machine learning (ai.onnx.ml): on the host, or as arithmetic where that is all it is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, TensorType, f32, i64
from xdsl.ir import SSAValue

from inferir.core.types import numpy_dtype
from inferir.dialects.framework import StringsAttr, value_and_type
from inferir.dialects.framework.types import STRING
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


def numbers(lo: Lowering, op: Any, name: str) -> Any:
    """A list or tensor attribute as a Python list; None where it is absent."""
    given = op.properties.get(name)
    if given is None:
        return None
    value = op.get(name)
    if isinstance(value, tuple | int | float | str):
        return list(value) if isinstance(value, tuple) else value
    constant, _ = value_and_type(given)
    if isinstance(constant, StringsAttr):
        return [s.data for s in constant.elements]
    return lo.constant_array(constant).reshape(-1).tolist()


def first(lo: Lowering, op: Any, *names: str) -> tuple[str, Any]:
    """The first attribute of those that is there."""
    for name in names:
        value = numbers(lo, op, name)
        if value is not None:
            return name, value
    lo.decline(f"none of {', '.join(names)} is given")


@lowering("onnx.ml", "ArrayFeatureExtractor")
def array_feature_extractor(op: Any, lo: Lowering) -> Any:
    """Columns of the last dimension"""
    x, places = lo.operands(2)
    y = lo.gather(x, lo.reshape(places, -1), axis=-1)
    return lo.unsqueeze(y, [0]) if lo.rank(x) == 1 else y


@lowering("onnx.ml", "Binarizer")
def binarizer(op: Any, lo: Lowering) -> Any:
    """1 above the threshold, 0 elsewhere"""
    (x,) = lo.operands(1)
    return lo.cast(lo.compare(x, lo.scalar(op.get("threshold"), x), pred="gt"), lo.element(x))


@lowering("onnx.ml", "LabelEncoder")
def label_encoder(op: Any, lo: Lowering) -> Any:
    """A table"""
    (x,) = lo.operands(1)
    if op.version == 1:
        classes = numbers(lo, op, "classes_strings")
        places = list(range(len(classes)))
        text = lo.element(x) == STRING
        keys, values, default = (classes, places, op.get("default_int64")) if text else (places, classes, op.get("default_string"))
        kind: Any = i64 if text else STRING
    else:
        _, keys = first(lo, op, "keys_floats", "keys_int64s", "keys_strings", "keys_tensor")
        name, values = first(lo, op, "values_floats", "values_int64s", "values_strings", "values_tensor")
        # before version 4 no NaN is found
        kept = [i for i, k in enumerate(keys) if op.version >= 4 or isinstance(k, str) or not math.isnan(k)]
        keys, values = [keys[i] for i in kept], [values[i] for i in kept]
        kind = {"values_floats": f32, "values_int64s": i64, "values_strings": STRING}.get(name)
        default = attr(op, {"values_floats": "default_float", "values_int64s": "default_int64"}.get(name, "default_string"))
        if name == "values_tensor":
            kind = value_and_type(op.properties["values_tensor"])[1].element_type
            given = numbers(lo, op, "default_tensor")
            default = given[0] if given else "_Unused" if kind == STRING else 0
    if STRING in (kind, lo.element(x)):
        return lo.host("label_encode", [x], [TensorType(kind, lo.shape(x))], keys=keys, values=values, default=default)
    return looked_up(lo, x, keys, np.array(values, numpy_dtype(kind)), default)


def looked_up(lo: Lowering, x: SSAValue, keys: Any, values: np.ndarray, default: Any) -> SSAValue:
    """What a table of numbers says of each element. Of equal keys the first counts; NaN is a key as any other."""
    ascending, first_of = np.unique(np.array(keys, lo.dtype(x)), return_index=True)
    return lo.lookup(x, lo.const(ascending), lo.const(values[first_of]), lo.const(np.array(default, values.dtype)))


@lowering("onnx.ml", "LinearRegressor")
def linear_regressor(op: Any, lo: Lowering) -> Any:
    """A matrix product"""
    (x,) = lo.operands(1)
    targets = op.get("targets")
    w = np.array(op.get("coefficients"), np.float32).reshape(targets, -1)
    bias = None if op.get("intercepts") is None else lo.const(np.array(op.get("intercepts"), np.float32))
    return transformed(lo, lo.matmul(lo.cast(x, f32), lo.const(w), bias, transpose_b=True), op.get("post_transform"))


@lowering("onnx.ml", "LinearClassifier")
def linear_classifier(op: Any, lo: Lowering) -> Any:
    """The best label and the scores"""
    (x,) = lo.operands(1)
    _, labels = first(lo, op, "classlabels_ints", "classlabels_strings")
    transform, offsets = op.get("post_transform"), op.get("intercepts") or [0.0] * len(labels)
    x = lo.unsqueeze(x, [0]) if lo.rank(x) == 1 else x
    w = np.array(op.get("coefficients"), np.float32).reshape(len(offsets), -1)
    scores = lo.matmul(lo.cast(x, f32), lo.const(w), lo.const(np.array(offsets, np.float32)), transpose_b=True)
    if len(offsets) > 1 or len(labels) != 2:
        return decided(lo, lo.argmax(scores, axis=1), labels), transformed(lo, scores, transform)
    plain = transform == "NONE"
    best = lo.cast(lo.compare(scores, lo.scalar(0.5 if plain else 0.0, scores), pred="gt"), i64)
    other = lo.sub(lo.scalar(1, scores), scores) if plain else lo.neg(scores)
    return decided(lo, lo.squeeze(best, [1]), labels), transformed(lo, lo.concat([other, scores], axis=1), transform)


@lowering("onnx.ml", "Scaler")
def scaler(op: Any, lo: Lowering) -> Any:
    """(x - offset) * scale"""
    (x,) = lo.operands(1)
    wide = lo.cast(x, f32)
    offset, scale = (np.array(op.get(n) or (d,), np.float32) for n, d in (("offset", 0.0), ("scale", 1.0)))
    return lo.mul(lo.sub(wide, lo.const(offset)), lo.const(scale))


@lowering("onnx.ml", "Normalizer")
def normalizer(op: Any, lo: Lowering) -> Any:
    """Rows divided by their norm"""
    (x,) = lo.operands(1)
    wide = lo.cast(x, f32)
    size = lo.reduce(wide, {"MAX": "max", "L1": "l1", "L2": "l2"}[op.get("norm")], (lo.rank(x) - 1,), keepdims=True)
    return lo.div(wide, lo.select(lo.compare(size, lo.scalar(0, size), pred="eq"), lo.scalar(1, size), size))


@lowering("onnx.ml", "Imputer")
def imputer(op: Any, lo: Lowering) -> Any:
    """Missing values replaced"""
    (x,) = lo.operands(1)
    name, values = first(lo, op, "imputed_value_floats", "imputed_value_int64s")
    replaced = op.get("replaced_value_float" if name.endswith("floats") else "replaced_value_int64")
    other = x if isinstance(replaced, float) and math.isnan(replaced) else lo.scalar(replaced, x)
    pred = "ne" if other is x else "eq"  # a NaN differs from itself
    return lo.select(lo.compare(x, other, pred=pred), lo.const(np.array(values).astype(lo.dtype(x))), x)


@lowering("onnx.ml", "FeatureVectorizer")
def feature_vectorizer(op: Any, lo: Lowering) -> Any:
    """Columns side by side"""
    parts = [lo.cast(v if lo.rank(v) == 2 else lo.unsqueeze(v, [1]), f32) for v in op.operands]
    return lo.concat(parts, axis=1) if len(parts) > 1 else parts[0]


@lowering("onnx.ml", "OneHotEncoder")
def one_hot_encoder(op: Any, lo: Lowering) -> Any:
    """One column per category"""
    (x,) = lo.operands(1)
    name, categories = first(lo, op, "cats_int64s", "cats_strings")
    if name == "cats_int64s":
        wide = lo.cast(x, i64 if isinstance(lo.element(x), IntegerType) else lo.element(x))
        return lo.cast(lo.compare(lo.unsqueeze(wide, [lo.rank(x)]), lo.const(np.array(categories).astype(lo.dtype(wide))), pred="eq"), f32)
    return lo.host("one_hot_encoder", [x], [TensorType(f32, [*lo.shape(x), len(categories)])], categories=categories)


def transformed(lo: Lowering, scores: SSAValue, transform: str) -> SSAValue:
    """Scores [N, T] after a post transform."""
    match transform:
        case "SOFTMAX":
            return lo.softmax(scores, axis=1)
        case "SOFTMAX_ZERO":
            most = lo.reduce(scores, "max", (1,), keepdims=True)
            zero = lo.compare(scores, lo.scalar(0, scores), pred="eq")
            e = lo.select(zero, lo.scalar(0, scores), lo.exp(lo.sub(scores, most)))
            tiny = lo.scalar(np.finfo(np.float32).tiny, scores)
            return lo.div(e, lo.maximum(lo.reduce(e, "sum", (1,), keepdims=True), tiny))
        case "LOGISTIC":
            return lo.sigmoid(scores)
        case "PROBIT":
            return lo.mul(_inverse_erf(lo, lo.sub(lo.add(scores, scores), lo.scalar(1, scores))), lo.scalar(np.sqrt(2), scores))
    return scores


def _inverse_erf(lo: Lowering, x: SSAValue) -> SSAValue:
    """Winitzki's approximation, as runtimes compute it."""
    a, one = lo.scalar(0.147, x), lo.scalar(1, x)
    log = lo.log(lo.mul(lo.sub(one, x), lo.add(one, x)))
    v = lo.add(lo.mul(log, lo.scalar(0.5, x)), lo.scalar(2 / (np.pi * 0.147), x))
    return lo.mul(lo.sign(x), lo.sqrt(lo.sub(lo.sqrt(lo.sub(lo.mul(v, v), lo.div(log, a))), v)))


def decided(lo: Lowering, best: SSAValue, labels: Any) -> SSAValue:
    """The labels [N] of the classes [N] with the best scores."""
    if isinstance(labels[0], str):
        return lo.host(
            "label_encode", [best], [TensorType(STRING, lo.shape(best))], keys=list(range(len(labels))), values=labels, default=""
        )
    return lo.gather(lo.i64(labels), best)
