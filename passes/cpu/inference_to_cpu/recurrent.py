"""LSTM, GRU, RNN: one product for what all steps get from the input, then `cpu.recurrence`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import arith, math
from xdsl.dialects.builtin import TensorType, f32, i32
from xdsl.ir import Region, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.cpu.quads import to_quads
from inferir.dialects.cpu.recurrence import pack_gates
from inferir.dialects.inference.recurrent import Recurrent
from inferir.passes.cpu.inference_to_cpu.building import Scalars, epilogue, not_float, reshaped, result, shape_of, transposed
from inferir.passes.cpu.inference_to_cpu.program import Program, generated

Activation = Callable[[Scalars, SSAValue, float, float], SSAValue]


def _sigmoid(s: Scalars, x: SSAValue) -> SSAValue:
    return s.div(s.const(1.0), s.add(s.const(1.0), s.do(math.ExpOp, s.sub(s.const(0.0), x))))


def _tanh(s: Scalars, x: SSAValue) -> SSAValue:
    return s.do(math.TanhOp, x)


def _positive(s: Scalars, x: SSAValue, below: SSAValue) -> SSAValue:
    return s.select(s.compare("oge", x, s.const(0.0)), x, below)


def _softplus(s: Scalars, x: SSAValue) -> SSAValue:
    small = s.do(math.ExpOp, s.sub(s.const(0.0), s.do(math.AbsFOp, x)))
    return s.add(s.max(x, s.const(0.0)), s.do(math.LogOp, s.add(s.const(1.0), small)))


ACTIVATIONS: dict[str, Activation] = {
    "relu": lambda s, x, a, b: s.max(x, s.const(0.0)),
    "tanh": lambda s, x, a, b: _tanh(s, x),
    "sigmoid": lambda s, x, a, b: _sigmoid(s, x),
    "affine": lambda s, x, a, b: s.add(s.mul(x, s.const(a)), s.const(b)),
    "leakyrelu": lambda s, x, a, b: _positive(s, x, s.mul(x, s.const(a))),
    "thresholdedrelu": lambda s, x, a, b: s.select(s.compare("oge", x, s.const(a)), x, s.const(0.0)),
    "scaledtanh": lambda s, x, a, b: s.mul(s.const(a), _tanh(s, s.mul(x, s.const(b)))),
    "hardsigmoid": lambda s, x, a, b: s.clamp(s.add(s.mul(x, s.const(a)), s.const(b)), 0.0, 1.0),
    "elu": lambda s, x, a, b: _positive(s, x, s.mul(s.const(a), s.sub(s.do(math.ExpOp, s.min(x, s.const(0.0))), s.const(1.0)))),
    "softsign": lambda s, x, a, b: s.div(x, s.add(s.const(1.0), s.do(math.AbsFOp, x))),
    "softplus": lambda s, x, a, b: _softplus(s, x),
}
"""The body of each activation that `inference.recurrent` knows, of x, alpha and beta."""


class Cell:
    """Writes the region of one product of a `cpu.recurrence`: its arguments by what they are, gates through clip and activation."""

    def __init__(self, op: Recurrent, gates: int, units: Sequence[int], states: int):
        self.op = op
        lengths = [] if op.lengths is None else [i32]
        in_bytes = isinstance(op, inf.LstmOp) and op.scales is not None
        self.s = Scalars([*[f32] * (1 + 2 * gates + sum(units)), *lengths, *[f32] * (2 * in_bytes + states)])
        rest = iter(self.s.args)
        self.step = next(rest)
        self.sums, self.inputs = [next(rest) for _ in range(gates)], [next(rest) for _ in range(gates)]
        self.units = [[next(rest) for _ in range(count)] for count in units]
        self.length = next(rest) if op.lengths is not None else None
        if in_bytes:
            self.take_bytes(self.units.pop(), next(rest), next(rest))
        self.states = list(rest)
        self.named = op.named_activations(0)

    def take_bytes(self, scales: list[SSAValue], zero: SSAValue, distance: SSAValue) -> None:
        """Make sums of bytes those of what they stand for: (sum - zero * sum of weights) * scales."""
        s, gates = self.s, len(self.sums)
        self.sums = [
            s.mul(s.sub(total, s.mul(zero, weights)), s.mul(scale, distance))
            for total, scale, weights in zip(self.sums, scales[:gates], scales[gates:], strict=True)
        ]

    def gate(self, which: int, *terms: SSAValue | None) -> SSAValue:
        """Activation `which` of the sum of the terms that there are, clipped."""
        present = [t for t in terms if t is not None]
        total = present[0]
        for term in present[1:]:
            total = self.s.add(total, term)
        return self.activation(which, total)

    def activation(self, which: int, x: SSAValue, clip: bool = True) -> SSAValue:
        """An activation by number."""
        name, a, b = self.named[which]
        if clip and self.op.clip:
            x = self.s.clamp(x, -self.op.clip, self.op.clip)
        return ACTIVATIONS[name](self.s, x, a, b)

    def done(self, y: SSAValue, *states: SSAValue) -> Region:
        """Yield y and the states; where a sample has ended, 0 and the states as they were."""
        out = [y, *states]
        if self.length is not None:
            live = self.s.compare("olt", self.step, self.s.do(arith.SIToFPOp, self.length, f32))
            out = [self.s.select(live, new, old) for new, old in zip(out, (self.s.const(0.0), *self.states), strict=True)]
        return self.passing(*out)

    def passing(self, *values: SSAValue) -> Region:
        """Yield the values."""
        self.s.block.add_op(cpu.YieldOp(*values))
        return Region(self.s.block)


def rnn_cell(op: Recurrent, units: Sequence[int]) -> list[Region]:
    """h = f(x + h r + b)"""
    cell = Cell(op, 1, units, 1)
    bias = cell.units[0][0] if units else None
    h = cell.gate(0, cell.sums[0], cell.inputs[0], bias)
    return [cell.done(h, h)]


def lstm_cell(op: inf.LstmOp, units: Sequence[int]) -> list[Region]:
    """Gates i, o, f, c; o sees the new c. Behind a state that is rounded in place stands the state as it was, for samples that have ended."""
    apart = op.quantize_state and op.scales is None
    cell = Cell(op, 4, units, 3 if apart else 2)
    if apart:
        cell.states = [cell.states[2], *cell.states[1:]]
    s, c = cell.s, cell.states[1]
    groups = list(cell.units)
    bias = groups.pop(0) if op.bias is not None else [None] * 4
    peep = groups.pop(0) if op.peepholes is not None else [None] * 3

    def gate(index: int, which: int, weight: SSAValue | None, state: SSAValue) -> SSAValue:
        seen = None if weight is None else s.mul(weight, state)
        return cell.gate(which, cell.sums[index], cell.inputs[index], bias[index], seen)

    i = gate(0, 0, peep[0], c)
    forget = s.sub(s.const(1.0), i) if op.input_forget else gate(2, 0, peep[2], c)
    new = s.add(s.mul(forget, c), s.mul(i, gate(3, 1, None, c)))
    o = gate(1, 0, peep[1], new)
    h = s.mul(o, cell.activation(2, new, clip=False))
    return [cell.done(h, h, new, *([h] if apart else []))]


def gru_cell(op: inf.GruOp, units: Sequence[int]) -> list[Region]:
    """Gates z, r, n. The reset gate multiplies either what the product gives, or the state before a second product."""
    if op.linear_before_reset:
        cell = Cell(op, 3, units, 1)
        bias = cell.units[0] if units else [None] * 3
        z, r = (cell.gate(0, cell.sums[g], cell.inputs[g], bias[g]) for g in (0, 1))
        new = cell.sums[2] if bias[2] is None else cell.s.add(cell.sums[2], bias[2])
        n = cell.gate(1, cell.s.mul(r, new), cell.inputs[2])
        h = _between(cell.s, z, n, cell.states[0])
        return [cell.done(h, h)]
    first, then = Cell(op, 2, units, 3), Cell(op, 1, units, 3)
    bias = first.units[0] if units else [None] * 3
    z, r = (first.gate(0, first.sums[g], first.inputs[g], bias[g]) for g in (0, 1))
    made = first.passing(z, first.s.mul(r, first.states[0]))
    n = then.gate(1, then.sums[0], then.inputs[0], then.units[0][2] if units else None)
    h, z, reset = then.states
    h = _between(then.s, z, n, h)
    return [made, then.done(h, h, z, reset)]


def _between(s: Scalars, z: SSAValue, n: SSAValue, h: SSAValue) -> SSAValue:
    """(1 - z) n + z h"""
    return s.add(s.mul(s.sub(s.const(1.0), z), n), s.mul(z, h))


COMPUTED = "its weights are bytes that are computed"
FEW = 3
"""With so few samples a step is bound by reading the weights: wider panels keep more sums going."""


WIDE = 128
"""Columns of the panel for few samples, where there are registers for their sums."""


def units_of(gates: int, hidden: int, batch: int, machine: cpu.Machine) -> int:
    """Units that lie side by side in a panel: 64 columns for all gates together, 128 for few samples."""
    wide = 0 < batch <= FEW and machine.accumulators * machine.lanes >= WIDE
    wanted = max(1, (WIDE if wide else 64) // (16 * gates))
    return 16 * min(wanted, -(-hidden // 16))


@rewrites(inf.LstmOp, inf.GruOp, inf.RnnOp)
def recurrent(op: Recurrent, rw: Rewriter) -> str | None:
    """x w for all steps is one cpu.gemm; the steps are a cpu.recurrence whose region is the cell"""
    c0, peepholes = (op.c0, op.peepholes) if isinstance(op, inf.LstmOp) else (None, None)
    scales = op.scales if isinstance(op, inf.LstmOp) else None
    rounded = isinstance(op, inf.LstmOp) and op.quantize_state
    reason = not_float(op.x, op.w, op.r if scales is None else None, op.bias, op.h0, c0, peepholes, scales)
    if reason is not None:
        return reason
    if scales is not None and (rw.array(op.r) is None or rw.array(scales) is None):
        return COMPUTED
    (count, rows, size), hidden, inputs = shape_of(op.w), shape_of(op.r)[2], shape_of(op.x)[2]
    if min(count, rows, size, inputs, *shape_of(op.r), *(d for v in (op.bias, peepholes) if v is not None for d in shape_of(v))) < 0:
        return "the size of the weights is not known"
    if count == 2 and op.named_activations(0) != op.named_activations(1):
        return "its directions have activations of their own"
    early = op.layout == "batch"
    x = transposed(op.x, (1, 0, 2), rw) if early else op.x
    units = [v for v in (op.bias, peepholes) if v is not None]
    per_unit = [shape_of(v)[1] // hidden // (2 if v is op.bias else 1) for v in units] + ([2 * op.GATES] if scales is not None else [])
    parts = _bias(op, rw) if op.bias is not None else None
    two = isinstance(op, inf.GruOp) and not op.linear_before_reset
    gates = (2, 1) if two else (op.GATES,)
    regions = _cell(op, per_unit)
    starts = [_start(v, early, rw) for v in ((op.h0, c0) if isinstance(op, inf.LstmOp) else (op.h0, None, None)[: 3 if two else 1])]
    starts += starts[:1] if rounded and scales is None else []
    weights, at = [], 0
    for number in gates:
        width = units_of(number, hidden, shape_of(x)[1], cpu.machine_of(op))
        if scales is None:
            part = _part(op.r, 1, at * hidden, number * hidden, rw)
            weights.append(result(cpu.PackGatesOp.make(part, gates=number, units=width), rw))
        else:
            weights.append(rw.const(to_quads(pack_gates(_known(op.r, rw), number, width))))
        at += number
    made = cpu.RecurrenceOp.make(
        _inputs(op, x, None if parts is None else parts[0], rw),
        weights[0],
        starts,
        weights[1] if two else None,
        None if parts is None else parts[1],
        peepholes,
        None
        if scales is None
        else rw.const(np.concatenate([_known(scales, rw), _known(op.r, rw).sum(2, dtype=np.int32)], 1, dtype=np.float32)),
        _lengths(op, rw),
        regions=[*regions, *[Region() for _ in range(2 - len(regions))]],
        result_types=_result_types(op, early, len(starts)),
        direction=op.direction,
        gates=gates,
        rounded=rounded,
    )
    rw.insert(made)
    y, *states = made.results
    states = [*states[2:], *states[1:2]] if rounded and scales is None else states[: len(op.results) - 1]
    if early:
        y, states = transposed(y, (2, 0, 1, 3), rw), [transposed(s, (1, 0, 2), rw) for s in states]
    rw.replace(op, [y, *states])
    return None


def _known(value: SSAValue, rw: Rewriter) -> np.ndarray:
    """The numbers of a constant."""
    array = rw.array(value)
    assert array is not None
    return array


def _cell(op: Recurrent, units: Sequence[int]) -> list[Region]:
    if isinstance(op, inf.LstmOp):
        return lstm_cell(op, units)
    return gru_cell(op, units) if isinstance(op, inf.GruOp) else rnn_cell(op, units)


def _inputs(op: Recurrent, x: SSAValue, bias: SSAValue | None, rw: Rewriter) -> SSAValue:
    """[T, B, D * gates * H]: x w + b for all steps and directions."""
    count, rows, size = shape_of(op.w)
    w = result(cpu.PackGemmOp.make(reshaped(op.w, (count * rows, size), rw), transposed=True), rw)
    extras = [] if bias is None else [reshaped(bias, (count * rows,), rw)]
    region = Region() if bias is None else epilogue(2, lambda s, acc, b: s.do(arith.AddfOp, acc, b))
    return result(cpu.GemmOp.make(x, w, extras, columns=count * rows, regions=[region]), rw)


def _bias(op: Recurrent, rw: Rewriter) -> list[SSAValue]:
    """[D, gates * H] of the input, and of the recurrence."""
    assert op.bias is not None
    size = shape_of(op.bias)[1] // 2
    return [_part(op.bias, 1, start, size, rw) for start in (0, size)]


def _part(value: SSAValue, axis: int, start: int, size: int, rw: Rewriter) -> SSAValue:
    """Positions of an axis; the value itself where they are all."""
    if shape_of(value)[axis] == size:
        return value
    return result(cpu.SliceOp.make(value, axis=axis, start=start, size=size), rw)


def _start(value: SSAValue | None, early: bool, rw: Rewriter) -> SSAValue:
    """What a state starts with, [D, B, H]; zeros where nothing is given."""
    if value is None:
        return rw.const(np.zeros((1, 1, 1), np.float32))
    return transposed(value, (1, 0, 2), rw) if early else value


def _lengths(op: Recurrent, rw: Rewriter) -> SSAValue | None:
    """[B, 1], each at most the number of steps"""
    if op.lengths is None:
        return None
    batch, time = shape_of(op.lengths)[0], 1 if op.layout == "batch" else 0

    def body(s: Program, at: list[Any], lengths: SSAValue, x: SSAValue) -> Any:
        return s.checked(s.load(lengths, at), 0, s.value(s.size(x, time)) + 1, f"{op.name}: sequence length")

    checked = result(generated([op.lengths, op.x], [batch if batch >= 0 else "x0_0"], i32, body), rw)
    return reshaped(checked, (-1, 1), rw)


def _result_types(op: Recurrent, early: bool, states: int) -> list[Any]:
    """What `cpu.recurrence` gives: y and every state, time first."""
    y, last = (v.type for v in op.results[:2])
    assert isinstance(y, TensorType) and isinstance(last, TensorType)
    steps, state = list(y.get_shape()), list(last.get_shape())
    if early:
        steps, state = [steps[1], steps[2], steps[0], steps[3]], [state[1], state[0], state[2]]
    return [TensorType(f32, steps), *[TensorType(f32, state)] * states]


@rewrites(inf.LstmOp, inf.GruOp, inf.RnnOp)
def directions_apart(op: Recurrent, rw: Rewriter) -> str | None:
    """two directions with activations of their own are two nets"""
    if op.direction != "bidirectional" or op.named_activations(0) == op.named_activations(1):
        return "one region says what both directions do"
    if isinstance(op, inf.LstmOp) and op.scales is not None and (rw.array(op.r) is None or rw.array(op.scales) is None):
        return COMPUTED
    early, made = op.layout == "batch", []
    for d, direction in enumerate(("forward", "reverse")):
        named = op.named_activations(d)
        properties: dict[str, Any] = {
            "direction": direction,
            "activations": ",".join(n for n, _, _ in named),
            "alphas": tuple(a for n, a, _ in named if n not in ("relu", "tanh", "sigmoid", "softsign", "softplus")) or None,
            "betas": tuple(b for n, _, b in named if n in ("affine", "scaledtanh", "hardsigmoid")) or None,
        }
        changes = {name: _part(v, 0, d, 1, rw) for name in ("w", "r", "bias", "peepholes") if (v := getattr(op, name, None)) is not None}
        if isinstance(op, inf.LstmOp) and op.scales is not None:  # bytes are packed now
            changes |= {name: rw.const(_known(v, rw)[d : d + 1]) for name, v in (("r", op.r), ("scales", op.scales))}
        starts = {name: _part(v, int(early), d, 1, rw) for name in ("h0", "c0") if (v := getattr(op, name, None)) is not None}
        one = op.like(**changes, **starts, **properties)
        rw.insert(one)
        made.append(one)
    axes = [2 if early else 1, *[1 if early else 0] * (len(op.results) - 1)]
    pairs = zip(made[0].results, made[1].results, axes, strict=True)
    rw.replace(op, [result(inf.ConcatOp.make([a, b], axis=axis), rw) for a, b, axis in pairs])
    return None
