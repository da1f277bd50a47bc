"""Verification that remembers: an op like one that was valid is valid.

What an op's definition demands depends on its class, its operand and result types, properties, attributes and the types of
its regions' arguments; that part is done once for each combination, and so is a `verify_` marked `by_types`. Traits and the
checks other ops write themselves always run. Whatever is wrong or in doubt is left to the thorough verifier, which says what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from xdsl.ir import Attribute, Block, ErasedSSAValue, Operation, Region, SSAValue
from xdsl.traits import IsolatedFromAbove, IsTerminator, NoTerminator, OpTrait

_FunctionT = TypeVar("_FunctionT", bound=Callable[..., Any])
KEPT = 200_000
"""Combinations remembered before all are forgotten."""


def is_certainly_valid(op: Operation) -> bool:
    """Whether the fast way finds `op`, and all inside it, valid. False means either wrong or in doubt."""
    if len(_memory.valid) > KEPT:
        _memory.__init__()
    visible: set[SSAValue] = set()
    try:
        _verify_op(op, 0, True, False, visible)
    except _Doubt:
        return False
    except Exception:  # noqa: BLE001  (whatever it is, the thorough verifier meets it again and reports it)
        return False
    return True


_BY_TYPES: set[Any] = set()


def by_types(function: _FunctionT) -> _FunctionT:
    """Mark a `verify_` whose answer depends on the op's class, types, properties and attributes only, where it holds no blocks.

    A class that declares SHAPE_OPERANDS is excepted: it looks at the constants behind them.
    """
    _BY_TYPES.add(function)
    return function


class _Doubt(Exception):
    """The thorough verifier has to look."""


class _Memory:
    """Combinations found valid, and the numbers that stand for equal attributes."""

    def __init__(self) -> None:
        self.valid: set[tuple[Any, ...]] = set()
        self.ids: dict[int, int] = {}
        self.same: dict[tuple[type, Attribute], Attribute] = {}
        self.kept: list[Attribute] = []

    def number(self, attribute: Attribute) -> int:
        """One number for all attributes that are equal."""
        found = self.same.setdefault((type(attribute), attribute), attribute)
        self.ids[id(attribute)] = id(found)
        self.kept.append(attribute)
        return id(found)


class _Class:
    """What verifying the ops of a class takes."""

    __slots__ = ("checks", "definition", "ends", "free", "isolated", "once")

    def __init__(self, cls: type[Operation]):
        verify = cls.verify_
        cells = dict(zip(verify.__code__.co_freevars, (c.cell_contents for c in verify.__closure__ or ()), strict=True))
        self.definition = cells.get("op_def")
        if self.definition is None or cls.verify is not Operation.verify:
            raise _Doubt
        traits = list(cls.traits)
        custom = cells.get("custom_verify")
        # IsolatedFromAbove is checked along with dominance: nothing outside is visible inside.
        own = [t for t in traits if type(t).verify is not OpTrait.verify and type(t) is not IsolatedFromAbove]
        self.checks: list[Any] = [t.verify for t in own]
        self.once: list[Any] = []
        if custom is not None and custom is not Operation.verify_:
            kept = custom in _BY_TYPES and not getattr(cls, "SHAPE_OPERANDS", ())
            (self.once if kept else self.checks).append(custom)
        self.ends = any(isinstance(t, IsTerminator) for t in traits)
        self.free = any(isinstance(t, NoTerminator) for t in traits)
        self.isolated = any(isinstance(t, IsolatedFromAbove) for t in traits)


_memory = _Memory()
_classes: dict[type[Operation], _Class] = {}


def _verify_op(op: Operation, blocks: int, free: bool, last: bool, visible: set[SSAValue]) -> None:
    cls = type(op)
    info = _classes.get(cls)
    if info is None:
        info = _classes[cls] = _Class(cls)
    operands: Any = op._operands  # pyright: ignore[reportPrivateUsage]
    for value in operands:
        if value not in visible and blocks:
            raise _Doubt
    if last and not info.ends and (blocks > 1 or not free):
        raise _Doubt
    regions = op.regions
    if op._successors:  # pyright: ignore[reportPrivateUsage]
        raise _Doubt
    for region in regions:
        _verify_region(region, info.free, set() if info.isolated else visible)
    ids = _memory.ids
    number = _memory.number
    properties, attributes = op.properties, op.attributes
    key: tuple[Any, ...] = (
        cls,
        *[ids.get(id(v._type)) or number(v._type) for v in operands],
        None,
        *[ids.get(id(v._type)) or number(v._type) for v in op.results],  # pyright: ignore[reportPrivateUsage]
    )
    if properties:
        key += (*properties, *[ids.get(id(a)) or number(a) for a in properties.values()])
    if attributes:
        key += (None, *attributes, *[ids.get(id(a)) or number(a) for a in attributes.values()])
    if regions:
        for region in regions:
            block = region.first_block
            arguments = () if block is None else tuple([number(a.type) for a in block.args])
            key += (-1 if block is None else 1 if block is region.last_block else 2, *arguments)
    if key in _memory.valid:
        for check in info.checks:
            check(op)
        for check in info.once if regions and info.once and any(r.first_block is not None for r in regions) else ():
            check(op)
        return
    if any(isinstance(v, ErasedSSAValue) for v in operands):
        raise _Doubt
    assert info.definition is not None
    info.definition.verify(op)
    for check in (*info.checks, *info.once):
        check(op)
    _memory.valid.add(key)


def _verify_region(region: Region, free: bool, visible: set[SSAValue]) -> None:
    block = region.first_block
    if block is None:
        return
    if block is not region.last_block:
        raise _Doubt
    _verify_block(block, region, free, visible)


def _verify_block(block: Block, region: Region, free: bool, visible: set[SSAValue]) -> None:
    if block.parent is not region:
        raise _Doubt
    added: list[SSAValue] = list(block.args)
    visible.update(added)
    op = block.first_op
    if op is None and not free:
        raise _Doubt
    last = block.last_op
    while op is not None:
        if op.parent is not block:
            raise _Doubt
        _verify_op(op, 1, free, op is last, visible)
        results = op.results
        if results:
            visible.update(results)
            added.extend(results)
        op = op._next_op  # pyright: ignore[reportPrivateUsage]
    visible.difference_update(added)
