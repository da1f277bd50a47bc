"""What bufferisation copies and fills with: maps without arithmetic."""

from __future__ import annotations

from typing import Any

from xdsl.dialects import arith
from xdsl.dialects.builtin import DYNAMIC_INDEX, FloatAttr, IntegerAttr, IntegerType, MemRefType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core.dims import Shape
from inferir.core.rewriting import constant_attribute_of
from inferir.dialects import cpu
from inferir.dialects.cpu.scalar import scalar_type


def is_constant(owner: Any) -> bool:
    """Whether an op (the owner of a value) is a constant."""
    return isinstance(owner, Operation) and bool(owner.results) and constant_attribute_of(owner.results[0]) is not None


def identity(x: SSAValue, outs: SSAValue) -> Operation:
    """A copy."""
    return cpu.MapOp.make(x, [], outs, result_types=[], regions=[Region()])


def broadcast(x: SSAValue, outs: SSAValue) -> Operation:
    """x, broadcast."""
    assert isinstance(x.type, MemRefType)
    block = Block(arg_types=[scalar_type(x.type.element_type)] * 2)
    block.add_op(cpu.YieldOp(block.args[1]))
    return cpu.MapOp.make(outs, [x], outs, result_types=[], regions=[Region(block)])


def always(value: float, type: Attribute) -> Region:
    """A region that stores a number."""
    block = Block(arg_types=[type])
    attribute: Any = IntegerAttr(int(value), type) if isinstance(type, IntegerType) else FloatAttr(value, type)  # pyright: ignore
    number = arith.ConstantOp(attribute)
    block.add_ops([number, cpu.YieldOp(number)])
    return Region(block)


def memref_shape(shape: Shape) -> list[int]:
    """The dimensions as a memref's type has them."""
    return [d if isinstance(d, int) else DYNAMIC_INDEX for d in shape]
