"""The graph of an exported program to blocks of operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType, f64, i1, i64
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import InferError
from inferir.core.constants import dense_attribute
from inferir.dialects.framework import NONE, ConstantOp, CustomOp, NoneOp, YieldOp
from inferir.dialects.framework.source_op import GRAPHS
from inferir.dialects.framework.torch import SOURCE
from inferir.dialects.framework.values import strings_attr
from inferir.frontends.common.names import location_of, name_hint
from inferir.frontends.common.scopes import Scope
from inferir.frontends.torch.arguments import Arguments
from inferir.frontends.torch.json_fields import items, member, members, text, variant
from inferir.frontends.torch.tensors import tensor_type

NUMBER_TYPES = {"as_sym_int": TensorType(i64, []), "as_sym_bool": TensorType(i1, []), "as_sym_float": TensorType(f64, [])}
"""The types of computed numbers: tensors without dimensions."""
_ARITHMETIC = ("_operator", "math", "builtins", "torch")
_HIGHER_ORDER = "higher_order"
MOST_NESTED = 32


class GraphReader:
    """Builds the operations of the graphs of one program."""

    def __init__(self) -> None:
        self.none: SSAValue | None = None
        self.depth = 0

    def block(self, graph: Any, scope: Scope, block: Block) -> None:
        """The nodes of a graph, appended to a block whose inputs the scope knows."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise InferError(f"graphs are nested more than {MOST_NESTED} levels deep")
        outer, self.none = self.none, None
        tensors = members(member(graph, "tensor_values"))
        for index, node in enumerate(items(graph, "nodes")):
            try:
                block.add_op(self._node(node, scope, tensors, block))
            except InferError as problem:
                raise InferError(f"{_described(node, index)}: {problem}", None, problem.notes) from None
        self.none = outer
        self.depth -= 1

    def region(self, graph: Any) -> Region:
        """A graph that is an argument: a region with its inputs as arguments of the block."""
        inner = member(graph, "graph")
        tensors = members(member(inner, "tensor_values"))
        names, types = [], []
        for entry in items(inner, "inputs"):
            name, type = _value_of(entry, tensors)
            names.append(name)
            types.append(type)
        block, scope = Block(arg_types=types), Scope()
        for name, argument in zip(names, block.args, strict=True):
            define(scope, name, argument)
        self.block(inner, scope, block)
        block.add_op(YieldOp.make([self.output(entry, scope, block) for entry in items(inner, "outputs")]))
        return Region(block)

    def output(self, entry: Any, scope: Scope, block: Block) -> SSAValue:
        """The value of a graph's output: one of its values, or a constant number."""
        kind, value = variant(entry)
        if kind == "as_tensor":
            return find(scope, text(value, "name"))
        if kind in NUMBER_TYPES:
            kind, value = variant(value)
            if kind == "as_name":
                return find(scope, str(value))
        constant = _number(kind, value)
        block.add_op(constant)
        return constant.result

    def _node(self, node: Any, scope: Scope, tensors: Mapping[str, Any], block: Block) -> Operation:
        target = text(node, "target")
        namespace, name = operator_of(target)
        cls = SOURCE.op_class(namespace, name) if namespace in SOURCE.domains else None
        arguments = Arguments()
        order = _positions(cls.SCHEMAS[0]) if cls is not None and namespace == _HIGHER_ORDER else None
        for index, entry in enumerate(items(node, "inputs")):
            label = text(entry, "name") or (_position(order, index) if order else f"arg{index}")
            arguments.add(label, member(entry, "arg"), lambda value: find(scope, value))
        names, types = _results(items(node, "outputs"), tensors)
        location = location_of(_source_name(node, names))
        graphs = {label: self.region(graph) for label, graph in arguments.graphs.items()}
        properties: dict[str, Attribute] = {GRAPHS: strings_attr(list(graphs))} if graphs else {}
        if cls is None:
            values = [v if v is not None else self._none(block) for vs in arguments.operands.values() for v in vs]
            properties |= CustomOp.properties_for(namespace, name, 0, arguments.attributes)
            op: Operation = CustomOp.create(
                operands=values, result_types=types, properties=properties, regions=list(graphs.values()), location=location
            )
        else:
            schema = cls.SCHEMAS[0]
            values, segments = arguments.in_order(schema, lambda: self._none(block))
            properties |= segments | arguments.attributes_for(schema)
            op = cls.create(operands=values, result_types=types, properties=properties, regions=list(graphs.values()), location=location)
            op.verify_()
        for result_name, result in zip(names, op.results, strict=True):
            if result_name:
                define(scope, result_name, result)
        return op

    def _none(self, block: Block) -> SSAValue:
        """The absent operand of a block."""
        if self.none is None:
            op = NoneOp.make()
            block.insert_op_before(op, block.first_op) if block.first_op is not None else block.add_op(op)
            op.result.name_hint, self.none = "none", op.result
        return self.none


def operator_of(target: str) -> tuple[str, str]:
    """Namespace and name of what a node calls: `torch.ops.aten.add.Tensor` -> ("aten", "add.Tensor"), `_operator.mul` -> ("sym", "mul")."""
    if target.startswith("torch.ops."):
        namespace, _, name = target.removeprefix("torch.ops.").partition(".")
        return namespace, name.removesuffix(".default")
    module, _, name = target.rpartition(".")
    if module in _ARITHMETIC or module.startswith("torch."):
        return "sym", name.removeprefix("_").removesuffix("_") if name.startswith("_sym") else name
    return module or "python", name or target


def find(scope: Scope, name: str) -> SSAValue:
    """The value of a name. Raises InferError where nothing defines it."""
    value = scope.find(name)
    if value is None:
        raise InferError(f"it uses value '{name[:80]}', which nothing defines before it")
    return value


def define(scope: Scope, name: str, value: SSAValue) -> None:
    """Give a name a value. Raises InferError where it has one."""
    if not name or name in scope.values:
        raise InferError(f"value '{name[:80]}' is defined twice" if name else "a value has no name")
    scope.values[name] = value
    value.name_hint = name_hint(name)


def _results(outputs: Sequence[Any], tensors: Mapping[str, Any]) -> tuple[list[str], list[Attribute]]:
    """The results of a node, lists of them one after another: names ("" for an absent one) and types."""
    names: list[str] = []
    types: list[Attribute] = []
    for entry in outputs:
        kind, value = variant(entry)
        several = (
            [{"as_tensor": v} if kind == "as_tensors" else v for v in value] if kind in ("as_tensors", "as_optional_tensors") else [entry]
        )
        for one in several:
            name, type = _value_of(one, tensors)
            names.append(name)
            types.append(type)
    return names, types


def _value_of(entry: Any, tensors: Mapping[str, Any]) -> tuple[str, Attribute]:
    """The name and type of a value that a graph defines."""
    kind, value = variant(entry)
    if kind == "as_optional_tensor":
        kind, value = variant(value)
    if kind == "as_none":
        return "", NONE
    if kind in NUMBER_TYPES:
        return text(value, "as_name"), NUMBER_TYPES[kind]
    if kind != "as_tensor":
        raise InferError(f"a value of kind {kind[:40]} is not supported")
    name = text(value, "name")
    try:
        return name, tensor_type(member(tensors, name))
    except InferError as problem:
        raise InferError(f"value '{name[:80]}': {problem}") from None


def _number(kind: str, value: Any) -> ConstantOp:
    dtypes: dict[str, Any] = {"as_int": np.int64, "as_bool": np.bool_, "as_float": np.float64}
    if kind not in dtypes or not isinstance(value, int | float):
        raise InferError(f"an output of kind {kind[:40]} is not supported")
    attribute = dense_attribute(np.asarray(value, dtypes[kind]))
    return ConstantOp.make(attribute, attribute.type)  # pyright: ignore[reportArgumentType]


def _positions(schema: Any) -> list[str]:
    """The argument names of an operator that takes graphs, in the order of its call: graphs and other attributes stand where torch has them."""
    operands = [p.name for p in schema.operands]
    attributes = list(schema.attributes)
    first = ["pred"] if "pred" in operands else []
    return [*first, *attributes, *(o for o in operands if o not in first)]


def _position(order: list[str], index: int) -> str:
    """The name of an argument by position; further ones belong to the last list."""
    return order[min(index, len(order) - 1)]


def _source_name(node: Any, names: Sequence[str]) -> str:
    """The path of the module that made the node, and its name: `encoder.layer.3.query/linear_5`."""
    own = members(node).get("name")
    name = own if isinstance(own, str) and own else next((n for n in names if n), text(node, "target"))
    stack = members(members(node).get("metadata", {})).get("nn_module_stack")
    if not isinstance(stack, str) or not stack:
        return name
    _, path, *_ = [*stack.rpartition(";")[2].split(","), "", ""]
    return f"{path}/{name}" if path else name


def _described(node: Any, index: int) -> str:
    shown = node if isinstance(node, dict) else {}
    return f'node "{str(shown.get("name") or index)[:80]}" ({str(shown.get("target"))[:80]})'
