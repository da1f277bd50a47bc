"""Ensembles of decision trees (ai.onnx.ml): their nodes as the tables of `inference.tree_ensemble`.

Every comparison is brought to low <= v <= high: v < h is v <= (the number before h), v > h is v <= h with its branches swapped, a set of
members is a chain of nodes that compare with one each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from xdsl.dialects.builtin import Float16Type, Float64Type, f32, f64
from xdsl.ir import SSAValue

from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.classic import decided, first, numbers, transformed

MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER")
AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")
TRANSFORMS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
Leaf = list[tuple[int, float]]
"""What a leaf adds to which target."""


@dataclass(frozen=True)
class Node:
    """A row whose `feature` is in [low, high] goes on at `yes`, any other at `no`, one where it is NaN at `missing`."""

    feature: int
    low: float
    high: float
    yes: int
    no: int
    missing: int


@dataclass
class Forest:
    """Nodes by number; leaf l is the number ~l."""

    dtype: np.dtype
    nodes: list[Node] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)

    def compare(self, at: int, mode: str, feature: int, value: float, branches: tuple[int, int], tracks: bool) -> None:
        """Make node `at` a comparison. `branches`: where it goes if the comparison holds, and if not; NaN holds where it `tracks`."""
        true, false = branches
        missing = true if tracks or mode == "BRANCH_NEQ" else false
        if mode in ("BRANCH_GT", "BRANCH_GTE", "BRANCH_NEQ"):
            true, false = false, true
        high = self.dtype.type(value)
        if mode in ("BRANCH_LT", "BRANCH_GTE"):  # nothing is less than -inf, as nothing is at most NaN
            high = self.dtype.type(np.nan) if high == -np.inf else np.nextafter(high, self.dtype.type(-np.inf))
        low = high if mode in ("BRANCH_EQ", "BRANCH_NEQ") else -np.inf
        self.nodes[at] = Node(feature, float(low), float(high), true, false, missing)

    def member(self, at: int, feature: int, values: Sequence[float], branches: tuple[int, int], tracks: bool) -> None:
        """Make node `at` a comparison with several numbers."""
        for value in values[:-1]:
            self.nodes.append(Node(feature, np.nan, np.nan, 0, 0, 0))
            self.compare(at, "BRANCH_EQ", feature, value, (branches[0], len(self.nodes) - 1), tracks)
            at = len(self.nodes) - 1
        self.compare(at, "BRANCH_EQ", feature, values[-1] if values else math.nan, branches, tracks)

    def depths(self) -> list[int] | None:
        """The most steps from each root to a leaf; None where a node is below itself."""
        known: dict[int, int] = {}
        for root in self.roots:
            stack = [(root, False)]
            while stack:
                node, below = stack.pop()
                if node < 0 or (node in known and known[node] >= 0):
                    continue
                branches = (self.nodes[node].yes, self.nodes[node].no)
                if below:
                    known[node] = 1 + max(known[c] if c >= 0 else 0 for c in branches)
                elif node in known:
                    return None
                else:
                    known[node] = -1
                    stack += [(node, True), *((c, False) for c in branches)]
        return [known[r] if r >= 0 else 0 for r in self.roots]


def ensemble(lo: Lowering, x: SSAValue, forest: Forest, targets: int, kind: str) -> SSAValue:
    """[N, targets]: what the trees give, 0 for a target that no leaf of a row has."""
    depths = forest.depths()
    if depths is None:
        lo.decline("a node of a tree is below itself")
    neutral = {"SUM": 0.0, "AVERAGE": 0.0, "MIN": np.inf, "MAX": -np.inf}[kind]
    order, weights = _weights(forest, targets, neutral)
    if kind == "AVERAGE":
        weights = weights / max(len(forest.roots), 1)
    count, leaves = len(forest.nodes), len(weights)
    place = [*range(count), *range(count, count + leaves)]
    at = {n: place[n] if n >= 0 else count + ~n for n in (*range(count), *range(-leaves, 0))}
    children = np.array(
        [[at[n.no], at[n.yes], at[n.missing]] for n in forest.nodes] + [[p] * 3 for p in range(count, count + leaves)], np.int32
    ).reshape(-1, 3)
    features = [n.feature for n in forest.nodes]
    low = np.array([n.low for n in forest.nodes] + [-np.inf] * leaves, forest.dtype)
    tables = [
        np.array(features + [0] * leaves, np.int32),
        np.array([n.high for n in forest.nodes] + [np.inf] * leaves, forest.dtype),
        children if (children[:, 2] != children[:, 0]).any() else np.ascontiguousarray(children[:, :2]),
        np.array([at[forest.roots[t]] if t is not None else count + leaves - 1 for t in order], np.int32),
        np.array([depths[t] if t is not None else 0 for t in order], np.int32),
        weights.astype(forest.dtype),
    ]
    limit = lo.const(low) if (low > -np.inf).any() or np.isnan(low).any() else None
    made = lo.emit(
        inf.TreeEnsembleOp,
        x,
        *(lo.const(t) for t in tables),
        limit,
        targets=targets,
        features=max(features, default=0) + 1,
        kind="sum" if kind == "AVERAGE" else kind.lower(),
    )
    if kind in ("SUM", "AVERAGE"):
        return made
    return lo.select(lo.compare(lo.abs(made), lo.scalar(np.inf, made), pred="eq"), lo.scalar(0, made), made)


def _weights(forest: Forest, targets: int, neutral: float) -> tuple[list[int | None], np.ndarray]:
    """The trees in order (None: one that adds nothing), and the leaves' weights: [leaves, 1] where each tree has one target, else [leaves, targets]."""
    own = [_target(forest, root) for root in forest.roots] if targets > 1 else [0] * len(forest.roots)
    if all(len({t for t, _ in leaf}) == len(leaf) for leaf in forest.leaves) and None not in own and forest.roots:
        groups = [[i for i, target in enumerate(own) if target == t] for t in range(targets)]
        longest = max(map(len, groups))
        order: list[int | None] = [tree for group in groups for tree in [*group, *[None] * (longest - len(group))]]
        weights = [leaf[0][1] if leaf else neutral for leaf in forest.leaves]
        return order, np.array([*weights, neutral], np.float64)[:, None]
    table = np.full((len(forest.leaves) + 1, targets), neutral, np.float64)
    for row, leaf in zip(table, forest.leaves, strict=False):
        for target in {t for t, _ in leaf}:
            found = [w for t, w in leaf if t == target]
            row[target] = sum(found) if neutral == 0 else min(found) if neutral > 0 else max(found)
    return [*range(len(forest.roots))] or [None], table


def _target(forest: Forest, root: int) -> int | None:
    """The one target of all leaves of a tree; None where there are several."""
    found: set[int] = set()
    seen, stack = set(), [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node < 0:
            found |= {t for t, _ in forest.leaves[~node]}
        else:
            stack += [forest.nodes[node].yes, forest.nodes[node].no]
    return found.pop() if len(found) == 1 else 0 if not found else None


def rows_of(lo: Lowering, op: Any) -> tuple[SSAValue, np.dtype]:
    """The rows as the trees compare them, and the type of that."""
    (x,) = lo.operands(1)
    if lo.rank(x) == 1:
        x = lo.unsqueeze(x, [0])
    wide = f64 if isinstance(lo.element(x), Float64Type) else f32
    return lo.cast(x, wide), np.dtype(np.float64 if wide == f64 else np.float32)


def _by_id(lo: Lowering, op: Any, prefix: str, dtype: np.dtype) -> Forest:
    """Trees as versions 1 and 3 have them: nodes by (tree, id)."""
    get: Callable[[str], Any] = lambda name: numbers(lo, op, name)
    ids = list(zip(get("nodes_treeids"), get("nodes_nodeids"), strict=True))
    inner: dict[tuple[int, int], int] = {}
    outer: dict[tuple[int, int], int] = {}
    modes = get("nodes_modes")
    if unknown := [m for m in modes if m != "LEAF" and m not in MODES[:-1]]:
        lo.decline(f"nodes_modes has '{unknown[0]}'")
    for key, mode in zip(ids, modes, strict=True):
        kept = outer if mode == "LEAF" else inner
        kept[key] = len(kept)
    forest = Forest(dtype, [Node(0, 0.0, 0.0, 0, 0, 0)] * len(inner), [[] for _ in outer])

    def number(tree: int, node: int) -> int:
        key = (tree, node)
        return inner[key] if key in inner else ~outer[key] if key in outer else lo.decline(f"there is no node {node} in tree {tree}")

    values = _tensor_or_list(lo, op, "nodes_values")
    tracks = get("nodes_missing_value_tracks_true") or [0] * len(ids)
    children = zip(get("nodes_truenodeids"), get("nodes_falsenodeids"), strict=True)
    for (tree, node), mode, feature, value, pair, track in zip(ids, modes, get("nodes_featureids"), values, children, tracks, strict=True):
        if mode != "LEAF":
            forest.compare(inner[tree, node], mode, feature, value, (number(tree, pair[0]), number(tree, pair[1])), bool(track))
    targets = zip(
        get(f"{prefix}_treeids"), get(f"{prefix}_nodeids"), get(f"{prefix}_ids"), _tensor_or_list(lo, op, f"{prefix}_weights"), strict=True
    )
    for tree, node, target, weight in targets:
        if (tree, node) in outer:
            forest.leaves[outer[tree, node]].append((target, weight))
    first_node: dict[int, int] = {}
    for tree, node in ids:
        first_node[tree] = min(first_node.get(tree, node), node)
    forest.roots = [number(tree, node) for tree, node in first_node.items()]
    return forest


def _tensor_or_list(lo: Lowering, op: Any, name: str) -> Any:
    found = numbers(lo, op, name)
    return numbers(lo, op, f"{name}_as_tensor") if not found and f"{name}_as_tensor" in op.properties else found


def _checked(lo: Lowering, forest: Forest, x: SSAValue, targets: int) -> Forest:
    """The forest, once its columns and targets are those that there are."""
    columns = lo.shape(x)[1]
    for node in forest.nodes:
        if node.feature < 0 or (columns >= 0 and node.feature >= columns):
            lo.decline(f"a node reads column {node.feature} of {columns if columns >= 0 else 'x'}")
    for leaf in forest.leaves:
        for target, _ in leaf:
            if not 0 <= target < targets:
                lo.decline(f"a leaf has target {target} of {targets}")
    return forest


@lowering("onnx.ml", "TreeEnsembleRegressor")
def tree_regressor(op: Any, lo: Lowering) -> Any:
    """Trees, then the base values and the transform"""
    x, dtype = rows_of(lo, op)
    count = op.get("n_targets")
    forest = _checked(lo, _by_id(lo, op, "target", dtype), x, count)
    y = ensemble(lo, x, forest, count, op.get("aggregate_function"))
    base = _tensor_or_list(lo, op, "base_values")
    y = lo.add(y, lo.const(base, dtype)) if base else y
    return lo.cast(transformed(lo, y, op.get("post_transform")), f32)


@lowering("onnx.ml", "TreeEnsembleClassifier")
def tree_classifier(op: Any, lo: Lowering) -> Any:
    """Trees, then the label of the best score; where all leaves are for one of two classes, its score decides"""
    x, dtype = rows_of(lo, op)
    _name, labels = first(lo, op, "classlabels_int64s", "classlabels_strings")
    forest = _by_id(lo, op, "class", dtype)
    base, transform = _tensor_or_list(lo, op, "base_values") or [], op.get("post_transform")
    targets = {t for leaf in forest.leaves for t, _ in leaf}
    one = len(labels) == 2 and len(targets) == 1
    if one:
        forest.leaves = [[(0, w) for _, w in leaf] for leaf in forest.leaves]
    count = 1 if one else len(labels)
    scores = ensemble(lo, x, _checked(lo, forest, x, count), count, "SUM")
    if len(base) == count:
        scores = lo.add(scores, lo.const(base, dtype))
    scores = lo.cast(scores, f32)
    if not one:
        return decided(lo, lo.argmax(scores, axis=1), labels), transformed(lo, scores, transform)
    likely = transform in ("NONE", "PROBIT") and all(w >= 0 for leaf in forest.leaves for _, w in leaf)
    best = lo.cast(lo.compare(scores, lo.scalar(0.5 if likely else 0.0, scores), pred="gt"), np.int64)
    other = lo.sub(lo.scalar(1, scores), scores) if likely else lo.neg(scores)
    return decided(lo, lo.squeeze(best, [1]), labels), transformed(lo, lo.concat([other, scores], axis=1), transform)


@lowering("onnx.ml", "TreeEnsemble")
def tree_ensemble(op: Any, lo: Lowering) -> Any:
    """Trees, then the transform"""
    x, dtype = rows_of(lo, op)
    forest = _checked(lo, _by_number(lo, op, dtype), x, op.get("n_targets"))
    y = ensemble(lo, x, forest, op.get("n_targets"), AGGREGATES[op.get("aggregate_function")])
    y = transformed(lo, y, TRANSFORMS[op.get("post_transform")])
    return lo.cast(y, lo.element(op.operands[0])) if isinstance(lo.element(op.operands[0]), Float16Type) else y


def _by_number(lo: Lowering, op: Any, dtype: np.dtype) -> Forest:
    """Trees as version 5 has them: nodes and leaves by number, sets of members apart."""
    get: Callable[[str], Any] = lambda name: numbers(lo, op, name)
    modes, features, splits = get("nodes_modes"), get("nodes_featureids"), get("nodes_splits")
    count = len(modes)
    leaves = [[pair] for pair in zip(get("leaf_targetids"), get("leaf_weights"), strict=True)]
    forest = Forest(dtype, [Node(0, 0.0, 0.0, 0, 0, 0)] * count, leaves)
    true, false = (get(f"nodes_{side}nodeids") for side in ("true", "false"))
    is_leaf = list(zip(get("nodes_trueleafs"), get("nodes_falseleafs"), strict=True))
    tracks = get("nodes_missing_value_tracks_true") or [0] * count

    def number(node: int, leaf: int) -> int:
        if not 0 <= node < (len(leaves) if leaf else count):
            lo.decline(f"there is no {'leaf' if leaf else 'node'} {node}")
        return ~node if leaf else node

    sets = _sets(get("membership_values") or ())
    for at in range(count):
        branches = number(true[at], is_leaf[at][0]), number(false[at], is_leaf[at][1])
        if not 0 <= modes[at] < len(MODES):
            lo.decline(f"nodes_modes has {modes[at]}")
        if MODES[modes[at]] == "BRANCH_MEMBER":
            continue
        forest.compare(at, MODES[modes[at]], features[at], splits[at], branches, bool(tracks[at]))
    for at in _in_order(get("tree_roots"), true, false, is_leaf):
        if MODES[modes[at]] == "BRANCH_MEMBER":
            branches = number(true[at], is_leaf[at][0]), number(false[at], is_leaf[at][1])
            forest.member(at, features[at], next(sets, ()), branches, bool(tracks[at]))
    for root in get("tree_roots"):
        alone = is_leaf[root] == (1, 1) and true[root] == false[root]
        forest.roots.append(~true[root] if alone else number(root, 0))
    return forest


def _sets(values: Sequence[float]) -> Iterator[list[float]]:
    """The sets of members, which NaNs part."""
    found: list[float] = []
    for value in values:
        if math.isnan(value):
            yield found
            found = []
        else:
            found.append(value)
    if found:
        yield found


def _in_order(roots: Sequence[int], true: Sequence[int], false: Sequence[int], leaf: Sequence[tuple[int, int]]) -> Iterator[int]:
    """The nodes of the trees, each before those below it, the true branch first."""
    for root in roots:
        todo, seen = [root], set()
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            yield node
            todo += [c for c, is_leaf in ((false[node], leaf[node][1]), (true[node], leaf[node][0])) if not is_leaf]
