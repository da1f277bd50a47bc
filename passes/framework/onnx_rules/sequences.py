"""Sequences and optionals."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType, UnrankedTensorType, i1, i64
from xdsl.ir import SSAValue

from inferir.core.types import opened
from inferir.dialects import inference as inf
from inferir.dialects.framework import ANY, OptionalType, SeqType
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


def result_type(op: Any, otherwise: Any = None) -> Any:
    """The declared type of the result, its sizes left open; what else is known of it where that says more."""
    declared = without_sizes(op.results[0].type)
    vague = declared == ANY or (isinstance(declared, UnrankedTensorType) and isinstance(otherwise, TensorType))
    return otherwise if vague and otherwise is not None else declared


def without_sizes(type: Any) -> Any:
    """A type with no number for a dimension: a declared one is a claim about data that is not there yet."""
    match type:
        case SeqType():
            return SeqType(without_sizes(type.element))
        case OptionalType():
            return OptionalType(without_sizes(type.element))
    return opened(type)


def element_type(sequence: SSAValue) -> Any:
    """The type of a sequence's elements."""
    return sequence.type.element if isinstance(sequence.type, SeqType) else ANY


@lowering("onnx", "SequenceEmpty")
def sequence_empty(op: Any, lo: Lowering) -> Any:
    """No elements"""
    return lo.host("sequence_construct", [], [result_type(op)])


@lowering("onnx", "SequenceConstruct")
def sequence_construct(op: Any, lo: Lowering) -> Any:
    """A sequence of what its elements have in common"""
    values = lo.operands(len(op.operands))
    element = values[0].type
    for value in values[1:]:
        element = inf.joined(element, value.type)
    return lo.host("sequence_construct", values, [SeqType(element)])


@lowering("onnx", "SequenceErase")
def sequence_erase(op: Any, lo: Lowering) -> Any:
    """One element less"""
    return lo.host("sequence_erase", lo.operands(len(op.operands)), [result_type(op, op.operands[0].type)])


@lowering("onnx", "SequenceInsert")
def sequence_insert(op: Any, lo: Lowering) -> Any:
    """One element more"""
    whole, new = op.operands[:2]
    element = element_type(whole)
    return lo.host("sequence_insert", lo.operands(3), [SeqType(inf.joined(element, new.type)) if element != ANY else whole.type])


@lowering("onnx", "SequenceAt")
def sequence_at(op: Any, lo: Lowering) -> Any:
    """One element"""
    return lo.host("sequence_at", lo.operands(2), [result_type(op, element_type(op.operands[0]))])


@lowering("onnx", "SequenceLength")
def sequence_length(op: Any, lo: Lowering) -> Any:
    """How many elements"""
    return lo.host("sequence_length", lo.operands(1), [TensorType(i64, [])])


@lowering("onnx", "SplitToSequence")
def split_to_sequence(op: Any, lo: Lowering) -> Any:
    """Parts along an axis"""
    x, sizes = lo.operands(2)
    keep = attr(op, "keepdims", 1)
    part = lo.open_type(lo.rank(x) - (0 if keep or sizes is not None else 1), x)
    return lo.host("split_to_sequence", [x, sizes], [SeqType(part)], axis=op.get("axis"), keepdims=keep)


@lowering("onnx", "ConcatFromSequence")
def concat_from_sequence(op: Any, lo: Lowering) -> Any:
    """One tensor of all elements"""
    element = element_type(op.operands[0])
    new = op.get("new_axis")
    if isinstance(element, TensorType):
        element = TensorType(element.element_type, [DYNAMIC_INDEX] * (element.get_num_dims() + new))
    return lo.host("concat_from_sequence", lo.operands(1), [result_type(op, element)], axis=op.get("axis"), new_axis=new)


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
