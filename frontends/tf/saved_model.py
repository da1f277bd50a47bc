"""SavedModel folders: the signature is the function, variables come from the bundle.

Which variable has which key of the bundle is defined by the nodes that restore them: RestoreV2, whose results are assigned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ArrayAttr, ModuleOp, StringAttr, TensorType
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.frontends.common.wire import Buffer
from inferir.frontends.tf.bundle import Bundle
from inferir.frontends.tf.graph import Entry, GraphReader, tensor_type
from inferir.frontends.tf.nodes import Nodes, data_inputs, reference
from inferir.frontends.tf.schema import read_message
from inferir.frontends.tf.tensors import TensorReader

DEFAULT = "serving_default"
_PASSED_ON = ("Identity", "Cast")


def saved_model_module(path: Path, data: Buffer, ctx: Context) -> ModuleOp:
    """The signature `serving_default` of a SavedModel, or the only one it has."""
    model = read_message("SavedModel", data)
    if not model.meta_graphs:
        raise InferError("not a SavedModel: it has no graph")
    meta = next((m for m in model.meta_graphs if "serve" in m.meta_info_def.tags), model.meta_graphs[0])
    names = sorted(n for n in meta.signature_def if not n.startswith("__saved_model"))
    if DEFAULT not in names and len(names) != 1:
        listed = ", ".join(names) or "none"
        raise InferError(f"there is no signature '{DEFAULT}' to import, and not one alone; there are: {listed}")
    chosen = DEFAULT if DEFAULT in names else names[0]
    tensors = TensorReader(path, ctx)
    variables = Variables(path.parent / "variables" / "variables", meta.graph_def, tensors)
    reader = GraphReader(meta.graph_def, tensors, variables.value)
    signature = meta.signature_def[chosen]
    inputs = [Entry(n, _named(n, i), tensor_type(i.dtype, i.tensor_shape)) for n, i in sorted(signature.inputs.items())]
    outputs = [Entry(n, _named(n, i)) for n, i in sorted(signature.outputs.items())]
    if not outputs:
        raise InferError(f"signature '{chosen}' has no outputs")
    module = ModuleOp([reader.main(inputs, outputs)])
    if meta.meta_info_def.tensorflow_version:
        module.attributes["framework.producer"] = StringAttr(f"tensorflow {meta.meta_info_def.tensorflow_version}")
    module.attributes["framework.signature"] = StringAttr(chosen)
    if len(names) > 1:
        module.attributes["framework.signatures"] = ArrayAttr([StringAttr(n) for n in names])
    return module


def _named(name: str, info: Any) -> str:
    if not info.name:
        raise InferError(f"'{name[:80]}' of the signature is no dense tensor, and those alone are supported")
    return info.name


class Variables:
    """The values of a model's variables, by the names of their nodes."""

    def __init__(self, prefix: Path, graph: Any, tensors: TensorReader):
        self.prefix, self.graph, self.tensors = prefix, graph, tensors
        self._bundle: Bundle | None = None
        self._keys: dict[str, str] = {}

    def value(self, name: str) -> tuple[Attribute, TensorType]:
        """Value and type of the variable of a node."""
        if self._bundle is None:
            self._bundle, self._keys = Bundle(self.prefix, self.tensors), restored_keys(self.graph)
        return self._bundle.value(self._keys.get(name, name), name)


def restored_keys(graph: Any) -> dict[str, str]:
    """The key under which a variable is stored, by the name of its node."""
    nodes = Nodes(graph.node)
    functions = {f.signature.name: f for f in graph.library.function}
    out = {variable: key for variable, key in _assigned(nodes)}
    for node in graph.node:
        called = functions.get(node.attr["f"].func.name) if "f" in node.attr else functions.get(node.op)
        if called is None or not any(n.op == "RestoreV2" for n in called.node_def):
            continue
        arguments = dict(zip((a.name for a in called.signature.input_arg), data_inputs(node), strict=False))
        for variable, key in _assigned(Nodes(called.node_def)):
            if variable in arguments:
                out[reference(arguments[variable]).node] = key
    return out


def _assigned(nodes: Nodes) -> list[tuple[str, str]]:
    """Variables (nodes, or arguments of a function) that are assigned results of RestoreV2, and the keys of these."""
    out = []
    for node in nodes.by_name.values():
        inputs = data_inputs(node)
        if node.op not in ("AssignVariableOp", "Assign") or len(inputs) < 2:
            continue
        source, seen = reference(inputs[1]), 0
        maker = nodes.by_name.get(source.node)
        while maker is not None and maker.op in _PASSED_ON and data_inputs(maker) and seen < 16:
            source, seen = reference(data_inputs(maker)[0]), seen + 1
            maker = nodes.by_name.get(source.node)
        keys = _keys(nodes, maker) if maker is not None and maker.op == "RestoreV2" else []
        if source.number < len(keys):
            out.append((reference(inputs[0]).node, keys[source.number]))
    return out


def _keys(nodes: Nodes, restore: Any) -> list[str]:
    """The names that a RestoreV2 reads."""
    inputs = data_inputs(restore)
    constant = nodes.by_name.get(reference(inputs[1]).node) if len(inputs) > 1 else None
    if constant is None or constant.op != "Const":
        return []
    return [s.decode("utf-8", "backslashreplace") for s in constant.attr["value"].tensor.string_val]
