"""Sequences and optionals."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import TensorType, i1, i64

from inferir.dialects.framework import ANY, OptionalType, SeqType
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


def result_type(op: Any, otherwise: Any = None) -> Any:
    """The declared type of the result."""
    declared = op.results[0].type
    return otherwise if declared == ANY and otherwise is not None else declared


@lowering("onnx", "SequenceEmpty")
def sequence_empty(op: Any, lo: Lowering) -> Any:
    """No elements"""
    return lo.host("sequence_construct", [], [result_type(op)])


@lowering("onnx", "SequenceConstruct", "SequenceErase")
def sequence(op: Any, lo: Lowering) -> Any:
    """The host function of that name"""
    name = {"SequenceConstruct": "sequence_construct", "SequenceErase": "sequence_erase"}[op.schema.name]
    return lo.host(name, lo.operands(len(op.operands)), [result_type(op, op.operands[0].type)])


@lowering("onnx", "SequenceInsert")
def sequence_insert(op: Any, lo: Lowering) -> Any:
    """One element more"""
    return lo.host("sequence_insert", lo.operands(3), [result_type(op, op.operands[0].type)])


@lowering("onnx", "SequenceAt")
def sequence_at(op: Any, lo: Lowering) -> Any:
    """One element"""
    source = op.operands[0].type
    return lo.host("sequence_at", lo.operands(2), [result_type(op, source.element if isinstance(source, SeqType) else None)])


@lowering("onnx", "SequenceLength")
def sequence_length(op: Any, lo: Lowering) -> Any:
    """How many elements"""
    return lo.host("sequence_length", lo.operands(1), [TensorType(i64, [])])


@lowering("onnx", "SplitToSequence")
def split_to_sequence(op: Any, lo: Lowering) -> Any:
    """Parts along an axis"""
    x, sizes = lo.operands(2)
    return lo.host("split_to_sequence", [x, sizes], [result_type(op)], axis=op.get("axis"), keepdims=attr(op, "keepdims", 1))


@lowering("onnx", "ConcatFromSequence")
def concat_from_sequence(op: Any, lo: Lowering) -> Any:
    """One tensor of all elements"""
    return lo.host("concat_from_sequence", lo.operands(1), [result_type(op)], axis=op.get("axis"), new_axis=op.get("new_axis"))


@lowering("onnx", "Optional")
def optional(op: Any, lo: Lowering) -> Any:
    """The value, or none"""
    return lo.host("optional", [v for v in lo.operands(1) if v is not None], [result_type(op)])


@lowering("onnx", "OptionalHasElement")
def optional_has_element(op: Any, lo: Lowering) -> Any:
    """Whether there is a value"""
    return lo.host("optional_has_element", [v for v in lo.operands(1) if v is not None], [TensorType(i1, [])])


@lowering("onnx", "OptionalGetElement")
def optional_get_element(op: Any, lo: Lowering) -> Any:
    """The value"""
    (x,) = lo.operands(1)
    if not isinstance(x.type, OptionalType):
        return x
    return lo.host("optional", [x], [result_type(op, x.type.element)])
