"""Branches and loops on buffers: regions write to memory that the function owns; what a loop carries is copied at the end of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xdsl.dialects import arith
from xdsl.dialects.builtin import IndexType, MemRefType, i1
from xdsl.ir import Attribute, Block, Region, SSAValue

from inferir.core.dims import product
from inferir.core.types import numpy_dtype
from inferir.dialects import cpu
from inferir.dialects.inference.control import always_true
from inferir.passes.cpu.memory.copies import always, identity, is_constant, memref_shape
from inferir.passes.cpu.memory.places import Buffer, Place, tensor_type

if TYPE_CHECKING:
    from inferir.passes.cpu.bufferize import Bufferizer


def branch(b: Bufferizer, op: cpu.IfOp) -> None:
    """Both regions leave their results in the same places. `b` is the bufferizer."""
    condition = b.value(op.condition)
    places = [b.placement.own(r) for r in op.results]

    def end(values: Sequence[SSAValue], _: Sequence[SSAValue]) -> list[SSAValue]:
        for value, place in zip(values, places, strict=True):
            b.copy(value, place)
        return []

    regions = [_inside(b, region.block, [], end) for region in op.regions]
    b.insert(cpu.IfOp.make(condition, regions=regions, result_types=[]))


def loop(b: Bufferizer, op: cpu.LoopOp) -> None:
    """Carried values have one place each, which runs read and then write; a run leaves what is collected at its own part of the stack."""
    count = len(op.carried)
    number, condition, *arguments = op.body.block.args
    carried: list[Place] = [b.placement.own(r) for r in op.results[:count]]
    for start, place in zip(op.carried, carried, strict=True):
        b.copy(start, place)
    for argument, place in zip(arguments, carried, strict=True):
        b.placement.places[argument] = replace(place, shape=b.shapes[argument])
    if any(use.operation is not op.body.block.last_op or use.index for use in condition.uses):
        whole = b.memory(b.placement.own(condition), condition)
        b.insert(cpu.MapOp.make(whole, [], whole, result_types=[], regions=[always(1, i1)]))
    stacks = [_contiguous(b.placement.own(r)) for r in op.results[count:]]

    def end(values: Sequence[SSAValue], arguments_now: Sequence[SSAValue]) -> list[SSAValue]:
        more, *given = values
        for value, stack, result in zip(given[count:], stacks, op.results[count:], strict=True):
            part = _part(b, b.memory(stack, result), b.shapes[value], arguments_now[0], value)
            b.insert(identity(b.value(value), part))
        moves = [(v, p) for v, a, p in zip(given, arguments, carried, strict=False) if v is not a]
        condition_now = [] if always_true(more, condition) else [_memory(b, more, _aside(b, more, carried))]
        copies = [_aside(b, value, carried) for value, _ in moves]
        for (value, place), copy in zip(moves, copies, strict=True):
            if copy is None:
                b.copy(value, place)
            else:
                b.move(copy, place, value)
        return condition_now

    region = _inside(b, op.body.block, [IndexType()], end)
    known = None if op.limit is None else b.shapes.value_of(op.limit)
    limit = None if op.limit is None else b.value(op.limit) if known is None else b.indices[known.reshape(-1)[0]]
    start = None if op.condition is None or always_true(op.condition) else b.value(op.condition)
    memory = b.memory(b.placement.own(number), number)
    b.insert(cpu.LoopOp.make(limit, start, [memory], regions=[region], result_types=[]))
    for stack, result in zip(stacks, op.results[count:], strict=True):
        if stack is not b.placement.own(result):
            b.move(stack, b.placement.own(result), result)


def _inside(b: Bufferizer, block: Block, types: Sequence[Attribute], end: Callable[..., list[SSAValue]]) -> Region:
    """The ops of a block on buffers, then what `end(yielded values, arguments of the new block)` does; it gives what is yielded now."""
    outer, b.here = b.here, Block(arg_types=types)
    here, last = b.here, block.last_op
    for op in list(block.ops):
        b.location = op.location
        if op is not last:
            b.op(op)
    given = end(list(last.operands), here.args)  # pyright: ignore[reportOptionalMemberAccess]
    here.add_op(cpu.YieldOp(*given))
    b.here = outer
    return Region(here)


def _aside(b: Bufferizer, value: SSAValue, carried: Sequence[Place]) -> Place | None:
    """A copy of a value that lies in memory the end of a run writes; None where it does not."""
    if is_constant(value.owner) or all(b.placement.own(value).buffer is not place.buffer for place in carried):
        return None
    shape = b.shapes[value]
    copy = Place(Buffer(shape), shape)
    b.copy(value, copy)
    return copy


def _memory(b: Bufferizer, value: SSAValue, copy: Place | None) -> SSAValue:
    """The memory of a value, or of the copy of it."""
    return b.value(value) if copy is None else b.memory(copy, value)


def _contiguous(place: Place) -> Place:
    """The place, or memory of its own where it has strides."""
    return place if place.strides is None else Place(Buffer(place.shape), place.shape)


def _part(b: Bufferizer, whole: SSAValue, shape: Any, index: SSAValue, like: SSAValue) -> SSAValue:
    """Element `index` of a stack."""
    element = tensor_type(like).element_type
    size = b.indices[product(shape) * numpy_dtype(element).itemsize]
    offset = b.insert(arith.MuliOp(index, size)).results[0]
    type = MemRefType(element, memref_shape(shape))
    return b.insert(cpu.ViewOp(whole, offset, [b.indices[d] for d in shape if not isinstance(d, int)], type)).results[0]
