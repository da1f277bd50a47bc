"""Operators of ai.onnx.ml and com.microsoft: drawn models give what ONNX Runtime gives; dictionaries as it has them."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.parser
import pytest
from onnx_builder import GENERATORS, OPSETS, Builder, Refused, run
from onnx_models import Count, compare, ours

DATA = Path(__file__).resolve().parents[1] / "models" / "data"
FAMILIES = ("contrib", "classic")
NAMES = [name for name, (_, function) in GENERATORS.items() if function.__module__.rpartition(".")[2] in FAMILIES]


def drawn(name: str, seed: int) -> Builder:
    """A model of one operator."""
    rng = random.Random(f"{name}{seed}")
    since, function = GENERATORS[name]
    builder = Builder(rng, rng.choice([o for o in OPSETS if o >= since]))
    function(builder, name)
    return builder


@pytest.mark.parametrize("name", NAMES)
def test_operator(name: str):
    count = Count()
    for seed in range(4):
        try:
            builder = drawn(name, seed)
        except Refused:
            continue
        compare(builder, seed, "interpreter", "layout", count)
    assert count.mismatches == []
    assert count.same + count.explained.total() > 0


@pytest.mark.parametrize("name", ["lenet_qdq", "lenet_qdq_perchannel"])
def test_quantised_lenet_node_by_node(name: str):
    """Dequantised, convolved in floats, quantised again: as the standard says it. ONNX Runtime's fused kernels round once less."""
    model = onnx.load(DATA / f"{name}.onnx")
    with np.load(DATA / f"{name}.npz") as data:
        feeds = {model.graph.input[0].name: data["in_x"]}
    assert np.array_equal(ours(model, feeds, "interpreter", "")[0], run(model, feeds)[0])


MAPS: dict[str, tuple[str, dict[str, Any]]] = {
    "ZipMap of numbers": (
        "agraph (float[2, 3] x) => (seq(map(int64, float)) y) { y = ai.onnx.ml.ZipMap <classlabels_int64s = [4, 5, 6]> (x) }",
        {"x": np.arange(6, dtype=np.float32).reshape(2, 3)},
    ),
    "ZipMap of names": (
        'agraph (float[2, 2] x) => (seq(map(string, float)) y) { y = ai.onnx.ml.ZipMap <classlabels_strings = ["a", "b"]> (x) }',
        {"x": np.arange(4, dtype=np.float32).reshape(2, 2)},
    ),
    "CastMap": ("agraph (map(int64, float) x) => (float[1, k] y) { y = ai.onnx.ml.CastMap (x) }", {"x": {7: 1.5, 2: 0.5}}),
    "CastMap of few": (
        'agraph (map(int64, float) x) => (float[1, k] y) { y = ai.onnx.ml.CastMap <map_form = "SPARSE", max_map = 4> (x) }',
        {"x": {3: 1.5, 1: 0.5}},
    ),
    "DictVectorizer": (
        'agraph (map(string, float) x) => (float[1, 3] y) { y = ai.onnx.ml.DictVectorizer <string_vocabulary = ["c", "a", "b"]> (x) }',
        {"x": {"a": 1.5, "c": 0.5}},
    ),
    "CategoryMapper to numbers": (
        (
            "agraph (string[3] x) => (int64[3] y) "
            '{ y = ai.onnx.ml.CategoryMapper <cats_int64s = [4, 9], cats_strings = ["a", "b"], default_int64 = 7> (x) }'
        ),
        {"x": np.array(["b", "z", "a"], object)},
    ),
    "CategoryMapper to names": (
        (
            "agraph (int64[3] x) => (string[3] y) "
            '{ y = ai.onnx.ml.CategoryMapper <cats_int64s = [4, 9], cats_strings = ["a", "b"], default_string = "?"> (x) }'
        ),
        {"x": np.array([9, 5, 4])},
    ),
}


@pytest.mark.parametrize("what", MAPS)
def test_dictionaries(what: str):
    text, feeds = MAPS[what]
    model = onnx.parser.parse_model('<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 1]>\n' + text)
    (got,), (want,) = ours(model, feeds, "interpreter", ""), run(model, feeds)
    if isinstance(want, list):
        assert [{k: float(v) for k, v in row.items()} for row in got] == want
    else:
        assert np.array_equal(np.asarray(got), want)
