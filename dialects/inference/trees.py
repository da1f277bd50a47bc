"""Ensembles of decision trees."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import Float32Type, Float64Type, i32
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, result_def

from inferir.core import define, enum, integer
from inferir.core.dims import Shape, differ, shape_text
from inferir.dialects.inference.base import InferenceOp

ROWS = 256
"""Rows that the reference sends through the trees at a time: its memory is rows x trees x targets."""


@define
class TreeEnsembleOp(InferenceOp):
    """The sum, minimum or maximum over decision trees of the weights of the leaf that a row reaches.

    A row at node n reads v = x[row, feature[n]] and goes on at children[n, 1] where low[n] <= v <= high[n], else at children[n, 0]; where
    v is NaN at the last of the children. From its root a row takes as many steps as the tree is deep; a leaf is its own child.

    x         [N, F], f32 or f64
    feature   [nodes], i32: columns of x, the largest of them `features` - 1
    high, low [nodes], x's type; low is optional (-inf)
    children  [nodes, 2] or [nodes, 3], i32: for no, for yes, for NaN (as for no); the last nodes are the leaves
    roots     [trees], i32
    depths    [trees], i32: the most steps from the root to a leaf
    weights   [leaves, T], x's type; or [leaves, 1]: then the trees are in T groups of equal size, and group t has target t
    result    [N, T]

    Source: ONNX TreeEnsemble-5 (ai.onnx.ml). Example:
        %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w targets 2 features 3 : (tensor<4x3xf32>, tensor<9xi32>, tensor<9xf32>, tensor<9x2xi32>, tensor<3xi32>, tensor<3xi32>, tensor<6x2xf32>) -> tensor<4x2xf32>
    """

    name = "inference.tree_ensemble"
    x = operand_def()
    feature = operand_def()
    high = operand_def()
    children = operand_def()
    roots = operand_def()
    depths = operand_def()
    weights = operand_def()
    low = opt_operand_def()
    targets = integer(1)
    features = integer(1)
    kind = enum("sum", "min", "max")
    result = result_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    def infer_shape(
        self, x: Shape, feature: Shape, high: Shape, children: Shape, roots: Shape, depths: Shape, weights: Shape, low: Shape | None = None
    ) -> Shape:
        """[N, targets]."""
        if len(x) != 2 or (isinstance(x[1], int) and x[1] < self.features):
            self.error(f"x is {shape_text(x)}, must be rows of at least {self.features} columns")
        tables = [feature, high, children, *([] if low is None else [low])]
        if any(not t or differ(t[0], feature[0]) for t in tables) or len(children) != 2 or children[1] not in (2, 3):
            self.error("`feature`, `high` and `low` have a number, `children` two or three, for each node")
        if len(roots) != 1 or roots != depths or len(weights) != 2 or weights[1] not in (1, self.targets):
            self.error(f"there is a root and a depth for each tree, and 1 or {self.targets} weights for each leaf")
        if weights[1] == 1 and isinstance(roots[0], int) and roots[0] % self.targets:
            self.error(f"{roots[0]} trees are not {self.targets} groups of equal size")
        return (x[0], self.targets)

    def infer_dtype(self, x: Any, feature: Any, high: Any, children: Any, roots: Any, depths: Any, weights: Any, low: Any = None) -> Any:
        """x's."""
        if not isinstance(x, Float32Type | Float64Type) or any(t not in (None, x) for t in (high, low, weights)):
            self.error(f"x is {x}; it, the limits and the weights must be of one type, f32 or f64")
        if any(t != i32 for t in (feature, children, roots, depths)):
            self.error("`feature`, `children`, `roots` and `depths` must be i32")
        return x

    def check_tables(self, feature: np.ndarray, children: np.ndarray, roots: np.ndarray, depths: np.ndarray, leaves: int) -> None:
        """Raise ValueError unless every way from a root ends at a leaf within the depth of its tree, and no number names what does not exist."""
        nodes = len(feature)
        first = nodes - leaves
        if first < 0 or any(v.size and not (v.min() >= 0 and v.max() < nodes) for v in (children, roots)):
            raise ValueError(f"a child or a root is none of {nodes} nodes")
        if feature.size and not (feature.min() >= 0 and feature.max() < self.features):
            raise ValueError(f"a node reads none of {self.features} columns")
        if (children[first:] != np.arange(first, nodes)[:, None]).any():
            raise ValueError("a leaf is not its own child")
        far = np.full(nodes, nodes + 1, np.int64)
        far[first:] = 0
        for _ in range(int(depths.max(initial=0))):
            above = np.minimum(far[children[:first]].max(axis=1, initial=0) + 1, nodes + 1)
            if (above == far[:first]).all():
                break
            far[:first] = above
        if (far[roots] > depths).any():
            raise ValueError("a tree is deeper than its depth states")

    def reference(
        self,
        x: np.ndarray,
        feature: np.ndarray,
        high: np.ndarray,
        children: np.ndarray,
        roots: np.ndarray,
        depths: np.ndarray,
        weights: np.ndarray,
        low: np.ndarray | None = None,
    ) -> np.ndarray:
        """numpy."""
        if x.shape[1] < self.features:
            raise ValueError(f"the trees read column {self.features - 1}")
        self.check_tables(feature, children, roots, depths, len(weights))
        combine = {"sum": np.sum, "min": np.min, "max": np.max}[self.kind]
        parts = [np.zeros((0, self.targets), x.dtype)]
        for start in range(0, len(x), ROWS):
            rows = x[start : start + ROWS]
            node = np.broadcast_to(roots, (len(rows), len(roots)))
            for _ in range(int(depths.max(initial=0))):
                value = np.take_along_axis(rows, feature[node].astype(np.int64), axis=1)
                inside = value <= high[node] if low is None else (value <= high[node]) & (value >= low[node])
                node = children[node, np.where(np.isnan(value), 2 if children.shape[1] == 3 else 0, inside)]
            found = weights[node - (len(feature) - len(weights))]
            if weights.shape[1] != self.targets:
                found = found.reshape(len(rows), self.targets, -1).transpose(0, 2, 1)
            parts.append(combine(found, axis=1))
        return np.concatenate(parts).astype(x.dtype)
