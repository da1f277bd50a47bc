"""Attributes of nodes as properties."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import ArrayAttr, StringAttr
from xdsl.ir import Attribute

from inferir.dialects.framework import ANY, tensor_attribute
from inferir.dialects.framework.schema import Schema
from inferir.dialects.framework.tf.types import tf_element
from inferir.dialects.framework.values import bool_attr, bools_attr, float_attr, floats_attr, int_attr, ints_attr, strings_attr, to_python
from inferir.frontends.tf.tensors import TensorReader, shape_of


def declared(node: Any, schema: Schema) -> dict[str, Attribute]:
    """The attributes that the table declares; defaults are left out, and what TensorFlow notes for itself."""
    out: dict[str, Attribute] = {}
    for name, rule in schema.attributes.items():
        if name not in node.attr or rule.kind == "GRAPH":
            continue
        value = attribute(node.attr[name], rule.kind)
        default = tuple(rule.default) if isinstance(rule.default, list) else rule.default
        if value is not None and (rule.required or to_python(value) != default):
            out[name] = value
    return out


def undeclared(node: Any, tensors: TensorReader) -> dict[str, Attribute]:
    """All attributes of a node whose operator no table knows."""
    out: dict[str, Attribute] = {}
    for name in sorted(node.attr):
        value = node.attr[name]
        if value.WhichOneof("value") == "tensor":
            found: Attribute | None = tensor_attribute(*tensors.constant(value.tensor, f"{node.name}.{name}"))
        else:
            found = attribute(value, "INTS")
        if found is not None and not name.startswith("_"):
            out[name] = found
    return out


def attribute(value: Any, kind: str) -> Attribute | None:
    """An AttrValue; an empty list is one of the declared kind. None for a shape of unknown rank, or for nothing."""
    match value.WhichOneof("value"):
        case "s":
            return StringAttr(_text(value.s))
        case "i":
            return int_attr(value.i)
        case "f":
            return float_attr(value.f)
        case "b":
            return bool_attr(value.b)
        case "type":
            return tf_element(value.type) or ANY
        case "shape":
            sizes = shape_of(value.shape)
            return None if sizes is None else ints_attr(sizes)
        case "func":
            return StringAttr(value.func.name)
        case "list":
            return _list(value.list, kind)
    return None


def _list(items: Any, kind: str) -> Attribute:
    if items.s or kind == "STRINGS":
        return strings_attr([_text(s) for s in items.s])
    if items.f or kind == "FLOATS":
        return floats_attr(items.f)
    if items.b or kind == "BOOLS":
        return bools_attr(items.b)
    if items.type:
        return ArrayAttr([tf_element(t) or ANY for t in items.type])
    if items.shape:
        return ArrayAttr([ints_attr(shape_of(s) or (-1,)) for s in items.shape])
    return strings_attr([f.name for f in items.func]) if items.func else ints_attr(items.i)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
