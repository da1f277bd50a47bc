"""`cpu.generate`: rows of the result, the last dimension in registers."""

from __future__ import annotations

from typing import Any

from xdsl.dialects import scf
from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import Block, Region, SSAValue

from inferir.dialects.cpu.generate import GenerateOp
from inferir.dialects.cpu.uk import GenerateOp as GenerateRow
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.kernel import Lowering, estimate

TASK_STEPS = 256 * 1024
"""Ops of the region that a task runs, about, counted once for each element."""


def lower_generate(op: GenerateOp, lowering: Lowering) -> None:
    """A task is a block of rows, or of columns where there is one row."""
    host, y = lowering.host, lowering.y
    assert isinstance(y.type, MemRefType)
    shape = y.type.get_shape()
    *outer, width = host.sizes(y) if shape else [1]
    rows: Index = 1
    for size in outer:
        rows = host.mul(rows, size)
    flat = rows == 1
    cost = steps(op.epilogue.block)
    across = cost if flat else cost * max(estimate(shape[-1], 256), 1)
    block = max(16, TASK_STEPS // cost // 16 * 16) if flat else max(1, TASK_STEPS // across)
    tasks = host.ceil_div(width if flat else rows, block)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        *around, columns = k.sizes(arg["y"]) if shape else [1]
        inputs = [(arg[f"e{i}"], k.values([0] * _rank(arg[f"e{i}"]))) for i in range(len(op.extras))]
        low = k.mul(k.task, block)

        def row(at: list[Index], first: Index, count: Index) -> None:
            place = k.values([*at, first] if shape else [])
            k.add_op(GenerateRow.of(inputs, [(arg["y"], place)], k.values([count]), body_of(op, arg)))

        if flat:
            row([0] * len(around), low, k.minimum(k.sub(columns, low), block))
            return
        total: Index = 1
        for size in around:
            total = k.mul(total, size)
        k.loop(low, k.minimum(k.add(low, block), total), 1, lambda r: row(k.unflattened(r, around), 0, columns), "row")

    lowering.launch("generate", tasks, {"y": y}, body)


def _rank(value: SSAValue) -> int:
    assert isinstance(value.type, MemRefType)
    return value.type.get_num_dims()


def steps(block: Block) -> int:
    """About how many ops the block runs for one element; loops of unknown length count as 8 turns."""
    total = 1
    for op in block.ops:
        inner = sum(steps(r.block) for r in op.regions)
        total += inner * _turns(op) if isinstance(op, scf.ForOp) else 1 + inner
    return total


def _turns(op: scf.ForOp) -> int:
    from xdsl.dialects import arith

    from inferir.dialects.cpu.scalar import constant_of

    bounds = [constant_of(v.owner) if isinstance(v.owner, arith.ConstantOp) else None for v in (op.lb, op.ub)]
    low, high = bounds
    return max(int(high - low), 0) if low is not None and high is not None else estimate(DYNAMIC_INDEX)


def body_of(op: GenerateOp, arg: dict[str, Any]) -> Region:
    """A copy of the op's region, over the kernel's memrefs, with names of its own so that equal kernels read the same."""
    region = op.epilogue.clone()
    block = region.block
    rank = len(op.shape)
    for position, argument in enumerate(block.args):
        argument.name_hint = f"i{position}" if position < rank else f"x{position - rank}"
        if position >= rank:
            argument._type = arg[f"e{position - rank}"].type  # pyright: ignore[reportAttributeAccessIssue]
    for inner in region.walk():
        for result in inner.results:
            result.name_hint = None
        for nested in (b for r in inner.regions for b in r.blocks):
            for argument in nested.args:
                argument.name_hint = None
    return region
