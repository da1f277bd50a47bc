"""vector.print."""

from xdsl.dialects import vector
from xdsl.parser import Parser


def _print(parser: Parser) -> vector.PrintOp:
    """`vector.print %value : type`"""
    value = parser.parse_unresolved_operand()
    attributes = parser.parse_optional_attr_dict()
    parser.parse_punctuation(":")
    op = vector.PrintOp(parser.resolve_operand(value, parser.parse_type()))
    op.attributes |= attributes
    return op


def teach() -> None:
    """Let the op read its custom form."""
    vector.PrintOp.parse = _print  # pyright: ignore[reportAttributeAccessIssue]
