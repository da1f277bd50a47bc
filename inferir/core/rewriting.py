"""Patterns and the rewriter they are given.

    @rewrites(inf.BatchNormOp)
    def into_conv(bn: inf.BatchNormOp, rw: Rewriter) -> str | None:
        \"\"\"bn(conv(x, w) + c) = conv(x, s * w) + (b + s * (c - m))\"\"\"
        if ...:
            return "the reason why not"
        rw.replace(bn, new_op)

A pattern either rewrites through `rw`, or changes nothing and returns its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from xdsl.dialects.builtin import TensorType, UnknownLoc
from xdsl.ir import Attribute, Operation, OpResult, Region, SSAValue
from xdsl.pattern_rewriter import PatternRewriter, RewritePattern
from xdsl.rewriter import InsertPoint
from xdsl.traits import ConstantLike

from inferir.core.constants import constant_value, is_constant_attribute, is_written_out
from inferir.core.construct import construct, link_before, move_uses, unlink
from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.lazy import Lazy, lazy_array
from inferir.core.locations import fused

_OpT = TypeVar("_OpT", bound=Operation)


@dataclass(frozen=True)
class Pattern:
    """One algebraic law: the op types it looks at (none: all), its benefit (higher first), and the function."""

    name: str
    function: Callable[[Any, Any], str | None]
    op_types: tuple[type[Operation], ...] = ()
    benefit: int = 1
    law: str = ""
    origin: str = ""
    """`file:line` of the function."""
    stock: bool = False
    """Whether it is one of xDSL's, which give no reasons."""

    def check(self, op: Operation, changed: bool, reason: str | None) -> None:
        """Raise InferError unless the pattern either changed the IR, through the rewriter, or gave a reason."""
        if changed and reason is not None:
            raise InferError(f"pattern '{self.name}' changed the IR and then declined: {reason}", op.location)
        if not changed and reason is None and not self.stock:
            raise InferError(f"pattern '{self.name}' neither changed the IR through the rewriter nor gave a reason", op.location)


def rewrites(*op_types: type[Operation], benefit: int = 1) -> Callable[[Callable[[Any, Any], str | None]], Pattern]:
    """Make a function `(op, rewriter) -> reason | None` a pattern for these op types (their subclasses included)."""

    def wrap(function: Callable[[Any, Any], str | None]) -> Pattern:
        code = function.__code__
        law = (function.__doc__ or "").strip()
        return Pattern(function.__name__, function, op_types, benefit, law, f"{code.co_filename}:{code.co_firstlineno}")

    return wrap


def stock_pattern(pattern: RewritePattern, *op_types: type[Operation]) -> Pattern:
    """An xDSL pattern as one of ours, looking at these op types (none: all)."""
    law = (type(pattern).__doc__ or "").strip()
    return Pattern(type(pattern).__name__, lambda op, rw: pattern.match_and_rewrite(op, rw), op_types, law=law, stock=True)


class Rewriter(PatternRewriter):
    """What a pattern changes the IR with. New ops get the fused locations of the op they replace and of `sources`."""

    def __init__(self, op: Operation, ctx: Context, options: Any = None):
        super().__init__(op)
        self.ctx = ctx
        self.convert_region: Callable[[Region], None] = lambda region: None
        """In a dialect conversion: convert what is inside a region now, before the op it belongs to."""
        self.convert_op: Callable[[Operation], bool] = lambda op: False
        """In a dialect conversion: convert one op now; whether that was possible."""
        self.options = options
        """The pass the pattern runs in: its options are attributes."""

    @property
    def matched(self) -> Operation:
        """The op the pattern was called with."""
        assert self._current_operation is not None
        return self._current_operation

    def focus(self, op: Operation) -> None:
        """Start over at another op."""
        self.has_done_action = False
        self._current_operation = op
        self._place = None

    @property
    def insertion_point(self) -> InsertPoint:  # pyright: ignore
        """Where new ops go: before the matched op, unless another one was set."""
        if self._place is None:
            self._place = InsertPoint.before(self.matched)
        return self._place

    @insertion_point.setter
    def insertion_point(self, place: InsertPoint) -> None:  # pyright: ignore
        self._place: InsertPoint | None = place

    def insert(self, op: Any, insertion_point: InsertPoint | None = None) -> Any:
        """Insert op(s) before the matched op (or elsewhere); they take its location unless they have one."""
        new_ops: Sequence[Operation] = (op,) if isinstance(op, Operation) else op
        for new in new_ops:
            if isinstance(new.location, UnknownLoc):
                new.location = self.matched.location
        return super().insert(op, insertion_point)

    def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        op: Operation,
        new_ops: Operation | SSAValue | Sequence[Operation | SSAValue],
        new_results: Sequence[SSAValue | None] | None = None,
        safe_erase: bool = True,
        sources: Sequence[Operation] = (),
    ) -> None:
        """Replace an op by new ops (the last one's results take over), or its results by values.

        Every new op is located at the fusion of `op`, the ops in `sources` and producers that lose their only use.
        """
        if isinstance(new_ops, SSAValue):
            new_ops, new_results = (), (new_ops,)
        elif isinstance(new_ops, Operation):
            new_ops = (new_ops,)
        elif new_ops and isinstance(new_ops[0], SSAValue):
            new_ops, new_results = (), list(new_ops)  # pyright: ignore[reportAssignmentType]
        ops: Sequence[Operation] = new_ops  # pyright: ignore[reportAssignmentType]
        dying = _dying_producers(op, ops)
        location = fused([o.location for o in (*dying, *sources, op)]) if dying or sources else op.location
        for new in ops:
            if location is not None and isinstance(new.location, UnknownLoc):
                new.location = location  # pyright: ignore[reportAttributeAccessIssue]
        if new_results is None and len(ops) == 1 and _fits(op, ops[0]):
            self._swap(op, ops[0])
        else:
            super().replace(op, ops, new_results, safe_erase)

    def _swap(self, op: Operation, new: Operation) -> None:
        """Replace an op by one new op, neither of which holds regions."""
        self.has_done_action = True
        link_before(op, new)
        self.handle_operation_replacement(op, new.results)
        for old_result, new_result in zip(op.results, new.results, strict=True):
            users = move_uses(old_result, new_result)
            if not new_result.name_hint:
                new_result.name_hint = old_result.name_hint
            for user in users:
                self.handle_operation_modification(user)
        self.handle_operation_insertion(new)
        self.handle_operation_removal(op)
        unlink(op)

    def create(
        self,
        cls: type[_OpT],
        operands: Sequence[SSAValue],
        result_types: Sequence[Attribute],
        properties: dict[str, Attribute] | None = None,
        attributes: dict[str, Attribute] | None = None,
    ) -> _OpT:
        """An op made without the checks of its class (the verifier makes them): an eighth of the time, for rewrites of very many ops."""
        return construct(cls, operands, result_types, dict(properties or {}), dict(attributes or {}))

    def pass_through(self, op: Operation, *values: SSAValue) -> str | None:
        """Replace the results of an op by values that are the same, unless their types say something else: then the reason."""
        if [v.type for v in values] != list(op.result_types):
            return "its input is declared with another type"
        self.replace(op, (), values)
        return None

    def constants(self, *values: SSAValue | None) -> tuple[Lazy, ...] | None:
        """The values as lazy constants, or None where one of them is not constant (or absent)."""
        found = tuple(constant_of(v, self.ctx) for v in values if v is not None)
        if len(found) != len(values) or any(c is None for c in found):
            return None
        return found  # pyright: ignore[reportReturnType]

    def constant(self, value: SSAValue | None, default: float = 0.0) -> Any:
        """An optional operand as a lazy constant; `default` where it is absent, None where it is not constant."""
        return default if value is None else constant_of(value, self.ctx)

    def array(self, value: SSAValue | None) -> np.ndarray | None:
        """The numbers of a constant value, or None where it is not constant."""
        found = None if value is None else constant_of(value, self.ctx)
        return None if found is None else found.numpy()

    def written_out(self, value: SSAValue | None) -> np.ndarray | None:
        """The numbers of a small constant that the text shows (`dense`), or None: looking at them costs nothing."""
        attribute = None if value is None else constant_attribute_of(value)
        return constant_value(attribute, self.ctx) if attribute is not None and is_written_out(attribute) else None

    def const(self, value: Lazy | np.ndarray | Any, like: Lazy | None = None) -> SSAValue:
        """A constant op for a lazy constant or an array, inserted before the matched op."""
        lazy = value if isinstance(value, Lazy) else lazy_array(np.asarray(value), self.ctx)
        op = self.ctx.get_op("inference.constant").create(properties={"value": lazy.value}, result_types=[lazy.type])
        self.insert(op)
        return op.results[0]

    def has_one_use(self, value: SSAValue) -> bool:
        """Whether exactly one operand refers to the value."""
        return value.has_one_use()


def constant_of(value: SSAValue, ctx: Context) -> Lazy | None:
    """The constant behind a value, or None."""
    attribute = constant_attribute_of(value)
    if attribute is None or not isinstance(value.type, TensorType):
        return None
    return Lazy(attribute, value.type, ctx)


def constant_attribute_of(value: SSAValue) -> Attribute | None:
    """The attribute of the constant op that defines a value, or None."""
    owner = value.owner
    if not isinstance(owner, Operation) or not owner.has_trait(ConstantLike):
        return None
    attribute = owner.properties.get("value", owner.attributes.get("value"))
    return attribute if is_constant_attribute(attribute) else None


def _fits(op: Any, new: Any) -> bool:
    """Whether `new`, as yet in no block, can take the place of `op`, and neither holds regions or jumps."""
    if op.regions or new.regions or op._successors or new._successors:
        return False
    return new.parent is None and op.parent is not None and len(op.results) == len(new.results)


def _dying_producers(op: Any, new_ops: Sequence[Any]) -> list[Operation]:
    """Producers of `op` that nothing will use once it is replaced: their work moves into the new ops."""
    out = []
    for value in op._operands:
        use = value.first_use
        if use._next_use is not None or not isinstance(value, OpResult):
            continue
        if any(v is value for new in new_ops for v in new._operands):
            continue
        if not value.op.has_trait(ConstantLike):
            out.append(value.op)
    return out
