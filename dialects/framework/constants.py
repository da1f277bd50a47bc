"""Constant values of source frameworks that builtin attributes cannot say."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, DenseIntOrFPElementsAttr, StringAttr, TensorType
from xdsl.ir import Attribute, ParametrizedAttribute
from xdsl.irdl import irdl_attr_definition, param_def
from xdsl.parser import AttrParser
from xdsl.printer import Printer


@irdl_attr_definition
class TensorAttr(ParametrizedAttribute):
    """`#framework.tensor<#inference.weight<"k"> : tensor<1000xf32>>`: a tensor-valued attribute whose value is a weight or strings."""

    name = "framework.tensor"
    value: Attribute = param_def()
    type: TensorType = param_def()

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<value : type>`."""
        with parser.in_angle_brackets():
            value = parser.parse_attribute()
            parser.parse_punctuation(":")
            return [value, parser.parse_type()]

    def print_parameters(self, printer: Printer) -> None:
        """Print `<value : type>`."""
        with printer.in_angle_brackets():
            printer.print_attribute(self.value)
            printer.print_string(" : ")
            printer.print_attribute(self.type)


@irdl_attr_definition
class StringsAttr(ParametrizedAttribute):
    """`#framework.strings<["a", "b"]>`: the elements of a tensor of strings, in row-major order."""

    name = "framework.strings"
    elements: ArrayAttr[StringAttr] = param_def()


@irdl_attr_definition
class SparseTensorAttr(ParametrizedAttribute):
    """`#framework.sparse_tensor<values, indices : type>`: a tensor that is zero but at some places.

    values   [n], a constant value
    indices  [n] linear or [n, rank] coordinates, a constant value
    type     the dense type
    """

    name = "framework.sparse_tensor"
    values: Attribute = param_def()
    indices: Attribute = param_def()
    type: TensorType = param_def()

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<values, indices : type>`."""
        with parser.in_angle_brackets():
            values = parser.parse_attribute()
            parser.parse_punctuation(",")
            indices = parser.parse_attribute()
            parser.parse_punctuation(":")
            return [values, indices, parser.parse_type()]

    def print_parameters(self, printer: Printer) -> None:
        """Print `<values, indices : type>`."""
        with printer.in_angle_brackets():
            printer.print_attribute(self.values)
            printer.print_string(", ")
            printer.print_attribute(self.indices)
            printer.print_string(" : ")
            printer.print_attribute(self.type)


def tensor_attribute(value: Attribute, type: TensorType) -> Attribute:
    """A tensor as an attribute that knows its type: `dense` as it is, anything else wrapped."""
    return value if isinstance(value, DenseIntOrFPElementsAttr | SparseTensorAttr) else TensorAttr(value, type)


def value_and_type(attribute: Attribute) -> tuple[Attribute, TensorType]:
    """A tensor attribute apart: the constant value and its type. Raises ValueError for anything else."""
    match attribute:
        case TensorAttr():
            return attribute.value, attribute.type
        case SparseTensorAttr():
            return attribute, attribute.type
        case DenseIntOrFPElementsAttr() if isinstance(attribute.type, TensorType):
            return attribute, attribute.type
    raise ValueError(f"{attribute} is not a tensor")
