"""Reading and writing elements at computed places."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.tflite_rules.indexing import gathered
from inferir.passes.framework.tflite_rules.operands import wide


@lowering("tf", "GatherV2")
def gather(op: Any, lo: Lowering) -> Any:
    """gather; with batch dimensions by index tuples"""
    x, indices, axis = lo.operands(3)
    (at,) = lo.need_ints(axis, "the axis")
    return gathered(lo, x, indices, at, op.get("batch_dims"))


@lowering("tf", "Gather")
def gather_rows(op: Any, lo: Lowering) -> Any:
    """gather along the first axis"""
    return lo.gather(*lo.operands(2), axis=0)


@lowering("tf", "ResourceGather")
def gather_variable(op: Any, lo: Lowering) -> Any:
    """gather of what the variable holds"""
    x, indices = lo.operands(2)
    return gathered(lo, x, indices, op.get("batch_dims"), op.get("batch_dims"))


SCATTERS = {"TensorScatterUpdate": None, "TensorScatterAdd": "add", "TensorScatterMax": "max", "TensorScatterMin": "min"}


@lowering("tf", *SCATTERS)
def scatter(op: Any, lo: Lowering) -> Any:
    """scatter_nd"""
    x, indices, updates = lo.operands(3)
    kind = SCATTERS[op.schema.name]
    return lo.scatter_nd(x, wide(lo, indices), updates, **({"reduction": kind} if kind else {}))


@lowering("tf", "TensorScatterSub")
def scatter_sub(op: Any, lo: Lowering) -> Any:
    """scatter_nd of what is subtracted"""
    x, indices, updates = lo.operands(3)
    return lo.scatter_nd(x, wide(lo, indices), lo.neg(updates), reduction="add")
