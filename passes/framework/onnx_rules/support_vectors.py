"""Support vector machines and dictionaries of features (ai.onnx.ml), on the host."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import TensorType, f32, i64

from inferir.core.types import UNKNOWN
from inferir.dialects.framework.types import STRING, MapType, SeqType
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.classic import first, numbers


def _machine(lo: Lowering, op: Any) -> dict[str, Any]:
    """What both machines have."""
    names = {"coefficients": "coefficients", "rho": "rho", "vectors": "support_vectors", "parameters": "kernel_params"}
    config = {ours: numbers(lo, op, theirs) for ours, theirs in names.items()}
    return config | {"kind": op.get("kernel_type"), "transform": op.get("post_transform")}


@lowering("onnx.ml", "SVMRegressor")
def svm_regressor(op: Any, lo: Lowering) -> Any:
    """Support vectors"""
    (x,) = lo.operands(1)
    result = TensorType(f32, [lo.shape(x)[0], 1])
    return lo.host("svm_regressor", [x], [result], count=op.get("n_supports") or 0, one_class=op.get("one_class") or 0, **_machine(lo, op))


@lowering("onnx.ml", "SVMClassifier")
def svm_classifier(op: Any, lo: Lowering) -> Any:
    """Support vectors"""
    (x,) = lo.operands(1)
    name, labels = first(lo, op, "classlabels_ints", "classlabels_strings")
    rows = lo.shape(x)[0]
    kinds = [TensorType(i64 if name.endswith("ints") else STRING, [rows]), TensorType(f32, [rows, UNKNOWN])]
    config = {
        ours: numbers(lo, op, theirs) for ours, theirs in (("counts", "vectors_per_class"), ("prob_a", "prob_a"), ("prob_b", "prob_b"))
    }
    return lo.results_of(lo.host("svm_classifier", [x], kinds, labels=labels, **config, **_machine(lo, op)))


@lowering("onnx.ml", "ZipMap")
def zip_map(op: Any, lo: Lowering) -> Any:
    """A dictionary per row"""
    (x,) = lo.operands(1)
    name, labels = first(lo, op, "classlabels_int64s", "classlabels_strings")
    key = i64 if name.endswith("int64s") else STRING
    return lo.host("zip_map", [x], [SeqType(MapType(key, TensorType(f32, [])))], labels=labels)


@lowering("onnx.ml", "CastMap")
def cast_map(op: Any, lo: Lowering) -> Any:
    """The values of a dictionary"""
    (x,) = lo.operands(1)
    to = op.get("cast_to")
    kind = {"TO_FLOAT": f32, "TO_INT64": i64}.get(to, STRING)
    return lo.host("cast_map", [x], [TensorType(kind, [1, UNKNOWN])], form=op.get("map_form"), size=op.get("max_map") or 0, to=to)


@lowering("onnx.ml", "DictVectorizer")
def dict_vectorizer(op: Any, lo: Lowering) -> Any:
    """The values of a dictionary in the order of a vocabulary"""
    (x,) = lo.operands(1)
    _, words = first(lo, op, "string_vocabulary", "int64_vocabulary")
    element = x.type.value.element_type if isinstance(x.type, MapType) and isinstance(x.type.value, TensorType) else f32
    return lo.host("dict_vectorizer", [x], [TensorType(element, [1, len(words)])], vocabulary=words)


@lowering("onnx.ml", "CategoryMapper")
def category_mapper(op: Any, lo: Lowering) -> Any:
    """Names as numbers, numbers as names"""
    (x,) = lo.operands(1)
    kind = i64 if lo.element(x) == STRING else STRING
    config = {ours: numbers(lo, op, theirs) for ours, theirs in (("names", "cats_strings"), ("numbers", "cats_int64s"))}
    config |= {"default_name": op.get("default_string"), "default_number": op.get("default_int64")}
    return lo.host("category_map", [x], [TensorType(kind, lo.shape(x))], **config)
