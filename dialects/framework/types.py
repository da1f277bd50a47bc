"""Types the source frameworks have and MLIR's builtins lack.

An element type is a builtin type (signless integers are signed, `i1` is bool) or `!framework.string`. A value of which the source says
nothing has type `!framework.any`; one whose element type is known but whose rank is not is an unranked tensor, `tensor<*xf32>`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from xdsl.dialects.builtin import NoneType, TensorType, UnrankedTensorType
from xdsl.ir import Attribute, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import irdl_attr_definition, param_def

from inferir.core.types import register_element


@irdl_attr_definition
class StringType(ParametrizedAttribute, TypeAttribute):
    """`!framework.string`: the element type of a tensor of strings (bytes, UTF-8 by convention)."""

    name = "framework.string"


@irdl_attr_definition
class AnyType(ParametrizedAttribute, TypeAttribute):
    """`!framework.any`: a value whose type the source does not say."""

    name = "framework.any"


@irdl_attr_definition
class SeqType(ParametrizedAttribute, TypeAttribute):
    """`!framework.seq<T>`: a list of values of type T."""

    name = "framework.seq"
    element: Attribute = param_def()


@irdl_attr_definition
class OptionalType(ParametrizedAttribute, TypeAttribute):
    """`!framework.optional<T>`: a value of type T, or none."""

    name = "framework.optional"
    element: Attribute = param_def()


@irdl_attr_definition
class MapType(ParametrizedAttribute, TypeAttribute):
    """`!framework.map<K, V>`: a dictionary from integers or strings to values."""

    name = "framework.map"
    key: Attribute = param_def()
    value: Attribute = param_def()


@irdl_attr_definition
class SparseType(ParametrizedAttribute, TypeAttribute):
    """`!framework.sparse<T>`: a sparse tensor (coordinates and values) that is T when made dense."""

    name = "framework.sparse"
    element: Attribute = param_def()


STRING = StringType()
register_element(STRING, np.dtype(object))
ANY = AnyType()
NONE = NoneType()


@lru_cache(1024)
def unranked(type: Attribute) -> Attribute:
    """The type with all ranks and dimensions forgotten."""
    match type:
        case TensorType():
            return UnrankedTensorType(type.element_type)
        case SeqType():
            return SeqType(unranked(type.element))
        case OptionalType():
            return OptionalType(unranked(type.element))
        case SparseType():
            return SparseType(unranked(type.element))
    return type
