"""affine.if; affine.for has the effects of what is in it, and always comes to an end."""

from xdsl.dialects import affine
from xdsl.dialects.builtin import AffineSetAttr, IndexType
from xdsl.ir import Block, Operation, Region
from xdsl.parser import Parser
from xdsl.traits import RecursivelySpeculatable, RecursiveMemoryEffect


def _if(parser: Parser) -> Operation:
    """`affine.if #set(%dims)[%symbols] -> (types) { ... } else { ... }`"""
    condition = parser.parse_attribute()
    if not isinstance(condition, AffineSetAttr):
        parser.raise_error("affine.if takes an integer set: affine_set<(d0) : (d0 >= 0)>, or its alias")
    dims = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)
    symbols = parser.parse_optional_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_unresolved_operand) or []
    operands = [parser.resolve_operand(value, IndexType()) for value in (*dims, *symbols)]
    types = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type) if parser.parse_optional_punctuation("->") else []
    regions = [_ended(parser.parse_region())]
    regions.append(_ended(parser.parse_region()) if parser.parse_optional_keyword("else") else Region())
    attributes = parser.parse_optional_attr_dict()
    return affine.IfOp.build(
        operands=[operands], result_types=[types], properties={"condition": condition}, attributes=attributes, regions=regions
    )


def _ended(region: Region) -> Region:
    """A region with the terminator that need not be written."""
    if not region.blocks:
        region.add_block(Block())
    block = region.blocks[-1]
    if block.last_op is None or block.last_op.name != affine.YieldOp.name:
        block.add_op(affine.YieldOp.build(operands=[[]]))
    return region


def teach() -> None:
    """Let the op read its custom form, and loops be moved and erased."""
    affine.IfOp.parse = _if  # pyright: ignore[reportAttributeAccessIssue]
    affine.ForOp.traits.add_trait(RecursiveMemoryEffect())
    affine.ForOp.traits.add_trait(RecursivelySpeculatable())
