"""Types of results that the file does not give: the element type follows from the operator's type variables, the shape is left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, IntegerAttr, TensorType, UnrankedTensorType, f32, i1, i64
from xdsl.ir import Attribute

from inferir.dialects.framework import ANY, OptionalType, SeqType, SparseTensorAttr, TensorAttr
from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS, onnx_name, type_of_onnx_name
from inferir.dialects.framework.schema import Parameter, Schema
from inferir.dialects.framework.types import unranked
from inferir.dialects.framework.values import kind_of

_ELEMENT_BY_ATTRIBUTE = {
    "Cast": "to",
    "BitCast": "to",
    "EyeLike": "dtype",
    "RandomNormal": "dtype",
    "RandomNormalLike": "dtype",
    "RandomUniform": "dtype",
    "RandomUniformLike": "dtype",
    "Bernoulli": "dtype",
    "Multinomial": "dtype",
    "HannWindow": "output_datatype",
    "HammingWindow": "output_datatype",
    "BlackmanWindow": "output_datatype",
    "MelWeightMatrix": "output_datatype",
    "SequenceEmpty": "dtype",
    "QuantizeLinear": "output_dtype",
    "DequantizeLinear": "output_dtype",
}
"""The attribute that names the element type of the result, a TensorProto.DataType."""

_CONSTANT_KINDS = {"INT": 7, "INTS": 7, "FLOAT": 1, "FLOATS": 1, "STRING": 8, "STRINGS": 8}


def result_types(schema: Schema, operands: Sequence[Attribute], attributes: Mapping[str, Attribute], count: int) -> list[Attribute]:
    """What is known of the types of `count` results. `!framework.any` where nothing is."""
    bound: dict[str, Attribute] = {}
    for index, type in enumerate(operands):
        parameter = schema.operands[min(index, len(schema.operands) - 1)] if schema.operands else None
        if parameter is not None and parameter.homogeneous and type != ANY and onnx_name(type) is not None:
            bound.setdefault(parameter.type, unranked(type))
    out = []
    for index in range(count):
        parameter = schema.results[min(index, len(schema.results) - 1)] if schema.results else None
        said = _said_by_attribute(schema, attributes, operands) if index == 0 else None
        out.append(said if said is not None else _said_by_variable(schema, parameter, bound))
    return out


def _said_by_variable(schema: Schema, parameter: Parameter | None, bound: Mapping[str, Attribute]) -> Attribute:
    """The type an operand gave the variable, or the only one that it may stand for."""
    if parameter is None or not parameter.homogeneous:
        return ANY
    if parameter.type in bound:
        return bound[parameter.type]
    allowed = schema.allowed.get(parameter.type, frozenset({parameter.type}))
    return type_of_onnx_name(next(iter(allowed))) if len(allowed) == 1 else ANY


def _said_by_attribute(schema: Schema, attributes: Mapping[str, Attribute], operands: Sequence[Attribute]) -> Attribute | None:
    """The type of the first result of operators whose attributes or operands say it in a way of their own."""
    name = schema.name
    attribute = _ELEMENT_BY_ATTRIBUTE.get(name, "")
    named = attributes.get(attribute)
    element = named.value.data if isinstance(named, IntegerAttr) else None
    if element is None and attribute in schema.attributes:
        element = schema.attributes[attribute].default
    if element in ONNX_ELEMENTS:
        tensor = UnrankedTensorType(ONNX_ELEMENTS[element][1])
        return SeqType(tensor) if name == "SequenceEmpty" else tensor
    match name:
        case "Constant":
            return _constant_type(attributes)
        case "ConstantOfShape":
            value = attributes.get("value")
            return UnrankedTensorType(value.get_element_type() if isinstance(value, DenseIntOrFPElementsAttr) else f32)
        case "SequenceEmpty":
            return SeqType(UnrankedTensorType(f32))
        case "QuantizeLinear" if len(operands) < 3:
            return UnrankedTensorType(ONNX_ELEMENTS[2][1])
        case "EyeLike" | "RandomNormalLike" | "RandomUniformLike" | "Bernoulli" if operands:
            return unranked(operands[0])
        case "SequenceAt" if operands and isinstance(operands[0], SeqType):
            return unranked(operands[0].element)
        case "SequenceConstruct" if operands and operands[0] != ANY:
            return SeqType(unranked(operands[0]))
        case "SplitToSequence" if operands and operands[0] != ANY:
            return SeqType(unranked(operands[0]))
        case "OptionalGetElement" if operands:
            return unranked(operands[0].element if isinstance(operands[0], OptionalType) else operands[0])
        case "Optional" if operands and operands[0] != ANY:
            return OptionalType(unranked(operands[0]))
        case "Optional" if "type" in attributes:
            return OptionalType(attributes["type"])
    return None


def _constant_type(attributes: Mapping[str, Attribute]) -> Attribute | None:
    """The type of ONNX's Constant: whole, since the value is there."""
    for value in attributes.values():
        if isinstance(value, DenseIntOrFPElementsAttr | TensorAttr | SparseTensorAttr):
            return value.type
        kind = kind_of(value)
        if kind is not None:
            count = [len(value)] if kind.endswith("S") else []  # pyright: ignore[reportArgumentType]
            return TensorType(ONNX_ELEMENTS[_CONSTANT_KINDS[kind]][1], count)
    return None


def subgraph_types(op_type: str, operands: Sequence[Attribute]) -> list[Attribute]:
    """The types of a subgraph's inputs that follow from the operands of its operator, for files that do not give them."""
    match op_type:
        case "Loop":
            return [TensorType(i64, []), TensorType(i1, []), *(unranked(t) for t in operands[2:])]
        case "Scan":
            return [unranked(t) for t in operands]
        case "SequenceMap":
            return [unranked(t.element) if isinstance(t, SeqType) else unranked(t) for t in operands]
    return []
