"""Operators of source frameworks: one class per operator, made from a table when its name is first met.

    %0 = framework.onnx.Conv(%x, %w) {version = 11, pads = [2, 2, 2, 2]} : (tensor<..>, tensor<..>) -> tensor<..>
    %1 = framework.onnx.If(%c) {version = 21} then_branch {
      framework.yield %a : tensor<4xf32>
    } else_branch {
      framework.yield %b : tensor<4xf32>
    } : (tensor<i1>) -> tensor<4xf32>

Attributes of the source are properties, named as in the source; `version` is the since-version. Subgraphs are regions, which see the values
around them; property `graphs` holds their names in order (in text they stand before the regions). An absent optional operand is the result
of `framework.none`; an unused optional result has type `none`. Where operands of a row hold several values each, `segments` counts them.
Where a source keeps beside its types how integers stand for numbers, property `quantization` lists it for the operands, then the results:
`#framework.quantized`, or `unit` for none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from xdsl.dialects.builtin import ArrayAttr, IntegerAttr, NoneType, StringAttr, TensorType, UnitAttr, UnrankedTensorType
from xdsl.ir import Attribute, Operation, OpTraits, Region, SSAValue, TypeAttribute
from xdsl.parser import Parser
from xdsl.printer import Printer

from inferir.core.diagnostics import InferError, did_you_mean
from inferir.dialects.framework.quantized import QuantizedAttr
from inferir.dialects.framework.schema import AttributeRule, Parameter, Schema
from inferir.dialects.framework.sources import Source
from inferir.dialects.framework.types import SparseType
from inferir.dialects.framework.values import kind_of, parse_attributes, print_attributes, strings_attr, to_python

VERSION = "version"
GRAPHS = "graphs"
SEGMENTS = "segments"
QUANTIZATION = "quantization"
NUMBER_OR_TENSOR = "Tensor"
"""The type, in a table, of an operand that may also be a number: an attribute of the operand's name."""
_BESIDE = {"NUMBER": ("INT", "DOUBLE", "BOOL"), "NUMBERS": ("INTS", "DOUBLES", "BOOLS"), "DOUBLE": ("INT",), "DOUBLES": ("INTS",)}
"""Kinds that a declared kind takes beside its own."""


class SourceOp(Operation):
    """An operator of a source framework. Subclasses are made by `source_op_class`."""

    SCHEMAS: ClassVar[Mapping[int, Schema]] = {}
    """The versions of the operator, by since-version."""
    SOURCE: ClassVar[Source]
    """The source the operator belongs to."""
    traits = OpTraits(lambda: ())

    @property
    def version(self) -> int:
        """The since-version of the operator."""
        version = self.properties.get(VERSION)
        return version.value.data if isinstance(version, IntegerAttr) else 0

    @property
    def schema(self) -> Schema:
        """What the source says of this version. Raises InferError for a version that does not exist."""
        try:
            return self.SCHEMAS[self.version]
        except KeyError:
            raise self._error(f"has no version {self.version}; versions are {', '.join(map(str, self.SCHEMAS))}") from None

    def get(self, name: str) -> Any:
        """The value of an attribute, its default where the op does not give it, None where it has none.

        Integers, floats and strings are Python's, lists of them tuples; tensors and types stay attributes. Raises KeyError for
        an attribute this version of the operator does not have.
        """
        if name in self.properties:
            return to_python(self.properties[name])
        default = self.schema.attributes[name].default
        return tuple(default) if isinstance(default, list) else default

    def operand(self, name: str) -> SSAValue | None:
        """The operand with the source's name, None where it is absent. Raises KeyError for a name the operator does not have."""
        found = self.operand_list(name)
        return found[0] if found else None

    def operand_list(self, name: str) -> list[SSAValue]:
        """The values of an operand with the source's name: none or one, or any number of a variadic one."""
        return [v for v in self.operand_slots(name) if not isinstance(v.type, NoneType)]

    def operand_slots(self, name: str) -> Sequence[SSAValue]:
        """The values of an operand with the source's name, absent ones (results of `framework.none`) too."""
        counts = self.segments
        if counts is None:
            return _values_of(self.schema.operands, self.operands, name)
        index = [p.name for p in self.schema.operands].index(name)
        start = sum(counts[:index])
        return self.operands[start : start + counts[index]] if index < len(counts) else []

    @property
    def segments(self) -> tuple[int, ...] | None:
        """How many values each operand of the table has; None where they stand one each, and the last one takes what is left."""
        return to_python(self.properties[SEGMENTS]) if SEGMENTS in self.properties else None

    def result(self, name: str) -> SSAValue | None:
        """The result with the source's name, None where it is not used."""
        found = [v for v in _values_of(self.schema.results, self.results, name) if not isinstance(v.type, NoneType)]
        return found[0] if found else None

    def graph(self, name: str) -> Region:
        """The subgraph of that name. Raises KeyError where the op does not have it."""
        return dict(zip(graph_names(self), self.regions, strict=True))[name]

    def verify_(self) -> None:
        """Counts of operands and results, attributes, subgraphs and types, as the source's table has them."""
        schema = self.schema
        if SEGMENTS in self.properties:
            self._verify_segments(schema)
        else:
            self._verify_count("operand", schema.operands, self.operands)
        self._verify_count("result", schema.results, self.results)
        self._verify_graphs(schema)
        self._verify_attributes(schema)
        bound: dict[str, tuple[str, str]] = {}
        self._verify_types(schema, schema.operands, self.operands, bound)
        self._verify_types(schema, schema.results, self.results, bound)
        self.SOURCE.verify(self)

    def _verify_segments(self, schema: Schema) -> None:
        counts = self.segments
        if (
            kind_of(self.properties[SEGMENTS]) != "INTS"
            or counts is None
            or any(c < 0 for c in counts)
            or sum(counts) != len(self.operands)
        ):
            raise self._error(f"has {len(self.operands)} operands in segments {self.properties[SEGMENTS]}")
        if len(counts) > len(schema.operands):
            raise self._error(f"has {len(counts)} segments, takes {', '.join(p.name for p in schema.operands)}")
        for parameter, count in zip(schema.operands, [*counts, *[0] * len(schema.operands)], strict=False):
            missing = parameter.option == "single" and count == 0 and not self._is_number(parameter)
            if missing or (parameter.option != "variadic" and count > 1):
                raise self._error(f"operand '{parameter.name}' has {count} values")

    def _is_number(self, parameter: Parameter) -> bool:
        """Whether an attribute stands in the place of the operand."""
        return parameter.type == NUMBER_OR_TENSOR and parameter.name in self.properties

    def _verify_count(self, what: str, parameters: Sequence[Parameter], values: Sequence[SSAValue]) -> None:
        least = 0
        for index, parameter in enumerate(parameters):
            if parameter.option == "single" and not self._is_number(parameter):
                least = index + 1
            elif parameter.option == "variadic" and parameter.least:
                least = index + parameter.least
        most = None if parameters and parameters[-1].option == "variadic" else len(parameters)
        count = len(values)
        if count < least or (most is not None and count > most):
            takes = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
            names = ", ".join(p.name for p in parameters) or "none"
            raise self._error(f"has {count} {what}s, takes {takes} ({names})")
        for parameter, value in zip(parameters, values, strict=False):
            if parameter.option == "single" and what == "operand" and isinstance(value.type, NoneType):
                raise self._error(f"{what} '{parameter.name}' is required")

    def _verify_attributes(self, schema: Schema) -> None:
        for name, value in self.properties.items():
            numbers = [p for p in schema.operands if p.name == name and self._is_number(p)]
            if name in (VERSION, GRAPHS, SEGMENTS):
                continue
            if name == QUANTIZATION:
                self._verify_quantization(value)
                continue
            rule = AttributeRule("NUMBER", False, None) if numbers else schema.attributes.get(name)
            if rule is None or rule.kind == "GRAPH":
                known = [n for n, r in schema.attributes.items() if r.kind != "GRAPH"]
                raise self._error(f"has no attribute '{name}'{did_you_mean(name, known)}")
            problem = self._problem_with(rule, value)
            if problem is not None:
                raise self._error(f"attribute '{name}' {problem}")
        graphs = graph_names(self)
        for name, rule in schema.attributes.items():
            if rule.required and name not in self.properties and name not in graphs and not self._is_computed(name):
                raise self._error(f"{'subgraph' if rule.kind == 'GRAPH' else 'attribute'} '{name}' is required")

    def _is_computed(self, name: str) -> bool:
        """Whether an operand stands in the place of the attribute."""
        return any(p.name == name for p in self.schema.operands) and bool(self.operand_slots(name))

    def _verify_quantization(self, value: Attribute) -> None:
        count = len(self.operands) + len(self.results)
        if not isinstance(value, ArrayAttr) or len(value) != count or not all(isinstance(v, QuantizedAttr | UnitAttr) for v in value):
            raise self._error(f"attribute '{QUANTIZATION}' must be a list of #framework.quantized or unit for {count} operands and results")

    def _verify_graphs(self, schema: Schema) -> None:
        names = graph_names(self)
        if len(names) != len(self.regions) or len(set(names)) != len(names):
            raise self._error(f"has {len(self.regions)} regions and the names {list(names)} for them")
        for name in names:
            if name not in schema.graphs:
                raise self._error(f"has no subgraph '{name}'{did_you_mean(name, schema.graphs)}")

    def _verify_types(
        self, schema: Schema, parameters: Sequence[Parameter], values: Sequence[SSAValue], bound: dict[str, tuple[str, str]]
    ) -> None:
        for index, value in enumerate(values):
            parameter = parameters[min(index, len(parameters) - 1)]
            found = self.SOURCE.type_name(value.type)
            if found is None:
                continue
            allowed = schema.allowed.get(parameter.type)
            if (allowed is not None and found not in allowed) or (allowed is None and found != parameter.type):
                raise self._error(f"'{parameter.name}' is {found}, allowed {_list(allowed or [parameter.type])}")
            if allowed is None or not parameter.homogeneous:
                continue
            first = bound.setdefault(parameter.type, (parameter.name, found))
            if first[1] != found:
                raise self._error(f"'{first[0]}' and '{parameter.name}' must have one type, have {first[1]} and {found}")

    def _problem_with(self, rule: AttributeRule, value: Attribute) -> str | None:
        """What is wrong with an attribute of a declared kind."""
        found = kind_of(value)
        if isinstance(value, UnitAttr) and not rule.required:
            return None
        if found in _BESIDE.get(rule.kind, ()) or (rule.kind == "TYPE" and isinstance(value, TypeAttribute)):
            return None
        if found == rule.kind or (rule.kind.endswith("S") and found == "STRINGS" and value == ArrayAttr([])):
            return None
        if rule.kind in _WORDS and found is None and rule.kind in ("TENSOR", "SPARSE_TENSOR", "TYPE_PROTO"):
            is_type = isinstance(value, TensorType | UnrankedTensorType | SparseType) or self.SOURCE.type_name(value) is not None
            is_sparse = value.name == "framework.sparse_tensor"
            if {"TENSOR": not is_type and not is_sparse, "SPARSE_TENSOR": is_sparse, "TYPE_PROTO": is_type}[rule.kind]:
                return None
        return f"must be {_WORDS.get(rule.kind, rule.kind)}, is {value}"

    def _error(self, message: str) -> InferError:
        schema = self.SCHEMAS.get(self.version)
        return InferError(f"{self.name}{f'-{schema.since}' if schema and schema.since else ''} {message}", self.location)

    def print(self, printer: Printer) -> None:
        """Print in the form above."""
        print_call(self, {k: v for k, v in self.properties.items() if k != GRAPHS}, printer)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse the form above."""
        return parse_call(cls, parser, lambda properties: properties)


def source_op_class(name: str, schemas: Mapping[int, Schema], source: Source) -> type[SourceOp]:
    """The class of an operator. `name` is the full name, `framework.onnx.Conv`."""
    newest = schemas[max(schemas)]
    members = {"name": name, "SCHEMAS": schemas, "SOURCE": source, "__doc__": newest.doc, "__module__": __name__}
    return type(newest.name, (SourceOp,), members)


def graph_names(op: Operation) -> tuple[str, ...]:
    """The names of an op's subgraphs, in the order of its regions."""
    names = op.properties.get(GRAPHS)
    return tuple(n.data for n in names if isinstance(n, StringAttr)) if isinstance(names, ArrayAttr) else ()


def print_call(op: Operation, values: Mapping[str, Attribute], printer: Printer) -> None:
    """`(%x, %w) {attributes} name(%args) {region} : type`"""
    with printer.in_parens():
        printer.print_list(op.operands, printer.print_ssa_value)
    if values:
        printer.print_string(" ")
        print_attributes(values, printer)
    for name, region in zip(graph_names(op), op.regions, strict=True):
        printer.print_string(" ")
        printer.print_identifier_or_string_literal(name)
        block = region.blocks.first
        if block is not None and block.args:
            with printer.in_parens():
                printer.print_list(block.args, printer.print_block_argument)
        printer.print_string(" ")
        printer.print_region(region, print_entry_block_args=False)
    printer.print_op_attributes(op.attributes, print_keyword=True)
    printer.print_string(" : ")
    printer.print_function_type(op.operand_types, op.result_types)


def parse_call(cls: Any, parser: Parser, properties_of: Any) -> Any:
    """Read what `print_call` wrote. `properties_of` makes the properties from the attributes that were read."""
    operands = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)
    properties = properties_of(parse_attributes(parser))
    names: list[str] = []
    regions: list[Region] = []
    attributes: dict[str, Attribute] = {}
    while (name := parser.parse_optional_identifier_or_str_literal()) is not None:
        if name == "attributes":
            attributes = parser.parse_optional_attr_dict()
            break
        arguments = parser.parse_optional_comma_separated_list(parser.Delimiter.PAREN, parser.parse_argument)
        names.append(name)
        regions.append(parser.parse_region(arguments or ()))
    if names:
        properties[GRAPHS] = strings_attr(names)
    parser.parse_punctuation(":")
    start = parser.pos
    type = parser.parse_function_type()
    values = parser.resolve_operands(operands, type.inputs.data, start)
    return cls.create(operands=values, result_types=type.outputs.data, properties=properties, attributes=attributes, regions=regions)


def _values_of(parameters: Sequence[Parameter], values: Sequence[SSAValue], name: str) -> Sequence[SSAValue]:
    for index, parameter in enumerate(parameters):
        if parameter.name == name:
            rest = parameter.option == "variadic" and parameter is parameters[-1]
            return values[index:] if rest else values[index : index + 1]
    raise KeyError(name)


_WORDS = {
    "INT": "an integer",
    "FLOAT": "a float",
    "STRING": "a string",
    "INTS": "a list of integers",
    "FLOATS": "a list of floats",
    "STRINGS": "a list of strings",
    "TENSOR": "a tensor",
    "SPARSE_TENSOR": "a sparse tensor",
    "TYPE_PROTO": "a type",
    "BOOL": "a truth value",
    "DOUBLE": "a number",
    "NUMBER": "a number",
    "TYPE": "an element type",
}


def _list(names: Any) -> str:
    listed = sorted(names)
    return ", ".join(listed) if len(listed) <= 6 else f"{', '.join(listed[:6])} and {len(listed) - 6} more"
