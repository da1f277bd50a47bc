"""TensorProto and SparseTensorProto to constant values: small ones `dense`, large ones weights that stay in their file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from xdsl.dialects.builtin import ArrayAttr, StringAttr, TensorType
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.core.constants import DENSE_LIMIT
from inferir.core.types import numpy_dtype
from inferir.dialects.framework import SparseTensorAttr, StringsAttr, tensor_attribute
from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.frontends.common.weights import WeightNames
from inferir.frontends.onnx.source import Source, require_text

_LARGEST = 1 << 62
"""Elements a tensor may have; more is not a size but a mistake."""

_PACKED_BITS = {21: 4, 22: 4, 23: 4, 25: 2, 26: 2, 27: 6, 28: 6}
"""Types whose elements share bytes in raw data, low bits first."""
_FLOAT, _DOUBLE, _COMPLEX64, _COMPLEX128, _STRING = 1, 11, 14, 15, 8
_INT64, _UINT32, _UINT64 = 7, 12, 13


class TensorReader:
    """Reads the tensors of one model into constant values, registering the large ones with the context's weights."""

    def __init__(self, source: Source, ctx: Context):
        self.source = source
        self.weights = WeightNames(ctx)

    def read(self, tensor: Any, key: str) -> tuple[Attribute, TensorType]:
        """The value and type of a tensor. `key` names it among the weights, made unique. Raises InferError where its data do not fit."""
        try:
            type = tensor_type(tensor.data_type, tensor.dims)
            if tensor.data_type == _STRING:
                return _strings(tensor, type), type
            return self._numbers(tensor, key, type), type
        except (InferError, ValueError, OverflowError) as problem:
            raise InferError(f"tensor '{tensor.name or key}': {problem}") from None

    def read_sparse(self, sparse: Any, key: str) -> tuple[SparseTensorAttr, TensorType]:
        """The value and dense type of a sparse tensor."""
        type = tensor_type(sparse.values.data_type, sparse.dims)
        values, values_type = self.read(sparse.values, f"{key}.values")
        indices, indices_type = self.read(sparse.indices, f"{key}.indices")
        count = values_type.get_shape()
        if len(count) != 1 or tuple(indices_type.get_shape()) not in ((count[0],), (count[0], len(sparse.dims))):
            raise InferError(f"sparse tensor '{key}': values are {values_type}, indices {indices_type}")
        return SparseTensorAttr(tensor_attribute(values, values_type), tensor_attribute(indices, indices_type), type), type

    def _numbers(self, tensor: Any, key: str, type: TensorType) -> Attribute:
        dtype = numpy_dtype(type.element_type)
        shape = tuple(type.get_shape())
        count = _count(shape)
        bits = _PACKED_BITS.get(tensor.data_type)
        place = self._place(tensor)
        if place is not None:
            path, offset, length = place
            _check_length(length, _raw_bytes(count, dtype, bits))
            if bits is None and count * dtype.itemsize > DENSE_LIMIT:
                return self.weights.file(key, path, offset, shape, dtype)
            with open(path, "rb") as file:
                file.seek(offset)
                return self.weights.array(key, _from_raw(file.read(length), shape, dtype, bits))
        if tensor.HasField("raw_data"):
            _check_length(len(tensor.raw_data), _raw_bytes(count, dtype, bits))
            return self.weights.array(key, _from_raw(tensor.raw_data, shape, dtype, bits))
        return self.weights.array(key, _from_fields(tensor, shape, dtype, bits))

    def _place(self, tensor: Any) -> tuple[Any, int, int] | None:
        """File, offset and length of data that are not in the message."""
        if tensor.HasField("segment"):
            if not self.source.in_file:
                raise InferError("a tensor in segments is not supported")
            return self.source.path, tensor.segment.begin, tensor.segment.end - tensor.segment.begin
        if tensor.data_location != 1:
            return None
        require_text(*(text for e in tensor.external_data for text in (e.key, e.value)))
        entries = {e.key: e.value for e in tensor.external_data}
        path, size = self.source.external(entries.get("location", ""))
        offset = _number(entries.get("offset", "0"), "offset")
        length = _number(entries["length"], "length") if "length" in entries else size - offset
        if length < 0 or offset + length > size:
            raise InferError(f"external data '{entries['location']}' is too short: {size} bytes, {offset + length} are needed")
        return path, offset, length


def tensor_type(data_type: int, dims: Iterable[int]) -> TensorType:
    """The type of a tensor with known dimensions. Raises InferError for an unknown element type or impossible dimensions."""
    return _tensor_type(data_type, tuple(dims))


@lru_cache(4096)
def _tensor_type(data_type: int, shape: tuple[int, ...]) -> TensorType:
    if data_type not in ONNX_ELEMENTS:
        raise InferError(f"element type {data_type} does not exist")
    if any(d < 0 for d in shape) or _count(tuple(max(d, 1) for d in shape)) > _LARGEST:
        raise InferError(f"dimensions {list(shape)} are impossible")
    return TensorType(ONNX_ELEMENTS[data_type][1], shape)


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for dim in shape:
        count *= dim
    return count


def _raw_bytes(count: int, dtype: np.dtype, bits: int | None) -> int:
    return count * dtype.itemsize if bits is None else -(-count * bits // 8)


def _check_length(have: int, need: int) -> None:
    if have != need:
        raise InferError(f"has {have} bytes of data, its dimensions and type need {need}")


def _number(text: str, what: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InferError(f"the {what} of its external data is '{text[:40]}', not a number")
    return int(text)


def _from_raw(raw: bytes, shape: tuple[int, ...], dtype: np.dtype, bits: int | None) -> np.ndarray:
    """Little-endian raw data as an array."""
    if bits is not None:
        return _unpacked(np.frombuffer(raw, np.uint8), shape, dtype, bits)
    if dtype == np.bool_:
        return (np.frombuffer(raw, np.uint8) != 0).reshape(shape)
    return np.frombuffer(raw, dtype).reshape(shape)


def _unpacked(packed: np.ndarray, shape: tuple[int, ...], dtype: np.dtype, bits: int) -> np.ndarray:
    """Elements of 2, 4 or 6 bits, least significant first, one to a byte."""
    count = _count(shape)
    stream = np.unpackbits(packed, bitorder="little")[: count * bits].reshape(count, bits)
    codes = np.packbits(stream, axis=1, bitorder="little").reshape(count)
    if dtype.name.startswith("int"):
        return ((codes.astype(np.int8) << (8 - bits)) >> (8 - bits)).astype(dtype).reshape(shape)
    if dtype.name.startswith("uint"):
        return codes.astype(dtype).reshape(shape)
    return codes.view(dtype).reshape(shape)


def _from_fields(tensor: Any, shape: tuple[int, ...], dtype: np.dtype, bits: int | None) -> np.ndarray:
    """Data in the typed field of the message, as onnx.proto assigns them."""
    count = _count(shape)
    kind = tensor.data_type
    if kind in (_FLOAT, _COMPLEX64):
        values = np.array(tensor.float_data, np.float32).view(dtype)
    elif kind in (_DOUBLE, _COMPLEX128):
        values = np.array(tensor.double_data, np.float64).view(dtype)
    elif kind == _INT64:
        values = np.array(tensor.int64_data, np.int64)
    elif kind in (_UINT32, _UINT64):
        values = np.array(tensor.uint64_data, np.uint64).astype(dtype)
    else:
        codes = np.array(tensor.int32_data, np.int32)
        if bits is not None and bits != 6:
            _check_length(len(codes), _raw_bytes(count, dtype, bits))
            return _unpacked(codes.astype(np.uint8), shape, dtype, bits)
        if kind == 9:
            values = codes != 0
        elif dtype.kind in "iu" and bits is None:
            values = codes.astype(dtype)
        else:
            values = codes.astype(np.uint16 if dtype.itemsize == 2 else np.uint8).view(dtype)
    if values.size != count:
        raise InferError(f"has {values.size} elements, its dimensions need {count}")
    return values.reshape(shape)


def _strings(tensor: Any, type: TensorType) -> StringsAttr:
    count = _count(tuple(type.get_shape()))
    if len(tensor.string_data) != count:
        raise InferError(f"has {len(tensor.string_data)} strings, its dimensions need {count}")
    return StringsAttr(ArrayAttr([StringAttr(text_of_bytes(s)) for s in tensor.string_data]))


def text_of_bytes(value: bytes) -> str:
    """A source string; bytes that are no UTF-8 are written as `\\xff`."""
    return value.decode("utf-8", "backslashreplace")
