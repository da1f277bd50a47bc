"""The few ops of the framework dialect that are no operator of a source: constants, absence, subgraph results, unknown operators."""

from __future__ import annotations

from typing import Self

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, DictionaryAttr, IntegerAttr, NoneType, StringAttr, TensorType, i64
from xdsl.ir import Attribute, Operation, OpTraits, SSAValue
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, result_def, traits_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import ConstantLike, IsTerminator, Pure

from inferir.core.diagnostics import InferError
from inferir.dialects.framework.constants import SparseTensorAttr, StringsAttr
from inferir.dialects.framework.source_op import GRAPHS, graph_names, parse_call, print_call
from inferir.dialects.framework.types import NONE


@irdl_op_definition
class ConstantOp(IRDLOperation):
    """A value that the model file holds.

        %w = framework.constant #inference.weight<"conv1.weight"> : tensor<6x1x5x5xf32>
        %s = framework.constant dense<[1, -1]> : tensor<2xi64>
        %t = framework.constant #framework.strings<["cat", "dog"]> : tensor<2x!framework.string>

    value  `dense` up to 1 KiB, else a weight; strings and sparse tensors have attributes of their own
    """

    name = "framework.constant"
    value: Attribute = prop_def()
    result = result_def(TensorType)
    traits = traits_def(Pure(), ConstantLike())

    @classmethod
    def make(cls, value: Attribute, type: TensorType) -> Self:
        """A constant of that value and type."""
        return cls.create(properties={"value": value}, result_types=[type])

    def verify_(self) -> None:
        """The value's own type, where it has one, is the result's."""
        type = self.result.type
        if isinstance(self.value, DenseIntOrFPElementsAttr | SparseTensorAttr) and self.value.type != type:
            raise InferError(f"{self.name}: the value is {self.value.type}, the result {type}", self.location)
        if isinstance(self.value, StringsAttr) and isinstance(type, TensorType):
            count = 1
            for dim in type.get_shape():
                count *= dim
            if len(self.value.elements) != count:
                raise InferError(f"{self.name}: {len(self.value.elements)} strings for {type}", self.location)

    def print(self, printer: Printer) -> None:
        """Print the value, and the type where the value does not say it."""
        printer.print_string(" ")
        printer.print_attribute(self.value)
        printer.print_op_attributes(self.attributes, print_keyword=True)
        if not isinstance(self.value, DenseIntOrFPElementsAttr):
            printer.print_string(" : ")
            printer.print_attribute(self.result.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        value = parser.parse_attribute()
        attributes = parser.parse_optional_attr_dict_with_keyword()
        if isinstance(value, DenseIntOrFPElementsAttr):
            type: Attribute = value.type
        else:
            parser.parse_punctuation(":")
            type = parser.parse_type()
        return cls.create(properties={"value": value}, attributes=attributes.data if attributes else {}, result_types=[type])


@irdl_op_definition
class NoneOp(IRDLOperation):
    """An operand that is absent: `%none = framework.none`."""

    name = "framework.none"
    result = result_def(NoneType)
    traits = traits_def(Pure())
    assembly_format = "attr-dict"

    @classmethod
    def make(cls) -> Self:
        """The op."""
        return cls.create(result_types=[NONE])


@irdl_op_definition
class YieldOp(IRDLOperation):
    """The results of a subgraph: `framework.yield %a, %b : tensor<4xf32>, tensor<i1>`."""

    name = "framework.yield"
    values = var_operand_def()
    traits = traits_def(IsTerminator(), Pure())
    assembly_format = "attr-dict ($values^ `:` type($values))?"

    @classmethod
    def make(cls, values: list[SSAValue]) -> Self:
        """The op."""
        return cls.create(operands=values)


class CustomOp(Operation):
    """An operator that no table knows; it imports as it is, and a rule of the user's own converts it.

        %0 = framework.custom "FusedThing" from "com.acme" version 1 (%x) {alpha = 0.5} : (tensor<4xf32>) -> !framework.any

    domain, op_type  as in the source
    version          the operator-set version the model declares for the domain, 0 where it declares none
    attrs            the attributes of the source
    """

    name = "framework.custom"
    traits = OpTraits(lambda: ())

    @property
    def domain(self) -> str:
        """The domain the operator belongs to."""
        return self._text("domain")

    @property
    def op_type(self) -> str:
        """The operator's name in its domain."""
        return self._text("op_type")

    @property
    def version(self) -> int:
        """The version of the domain's operator set."""
        version = self.properties.get("version")
        return version.value.data if isinstance(version, IntegerAttr) else 0

    @property
    def attrs(self) -> dict[str, Attribute]:
        """The attributes of the source."""
        attrs = self.properties.get("attrs")
        return dict(attrs.data) if isinstance(attrs, DictionaryAttr) else {}

    def _text(self, name: str) -> str:
        value = self.properties.get(name)
        return value.data if isinstance(value, StringAttr) else ""

    @staticmethod
    def properties_for(domain: str, op_type: str, version: int, attrs: dict[str, Attribute]) -> dict[str, Attribute]:
        """The properties of such an op."""
        return {
            "domain": StringAttr(domain),
            "op_type": StringAttr(op_type),
            "version": IntegerAttr(version, i64),
            "attrs": DictionaryAttr(attrs),
        }

    def verify_(self) -> None:
        """The properties are there, and every region has a name."""
        if not self.op_type:
            raise InferError(f"{self.name} needs an op_type", self.location)
        for name, kind in (("domain", StringAttr), ("version", IntegerAttr), ("attrs", DictionaryAttr)):
            if not isinstance(self.properties.get(name), kind):
                raise InferError(f"{self.name} needs property '{name}'", self.location)
        unknown = sorted(self.properties.keys() - {"domain", "op_type", "version", "attrs", GRAPHS})
        if unknown:
            raise InferError(f"{self.name} has no property '{unknown[0]}'", self.location)
        if len(graph_names(self)) != len(self.regions):
            raise InferError(f"{self.name} has {len(self.regions)} regions and {len(graph_names(self))} names for them", self.location)

    def print(self, printer: Printer) -> None:
        """Print the form above."""
        printer.print_string(" ")
        printer.print_string_literal(self.op_type)
        printer.print_string(" from ")
        printer.print_string_literal(self.domain)
        printer.print_string(f" version {self.version} ")
        print_call(self, self.attrs, printer)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Read what `print` wrote."""
        op_type = parser.parse_str_literal()
        parser.parse_keyword("from")
        domain = parser.parse_str_literal()
        parser.parse_keyword("version")
        version = parser.parse_integer(allow_boolean=False, allow_negative=False)
        return parse_call(cls, parser, lambda attrs: cls.properties_for(domain, op_type, version, attrs))
