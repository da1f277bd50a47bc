"""Read `.infer` packages. The layout (all integers little-endian):

    0   4  magic "INFR"
    4   2  major version: a reader refuses any but its own
    6   2  minor version: higher ones only add fields, which a reader ignores
    8   8  metadata offset (64)
    16  8  metadata size
    24  8  size of the whole file
    32  8  zero
    40  24 the first 24 bytes of sha256(header bytes 0..40 + metadata)
    64     metadata: a FlatBuffer, `inferir/backends/package/schema.fbs`
           segments: each at a multiple of 4096, zeros between

The code holds a seal: the sha256 of the metadata with zeros for the code's own checksum. So ports, sizes and the other segments are those that the code was
compiled for; what was put together from two packages, or changed and given right checksums again, is refused.

Metadata and code are checked against their sha256 before anything in them is used. Weights are mapped when the package is read, and checked when the first
inference asks for them, a piece at a time, so that checking leaves nothing resident. `verify="load"` checks them at once, `verify="never"` trusts them.
"""

import hashlib
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

import numpy as np

from inferir.backends.runtime.elf import seal_offset
from inferir.backends.runtime.flat import FlatReader
from inferir.backends.runtime.program import CODES, SEAL_SIZE, Assumptions, Entry, HostOp, ModelError, Port, Program

MAGIC = b"INFR"
MAJOR, MINOR = 2, 0
HEADER = struct.Struct("<4sHHQQQQ24s")
ALIGNMENT = 4096
HOST_STEPS = "host-steps-1"
"""The feature of a program that is native in parts: a HOST segment holds the IR text of the rest."""
STRING_CODES = "string-codes-1"
"""The feature of a program whose native code takes or gives strings as codes."""
KNOWN_FEATURES = frozenset({"native-abi-1", HOST_STEPS, STRING_CODES})
WEIGHTS, CODE, IR, HOST = 0, 1, 2, 3
_LARGEST_METADATA = 1 << 28
_PIECE = 1 << 20

Verify = Literal["first-run", "load", "never"]


@dataclass(frozen=True)
class Segment:
    """A range of the file."""

    kind: int
    name: str
    offset: int
    size: int
    sha256: bytes


def is_package(path: str | Path) -> bool:
    """Whether a file starts as a package does. A pipe, from which nothing could be read again, is none."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as f:
            return f.read(4) == MAGIC
    except OSError:
        return False


def read_package(path: str | Path, verify: Verify = "first-run") -> Program:
    """The program in a package, without its IR texts. Its weights stay in the file until they are used."""
    if verify not in get_args(Verify):
        raise ModelError(f"verify is '{verify}'; it must be one of {', '.join(get_args(Verify))}")
    with _opened(path) as f:
        model, segments, metadata = _read_tables(f)
        code = [s for s in segments if s.kind == CODE]
        weights = [s for s in segments if s.kind == WEIGHTS]
        host = [s for s in segments if s.kind == HOST]
        if len(code) != 1 or len(weights) > 1:
            raise ModelError(f"the package has {len(code)} segments of code and {len(weights)} of weights; it should have one of each")
        native = _bytes(f, code[0])
        _require_seal(native, code[0], metadata)
        mapped = [_MappedWeights(f, s, verify != "never") for s in weights]
        if verify == "load":
            for each in mapped:
                each()
        return Program(
            inputs=_ports(model["inputs"]),
            outputs=_ports(model["outputs"]),
            symbols=tuple(s["name"] for s in model["symbols"]),
            code=native,
            weights=[(0, each) for each in mapped],
            weights_size=sum(s.size for s in weights),
            target=model["target"],
            arch=model["arch"],
            cpu_features=tuple(model["cpu_features"]),
            launches=tuple(model["launches"]),
            producer=model["producer"],
            required_features=tuple(model["required_features"]),
            metadata={kv["key"]: kv["value"] for kv in model["metadata"]},
            entries=tuple(
                Entry(
                    e["name"],
                    _ports(e["inputs"]),
                    _ports(e["outputs"]),
                    tuple(s["name"] for s in e["symbols"]),
                    tuple(e["launches"]),
                    _assumes(e["assumes"]),
                    tuple(e["faults"]),
                )
                for e in model["entries"]
            ),
            host="".join(_text(f, s) for s in host),
            host_ops=tuple(HostOp(**o) for o in model["host_ops"]),
            assumes=_assumes(model["assumes"]),
            faults=tuple(model["faults"]),
        )


def read_ir(path: str | Path) -> dict[str, str]:
    """The IR texts in a package by level, highest first; empty where none were kept."""
    with _opened(path) as f:
        return {s.name: _text(f, s) for s in _read_tables(f)[1] if s.kind == IR}


@contextmanager
def _opened(path: str | Path) -> Iterator[BinaryIO]:
    """The file; errors that arise with it name it."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ModelError(f"{path}: not an ordinary file, which a package must be")
    try:
        with open(path, "rb") as f:
            yield f
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror}") from None
    except ModelError as e:
        raise ModelError(f"{path}: {e}") from None


def _read_tables(f: BinaryIO) -> tuple[dict[str, Any], list[Segment], bytes]:
    """The metadata and the segments, both checked, the required features known; and the metadata's bytes."""
    file_size = f.seek(0, 2)
    f.seek(0)
    metadata = _read_metadata(f, file_size)
    model = FlatReader(metadata).root()
    if unknown := [name for name in model["required_features"] if name not in KNOWN_FEATURES]:
        known = ", ".join(sorted(KNOWN_FEATURES))
        raise ModelError(f"the package needs '{unknown[0]}', which this inferir does not know (it knows {known}): use a newer inferir")
    return model, list(_segments(model["segments"], HEADER.size + len(metadata), file_size)), metadata


def _read_metadata(f: BinaryIO, file_size: int) -> bytes:
    head = f.read(HEADER.size)
    if len(head) < HEADER.size or head[:4] != MAGIC:
        raise ModelError("not an inferir package")
    _, major, minor, offset, size, whole, _, digest = HEADER.unpack(head)
    if major != MAJOR:
        which = "use a newer inferir" if major > MAJOR else "compile the model again"
        raise ModelError(f"this package has format version {major}.{minor}, this inferir reads {MAJOR}.x: {which}")
    if whole != file_size:
        raise ModelError(f"the file has {file_size} bytes where its header says {whole}: it was cut short or changed")
    if offset != HEADER.size or size > min(_LARGEST_METADATA, file_size - HEADER.size):
        raise ModelError("the package's header is damaged")
    metadata = f.read(size)
    if metadata_digest(head[:40], metadata) != digest:
        raise ModelError("the package's metadata is damaged: its checksum is wrong")
    return metadata


def metadata_digest(head: bytes, metadata: bytes) -> bytes:
    """What header bytes 40..64 hold, over the 40 before them and the metadata."""
    return hashlib.sha256(head + metadata).digest()[:24]


def seal_of(metadata: bytes, code_sha256: bytes) -> bytes:
    """What the code's seal must hold."""
    return hashlib.sha256(metadata.replace(code_sha256, bytes(len(code_sha256)), 1)).digest()


def _require_seal(native: bytes, segment: Segment, metadata: bytes) -> None:
    """Raise ModelError unless code, where there is some, is that of the metadata."""
    if native:
        at = seal_offset(native)
        if native[at : at + SEAL_SIZE] != seal_of(metadata, segment.sha256):
            raise ModelError("the package's metadata is not that of its code: it was changed, or put together from two packages")


def _segments(tables: list[dict[str, Any]], end: int, file_size: int) -> Iterator[Segment]:
    for i, s in enumerate(tables):
        if s["offset"] % ALIGNMENT or s["offset"] < end or s["offset"] + s["size"] > file_size or len(s["sha256"]) != 32:
            raise ModelError(f"segment {i} ('{s['name']}') of the package lies outside it or over another")
        if s["compression"]:
            raise ModelError(f"segment '{s['name']}' is compressed in a way that this inferir does not know: use a newer inferir")
        end = s["offset"] + s["size"]
        yield Segment(s["kind"], s["name"], s["offset"], s["size"], s["sha256"])


def _ports(tables: list[dict[str, Any]]) -> tuple[Port, ...]:
    if any(p["strings"] and p["dtype"] != CODES for p in tables):
        raise ModelError(f"the package's metadata is damaged: the codes of strings are no {CODES}")
    return tuple(Port(p["name"], p["dtype"], _dims(p["dims"]), tuple(p["strings"])) for p in tables)


def _dims(tables: list[dict[str, Any]]) -> tuple[int | str, ...]:
    return tuple(d["expression"] or d["size"] for d in tables)


def _assumes(tables: list[dict[str, Any]]) -> Assumptions:
    pairs = [(_dims(table["dims"]), table["says"]) for table in tables]
    if any(len(pair) != 2 for pair, _ in pairs):
        raise ModelError("the package's metadata is damaged: an assumption compares two dimensions")
    return tuple((a, b, says) for (a, b), says in pairs)


def _bytes(f: BinaryIO, segment: Segment) -> bytes:
    """A whole segment, checked."""
    f.seek(segment.offset)
    data = f.read(segment.size)
    _compare(segment, hashlib.sha256(data).digest())
    return data


def _text(f: BinaryIO, segment: Segment) -> str:
    try:
        return _bytes(f, segment).decode()
    except UnicodeDecodeError:
        raise ModelError(f"segment '{segment.name}' of the package is no text") from None


def _compare(segment: Segment, digest: bytes) -> None:
    if digest != segment.sha256:
        raise ModelError(f"segment '{segment.name}' of the package is damaged: its checksum is wrong")


class _MappedWeights:
    """A weights segment, mapped read-only; calling it gives the bytes, checked the first time if so asked."""

    def __init__(self, f: BinaryIO, segment: Segment, check: bool):
        self._segment, self._check = segment, check
        empty = not segment.size
        self._map = None if empty else mmap.mmap(f.fileno(), segment.size, access=mmap.ACCESS_READ, offset=segment.offset)

    def __call__(self) -> np.ndarray:
        if self._map is None:
            return np.empty(0, np.uint8)
        if self._check:
            digest = hashlib.sha256()
            for at in range(0, self._segment.size, _PIECE):
                digest.update(memoryview(self._map)[at : at + _PIECE])
                self._map.madvise(mmap.MADV_DONTNEED, at, min(_PIECE, self._segment.size - at))  # checking alone makes nothing resident
            _compare(self._segment, digest.digest())
            self._check = False
        return np.frombuffer(self._map, np.uint8)
