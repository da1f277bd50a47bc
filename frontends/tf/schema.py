"""The messages of TensorFlow's files, as far as they are read, and where in them the data of tensors lie.

Source: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape,function,op_def}.proto,
tensorflow/core/protobuf/{saved_model,meta_graph,tensor_bundle}.proto.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from inferir.core import InferError
from inferir.frontends.common.protobuf import message_classes, parsed
from inferir.frontends.common.structure import TooLarge
from inferir.frontends.common.wire import Buffer, Layout, strip

SEGMENT = 1000
"""A field of TensorProto that TensorFlow does not have: where its content lies in the file."""

MESSAGES = {
    "GraphDef": "1 node [NodeDef], 2 library FunctionDefLibrary, 3 version i32, 4 versions VersionDef",
    "VersionDef": "1 producer i32, 2 min_consumer i32",
    "NodeDef": "1 name string, 2 op string, 3 input [string], 4 device string, 5 attr {string: AttrValue}",
    "AttrValue": "| 1 list ListValue, 2 s bytes, 3 i i64, 4 f f32, 5 b bool, 6 type i32, 7 shape TensorShapeProto, 8 tensor TensorProto, "
    "9 placeholder string, 10 func NameAttrList",
    "ListValue": "2 s [bytes], 3 i [i64], 4 f [f32], 5 b [bool], 6 type [i32], 7 shape [TensorShapeProto], 8 tensor [TensorProto], 9 func [NameAttrList]",
    "NameAttrList": "1 name string, 2 attr {string: AttrValue}",
    "TensorShapeProto": "2 dim [Dim], 3 unknown_rank bool",
    "Dim": "1 size i64, 2 name string",
    "TensorProto": "1 dtype i32, 2 tensor_shape TensorShapeProto, 4 tensor_content bytes, 5 float_val [f32], 6 double_val [f64], 7 int_val [i32], "
    "8 string_val [bytes], 9 scomplex_val [f32], 10 int64_val [i64], 11 bool_val [bool], 12 dcomplex_val [f64], 13 half_val [i32], "
    f"16 uint32_val [u32], 17 uint64_val [u64], {SEGMENT} segment Segment",
    "Segment": "1 begin i64, 2 end i64",
    "FunctionDefLibrary": "1 function [FunctionDef]",
    "FunctionDef": "1 signature OpDef, 3 node_def [NodeDef], 4 ret {string: string}",
    "OpDef": "1 name string, 2 input_arg [ArgDef], 3 output_arg [ArgDef]",
    "ArgDef": "1 name string, 3 type i32, 4 type_attr string, 5 number_attr string, 6 type_list_attr string",
    "SavedModel": "1 saved_model_schema_version i64, 2 meta_graphs [MetaGraphDef]",
    "MetaGraphDef": "1 meta_info_def MetaInfoDef, 2 graph_def GraphDef, 5 signature_def {string: SignatureDef}",
    "MetaInfoDef": "4 tags [string], 5 tensorflow_version string",
    "SignatureDef": "1 inputs {string: TensorInfo}, 2 outputs {string: TensorInfo}, 3 method_name string",
    "TensorInfo": "1 name string, 2 dtype i32, 3 tensor_shape TensorShapeProto",
    "BundleHeaderProto": "1 num_shards i32, 2 endianness i32",
    "BundleEntryProto": "1 dtype i32, 2 shape TensorShapeProto, 3 shard_id i32, 4 offset i64, 5 size i64, 7 slices [Slice]",
    "Slice": "1 unread i32",
}

_WAYS = {
    "saved_model": {2: "meta_graph"},
    "meta_graph": {2: "graph"},
    "graph": {1: "node", 2: "library"},
    "library": {1: "function"},
    "function": {3: "node"},
    "node": {5: "entry"},
    "entry": {2: "value"},
    "value": {1: "list", 8: "tensor"},
    "list": {8: "tensor"},
}
"""How to get to the content of tensors."""
_ROOTS = {"GraphDef": "graph", "SavedModel": "saved_model"}


@cache
def messages() -> dict[str, Any]:
    """The classes of the messages."""
    return message_classes("inferir.tf", MESSAGES)


def read_message(name: str, data: Buffer) -> Any:
    """A GraphDef or SavedModel without the content of its tensors. Raises InferError for a file that is none, or only part of one."""
    head = bytes(data[:64])
    if all(32 <= b < 127 or b in b"\t\r\n" for b in head):
        raise InferError(f"this is text, not a {name}: the text form (.pbtxt) is not read, save the binary one")
    try:
        layout = Layout(lambda: messages()[name], _ROOTS[name], _WAYS, {"tensor": (4,)}, {"tensor": SEGMENT})
        return parsed(messages()[name], strip(data, layout))
    except TooLarge:
        raise
    except InferError as problem:
        raise InferError(f"not a whole {name}: {problem}") from None
