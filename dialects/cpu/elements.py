"""Scalar ops that reach into tensors: what a region says about single elements.

They stand in the region of `cpu.generate` and in kernels, beside `arith`, `math` and `scf.for`; the memory they name is a
tensor as long as there are no buffers, and a memref afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import DenseArrayBase, IndexType, IntegerAttr, MemRefType, StringAttr, TensorType, i1, i32, i64
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_operand_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import MemoryReadEffect, MemoryWriteEffect, NoMemoryEffect
from xdsl.utils.exceptions import VerifyException

from inferir.dialects.cpu.scalar import scalar_type

SHAPED = TensorType.constr() | MemRefType.constr()


def rank_of(value: SSAValue) -> int:
    """The rank of a tensor or memref."""
    assert isinstance(value.type, TensorType | MemRefType)
    return value.type.get_num_dims()


def element_of(value: SSAValue) -> Attribute:
    """What a scalar program calls an element of a tensor or memref: integers have no sign."""
    assert isinstance(value.type, TensorType | MemRefType)
    return scalar_type(value.type.element_type)


def _print_place(printer: Printer, source: SSAValue, indices: Sequence[SSAValue]) -> None:
    printer.print_ssa_value(source)
    printer.print_string("[")
    printer.print_list(indices, printer.print_ssa_value)
    printer.print_string("]")


@irdl_op_definition
class LoadOp(IRDLOperation):
    """One element of `source`. With a condition: `otherwise` where it does not hold, and then nothing is read.

    Example:
        %v = cpu.load %x[%i, %j] : tensor<4x8xf32>
        %w = cpu.load %x[%i, %k] when %inside else %zero : tensor<4x8xf32>
    """

    name = "cpu.load"
    source = operand_def(SHAPED)
    indices = var_operand_def(IndexType)
    condition = opt_operand_def(i1)
    otherwise = opt_operand_def()
    result = result_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    traits = traits_def(MemoryReadEffect())

    def __init__(
        self,
        source: SSAValue,
        indices: Sequence[SSAValue],
        condition: SSAValue | None = None,
        otherwise: SSAValue | None = None,
    ):
        super().__init__(operands=[source, list(indices), condition, otherwise], result_types=[element_of(source)])

    def verify_(self) -> None:
        if len(self.indices) != rank_of(self.source):
            raise VerifyException(f"{len(self.indices)} indices for {self.source.type}")
        if self.result.type != element_of(self.source):
            raise VerifyException(f"gives {self.result.type}, its source holds {element_of(self.source)}")
        if (self.condition is None) != (self.otherwise is None):
            raise VerifyException("`when` and `else` come together")
        if self.otherwise is not None and self.otherwise.type != self.result.type:
            raise VerifyException(f"`else` is {self.otherwise.type}, the element {self.result.type}")

    def print(self, printer: Printer) -> None:
        """Print `%x[%i] when %c else %v : type`."""
        printer.print_string(" ")
        _print_place(printer, self.source, self.indices)
        if self.condition is not None and self.otherwise is not None:
            printer.print_string(" when ")
            printer.print_ssa_value(self.condition)
            printer.print_string(" else ")
            printer.print_ssa_value(self.otherwise)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.source.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        source = parser.parse_unresolved_operand()
        indices = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_unresolved_operand)
        condition = otherwise = None
        if parser.parse_optional_keyword("when") is not None:
            condition = parser.parse_unresolved_operand()
            parser.parse_keyword("else")
            otherwise = parser.parse_unresolved_operand()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type = parser.parse_type()
        if not isinstance(type, TensorType | MemRefType):
            parser.raise_error(f"{type} is neither a tensor nor a memref")
        operands = [parser.resolve_operand(source, type), *(parser.resolve_operand(i, IndexType()) for i in indices)]
        if condition is not None and otherwise is not None:
            operands += [parser.resolve_operand(condition, i1), parser.resolve_operand(otherwise, scalar_type(type.element_type))]
        optional = int(condition is not None)
        sizes = DenseArrayBase.from_list(i32, [1, len(indices), optional, optional])
        properties: dict[str, Attribute] = {AttrSizedOperandSegments.attribute_name: sizes}
        return cls.create(operands=operands, result_types=[scalar_type(type.element_type)], properties=properties, attributes=attributes)


@irdl_op_definition
class StoreOp(IRDLOperation):
    """Write one element of a memref; in kernels only.

    Example:
        cpu.store %v, %y[%i, %j] : memref<4x8xf32>
    """

    name = "cpu.store"
    value = operand_def()
    target = operand_def(MemRefType)
    indices = var_operand_def(IndexType)
    traits = traits_def(MemoryWriteEffect())

    def __init__(self, value: SSAValue, target: SSAValue, indices: Sequence[SSAValue]):
        super().__init__(operands=[value, target, list(indices)])

    def verify_(self) -> None:
        if len(self.indices) != rank_of(self.target):
            raise VerifyException(f"{len(self.indices)} indices for {self.target.type}")
        if self.value.type != element_of(self.target):
            raise VerifyException(f"stores {self.value.type}, its target holds {element_of(self.target)}")

    def print(self, printer: Printer) -> None:
        """Print `%v, %y[%i] : type`."""
        printer.print_string(" ")
        printer.print_ssa_value(self.value)
        printer.print_string(", ")
        _print_place(printer, self.target, self.indices)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.target.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        value = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        target = parser.parse_unresolved_operand()
        indices = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_unresolved_operand)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type = parser.parse_type()
        if not isinstance(type, MemRefType):
            parser.raise_error(f"{type} is not a memref")
        operands = [parser.resolve_operand(value, scalar_type(type.element_type)), parser.resolve_operand(target, type)]
        operands += [parser.resolve_operand(i, IndexType()) for i in indices]
        return cls.create(operands=operands, attributes=attributes)


@irdl_op_definition
class SizeOp(IRDLOperation):
    """A dimension of a tensor or memref, as an index.

    Example:
        %n = cpu.size %x axis 0 : tensor<?x8xf32>
    """

    name = "cpu.size"
    source = operand_def(SHAPED)
    axis = prop_def(IntegerAttr.constr(type=i64))
    result = result_def(IndexType)
    traits = traits_def(NoMemoryEffect())
    assembly_format = "$source `axis` $axis attr-dict `:` type($source)"

    def __init__(self, source: SSAValue, axis: int):
        super().__init__(operands=[source], properties={"axis": IntegerAttr(axis, i64)}, result_types=[IndexType()])

    def verify_(self) -> None:
        if not 0 <= self.axis.value.data < rank_of(self.source):
            raise VerifyException(f"{self.source.type} has no axis {self.axis.value.data}")


@irdl_op_definition
class CheckOp(IRDLOperation):
    """An index that must lie in [low, high), where low <= high. Where it does not, the program stops with an error that `says` begins.

    Nothing of the kernel's task runs after a failed check, and no kernel after this one: what the index reads need not be guarded.

    Example:
        %j = cpu.check %i from %low below %n says "inference.gather: index along axis 0"
    """

    name = "cpu.check"
    index = operand_def(IndexType)
    low = operand_def(IndexType)
    high = operand_def(IndexType)
    says = prop_def(StringAttr)
    result = result_def(IndexType)
    traits = traits_def(MemoryWriteEffect())
    assembly_format = "$index `from` $low `below` $high `says` $says attr-dict"

    def __init__(self, index: SSAValue, low: SSAValue, high: SSAValue, says: str):
        super().__init__(operands=[index, low, high], properties={"says": StringAttr(says)}, result_types=[IndexType()])
