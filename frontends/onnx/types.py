"""TypeProto to types, and the names of symbolic dimensions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType, UnrankedTensorType
from xdsl.ir import Attribute

from inferir.core import InferError
from inferir.core.dims import Dim, parse_dim, symbols
from inferir.dialects.framework import ANY, MapType, OptionalType, SeqType, SparseType
from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.frontends.common.names import dim_name, is_expression
from inferir.frontends.onnx.source import require_text

DimNames = tuple[int | str | None, ...]
"""A dimension each: a number, the name of a symbol or an expression over symbols, None where the file says nothing."""
_DEPTH = 16


class TypeReader:
    """Reads types, and the names of symbolic dimensions in them."""

    def __init__(self):
        self.symbols: dict[str, None] = {}
        """The symbolic dimensions that were met, in order."""
        self.spelled: dict[str, str] = {}
        """How a name that is no expression stands in the file."""

    def read(self, proto: Any, depth: int = 0) -> Attribute:
        """The type of a TypeProto; `!framework.any` where it says nothing."""
        kind = proto.WhichOneof("value")
        if depth > _DEPTH:
            raise InferError(f"a type is nested more than {_DEPTH} levels deep")
        match kind:
            case "tensor_type" | "sparse_tensor_type":
                tensor = self._tensor(getattr(proto, kind))
                return SparseType(tensor) if kind == "sparse_tensor_type" and tensor != ANY else tensor
            case "sequence_type":
                return SeqType(self.read(proto.sequence_type.elem_type, depth + 1))
            case "optional_type":
                return OptionalType(self.read(proto.optional_type.elem_type, depth + 1))
            case "map_type" if proto.map_type.key_type in ONNX_ELEMENTS:
                value = self.read(proto.map_type.value_type, depth + 1)  # without a shape it is a number, as converters write it
                value = TensorType(value.element_type, []) if isinstance(value, UnrankedTensorType) else value
                return MapType(ONNX_ELEMENTS[proto.map_type.key_type][1], value)
        return ANY

    def dims(self, proto: Any) -> DimNames | None:
        """The dimensions of a tensor type by name; None for a type without a shape. A name that stands for several dimensions names
        none: exporters that know no sizes write one word for all."""
        named = self.spelled_dims(proto)
        return named and tuple(d if isinstance(d, int) or named.count(d) == 1 else None for d in named)

    def spelled_dims(self, proto: Any) -> DimNames | None:
        """The dimensions of a tensor type as the file has them."""
        kind = proto.WhichOneof("value")
        if kind != "tensor_type" or not proto.tensor_type.HasField("shape"):
            return None
        return tuple(self._dim(d) for d in proto.tensor_type.shape.dim)

    def _tensor(self, proto: Any) -> Attribute:
        if proto.elem_type == 0:
            return ANY
        if proto.elem_type not in ONNX_ELEMENTS:
            raise InferError(f"element type {proto.elem_type} does not exist")
        element = ONNX_ELEMENTS[proto.elem_type][1]
        if not proto.HasField("shape"):
            return UnrankedTensorType(element)
        dims = [self._dim(d) for d in proto.shape.dim]
        return _ranked(element, tuple(d if isinstance(d, int) else DYNAMIC_INDEX for d in dims))

    def _named(self, text: str) -> Dim | int | None:
        """`dim_name`, with a number behind an identifier that another text has taken."""
        named = dim_name(text)
        if named is None or is_expression(text):
            return named
        count, name = 1, str(named)
        while self.spelled.setdefault(name, text) != text:
            count += 1
            name = f"{named}_{count}"
        return parse_dim(name)

    def _dim(self, proto: Any) -> int | str | None:
        if proto.HasField("dim_value"):
            return proto.dim_value if proto.dim_value >= 0 else None
        require_text(proto.dim_param)
        if not proto.dim_param.strip():
            return None
        named = self._named(proto.dim_param)
        if named is None:
            return None
        for symbol in sorted(symbols(named)):
            self.symbols.setdefault(symbol)
        return str(named) if isinstance(named, Dim) else named if named >= 0 else None


@lru_cache(4096)
def _ranked(element: Attribute, shape: tuple[int, ...]) -> TensorType:
    return TensorType(element, shape)
