"""Which values are constant, on the paths that control can take: Wegman and Zadeck's sparse conditional constants (1991), between
functions too.

Every value is at first taken never to exist, every block never to be reached; what is found only ever makes a value known to be
constant, and then not.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialect_interfaces.constant_materialization import ConstantMaterializationInterface
from xdsl.dialects.builtin import ArrayAttr, IntegerAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue, TypeAttribute
from xdsl.traits import CallableOpInterface, ConstantLike, HasFolder, IsTerminator, ReturnLike, SymbolTable

from inferir.core import Context
from inferir.core.symbols import lookup, references_of, unchanging_symbols, visibility_of
from inferir.core.walk import walk
from inferir.passes.transforms.flow.branches import forwarded
from inferir.passes.transforms.flow.regions import Edge, enters, leaves
from inferir.passes.transforms.folding.arith import fold

CALLS = frozenset({"func.call"})


@dataclass(frozen=True)
class Constant:
    """A known value: its attribute, its type, and the dialect that makes constants of it."""

    value: Attribute
    type: Attribute
    dialect: str

    def op(self, ctx: Context) -> Operation | None:
        """An op with that value, or None where the dialect does not make one."""
        interface = ctx.get_dialect(self.dialect).get_interface(ConstantMaterializationInterface)
        if interface is None or not isinstance(self.type, TypeAttribute):
            return None
        return interface.materialize_constant(self.value, self.type)


VARIES = "varies"
State = Constant | str


class Constants:
    """The constants inside an op."""

    def __init__(self, root: Operation, ctx: Context):
        self.root, self.ctx = root, ctx
        self.states: dict[SSAValue, State] = {}
        self.live: set[Block] = set()
        self._queue: list[Operation] = []
        self._callers: dict[Operation, list[Operation]] = defaultdict(list)
        self._returned: dict[Operation, list[State | None]] = {}
        with unchanging_symbols():
            self._followed = functions_with_known_callers(root)
            self._external = {op for op in walk(root) if _body(op) is not None and op is not root} - self._followed
            for region in root.regions:
                self._enter(region)
            while self._queue:
                op = self._queue.pop()
                if op.parent in self.live:
                    self._visit(op)

    def of(self, value: SSAValue) -> Constant | None:
        """The constant that a value is, or None."""
        state = self.states.get(value)
        return state if isinstance(state, Constant) else None

    def _known(self, value: SSAValue) -> Attribute | None:
        state = self.of(value)
        return state.value if state is not None else None

    def _enter(self, region: Region) -> None:
        """Control comes into a region from where nothing is known of its arguments."""
        first = region.first_block
        if first is not None:
            self._vary(first.args)
            self._reach(first)

    def _reach(self, block: Block) -> None:
        if block not in self.live:
            self.live.add(block)
            self._queue += block.ops

    def _vary(self, values: Sequence[SSAValue]) -> None:
        for value in values:
            self._join(value, VARIES)

    def _join(self, value: SSAValue, state: State | None) -> None:
        """A value may be this too."""
        if state is None:
            return
        before = self.states.get(value)
        after = state if before is None or before == state else VARIES
        if after != before:
            self.states[value] = after
            self._queue += [use.operation for use in value.uses]

    def _visit(self, op: Operation) -> None:
        if op.successors:
            self._branch(op)
        elif op.has_trait(IsTerminator, value_if_unregistered=False) or (op.next_op is None and op.parent_op() in self._followed):
            self._leave(op)
        elif op.name in CALLS:
            self._call(op)
        elif op.regions:
            self._regions(op)
        else:
            self._compute(op)

    def _branch(self, op: Operation) -> None:
        known = forwarded(op)
        taken = set(range(len(op.successors)))
        if op.name in ("cf.cond_br", "llvm.cond_br"):
            state = self.states.get(op.operands[0])
            if state is None:
                return
            if isinstance(state, Constant) and isinstance(state.value, IntegerAttr):
                taken = {0 if state.value.value.data else 1}
        elif op.name == "cf.switch":
            state = self.states.get(op.operands[0])
            if state is None:
                return
            taken = _cases(op, state) if isinstance(state, Constant) else taken
        for number in sorted(taken):
            block = op.successors[number]
            if known is None:
                self._vary(block.args)
            for argument, index in zip(block.args, known[number] if known is not None else (), strict=known is not None):
                self._join(argument, self.states.get(op.operands[index]))
            self._reach(block)
        self._vary(op.results)

    def _leave(self, op: Operation) -> None:
        around = op.parent_op()
        if around is not None and (around in self._followed or around in self._external):
            self._return(op, around)
            return
        edges = leaves(op, self._known)
        if op.name == "scf.condition" and self.states.get(op.operands[0]) is None:
            return
        if edges is not None:
            self._follow(edges)

    def _return(self, op: Operation, function: Operation) -> None:
        count = len(self._result_types(function))
        known = op.has_trait(ReturnLike, value_if_unregistered=False) or op.name == "func.return"
        states: list[State | None] = [self.states.get(v) for v in op.operands] if known else [VARIES] * count
        before = self._returned.get(function, [None] * count)
        self._returned[function] = [b if a is None else a if b is None or a == b else VARIES for a, b in zip(states, before, strict=True)]
        if self._returned[function] != before:
            self._queue += self._callers[function]

    def _result_types(self, function: Operation) -> Sequence[Attribute]:
        interface = function.get_trait(CallableOpInterface)
        return interface.get_result_types(function) if interface is not None else ()

    def _call(self, op: Operation) -> None:
        reference = op.properties.get("callee")
        callee = lookup(op, reference) if reference is not None else None  # pyright: ignore[reportArgumentType]
        body = _body(callee) if callee is not None else None
        inside = callee is not None and (callee in self._followed or callee in self._external)
        if callee is None or body is None or not inside:
            self._vary(op.results)
            return
        if op not in self._callers[callee]:
            self._callers[callee].append(op)
        if callee in self._followed:
            for argument, value in zip(body.blocks[0].args, op.operands, strict=True):
                self._join(argument, self.states.get(value))
            self._reach(body.blocks[0])
        for result, state in zip(op.results, self._returned.get(callee, [None] * len(op.results)), strict=True):
            self._join(result, state)

    def _regions(self, op: Operation) -> None:
        if op.get_trait(CallableOpInterface) is not None:
            if op not in self._followed:
                for region in op.regions:
                    self._enter(region)
            return
        if op.name in ("scf.if", "scf.index_switch") and self.states.get(op.operands[0]) is None:
            return
        edges = enters(op, self._known)
        if edges is None:
            for region in op.regions:
                self._enter(region)
            self._vary(op.results)
            return
        for edge in edges:
            if edge.target is not None and edge.target.blocks:
                passed = set(edge.inputs)
                self._vary([a for a in edge.target.blocks[0].args if a not in passed])
        self._follow(edges)

    def _follow(self, edges: Sequence[Edge]) -> None:
        for edge in edges:
            if len(edge.passed) != len(edge.inputs):
                self._vary(edge.inputs)
            else:
                for index, value in zip(edge.passed, edge.inputs, strict=True):
                    self._join(value, self.states.get(edge.source.operands[index]))
            if edge.target is not None and edge.target.first_block is not None:
                self._reach(edge.target.first_block)

    def _compute(self, op: Operation) -> None:
        """Fold an op with the operands that are known."""
        states = [self.states.get(v) for v in op.operands]
        if None in states:
            return
        folded = self._fold(op, states) if op.results else None
        for index, result in enumerate(op.results):
            self._join(result, folded[index] if folded is not None else VARIES)

    def _fold(self, op: Operation, states: Sequence[State | None]) -> list[State] | None:
        """What the results of an op are, None where no folder knows."""
        trait = op.get_trait(HasFolder)
        if trait is not None and op.has_trait(ConstantLike):
            values = trait.fold(op)
            return None if values is None else [self._state(v, r, op, {}) for v, r in zip(values, op.results, strict=True)]
        if len(op.results) == 1:
            value = fold(op, [s.value if isinstance(s, Constant) else None for s in states])
            if value is not None:
                return [self._state(value, op.results[0], op, {})]
        return self._fold_copy(op, trait, states) if trait is not None else None

    def _fold_copy(self, op: Operation, trait: HasFolder, states: Sequence[State | None]) -> list[State] | None:
        """What the op's own folder says of a copy whose known operands are constants."""
        stand_ins: dict[SSAValue, State] = {}
        copy = op.clone()
        for index, state in enumerate(states):
            made = state.op(self.ctx) if isinstance(state, Constant) else None
            if made is not None and isinstance(state, Constant):
                stand_ins[made.results[0]] = state
                copy.operands[index] = made.results[0]
        values = trait.fold(copy)
        copy.drop_all_references()
        return None if values is None else [self._state(v, r, op, stand_ins) for v, r in zip(values, op.results, strict=True)]

    def _state(self, value: Attribute | SSAValue, result: SSAValue, op: Operation, stand_ins: dict[SSAValue, State]) -> State:
        if isinstance(value, Attribute):
            return Constant(value, result.type, op.dialect_name())
        return stand_ins.get(value) or self.states.get(value, VARIES)


def _cases(op: Operation, state: Constant) -> set[int]:
    """The successors that a switch on a constant takes."""
    labels = op.properties.get("case_values")
    numbers = list(labels.get_values()) if labels is not None else []  # pyright: ignore[reportAttributeAccessIssue]
    value = state.value.value.data if isinstance(state.value, IntegerAttr) else None
    return {numbers.index(value) + 1} if value in numbers else {0}


def _body(function: Operation) -> Region | None:
    """The body of a function that has one."""
    interface = function.get_trait(CallableOpInterface)
    body = interface.get_callable_region(function) if interface is not None else None
    return body if body is not None and body.first_block is not None else None


def functions_with_known_callers(root: Operation) -> set[Operation]:
    """The functions inside `root` whose every use is a call inside `root`."""
    candidates = {op for op in walk(root) if _body(op) is not None and op is not root and _is_hidden(op, root)}
    if not candidates:
        return candidates
    for op in walk(root):
        callee = op.properties.get("callee") if op.name in CALLS else None
        for reference in references_of(op):
            if reference is not callee and op.parent is not None:
                named = lookup(op, reference)
                candidates.discard(named)  # pyright: ignore[reportArgumentType]
    return candidates


def _is_hidden(function: Operation, root: Operation) -> bool:
    """Whether no op outside of `root` can refer to a function: it is private, or nested where the tables around it are hidden."""
    table = function.parent_op()
    if table is None or not table.has_trait(SymbolTable, value_if_unregistered=False):
        return False
    visibility = visibility_of(function)
    if visibility != "nested":
        return visibility == "private"
    if table is root:
        return root.parent is None
    name = table.get_attr_or_prop("sym_name")
    return name is None or isinstance(name, ArrayAttr) or visibility_of(table) == "private" or _is_hidden_table(table, root)


def _is_hidden_table(table: Operation, root: Operation) -> bool:
    return visibility_of(table) == "nested" and root.parent is None and table.parent_op() is root
