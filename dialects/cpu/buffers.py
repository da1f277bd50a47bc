"""Level 3 on buffers: where memory comes from. Views into it are `cpu.view`.

    func.func @main(%x: memref<?x784xf32> {inference.name = "x", ...}, %y: memref<?x10xf32> {...}, %batch: index {...}) {
      %w = cpu.constant #inference.weight<"w"> : memref<1x784x16xf32>
      %0 = cpu.alloc %batch : (index) -> memref<?x10xf32>
      cpu.gemm %x, %w outs %0 columns 10 {} : (memref<?x784xf32>, memref<1x784x16xf32>, memref<?x10xf32>) -> ()
      cpu.softmax %0 outs %y {} : (memref<?x10xf32>, memref<?x10xf32>) -> ()
      return
    }

After `plan-arena` there are views of the arena and of the weights instead, and one `cpu.weight` beside the function for
each tensor in the weights segment.
"""

from __future__ import annotations

from typing import Any, Self

from xdsl.dialects.builtin import DYNAMIC_INDEX, IndexType, MemRefType, TensorType
from xdsl.ir import Attribute
from xdsl.irdl import prop_def, result_def, traits_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import ConstantLike, NoMemoryEffect, Pure

from inferir.core.constants import is_constant_attribute
from inferir.core.op import Op, define
from inferir.core.properties import integer


@define
class AllocOp(Op):
    """A buffer of its own, alive from its first to its last use; `sizes` are its dynamic dimensions."""

    name = "cpu.alloc"
    sizes = var_operand_def(IndexType)
    result = result_def(MemRefType)

    def infer_types(self) -> list[Attribute]:
        """The declared type: it says all."""
        return [r.type for r in self.results]

    def check(self) -> None:
        """A size for each dynamic dimension."""
        assert isinstance(self.result.type, MemRefType)
        dynamic = sum(d == DYNAMIC_INDEX for d in self.result.type.get_shape())
        if dynamic != len(self.sizes):
            self.error(f"{self.result.type} has {dynamic} dynamic dimensions, {len(self.sizes)} sizes are given")


def _print_value(op: Any, printer: Printer) -> None:
    printer.print_string(" ")
    printer.print_attribute(op.properties["value"])


@define
class ConstantOp(Op):
    """A constant in memory: what `inference.constant` is on tensors."""

    name = "cpu.constant"
    value = prop_def()
    result = result_def(MemRefType)
    traits = traits_def(Pure(), ConstantLike())

    def infer_types(self) -> list[Attribute]:
        """The declared type."""
        return [r.type for r in self.results]

    def check(self) -> None:
        """The value is a constant."""
        if not is_constant_attribute(self.properties["value"]):
            self.error(f"{self.properties['value']} is not dense<...>, #inference.weight or #inference.fold")

    @classmethod
    def of(cls, value: Attribute, type: MemRefType) -> Self:
        """A constant of a value."""
        return cls.create(properties={"value": value}, result_types=[type])

    def print(self, printer: Printer) -> None:
        """Print `value : type`; a dense value carries its tensor type before that."""
        _print_value(self, printer)
        printer.print_string(" : ")
        printer.print_attribute(self.result.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        value = parser.parse_attribute()
        parser.parse_punctuation(":")
        return cls.create(properties={"value": value}, result_types=[parser.parse_type()])


@define
class WeightOp(Op):
    """A tensor of the weights segment, at a byte offset.

    Example:
        cpu.weight #inference.weight<"fc.weight"> at 4096 : tensor<10x84xf32>
    """

    name = "cpu.weight"
    value = prop_def()
    type = prop_def(TensorType)
    offset = integer(0)
    traits = traits_def(NoMemoryEffect())

    def infer_types(self) -> list[Attribute]:
        """No results."""
        return []

    def check(self) -> None:
        """The value is a constant."""
        if not is_constant_attribute(self.properties["value"]):
            self.error(f"{self.properties['value']} is not dense<...>, #inference.weight or #inference.fold")

    @classmethod
    def of(cls, value: Attribute, type: TensorType, offset: int) -> Self:
        """A tensor at an offset."""
        op = cls.create(properties={"value": value, "type": type})
        op.offset = offset
        return op

    def print(self, printer: Printer) -> None:
        """Print `value at offset : type`."""
        _print_value(self, printer)
        printer.print_string(f" at {self.offset} : ")
        printer.print_attribute(self.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        value = parser.parse_attribute()
        parser.parse_keyword("at")
        offset = parser.parse_integer()
        parser.parse_punctuation(":")
        return cls.of(value, parser.parse_type(), offset)  # pyright: ignore[reportArgumentType]
