"""Recurrent nets: a product of the state and its weights at every step, and a scalar region that makes the next state of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import Attribute, Region, SSAValue
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, region_def, var_operand_def, var_result_def

from inferir.core.dims import Shape, shape_text
from inferir.core.op import define
from inferir.core.properties import enum, flag, ints
from inferir.core.relations import Relation, pairwise_equal, spans
from inferir.dialects.cpu.base import Kernel, any_strides, ceil_div, shape_of
from inferir.dialects.cpu.quads import QUAD, from_quads
from inferir.dialects.cpu.scalar import evaluate_block
from inferir.dialects.inference.recurrent import levels_by_range, rounded_by_range

OPERAND = TensorType.constr() | MemRefType.constr()


def pack_gates(w: np.ndarray, gates: int, units: int) -> np.ndarray:
    """[D, gates * H, K] -> [D * P, K, gates * units], P = ceil(H / units), zeros beyond H: the layout of `cpu.recurrence`'s `w`."""
    directions, rows, depth = w.shape
    hidden = rows // gates
    panels = ceil_div(hidden, units)
    padded = np.zeros((directions, gates, panels * units, depth), w.dtype)
    padded[:, :, :hidden] = w.reshape(directions, gates, hidden, depth)
    parts = padded.reshape(directions, gates, panels, units, depth).transpose(0, 2, 4, 1, 3)
    return np.ascontiguousarray(parts.reshape(directions * panels, depth, gates * units))


def unpack_gates(w: np.ndarray, directions: int, gates: int, hidden: int) -> np.ndarray:
    """[D * P, K, gates * units] -> [D, gates, K, H]."""
    panels, depth, width = w.shape
    parts = w.reshape(directions, panels // directions, depth, gates, width // gates).transpose(0, 3, 2, 1, 4)
    return parts.reshape(directions, gates, depth, -1)[..., :hidden]


@define
class RecurrenceOp(Kernel):
    """Steps over time; at each, every gate gets a sum over the state, and `cell` makes the next states of the gates.

    x          [T, B, D * G * H]: what the gates get from the input, for all steps; D directions, G gates, H hidden units
    w          [D * P, H, gates * U], packed by `pack_gates`: panel p holds units p U to p U + U of every gate; U is a multiple of 16
    second     the weights of a second product, of the last state, where one gate needs what others made (GRU); else absent
    bias       [D, n * H]: n numbers for each unit; optional
    peepholes  [D, m * H]: m more; optional
    scales     [D, 2 * G * H], where the state is rounded and w holds bytes, four rows in an i32 (`quads`): the scale of each gate, then the
               sum of its weights; optional. The sums of gates are those of bytes then, and `cell` gets two more numbers behind the lengths:
               what byte is 0, and how far bytes are apart
    lengths    [B, 1], i32: how many steps a sample has; optional
    states     on tensors, what they start with: [D, B, H], or a shape that broadcasts to it; the product is of the first.
               On buffers, their memory, which holds the start and then the state: the first is [2, D, B, H], of which step s
               reads part s % 2 and writes the other
    workspace  on buffers, where the first state is rounded: its range in each direction, and its bytes, see `workspace_shape`
    gates      how many gates the first product makes, and the second
    rounded    before each step the first state of a direction is rounded to 8 bits, by its range over all samples (`rounded_by_range`);
               the cell sees it so too: a cell that needs it as it was keeps it in another state
    cell       of (step t, sums of the gates of the product, inputs of the same gates, bias, peepholes, length if there are lengths,
               states): yields what y gets and the next states. Before a second product it yields the next states but the first
    after      the same for the second product; empty where there is none

    Results: y [T, D, B, H], then the states after the last step, [D, B, H] each.

    Example (h = tanh(x w + h r + b), one direction):
        %y, %h = cpu.recurrence %x, %r, %h0 bias %b gates [1] {
        ^bb0(%t: f32, %sum: f32, %in: f32, %b: f32, %old: f32):
          ...
          cpu.yield %new, %new : f32, f32
        } {} : (tensor<5x2x4xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
    """

    name = "cpu.recurrence"
    merges = any_strides
    x = operand_def(OPERAND)
    w = operand_def(OPERAND)
    states = var_operand_def(OPERAND)
    second = opt_operand_def(OPERAND)
    bias = opt_operand_def(OPERAND)
    peepholes = opt_operand_def(OPERAND)
    scales = opt_operand_def(OPERAND)
    lengths = opt_operand_def(OPERAND)
    workspace = opt_operand_def(MemRefType)
    outs = opt_operand_def(MemRefType)
    direction = enum("forward", "reverse", "bidirectional")
    gates = ints((1,))
    rounded = flag()
    cell = region_def()
    after = region_def()
    ys = var_result_def(TensorType)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    @property
    def directions(self) -> int:
        """D"""
        return 2 if self.direction == "bidirectional" else 1

    @property
    def hidden(self) -> int:
        """H"""
        whole = shape_of(self.x.type)[2] if self.scales is not None else None
        return int(whole) // (self.directions * sum(self.gates)) if whole is not None else int(shape_of(self.w.type)[1])  # pyright: ignore

    def per_unit(self) -> list[tuple[str, Any]]:
        """Names and values of the operands that hold numbers for each unit, of those that there are."""
        named = (("bias", self.bias), ("peepholes", self.peepholes), ("scales", self.scales))
        return [(name, value) for name, value in named if value is not None]

    def numbers_per_unit(self) -> list[int]:
        """How many numbers each of them holds for a unit."""
        return [int(shape_of(v.type)[1]) // self.hidden for _, v in self.per_unit()]  # pyright: ignore[reportArgumentType]

    def stages(self) -> list[tuple[Any, Region, int]]:
        """(weights, region, gates) of each product."""
        first = (self.w, self.cell, self.gates[0])
        return [first] if self.second is None else [first, (self.second, self.after, self.gates[1])]

    def size_relations(
        self,
        x: Shape,
        w: Shape,
        states: Any,
        second: Any = None,
        bias: Any = None,
        peepholes: Any = None,
        scales: Any = None,
        lengths: Any = None,
        *memory: Any,
    ) -> Iterator[Relation]:
        """What one step takes of each operand."""
        if len(x) != 3 or len(w) != 3:
            return
        count, hidden = self.directions, w[1] if scales is None else self.hidden
        if scales is not None:
            yield Relation(w[1], ceil_div(hidden, QUAD), f"w is {shape_text(w)}, the bytes of {hidden} units are others")
        says = f"x is {shape_text(x)}, {count} x {sum(self.gates)} gates of {hidden} units do not fit"
        yield Relation(x[2], count * sum(self.gates) * hidden, says)
        for state in states if self.outs is None else ():
            yield from spans(state, (count, x[1], hidden), f"a state of {shape_text(state)} does not span {count} x {x[1]} x {hidden}")
        for name, given in (("bias", bias), ("peepholes", peepholes), ("scales", scales)):
            if given is not None:
                yield Relation(given[0], count, f"{name} is {shape_text(given)}, there are {count} directions")
        if second is not None:
            yield Relation(second[1], hidden, f"the second weights are {shape_text(second)}, there are {hidden} units")
        if lengths is not None:
            yield from pairwise_equal(lengths[:1], x[1:2], f"lengths are {shape_text(lengths)}, the batch {x[1]}")

    def infer_shape(self, x: Shape, w: Shape, *others: Any) -> Any:
        """y and the states."""
        if len(x) != 3 or len(w) != 3:
            self.error(f"x is {shape_text(x)}, w {shape_text(w)}; both need three dimensions")
        hidden = w[1] if self.scales is None else self.hidden
        return [(x[0], self.directions, x[1], hidden), *[(self.directions, x[1], hidden)] * len(self.states)]

    def infer_types(self) -> list[Attribute]:
        return super().infer_types() if self.outs is None else []

    def workspace_shape(self, shape: Callable[[SSAValue], Shape]) -> Shape:
        """Three numbers for each direction: the least element of its first state, or 0 if that is less, the distance of the numbers it is
        rounded to, and which of them is 0. Then, where w holds bytes, room for the state as such, [D, B, H]."""
        count, batch = self.directions, shape(self.x)[1]
        room = ceil_div(batch * (count * self.hidden), 4) if self.scales is not None else 0
        return (room + 3 * count,)

    def infer_dtype(self, x: Any, *others: Any) -> Any:
        """x's."""
        return [x] * (1 + len(self.states))

    def check(self) -> None:
        """Regions take what the operands give them."""
        if self.outs is not None:
            self.check_strides()
        if not self.states or len(self.gates) != (1 if self.second is None else 2):
            self.error("has a state, and a number of gates for each product")
        if (self.workspace is not None) != (self.rounded and self.outs is not None):
            self.error("has a workspace on buffers where the state is rounded, else none")
        if self.scales is not None and not (self.rounded and self.second is None):
            self.error("has scales where the state is rounded and there is one product")
        units = sum(self.numbers_per_unit()) + (self.lengths is not None) + 2 * (self.scales is not None)
        for position, (weights, region, gates) in enumerate(self.stages()):
            shape = shape_of(weights.type)
            if int(shape[2]) % (16 * gates) or shape[0] * shape[2] < self.directions * gates * self.hidden:  # pyright: ignore
                self.error(f"weights {shape_text(shape)} do not hold {gates} gates of {self.hidden} units in panels of a multiple of 16")
            takes = 1 + 2 * gates + units + len(self.states)
            last = region is self.after or self.second is None
            gives = len(self.states) + (1 if last else -1)
            block = region.block
            if len(block.args) != takes or block.last_op is None or len(block.last_op.operands) != gives:
                self.error(f"the region of product {position} takes {takes} arguments and yields {gives}")

    def evaluate(self, operands: Sequence[Any], **context: Any) -> list[np.ndarray]:
        return super().evaluate(operands)

    def reference(
        self,
        x: np.ndarray,
        w: np.ndarray,
        states: list[np.ndarray],
        second: np.ndarray | None = None,
        bias: np.ndarray | None = None,
        peepholes: np.ndarray | None = None,
        scales: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
        workspace: None = None,
        outs: None = None,
    ) -> list[np.ndarray]:
        """numpy."""
        steps, batch, _ = x.shape
        count, hidden = self.directions, self.hidden
        inputs = x.reshape(steps, batch, count, sum(self.gates), hidden)
        w = w if scales is None else from_quads(w, hidden).astype(x.dtype)
        weights = [unpack_gates(v, count, g, hidden) for v, g in zip((w, second), self.gates, strict=False) if v is not None]
        y = np.zeros((steps, count, batch, hidden), x.dtype)
        final = [np.zeros((count, batch, hidden), x.dtype) for _ in states]
        for d in range(count):
            units = [u for v in (bias, peepholes, scales) if v is not None for u in v[d].reshape(-1, hidden)]
            units += [] if lengths is None else [lengths]
            now = [np.broadcast_to(s, (count, batch, hidden))[d] for s in states]
            backwards = self.direction == "reverse" or d == 1
            for t in reversed(range(steps)) if backwards else range(steps):
                gates = iter(range(sum(self.gates)))
                out: list[np.ndarray] = []
                seen, range_of = now[0], []
                if scales is not None:
                    seen, *range_of = levels_by_range(now[0])
                elif self.rounded:
                    now = [seen := rounded_by_range(now[0]), *now[1:]]
                for stage, (_, region, number) in enumerate(self.stages()):
                    sums = [(seen if stage == 0 else now[-1]) @ r for r in weights[stage][d]]
                    given = [inputs[t, :, d, next(gates)] for _ in range(number)]
                    out = evaluate_block(region.block, np.array(t, np.float32), *sums, *given, *units, *range_of, *now)
                    if len(out) < len(now):
                        now = [now[0], *out]
                y[t, d], *now = out
            for whole, state in zip(final, now, strict=True):
                whole[d] = state
        return [y, *final]
