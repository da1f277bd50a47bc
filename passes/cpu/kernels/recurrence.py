"""`cpu.recurrence`: a loop over steps in main, each one launch for each product; a task makes some units of the next states.

A state that is rounded has a launch before them, whose tasks are directions.
"""

from __future__ import annotations

from typing import Any

from xdsl.dialects import math
from xdsl.dialects.builtin import DYNAMIC_INDEX, IntegerType, MemRefType, Signedness, f32
from xdsl.ir import Region, SSAValue

from inferir.dialects.cpu.program import ViewOp
from inferir.dialects.cpu.recurrence import RecurrenceOp
from inferir.dialects.cpu.uk import CellTileOp, MapOp, ReduceRowOp
from inferir.passes.cpu.inference_to_cpu.building import Scalars, epilogue
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.gemm import each_panel, each_rows
from inferir.passes.cpu.kernels.kernel import MOST_TASKS, Lowering, divide, estimate

STEP_FLOPS = 200_000
"""Work of a task within one step: threads meet after every step, so parts are small and there are few of them."""
LOW, DISTANCE, ZERO = range(3)
"""Where the numbers of a range lie."""
UI8 = IntegerType(8, Signedness.UNSIGNED)
ACCUMULATORS = 24
"""Vector registers for the sums of a tile."""


def lower_recurrence(op: RecurrenceOp, lowering: Lowering) -> None:
    """One kernel for each product, launched again and again."""
    host = lowering.host
    steps = host.sizes(lowering.normal(op.x))[0]
    first = 0
    kernels = []
    for stage, (weights, region, gates) in enumerate(op.stages()):
        kernels.append(_Step(op, lowering, stage, weights, region, gates, first))
        first += gates

    def one(step: Index) -> None:
        if op.rounded:
            launch_rounding(op, lowering, step)
        for kernel in kernels:
            kernel.launch(step)

    host.loop(0, steps, 1, one, "step")


def range_of(op: RecurrenceOp, lowering: Lowering, *columns: int) -> SSAValue:
    """The numbers of each direction's range, [D, 3, 1], with more dimensions of 1."""
    assert op.workspace is not None
    return lowering.host.view(lowering.normal(op.workspace), [op.directions, 3, 1, *columns], None)


def levels_of(op: RecurrenceOp, lowering: Lowering) -> SSAValue:
    """The state as bytes, [D, B, H], behind the ranges."""
    assert op.workspace is not None
    host, workspace, batch = lowering.host, lowering.normal(op.workspace), lowering.host.sizes(lowering.normal(op.x))[1]
    type = MemRefType(UI8, [op.directions, batch if isinstance(batch, int) else DYNAMIC_INDEX, op.hidden])
    sizes = [] if isinstance(batch, int) else [batch]
    return host.add_op(ViewOp(workspace, host.value(3 * 4 * op.directions), sizes, type)).results[0]


def launch_rounding(op: RecurrenceOp, lowering: Lowering, step: Index) -> None:
    """Round what the step reads of the first state, [2, D, B, H] as [2, D, 1, B * H]: in place, or into a buffer of bytes. Nothing where there
    are no samples."""
    host, state = lowering.host, lowering.normal(op.states[0])
    batch = host.size(state, 2)
    length = host.mul(batch, op.hidden)
    named = {"step": host.value(step), "s": host.view(state, [2, op.directions, 1, length], None), "range": range_of(op, lowering)}
    if op.scales is not None:
        named["levels"] = host.view(levels_of(op, lowering), [op.directions, 1, length], None)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        def within(number: int) -> tuple[SSAValue, list[SSAValue]]:
            return arg["range"], k.values((k.task, number, 0))

        rows = (arg["s"], k.values((k.rem(arg["step"], 2), k.task, 0, 0)))
        count = k.size(arg["s"], 3)
        low, scale, zero = within(LOW), within(DISTANCE), within(ZERO)
        k.add_op(ReduceRowOp.of([rows], [low], k.values((count,)), lowering.region(epilogue(1, least)), kind="min"))
        k.add_op(ReduceRowOp.of([rows, low], [scale], k.values((count,)), lowering.region(epilogue(2, distance)), kind="max"))
        if op.scales is None:
            k.add_op(MapOp.of([rows, low, scale], [rows], k.values((1, count)), lowering.region(epilogue(3, nearest))))
            return
        levels = (arg["levels"], k.values((k.task, 0, 0)))
        k.add_op(MapOp.of([low, scale], [zero], k.values((1, 1)), lowering.region(epilogue(2, level_of_zero))))
        k.add_op(MapOp.of([rows, scale, zero], [levels], k.values((1, count)), lowering.region(epilogue(3, as_byte))))

    tasks = host.mul(host.minimum(batch, 1), op.directions)
    lowering.launch("round_state", tasks, named, body)


def least(s: Scalars, smallest: SSAValue) -> SSAValue:
    """The start of a range that includes 0."""
    return s.min(smallest, s.const(0.0))


def distance(s: Scalars, largest: SSAValue, low: SSAValue) -> SSAValue:
    """How far the 256 numbers of the range that starts at `low` are apart; 1 where it is empty."""
    high = s.max(largest, s.const(0.0))
    return s.select(s.compare("ogt", high, low), s.div(s.sub(high, low), s.const(255.0)), s.const(1.0))


def nearest(s: Scalars, x: SSAValue, low: SSAValue, scale: SSAValue) -> SSAValue:
    """x as the nearest of the numbers of the range, as `rounded_by_range` says it."""
    zero = level_of_zero(s, low, scale)
    return s.mul(s.sub(level(s, x, scale, zero), zero), scale)


def level_of_zero(s: Scalars, low: SSAValue, scale: SSAValue) -> SSAValue:
    """Which number of the range is 0."""
    return s.do(math.RoundEvenOp, s.div(s.sub(s.const(0.0), low), scale))


def level(s: Scalars, x: SSAValue, scale: SSAValue, zero: SSAValue) -> SSAValue:
    """The number of the range that is the nearest to x, counted from 0."""
    return s.clamp(s.add(s.do(math.RoundEvenOp, s.div(x, scale)), zero), 0.0, 255.0)


def as_byte(s: Scalars, x: SSAValue, scale: SSAValue, zero: SSAValue) -> SSAValue:
    """`level` as a byte."""
    return s.convert(level(s, x, scale, zero), f32, UI8)


class _Step:
    """The kernel of one product."""

    def __init__(self, op: RecurrenceOp, lowering: Lowering, stage: int, weights: SSAValue, region: Region, gates: int, first: int):
        self.op, self.lowering, self.region, self.gates, self.first = op, lowering, region, gates, first
        self.source = 0 if stage == 0 else len(op.states) - 1
        self.last = stage == len(op.stages()) - 1
        shape = weights.type.get_shape()  # pyright: ignore[reportAttributeAccessIssue]
        self.panels, self.hidden, width = shape[0] // op.directions, op.hidden, shape[2]
        self.units = width // gates
        x = lowering.normal(op.x)
        assert isinstance(x.type, MemRefType)
        self.batch = x.type.get_shape()[1]
        self.rows = max(1, ACCUMULATORS * 16 // width)
        if self.batch != DYNAMIC_INDEX:
            self.rows = min(self.rows, max(1, self.batch))
        self.named: dict[str, SSAValue] = {"x": x, "w": lowering.normal(weights)}
        self.named |= {name: self.along_units(value) for name, value in op.per_unit()}
        if op.scales is not None:
            self.named |= {"levels": levels_of(op, lowering), "range": range_of(op, lowering, 1)}
        if op.lengths is not None:
            self.named["lengths"] = lowering.normal(op.lengths)
        self.named |= {f"s{i}": lowering.normal(s) for i, s in enumerate(op.states)} | {"y": lowering.y}

    def along_units(self, value: SSAValue) -> SSAValue:
        """[D, n] as [D, 1, n]: it does not step with the samples of a tile."""
        host = self.lowering.host
        assert isinstance(value.type, MemRefType)
        strides = value.type.get_strides() or (value.type.get_shape()[1], 1)
        count, numbers = value.type.get_shape()
        return host.view(value, [count, 1, numbers], [strides[0] or 0, numbers, 1])

    def launch(self, step: Index) -> None:
        """The launch of one step, and the kernel the first time."""
        host, hidden = self.lowering.host, self.hidden
        flops = 2 * estimate(self.batch, 8) * hidden * self.gates * hidden * self.op.directions
        parts = max(1, min(MOST_TASKS, flops // STEP_FLOPS) // self.op.directions)
        self.width = divide(self.panels, parts)
        self.blocks = -(-self.panels // self.width)
        self.block = self.rows * max(1, 16 // self.rows)
        row_blocks = host.ceil_div(host.sizes(self.named["x"])[1], self.block)
        tasks = host.mul(row_blocks, self.blocks * self.op.directions)
        self.lowering.launch("recurrence", tasks, {"step": host.value(step), **self.named}, self.body)

    def body(self, k: KernelBuilder, arg: dict[str, Any]) -> None:
        """Tiles of samples and units."""
        total, batch = k.sizes(arg["x"])[:2]
        row_blocks = k.ceil_div(batch, self.block)
        part = k.div(k.task, row_blocks)
        low = k.mul(k.rem(k.task, row_blocks), self.block)
        high = k.minimum(k.add(low, self.block), batch)
        d: Index = 0
        if self.op.directions > 1:
            d, part = k.div(part, self.blocks), k.rem(part, self.blocks)
        step = arg["step"]
        back = k.sub(k.sub(total, 1), step)
        t = step if self.op.direction == "forward" else back
        if self.op.directions > 1:
            t = k.add(step, k.mul(d, k.sub(back, step)))
        now = k.rem(step, 2)
        turns = (now, k.sub(1, now))
        first = k.mul(part, self.width)
        end = k.minimum(k.add(first, self.width), self.panels)
        rows, fixed = self.rows, self.batch

        def panel(p: Index, width: int) -> None:
            each_rows(k, low, high, rows, fixed, lambda i, count: self.tile(k, arg, (t, d, p), turns, i, count, width))

        each_panel(k, first, end, self.hidden, self.units, panel)

    def tile(
        self,
        k: KernelBuilder,
        arg: dict[str, SSAValue],
        at: tuple[Index, ...],
        turns: tuple[Index, Index],
        i: Index,
        count: int,
        width: int,
    ) -> None:
        """One microkernel. `at` is the step in time, the direction, the panel; `turns` the part of the state that is read, and the other."""
        op, hidden, (t, d, p), (now, then) = self.op, self.hidden, at, turns
        j = k.mul(p, self.units)
        all_gates = sum(op.gates)

        def state(number: int, turn: Index) -> list[Index]:
            return [turn, d, i] if number == 0 else [d, i]

        inputs = [(arg[f"s{self.source}"], [*state(self.source, now), 0]) if op.scales is None else (arg["levels"], [d, i, 0])]
        inputs += [(arg["w"], [k.add(k.mul(d, self.panels), p), 0, 0])]
        for gate in range(self.first, self.first + self.gates):
            inputs.append((arg["x"], [t, i, k.add(k.mul(d, all_gates * hidden), k.add(j, gate * hidden))]))
        for (name, _), numbers in zip(op.per_unit(), op.numbers_per_unit(), strict=True):
            inputs += [(arg[name], [d, 0, k.add(j, n * hidden)]) for n in range(numbers)]
        if op.lengths is not None:
            inputs.append((arg["lengths"], [i, 0]))
        if op.scales is not None:
            inputs += [(arg["range"], [d, number, 0, 0]) for number in (ZERO, DISTANCE)]
        states = range(len(op.states))
        inputs += [(arg[f"s{n}"], [*state(n, now), j]) for n in states]
        outputs = [(arg["y"], [t, d, i, j])] if self.last else []
        outputs += [(arg[f"s{n}"], [*state(n, then), j]) for n in states if n or self.last]
        k.add_op(
            CellTileOp.of(
                [(m, k.values(s)) for m, s in inputs],
                [(m, k.values(s)) for m, s in outputs],
                k.values((t,)),
                self.lowering.region(self.region),
                rows=count,
                units=width,
                gates=self.gates,
                depth=hidden,
            )
        )
