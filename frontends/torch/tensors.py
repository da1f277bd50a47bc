"""Descriptions of tensors (`TensorMeta`) to types, and the archive's weights to constant values that stay in the file."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.core.constants import DENSE_LIMIT
from inferir.core.dims import DimLike
from inferir.core.types import numpy_dtype
from inferir.dialects.framework.torch.elements import ELEMENTS
from inferir.frontends.common.weights import WeightNames
from inferir.frontends.torch.archive import Archive
from inferir.frontends.torch.expressions import size_of_expression
from inferir.frontends.torch.json_fields import items, member, members, text, variant

_LARGEST = 1 << 62
_MOST_DIMENSIONS = 64
_MOST_REPEATED = 16 << 20
"""Bytes of a weight that shows the elements of a smaller one several times."""


def element_of(code: Any) -> Attribute:
    """The element type of a ScalarType. Raises InferError for one that does not exist here."""
    if not isinstance(code, int) or code not in ELEMENTS:
        raise InferError(f"element type {code} is not supported")
    return ELEMENTS[code]


def sizes(meta: Any) -> tuple[DimLike | None, ...]:
    """The dimensions of a tensor: numbers and expressions over symbols, None for what is neither."""
    listed = items(meta, "sizes")
    if len(listed) > _MOST_DIMENSIONS:
        raise InferError(f"a tensor has {len(listed)} dimensions")
    return tuple(size(s) for s in listed)


def size(entry: Any) -> DimLike | None:
    """A size: `{"as_int": 3}` or `{"as_expr": {"expr_str": ...}}`."""
    kind, value = variant(entry)
    if kind == "as_int" and isinstance(value, int):
        if not 0 <= value < _LARGEST:
            raise InferError(f"a dimension is {value}")
        return value
    if kind == "as_expr":
        return size_of_expression(text(value, "expr_str"))
    raise InferError(f"a size is {str(entry)[:80]}")


def tensor_type(meta: Any) -> TensorType:
    """The type of a tensor, computed sizes open."""
    layout = members(meta).get("layout", 7)
    if layout not in (0, 7):
        raise InferError("sparse tensors are not supported; make the model dense before it is exported")
    shape = [s if isinstance(s, int) else DYNAMIC_INDEX for s in sizes(meta)]
    if _count([max(s, 1) for s in shape]) > _LARGEST:
        raise InferError(f"dimensions {shape} are impossible")
    return TensorType(element_of(members(meta).get("dtype")), shape)


class Payloads:
    """The weights and constants of an archive by their names in the program."""

    def __init__(self, archive: Archive, ctx: Context):
        self.archive = archive
        self.weights = WeightNames(ctx)
        self.places: dict[str, tuple[str, Any]] = {}
        for kind in ("weights", "constants"):
            for config in (n for n in archive.members if n.startswith(f"data/{kind}/") and n.endswith("_config.json")):
                entries = members(member(archive.json(config), "config"))
                self.places.update({name: (f"data/{kind}/", entry) for name, entry in entries.items()})

    def constant(self, name: str) -> tuple[Attribute, TensorType]:
        """The value and type of a weight. Raises InferError where its bytes are not what its description says."""
        if name not in self.places:
            raise InferError(f"weight '{name}' is not in the archive")
        folder, entry = self.places[name]
        try:
            return self._constant(name, folder, entry)
        except InferError as problem:
            raise InferError(f"weight '{name}': {problem}") from None

    def _constant(self, name: str, folder: str, entry: Any) -> tuple[Attribute, TensorType]:
        if members(entry).get("use_pickle"):
            raise InferError("it is pickled (a tensor subclass or custom object), and a pickle may run any program; export plain tensors")
        meta = members(entry).get("tensor_meta")
        type = tensor_type(meta)
        shape, dtype = tuple(type.get_shape()), numpy_dtype(type.element_type)
        strides = [size(s) for s in items(meta, "strides")]
        start = size(members(meta).get("storage_offset", {"as_int": 0}))
        if DYNAMIC_INDEX in shape or not all(isinstance(s, int) for s in (*strides, start)) or len(strides) != len(shape):
            raise InferError("its sizes or strides are no numbers")
        offset, length = self.archive.place(folder + text(entry, "path_name"))
        known = [s for s in strides if isinstance(s, int)]
        first = start if isinstance(start, int) else 0
        last = first + sum((d - 1) * s for d, s in zip(shape, known, strict=True)) if 0 not in shape else first - 1
        if (last + 1) * dtype.itemsize > length:
            raise InferError(f"it has {length} bytes, its sizes and strides need {(last + 1) * dtype.itemsize}")
        begin = offset + first * dtype.itemsize
        return self._value(name, begin, shape, known, dtype), type

    def _value(self, name: str, begin: int, shape: tuple[int, ...], strides: list[int], dtype: np.dtype) -> Attribute:
        path, count = self.archive.path, _count(shape)
        if _is_contiguous(shape, strides):
            if count * dtype.itemsize > DENSE_LIMIT:
                return self.weights.file(name, path, begin, shape, dtype)
            with open(path, "rb") as file:
                file.seek(begin)
                return self.weights.array(name, np.frombuffer(file.read(count * dtype.itemsize), dtype).reshape(shape))
        span = sum((d - 1) * s for d, s in zip(shape, strides, strict=True)) + 1
        if count > span and count * dtype.itemsize > _MOST_REPEATED:
            raise InferError(f"its sizes {list(shape)} and strides {strides} show elements several times")
        mapped = np.memmap(path, dtype, "r", begin, (span,))
        return self.weights.array(
            name, np.lib.stride_tricks.as_strided(mapped, shape, [s * dtype.itemsize for s in strides], writeable=False)
        )


def _is_contiguous(shape: tuple[int, ...], strides: list[int]) -> bool:
    expected = 1
    for dim, stride in zip(reversed(shape), reversed(strides), strict=True):
        if dim != 1 and stride != expected:
            return 0 in shape
        expected *= dim
    return True


def _count(shape: Any) -> int:
    count = 1
    for dim in shape:
        count *= dim
    return count
