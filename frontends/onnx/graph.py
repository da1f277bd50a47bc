"""GraphProto, NodeProto and FunctionProto to blocks of operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, NameLoc, SymbolRefAttr, TensorType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import InferError
from inferir.dialects.framework import ANY, NONE, ConstantOp, CustomOp, NoneOp, SeqType, SourceOp, YieldOp, onnx
from inferir.dialects.framework.onnx import onnx_table
from inferir.dialects.framework.onnx.types import onnx_name
from inferir.dialects.framework.source_op import GRAPHS
from inferir.dialects.framework.types import unranked
from inferir.dialects.framework.values import int_attr, strings_attr
from inferir.frontends.common.interface import interface_entry
from inferir.frontends.common.names import identifier, location_of, name_hint
from inferir.frontends.common.scopes import Scope
from inferir.frontends.onnx.attributes import GRAPHS as GRAPH_LIST
from inferir.frontends.onnx.attributes import NO_FUNCTION, AttributeReader, is_graph, kind_of
from inferir.frontends.onnx.order import describe, ordered
from inferir.frontends.onnx.result_types import result_types, subgraph_types
from inferir.frontends.onnx.source import require_text
from inferir.frontends.onnx.tensors import TensorReader
from inferir.frontends.onnx.types import TypeReader

MAX_FUNCTIONS = 10_000
"""Versions of local functions that one model may need."""
MAX_OPERANDS = 4_096
"""Inputs or outputs of a node; more would take long to compile, and no exporter writes them."""
MAX_VALUES = 100_000
"""Nodes, constants, inputs and subgraphs that one import makes, bodies of functions counted once for each version; an operation takes 3 KB."""

FunctionKey = tuple[str, str, str]
"""Domain, name, overload of a local function."""


def domain_name(domain: str) -> str:
    """ONNX's main domain has two spellings; the empty one is used."""
    return "" if domain == "ai.onnx" else domain


class GraphReader:
    """Builds the operations of one model."""

    def __init__(self, model: Any, tensors: TensorReader, types: TypeReader):
        self.types = types
        self.tensors = tensors
        self.attributes = AttributeReader(tensors, types)
        require_text(*(o.domain for o in model.opset_import))
        self.opsets = {domain_name(o.domain): o.version for o in model.opset_import}
        if not self.opsets:
            self.opsets = {"": 1}
        require_text(*(text for f in model.functions for text in (f.domain, f.name, f.overload)))
        self.functions: dict[FunctionKey, Any] = {(domain_name(f.domain), f.name, f.overload): f for f in model.functions}
        self.local: dict[Any, func.FuncOp | None] = {}
        """Versions of local functions by what they were made for; None while one is being made."""
        self.symbols: set[str] = {"main"}
        self.shared_dims: dict[str, list[str]] = {}
        """The symbols that stand for a name which the file gives to several dimensions of one input."""
        self.made = 0

    def _count(self, number: int) -> None:
        """Raise InferError where the model becomes larger than memory should be given to."""
        self.made += number
        if self.made > MAX_VALUES:
            raise InferError(f"the model has more than {MAX_VALUES} nodes, constants, inputs and subgraphs")

    # Graphs.

    def main(self, graph: Any) -> func.FuncOp:
        """The model's graph as `@main`: initializers that are also inputs are constants, not arguments."""
        constants = {t.name for t in graph.initializer} | {s.values.name for s in graph.sparse_initializer}
        inputs = [v for v in graph.input if v.name not in constants]
        block, results = self._block(graph, inputs, None, NO_FUNCTION)
        block.add_op(func.ReturnOp(*results))
        types = ([a.type for a in block.args], [r.type for r in results])
        function = func.FuncOp("main", types, Region(block))
        function.properties["arg_attrs"] = ArrayAttr([self._interface(v, index) for index, v in enumerate(inputs)])
        function.properties["res_attrs"] = ArrayAttr([self._interface(v, None) for v in graph.output])
        if not inputs:
            del function.properties["arg_attrs"]
        if not graph.output:
            del function.properties["res_attrs"]
        return function

    def _interface(self, value: Any, index: int | None) -> DictionaryAttr:
        """Name and symbolic dimensions of an argument (with `index`) or result."""
        dims = self.types.dims(value.type)
        if dims is None or not any(d is None for d in dims):
            return interface_entry(value.name, dims)
        if index is None:
            return interface_entry(value.name)
        named = [d if d is not None else self._fresh_dim(f"{identifier(value.name)}_{axis}") for axis, d in enumerate(dims)]
        for spelled, name in zip(self.types.spelled_dims(value.type) or (), named, strict=False):
            if isinstance(spelled, str) and spelled != name:
                self.shared_dims.setdefault(spelled, []).append(str(name))
        return interface_entry(value.name, named)

    def _fresh_dim(self, name: str) -> str:
        """A name for a dimension that the file does not name."""
        while name in self.types.symbols:
            name += "_"
        self.types.symbols[name] = None
        return name

    def _block(
        self, graph: Any, inputs: Sequence[Any], outer: Scope | None, given: Mapping[str, Attribute], otherwise: Sequence[Attribute] = ()
    ) -> tuple[Block, list[SSAValue]]:
        """A graph as a block without terminator, and the values it results in. `otherwise` are input types where the file has none."""
        scope = Scope(outer)
        self._count(1 + len(inputs) + len(graph.initializer) + len(graph.sparse_initializer))
        spare = [*[ANY] * len(inputs), *otherwise][-len(inputs) :] if inputs else []
        block = Block(arg_types=[_better(self._type(v), type) for v, type in zip(inputs, spare, strict=True)])
        for argument, value in zip(block.args, inputs, strict=True):
            self._define(scope, value.name, argument)
            argument.name_hint = name_hint(value.name)
            argument.location = location_of(value.name)
        self._constants(graph, block, scope)
        require_text(*(v.name for v in (*graph.output, *graph.value_info)))
        declared = {v.name: self._type(v) for v in (*graph.value_info, *graph.output)}
        self._nodes(graph.node, block, scope, declared, given)
        return block, [self._result(scope, v.name) for v in graph.output]

    def _constants(self, graph: Any, block: Block, scope: Scope) -> None:
        read: list[tuple[str, Callable[[], tuple[Attribute, TensorType]]]] = [
            *((t.name, lambda t=t: self.tensors.read(t, t.name or "constant")) for t in graph.initializer),
            *((s.values.name, lambda s=s: self.tensors.read_sparse(s, s.values.name)) for s in graph.sparse_initializer),
        ]
        for name, value in read:
            op = ConstantOp.make(*value())
            op.location = location_of(name)
            self._define(scope, name, op.result)
            op.result.name_hint = name_hint(name)
            block.add_op(op)

    def _nodes(
        self, nodes: Sequence[Any], block: Block, scope: Scope, declared: Mapping[str, Attribute], given: Mapping[str, Attribute]
    ) -> None:
        none: SSAValue | None = None
        self._count(len(nodes))
        for index, node in enumerate(nodes):
            if not node.op_type:
                raise InferError(f"node number {index} has no operator")
            require_text(node.op_type, node.domain, node.name, node.overload, *node.input, *node.output)
        for index, node in ordered(nodes, lambda name: scope.find(name) is not None):
            inputs = list(node.input)
            while inputs and not inputs[-1]:
                inputs.pop()
            if "" in inputs and none is None:
                op = NoneOp.make()
                block.insert_op_before(op, block.first_op) if block.first_op is not None else block.add_op(op)
                op.result.name_hint, none = "none", op.result
            operands = [scope.find(name) if name else none for name in inputs]
            try:
                op = self._node(node, [o for o in operands if o is not None], scope, declared, given)
            except InferError as problem:
                raise InferError(f"{describe(node, index)}: {problem}") from None
            block.add_op(op)
            for name, result in zip(node.output, op.results, strict=False):
                if name:
                    self._define(scope, name, result)
                    result.name_hint = name_hint(name)

    def _type(self, value: Any) -> Attribute:
        try:
            return self.types.read(value.type)
        except InferError as problem:
            raise InferError(f"value '{value.name}': {problem}") from None

    @staticmethod
    def _define(scope: Scope, name: str, value: SSAValue) -> None:
        if not name:
            raise InferError("a graph input or initializer has no name")
        require_text(name)
        if name in scope.values:
            raise InferError(f"value '{name}' is defined twice")
        scope.values[name] = value

    @staticmethod
    def _result(scope: Scope, name: str) -> SSAValue:
        value = scope.find(name)
        if value is None:
            raise InferError(f"graph output '{name}' is a value that nothing defines")
        return value

    # Nodes.

    def _node(
        self, node: Any, operands: list[SSAValue], scope: Scope, declared: Mapping[str, Attribute], given: Mapping[str, Attribute]
    ) -> Operation:
        key = node.name or next((o for o in node.output if o), node.op_type)
        if max(len(operands), len(node.output)) > MAX_OPERANDS:
            raise InferError(
                f"{node.op_type}: {len(operands)} inputs and {len(node.output)} outputs, a node has no more than {MAX_OPERANDS}"
            )
        attributes = self.attributes.read(node, key if node.op_type != "Constant" else next(iter(node.output), key), given)
        outputs = list(node.output)
        while outputs and not outputs[-1]:
            outputs.pop()
        domain = domain_name(node.domain)
        location = location_of(key)
        if (domain, node.op_type, node.overload) in self.functions:
            return self._call((domain, node.op_type, node.overload), operands, attributes, outputs, declared, location)
        names, regions = self._subgraphs(node, scope, given, subgraph_types(node.op_type, [o.type for o in operands]))
        if names:
            attributes[GRAPHS] = strings_attr(names)
        cls, version = self._class(domain, node.op_type)
        if cls is None:
            attributes = CustomOp.properties_for(
                domain or "ai.onnx", node.op_type, version, {k: v for k, v in attributes.items() if k != GRAPHS}
            )
            if names:
                attributes[GRAPHS] = strings_attr(names)
            types = [declared.get(o, ANY) if o else NONE for o in outputs]
            return CustomOp.create(operands=operands, result_types=types, properties=attributes, regions=regions, location=location)
        schema = cls.SCHEMAS[version]
        inferred = result_types(schema, [o.type for o in operands], attributes, len(outputs))
        inferred = _types_of_regions(node.op_type, regions, inferred)
        types = [_better(declared.get(o), i) if o else NONE for o, i in zip(outputs, inferred, strict=True)]
        op = cls.create(
            operands=operands,
            result_types=types,
            properties={"version": int_attr(version), **attributes},
            regions=regions,
            location=location,
        )
        op.verify_()
        return op

    def _class(self, domain: str, name: str) -> tuple[type[SourceOp] | None, int]:
        """The class of an operator and its since-version, or None and the version of its operator set."""
        opset = self.opsets.get(domain, 0)
        cls = onnx.op_class(domain, name)
        if cls is None:
            return None, opset
        if domain not in self.opsets:
            raise InferError(f"the model declares no operator-set version for domain '{domain or 'ai.onnx'}'")
        since = onnx_table().since(domain, name, opset)
        return (None, opset) if since is None else (cls, since)

    def _subgraphs(
        self, node: Any, scope: Scope, given: Mapping[str, Attribute], types: Sequence[Attribute]
    ) -> tuple[list[str], list[Region]]:
        names: list[str] = []
        regions: list[Region] = []
        for attribute in node.attribute:
            if not is_graph(attribute):
                continue
            several = kind_of(attribute) == GRAPH_LIST
            if several and len(attribute.graphs) > MAX_OPERANDS:
                raise InferError(
                    f"attribute '{attribute.name}' has {len(attribute.graphs)} subgraphs, a node has no more than {MAX_OPERANDS}"
                )
            for number, graph in enumerate(attribute.graphs if several else [attribute.g]):
                names.append(f"{attribute.name}.{number}" if several else attribute.name)
                regions.append(self._region(graph, scope, given, types))
        if names == ["else_branch", "then_branch"]:
            names.reverse()
            regions.reverse()
        return names, regions

    def _region(self, graph: Any, scope: Scope, given: Mapping[str, Attribute], types: Sequence[Attribute]) -> Region:
        constants = {t.name for t in graph.initializer}
        block, results = self._block(graph, [v for v in graph.input if v.name not in constants], scope, given, types)
        block.add_op(YieldOp.make(results))
        return Region(block)

    # Local functions.

    def _call(
        self,
        key: FunctionKey,
        operands: list[SSAValue],
        attributes: dict[str, Attribute],
        outputs: list[str],
        declared: Mapping[str, Attribute],
        location: NameLoc,
    ) -> Operation:
        """A call of a local function: one private function per combination of attributes and operand types that occurs."""
        function = self._function(key, tuple(o.type for o in operands), attributes)
        types = list(function.function_type.outputs.data)
        call = func.CallOp.create(operands=operands, result_types=types, properties={"callee": SymbolRefAttr(function.sym_name)})
        call.location = location
        if len(outputs) > len(types):
            raise InferError(f"function {key[1]} has {len(types)} results, {len(outputs)} are used")
        return call

    def _function(self, key: FunctionKey, operand_types: tuple[Attribute, ...], attributes: dict[str, Attribute]) -> func.FuncOp:
        proto = self.functions[key]
        made_for = (key, operand_types, DictionaryAttr(attributes))
        if made_for in self.local:
            found = self.local[made_for]
            if found is None:
                raise InferError(f"function {key[1]} calls itself")
            return found
        if len(self.local) >= MAX_FUNCTIONS:
            raise InferError(f"the model needs more than {MAX_FUNCTIONS} versions of its functions")
        require_text(*proto.output, *(v.name for v in proto.value_info))
        self.local[made_for] = None
        given = {a.name: v for a in proto.attribute_proto for v in self.attributes.read(_Holder([a]), key[1], {}).values()}
        given.update(attributes)
        if len(operand_types) > len(proto.input):
            raise InferError(f"function {key[1]} takes {len(proto.input)} operands, is given {len(operand_types)}")
        opsets, self.opsets = self.opsets, {**self.opsets, **{domain_name(o.domain): o.version for o in proto.opset_import}}
        function = self._function_body(proto, operand_types, given)
        self.opsets = opsets
        self.local[made_for] = function
        return function

    def _function_body(self, proto: Any, operand_types: tuple[Attribute, ...], given: Mapping[str, Attribute]) -> func.FuncOp:
        scope = Scope()
        block = Block(arg_types=operand_types)
        for name, argument in zip(proto.input, block.args, strict=False):
            self._define(scope, name, argument)
            argument.name_hint = name_hint(name)
        for name in proto.input[len(operand_types) :]:
            op = NoneOp.make()
            block.add_op(op)
            self._define(scope, name, op.result)
        self._nodes(proto.node, block, scope, {v.name: self._type(v) for v in proto.value_info}, given)
        results = [self._result(scope, name) for name in proto.output]
        block.add_op(func.ReturnOp(*results))
        symbol = identifier(proto.name)
        number = 0
        while symbol in self.symbols:
            number += 1
            symbol = f"{identifier(proto.name)}_{number}"
        self.symbols.add(symbol)
        return func.FuncOp(symbol, (list(operand_types), [r.type for r in results]), Region(block), visibility="private")


class _Holder:
    """Attributes that stand alone, as `AttributeReader.read` takes them."""

    def __init__(self, attribute: Iterable[Any]):
        self.attribute = attribute


def _better(declared: Attribute | None, inferred: Attribute) -> Attribute:
    """What the file says of a type; where that is nothing, what the operator says."""
    return inferred if declared is None or declared == ANY else declared


def _types_of_regions(op_type: str, regions: Sequence[Region], inferred: list[Attribute]) -> list[Attribute]:
    """Result types of control flow, from what the subgraphs yield."""
    if not regions or regions[0].block.last_op is None:
        return inferred
    yielded = [unranked(v.type) for v in regions[0].block.last_op.operands]
    if op_type == "Loop":
        yielded = yielded[1:]
    if op_type == "SequenceMap":
        yielded = [SeqType(t) if onnx_name(t) is not None else ANY for t in yielded]
    return [y if i == ANY else i for i, y in zip(inferred, [*yielded, *[ANY] * len(inferred)], strict=False)]
