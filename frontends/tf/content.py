"""What TensorFlow's files look like from outside. Every format of protobuf begins with fields, so these are looked at, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inferir.core import InferError
from inferir.frontends.common.wire import Buffer, Field, fields

SAVED_MODEL = "saved_model.pb"
"""The file of a SavedModel's folder that is the model."""
_GRAPH = {1: 2, 2: 2, 3: 0, 4: 2}
_NODE = {1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2}
_SAVED = {1: 0, 2: 2}
_META_GRAPH = {n: 2 for n in range(1, 8)}
ENOUGH = 8
"""Nodes that are looked at; all fields of a file of many would take long to go through twice."""


def looks_like_graph(data: Buffer) -> bool:
    """Whether the bytes are a GraphDef: nodes with a name and an operator. ONNX's first field is a number, MindIR's a text."""
    try:
        nodes = 0
        for field in _known(data, (0, len(data)), _GRAPH):
            if field.number != 1:
                continue
            found = {f.number for f in _known(data, (field.payload, field.end), _NODE)}
            if not {1, 2} <= found:
                return False
            nodes += 1
            if nodes == ENOUGH:
                return True
        return nodes > 0
    except InferError:
        return False


def looks_like_saved_model(data: Buffer) -> bool:
    """Whether the bytes are a SavedModel: a version, and graphs with a signature."""
    try:
        top = list(_known(data, (0, len(data)), _SAVED))
        if [f.number for f in top][:1] != [1] or not any(f.number == 2 for f in top):
            return False
        return all(any(True for _ in _known(data, (f.payload, f.end), _META_GRAPH)) for f in top if f.number == 2)
    except InferError:
        return False


def _known(data: Buffer, span: tuple[int, int], kinds: Mapping[int, int]) -> Iterator[Field]:
    """The fields of a message. Raises InferError for one that the message does not have."""
    for field in fields(data, *span):
        if kinds.get(field.number) != field.wire_type:
            raise InferError(f"byte {field.start}: no field of the message")
        yield field
