"""Tensors of a subgraph: types, constant values that stay in the file, how integers stand for numbers."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import ml_dtypes
import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, ArrayAttr, StringAttr, TensorType, UnrankedTensorType
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.core.constants import DENSE_LIMIT, constant_attribute
from inferir.core.types import numpy_dtype
from inferir.dialects.framework import ANY, STRING, QuantizedAttr, StringsAttr
from inferir.dialects.framework.tflite import enums
from inferir.dialects.framework.tflite.types import TFLITE_ELEMENTS
from inferir.frontends.common.flatbuffer import FlatTable, numbers
from inferir.frontends.common.weights import WeightNames
from inferir.frontends.tflite.sparse import densified

MAX_STATE = 64 << 20
"""Bytes of state that starts at zero; sizes in the file are not believed beyond it."""
MAX_RANK = 16


class TensorReader:
    """Reads the tensors of one file."""

    def __init__(self, model: FlatTable, path: Path, ctx: Context):
        self.path = path
        self.buffers: list[FlatTable] = model["buffers"]
        self.weights = WeightNames(ctx)
        self.states = 0
        """Bytes of state that the model keeps."""
        self._shared: dict[tuple[int, Attribute], Attribute] = {}

    def type(self, tensor: FlatTable) -> Attribute:
        """The type of a tensor, -1 for sizes that the file leaves open; `!framework.any` for resources and variants."""
        element = self._element(tensor)
        if element is None:
            return ANY
        shape, signature = numbers(tensor["shape"]), numbers(tensor["shape_signature"])
        dims = signature if len(signature) == len(shape) else shape
        if len(dims) > MAX_RANK or any(d < -1 for d in dims):
            raise InferError(f"has dimensions {list(dims)}")
        return TensorType(element, [DYNAMIC_INDEX if d == -1 else d for d in dims])

    def result_type(self, tensor: FlatTable) -> Attribute:
        """The type of an operator's result: of a scalar only the element type is believed, as the file spells an unknown rank the same."""
        type = self.type(tensor)
        scalar = isinstance(type, TensorType) and not type.get_shape() and not tensor["has_rank"]
        return UnrankedTensorType(type.element_type) if scalar and isinstance(type, TensorType) else type

    def quantization(self, tensor: FlatTable) -> QuantizedAttr | None:
        """How its integers stand for numbers, None for what is not quantised."""
        parameters = tensor["quantization"]
        if parameters is None:
            return None
        scales, zeros = parameters["scale"], numbers(parameters["zero_point"])
        if not len(scales):
            return None
        if len(zeros) not in (0, 1, len(scales)):
            raise InferError(f"has {len(scales)} scales and {len(zeros)} zero points")
        zeros = zeros * len(scales) if len(zeros) == 1 else zeros or (0,) * len(scales)
        if len(scales) > 1 and (not np.isfinite(scales).all() or len(scales) > 1 << 24):
            raise InferError("has scales that are not finite")
        return QuantizedAttr.of([float(s) for s in scales], list(zeros), parameters["quantized_dimension"])

    def constant(self, tensor: FlatTable) -> Attribute | None:
        """The value of a tensor that the file gives one, None for one that is computed. A state is zeros."""
        type = self.type(tensor)
        place = self._place(tensor)
        if place is None:
            return self._state(type) if tensor["is_variable"] and isinstance(type, TensorType) else None
        if not isinstance(type, TensorType):
            raise InferError("has a value, and no type that values have")
        key = (place[0], type)
        if key not in self._shared:
            self._shared[key] = self._value(tensor, type, *place)
        return self._shared[key]

    def _element(self, tensor: FlatTable) -> Attribute | None:
        names, number = enums()["TensorType"], tensor["type"]
        if not 0 <= number < len(names):
            raise InferError(f"has element type {number}, which does not exist")
        return TFLITE_ELEMENTS.get(names[number])

    def _place(self, tensor: FlatTable) -> tuple[int, int] | None:
        """Where the bytes of a constant lie in the file, and how many they are."""
        index = tensor["buffer"]
        if index >= len(self.buffers):
            raise InferError(f"has its value in buffer {index}, the file has {len(self.buffers)}")
        buffer = self.buffers[index]
        start, size = buffer.position("data")
        if size:
            return start, size
        if buffer["size"] and buffer["offset"] > 1:  # past 2 GB the bytes lie behind the tables
            return buffer["offset"], buffer["size"]
        return None

    def _state(self, type: TensorType) -> Attribute | None:
        shape = type.get_shape()
        self.states += math.prod(max(d, 0) for d in shape) * numpy_dtype(type.element_type).itemsize
        if self.states > MAX_STATE or DYNAMIC_INDEX in shape:
            raise InferError(f"is state of {type}, more than {MAX_STATE >> 20} MiB in all")
        return self.weights.array("state", np.zeros(shape, numpy_dtype(type.element_type)))

    def _value(self, tensor: FlatTable, type: TensorType, start: int, size: int) -> Attribute:
        shape, name = tuple(type.get_shape()), tensor["name"] or "constant"
        if min(shape, default=0) < 0:
            raise InferError("is a constant whose sizes are left open")
        if type.element_type == STRING:
            return self._strings(shape, start, size)
        sparsity = tensor["sparsity"]
        if sparsity is not None:
            return self.weights.array(name, densified(sparsity, shape, self._bytes(start, size), numpy_dtype(type.element_type)))
        dtype, count = numpy_dtype(type.element_type), math.prod(shape)
        packed = dtype == ml_dtypes.int4
        if size != ((count + 1) // 2 if packed else count * dtype.itemsize):
            raise InferError(f"has {size} bytes, {type} needs {count * dtype.itemsize}")
        if packed:
            return self.weights.array(name, _nibbles(self._bytes(start, size), count).reshape(shape))
        if size > DENSE_LIMIT:
            return self.weights.file(name, self.path, start, shape, dtype)
        return constant_attribute(self._bytes(start, size).view(dtype).reshape(shape))

    def _bytes(self, start: int, size: int) -> np.ndarray:
        length = self.path.stat().st_size
        if start + size > length:
            raise InferError(f"has its value at bytes {start} to {start + size}, the file has {length}")
        return np.array(np.memmap(self.path, np.uint8, "r", start, (size,)))

    def _strings(self, shape: tuple[int, ...], start: int, size: int) -> StringsAttr:
        """Strings are a count, so many offsets and the end of the last one, then the bytes."""
        data = self._bytes(start, size).tobytes()
        count = int.from_bytes(data[:4], "little")
        if len(data) < 4 or 4 * (count + 2) > len(data) or count != math.prod(shape):
            raise InferError(f"has {count} strings in {len(data)} bytes, its dimensions need {math.prod(shape)}")
        ends = np.frombuffer(data, "<u4", count + 1, 4).tolist()
        if any(a > b for a, b in itertools.pairwise(ends)) or ends[-1] > len(data):
            raise InferError("has strings that lie outside of their buffer")
        texts = [data[a:b].decode("utf-8", "backslashreplace") for a, b in itertools.pairwise(ends)]
        return StringsAttr(ArrayAttr([StringAttr(t) for t in texts]))


def _nibbles(packed: np.ndarray, count: int) -> np.ndarray:
    """Signed integers of 4 bits, the lower half of a byte first."""
    both = np.stack([packed << 4, packed & 0xF0], axis=-1).view(np.int8).reshape(-1)[:count] >> 4
    return both.astype(ml_dtypes.int4)
