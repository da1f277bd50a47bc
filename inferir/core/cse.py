"""Common subexpression elimination in time linear in the number of ops.

The key of an op is made of its name, operands, properties, attributes, result types and, bottom up, of what its regions
hold: a region becomes a number that stands for its structure (its own values numbered in order) and the list of outer
values it uses, so equal regions have equal keys whatever their values are called, and no region is looked at twice.
Ops that only read memory are shared as long as nothing between them may write.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.traits import (
    IsolatedFromAbove,
    IsTerminator,
    MemoryEffect,
    MemoryEffectKind,
    NoMemoryEffect,
    Pure,
    RecursiveMemoryEffect,
    get_effects,
)

from inferir.core.construct import unlink
from inferir.core.locations import fused

Scope = dict[Hashable, Operation]
RegionKey = tuple[int, tuple[SSAValue, ...]]
PURE, READS, WRITES, HOLDS, ASK = range(5)


def eliminate_common_subexpressions(root: Operation) -> int:
    """Remove repeated and unused pure ops inside `root`; returns how many. Only ops whose value dominates are reused."""
    return _Cse().run(root)


class _Cse:
    def __init__(self) -> None:
        self.kinds: dict[type[Operation], tuple[int, bool]] = {}
        self.numbers: dict[int, int] = {}
        self.same: dict[tuple[type, Attribute], Attribute] = {}
        self.kept: list[Attribute] = []
        self.structures: dict[Hashable, int] = {}
        self.region_keys: dict[Region, RegionKey | None] = {}
        self.merged: dict[Operation, list[Any]] = {}
        self.removed = 0

    def run(self, root: Operation) -> int:
        for region in root.regions:
            self._region(region, [])
        for op, locations in self.merged.items():  # once for each op that stays: one by one costs the square of their number
            location = fused([op.location, *locations])
            if location is not None:
                op.location = location  # pyright: ignore[reportAttributeAccessIssue]
        return self.removed

    def _region(self, region: Region, scopes: list[Scope]) -> int:
        """Work through a region; returns the strongest effect of what it holds."""
        block = region.first_block
        if block is None:
            return PURE
        if block is region.last_block:
            return self._block(block, [*scopes, {}])
        effect = PURE
        while block is not None:  # among several blocks each starts afresh: which of them dominates which is not asked
            effect = max(effect, self._block(block, [{}]))
            block = block.next_block
        return effect

    def _block(self, block: Block, scopes: list[Scope]) -> int:
        here = scopes[-1]
        strongest = PURE
        epoch = 0
        op = block.first_op
        while op is not None:
            following = op.next_op
            inside = PURE
            if op.regions:
                isolated = op.has_trait(IsolatedFromAbove)
                for region in op.regions:
                    inside = max(inside, self._region(region, [] if isolated else scopes))
            kind, shared = self._kinds(op)
            effect = inside if kind == HOLDS else self._effect(op) if kind == ASK else kind
            if effect == WRITES:
                epoch += 1
            strongest = max(strongest, effect)
            results = op.results
            if shared and results and effect != WRITES:
                if self._is_unused(op):
                    self._erase(op)
                else:
                    self._share(op, effect, scopes, here, epoch)
            op = following
        return strongest

    def _share(self, op: Operation, effect: int, scopes: list[Scope], here: Scope, epoch: int) -> None:
        """Replace the op by an equal one above it, or remember it."""
        key = self._key(op)
        if key is None:
            return
        if effect == READS:
            key = (epoch, id(here), key)
        same = here.get(key)
        if same is None and len(scopes) > 1:
            same = next((s[key] for s in reversed(scopes) if key in s), None)
        if same is None:
            here[key] = op
        else:
            self._replace(op, same)

    def _is_unused(self, op: Operation) -> bool:
        for result in op.results:  # noqa: SIM110  (the hottest loop of the pass)
            if result.first_use is not None:
                return False
        return True

    def _replace(self, op: Operation, same: Operation) -> None:
        for old, new in zip(op.results, same.results, strict=True):
            old.replace_all_uses_with(new)
            if new.name_hint is None:
                new.name_hint = old.name_hint
        if op.location is not same.location:
            self.merged.setdefault(same, []).extend((*self.merged.pop(op, ()), op.location))
        self._erase(op)

    def _erase(self, op: Operation) -> None:
        unlink(op)
        self.removed += 1

    def _kinds(self, op: Operation) -> tuple[int, bool]:
        """The effect of the ops of a class, and whether two of them may become one."""
        cls = type(op)
        found = self.kinds.get(cls)
        if found is None:
            memory = op.get_traits_of_type(MemoryEffect)
            kind = ASK
            if memory and all(isinstance(t, Pure | NoMemoryEffect) for t in memory):
                kind = PURE
            elif memory and all(isinstance(t, RecursiveMemoryEffect) for t in memory):
                kind = HOLDS
            found = self.kinds[cls] = kind, not op.has_trait(IsTerminator)
        return found

    def _effect(self, op: Operation) -> int:
        effects = get_effects(op)
        if effects is None:
            return WRITES
        return PURE if not effects else READS if all(e.kind == MemoryEffectKind.READ for e in effects) else WRITES

    def _key(self, op: Operation) -> Hashable | None:
        """What makes two ops the same; None for ops that hold regions of several blocks."""
        operands: Any = op._operands  # pyright: ignore[reportPrivateUsage]
        head = self._head(op)
        if not op.regions:
            return (*head, operands)
        parts: list[Hashable] = [*head, operands]
        for region in op.regions:
            key = self._region_key(region)
            if key is None:
                return None
            parts.append(key)
        return tuple(parts)

    def _head(self, op: Operation) -> tuple[Hashable, ...]:
        """All of an op's key but its operands and regions."""
        numbers, number = self.numbers, self._number
        head: tuple[Hashable, ...] = (type(op), op.name, *[numbers.get(id(r._type)) or number(r._type) for r in op.results])  # pyright: ignore[reportPrivateUsage]
        for table in (op.properties, op.attributes):
            if table:
                items = sorted(table.items()) if len(table) > 1 else table.items()
                head += (None, *[x for name, a in items for x in (name, numbers.get(id(a)) or number(a))])
        return head

    def _number(self, attribute: Attribute) -> int:
        """One number for all attributes that are equal."""
        found = self.same.setdefault((type(attribute), attribute), attribute)
        self.numbers[id(attribute)] = id(found)
        self.kept.append(attribute)
        return id(found)

    def _region_key(self, region: Region) -> RegionKey | None:
        """The number of the region's structure and the outer values it uses, in order of first use."""
        if region in self.region_keys:
            return self.region_keys[region]
        key = self.region_keys[region] = self._new_region_key(region)
        return key

    def _new_region_key(self, region: Region) -> RegionKey | None:
        block = region.first_block
        if block is None:
            return self._structure(()), ()
        if block is not region.last_block:
            return None
        local: dict[SSAValue, int] = {a: i for i, a in enumerate(block.args)}
        outer: dict[SSAValue, int] = {}

        def places(values: Any) -> tuple[int, ...]:
            return tuple([local[v] if v in local else ~outer.setdefault(v, len(outer)) for v in values])

        parts: list[Hashable] = [tuple([self._number(a.type) for a in block.args])]
        op = block.first_op
        while op is not None:
            if op.successors:
                return None
            parts.append((self._head(op), places(op.operands)))
            for inner in op.regions:
                key = self._region_key(inner)
                if key is None:
                    return None
                parts.append((key[0], places(key[1])))
            for result in op.results:
                local[result] = len(local)
            op = op.next_op
        return self._structure(tuple(parts)), tuple(outer)

    def _structure(self, parts: Hashable) -> int:
        return self.structures.setdefault(parts, len(self.structures))
