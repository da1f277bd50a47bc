"""Decision trees beside ONNX Runtime: the same models, rows and threads, taking turns.

.venv/bin/python benchmarks/trees.py
.venv/bin/python benchmarks/trees.py --kinds boosted --rows 1 100 --threads 1 --rounds 9
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from compare import interleaved
from onnx import TensorProto, helper
from oracle import Oracle, worst

import inferir

COLUMNS = 30


@dataclass(frozen=True)
class Kind:
    """How a library grows trees: how many, how deep, to how many leaves (None: all of them split to the depth), for how many classes."""

    trees: int
    depth: int
    leaves: int | None
    classes: int
    each: bool
    """Whether every leaf votes for all classes, as in a random forest."""


KINDS = {
    "boosted": Kind(100, 6, None, 1, False),  # XGBoost's and scikit-learn's: by depth
    "leafwise": Kind(100, 12, 31, 1, False),  # LightGBM's: the leaf that gains most splits next
    "boosted, 5 classes": Kind(250, 6, None, 5, False),
    "forest, 5 classes": Kind(100, 14, 300, 5, True),
}


def tree(kind: Kind, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Children of every node by number, (-1, -1) for leaves: leaves drawn among those that may split."""
    nodes, depth = [(-1, -1)], {0: 0}
    open_leaves = [0]
    wanted = kind.leaves or 1 << kind.depth
    while len(open_leaves) and len(nodes) < 2 * wanted - 1:
        at = open_leaves.pop(int(rng.integers(len(open_leaves))))
        nodes[at] = (len(nodes), len(nodes) + 1)
        for child in nodes[at]:
            nodes.append((-1, -1))
            depth[child] = depth[at] + 1
            open_leaves += [child] if depth[child] < kind.depth else []
    return nodes


def model(kind: Kind) -> onnx.ModelProto:
    """A TreeEnsembleClassifier, or -Regressor where there is one class."""
    rng = np.random.default_rng(0)
    trees = [tree(kind, rng) for _ in range(kind.trees)]
    places = [(t, i, children) for t, nodes in enumerate(trees) for i, children in enumerate(nodes)]
    votes = [(t, i, c) for t, i, (yes, _) in places if yes < 0 for c in (range(kind.classes) if kind.each else [t % kind.classes])]
    prefix = "target" if kind.classes == 1 else "class"
    given: dict[str, Any] = {
        "nodes_treeids": [t for t, _, _ in places],
        "nodes_nodeids": [i for _, i, _ in places],
        "nodes_featureids": rng.integers(0, COLUMNS, len(places)).tolist(),
        "nodes_values": rng.normal(size=len(places)).astype(np.float32).tolist(),
        "nodes_modes": ["LEAF" if yes < 0 else "BRANCH_LEQ" for _, _, (yes, _) in places],
        "nodes_truenodeids": [max(yes, 0) for _, _, (yes, _) in places],
        "nodes_falsenodeids": [max(no, 0) for _, _, (_, no) in places],
        f"{prefix}_treeids": [t for t, _, _ in votes],
        f"{prefix}_nodeids": [i for _, i, _ in votes],
        f"{prefix}_ids": [c for _, _, c in votes],
        f"{prefix}_weights": rng.random(len(votes)).astype(np.float32).tolist(),
    }
    given |= {"n_targets": 1} if kind.classes == 1 else {"classlabels_int64s": list(range(kind.classes)), "post_transform": "SOFTMAX"}
    op, outputs = ("TreeEnsembleRegressor", ["y"]) if kind.classes == 1 else ("TreeEnsembleClassifier", ["label", "y"])
    node = helper.make_node(op, ["x"], outputs, domain="ai.onnx.ml", **given)
    types = {"y": (TensorProto.FLOAT, ["n", kind.classes]), "label": (TensorProto.INT64, ["n"])}
    ports = [helper.make_tensor_value_info(name, *types[name]) for name in outputs]
    graph = helper.make_graph([node], "trees", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", COLUMNS])], ports)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)


def main(argv: list[str] | None = None) -> int:
    """Print a line for each model, number of rows and number of threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--rows", nargs="+", type=int, default=[1, 100, 10_000])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.1)
    options = parser.parse_args(argv)
    failed = False
    print(f"{'model':<20} {'rows':>6} {'threads':>7} {'onnxruntime':>12} {'inferir':>10} {'speed-up':>9} {'error/allowed':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.kinds:
            path = Path(folder) / "trees.onnx"
            onnx.save(model(KINDS[name]), path)
            compiled = inferir.compile(str(path))
            for threads in options.threads:
                oracle = Oracle(path, threads)
                with type(compiled)(compiled.program, num_threads=threads) as ours:
                    for rows in options.rows:
                        feeds = {"x": np.random.default_rng(1).standard_normal((rows, COLUMNS)).astype(np.float32)}
                        error = worst(ours.run(feeds), oracle.run(feeds))
                        calls = [lambda m=ours, f=feeds: m.run(f), lambda o=oracle, f=feeds: o.run(f)]
                        mine, theirs = interleaved(calls, options.rounds, options.seconds)
                        failed |= error > 1
                        times = f"{theirs * 1e3:>9.3f} ms {mine * 1e3:>7.3f} ms {theirs / mine:>8.2f}x"
                        print(f"{name:<20} {rows:>6} {threads:>7} {times} {error:>14.3f}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
