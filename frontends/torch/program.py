"""An exported program: its signature, inputs, state and outputs as `@main`, around the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, TensorType
from xdsl.ir import Attribute, Block, Region, SSAValue

from inferir.core import InferError
from inferir.core.dims import Dim, DimLike, symbols
from inferir.dialects.framework import ConstantOp
from inferir.dialects.framework.torch import SOURCE
from inferir.dialects.framework.values import ints_attr
from inferir.frontends.common.interface import interface_entry
from inferir.frontends.common.names import location_of, name_hint
from inferir.frontends.common.scopes import Scope
from inferir.frontends.torch.graph import NUMBER_TYPES, GraphReader, define, find, operator_of
from inferir.frontends.torch.json_fields import items, member, members, text, variant
from inferir.frontends.torch.tensors import Payloads, sizes, tensor_type

_WEIGHTS = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}
_LARGEST = (1 << 63) - 1


class ProgramReader:
    """Builds `@main` of one program."""

    def __init__(self, program: Any, payloads: Payloads):
        self.program, self.payloads = program, payloads
        module = member(program, "graph_module")
        self.graph, self.signature = member(module, "graph"), member(module, "signature")
        self.tensors = members(member(self.graph, "tensor_values"))
        self.block, self.scope = Block(), Scope()
        self.entries: list[DictionaryAttr] = []
        self.state: dict[str, str] = {}
        """The weights and inputs that the program writes to: value name -> name of the port."""
        self.symbols: set[str] = set()

    def main(self) -> func.FuncOp:
        """The function. A weight that the program writes to is an argument and a result of its name, behind the others."""
        written = written_to(self.graph)
        later: list[tuple[str, str]] = []
        for spec in items(self.signature, "input_specs"):
            kind, value = variant(spec)
            if kind == "user_input":
                self._input(member(value, "arg"), written)
            elif kind in _WEIGHTS:
                name, weight = text(member(value, "arg"), "name"), text(value, _WEIGHTS[kind])
                later.append((name, weight)) if name in written else self._weight(name, weight)
            elif kind != "constant_input":
                raise InferError(f"an input of kind '{kind[:40]}' is not supported")
        for name, weight in later:
            self._argument(name, weight, self._type(name), self._dims(name))
            self.state[name] = weight
        GraphReader().block(self.graph, self.scope, self.block)
        results, entries = self._results()
        self.block.add_op(func.ReturnOp(*results))
        function = func.FuncOp("main", ([a.type for a in self.block.args], [r.type for r in results]), Region(self.block))
        function.properties |= {"arg_attrs": ArrayAttr(self.entries)} if self.entries else {}
        function.properties |= {"res_attrs": ArrayAttr(entries)} if entries else {}
        ranges = dict(self._ranges())
        if ranges:
            function.attributes["inference.ranges"] = DictionaryAttr(ranges)
        return function

    def _input(self, entry: Any, written: set[str]) -> None:
        kind, value = variant(entry)
        if kind == "as_tensor":
            name = text(value, "name")
            self._argument(name, name, self._type(name), self._dims(name))
            if name in written:
                self.state[name] = name
        elif kind in NUMBER_TYPES:
            self._argument(text(value, "as_name"), text(value, "as_name"), NUMBER_TYPES[kind], None)
        elif kind not in ("as_none", "as_int", "as_float", "as_bool", "as_string"):
            raise InferError(f"an input of kind '{kind[:40]}' is not supported")

    def _argument(self, name: str, port: str, type: Attribute, dims: tuple[DimLike | None, ...] | None) -> None:
        argument = self.block.insert_arg(type, len(self.block.args))
        define(self.scope, name, argument)
        argument.location = location_of(port)
        named = None if dims is None else [d if isinstance(d, int) else self._symbolic(d, f"{name}_{axis}") for axis, d in enumerate(dims)]
        self.entries.append(interface_entry(port, named))

    def _symbolic(self, dim: Dim | None, otherwise: str) -> str:
        if dim is None:
            return otherwise
        self.symbols |= symbols(dim)
        return str(dim)

    def _weight(self, name: str, weight: str) -> None:
        op = ConstantOp.make(*self.payloads.constant(weight))
        if isinstance(expected := self._type(name), TensorType) and op.result.type != expected:
            raise InferError(f"weight '{weight}' is {op.result.type}, the graph takes {expected}")
        op.location = location_of(weight)
        define(self.scope, name, op.result)
        op.result.name_hint = name_hint(weight)
        self.block.add_op(op)

    def _type(self, name: str) -> Attribute:
        return tensor_type(member(self.tensors, name))

    def _dims(self, name: str) -> tuple[DimLike | None, ...]:
        return sizes(member(self.tensors, name))

    def _results(self) -> tuple[list[SSAValue], list[DictionaryAttr]]:
        """What the user gets, then the new values of what the program writes to."""
        outputs, specs = items(self.graph, "outputs"), items(self.signature, "output_specs")
        if len(outputs) != len(specs):
            raise InferError(f"the graph has {len(outputs)} outputs, its signature {len(specs)}")
        user: list[tuple[str, SSAValue]] = []
        state = {port: find(self.scope, name) for name, port in self.state.items()}
        for output, spec in zip(outputs, specs, strict=True):
            kind, value = variant(spec)
            if kind in ("user_output", "loss_output"):
                if variant(output)[0] != "as_none":
                    user.append((_output_name(output, len(user)), GraphReader().output(output, self.scope, self.block)))
            elif kind in ("buffer_mutation", "parameter_mutation", "user_input_mutation"):
                port = next(v for k, v in members(value).items() if k != "arg")
                state[str(port)] = GraphReader().output(output, self.scope, self.block)
            else:
                raise InferError(f"an output of kind '{kind[:40]}' is not supported")
        named: dict[str, SSAValue] = {}
        for name, value in [*user, *state.items()]:
            unique, number = name, 1
            while unique in named:
                unique, number = f"{name}_{number}", number + 1
            named[unique] = value
        return list(named.values()), [interface_entry(name) for name in named]

    def _ranges(self) -> Iterator[tuple[str, Attribute]]:
        """The least and greatest size of every symbol of the inputs that the file bounds."""
        for name, bounds in members(members(self.program).get("range_constraints", {})).items():
            low, high = members(bounds).get("min_val"), members(bounds).get("max_val")
            low = low if isinstance(low, int) and low > 0 else 0
            high = high if isinstance(high, int) and high < _LARGEST else _LARGEST
            if name in self.symbols and (low > 0 or high < _LARGEST):
                yield name, ints_attr([low, high])


def written_to(graph: Any) -> set[str]:
    """The inputs of a graph that some node writes to, directly or through a view."""
    root: dict[str, str] = {}
    written: set[str] = set()
    for node in items(graph, "nodes"):
        namespace, name = operator_of(text(node, "target"))
        cls = SOURCE.op_class(namespace, name) if namespace in SOURCE.domains else None
        if cls is None:
            continue
        schema = cls.SCHEMAS[0]
        given = {text(i, "name"): _tensor_name(member(i, "arg")) for i in items(node, "inputs")}
        written |= {root.get(n, n) for m in schema.mutates if (n := given.get(m))}
        shown = given.get(schema.mutates[0] if schema.mutates else schema.view_of or "")
        outputs = [_tensor_name(o) for o in items(node, "outputs")]
        if shown:
            root |= {o: root.get(shown, shown) for o in outputs if o}
    return written


def _tensor_name(argument: Any) -> str | None:
    kind, value = variant(argument)
    return text(value, "name") if kind == "as_tensor" else None


def _output_name(entry: Any, index: int) -> str:
    kind, value = variant(entry)
    if kind == "as_tensor":
        return text(value, "name")
    named: Mapping[str, Any] = members(value) if kind in NUMBER_TYPES else {}
    return str(named.get("as_name", f"output_{index}"))
