"""The options of an operator as properties."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, Signedness, StringAttr, TensorType
from xdsl.ir import Attribute

from inferir.core import InferError
from inferir.dialects.framework import tensor_attribute
from inferir.dialects.framework.tflite import enums
from inferir.dialects.framework.values import float_attr, floats_attr, int_attr, ints_attr
from inferir.frontends.common.flatbuffer import FlatTable, numbers
from inferir.frontends.common.weights import WeightNames


def builtin_options(operator: FlatTable, row: dict[str, Any]) -> tuple[dict[str, Attribute], dict[str, int]]:
    """The properties of a builtin operator, and the subgraphs it runs by the names of their regions. Defaults are left out."""
    properties: dict[str, Attribute] = {}
    graphs = row.get("graphs", {})
    if "options" not in row:
        return properties, {}
    union, number = row["options"]
    suffix = "" if union == 1 else "_2"
    kind = operator[f"builtin_options{suffix}_type"]
    if kind not in (0, number):
        raise InferError(f"{row['name']} has options of kind {kind}, must be {number}")
    options = operator.open_table(f"builtin_options{suffix}", row["name"]) if kind else None
    regions = {region: options[field] if options is not None else 0 for field, region in graphs.items()}
    if options is None:
        return properties, regions
    for name, (_, type, default, *enum) in row["fields"].items():
        if name in graphs or not options.has(name):
            continue
        value = options[name]
        if type.startswith("[") or value != default:
            properties[name] = _attribute(value, type, enum)
    return properties, regions


def _attribute(value: Any, type: str, enum: list[str]) -> Attribute:
    if enum:
        names = enums()[enum[0]]
        return StringAttr(names[value] if 0 <= value < len(names) else str(value))
    if type == "String":
        return StringAttr(value)
    if type.startswith("["):
        return floats_attr([float(v) for v in value]) if "Float" in type else ints_attr(numbers(value))
    return float_attr(value) if type == "Float32" else int_attr(int(value))


def custom_options(operator: FlatTable, weights: WeightNames) -> dict[str, Attribute]:
    """The options of an operator that no table knows: the bytes as they are."""
    data = operator["custom_options"]
    if not len(data):
        return {}
    value = weights.array("custom_options", np.array(data))
    return {"custom_options": tensor_attribute(value, TensorType(IntegerType(8, Signedness.UNSIGNED), [len(data)]))}
