"""Decision trees: every lane of a vector walks down a tree of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import i32
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import replace, result, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, Value, generated


@rewrites(inf.TreeEnsembleOp)
def tree_ensemble(op: inf.TreeEnsembleOp, rw: Rewriter) -> str | None:
    """The leaf of every row and tree, [N, trees]; then what the leaves weigh, along the trees"""
    (nodes,), (trees,), (leaves, width) = shape_of(op.feature), shape_of(op.roots), shape_of(op.weights)
    feature, children, roots, depths = (rw.array(v) for v in (op.feature, op.children, op.roots, op.depths))
    if feature is None or children is None or roots is None or depths is None or leaves < 0:
        return "its tables are computed"
    try:
        op.check_tables(feature, children, roots, depths, leaves)
    except ValueError as problem:
        return str(problem)
    columns = shape_of(op.x)[1]
    steps = None if len(set(depths.tolist())) > 1 else int(depths.max(initial=0))
    ways = children.shape[1]
    flat = rw.const(children.reshape(-1))  # indices of 32 bits, for which gathers are twice as quick, are computed in 32 bits
    tables = [op.x, op.feature, op.high, flat, op.roots, op.depths, *([] if op.low is None else [op.low])]

    def leaf(s: Program, at: list[Any], *given: SSAValue) -> Scalar:
        if columns < 0:
            s.checked(op.features - 1, 0, s.size(given[0], 1), f"{op.name}: index along axis 1")
        depth = s.load(given[5], at[1:]).index() if steps is None else steps
        node = s.load(given[4], at[1:])
        (node,) = s.loop(0, depth, [node], lambda _, here: [_next(s, at[0], here, ways, *given)]) if depth != 0 else (node,)
        return node - (nodes - leaves)

    rows = shape_of(op.x)[0]
    sizes: list[int | str] = [rows if rows >= 0 else "x0_0", trees]
    if width == 1:
        groups: list[int | str] = [sizes[0], op.targets, trees // op.targets]

        def weight(s: Program, at: list[Any], *given: SSAValue) -> Scalar:
            tree = at[1] * (trees // op.targets) + at[2]
            return s.load(given[-1], [leaf(s, [at[0], tree], *given[:-1]).index(), 0])

        each = result(generated([*tables, op.weights], groups, element_of(op.x), weight), rw)
        replace(op, inf.ReduceOp.make(each, kind=op.kind, axes=(2,)), rw)
        return None
    found = result(generated(tables, sizes, i32, leaf), rw)
    scores = [sizes[0], op.targets]
    replace(op, generated([found, op.weights], scores, element_of(op.x), lambda s, at, *given: _combined(s, op.kind, at, trees, given)), rw)
    return None


def _next(s: Program, row: Scalar, node: Value, ways: int, *given: SSAValue) -> Value:
    """The child of a node that a row goes to."""
    x, feature, high, children, *others = given
    i = node.index()
    value = s.load(x, [row, s.load(feature, [i]).index()])
    inside: Scalar = value <= s.load(high, [i])
    if len(others) > 2:
        inside = inside & (value >= s.load(others[2], [i]))
    way = s.where(inside, s.number(1, i32), s.number(0, i32))
    if ways == 3:
        way = s.where(value.differs(value), s.number(2, i32), way)
    return s.load(children, [(node * ways + way).index()])


def _combined(s: Program, kind: str, at: list[Any], trees: int, given: Any) -> Scalar:
    """The weights of one target, over the trees."""
    leaves, weights = given
    start = {"sum": 0.0, "min": np.inf, "max": -np.inf}[kind]

    def one(tree: Value, total: Value) -> list[Scalar]:
        weight = s.load(weights, [s.load(leaves, [at[0], tree]).index(), at[1]])
        return [total + weight if kind == "sum" else (s.smaller if kind == "min" else s.larger)(total, weight)]

    return s.loop(0, trees, [s.number(start, element_of(weights))], one)[0]
