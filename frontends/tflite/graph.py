"""Subgraphs to functions and regions, operators to operations."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, UnitAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core import InferError
from inferir.dialects.framework import ANY, ConstantOp, CustomOp, NoneOp, QuantizedAttr, YieldOp
from inferir.dialects.framework.source_op import GRAPHS, QUANTIZATION
from inferir.dialects.framework.tflite import SOURCE, other_name, rows_by_code
from inferir.dialects.framework.values import strings_attr
from inferir.frontends.common.flatbuffer import FlatTable, numbers
from inferir.frontends.common.interface import OpenSizes, interface_entry
from inferir.frontends.common.names import location_of, name_hint
from inferir.frontends.tflite.options import builtin_options, custom_options
from inferir.frontends.tflite.tensors import TensorReader

CUSTOM = 32
MAX_OPERATIONS = 200_000
"""Operations of one model; a subgraph that several operators run counts each time."""
MAX_DEPTH = 16
"""Subgraphs that run subgraphs."""


class GraphReader:
    """Builds the operations of one model."""

    def __init__(self, model: FlatTable, tensors: TensorReader):
        self.tensors = tensors
        self.subgraphs: list[FlatTable] = model["subgraphs"]
        self.codes = [_code(code) for code in model["operator_codes"]]
        if not self.subgraphs:
            raise InferError("not a TFLite model: it has no subgraph")
        self.versions = {name: version for _, name, version in self.codes}
        """The version of every operator the file uses."""
        self.signature = next((s for s in model["signature_defs"] if s["subgraph_index"] == 0), None)
        """The names of inputs and outputs, where the file has such."""
        self._operations = 0
        self._sizes = OpenSizes()

    def main(self) -> func.FuncOp:
        """The first subgraph as `@main`."""
        graph = SubGraph(self.subgraphs[0], self, 0)
        block, results = graph.block()
        block.add_op(func.ReturnOp(*results))
        function = func.FuncOp("main", ([a.type for a in block.args], [r.type for r in results]), Region(block))
        inputs = self._interface(graph, graph.inputs, "inputs", [a.type for a in block.args])
        outputs = self._interface(graph, graph.outputs, "outputs", [])
        if inputs:
            function.properties["arg_attrs"] = ArrayAttr(inputs)
        if outputs:
            function.properties["res_attrs"] = ArrayAttr(outputs)
        return function

    def region(self, index: int, depth: int) -> Region:
        """A subgraph that an operator runs."""
        if not 0 <= index < len(self.subgraphs):
            raise InferError(f"runs subgraph {index}, the file has {len(self.subgraphs)}")
        if depth > MAX_DEPTH:
            raise InferError(f"subgraphs run each other more than {MAX_DEPTH} levels deep")
        block, results = SubGraph(self.subgraphs[index], self, depth).block()
        block.add_op(YieldOp.make(results))
        return Region(block)

    def count(self) -> None:
        """Count an operation."""
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            raise InferError(f"has more than {MAX_OPERATIONS} operations")

    def _interface(self, graph: SubGraph, tensors: Sequence[int], side: str, types: Sequence[Attribute]) -> list[DictionaryAttr]:
        """Names, and for arguments the symbolic dimensions."""
        named = {m["tensor_index"]: m["name"] for m in self.signature[side]} if self.signature is not None else {}
        out, taken = [], set()
        for position, index in enumerate(tensors):
            name = named.get(index) or graph.name(index) or f"{side[:-1]}{position}"
            while name in taken:
                name += "_"
            taken.add(name)
            out.append(interface_entry(name, self._sizes.of(name, types[position] if types else None)))
        return out


class SubGraph:
    """The values of one subgraph while it is built."""

    def __init__(self, graph: FlatTable, reader: GraphReader, depth: int):
        self.reader, self.depth = reader, depth
        self.tensors: list[FlatTable] = graph["tensors"]
        self.operators: list[FlatTable] = graph["operators"]
        self.inputs, self.outputs = numbers(graph["inputs"]), numbers(graph["outputs"])
        self.values: dict[int, SSAValue] = {}
        self._block = Block()
        self._none: SSAValue | None = None
        self._quantized: dict[int, QuantizedAttr | None] = {}

    def name(self, index: int) -> str:
        """The name of a tensor, empty where it has none."""
        return self.tensors[index]["name"] or ""

    def block(self) -> tuple[Block, list[SSAValue]]:
        """The operations without a terminator, and the results."""
        for index in self.inputs:
            argument = self._block.insert_arg(self._of(index, self.reader.tensors.type), len(self._block.args))
            argument.location = location_of(self.name(index))
            self._define(index, argument)
        for number, operator in enumerate(self.operators):
            self.reader.count()
            try:
                self._operator(operator)
            except InferError as problem:
                raise InferError(f"operator {number}: {problem}") from None
        return self._block, [self._value(i) for i in self.outputs]

    def _of(self, index: int, read: object) -> Attribute:
        """What a reader says of a tensor; an error names the tensor."""
        if not 0 <= index < len(self.tensors):
            raise InferError(f"tensor {index} does not exist, the subgraph has {len(self.tensors)}")
        try:
            return read(self.tensors[index])  # pyright: ignore[reportCallIssue]
        except InferError as problem:
            raise InferError(f"tensor {index} ('{self.name(index)}') {problem}") from None

    def _define(self, index: int, value: SSAValue) -> None:
        if index in self.values:
            raise InferError(f"tensor {index} ('{self.name(index)}') is defined twice")
        value.name_hint = name_hint(self.name(index))
        self.values[index] = value

    def _value(self, index: int) -> SSAValue:
        """The value of a tensor: computed before, or a constant."""
        if index in self.values:
            return self.values[index]
        value = self._of(index, self.reader.tensors.constant)
        if value is None:
            raise InferError(f"tensor {index} ('{self.name(index)}') is used before anything defines it")
        op = ConstantOp.make(value, self._of(index, self.reader.tensors.type))  # pyright: ignore[reportArgumentType]
        op.location = location_of(self.name(index))
        self._block.add_op(op)
        self._define(index, op.result)
        return op.result

    def _absent(self) -> SSAValue:
        if self._none is None:
            op = NoneOp.make()
            first = self._block.first_op
            self._block.insert_op_before(op, first) if first is not None else self._block.add_op(op)
            op.result.name_hint, self._none = "none", op.result
        return self._none

    def _operator(self, operator: FlatTable) -> None:
        codes = self.reader.codes
        if operator["opcode_index"] >= len(codes):
            raise InferError(f"has operator code {operator['opcode_index']}, the file has {len(codes)}")
        code, name, version = codes[operator["opcode_index"]]
        inputs, outputs = list(numbers(operator["inputs"])), numbers(operator["outputs"])
        while inputs and inputs[-1] == -1:
            inputs.pop()
        operands = [self._absent() if i == -1 else self._value(i) for i in inputs]
        results = [self._of(i, self.reader.tensors.result_type) for i in outputs]
        row = rows_by_code().get(code)
        quantization = self._quantization([*inputs, *outputs])
        if row is None:
            attributes = {**custom_options(operator, self.reader.tensors.weights), **quantization}
            op: Operation = CustomOp.create(
                operands=operands, result_types=results, properties=CustomOp.properties_for("tflite", name, version, attributes)
            )
        else:
            properties, graphs = builtin_options(operator, row)
            regions = [self.reader.region(index, self.depth + 1) for index in graphs.values()]
            if graphs:
                properties[GRAPHS] = strings_attr(list(graphs))
            cls = SOURCE.op_class("tfl", name)
            assert cls is not None
            op = cls.create(operands=operands, result_types=results, properties={**properties, **quantization}, regions=regions)
        op.location = location_of(next((n for i in outputs if (n := self.name(i))), name))
        self._block.add_op(op)
        for index, result in zip(outputs, op.results, strict=True):
            self._define(index, result)

    def _quantization(self, tensors: Sequence[int]) -> dict[str, Attribute]:
        """The property that says how integers stand for numbers, none where no operand or result is quantised."""
        for index in tensors:
            if index != -1 and index not in self._quantized:
                self._quantized[index] = self._of(index, self.reader.tensors.quantization)  # pyright: ignore[reportArgumentType]
        found = [self._quantized.get(index) for index in tensors]
        return {QUANTIZATION: ArrayAttr([f or UnitAttr() for f in found])} if any(found) else {}


def _code(code: FlatTable) -> tuple[int, str, int]:
    """Number, name and version of an operator. Codes past 127 have a field of their own."""
    number = max(code["builtin_code"], code["deprecated_builtin_code"])
    row = rows_by_code().get(number)
    name = row["name"] if row is not None else code["custom_code"] or "CUSTOM" if number == CUSTOM else other_name(number)
    return number, name, code["version"]


__all__ = ["ANY", "GraphReader"]
