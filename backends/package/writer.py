"""Write a program as a `.infer` package: metadata first, then weights, code and IR, streamed. The layout is in `inferir.backends.runtime.package`.

Weights are asked for one by one while the file is written, so that packing a model takes no more memory than its largest tensor. The file appears under
its name only when it is complete. Equal programs give equal bytes.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import flatbuffers
import numpy as np

from inferir.backends.runtime.elf import seal_offset
from inferir.backends.runtime.flat import IDENTIFIER, SCALARS, SCHEMA
from inferir.backends.runtime.package import (
    ALIGNMENT,
    CODE,
    HEADER,
    HOST,
    IR,
    MAGIC,
    MAJOR,
    MINOR,
    STRING_CODES,
    WEIGHTS,
    metadata_digest,
    seal_of,
)
from inferir.backends.runtime.program import DTYPES, SEAL_SIZE, Assumptions, Entry, ModelError, Port, Program
from inferir.whole_file import whole_file

TENSOR_ALIGNMENT = 64
ABI = "native-abi-1"


@dataclass
class _Segment:
    kind: int
    name: str
    size: int
    pieces: Iterable[bytes | memoryview]
    offset: int = 0
    sha256: bytes = bytes(32)


def write_package(path: str | Path, program: Program) -> None:
    """Write `program` to `path`, whole or not at all."""
    _check(program)
    segments = [
        _Segment(WEIGHTS, "weights", program.weights_size, _weights(program)),
        _Segment(CODE, "code", len(program.code), [program.code]),
    ]
    segments += [_Segment(HOST, "host", len(text := program.host.encode()), [text])] if program.host else []
    segments += [_Segment(IR, level, len(text.encode()), [text.encode()]) for level, text in program.ir.items()]
    at = HEADER.size + len(_metadata(program, segments))  # checksums have a fixed size, so the real metadata will have the same
    for s in segments:
        s.offset = at = -(-at // ALIGNMENT) * ALIGNMENT
        at += s.size
    try:
        with whole_file(path) as f:
            _write(f, program, segments, at)
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror or e}") from None


def _write(f: BinaryIO, program: Program, segments: list[_Segment], size: int) -> None:
    """The segments, then the header and the metadata, whose checksums are known then."""
    code = next(s for s in segments if s.kind == CODE)
    for s in segments:
        if s is not code:
            s.sha256 = _stream(f, s)
    code.pieces = [sealed(program.code, _metadata(program, segments))]
    code.sha256 = _stream(f, code)
    metadata = _metadata(program, segments)
    f.truncate(size)
    f.seek(0)
    head = HEADER.pack(MAGIC, MAJOR, MINOR, HEADER.size, len(metadata), size, 0, bytes(24))[:40]
    f.write(head + metadata_digest(head, metadata) + metadata)


def sealed(code: bytes, metadata: bytes) -> bytes:
    """The code with the digest of the metadata, in which its own checksum is zero. Raises ModelError where it has no room for it."""
    if not code:
        return code
    at = seal_offset(code)
    return code[:at] + seal_of(metadata, bytes(SEAL_SIZE)) + code[at + SEAL_SIZE :]


def _check(program: Program) -> None:
    for port in (*program.inputs, *program.outputs) if not program.host else ():
        if port.dtype not in DTYPES:
            raise ModelError(f"'{port.name}' has element type {port.dtype}, which a package cannot pass")
    for what, names in (("inputs", program.inputs), ("outputs", program.outputs)):
        seen = [port.name for port in names]
        if twice := [name for name in seen if seen.count(name) > 1]:
            raise ModelError(f"two {what} are named '{twice[0]}'")


def _weights(program: Program) -> Iterator[bytes | memoryview]:
    """The weights segment in order, the gaps as zeros."""
    at = 0
    for offset, data in sorted(program.weights, key=lambda entry: entry[0]):
        if offset % TENSOR_ALIGNMENT:
            raise ModelError(f"a tensor is at offset {offset} of the weights, which is not a multiple of {TENSOR_ALIGNMENT}")
        tensor = np.ascontiguousarray(data() if callable(data) else data).reshape(-1).view(np.uint8)
        if offset < at or offset + tensor.size > program.weights_size:
            raise ModelError(f"a tensor of {tensor.size} bytes at offset {offset} of the weights lies over another or past the end")
        yield bytes(offset - at)
        yield tensor.data
        at = offset + tensor.size
    yield bytes(program.weights_size - at)


def _stream(f: BinaryIO, segment: _Segment) -> bytes:
    """Write a segment's pieces, giving their sha256."""
    digest = hashlib.sha256()
    f.seek(segment.offset)
    for piece in segment.pieces:
        digest.update(piece)
        f.write(piece)
    return digest.digest()


def _metadata(program: Program, segments: list[_Segment]) -> bytes:
    """The FlatBuffer."""
    encoded = {STRING_CODES} if any(port.strings for port in (*program.inputs, *program.outputs)) else set()
    features = sorted({ABI, *program.required_features, *encoded})
    parts: dict[str, Any] = {"assumes": _assumes(program.assumes)} if program.assumes else {}
    parts |= {"faults": list(program.faults)} if program.faults else {}
    if program.host:  # left out otherwise: a program that is native as a whole has none of this
        parts |= {"entries": [_entry(e) for e in program.entries], "host_ops": [vars(o) for o in program.host_ops]}
    return encode(
        {
            "required_features": features,
            "producer": program.producer,
            "target": program.target,
            "arch": program.arch,
            "cpu_features": sorted(program.cpu_features),
            "symbols": [{"name": name} for name in program.symbols],
            "inputs": [_port(port) for port in program.inputs],
            "outputs": [_port(port) for port in program.outputs],
            "launches": list(program.launches),
            "segments": [vars(s) for s in segments],
            "metadata": [{"key": k, "value": v} for k, v in sorted(program.metadata.items())],
            **parts,
        }
    )


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "inputs": [_port(port) for port in entry.inputs],
        "outputs": [_port(port) for port in entry.outputs],
        "symbols": [{"name": name} for name in entry.symbols],
        "launches": list(entry.launches),
        "assumes": _assumes(entry.assumes),
        "faults": list(entry.faults),
    }


def _assumes(pairs: Assumptions) -> list[dict[str, Any]]:
    return [{"dims": _dims(pair)} | ({"says": says} if says else {}) for *pair, says in pairs]


def _dims(dims: Sequence[int | str]) -> list[dict[str, Any]]:
    return [{"size": d} if isinstance(d, int) else {"expression": d} for d in dims]


def _port(port: Port) -> dict[str, Any]:
    strings = {"strings": list(port.strings)} if port.strings else {}
    return {"name": port.name, "dtype": port.dtype, "dims": _dims(port.dims), **strings}


def encode(model: dict[str, Any]) -> bytes:
    """A `Model` table as a FlatBuffer; the inverse of `FlatReader.root`. Equal strings are stored once."""
    builder = flatbuffers.Builder(4096)
    builder.ForceDefaults(True)
    builder.Finish(_table(builder, "Model", model), file_identifier=IDENTIFIER)
    return bytes(builder.Output())


def _table(b: flatbuffers.Builder, kind: str, values: dict[str, Any]) -> int:
    fields = SCHEMA[kind]
    built = {name: _object(b, form, values[name]) for name, form in fields if form not in SCALARS and name in values}
    b.StartObject(len(fields))
    prepend = {"ubyte": b.PrependUint8Slot, "uint": b.PrependUint32Slot, "long": b.PrependInt64Slot, "ulong": b.PrependUint64Slot}
    for slot, (name, form) in enumerate(fields):
        if name in built:
            b.PrependUOffsetTRelativeSlot(slot, built[name], 0)
        elif name in values:
            prepend[form](slot, values[name], 0)
    return b.EndObject()


def _object(b: flatbuffers.Builder, form: str, value: Any) -> int:
    if form == "string":
        return b.CreateSharedString(value)
    if form == "[ubyte]":
        return b.CreateByteVector(value)
    if not form.startswith("["):
        return _table(b, form, value)
    offsets = [_object(b, form[1:-1], each) for each in value]
    b.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        b.PrependUOffsetTRelative(offset)
    return b.EndVector()
