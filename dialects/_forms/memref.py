"""memref.cast, memref.copy, memref.alloca_scope; memref.dim as tensor.dim."""

from xdsl.dialects import memref
from xdsl.ir import Block, Operation
from xdsl.parser import Parser

from inferir.dialects._forms.tensor import DimensionIsThere


def _cast(parser: Parser) -> memref.CastOp:
    """`memref.cast %source : type to type`"""
    source = parser.parse_unresolved_operand()
    attributes = parser.parse_optional_attr_dict()
    parser.parse_punctuation(":")
    value = parser.resolve_operand(source, parser.parse_type())
    parser.parse_characters("to")
    op = memref.CastOp.build(operands=[value], result_types=[parser.parse_type()])
    op.attributes |= attributes
    return op


def _copy(parser: Parser) -> memref.CopyOp:
    """`memref.copy %source, %target : type to type`"""
    source = parser.parse_unresolved_operand()
    parser.parse_punctuation(",")
    target = parser.parse_unresolved_operand()
    attributes = parser.parse_optional_attr_dict()
    parser.parse_punctuation(":")
    types = [parser.parse_type()]
    parser.parse_characters("to")
    types.append(parser.parse_type())
    values = [parser.resolve_operand(v, t) for v, t in zip((source, target), types, strict=True)]
    op = memref.CopyOp.build(operands=values)
    op.attributes |= attributes
    return op


def _alloca_scope(parser: Parser) -> Operation:
    """`memref.alloca_scope -> (types) { ... }`"""
    types = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type) if parser.parse_optional_punctuation("->") else []
    region = parser.parse_region()
    if not region.blocks:
        region.add_block(Block())
    block = region.blocks[-1]
    if block.last_op is None or block.last_op.name != memref.AllocaScopeReturnOp.name:
        block.add_op(memref.AllocaScopeReturnOp.build(operands=[[]]))
    return memref.AllocaScopeOp.build(result_types=[types], regions=[region], attributes=parser.parse_optional_attr_dict())


def teach() -> None:
    """Let the ops read their custom forms."""
    memref.CastOp.parse = _cast  # pyright: ignore[reportAttributeAccessIssue]
    memref.CopyOp.parse = _copy  # pyright: ignore[reportAttributeAccessIssue]
    memref.AllocaScopeOp.parse = _alloca_scope  # pyright: ignore[reportAttributeAccessIssue]
    memref.DimOp.traits.add_trait(DimensionIsThere())
