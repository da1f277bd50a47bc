"""What integer tensors hold, where that follows from indices alone: position numbers, masks over positions, constants in disguise.

A `Ramp` says element [i, j, ..] = start + steps[0] * i + steps[1] * j + ..; booleans are 0 and 1. The analysis follows ranges,
and constants that are ramps, through the ops that move or combine them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from xdsl.dialects.builtin import IntegerType, TensorType
from xdsl.ir import Operation, SSAValue

from inferir.core import Context
from inferir.core.constants import constant_value
from inferir.core.dims import DimLike, Shape
from inferir.core.rewriting import constant_attribute_of
from inferir.core.shapes import ShapeAnalysis
from inferir.core.types import is_static
from inferir.dialects import inference as inf

MOST_ELEMENTS = 1 << 20
"""Larger constants are not looked at."""


@dataclass(frozen=True)
class Ramp:
    """start + steps[k] * (index along axis k), summed over the axes; the step of an axis of length 1 is 0."""

    start: DimLike
    steps: tuple[DimLike, ...]

    @property
    def number(self) -> int | None:
        """The one number that all elements are, None where they differ or it is not known."""
        return self.start if isinstance(self.start, int) and not any(self.steps) else None

    @property
    def along(self) -> int | None:
        """The only axis along which it changes, None where there is none or several."""
        axes = [i for i, s in enumerate(self.steps) if s != 0]
        return axes[0] if len(axes) == 1 else None

    def plus(self, other: Ramp, factor: int) -> Ramp:
        """self + factor * other, of one shape."""
        steps = tuple(s + factor * t for s, t in zip(self.steps, other.steps, strict=True))
        return Ramp(self.start + factor * other.start, steps)


class RampAnalysis:
    """`ramps.of(value)`: the ramp that an integer or boolean tensor is, None where it is none."""

    def __init__(self, shapes: ShapeAnalysis, ctx: Context):
        self.shapes, self.ctx = shapes, ctx
        self.known: dict[SSAValue, Ramp | None] = {}

    def of(self, value: SSAValue) -> Ramp | None:
        """Found once per value; what it is made of first, without recursion."""
        pending = [value]
        while pending:
            top = pending[-1]
            op = top.owner
            operands = op.operands if isinstance(op, Operation) and top not in self.known and followed(top) else ()
            waiting = [v for v in operands if v not in self.known and followed(v)]
            if waiting:
                pending += waiting
                continue
            pending.pop()
            if top not in self.known:
                self.known[top] = self._find(top) if followed(top) else None
        return self.known[value]

    def _find(self, value: SSAValue) -> Ramp | None:
        op = value.owner
        if not isinstance(op, Operation):
            return None
        if constant_attribute_of(value) is not None:
            array = self.array(value)
            return None if array is None else self.of_array(array)
        shape = self.shapes[value]
        match op:
            case inf.RangeOp():
                start, step = (self.shapes.value_of(v) for v in (op.start, op.step))
                return None if start is None or step is None else unit_free(Ramp(start.item(), (step.item(),)), shape)
            case inf.ReshapeOp():
                return self._reshaped(op, shape)
            case inf.BroadcastOp():
                return self._spread(op.x, shape)
            case inf.TransposeOp():
                x = self.of(op.x)
                return None if x is None else Ramp(x.start, tuple(x.steps[i] for i in op.permutation))
            case inf.SliceOp():
                return self._sliced(op, shape)
            case inf.ConcatOp():
                return self._joined(op)
            case inf.CastOp():
                x = self.of(op.x)
                return x if x is None or not is_boolean(value) or is_boolean(op.x) else truth(x)
            case inf.AddOp() | inf.SubOp() | inf.MulOp():
                return self._computed(op, shape)
            case inf.CompareOp() | inf.LogicalOp() | inf.LogicalNotOp():
                return self._decided(op, shape)
            case inf.CumulateOp():
                x = self.of(op.x)
                return x if x is not None and x.number == 0 and op.kind == "sum" else None
            case inf.GatherNdOp() | inf.GatherElementsOp() | inf.GatherOp():
                x = self.of(op.x)
                return None if x is None or x.number is None else Ramp(x.number, (0,) * len(shape))
        return None

    def array(self, value: SSAValue) -> np.ndarray | None:
        """The integers of a constant that is not too large."""
        attribute = constant_attribute_of(value)
        if attribute is None or not isinstance(value.type, TensorType) or not is_static(value.type):
            return None
        return constant_value(attribute, self.ctx) if 0 < np.prod(value.type.get_shape(), dtype=np.int64) <= MOST_ELEMENTS else None

    def of_array(self, array: np.ndarray) -> Ramp | None:
        """Numbers as a ramp."""
        array = array.astype(np.int64)
        start = int(array.reshape(-1)[0])
        steps = tuple(int(array.take(1, axis).reshape(-1)[0]) - start if n > 1 else 0 for axis, n in enumerate(array.shape))
        grid = sum((s * i for s, i in zip(steps, np.indices(array.shape, sparse=True), strict=True)), np.int64(start))
        return Ramp(start, steps) if (array == grid).all() else None

    def _reshaped(self, op: inf.ReshapeOp, shape: Shape) -> Ramp | None:
        x, own = self.of(op.x), self.shapes[op.x]
        if x is None:
            return None
        if not any(x.steps):
            return Ramp(x.start, (0,) * len(shape))
        long = [(d, s) for d, s in zip(own, x.steps, strict=True) if d != 1]
        if [d for d, _ in long] != [d for d in shape if d != 1]:
            return None
        steps = iter(s for _, s in long)
        return Ramp(x.start, tuple(next(steps) if d != 1 else 0 for d in shape))

    def _spread(self, value: SSAValue, shape: Shape) -> Ramp | None:
        """Broadcast to a shape."""
        x, own = self.of(value), self.shapes[value]
        return None if x is None or len(own) > len(shape) else Ramp(x.start, (0,) * (len(shape) - len(own)) + x.steps)

    def _sliced(self, op: inf.SliceOp, shape: Shape) -> Ramp | None:
        x, own = self.of(op.x), self.shapes[op.x]
        begin = op.starts if op.begin is None else self.shapes.value_of(op.begin)
        if x is None or begin is None:
            return None
        start, steps = x.start, list(x.steps)
        for axis, first, by in zip(op.axes, begin, op.steps or (1,) * len(op.axes), strict=True):
            if x.steps[axis] == 0:
                continue
            if not isinstance(first, int) or by < 1:
                return None
            place = first if first >= 0 else own[axis] + first
            if isinstance(own[axis], int):
                place = max(0, place)
            start, steps[axis] = start + x.steps[axis] * place, x.steps[axis] * by
        return unit_free(Ramp(start, tuple(steps)), shape)

    def _joined(self, op: inf.ConcatOp) -> Ramp | None:
        found = [self.of(v) for v in op.args]
        parts = [p for p in found if p is not None]
        if len(parts) < len(found):
            return None
        axis, first = op.axis % len(parts[0].steps), parts[0]
        sizes = [self.shapes[v][axis] for v in op.args]
        steps = [p.steps[axis] for p, n in zip(parts, sizes, strict=True) if n != 1]
        step = steps[0] if steps else parts[1].start - first.start if len(parts) > 1 else 0
        steps_elsewhere = [p.steps[:axis] + p.steps[axis + 1 :] for p in parts]
        place: DimLike = 0
        for part, size, elsewhere in zip(parts, sizes, steps_elsewhere, strict=True):
            if part.start != first.start + step * place or elsewhere != steps_elsewhere[0] or (size != 1 and part.steps[axis] != step):
                return None
            place = place + size
        return Ramp(first.start, (*first.steps[:axis], step, *first.steps[axis + 1 :]))

    def _computed(self, op: inf.Binary, shape: Shape) -> Ramp | None:
        a, b = self._spread(op.lhs, shape), self._spread(op.rhs, shape)
        if a is None or b is None:
            return None
        if isinstance(op, inf.MulOp):
            a, b = (b, a) if a.number is not None else (a, b)
            return None if b.number is None else Ramp(a.start * b.number, tuple(s * b.number for s in a.steps))
        return a.plus(b, 1 if isinstance(op, inf.AddOp) else -1)

    def difference(self, op: inf.CompareOp) -> Ramp | None:
        """lhs - rhs of a comparison of integers."""
        a, b = (self._spread(v, self.shapes[op.result]) for v in (op.lhs, op.rhs))
        return None if a is None or b is None or is_boolean(op.lhs) else a.plus(b, -1)

    def _decided(self, op: Operation, shape: Shape) -> Ramp | None:
        """Booleans that are the same everywhere."""
        if isinstance(op, inf.CompareOp):
            lead = self.difference(op)
            if lead is None or lead.number is None:
                return None
            value = op.reference(np.array(lead.number), np.array(0))
        else:
            numbers = [x.number for v in op.operands if (x := self.of(v)) is not None and x.number is not None]
            if len(numbers) < len(op.operands):
                return None
            value = op.evaluate([np.array(n, np.bool_) for n in numbers])[0] if isinstance(op, inf.InferenceOp) else None
        return Ramp(int(np.asarray(value)), (0,) * len(shape))


def is_boolean(value: SSAValue) -> bool:
    """Whether a tensor is of booleans."""
    return isinstance(value.type, TensorType) and value.type.element_type == IntegerType(1)


def followed(value: SSAValue) -> bool:
    """Whether a value is a tensor of integers or booleans."""
    return isinstance(value.type, TensorType) and isinstance(value.type.element_type, IntegerType)


def truth(x: Ramp) -> Ramp | None:
    """A number as a boolean."""
    return None if x.number is None else Ramp(int(x.number != 0), x.steps)


def unit_free(ramp: Ramp, shape: Shape) -> Ramp:
    """A ramp with the steps of axes of length 1 left out."""
    return Ramp(ramp.start, tuple(0 if d == 1 else s for s, d in zip(ramp.steps, shape, strict=True)))
