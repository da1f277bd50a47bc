"""The variables of a SavedModel: `variables.index`, a table of LevelDB, tells where in `variables.data-*` each of them lies.

Source: tensorflow/core/util/tensor_bundle/tensor_bundle.h, tensorflow/core/lib/io/format.h (footer, blocks).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType
from xdsl.ir import Attribute

from inferir.core import InferError
from inferir.dialects.framework import STRING
from inferir.frontends.common.protobuf import parsed
from inferir.frontends.common.wire import varint
from inferir.frontends.tf.schema import messages
from inferir.frontends.tf.tensors import TensorReader, tensor_type

MAGIC = bytes.fromhex("57fb808b247547db")
FOOTER = 48
TRAILER = 5
"""Bytes behind a block: how it is compressed, and a checksum."""
MAX_INDEX = 256 << 20


class Bundle:
    """Variables by their keys."""

    def __init__(self, prefix: Path, tensors: TensorReader):
        self.prefix, self.tensors = prefix, tensors
        self.entries: dict[str, bytes] = {}
        index = prefix.with_name(f"{prefix.name}.index")
        if not index.is_file():
            raise InferError(f"the variables are missing: there is no {prefix.parent.name}/{index.name}")
        if index.stat().st_size > MAX_INDEX:
            raise InferError(f"{index.name} has more than {MAX_INDEX >> 20} MiB")
        try:
            entries = dict(_table(memoryview(index.read_bytes())))
        except (InferError, struct.error, IndexError) as problem:
            raise InferError(f"{index.name} is no whole table of variables: {problem}") from None
        header = parsed(messages()["BundleHeaderProto"], entries.pop(b"", b""))
        if header.endianness != 0:
            raise InferError(f"{index.name}: the variables are big-endian")
        self.shards = max(header.num_shards, 1)
        self.entries = {key.decode("utf-8", "backslashreplace"): value for key, value in entries.items()}

    def value(self, key: str, name: str) -> tuple[Attribute, TensorType]:
        """Value and type of a variable, which is not read."""
        if key not in self.entries:
            raise InferError(f"variable '{name[:80]}' has no value under '{key[:80]}'")
        entry: Any = parsed(messages()["BundleEntryProto"], self.entries[key])
        type = tensor_type(entry.dtype, entry.shape)
        if not isinstance(type, TensorType) or DYNAMIC_INDEX in type.get_shape() or type.element_type == STRING:
            raise InferError(f"variable '{name[:80]}' is {type}, which has no form here")
        if entry.slices:
            raise InferError(f"variable '{name[:80]}' is stored in slices, which is not supported")
        shard = f"{self.prefix.name}.data-{entry.shard_id:05d}-of-{self.shards:05d}"
        if not 0 <= entry.shard_id < self.shards or not (self.prefix.parent / shard).is_file():
            raise InferError(f"variable '{name[:80]}' lies in {shard}, which does not exist")
        return self.tensors.stored(name, self.prefix.parent / shard, (entry.offset, entry.size), type), type


def _table(data: memoryview) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a table: the footer tells where the index block is, the index block where the others are."""
    if len(data) < FOOTER or bytes(data[-8:]) != MAGIC:
        raise InferError("its last bytes are not those of a table")
    position, numbers = len(data) - FOOTER, []
    for _ in range(4):
        number, position = varint(data, position, len(data))
        numbers.append(number)
    seen = 0
    for _, handle in _block(data, numbers[2], numbers[3]):
        start, at = varint(memoryview(handle), 0, len(handle))
        size, _ = varint(memoryview(handle), at, len(handle))
        seen += size
        if seen > len(data):
            raise InferError("its blocks overlap")
        yield from _block(data, start, size)


def _block(data: memoryview, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The entries of a block: how much of the key before is kept, what is added, the value."""
    if start < 0 or size < 4 or start + size + TRAILER > len(data):
        raise InferError(f"a block starts at byte {start}, outside of the file")
    if data[start + size] != 0:
        raise InferError("a block is compressed, which TensorFlow's are not")
    restarts = struct.unpack_from("<I", data, start + size - 4)[0]
    position, end, key = start, start + size - 4 - 4 * restarts, b""
    while position < end:
        kept, position = varint(data, position, end)
        added, position = varint(data, position, end)
        length, position = varint(data, position, end)
        if kept > len(key) or position + added + length > end:
            raise InferError(f"an entry at byte {position} is longer than its block")
        key = key[:kept] + bytes(data[position : position + added])
        position += added
        yield key, bytes(data[position : position + length])
        position += length
