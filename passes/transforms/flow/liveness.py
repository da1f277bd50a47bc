"""Which values are needed: what an op with effects uses, what those values are computed from, between functions too.

A value that is only forwarded, to a block argument, a region's argument, a result of the op around it or a function, is needed where what
it becomes is. MLIR's LivenessAnalysis.
"""

from collections import defaultdict
from collections.abc import Iterable

from xdsl.ir import Block, BlockArgument, Operation, SSAValue
from xdsl.traits import CallableOpInterface
from xdsl.transforms.dead_code_elimination import would_be_trivially_dead

from inferir.core.symbols import lookup, unchanging_symbols
from inferir.core.walk import walk
from inferir.passes.transforms.flow.branches import forwarded
from inferir.passes.transforms.flow.constants import CALLS, functions_with_known_callers
from inferir.passes.transforms.flow.regions import edges_of, is_known, terminators


class Liveness:
    """The live values inside an op."""

    def __init__(self, root: Operation):
        self.live: set[SSAValue] = set()
        self.calls: dict[Operation, list[Operation]] = defaultdict(list)
        """The calls of each function of which every call is known."""
        self._sources: dict[SSAValue, list[SSAValue]] = defaultdict(list)
        """For each value that is forwarded to: what it may be."""
        self._forwarded: dict[Operation, set[int]] = defaultdict(set)
        self._queue: list[SSAValue] = []
        with unchanging_symbols():
            known = functions_with_known_callers(root)
            for op in walk(root):
                self._connect(op, known)
        for op in walk(root):
            if not _is_decided_elsewhere(op) and not would_be_trivially_dead(op):
                self._mark(self._not_forwarded(op))
                if is_known(op):
                    self._mark_control(op)
        while self._queue:
            self._follow(self._queue.pop())

    def __contains__(self, value: SSAValue) -> bool:
        return value in self.live

    def any(self, values: Iterable[SSAValue]) -> bool:
        """Whether one of these is live."""
        return any(value in self.live for value in values)

    def _connect(self, op: Operation, known: set[Operation]) -> None:
        """Note what an op forwards, and to what."""
        passed = forwarded(op) if op.successors else []
        for number, indices in enumerate(passed or ()):
            self._edge(op, indices, op.successors[number].args)
        for successor in op.successors if passed is None else ():
            self._mark(successor.args)
        for edge in edges_of(op) if is_known(op) else ():
            self._edge(edge.source, edge.passed, edge.inputs)
        if op.name in CALLS:
            callee = lookup(op, op.properties["callee"])  # pyright: ignore[reportArgumentType]
            if callee in known and callee is not None:
                self.calls[callee].append(op)
                body = callee.regions[0]
                self._edge(op, range(len(op.operands)), body.blocks[0].args)
                for end in returns_of(callee):
                    self._edge(end, range(len(end.operands)), op.results)
        if op in known:
            self.calls.setdefault(op, [])
            for end in returns_of(op):
                self._forwarded[end] |= set(range(len(end.operands)))

    def _edge(self, source: Operation, indices: range, targets: Iterable[SSAValue]) -> None:
        self._forwarded[source] |= set(indices)
        for index, target in zip(indices, targets, strict=False):
            self._sources[target].append(source.operands[index])

    def _not_forwarded(self, op: Operation) -> list[SSAValue]:
        passed = self._forwarded.get(op, ())
        return [value for index, value in enumerate(op.operands) if index not in passed]

    def _mark(self, values: Iterable[SSAValue]) -> None:
        for value in values:
            if value not in self.live:
                self.live.add(value)
                self._queue.append(value)

    def _mark_control(self, op: Operation) -> None:
        """What decides where control goes inside a region op, and its counters."""
        self._mark(self._not_forwarded(op))
        for region in op.regions:
            for end in terminators(region):
                self._mark(self._not_forwarded(end))
            for argument in region.blocks[0].args if region.blocks else ():
                if argument not in self._sources:
                    self._mark([argument])

    def _follow(self, value: SSAValue) -> None:
        """What a live value is made of is live."""
        self._mark(self._sources.get(value, ()))
        owner = value.owner
        op = owner if isinstance(owner, Operation) else owner.parent_op()
        if op is None or (isinstance(value, BlockArgument) and _is_decided_elsewhere_block(value.block, op)):
            return
        if is_known(op):
            self._mark_control(op)
        elif isinstance(owner, Operation):
            self._mark(self._not_forwarded(op))
            for inner in walk(op):
                if inner is not op and op.regions and inner.parent_op() is op:
                    self._mark(v for v in self._not_forwarded(inner) if inner.next_op is None)


def returns_of(function: Operation) -> list[Operation]:
    """The ops that end a function's run and give its results."""
    return [op for op in terminators(function.regions[0]) if op.name == "func.return"]


def _is_decided_elsewhere(op: Operation) -> bool:
    """Whether a terminator's operands live by what becomes of them."""
    around = op.parent_op()
    return around is not None and is_known(around) and op.next_op is None and not op.successors


def _is_decided_elsewhere_block(block: Block, op: Operation) -> bool:
    """Whether a block's arguments say nothing of the op around it."""
    region = block.parent
    return op.get_trait(CallableOpInterface) is not None or region is None or block is not region.first_block
