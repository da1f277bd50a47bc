"""TypeProto to types, and the names of symbolic dimensions."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType, UnrankedTensorType
from xdsl.ir import Attribute

from inferir.core import InferError
from inferir.core.dims import Dim, evaluate, parse_dim, symbols
from inferir.dialects.framework import ANY, MapType, OptionalType, SeqType, SparseType
from inferir.dialects.framework.types import ONNX_ELEMENTS
from inferir.frontends.onnx.source import require_text

DimNames = tuple[int | str | None, ...]
"""A dimension each: a number, the name of a symbol or an expression over symbols, None where the file says nothing."""
_DEPTH = 16


class TypeReader:
    """Reads types, putting numbers for the symbolic dimensions that `--dims` fixed."""

    def __init__(self, fixed: Mapping[str, int]):
        self.fixed = fixed
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
        kind = proto.WhichOneof("value")
        if kind != "tensor_type" or not proto.tensor_type.HasField("shape"):
            return None
        named = tuple(self._dim(d) for d in proto.tensor_type.shape.dim)
        return tuple(d if isinstance(d, int) or named.count(d) == 1 else None for d in named)

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
        if named is None or _expression(text) is not None:
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
        value = evaluate(named, self.fixed)
        return str(value) if isinstance(value, Dim) else value if value >= 0 else None


def dim_name(text: str) -> Dim | int | None:
    """A symbolic dimension as an expression over identifiers; other text becomes an identifier itself: `batch size` -> `batch_size`. None for
    text without a letter or digit, such as `?`."""
    expression = _expression(text)
    return expression if expression is not None or not _is_name(text) else parse_dim(_identifier(text))


def _is_name(text: str) -> bool:
    return re.search(r"[^\W_]", text) is not None


def _expression(text: str) -> Dim | int | None:
    """Text as an expression, None where it is none."""
    try:
        return parse_dim(text.strip()) if len(text) <= 80 and _is_name(text) else None
    except (ValueError, ZeroDivisionError):
        return None


def _identifier(text: str) -> str:
    """Text that is no expression as an identifier."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")[:80] or "dim"
    return name if name[0].isalpha() and not keyword.iskeyword(name) else f"d_{name}"


@lru_cache(4096)
def _ranked(element: Attribute, shape: tuple[int, ...]) -> TensorType:
    return TensorType(element, shape)
