"""The text form shared by all ops of ours.

    inference.conv %x, %w bias %b strides [2, 2] pads [1, 1, 1, 1] : (tensor<..>, tensor<..>, tensor<..>) -> tensor<..>
    inference.relu %x : tensor<4xf32>

Required and variadic operands come first, optional ones behind their name, then every property that differs from its
default behind its name (a flag is its bare name), the attribute dictionary, and one type where operands and results
all share it, else the function type.
"""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import DenseArrayBase, FunctionType, i32
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.irdl import AttrSizedOperandSegments, OptOperandDef, VarOperandDef
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

from inferir.core.properties import Property

SEGMENTS = AttrSizedOperandSegments.attribute_name


def print_op(op: Any, printer: Printer) -> None:
    """Print all of an op but its name and results. `op` is an `Op`."""
    separator = " "
    optional: list[tuple[str, SSAValue]] = []
    for (name, definition), values in zip(op.operand_definitions(), op.operand_groups(), strict=True):
        if isinstance(definition, OptOperandDef):
            optional += [(name, v) for v in values]
            continue
        for value in values:
            printer.print_string(separator)
            printer.print_ssa_value(value)
            separator = ", "
    for name, value in optional:
        printer.print_string(f" {name} ")
        printer.print_ssa_value(value)
    print_properties(op, printer)
    if op.regions:
        for region in op.regions:
            printer.print_string(" ")
            printer.print_region(region)
    if op.attributes:
        printer.print_op_attributes(op.attributes)
    printer.print_string(" : ")
    types = [*op.operand_types, *op.result_types]
    if len(op.results) == 1 and op.operands and all(t == types[0] for t in types) and not op.regions:
        printer.print_attribute(types[0])
    else:
        printer.print_function_type(op.operand_types, op.result_types)


def print_properties(op: Any, printer: Printer) -> None:
    """Print every property that differs from its default, behind its name."""
    for name, declared in op.property_definitions().items():
        if name in op.properties:
            printer.print_string(f" {name}")
            _print_value(declared, op.properties[name], printer)


def parse_op(cls: Any, parser: Parser) -> Any:
    """Read what `print_op` wrote."""
    definitions = cls.operand_definitions()
    groups: dict[str, list[UnresolvedOperand]] = {name: [] for name, _ in definitions}
    positional = [(n, d) for n, d in definitions if not isinstance(d, OptOperandDef)]
    given = _operand_list(parser)
    variadic = sum(isinstance(d, VarOperandDef) for _, d in positional)
    spare = len(given) - (len(positional) - variadic)
    if spare < 0 or (not variadic and spare > 0):
        parser.raise_error(f"{cls.name} takes {len(positional) - variadic} operands here, {len(given)} given")
    position = 0
    for name, definition in positional:
        take = spare if isinstance(definition, VarOperandDef) else 1
        groups[name] = given[position : position + take]
        position += take
    properties: dict[str, Attribute] = {}
    _parse_named(cls, parser, groups, properties)
    regions = []
    for _ in cls.get_irdl_definition().regions:
        regions.append(parser.parse_region())
    attributes = parser.parse_optional_attr_dict()
    parser.parse_punctuation(":")
    operands = [o for name, _ in definitions for o in groups[name]]
    type = parser.parse_type()
    if isinstance(type, FunctionType):
        operand_types, result_types = list(type.inputs), list(type.outputs)
    else:
        operand_types, result_types = [type] * len(operands), [type]
    if len(operand_types) != len(operands):
        parser.raise_error(f"{len(operands)} operands, but {len(operand_types)} operand types")
    values = [parser.resolve_operand(o, t) for o, t in zip(operands, operand_types, strict=True)]
    if cls.is_segmented():
        properties[SEGMENTS] = DenseArrayBase.from_list(i32, [len(groups[n]) for n, _ in definitions])
    return cls.create(operands=values, result_types=result_types, properties=properties, attributes=attributes, regions=regions)


def _operand_list(parser: Parser) -> list[UnresolvedOperand]:
    first = parser.parse_optional_unresolved_operand()
    out = [] if first is None else [first]
    while out and parser.parse_optional_punctuation(",") is not None:
        out.append(parser.parse_unresolved_operand())
    return out


def _parse_named(cls: Any, parser: Parser, groups: dict[str, list[UnresolvedOperand]], properties: dict[str, Attribute]) -> None:
    """Optional operands and properties, each behind its name, in any order."""
    optional = {n for n, d in cls.operand_definitions() if isinstance(d, OptOperandDef)}
    declared = cls.property_definitions()
    while True:
        start = parser.pos
        name = parser.parse_optional_identifier()
        if name is None:
            return
        if name in optional:
            groups[name] = [parser.parse_unresolved_operand()]
        elif name in declared:
            value = _parse_value(name, declared[name], parser)
            if value is not None:
                properties[name] = value
        else:
            known = ", ".join([*sorted(optional), *declared]) or "none"
            parser.raise_error(f"{cls.name} has no operand or property '{name}'; it has: {known}", start, parser.pos)


def parse_properties(cls: Any, parser: Parser, properties: dict[str, Attribute]) -> None:
    """Read what `print_properties` wrote into `properties`; no operand is behind a name."""
    _parse_named(cls, parser, {}, properties)


def _print_value(declared: Property, value: Attribute, printer: Printer) -> None:
    kind = declared.kind
    if kind.name == "flag":
        return
    printer.print_string(" ")
    decoded = kind.decode(value)
    if kind.name in ("ints", "flags"):
        printer.print_string("[" + ", ".join(str(v).lower() for v in decoded) + "]")
    elif kind.name == "integer":
        printer.print_string(str(decoded))
    elif kind.name == "enum":
        printer.print_string(decoded)
    elif kind.name == "dims":
        printer.print_string("[" + ", ".join(str(d) if isinstance(d, int) else f'"{d}"' for d in decoded) + "]")
    elif kind.name == "numbers":
        printer.print_string("[" + ", ".join(_number_text(v) for v in decoded) + "]")
    elif kind.name == "number":
        printer.print_string(_number_text(decoded))
    else:
        printer.print_attribute(value)


def _number_text(value: float) -> str:
    """The shortest decimal that reads back as the same double; `inf`, `-inf` and `nan` by name."""
    text = repr(float(value))
    if "inf" in text or "nan" in text:
        return text
    mantissa, e, exponent = text.partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + e + exponent


def _parse_value(name: str, declared: Property, parser: Parser) -> Attribute | None:
    kind = declared.kind
    start = parser.pos
    match kind.name:
        case "flag":
            value: Any = True
        case "ints":
            value = tuple(parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_integer))
        case "flags":
            value = tuple(parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_boolean))
        case "integer":
            value = parser.parse_integer()
        case "number":
            value = _parse_number(parser)
        case "numbers":
            value = tuple(parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_number(parser)))
        case "enum":
            value = parser.parse_identifier(f"for {name}")
        case "dims":
            value = tuple(parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_dim(parser)))
        case "string":
            value = parser.parse_str_literal()
        case _:
            return parser.parse_attribute()
    problem = kind.check(value)
    if problem is not None:
        parser.raise_error(f"{name}: {problem}", start, parser.pos)
    return None if value == declared.default else kind.encode(value)


def _parse_dim(parser: Parser) -> int | str:
    text = parser.parse_optional_str_literal()
    return parser.parse_integer() if text is None else text


def _parse_number(parser: Parser) -> float:
    negative = parser.parse_optional_punctuation("-") is not None
    word = parser.parse_optional_identifier()
    if word in ("inf", "nan"):
        return float(f"-{word}" if negative else word)
    if word is not None:
        parser.raise_error(f"'{word}' is not a number")
    value = float(parser.parse_number(allow_boolean=False))
    return -value if negative else value


def is_op(op: Operation) -> bool:
    """Whether an operation has this text form."""
    return hasattr(op, "operand_groups")
