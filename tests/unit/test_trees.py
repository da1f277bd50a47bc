"""Classical models: what converters write gives what the frameworks themselves predict; random trees give what ONNX Runtime gives."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import inferir
from inferir.core import InferError

CONVERTED = Path(__file__).resolve().parents[1] / "models" / "data" / "converted"
RUNS = (("interpreter", "none"), ("cpu", "none"), ("cpu", "layout"))
MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")


def as_rows(scores: Any) -> np.ndarray:
    """Scores as an array, those of a ZipMap too."""
    return np.array([list(row.values()) for row in scores], np.float32) if isinstance(scores, list) else scores


@pytest.mark.parametrize("path", sorted(CONVERTED.glob("*.onnx")), ids=lambda p: p.stem)
def test_what_converters_write(path: Path):
    with np.load(path.with_suffix(".npz")) as data:
        inputs = [data[f"in{i}"] for i in range(sum(k.startswith("in") for k in data))]
        label, scores = data["label"], data.get("scores")
    for target, level in RUNS:
        with inferir.compile(path, target=target, opt_level=level) as model:
            outputs = model(*inputs)
        first, *rest = outputs if isinstance(outputs, tuple) else (outputs,)
        if label.dtype.kind in "iU":
            assert first.reshape(label.shape).astype(label.dtype).tolist() == label.tolist()
        else:
            np.testing.assert_allclose(first.reshape(label.shape), label, 1e-3, 1e-5)
        if scores is not None:
            found = as_rows(rest[0])
            np.testing.assert_allclose(found[:, -1] if scores.ndim == 1 else found, scores, 2e-3, 2e-5)


class Drawn:
    """A tree of random shape: nodes in the order of their numbers, leaves last in their places."""

    def __init__(self, rng: np.random.Generator, features: int, depth: int, modes: tuple[str, ...], first: int = 0):
        self.rng, self.features, self.modes = rng, features, modes
        self.nodes: list[dict[str, Any]] = []
        self.first = first
        self.grow(depth)

    def grow(self, depth: int) -> int:
        """A node and what is below it; its number."""
        number = len(self.nodes)
        node: dict[str, Any] = {"mode": "LEAF", "feature": 0, "value": 0.0, "true": 0, "false": 0, "missing": 0}
        self.nodes.append(node)
        if depth and self.rng.random() < 0.85:
            value = float(self.rng.integers(-3, 4)) / 2
            node |= {"mode": self.rng.choice(self.modes), "feature": int(self.rng.integers(self.features)), "value": value}
            node |= {"missing": int(self.rng.integers(2)), "true": self.grow(depth - 1), "false": self.grow(depth - 1)}
        return number


def ensemble(seed: int, op: str, targets: int, apart: bool, element: int = TensorProto.FLOAT, **attributes: Any) -> onnx.ModelProto:
    """A model of a TreeEnsembleRegressor or -Classifier; `apart`: each tree has one target."""
    rng = np.random.default_rng(seed)
    modes = MODES if seed % 3 else MODES[:1]
    trees = [Drawn(rng, 4, int(rng.integers(0, 7)), modes) for _ in range(int(rng.integers(1, 9)))]
    nodes = [(t, i, n) for t, tree in enumerate(trees) for i, n in enumerate(tree.nodes)]
    leaves = [(t, i) for t, i, n in nodes if n["mode"] == "LEAF"]
    pairs = [(t, i, target) for t, i in leaves for target in ([t % targets] if apart else range(targets))]
    prefix = "class" if op == "TreeEnsembleClassifier" else "target"
    given: dict[str, Any] = {
        "nodes_treeids": [t for t, _, _ in nodes],
        "nodes_nodeids": [i for _, i, _ in nodes],
        "nodes_hitrates": [1.0] * len(nodes),
        **{
            f"nodes_{theirs}": [n[ours] for _, _, n in nodes]
            for theirs, ours in (
                ("modes", "mode"),
                ("featureids", "feature"),
                ("values", "value"),
                ("truenodeids", "true"),
                ("falsenodeids", "false"),
            )
        },
        f"{prefix}_treeids": [t for t, _, _ in pairs],
        f"{prefix}_nodeids": [i for _, i, _ in pairs],
        f"{prefix}_ids": [target for _, _, target in pairs],
        f"{prefix}_weights": rng.normal(size=len(pairs)).astype(np.float32).tolist(),
    }
    if seed % 2:
        given["nodes_missing_value_tracks_true"] = [n["missing"] for _, _, n in nodes]
    node = helper.make_node(op, ["x"], ["y", "s"] if prefix == "class" else ["y"], domain="ai.onnx.ml", **given, **attributes)
    return single(node, element, [("y", TensorProto.INT64), ("s", TensorProto.FLOAT)] if prefix == "class" else [("y", TensorProto.FLOAT)])


def single(node: onnx.NodeProto, element: int, outputs: list[tuple[str, int]], version: int = 3) -> onnx.ModelProto:
    ports = [helper.make_tensor_value_info(name, kind, None) for name, kind in outputs]
    graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("x", element, ["N", 4])], ports)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", version)], ir_version=8)


def rows(seed: int, count: int, dtype: Any) -> np.ndarray:
    """Rows whose numbers often lie on the limits, next to them, or are missing."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-4, 5, (count, 4)).astype(dtype) / (dtype(2) if np.dtype(dtype).kind == "f" else dtype(1))
    if np.dtype(dtype).kind == "f":
        x = np.where(rng.random(x.shape) < 0.2, np.nextafter(x, dtype(9)), x)
        x = np.where(rng.random(x.shape) < 0.1, np.array([np.nan, np.inf, -np.inf, -0.0], dtype)[rng.integers(0, 4, x.shape)], x)
    return x.astype(dtype)


def agree(model: onnx.ModelProto, dtype: Any, folder: Path) -> None:
    """Ours at every level and what ONNX Runtime gives, for few rows and many."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    onnx.save(model, folder / "m.onnx")
    for target, level in RUNS:
        with inferir.compile(folder / "m.onnx", target=target, opt_level=level) as compiled:
            assert target == "interpreter" or not compiled.program.host  # pyright: ignore[reportAttributeAccessIssue]
            for count in (0, 1, 5, 67):
                x = rows(count, count, dtype)
                want = session.run(None, {"x": x})
                got = compiled(x)
                for g, w in zip(got if isinstance(got, tuple) else (got,), want, strict=True):
                    assert isinstance(w, np.ndarray) and g.shape == w.shape and g.dtype == w.dtype
                    np.testing.assert_allclose(g, w, 1e-4, 1e-5)


@pytest.mark.parametrize("seed", range(12))
def test_random_regressors(seed: int, tmp_path):
    how = ("SUM", "AVERAGE", "MIN", "MAX")[seed % 4]
    targets = (1, 1, 3)[seed % 3]
    base = {"base_values": [0.5, -0.25, 2.0][:targets]} if seed % 5 == 0 else {}
    transform = ("NONE", "LOGISTIC", "SOFTMAX")[seed // 4] if targets > 1 else "NONE"
    kind, dtype = ((TensorProto.FLOAT, np.float32), (TensorProto.DOUBLE, np.float64))[seed % 7 == 3]
    model = ensemble(
        seed, "TreeEnsembleRegressor", targets, False, kind, n_targets=targets, aggregate_function=how, post_transform=transform, **base
    )
    agree(model, dtype, tmp_path)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_random_classifiers(seed: int, apart: bool, tmp_path):
    """Three classes; that two are as ONNX Runtime has them the converted models show."""
    if apart:  # every class must have a tree: ONNX Runtime takes the best of those that have
        seed = next(s for s in range(100 * seed, 100 * seed + 100) if len(np.unique(trees_of(s) % 3)) == 3)
    transform = ("NONE", "LOGISTIC", "SOFTMAX")[seed % 3]
    agree(ensemble(seed, "TreeEnsembleClassifier", 3, apart, classlabels_int64s=[4, -7, 2], post_transform=transform), np.float32, tmp_path)


def trees_of(seed: int) -> np.ndarray:
    """The numbers of the trees that a seed draws."""
    rng = np.random.default_rng(seed)
    Drawn(rng, 4, int(rng.integers(0, 7)), MODES)
    model = ensemble(seed, "TreeEnsembleRegressor", 1, True, n_targets=1)
    (ids,) = (a.ints for a in model.graph.node[0].attribute if a.name == "nodes_treeids")
    return np.unique(ids)


@pytest.mark.parametrize("kind", [np.int64, np.int32])
def test_integers(kind: Any, tmp_path):
    element = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    agree(ensemble(4, "TreeEnsembleClassifier", 3, False, element, classlabels_int64s=[0, 1, 2]), kind, tmp_path)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("aggregate", range(4))
def test_version_five_with_sets_of_members(aggregate: int, dtype: Any, tmp_path):
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    tensor = lambda values, type=dtype: numpy_helper.from_array(np.array(values, type))
    node = helper.make_node(
        "TreeEnsemble",
        ["x"],
        ["y"],
        domain="ai.onnx.ml",
        n_targets=2,
        aggregate_function=aggregate,
        nodes_modes=tensor([0, 6, 6, 4, 1], np.uint8),
        nodes_featureids=[0, 1, 2, 3, 1],
        nodes_splits=tensor([0.5, 9.0, 9.0, 1.5, -0.5]),
        nodes_truenodeids=[1, 0, 3, 3, 5],
        nodes_trueleafs=[0, 1, 0, 1, 1],
        nodes_falsenodeids=[2, 1, 2, 4, 6],
        nodes_falseleafs=[0, 1, 1, 1, 1],
        nodes_missing_value_tracks_true=[0, 1, 0, 1, 0],
        leaf_targetids=[0, 1, 0, 1, 0, 1, 0],
        leaf_weights=tensor([1.0, 10.0, 100.0, -3.0, 7.0, 0.5, 2.0]),
        tree_roots=[0, 4],
        membership_values=tensor([1.0, 2.0, np.nan, 1.0, np.nan]),
    )
    agree(single(node, kind, [("y", kind)], 5), dtype, tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nodes_featureids": [9, 0, 0]}, "a node reads column 9 of 4"),
        ({"nodes_featureids": [-1, 0, 0]}, "a node reads column -1 of 4"),
        ({"nodes_truenodeids": [7, 0, 0]}, "there is no node 7 in tree 0"),
        ({"nodes_truenodeids": [0, 0, 0]}, "a node of a tree is below itself"),
        ({"nodes_modes": ["BRANCH_ODD", "LEAF", "LEAF"]}, "nodes_modes has 'BRANCH_ODD'"),
        ({"target_ids": [0, 5]}, "a leaf has target 5 of 1"),
    ],
)
def test_trees_that_are_none_are_refused_in_one_line(changes: dict[str, Any], message: str, tmp_path):
    given: dict[str, Any] = {
        "nodes_treeids": [0] * 3,
        "nodes_nodeids": [0, 1, 2],
        "nodes_featureids": [0] * 3,
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
        "nodes_values": [0.0] * 3,
        "nodes_truenodeids": [1, 0, 0],
        "nodes_falsenodeids": [2, 0, 0],
        "target_treeids": [0, 0],
        "target_nodeids": [1, 2],
        "target_ids": [0, 0],
        "target_weights": [1.0, 2.0],
    }
    node = helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1, **(given | changes))
    onnx.save(single(node, TensorProto.FLOAT, [("y", TensorProto.FLOAT)]), tmp_path / "m.onnx")
    with pytest.raises(InferError) as error:
        inferir.compile(tmp_path / "m.onnx")
    assert message in "\n".join([str(error.value), *(n.message for n in error.value.notes)])
