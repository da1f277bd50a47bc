"""Packages taken apart and put together again with right checksums, as whoever wants to deceive the reader would."""

import hashlib
from typing import Any

from inferir.backends.package.writer import encode, sealed
from inferir.backends.runtime.flat import FlatReader
from inferir.backends.runtime.package import ALIGNMENT, CODE, HEADER, MAGIC, MAJOR, MINOR, metadata_digest
from inferir.backends.runtime.program import ModelError

Tables = dict[str, Any]


def taken_apart(data: bytes) -> tuple[Tables, list[bytes]]:
    """The metadata and the bytes of each segment."""
    size = HEADER.unpack_from(data)[4]
    model = FlatReader(data[HEADER.size : HEADER.size + size]).root()
    return model, [data[s["offset"] : s["offset"] + s["size"]] for s in model["segments"]]


def put_together(model: Tables, bodies: list[bytes], reseal: bool = False, replace: bool = True) -> bytes:
    """A package with every checksum right; with `reseal` the code's seal too. Segments that `replace` is false for keep the offsets they state."""
    bodies = [*bodies, *[b""] * len(model["segments"])][: len(model["segments"])]
    model = {**model, "segments": [dict(s) for s in model["segments"]]}
    odd = {i: s["sha256"] for i, s in enumerate(model["segments"]) if len(s["sha256"]) != 32}  # these stay
    for segment in model["segments"]:
        segment["sha256"] = bytes(32)
    offsets = _offsets(len(encode(model)), bodies)
    for segment, body, at in zip(model["segments"], bodies, offsets, strict=True):
        if replace:
            segment["offset"], segment["size"] = at, len(body)
        if segment["kind"] != CODE:
            segment["sha256"] = hashlib.sha256(body).digest()
    for i, segment in enumerate(model["segments"]):
        if segment["kind"] == CODE:
            bodies[i] = _resealed(bodies[i], encode(model)) if reseal else bodies[i]
            segment["sha256"] = hashlib.sha256(bodies[i]).digest()
    for i, digest in odd.items():
        model["segments"][i]["sha256"] = digest
    whole = bytearray(max((at + len(body) for at, body in zip(offsets, bodies, strict=True)), default=0))
    for at, body in zip(offsets, bodies, strict=True):
        whole[at : at + len(body)] = body
    return with_metadata(bytes(whole), encode(model))


def with_metadata(data: bytes, metadata: bytes) -> bytes:
    """A package with these bytes as metadata, and a header that fits."""
    whole = bytearray(max(len(data), HEADER.size + len(metadata)))
    whole[: len(data)] = data
    head = HEADER.pack(MAGIC, MAJOR, MINOR, HEADER.size, len(metadata), len(whole), 0, bytes(24))[:40]
    front = head + metadata_digest(head, metadata) + metadata
    whole[: len(front)] = front
    return bytes(whole)


def _offsets(metadata: int, bodies: list[bytes]) -> list[int]:
    at, out = HEADER.size + metadata, []
    for body in bodies:
        at = -(-at // ALIGNMENT) * ALIGNMENT
        out.append(at)
        at += len(body)
    return out


def _resealed(code: bytes, metadata: bytes) -> bytes:
    try:
        return sealed(code, metadata)
    except ModelError:
        return code  # no object any more
