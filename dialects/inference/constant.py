"""Constants."""

from __future__ import annotations

from typing import Any, Self

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, TensorType
from xdsl.ir import Attribute
from xdsl.irdl import prop_def, result_def, traits_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import ConstantLike, Pure

from inferir.core import Op, define
from inferir.core.constants import is_constant_attribute
from inferir.core.dims import Shape


@define
class ConstantOp(Op):
    """A constant tensor: written out (`dense`), a weight by name, or a lazy fold of other constants.

    Example:
        %w = inference.constant #inference.weight<"conv1.weight"> : tensor<64x3x7x7xf32>
        %s = inference.constant dense<[1, -1]> : tensor<2xi64>
    """

    name = "inference.constant"
    value = prop_def()
    result = result_def()
    traits = traits_def(Pure(), ConstantLike())

    def infer_shape(self) -> Shape:
        """The declared shape."""
        type = self.result.type
        assert isinstance(type, TensorType)
        return tuple(type.get_shape())

    def infer_types(self) -> list[Attribute]:
        """The declared type: the value does not always carry one."""
        value = self.properties.get("value")
        return [value.type] if isinstance(value, DenseIntOrFPElementsAttr) else [r.type for r in self.results]

    def check(self) -> None:
        """The value is one of the three forms."""
        if not is_constant_attribute(self.properties["value"]):
            self.error(f"{self.properties['value']} is not dense<...>, #inference.weight or #inference.fold")

    @classmethod
    def of(cls, value: Attribute, type: Attribute) -> Self:
        """A constant op of a value."""
        return cls.create(properties={"value": value}, result_types=[type])

    def print(self, printer: Printer) -> None:
        """Print `value : type`."""
        value: Any = self.properties["value"]
        if self.attributes:
            printer.print_op_attributes(self.attributes)
        printer.print_string(" ")
        printer.print_attribute(value)
        if not isinstance(value, DenseIntOrFPElementsAttr):
            printer.print_string(" : ")
            printer.print_attribute(self.result.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        attributes = parser.parse_optional_attr_dict()
        start = parser.pos
        value = parser.parse_attribute()
        if isinstance(value, DenseIntOrFPElementsAttr):
            type: Attribute = value.type
        else:
            parser.parse_punctuation(":")
            type = parser.parse_type()
        if not isinstance(type, TensorType):
            parser.raise_error(f"{type} is not a tensor type", start, parser.pos)
        return cls.create(properties={"value": value}, result_types=[type], attributes=attributes)
