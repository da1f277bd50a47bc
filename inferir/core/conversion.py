"""Dialect conversion: convert every illegal op into legal ones, or report at once everything that could not be converted.

Ops are converted in program order, so a pattern sees operands whose types are already final. An op that a pattern inserts
is converted in turn when it is illegal itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xdsl.ir import Block, Operation, Region

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, Note
from inferir.core.driver import RewriteLog
from inferir.core.rewriting import Pattern, Rewriter
from inferir.core.types import Unranked

MAX_DEPTH = 64
"""How many times the ops that replace an op may themselves need conversion."""


@dataclass
class ConversionTarget:
    """What is legal after a conversion. An op's own entry goes before its dialect's; ops that nothing names are legal."""

    legal_dialects: frozenset[str] = frozenset()
    illegal_dialects: frozenset[str] = frozenset()
    legal_if: dict[str, Callable[[Operation], bool]] = field(default_factory=dict)
    """By op name: legal where the function says so."""
    legal_ops: frozenset[str] = frozenset()
    illegal_ops: frozenset[str] = frozenset()
    legal_with_body: frozenset[str] = frozenset()
    """Names of ops that, where they are legal, are so with all that is inside them: it is not looked at."""
    unfit: Callable[[Operation], str | None] = lambda op: None
    """Why no pattern is to look at an op, None where they may."""
    keep_whole: bool = False
    """Whether an op that stays illegal keeps its regions as they are."""

    def is_legal(self, op: Operation) -> bool:
        """Whether the op itself may stay."""
        rule = self.legal_if.get(op.name)
        if rule is not None:
            return rule(op)
        if op.name in self.legal_ops or op.name in self.illegal_ops:
            return op.name in self.legal_ops
        dialect = op.name.partition(".")[0]
        return dialect in self.legal_dialects or dialect not in self.illegal_dialects


@dataclass(frozen=True)
class Illegal:
    """An op that no pattern converted, and why."""

    op: Operation
    reasons: tuple[str, ...]


def convert(
    root: Operation,
    patterns: Sequence[Pattern],
    target: ConversionTarget,
    ctx: Context,
    log: RewriteLog | None = None,
) -> list[Illegal]:
    """Convert everything inside `root`; returns the ops that stay illegal (none: a full conversion)."""
    left = _Conversion(patterns, target, ctx, log if log is not None else RewriteLog()).run(root)
    return list({illegal.op: illegal for illegal in left}.values())  # a region that moved was gone through twice


def convert_fully(
    root: Operation,
    patterns: Sequence[Pattern],
    target: ConversionTarget,
    ctx: Context,
    log: RewriteLog | None = None,
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


@contextlib.contextmanager
def restored_on_error(root: Operation) -> Iterator[None]:
    """Put back what `root` was, should the block raise: a conversion that fails then leaves no trace. Costs a copy of `root`."""
    before = root.clone()
    try:
        yield
    except BaseException:
        for region, old in zip(root.regions, before.regions, strict=True):
            for block in list(region.blocks):
                for op in block.ops:
                    op.drop_all_references()
            for block in list(region.blocks):
                region.detach_block(block)
                block.erase(safe_erase=False)
            old.move_blocks(region)
        root.attributes, root.properties = before.attributes, before.properties
        raise


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

    def _inside(self, op: Operation) -> None:
        if op.name not in self.target.legal_with_body:
            self.run(op)

    def _region(self, region: Region) -> None:
        for block in region.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        for op in list(block.ops):
            if op.parent is block:  # a pattern may have moved it into a region before
                self._op(op, 0)

    def _attempt(self, op: Operation) -> bool:
        """Convert one op; whether it could be. What an unsuccessful attempt leaves behind is for the caller to erase."""
        before = len(self.left)
        try:
            self._op(op, 0)
        except InferError:
            return False
        fits = len(self.left) == before
        del self.left[before:]
        return fits

    def _op(self, op: Operation, depth: int) -> None:
        if self.target.is_legal(op):
            self._inside(op)
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
            rewriter.convert_op = self._attempt
            try:
                reason = self.log.attempt(pattern, op, rewriter)
            except Unranked as unranked:
                reason = str(unranked)
            pattern.check(op, rewriter.has_done_action, reason)
            if rewriter.has_done_action:
                self.log.note(pattern, op)
                for inserted in new:
                    if inserted.parent is not None:
                        self._op(inserted, depth + 1)
                if op.parent is not None:  # converted in place: what is inside comes next
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
