"""How control enters the regions of an op, moves between them and leaves them, and which values go with it.

MLIR's RegionBranchOpInterface, for the ops of xDSL's dialects that have it. Ops are known by name, as in `branches`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import AffineMapAttr, ArrayAttr, DenseArrayBase, IntegerAttr
from xdsl.ir import Attribute, Operation, Region, SSAValue
from xdsl.ir.affine import AffineConstantExpr, AffineMap
from xdsl.traits import IsTerminator

from inferir.passes.transforms.flow.branches import segments_of

Known = Callable[[SSAValue], Attribute | None]
"""The attribute of a value that is known to be constant, None for others."""


@dataclass(frozen=True)
class Edge:
    """Control may go from `source`, an op or a terminator inside it, into a region of that op, or out of it where `target` is None.

    The operands of `source` at the indices `passed` become the values `inputs`, which are arguments of the region or results.
    """

    source: Operation
    target: Region | None
    passed: range
    inputs: Sequence[SSAValue]


def nothing_known(value: SSAValue) -> Attribute | None:
    """For when no value is known."""
    return None


def enters(op: Operation, known: Known = nothing_known) -> list[Edge] | None:
    """Where control may go when it comes to an op with regions; None for ops that are not known."""
    rule = _ENTERS.get(op.name)
    return rule(op, known) if rule is not None else None


def leaves(terminator: Operation, known: Known = nothing_known) -> list[Edge] | None:
    """Where control may go from the end of a region; None where the op around it, or the terminator, is not known."""
    op = terminator.parent_op()
    rule = _LEAVES.get(op.name) if op is not None else None
    return rule(op, terminator, known) if rule is not None and op is not None else None


def terminators(region: Region) -> list[Operation]:
    """The ops from which control leaves a region."""
    ends = [block.last_op for block in region.blocks]
    return [op for op in ends if op is not None and op.has_trait(IsTerminator) and not op.successors]


def edges_of(op: Operation) -> list[Edge]:
    """All edges of a known op: into its regions, between them and out."""
    edges = enters(op) or []
    for region in op.regions:
        for end in terminators(region):
            edges += leaves(end) or []
    return edges


def is_known(op: Operation) -> bool:
    """Whether the flow of control through an op's regions is known."""
    return op.name in _ENTERS


def _into(op: Operation, region: Region) -> Edge:
    return Edge(op, region, range(0), ())


def _out(op: Operation) -> Edge:
    return Edge(op, None, range(0), ())


def _enters_if(op: Operation, known: Known) -> list[Edge]:
    then, other = op.regions
    condition = known(op.operands[0]) if op.name == "scf.if" else None
    otherwise = _into(op, other) if other.blocks else _out(op)
    if isinstance(condition, IntegerAttr):
        return [_into(op, then) if condition.value.data else otherwise]
    return [_into(op, then), otherwise]


def _enters_switch(op: Operation, known: Known) -> list[Edge]:
    default, *cases = op.regions
    value, labels = known(op.operands[0]), op.properties.get("cases")
    if isinstance(value, IntegerAttr) and isinstance(labels, DenseArrayBase | ArrayAttr):
        numbers = list(labels.get_values()) if isinstance(labels, DenseArrayBase) else []
        chosen = cases[numbers.index(value.value.data)] if value.value.data in numbers else default
        return [_into(op, chosen)]
    return [_into(op, region) for region in op.regions]


def _enters_all(op: Operation, known: Known) -> list[Edge]:
    return [_into(op, region) for region in op.regions]


def _initial(op: Operation) -> range:
    """The operands of a loop that are its initial values."""
    if op.name == "affine.for":
        lower, upper, _ = segments_of(op)
        return range(lower + upper, len(op.operands))
    return range(3, len(op.operands))


def _enters_for(op: Operation, known: Known) -> list[Edge]:
    body = op.regions[0]
    into, out = Edge(op, body, _initial(op), body.blocks[0].args[1:]), Edge(op, None, _initial(op), op.results)
    turns = _turns(op)
    return [into, out] if turns is None else [into] if turns else [out]


def _turns(op: Operation) -> int | None:
    """How often the body of an affine.for with constant bounds runs."""
    if op.name != "affine.for":
        return None
    bounds = [op.properties.get(name) for name in ("lowerBoundMap", "upperBoundMap")]
    ends = [_constant_of(b.data) for b in bounds if isinstance(b, AffineMapAttr)]
    step = op.properties.get("step")
    if len(ends) != 2 or None in ends or not isinstance(step, IntegerAttr):
        return None
    low, high = ends
    assert low is not None and high is not None
    return max(0, -(-(high - low) // step.value.data))


def _constant_of(bound: AffineMap) -> int | None:
    """The value of a map whose one result is a number."""
    result = bound.results[0] if len(bound.results) == 1 else None
    return result.value if isinstance(result, AffineConstantExpr) else None


def _enters_while(op: Operation, known: Known) -> list[Edge]:
    before = op.regions[0]
    return [Edge(op, before, range(len(op.operands)), before.blocks[0].args)]


def _yields(op: Operation, end: Operation, known: Known) -> list[Edge]:
    return [Edge(end, None, range(len(end.operands)), op.results)]


def _leaves_for(op: Operation, end: Operation, known: Known) -> list[Edge]:
    body = op.regions[0]
    every = range(len(end.operands))
    again, out = Edge(end, body, every, body.blocks[0].args[1:]), Edge(end, None, every, op.results)
    return [out] if _turns(op) == 1 else [again, out]


def _leaves_while(op: Operation, end: Operation, known: Known) -> list[Edge] | None:
    before, after = op.regions
    if end.name != "scf.condition":
        return [Edge(end, before, range(len(end.operands)), before.blocks[0].args)]
    passed = range(1, len(end.operands))
    again, out = Edge(end, after, passed, after.blocks[0].args), Edge(end, None, passed, op.results)
    condition = known(end.operands[0])
    if isinstance(condition, IntegerAttr):
        return [again if condition.value.data else out]
    return [again, out]


_ENTERS: dict[str, Callable[[Operation, Known], list[Edge]]] = {
    "scf.if": _enters_if,
    "affine.if": _enters_if,
    "scf.index_switch": _enters_switch,
    "scf.execute_region": _enters_all,
    "memref.alloca_scope": _enters_all,
    "scf.for": _enters_for,
    "affine.for": _enters_for,
    "scf.while": _enters_while,
}
_LEAVES: dict[str, Callable[[Operation, Operation, Known], list[Edge] | None]] = {
    "scf.if": _yields,
    "affine.if": _yields,
    "scf.index_switch": _yields,
    "scf.execute_region": _yields,
    "memref.alloca_scope": _yields,
    "scf.for": _leaves_for,
    "affine.for": _leaves_for,
    "scf.while": _leaves_while,
}
