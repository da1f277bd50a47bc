"""Control flow: functions that an operator runs."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.regions import branched, looped


@lowering("tf", "If", "StatelessIf")
def if_(op: Any, lo: Lowering) -> Any:
    """if; where the condition is known, what its branch computes"""
    condition, *values = op.operands
    return branched(op, condition, values, ("then_branch", "else_branch"), lo)


@lowering("tf", "While", "StatelessWhile")
def while_(op: Any, lo: Lowering) -> Any:
    """loop"""
    return looped(op, list(op.operands), op.graph("cond"), op.graph("body"), lo)
