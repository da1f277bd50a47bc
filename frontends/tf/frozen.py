"""A frozen graph: placeholders are the arguments, the values that nothing reads the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.dialects.framework.tf import rows
from inferir.dialects.framework.values import int_attr
from inferir.frontends.common.wire import Buffer
from inferir.frontends.tf.graph import Entry, GraphReader, tensor_type
from inferir.frontends.tf.schema import messages, read_message
from inferir.frontends.tf.tensors import TensorReader

EFFECTS = ("NoOp", "Assert", "Print", "PrintV2", "Const", "Placeholder", "AssignVariableOp", "Assign")
"""Operators that nothing need read, and that are no results of a model."""


def frozen_module(path: Path, data: Buffer, ctx: Context) -> ModuleOp:
    """A GraphDef whose variables have become constants."""
    graph = read_message("GraphDef", data)
    if not graph.node:
        raise InferError("not a GraphDef: it has no nodes")
    reader = GraphReader(graph, TensorReader(path, ctx), _not_frozen)
    inputs = [Entry(n.name, n.name, tensor_type(n.attr["dtype"].type, _shape(n))) for n in graph.node if n.op == "Placeholder"]
    outputs = [Entry(text, text) for n in reader.nodes.unread() if n.op not in EFFECTS for text in _results(n)]
    if not outputs:
        raise InferError("the graph has no results: every value is read by a node")
    module = ModuleOp([reader.main(inputs, outputs)])
    if graph.versions.producer:
        module.attributes["framework.graph_version"] = int_attr(graph.versions.producer)
    return module


def _shape(node: Any) -> Any:
    """The shape of a placeholder; one without is of unknown rank."""
    if "shape" in node.attr:
        return node.attr["shape"].shape
    return messages()["TensorShapeProto"](unknown_rank=True)


def _results(node: Any) -> list[str]:
    """The values of a node that nothing reads: its first result, all of them where it has several of one kind."""
    row = rows().get(node.op)
    if row is None:
        return [node.name]
    counts = [node.attr[row["counts"][name]].i if option == "variadic" else 1 for name, _, option, *_ in row["out"]]
    several = len(counts) > 1 and not node.op.startswith(("FusedBatchNorm", "_FusedBatchNorm", "MaxPoolWithArgmax"))
    total = min(sum(counts) if several else sum(counts[:1]), 4096)
    return [node.name if i == 0 else f"{node.name}:{i}" for i in range(total)]


def _not_frozen(name: str) -> tuple[Attribute, TensorType]:
    raise InferError(f"variable '{name[:80]}' has no value in the file: import the SavedModel's folder, or freeze the graph")
