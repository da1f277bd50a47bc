"""Graphs and functions to functions and regions, nodes to operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, TensorType, UnrankedTensorType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import InferError
from inferir.dialects.framework import ANY, ConstantOp, CustomOp, YieldOp
from inferir.dialects.framework.source_op import GRAPHS, SEGMENTS
from inferir.dialects.framework.tf import SOURCE, rows
from inferir.dialects.framework.tf.types import WORDS, tf_element
from inferir.dialects.framework.types import unranked
from inferir.dialects.framework.values import ints_attr, strings_attr
from inferir.frontends.common.interface import OpenSizes, interface_entry
from inferir.frontends.common.names import location_of, name_hint
from inferir.frontends.tf.attributes import declared, undeclared
from inferir.frontends.tf.nodes import MAX_RESULTS, Nodes, data_inputs, described, reference
from inferir.frontends.tf.tensors import TensorReader, tensor_type

MAX_OPERATIONS = 200_000
"""Operations of one model; a function that several nodes call counts each time."""
MAX_DEPTH = 32
"""Functions that call functions."""
CALLS = ("PartitionedCall", "StatefulPartitionedCall")
BRANCHES = {"If": ("then_branch", "else_branch"), "While": ("cond", "body")}
BRANCHES |= {f"Stateless{name}": names for name, names in BRANCHES.items()}


@dataclass(frozen=True)
class Variable:
    """A resource: the variable that a node of the graph stands for."""

    node: str


Value = SSAValue | Variable
Values = dict[str, list[tuple[str | None, Value]]]
"""The results of each node: the name of the result that a function refers to it by, the value."""
Stored = Callable[[str], tuple[Attribute, TensorType]]


@dataclass(frozen=True)
class Entry:
    """An argument or result of the model: its name, the value it is, its type (None: as computed)."""

    name: str
    reference: str
    type: Attribute | None = None


class GraphReader:
    """Builds the operations of one model."""

    def __init__(self, graph: Any, tensors: TensorReader, variable: Stored):
        self.tensors = tensors
        self.variable = variable
        """Gives the value of a variable, by the name of its node."""
        self.nodes = Nodes(graph.node)
        self.functions = {f.signature.name: f for f in graph.library.function}
        self._operations = 0
        self._bodies: dict[str, Nodes] = {}

    def main(self, inputs: Sequence[Entry], outputs: Sequence[Entry]) -> func.FuncOp:
        """The graph as `@main`."""
        block = Block()
        values: Values = {}
        for entry in inputs:
            argument = block.insert_arg(entry.type or ANY, len(block.args))
            argument.location, argument.name_hint = location_of(entry.name), name_hint(entry.name)
            values[reference(entry.reference).node] = [(None, argument)]
        body = Body(self, self.nodes, values, block)
        results = [body.tensor(v, e.reference) for v, e in zip(body.run([e.reference for e in outputs]), outputs, strict=True)]
        block.add_op(func.ReturnOp(*results))
        function = func.FuncOp("main", ([a.type for a in block.args], [r.type for r in results]), Region(block))
        sizes = OpenSizes()
        if inputs:
            function.properties["arg_attrs"] = ArrayAttr([interface_entry(e.name, sizes.of(e.name, e.type)) for e in inputs])
        if outputs:
            function.properties["res_attrs"] = ArrayAttr([interface_entry(e.name) for e in outputs])
        return function

    def function(self, name: str) -> tuple[Any, Nodes]:
        """A function of the library, and its nodes."""
        if name not in self.functions:
            raise InferError(f"function '{name[:80]}' does not exist")
        if name not in self._bodies:
            self._bodies[name] = Nodes(self.functions[name].node_def)
        return self.functions[name], self._bodies[name]

    def count(self) -> None:
        """Count an operation."""
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            raise InferError(f"has more than {MAX_OPERATIONS} operations")


class Body:
    """The values of a graph, or of one call of a function, while it is built."""

    def __init__(self, reader: GraphReader, nodes: Nodes, values: Values, block: Block, calls: Sequence[str] = ()):
        if len(calls) > MAX_DEPTH:
            raise InferError(f"functions call each other more than {MAX_DEPTH} levels deep")
        self.reader, self.nodes, self.values, self.block, self.calls = reader, nodes, values, block, calls
        self.prefix = "".join(f"{name}/" for name in calls)
        self._targets: Sequence[str] = ()

    def run(self, targets: Sequence[str]) -> list[Value]:
        """The operations that values need, and these values."""
        self._targets = targets
        for node in self.nodes.ordered(targets, self.values):
            self.reader.count()
            try:
                self.values[node.name] = self._node(node)
            except InferError as problem:
                text = str(problem)
                raise problem if text.startswith("node ") else InferError(f"{described(node)}: {text}", None, problem.notes) from None
        return [self._value(t) for t in targets]

    def _value(self, text: str) -> Value:
        node, result, index = reference(text)
        found = self.values.get(node)
        if found is None:
            raise InferError(f"value '{text[:80]}' is used, and nothing defines it")
        named = [v for name, v in found if name == result] if result is not None else []
        values = named or [v for _, v in found]
        if index >= len(values):
            raise InferError(f"value '{text[:80]}' does not exist, the node has {len(values)} results")
        return values[index]

    def tensor(self, value: Value, text: str) -> SSAValue:
        """A value as a tensor: of a variable what it holds."""
        if not isinstance(value, Variable):
            return value
        constant, type = self.reader.variable(value.node)
        return self._constant(constant, type, reference(text).node)

    def _constant(self, value: Attribute, type: TensorType, name: str) -> SSAValue:
        op = ConstantOp.make(value, type)
        op.location = location_of(self.prefix + name)
        op.result.name_hint = name_hint(name)
        self.block.add_op(op)
        return op.result

    def _node(self, node: Any) -> list[tuple[str | None, Value]]:
        op, inputs = node.op, data_inputs(node)
        if op == "Const":
            return [(None, self._constant(*self.reader.tensors.constant(node.attr["value"].tensor, node.name), node.name))]
        if op in ("VarHandleOp", "VariableV2", "Variable", "AutoReloadVariable"):
            return [(None, Variable(node.name))]
        if op == "Placeholder":
            raise InferError("is an input that the model's signature does not have")
        if op in ("PlaceholderWithDefault", "ReadVariableOp") and inputs:
            return [(None, self.tensor(self._value(inputs[0]), inputs[0]))]
        if op in ("Identity", "Snapshot") and inputs and isinstance(self._value(inputs[0]), Variable):
            variable = self._value(inputs[0])
            resource = tf_element(node.attr["T"].type) is None
            return [(None, variable if resource else self.tensor(variable, inputs[0]))]
        if op in CALLS or op in self.reader.functions:
            return self._call(node, node.attr["f"].func.name if op in CALLS else op, inputs)
        if op in BRANCHES:
            return self._control(node, inputs)
        return self._plain(node, [self.tensor(self._value(text), text) for text in inputs])

    def _call(self, node: Any, name: str, inputs: Sequence[str]) -> list[tuple[str | None, Value]]:
        """A function put in place of its call."""
        function, nodes = self.reader.function(name)
        arguments = [self._value(text) for text in inputs]
        body = Body(self.reader, nodes, _bound(function, arguments), self.block, (*self.calls, node.name))
        results = body.run(_returned(function))
        names = ["output"] * len(results) if node.op in CALLS else [a.name for a in function.signature.output_arg]
        return list(zip(names, results, strict=True))

    def _control(self, node: Any, inputs: Sequence[str]) -> list[tuple[str | None, Value]]:
        """If and While: functions as regions. Variables that they are given are seen from inside, and are no operands."""
        is_loop = node.op.endswith("While")
        given = [self._value(text) for text in inputs]
        operands = [v for v in given if not isinstance(v, Variable)]
        carried = given if is_loop else given[1:]
        graphs, listed = BRANCHES[node.op], _listed_types(node, "T" if is_loop else "Tout")
        outer = [v if isinstance(v, Variable) else None for v in given] if is_loop else [None] * len(listed)
        if len(outer) != len(listed):
            raise InferError(f"has {len(outer)} inputs, and types for {len(listed)}")
        types = [t for t, v in zip(listed, outer, strict=True) if v is None]
        regions = []
        for graph in graphs:
            region = self._region(node, node.attr[graph].func.name, carried, is_loop)
            yielded, wanted = len(region.block.last_op.operands), 1 if graph == "cond" else len(types)  # pyright: ignore[reportOptionalMemberAccess]
            if yielded != wanted:
                raise InferError(f"'{graph}' has {yielded} results that are tensors, must have {wanted}")
            regions.append(region)
        cls = SOURCE.op_class("tf", node.op)
        assert cls is not None
        properties = {**declared(node, cls.SCHEMAS[0]), GRAPHS: strings_attr(list(graphs))}
        op = cls.create(operands=operands, result_types=types, properties=properties, regions=regions)
        op.location = location_of(self.prefix + node.name)
        for result in op.results:
            result.name_hint = name_hint(node.name)
        self.block.add_op(op)
        made = iter(op.results)
        return [("output", next(made) if v is None else v) for v in outer]

    def _region(self, node: Any, name: str, given: Sequence[Value], is_loop: bool) -> Region:
        """A function as a region whose arguments are the tensors it is given."""
        function, nodes = self.reader.function(name)
        block, arguments = Block(), []
        for value in given:
            if not isinstance(value, Variable):
                type = unranked(value.type) if is_loop else value.type
                value = block.insert_arg(type, len(block.args))
            arguments.append(value)
        body = Body(self.reader, nodes, _bound(function, arguments), block, (*self.calls, node.name))
        for argument, given_name in zip(arguments, (a.name for a in function.signature.input_arg), strict=True):
            if not isinstance(argument, Variable):
                argument.name_hint = name_hint(given_name)
        results = body.run(_returned(function))
        block.add_op(YieldOp.make([r for r in results if not isinstance(r, Variable)]))
        return Region(block)

    def _plain(self, node: Any, operands: list[SSAValue]) -> list[tuple[str | None, Value]]:
        """A node that stays an operator."""
        row = rows().get(node.op)
        if row is None:
            listed = self.nodes.results(node.name, self._targets)
            properties = CustomOp.properties_for("tf", node.op, 0, undeclared(node, self.reader.tensors))
            op: Operation = CustomOp.create(operands=operands, result_types=[ANY] * len(listed), properties=properties)
            names: list[str | None] = [name for name, _ in listed]
        else:
            cls = SOURCE.op_class("tf", node.op)
            assert cls is not None
            found = _result_types(node, row)
            names = [name for name, _ in found]
            properties = declared(node, cls.SCHEMAS[0]) | _segments(node, row, len(operands))
            op = cls.create(operands=operands, result_types=[t for _, t in found], properties=properties)
            op.verify_()
        op.location = location_of(self.prefix + node.name)
        self.block.add_op(op)
        for result in op.results:
            result.name_hint = name_hint(node.name)
        return list(zip(names, op.results, strict=True))


def _bound(function: Any, arguments: Sequence[Value]) -> Values:
    """The arguments of a function by name."""
    declared_names = [a.name for a in function.signature.input_arg]
    if len(declared_names) != len(arguments):
        raise InferError(f"function '{function.signature.name[:80]}' takes {len(declared_names)} arguments, is given {len(arguments)}")
    return {name: [(None, value)] for name, value in zip(declared_names, arguments, strict=True)}


def _returned(function: Any) -> list[str]:
    """What a function returns, as references to its values."""
    names = [a.name for a in function.signature.output_arg]
    for name in names:
        if name not in function.ret:
            raise InferError(f"function '{function.signature.name[:80]}' does not say what its result '{name[:80]}' is")
    return [function.ret[name] for name in names]


def _listed_types(node: Any, name: str) -> list[Attribute]:
    """The types of results from a list of element types."""
    elements = [tf_element(t) for t in node.attr[name].list.type]
    return [ANY if e is None else UnrankedTensorType(e) for e in elements]


def _result_types(node: Any, row: Mapping[str, Any]) -> list[tuple[str | None, Attribute]]:
    """The names and types of a node's results: element types from its attributes, ranks open."""
    out: list[tuple[str | None, Attribute]] = []
    for name, type, option, *_ in row["out"]:
        word, _, default = type.partition("=")
        if option == "single":
            out.append((name, _result_type(node, word, default)))
            continue
        count = node.attr.get(row["counts"][name])
        if count is not None and count.HasField("list"):
            out += [(name, t) for t in _listed_types(node, row["counts"][name])]
            continue
        number = count.i if count is not None else 0
        if not 0 <= number <= MAX_RESULTS:
            raise InferError(f"has {number} results")
        out += [(name, _result_type(node, word, default))] * number
    return out


def _result_type(node: Any, word: str, default: str) -> Attribute:
    element = WORDS.get(word)
    if element is None and word in node.attr:
        element = tf_element(node.attr[word].type)
    elif element is None:
        element = WORDS.get(default)
    return ANY if element is None else UnrankedTensorType(element)


def _segments(node: Any, row: Mapping[str, Any], count: int) -> dict[str, Attribute]:
    """How many values each operand has, where they do not stand one each."""
    operands = row["in"]
    several = [name for name, _, option, *_ in operands if option == "variadic"]
    if not several:
        return {}
    number = (count - len(operands) + len(several)) // len(several)
    if number < 0:
        raise InferError(f"has {count} inputs, takes {', '.join(name for name, *_ in operands)}")
    counts = [number if name in several else 1 for name, *_ in operands]
    return {SEGMENTS: ints_attr(counts)} if operands[-1][0] not in several or len(several) > 1 else {}


__all__ = ["Entry", "GraphReader", "Variable", "tensor_type"]
