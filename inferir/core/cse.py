"""Common subexpression elimination in time linear in the number of ops.

The key of an op is made of its name, operands, properties, attributes, result types and, bottom up, the keys of what its
regions hold; a region's own values are numbered, so two equal regions have equal keys whatever their values are called.
"""

from __future__ import annotations

from collections.abc import Hashable

from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.traits import IsolatedFromAbove, IsTerminator, is_side_effect_free
from xdsl.transforms.dead_code_elimination import is_trivially_dead

from inferir.core.diagnostics import fused


def eliminate_common_subexpressions(root: Operation) -> int:
    """Remove repeated and unused pure ops inside `root`; returns how many. Only ops whose value dominates are reused."""
    return _Cse().run(root)


class _Cse:
    def __init__(self) -> None:
        self.scopes: list[dict[Hashable, Operation]] = []
        self.interned: dict[Hashable, int] = {}
        self.removed = 0

    def run(self, root: Operation) -> int:
        for region in root.regions:
            self._region(region, isolated=True)
        return self.removed

    def _region(self, region: Region, isolated: bool) -> None:
        saved = self.scopes
        self.scopes = [] if isolated else saved
        single = region.first_block is region.last_block
        for block in region.blocks:
            self.scopes.append({})
            self._block(block) if single else self._nested_only(block)
            self.scopes.pop()
        self.scopes = saved

    def _nested_only(self, block: Block) -> None:
        """A block among several: values of this region are not shared between blocks, each block starts afresh."""
        saved, self.scopes = self.scopes, [{}]
        self._block(block)
        self.scopes = saved

    def _block(self, block: Block) -> None:
        op = block.first_op
        while op is not None:
            following = op.next_op
            self._op(op)
            op = following

    def _op(self, op: Operation) -> None:
        for region in op.regions:
            self._region(region, op.has_trait(IsolatedFromAbove))
        if op.has_trait(IsTerminator) or not op.results or not is_side_effect_free(op):
            return
        if all(r.first_use is None for r in op.results) and is_trivially_dead(op):
            self._erase(op)
            return
        key = self._key(op, None)
        if key is None:
            return
        for scope in reversed(self.scopes):
            same = scope.get(key)
            if same is not None:
                for old, new in zip(op.results, same.results, strict=True):
                    old.replace_all_uses_with(new)
                    if new.name_hint is None:
                        new.name_hint = old.name_hint
                location = fused([same.location, op.location])
                if location is not None:
                    same.location = location  # pyright: ignore[reportAttributeAccessIssue]
                self._erase(op)
                return
        self.scopes[-1][key] = op

    def _erase(self, op: Operation) -> None:
        assert op.parent is not None
        op.parent.erase_op(op)
        self.removed += 1

    def _key(self, op: Operation, local: dict[SSAValue, int] | None) -> Hashable | None:
        """What makes two ops the same; None for ops that hold regions of several blocks."""
        operands = op.operands if local is None else tuple(("local", local[v]) if v in local else v for v in op.operands)
        parts: list[Hashable] = [
            op.name,
            tuple(operands),
            tuple(sorted(op.properties.items(), key=lambda e: e[0])),
            tuple(sorted(op.attributes.items(), key=lambda e: e[0])),
            tuple(r.type for r in op.results),
        ]
        for region in op.regions:
            inner = self._region_key(region, {} if local is None else dict(local))
            if inner is None:
                return None
            parts.append(inner)
        return tuple(parts)

    def _region_key(self, region: Region, local: dict[SSAValue, int]) -> Hashable | None:
        if region.first_block is not region.last_block or region.first_block is None:
            return None
        block = region.first_block
        parts: list[Hashable] = []
        for argument in block.args:
            local[argument] = len(local)
            parts.append(argument.type)
        for op in block.ops:
            key = self._key(op, local)
            if key is None or op.successors:
                return None
            parts.append(key)
            for result in op.results:
                local[result] = len(local)
        return self.interned.setdefault(tuple(parts), len(self.interned))
