"""Control flow: subgraphs that an operator runs."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.regions import bind, branched, looped, spliced


@lowering("tfl", "IF")
def if_(op: Any, lo: Lowering) -> Any:
    """if; where the condition is known, what its branch computes"""
    condition, *values = op.operands
    return branched(op, condition, values, ("then_branch", "else_branch"), lo)


@lowering("tfl", "WHILE")
def while_(op: Any, lo: Lowering) -> Any:
    """loop"""
    return looped(op, list(op.operands), op.graph("condition"), op.graph("body"), lo)


@lowering("tfl", "CALL")
def call(op: Any, lo: Lowering) -> Any:
    """What the subgraph computes"""
    bind(op.graph("body"), list(op.operands))
    return spliced(op.graph("body"), lo)
