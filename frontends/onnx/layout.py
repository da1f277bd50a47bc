"""What the protobuf wire of an ONNX file looks like: how one begins, and where the data of its tensors lie. Field numbers from onnx.proto."""

from __future__ import annotations

from typing import Any

from inferir.core.diagnostics import InferError
from inferir.frontends.common.wire import Buffer, Layout, fields

RAW_DATA, FLOAT_DATA, DOUBLE_DATA, SEGMENT = 9, 4, 10, 3


def _model() -> Any:
    from onnx import ModelProto

    return ModelProto


LAYOUT = Layout(
    message=_model,
    root="model",
    children={
        "model": {7: "graph", 25: "function"},
        "graph": {1: "node", 5: "tensor", 15: "sparse"},
        "function": {7: "node", 11: "attribute"},
        "node": {5: "attribute"},
        "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
        "sparse": {1: "tensor", 2: "tensor"},
    },
    data={"tensor": (RAW_DATA, FLOAT_DATA, DOUBLE_DATA)},
    segments={"tensor": SEGMENT},
)

_MODEL_FIELDS = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2}
"""The fields of ModelProto and their wire types."""
_GRAPH, _OPSET_IMPORT = 7, 8


def looks_like_onnx(data: Buffer) -> bool:
    """Whether the bytes begin as a ModelProto does: only its fields, among them a graph or the operator sets."""
    seen: set[int] = set()
    try:
        for field in fields(data, 0, len(data)):
            if _MODEL_FIELDS.get(field.number) != field.wire_type:
                return False
            seen.add(field.number)
            if field.number == _GRAPH:
                return True
    except InferError:
        return _first_tags_fit(data, seen)
    return bool(seen & {_GRAPH, _OPSET_IMPORT})


def _first_tags_fit(data: Buffer, seen: set[int]) -> bool:
    """A truncated file: what was whole must show an IR version, and the graph may be the field that is cut."""
    return 1 in seen and bool(seen & {2, _GRAPH, _OPSET_IMPORT}) and data[0] == 0x08 and data[1] < 64
