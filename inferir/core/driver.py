"""The greedy driver: apply patterns until none applies.

Patterns are indexed by op type; a worklist holds the ops that may have become interesting, so nothing is walked twice.
Dead pure ops are erased on the way. A cap on the number of rewrites turns an endless loop into an error that names the pattern.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xdsl.ir import Block, Operation, OpResult
from xdsl.pattern_rewriter import PatternRewriterListener
from xdsl.traits import IsTerminator, MemoryEffect, MemoryReadEffect, NoMemoryEffect, Pure, SymbolOpInterface
from xdsl.transforms.dead_code_elimination import is_trivially_dead

from inferir.core.collecting import uncollected
from inferir.core.construct import unlink
from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.rewriting import Pattern, Rewriter
from inferir.core.types import Unranked
from inferir.core.walk import walk


@dataclass
class RewriteLog:
    """What a driver run did: applications by pattern name, and the reasons of patterns that declined."""

    applied: Counter[str] = field(default_factory=Counter)
    declined: list[tuple[Pattern, Operation, str]] = field(default_factory=list)
    keep_reasons: bool = False
    allow: Callable[[Pattern, Operation], bool] | None = None
    """Asked before every attempt; saying no leaves the op as it is (for bisection)."""
    refused: bool = False
    """Whether `allow` ever refused."""
    watch: Callable[[Pattern, Operation, bool], None] | None = None
    """Told of every attempt, when it begins (True) and when it ends (False)."""
    last: tuple[Pattern, Operation] | None = None
    """The latest application."""
    history: list[tuple[Pattern, Operation]] = field(default_factory=list)
    """All applications, where `keep_reasons` asks for them."""

    @property
    def total(self) -> int:
        """Applications in all."""
        return sum(self.applied.values())

    def allows(self, pattern: Pattern, op: Operation) -> bool:
        """Ask `allow`."""
        if self.allow is None or self.allow(pattern, op):
            return True
        self.refused = True
        return False

    def note(self, pattern: Pattern, op: Operation) -> None:
        """Count an application."""
        self.applied[pattern.name] += 1
        self.last = (pattern, op)
        if self.keep_reasons:
            self.history.append(self.last)

    def attempt(self, pattern: Pattern, op: Operation, rewriter: Rewriter) -> str | None:
        """Call a pattern; its reason where it declines."""
        if self.watch is None:
            return pattern.function(op, rewriter)
        self.watch(pattern, op, True)
        try:
            return pattern.function(op, rewriter)
        finally:
            self.watch(pattern, op, False)


class GreedyDriver:
    """Applies `patterns` to everything inside an op."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        ctx: Context,
        log: RewriteLog | None = None,
        stop_after: int | None = None,
        options: object = None,
    ):
        self.patterns = sorted(patterns, key=lambda p: -p.benefit)
        self.ctx = ctx
        self.log = log if log is not None else RewriteLog()
        self.stop_after = stop_after
        """Rewrites after which a run ends, though more may apply; without it a run that does not come to an end is an error."""
        self.top_down = True
        """Whether ops that stand first are looked at first."""
        self.finished = True
        """Whether the last run left nothing that applies."""
        self.options = options
        self._by_type: dict[type[Operation], tuple[Pattern, ...]] = {}
        self._removable: dict[type[Operation], bool | None] = {}
        self._worklist: list[Operation] = []
        self._queued: set[int] = set()
        self._later: dict[Operation, None] = {}

    def run(self, root: Operation) -> bool:
        """Rewrite to the fixpoint; whether anything changed. Raises InferError when the rewrites do not come to an end."""
        with uncollected():
            return self._run(root)

    def _run(self, root: Operation) -> bool:
        ops = list(walk(root) if self.top_down else _from_the_end(root))[1:]
        self.finished = True
        for op in reversed(ops):
            if self._interesting(op) or _is_unused(op):
                self._push(op)
        limit = 20 * len(ops) + 1000
        recent: Counter[str] = Counter()
        count = 0
        rewriter: Rewriter | None = None
        while (op := self._next()) is not None:
            if id(op) not in self._queued:
                continue
            self._queued.discard(id(op))
            if self.stop_after is not None and count >= self.stop_after:
                self.finished = False
                self._forget()
                break
            if rewriter is None:
                rewriter = Rewriter(op, self.ctx, self.options)
                rewriter.extend_from_listener(self._listener())
            block = op.parent
            if block is None:  # taken out by a pattern that did not say so
                continue
            if _is_unused(op) and self._is_dead(op):
                self._removed(op)
                unlink(op)
                self._look_again(op, block)
                count += 1
                continue
            applied = self._try(op, rewriter)
            if applied is not None:
                self._look_again(op, block)
                count += 1
                recent[applied.name] += 1
                if count > limit and self.stop_after is None:
                    name, times = recent.most_common(1)[0]
                    raise InferError(
                        f"rewriting did not come to an end after {count} steps; pattern '{name}' was applied {times} times", op.location
                    )
        return count > 0

    def _look_again(self, op: Operation, block: Block | None) -> None:
        """Once all else is done: another pattern may now fit the op where it stayed, and the op whose region it is in."""
        if op.parent is not None and self._interesting(op):
            self._later[op] = None
        around = block.parent_op() if block is not None else None
        if around is not None and around.parent is not None and self._interesting(around):
            self._later[around] = None

    def _next(self) -> Operation | None:
        """The op to look at next."""
        if not self._worklist and self._later:
            for op in reversed(self._later):
                self._push(op)
            self._later.clear()
        return self._worklist.pop() if self._worklist else None

    def _forget(self) -> None:
        """Begin the next run with nothing left of this one."""
        self._worklist.clear()
        self._queued.clear()
        self._later.clear()

    def _is_dead(self, op: Operation) -> bool:
        """Whether an op without uses does nothing else."""
        known = self._removable.get(type(op))
        if known is None and type(op) not in self._removable:
            known = self._removable[type(op)] = _removable(type(op))
        return is_trivially_dead(op) if known is None else known

    def _try(self, op: Operation, rewriter: Rewriter) -> Pattern | None:
        log = self.log
        for pattern in self._patterns_for(type(op)):
            if log.allow is not None and not log.allows(pattern, op):
                continue
            rewriter.focus(op)
            try:
                reason = pattern.function(op, rewriter) if log.watch is None else log.attempt(pattern, op, rewriter)
            except Unranked as unranked:
                reason = str(unranked)
            pattern.check(op, rewriter.has_done_action, reason)
            if rewriter.has_done_action:
                log.note(pattern, op)
                return pattern
            if reason is not None and log.keep_reasons:
                log.declined.append((pattern, op, reason))
        return None

    def _patterns_for(self, op_type: type[Operation]) -> tuple[Pattern, ...]:
        found = self._by_type.get(op_type)
        if found is None:
            found = tuple(p for p in self.patterns if not p.op_types or issubclass(op_type, p.op_types))
            self._by_type[op_type] = found
        return found

    def _interesting(self, op: Operation) -> bool:
        return bool(self._patterns_for(type(op)))

    def _push(self, op: Operation) -> None:
        if id(op) not in self._queued:
            self._queued.add(id(op))
            self._worklist.append(op)

    def _listener(self) -> PatternRewriterListener:
        return PatternRewriterListener(
            operation_insertion_handler=[self._inserted],
            operation_removal_handler=[self._removed],
            operation_modification_handler=[self._modified],
        )

    def _inserted(self, op: Operation) -> None:
        for inner in op.walk() if op.regions else (op,):
            if self._interesting(inner) or _is_unused(inner):
                self._push(inner)

    def _modified(self, op: Operation) -> None:
        if self._interesting(op) or _is_unused(op):
            self._push(op)

    def _removed(self, op: Operation) -> None:
        """What fed the op may now be dead, and may have one user left that was waiting for that."""
        gone = dict.fromkeys(op.walk()) if op.regions else {op: None}
        for inner in gone:
            self._queued.discard(id(inner))
            if self._later:
                self._later.pop(inner, None)
        for inner in gone:
            for value in inner._operands:  # pyright: ignore[reportPrivateUsage]
                if isinstance(value, OpResult) and (len(gone) == 1 or value.op not in gone):
                    others = _other_uses(value, inner)
                    if not others or op.regions or self._interesting(value.op):
                        self._push(value.op)
                    if len(others) == 1 and self._interesting(others[0]):
                        self._push(others[0])


def _from_the_end(root: Operation) -> Iterator[Operation]:
    """`root` and every op inside it, each before what it holds, the last of a block first."""
    stack = [root]
    while stack:
        op = stack.pop()
        yield op
        stack += [inner for region in op.regions for block in region.blocks for inner in block.ops]


def _other_uses(value: OpResult, op: Operation) -> list[Operation]:
    """The users that a value keeps when `op` goes, no more than two of them."""
    users = []
    use = value.first_use
    while use is not None and len(users) < 2:
        if use.operation is not op:
            users.append(use.operation)
        use = use._next_use  # pyright: ignore[reportPrivateUsage]
    return users


def _is_unused(op: Operation) -> bool:
    results = op.results
    for result in results:
        if result.first_use is not None:
            return False
    return bool(results) and not op.has_trait(IsTerminator)


def _removable(cls: type[Operation]) -> bool | None:
    """Whether ops of a class may go when their results have no uses; None where each has to be asked."""
    if cls.has_trait(IsTerminator) or cls.has_trait(SymbolOpInterface):
        return False
    effects = {type(t) for t in cls.get_traits_of_type(MemoryEffect)}
    return False if not effects else True if effects <= {Pure, NoMemoryEffect, MemoryReadEffect} else None


def apply_patterns(root: Operation, patterns: Sequence[Pattern], ctx: Context, log: RewriteLog | None = None) -> bool:
    """Apply patterns inside `root` until none applies; whether anything changed."""
    return GreedyDriver(patterns, ctx, log).run(root)
