"""Tensors of a graph: types, and constant values that stay in the file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, ArrayAttr, StringAttr, TensorType, UnrankedTensorType
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.core.constants import DENSE_LIMIT
from inferir.core.types import numpy_dtype
from inferir.dialects.framework import ANY, STRING, StringsAttr
from inferir.dialects.framework.tf.types import tf_element
from inferir.frontends.common.weights import WeightNames

MAX_RANK = 16
MAX_REPEATED = 64 << 20
"""Bytes of constants whose last element a file lets repeat; sizes in the file are not believed beyond it."""
_FIELDS = {"f": {4: "float_val", 8: "double_val"}, "c": {8: "scomplex_val", 16: "dcomplex_val"}, "b": {1: "bool_val"}}
_WIDE = {"int64": "int64_val", "uint32": "uint32_val", "uint64": "uint64_val", "float16": "half_val", "bfloat16": "half_val"}


def shape_of(shape: Any) -> tuple[int, ...] | None:
    """The sizes of a TensorShapeProto, -1 for open ones; None for an unknown rank."""
    if shape.unknown_rank:
        return None
    sizes = tuple(d.size for d in shape.dim)
    if len(sizes) > MAX_RANK or any(s < -1 or s >= 1 << 48 for s in sizes):
        raise InferError(f"a tensor has dimensions {list(sizes[: MAX_RANK + 1])}")
    return sizes


def tensor_type(dtype: int, shape: Any) -> Attribute:
    """The type of a tensor; `!framework.any` for resources and variants."""
    element, sizes = tf_element(dtype), shape_of(shape)
    if element is None:
        return ANY
    return UnrankedTensorType(element) if sizes is None else TensorType(element, [DYNAMIC_INDEX if s == -1 else s for s in sizes])


class TensorReader:
    """Reads the constants of one model."""

    def __init__(self, path: Path, ctx: Context):
        self.path = path
        self.weights = WeightNames(ctx)
        self.repeated = 0
        self._shared: dict[tuple[Any, ...], Attribute] = {}

    def constant(self, tensor: Any, name: str) -> tuple[Attribute, TensorType]:
        """Value and type of a TensorProto."""
        type = tensor_type(tensor.dtype, tensor.tensor_shape)
        if not isinstance(type, TensorType) or DYNAMIC_INDEX in type.get_shape():
            raise InferError(f"is a constant of DataType {tensor.dtype} whose type is {type}")
        if tensor.HasField("segment"):
            begin, end = tensor.segment.begin, tensor.segment.end
            return self.stored(name, self.path, (begin, end - begin), type), type
        if type.element_type == STRING:
            return self._strings(tensor, type), type
        return self.weights.array(name, self._array(tensor, tuple(type.get_shape()), numpy_dtype(type.element_type))), type

    def stored(self, name: str, path: Path, place: tuple[int, int], type: TensorType) -> Attribute:
        """A tensor that is bytes of a file: where they begin, and how many they are. One place is one weight."""
        begin, size = place
        shape, dtype = tuple(type.get_shape()), numpy_dtype(type.element_type)
        if size != math.prod(shape) * dtype.itemsize:
            raise InferError(f"has {size} bytes, {type} needs {math.prod(shape) * dtype.itemsize}")
        key = (path, begin, type)
        if key not in self._shared:
            if size > DENSE_LIMIT:
                self._shared[key] = self.weights.file(name, path, begin, shape, dtype)
            else:
                self._shared[key] = self.weights.array(name, _bytes(path, begin, size).view(dtype).reshape(shape))
        return self._shared[key]

    def _array(self, tensor: Any, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """The elements that stand in the message: as bytes, or one by one, the last one repeated."""
        count = math.prod(shape)
        if tensor.tensor_content:
            if len(tensor.tensor_content) != count * dtype.itemsize:
                raise InferError(f"has {len(tensor.tensor_content)} bytes, its type needs {count * dtype.itemsize}")
            return np.frombuffer(tensor.tensor_content, dtype).reshape(shape).copy()
        field = _WIDE.get(dtype.name) or _FIELDS.get(dtype.kind, {}).get(dtype.itemsize, "int_val")
        values = getattr(tensor, field)
        if field == "half_val":
            given = np.array(values, np.int64).astype(np.uint16).view(dtype)
        elif dtype.kind == "c":
            given = np.array(values, np.float32 if dtype.itemsize == 8 else np.float64)
            given = given[: len(given) // 2 * 2].view(dtype)
        else:
            given = np.array(values, np.uint64 if field == "uint64_val" else np.int64 if dtype.kind in "iu" else None).astype(dtype)
        self._room(count, len(given), dtype.itemsize)
        last = given[-1:] if len(given) else np.zeros(1, dtype)
        return np.concatenate([given, np.broadcast_to(last, count - len(given))]).astype(dtype).reshape(shape)

    def _strings(self, tensor: Any, type: TensorType) -> StringsAttr:
        count, given = math.prod(type.get_shape()), [s.decode("utf-8", "backslashreplace") for s in tensor.string_val]
        self._room(count, len(given), 64)
        given += [given[-1] if given else ""] * (count - len(given))
        return StringsAttr(ArrayAttr([StringAttr(s) for s in given]))

    def _room(self, count: int, given: int, size: int) -> None:
        """Raise where a constant has more elements than its type, or so many repeated ones that the file cannot mean it."""
        if given > count:
            raise InferError(f"has {given} elements, its dimensions need {count}")
        self.repeated += (count - given) * size
        if self.repeated > MAX_REPEATED:
            raise InferError(f"repeats its last element: more than {MAX_REPEATED >> 20} MiB in the model")


def _bytes(path: Path, begin: int, size: int) -> np.ndarray:
    length = path.stat().st_size
    if begin < 0 or begin + size > length:
        raise InferError(f"has its value at bytes {begin} to {begin + size}, {path.name} has {length}")
    return np.array(np.memmap(path, np.uint8, "r", begin, (size,))) if size else np.empty(0, np.uint8)
