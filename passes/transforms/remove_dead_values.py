"""Erase what computes values that nothing needs: ops, block arguments, loop variables, arguments and results of private functions.

  func.func private @callee(%x: i32, %y: i32) -> (i32, i32) {
    %0 = arith.muli %y, %y : i32
    return %x, %0 : i32, i32
  }
  func.func @caller(%x: i32) -> i32 {
    %0, %1 = func.call @callee(%x, %x) : (i32, i32) -> (i32, i32)
    return %0 : i32
  }
becomes
  func.func private @callee(%x: i32) -> i32 {
    return %x : i32
  }
  func.func @caller(%x: i32) -> i32 {
    %0 = func.call @callee(%x) : (i32) -> i32
    return %0 : i32
  }
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, TypeVar

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, FunctionType, i32
from xdsl.ir import Operation, SSAValue
from xdsl.traits import is_side_effect_free
from xdsl.transforms.dead_code_elimination import would_be_trivially_dead

from inferir.core import Context, Pass
from inferir.core.walk import walk
from inferir.passes.transforms.flow.branches import SEGMENTS, blocks_after_entry, can_change, drop_argument, segments_of
from inferir.passes.transforms.flow.liveness import Liveness, returns_of
from inferir.passes.transforms.flow.regions import Edge, edges_of, is_known

Item = TypeVar("Item")


class RemoveDeadValues(Pass):
    """Sees through functions and loops, where `canonicalize` looks at one op at a time."""

    canonicalize: Annotated[bool, "take values that nothing needs out of loops and conditions; else they become ub.poison"] = True

    def run(self, op: Operation, ctx: Context) -> None:
        """Find what lives, then erase the rest."""
        live = Liveness(op)
        dead = [inner for inner in walk(op) if inner is not op and _is_dead(inner, live)]
        for function, calls in live.calls.items():
            self._narrow(function, calls, live)
        for inner in reversed(dead):
            assert inner.parent is not None
            inner.parent.erase_op(inner, safe_erase=False)
            self.count("erased")
        for inner in list(walk(op)):
            for region in inner.regions:
                for block in blocks_after_entry(region):
                    for argument in reversed(block.args):
                        if argument not in live and can_change(block):
                            drop_argument(block, argument.index)
            if is_known(inner):
                dead_groups = [group for group in _groups(edges_of(inner)) if not live.any(group.inputs)]
                if dead_groups and self.canonicalize:
                    _shrink(inner, dead_groups)
                elif not self.canonicalize:
                    _pass_poison(edges_of(inner), live, ctx)

    def _narrow(self, function: Operation, calls: Sequence[Operation], live: Liveness) -> None:
        """Take the arguments and results that no caller needs from a function whose every call is known."""
        entry = function.regions[0].blocks[0]
        type = function.properties["function_type"]
        assert isinstance(type, FunctionType)
        arguments = [i for i, a in enumerate(entry.args) if a not in live]
        results = [i for i in range(len(type.outputs)) if not any(call.results[i] in live for call in calls)]
        if not arguments and not results:
            return
        for index in reversed(arguments):
            entry.erase_arg(entry.args[index], safe_erase=False)
        for end in returns_of(function):
            end.operands = _without(end.operands, results)
        inputs, outputs = _without(type.inputs.data, arguments), _without(type.outputs.data, results)
        function.properties["function_type"] = FunctionType.from_lists(inputs, outputs)
        for name, gone in (("arg_attrs", arguments), ("res_attrs", results)):
            attributes = function.properties.get(name)
            if isinstance(attributes, ArrayAttr):
                function.properties[name] = ArrayAttr(_without(attributes.data, gone))
        for call in calls:
            call.operands = _without(call.operands, arguments)
            _without_results(call, results)
        self.count("arguments", len(arguments))
        self.count("results", len(results))


def _is_dead(op: Operation, live: Liveness) -> bool:
    """Whether an op goes as a whole."""
    if live.any(op.results) or not would_be_trivially_dead(op) or not (op.results or is_known(op)):
        return False
    return is_side_effect_free(op) or any(v not in live for v in op.operands)


def _without(items: Iterable[Item], gone: Collection[int]) -> list[Item]:
    return [item for index, item in enumerate(items) if index not in gone]


def _without_results(op: Operation, gone: Collection[int]) -> None:
    """Put an op without some of its results in the place of an op."""
    block = op.parent
    assert block is not None
    types = _without(op.result_types, gone)
    regions = [op.detach_region(region) for region in list(op.regions)]
    new = type(op).create(
        operands=list(op.operands),
        result_types=types,
        properties=op.properties,
        attributes=op.attributes,
        regions=regions,
        location=op.location,
    )
    block.insert_op_before(new, op)
    for old, result in zip(_without(op.results, gone), new.results, strict=True):
        old.replace_all_uses_with(result)
        result.name_hint = old.name_hint
    block.erase_op(op, safe_erase=False)


class _Group:
    """Operands that become the same arguments and results, with those."""

    def __init__(self) -> None:
        self.operands: set[tuple[Operation, int]] = set()
        self.inputs: set[SSAValue] = set()


def _groups(edges: Sequence[Edge]) -> list[_Group]:
    """What of an op's regions goes or stays together."""
    of_operand: dict[tuple[Operation, int], _Group] = {}
    of_input: dict[SSAValue, _Group] = {}
    for edge in edges:
        for index, value in zip(edge.passed, edge.inputs, strict=True):
            operand = (edge.source, index)
            group = of_operand.get(operand) or of_input.get(value) or _Group()
            other = of_input.get(value)
            group.operands.add(operand)
            group.inputs.add(value)
            if other is not None and other is not group:
                group.operands |= other.operands
                group.inputs |= other.inputs
            of_operand |= dict.fromkeys(group.operands, group)
            of_input |= dict.fromkeys(group.inputs, group)
    return list({id(group): group for group in of_input.values()}.values())


def _shrink(op: Operation, groups: Sequence[_Group]) -> None:
    """Take groups that nothing needs from an op, its regions and their terminators."""
    operands: dict[Operation, set[int]] = defaultdict(set)
    for group in groups:
        for source, index in group.operands:
            operands[source].add(index)
    inputs = {value for group in groups for value in group.inputs}
    for source, gone in operands.items():
        source.operands = _without(source.operands, gone)
        if SEGMENTS in source.properties:  # initial values are the last segment
            sizes = segments_of(source)
            sizes[-1] -= len(gone)
            source.properties[SEGMENTS] = DenseArrayBase.from_list(i32, sizes)
    for region in op.regions:
        for argument in reversed(region.blocks[0].args if region.blocks else ()):
            if argument in inputs:
                region.blocks[0].erase_arg(argument, safe_erase=False)
    gone = [i for i, result in enumerate(op.results) if result in inputs]
    if gone:
        _without_results(op, gone)


def _pass_poison(edges: Sequence[Edge], live: Liveness, ctx: Context) -> None:
    """Replace operands that become nothing that is needed by ub.poison."""
    targets: dict[tuple[Operation, int], list[SSAValue]] = defaultdict(list)
    for edge in edges:
        for index, value in zip(edge.passed, edge.inputs, strict=True):
            targets[edge.source, index].append(value)
    poison = ctx.get_op("ub.poison")
    for (source, index), inputs in targets.items():
        block = source.parent
        if block is None or (source.operands[index] in live and live.any(inputs)):
            continue
        made = poison.create(result_types=[source.operands[index].type], location=source.location)
        block.insert_op_before(made, source)
        source.operands[index] = made.results[0]
