"""Ops made without checks, for code that knows what it makes: the fast parser, and patterns that rewrite a lot.

An op made here is the same object that `Operation.create` makes, at a third of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from xdsl.dialects.builtin import UNKNOWN_LOC
from xdsl.ir import Attribute, Operation, OpResult, Region, SSAValue, SSAValues, Use

_OpT = TypeVar("_OpT", bound=Operation)
_NONE: Any = SSAValues()
_new = object.__new__


def construct(
    cls: type[_OpT],
    operands: Sequence[SSAValue],
    result_types: Sequence[Attribute],
    properties: dict[str, Attribute],
    attributes: dict[str, Attribute] | None = None,
    regions: Sequence[Region] = (),
    location: Any = UNKNOWN_LOC,
) -> _OpT:
    """An op of `cls`, without successors. The dicts become the op's own."""
    op: Any = _new(cls)
    op._operands = SSAValues(operands) if operands else _NONE
    op._operand_uses = link_uses(op, operands)
    op.results = SSAValues([OpResult(t, op, i) for i, t in enumerate(result_types)]) if result_types else _NONE
    op.properties = properties
    op.attributes = {} if attributes is None else attributes
    op.location = location
    op._successors = ()
    op._successor_uses = ()
    op.regions = tuple(regions)
    op.parent = op._next_op = op._prev_op = None
    for region in regions:
        region.parent = op
    return op


def link_uses(op: Operation, operands: Sequence[SSAValue]) -> tuple[Use, ...]:
    """Put `op` first among the users of each operand."""
    uses = []
    for index, value in enumerate(operands):
        following = value.first_use
        use = Use(op, index, None, following)
        if following is not None:
            following._prev_use = use  # pyright: ignore[reportPrivateUsage]
        value.first_use = use
        uses.append(use)
    return tuple(uses)


def is_plain(cls: type[Operation]) -> bool:
    """Whether ops of a class may be made this way: making one does nothing of its own."""
    return cls.__post_init__ in _PLAIN


def _plain_post_inits() -> tuple[Any, ...]:
    from xdsl.irdl import IRDLOperation

    return Operation.__post_init__, IRDLOperation.__post_init__


_PLAIN = _plain_post_inits()


class _Empty(Operation):
    name = "core.empty"


STATE = frozenset(vars(_Empty.create())) | {"parent", "_next_op", "_prev_op"}
"""The attributes that an op's object has; a class whose objects have more is not made this way."""


def unlink(op: Operation) -> None:
    """Take an op without uses out of its block for good."""
    block: Any = op.parent
    if block is None or op.regions or op._successors:  # pyright: ignore[reportPrivateUsage]
        assert block is not None
        block.erase_op(op)
        return
    raw: Any = op
    for value, use in zip(raw._operands, raw._operand_uses, strict=True):
        value.remove_use(use)
    raw._operand_uses = ()  # what it was made of can still be asked, as with an op that xDSL erased
    before, after = raw._prev_op, raw._next_op
    if before is None:
        block._first_op = after
    else:
        before._next_op = after
    if after is None:
        block._last_op = before
    else:
        after._prev_op = before
    raw.parent = raw._prev_op = raw._next_op = None


def link_before(place: Operation, op: Operation) -> None:
    """Put an op that is in no block before `place`."""
    raw, following = _raw(op), _raw(place)
    block, before = _raw(following.parent), following._prev_op
    raw.parent, raw._prev_op, raw._next_op = block, before, following
    following._prev_op = raw
    if before is None:
        block._first_op = raw
    else:
        before._next_op = raw


def move_uses(old: SSAValue, new: SSAValue) -> list[Operation]:
    """Let every user of `old` use `new`; returns the users, one for each use."""
    users = []
    use = last = _raw(old.first_use)
    while use is not None:
        user, index = use._operation, use._index
        operands = user._operands
        user._operands = SSAValues((*operands[:index], new, *operands[index + 1 :]))
        users.append(user)
        last, use = use, use._next_use
    if last is not None:
        following = _raw(new.first_use)
        last._next_use = following
        if following is not None:
            following._prev_use = last
        new.first_use, old.first_use = old.first_use, None
    return users


def _raw(thing: Any) -> Any:
    return thing
