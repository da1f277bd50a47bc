"""Damage to programs of torch.export: to the bytes of the archive, to its zip structure, to the JSON of the graph."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from typing import Any

Members = dict[str, bytes]
HUGE = (0, -1, 1, 2**31, 2**40, 2**62, 2**63 - 1, 2**63, -(2**63), 10**30)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """A damaged copy of an archive."""
    return rng.choice((flipped, truncated, lied, rebuilt, rebuilt, rebuilt))(data, rng)


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Some bits flipped."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def truncated(data: bytes, rng: random.Random) -> bytes:
    """Cut off, or with a hole."""
    cut = rng.randrange(len(data))
    return data[:cut] if rng.random() < 0.6 else data[:cut] + data[min(len(data), cut + rng.randrange(1, 400)) :]


def lied(data: bytes, rng: random.Random) -> bytes:
    """A length, offset or count of the zip structure replaced."""
    out = bytearray(data)
    marks = [i for mark in (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06") for i in _places(data, mark)]
    for _ in range(rng.randint(1, 3)):
        place = rng.choice(marks) + rng.randrange(4, 46)
        value = rng.choice((0, 1, 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, rng.randrange(1 << 32)))
        out[place : place + 4] = struct.pack("<I", value)
    return bytes(out)


def _places(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def rebuilt(data: bytes, rng: random.Random) -> bytes:
    """A whole archive again, with other members or another graph."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {i.filename: archive.read(i) for i in archive.infolist()}
    change = rng.choice((damaged_json, damaged_json, damaged_json, deep_json, odd_members, bomb, short_weights))
    stored = change(members, rng)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _documents(members: Members) -> list[str]:
    return [n for n in members if n.endswith(".json")]


def damaged_json(members: Members, rng: random.Random) -> bool:
    """Some values of the documents replaced, dropped, doubled, or exchanged."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        name = rng.choice(_documents(members))
        document = json.loads(members[name])
        for _ in range(rng.randint(1, 3)):
            _change(document, rng)
        members[name] = json.dumps(document).encode()
    return True


def _change(document: Any, rng: random.Random) -> None:
    """One value somewhere in a document."""
    node, parents = document, []
    while isinstance(node, dict | list) and node and (not parents or rng.random() < 0.85):
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
        parents.append((node, key))
        node = node[key]
    if not parents:
        return
    parent, key = parents[-1]
    kind = rng.randrange(6)
    if kind == 0:
        del parent[key]
    elif kind == 1 and isinstance(parent, list):
        parent.insert(key, node)
    elif kind == 2 and isinstance(parent, dict):
        parent[rng.choice(("as_int", "as_none", "as_tensor", "as_expr", "name", "x"))] = parent.pop(key)
    else:
        parent[key] = rng.choice(
            (None, True, "", "x", "torch.ops.aten.add.Tensor", "../../etc/passwd", [], {}, 1.5, {"as_int": 2**40}, *HUGE)
        )


def deep_json(members: Members, rng: random.Random) -> bool:
    """A document nested very deeply, or very long expressions."""
    name = rng.choice(_documents(members))
    depth = rng.choice((100, 5_000, 200_000))
    if rng.random() < 0.5:
        members[name] = b"[" * depth + b"]" * depth
    else:
        text = "Add(" * depth + "Symbol('s0')" + ")" * depth
        members[name] = members[name].replace(b'{"as_int":', b'{"as_expr":{"expr_str":"' + text.encode() + b'","hint":null},"x":', 1)
    return True


def odd_members(members: Members, rng: random.Random) -> bool:
    """Members renamed, dropped, doubled under other folders, or with paths that leave the archive."""
    name = rng.choice(list(members))
    content = members.pop(name)
    prefix = rng.choice(("../", "/", "../../../tmp/", "other/", "", "\\", "a/../"))
    if rng.random() < 0.7:
        members[prefix + name.partition("/")[2]] = content
    return True


def bomb(members: Members, rng: random.Random) -> bool:
    """A document that is small compressed and large when it is read."""
    name = rng.choice(_documents(members))
    members[name] = b'{"x":"' + b" " * rng.choice((1 << 20, 120 << 20)) + b'"}'
    return False


def short_weights(members: Members, rng: random.Random) -> bool:
    """Weights that are shorter, longer, or compressed."""
    for name in [n for n in members if "/weights/weight_" in n]:
        members[name] = rng.choice((members[name][:-1], members[name] * 2, b"", members[name]))
    return rng.random() < 0.5
