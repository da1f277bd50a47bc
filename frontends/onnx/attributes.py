"""AttributeProto to attributes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xdsl.dialects.builtin import ArrayAttr, StringAttr
from xdsl.ir import Attribute

from inferir.core import InferError
from inferir.dialects.framework import tensor_attribute
from inferir.dialects.framework.values import float_attr, floats_attr, int_attr, ints_attr, strings_attr
from inferir.frontends.onnx.source import require_text
from inferir.frontends.onnx.tensors import TensorReader, text_of_bytes
from inferir.frontends.onnx.types import TypeReader

FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS, STRINGS, TENSORS, GRAPHS = range(1, 11)
SPARSE_TENSOR, SPARSE_TENSORS, TYPE_PROTO, TYPE_PROTOS = range(11, 15)

NO_FUNCTION: Mapping[str, Attribute] = MappingProxyType({})
"""The attributes that a call gives to nodes that stand in no function."""

_FIELDS = {
    FLOAT: "f",
    INT: "i",
    STRING: "s",
    TENSOR: "t",
    GRAPH: "g",
    FLOATS: "floats",
    INTS: "ints",
    STRINGS: "strings",
    TENSORS: "tensors",
    GRAPHS: "graphs",
    SPARSE_TENSOR: "sparse_tensor",
    SPARSE_TENSORS: "sparse_tensors",
    TYPE_PROTO: "tp",
    TYPE_PROTOS: "type_protos",
}
_REPEATED = {FLOATS, INTS, STRINGS, TENSORS, GRAPHS, SPARSE_TENSORS, TYPE_PROTOS}


def kind_of(attribute: Any) -> int:
    """The kind of an attribute. Files of IR version 1 do not say it: the field that is set does."""
    if attribute.type:
        if attribute.type not in _FIELDS:
            raise InferError(f"attribute '{attribute.name}' has kind {attribute.type}, which does not exist")
        return attribute.type
    for kind, field in _FIELDS.items():
        if len(getattr(attribute, field)) if kind in _REPEATED else attribute.HasField(field):
            return kind
    raise InferError(f"attribute '{attribute.name}' has no value")


def is_graph(attribute: Any) -> bool:
    """Whether an attribute holds one subgraph or several."""
    return not attribute.ref_attr_name and kind_of(attribute) in (GRAPH, GRAPHS)


class AttributeReader:
    """Reads the attributes of nodes."""

    def __init__(self, tensors: TensorReader, types: TypeReader):
        self.tensors = tensors
        self.types = types

    def read(self, node: Any, key: str, given: Mapping[str, Attribute]) -> dict[str, Attribute]:
        """The attributes of a node but its subgraphs, in the file's order.

        `given` are the attributes of the call when the node stands in a function, else NO_FUNCTION. `key` names tensors among the weights.
        """
        out: dict[str, Attribute] = {}
        for attribute in node.attribute:
            name = attribute.name
            require_text(name, attribute.ref_attr_name)
            if name in out:
                raise InferError(f"attribute '{name}' is given twice")
            if attribute.ref_attr_name:
                if given is NO_FUNCTION:
                    raise InferError(f"attribute '{name}' is that of a function ('{attribute.ref_attr_name}'), but the node stands in none")
                if attribute.ref_attr_name in given:
                    out[name] = given[attribute.ref_attr_name]
            elif not is_graph(attribute):
                out[name] = self._value(attribute, f"{key}.{name}" if name != "value" else key)
        return out

    def _value(self, attribute: Any, key: str) -> Attribute:
        match kind_of(attribute):
            case 1:
                return float_attr(attribute.f)
            case 2:
                return int_attr(attribute.i)
            case 3:
                return StringAttr(text_of_bytes(attribute.s))
            case 4:
                return tensor_attribute(*self.tensors.read(attribute.t, key))
            case 6:
                return floats_attr(attribute.floats)
            case 7:
                return ints_attr(attribute.ints)
            case 8:
                return strings_attr([text_of_bytes(s) for s in attribute.strings])
            case 9:
                return ArrayAttr([tensor_attribute(*self.tensors.read(t, f"{key}.{n}")) for n, t in enumerate(attribute.tensors)])
            case 11:
                return self.tensors.read_sparse(attribute.sparse_tensor, key)[0]
            case 12:
                return ArrayAttr([self.tensors.read_sparse(s, f"{key}.{n}")[0] for n, s in enumerate(attribute.sparse_tensors)])
            case 13:
                return self.types.read(attribute.tp)
            case _:
                return ArrayAttr([self.types.read(t) for t in attribute.type_protos])
