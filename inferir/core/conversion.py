"""Dialect conversion: turn every illegal op into legal ones, or say at once everything that could not be turned.

Ops are converted in program order, so a pattern sees operands whose types are already final. An op that a pattern inserts
is converted in turn when it is illegal itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note
from inferir.core.driver import RewriteLog
from inferir.core.rewriting import Pattern, Rewriter

MAX_DEPTH = 64
"""How many times the ops that replace an op may themselves need conversion."""


@dataclass
class ConversionTarget:
    """What is legal after a conversion."""

    legal_dialects: frozenset[str] = frozenset()
    illegal_dialects: frozenset[str] = frozenset()
    legal_if: dict[str, Callable[[Operation], bool]] = field(default_factory=dict)
    """By op name: legal where the function says so."""
    unfit: Callable[[Operation], str | None] = lambda op: None
    """Why no pattern is to look at an op, None where they may."""
    keep_whole: bool = False
    """Whether an op that stays illegal keeps its regions as they are."""

    def is_legal(self, op: Operation) -> bool:
        """Whether the op may stay. Ops of dialects that are named nowhere are legal."""
        rule = self.legal_if.get(op.name)
        if rule is not None:
            return rule(op)
        dialect = op.name.partition(".")[0]
        return dialect in self.legal_dialects or dialect not in self.illegal_dialects


class TypeConverter:
    """Maps types; rules are tried last first, `None` means the rule does not apply."""

    def __init__(self, *rules: Callable[[Attribute], Attribute | None]):
        self.rules = list(rules)

    def convert(self, type: Attribute) -> Attribute:
        """The converted type; the type itself where no rule applies."""
        for rule in reversed(self.rules):
            found = rule(type)
            if found is not None:
                return found
        return type

    def convert_values(self, values: Sequence[SSAValue], rewriter: Rewriter) -> None:
        """Change the types of block arguments or results in place."""
        for value in values:
            new = self.convert(value.type)
            if new != value.type:
                rewriter.replace_value_with_new_type(value, new)


@dataclass(frozen=True)
class Illegal:
    """An op that no pattern converted, and why."""

    op: Operation
    reasons: tuple[str, ...]


def convert(
    root: Operation, patterns: Sequence[Pattern], target: ConversionTarget, ctx: Context, log: RewriteLog | None = None
) -> list[Illegal]:
    """Convert everything inside `root`; returns the ops that stay illegal (none: a full conversion)."""
    return _Conversion(patterns, target, ctx, log if log is not None else RewriteLog()).run(root)


def convert_fully(
    root: Operation, patterns: Sequence[Pattern], target: ConversionTarget, ctx: Context, log: RewriteLog | None = None
) -> None:
    """Convert everything inside `root`. Raises one InferError that lists all ops that could not be converted.

    Where `log` kept patterns from being tried, the conversion is partial on purpose and nothing is raised.
    """
    left = convert(root, patterns, target, ctx, log)
    if left and not (log is not None and log.refused):
        first = left[0]
        notes = [Note(f"{i.op.name}: {'; '.join(i.reasons) or 'no pattern for it'}", i.op.location) for i in left[1:]]
        reason = "; ".join(first.reasons) or "no pattern for it"
        raise InferError(f"cannot convert {first.op.name}: {reason}", first.op.location, notes)


class _Conversion:
    def __init__(self, patterns: Sequence[Pattern], target: ConversionTarget, ctx: Context, log: RewriteLog):
        self.patterns = sorted(patterns, key=lambda p: -p.benefit)
        self.target = target
        self.ctx = ctx
        self.log = log
        self.left: list[Illegal] = []
        self.inserted: list[Operation] = []
        self.by_type: dict[type[Operation], tuple[Pattern, ...]] = {}

    def run(self, root: Operation) -> list[Illegal]:
        for region in root.regions:
            self._region(region)
        return self.left

    def _region(self, region: Region) -> None:
        for block in region.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        op = block.first_op
        while op is not None:
            following = op.next_op
            self._op(op, 0)
            op = following

    def _op(self, op: Operation, depth: int) -> None:
        if self.target.is_legal(op):
            self.run(op)
            return
        if depth > MAX_DEPTH:
            raise InferError(f"converting {op.name} does not come to an end: its replacements need conversion again and again", op.location)
        unfit = self.target.unfit(op)
        reasons: list[str] = [] if unfit is None else [unfit]
        for pattern in self._patterns_for(type(op)) if unfit is None else ():
            if self.log.allow is not None and not self.log.allows(pattern, op):
                continue
            rewriter = Rewriter(op, self.ctx)
            new: list[Operation] = []
            rewriter.operation_insertion_handler.append(new.append)
            rewriter.convert_region = self._region
            reason = self.log.attempt(pattern, op, rewriter)
            if rewriter.has_done_action:
                self.log.note(pattern, op)
                for inserted in new:
                    if inserted.parent is not None:
                        self._op(inserted, depth + 1)
                if op.parent is not None and not self.target.is_legal(op):
                    self._op(op, depth + 1)
                return
            if reason is not None:
                reasons.append(reason)
                if self.log.keep_reasons:
                    self.log.declined.append((pattern, op, reason))
        self.left.append(Illegal(op, tuple(reasons)))
        if not self.target.keep_whole:
            self.run(op)

    def _patterns_for(self, op_type: type[Operation]) -> tuple[Pattern, ...]:
        found = self.by_type.get(op_type)
        if found is None:
            found = tuple(p for p in self.patterns if not p.op_types or issubclass(op_type, p.op_types))
            self.by_type[op_type] = found
        return found
