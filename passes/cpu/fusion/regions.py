"""Joining the scalar regions of two ops where one reads what the other computes."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Block, Region, SSAValue

from inferir.core.types import ranked
from inferir.dialects import cpu
from inferir.dialects.cpu.scalar import scalar_type


def size(op: cpu.Level3Op) -> int:
    """Ops of the region, its yield among them."""
    return len(op.epilogue.block.ops) if op.epilogue.blocks else 0


def joined(producer: cpu.Level3Op, consumer: cpu.MapOp) -> tuple[list[SSAValue], Region]:
    """The extras and the region of one op that does what `producer` and then `consumer`, which reads it, do.

    Extras that occur twice are read once. The regions of both ops are emptied: what they hold is moved, not copied.
    """
    first_inputs = [None, *producer.extras]
    second_inputs = [consumer.x, *consumer.extras]
    if isinstance(producer, cpu.MapOp):
        first_inputs[0] = producer.x
    head = first_inputs[0]
    read = (*first_inputs[1:], *(v for v in second_inputs if v is not producer.y))
    extras = list(dict.fromkeys(value for value in read if value is not None and value is not head))
    block = Block(arg_types=[_scalar(producer), *(_element(v) for v in extras)])
    arguments: dict[SSAValue, SSAValue] = dict(zip(extras, block.args[1:], strict=True))
    if head is not None:
        arguments[head] = block.args[0]
    start = [block.args[0], *(arguments[v] for v in producer.extras)]
    value = _move(producer.epilogue, start, block)
    following = [value if v is producer.y else arguments[v] for v in second_inputs]
    block.add_op(cpu.YieldOp(_move(consumer.epilogue, following, block)))
    return extras, Region(block)


def _move(region: Region, arguments: Sequence[SSAValue], into: Block) -> SSAValue:
    """Move a region's ops behind those of a block; what it yields."""
    if not region.blocks:
        return arguments[0]
    block = region.block
    for parameter, argument in zip(block.args, arguments, strict=True):
        parameter.replace_all_uses_with(argument)
    for op in list(block.ops):
        op.detach()
        if isinstance(op, cpu.YieldOp):
            (value,) = op.operands
            op.erase()
            return value
        into.add_op(op)
    raise AssertionError("a scalar region ends in cpu.yield")


def _element(value: SSAValue):
    return scalar_type(ranked(value).element_type)


def _scalar(op: cpu.Level3Op):
    if op.epilogue.blocks:
        return op.epilogue.block.args[0].type
    assert op.y is not None
    return _element(op.y)
