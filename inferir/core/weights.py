"""The weights of a module: named arrays that nothing reads before they are needed.

An entry is a place in a file (memory-mapped on first use) or an array in memory. Text IR names a safetensors sidecar
in the module attribute `inference.weights`; its entries are found by `add_safetensors` without reading their data.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from inferir.core.diagnostics import InferError
from inferir.core.files import whole_file

ALIGNMENT = 64
_LARGEST = 1 << 62  # of a size or an offset
_MOST_DIMENSIONS = 64  # of an array of numpy's


@dataclass(frozen=True)
class FileEntry:
    """Where an array lies: file, byte offset, shape, dtype."""

    path: Path
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def nbytes(self) -> int:
        return _nbytes(self.shape, self.dtype)


class WeightStore:
    """Named arrays, in files or in memory."""

    def __init__(self) -> None:
        self._entries: dict[str, FileEntry | np.ndarray] = {}
        self._maps: dict[Path, mmap.mmap] = {}
        self.refused = ""
        """Why the last file that was not read was not."""

    def copy(self) -> WeightStore:
        """A store with the same weights, to be added to."""
        new = WeightStore()
        new._entries, new._maps, new.refused = dict(self._entries), self._maps, self.refused
        return new

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def keys(self) -> Iterator[str]:
        """The names, in the order they were added."""
        return iter(self._entries)

    def add(self, key: str, array: np.ndarray) -> None:
        """Add an array that is in memory."""
        self._entries[key] = array

    def add_file(self, key: str, path: str | os.PathLike[str], offset: int, shape: Sequence[int], dtype: np.dtype | type) -> None:
        """Add an array that lies in a file. Raises InferError where the file is too short; reads nothing."""
        entry = FileEntry(Path(path), offset, tuple(shape), np.dtype(dtype))
        try:
            size = entry.path.stat().st_size
        except OSError as problem:
            raise InferError(f"weight '{key}': cannot open {path}: {problem.strerror}") from None
        if offset < 0 or any(not 0 <= dim < _LARGEST for dim in entry.shape) or offset + entry.nbytes > size:
            raise InferError(f"weight '{key}': {path} has {size} bytes, the weight needs bytes {offset} to {offset + entry.nbytes}")
        self._entries[key] = entry

    def add_safetensors(self, path: str | os.PathLike[str]) -> None:
        """Add every tensor of a safetensors file, by name, reading only its header."""
        for key, entry in read_safetensors_header(Path(path)).items():
            self._entries[key] = entry

    def type_of(self, key: str) -> tuple[tuple[int, ...], np.dtype]:
        """Shape and dtype of an entry, without reading it."""
        entry = self._entry(key)
        return tuple(entry.shape), entry.dtype

    def get(self, key: str) -> np.ndarray:
        """The array, read-only; a view of the file if it is mapped."""
        entry = self._entry(key)
        if isinstance(entry, np.ndarray):
            return entry
        if not entry.nbytes:
            return np.empty(entry.shape, entry.dtype)
        mapped = self._map(entry.path)
        if entry.offset + entry.nbytes > len(mapped):
            raise InferError(f"weight '{key}': {entry.path} was cut short")
        return np.frombuffer(mapped, np.uint8, entry.nbytes, entry.offset).view(entry.dtype).reshape(entry.shape)

    def source_of(self, key: str) -> FileEntry | None:
        """Where the array lies, None for one in memory."""
        entry = self._entry(key)
        return entry if isinstance(entry, FileEntry) else None

    def _entry(self, key: str) -> FileEntry | np.ndarray:
        try:
            return self._entries[key]
        except KeyError:
            have = f"there are {len(self)} weights" if self._entries else "no weights are loaded (is the sidecar file beside the text?)"
            have = self.refused or have
            raise InferError(f"no weight '{key}': {have}") from None

    def _map(self, path: Path) -> mmap.mmap:
        if path not in self._maps:
            try:
                with open(path, "rb") as file:
                    self._maps[path] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (OSError, ValueError) as problem:
                raise InferError(f"cannot read weights {path}: {getattr(problem, 'strerror', None) or problem}") from None
        return self._maps[path]


_SAFETENSORS = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16, "BOOL": np.bool_,
    "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64,
    "U8": np.uint8, "U16": np.uint16, "U32": np.uint32, "U64": np.uint64,
    "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E5M2": ml_dtypes.float8_e5m2, "C64": np.complex64,
}  # fmt: skip
_SAFETENSORS_NAME = {np.dtype(dtype): name for name, dtype in _SAFETENSORS.items()}


def read_safetensors_header(path: Path) -> dict[str, FileEntry]:
    """The entries of a safetensors file. Raises InferError for a file that is missing, truncated or not safetensors.

    Dtypes the format has no name for are stored as U8 and named in the metadata (`dtypes`, `shapes`). Source: the safetensors format page.
    """
    try:
        size = path.stat().st_size
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > size - 8:
                raise ValueError("truncated")
            header = json.loads(file.read(length))
        metadata = header.pop("__metadata__", {})
        special = json.loads(metadata.get("inferir", "{}"))
        return {key: _entry_of(path, 8 + length, size, entry, special.get(key)) for key, entry in header.items()}
    except OSError as problem:
        raise InferError(f"cannot read weights {path}: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise InferError(f"{path} is not a whole safetensors file ({str(problem)[:200]})") from None


def _entry_of(path: Path, base: int, size: int, entry: dict[str, Any], special: dict[str, Any] | None) -> FileEntry:
    """An entry of a header; `special` is what the metadata says of a dtype that safetensors lacks. Raises ValueError and its like for a wrong one."""
    start, end = entry["data_offsets"]
    shape, dtype = entry["shape"], np.dtype(_SAFETENSORS[entry["dtype"]])
    if special is not None:
        kind = getattr(ml_dtypes, special["dtype"])
        if not issubclass(kind, np.generic):
            raise ValueError(f"no element type {special['dtype']}")
        shape, dtype = special["shape"], np.dtype(kind)
    if any(type(number) is not int or not 0 <= number < _LARGEST for number in (start, end, *shape)) or len(shape) > _MOST_DIMENSIONS:
        raise ValueError(f"offsets {start} to {end} and shape {shape} are not all natural numbers")
    found = FileEntry(path, base + start, tuple(shape), dtype)
    if end - start != found.nbytes or found.offset + found.nbytes > size:
        raise ValueError("truncated")
    return found


def write_safetensors(
    path: str | os.PathLike[str], store: WeightStore, keys: Sequence[str], metadata: Mapping[str, str] | None = None
) -> None:
    """Write the named weights to a safetensors file, one after the other (never all in memory), each 64-byte aligned.

    The file is there whole or not at all. Raises InferError where it cannot be written.
    """
    header: dict[str, object] = {}
    special: dict[str, dict[str, object]] = {}
    offset = 0
    spans: list[tuple[str, int]] = []
    for key in keys:
        shape, dtype = store.type_of(key)
        nbytes = _nbytes(shape, dtype)
        name, stored = _SAFETENSORS_NAME.get(dtype), list(shape)
        if name is None:
            special[key] = {"dtype": dtype.name, "shape": list(shape)}
            name, stored = "U8", [nbytes]
        header[key] = {"dtype": name, "shape": stored, "data_offsets": [offset, offset + nbytes]}
        spans.append((key, offset))
        offset += -(-nbytes // ALIGNMENT) * ALIGNMENT
    extra = dict(metadata or {}) | ({"inferir": json.dumps(special, sort_keys=True)} if special else {})
    if extra:
        header = {"__metadata__": extra, **header}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    with whole_file(Path(path)) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        base = file.tell()
        for key, start in spans:
            file.write(b"\0" * (base + start - file.tell()))
            file.write(np.ascontiguousarray(store.get(key)).reshape(-1).view(np.uint8).data)


def _nbytes(shape: Sequence[int], dtype: np.dtype) -> int:
    count = dtype.itemsize
    for dim in shape:
        count *= dim
    return count
