"""Recurrent nets: LSTM, GRU, simple RNN, in all the forms ONNX has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from xdsl.dialects.builtin import i8
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, result_def

from inferir.core import define, enum, flag, number, numbers, string
from inferir.core.dims import Shape, differ, same, shape_text
from inferir.core.ranges import check_range
from inferir.dialects.inference.activation import sigmoid_of, softplus_of
from inferir.dialects.inference.base import InferenceOp

Function = Callable[[np.ndarray], np.ndarray]
_ACTIVATIONS: dict[str, tuple[Callable[[np.ndarray, float, float], np.ndarray], float, float]] = {
    "relu": (lambda x, a, b: np.maximum(x, 0), 0.0, 0.0),
    "tanh": (lambda x, a, b: np.tanh(x), 0.0, 0.0),
    "sigmoid": (lambda x, a, b: sigmoid_of(x), 0.0, 0.0),
    "affine": (lambda x, a, b: a * x + b, 1.0, 0.0),
    "leakyrelu": (lambda x, a, b: np.where(x >= 0, x, a * x), 0.01, 0.0),
    "thresholdedrelu": (lambda x, a, b: np.where(x >= a, x, 0), 1.0, 0.0),
    "scaledtanh": (lambda x, a, b: a * np.tanh(b * x), 1.0, 1.0),
    "hardsigmoid": (lambda x, a, b: np.clip(a * x + b, 0, 1), 0.2, 0.5),
    "elu": (lambda x, a, b: np.where(x >= 0, x, a * np.expm1(x)), 1.0, 0.0),
    "softsign": (lambda x, a, b: x / (1 + np.abs(x)), 0.0, 0.0),
    "softplus": (lambda x, a, b: softplus_of(x), 0.0, 0.0),
}
"""Activation by name: the function, the default alpha and beta. Source: ONNX LSTM-22."""


class Recurrent(InferenceOp):
    """What the recurrent nets share.

    x        [T, B, I]  (layout batch: [B, T, I])
    w        [D, gates * H, I]: input weights; D directions
    r        [D, gates * H, H]: recurrent weights
    bias     [D, 2 * gates * H]: of the input, then of the recurrence; optional
    lengths  [B]: how many steps each sample has; optional
    h0       [D, B, H]: the first state; optional  (layout batch: [B, D, H])
    y        [T, D, B, H]: every step's state  (layout batch: [B, T, D, H]); steps beyond a sample's length are zero
    last     [D, B, H]: the state after a sample's last step  (layout batch: [B, D, H])

    activations  names, separated by commas, for each direction in turn; alphas and betas their parameters in order
    clip         gates are cut to [-clip, clip] before the activation
    """

    GATES: ClassVar[int] = 1
    NAMES: ClassVar[str] = "tanh"
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    x = operand_def()
    w = operand_def()
    r = operand_def()
    bias = opt_operand_def()
    lengths = opt_operand_def()
    h0 = opt_operand_def()
    direction = enum("forward", "reverse", "bidirectional")
    layout = enum("time", "batch")
    activations = string()
    alphas = numbers()
    betas = numbers()
    clip = number()
    y = result_def()
    last = result_def()

    def infer_shape(self, x: Shape, w: Shape, r: Shape, *others: Shape | None) -> Any:
        """y and last."""
        if not len(x) == len(w) == len(r) == 3:
            self.error(f"x is {shape_text(x)}, w {shape_text(w)}, r {shape_text(r)}; all need three dimensions")
        if differ(x[2], w[2]) or differ(w[1], r[2] * self.GATES):
            self.error(f"x is {shape_text(x)}, w {shape_text(w)}, r {shape_text(r)}: sizes do not agree for {self.GATES} gates")
        directions, hidden = (2 if self.direction == "bidirectional" else 1), r[2]
        if differ(w[0], directions):
            self.error(f"w has {w[0]} directions, {self.direction} has {directions}")
        steps, batch = x[:2] if self.layout == "time" else (x[1], x[0])
        states = (directions, batch, hidden) if self.layout == "time" else (batch, directions, hidden)
        expected: dict[str, Shape] = {
            "r": (directions, w[1], hidden),
            "bias": (directions, w[1] * 2),
            "lengths": (batch,),
            "h0": states,
            "c0": states,
            "peepholes": (directions, hidden * 3),
            "scales": (directions, w[1]),
        }
        for (name, _), shape in zip(self.operand_definitions()[2:], (r, *others), strict=True):
            if shape is not None and not same(shape, expected[name]):
                self.error(f"`{name}` is {shape_text(shape)}, must be {shape_text(expected[name])}")
        if self.layout == "time":
            return [(steps, directions, batch, hidden), states]
        return [(batch, steps, directions, hidden), states]

    def infer_dtype(self, x: Any, *others: Any) -> Any:
        """x's."""
        return [x] * self.result_count()

    def check(self) -> None:
        """Activations that are known, one for each gate kind of one direction or of all."""
        names = (self.activations or self.NAMES).lower().split(",")
        unknown = [n for n in names if n not in _ACTIVATIONS]
        if unknown:
            self.error(f"activation '{unknown[0]}' is none of {', '.join(_ACTIVATIONS)}")
        count = len(self.NAMES.split(","))
        if len(names) not in (count, count * (2 if self.direction == "bidirectional" else 1)):
            self.error(f"{len(names)} activations, {self.direction} takes {count} for each direction")

    def named_activations(self, direction: int) -> list[tuple[str, float, float]]:
        """The activations of one direction: name, alpha, beta."""
        names = (self.activations or self.NAMES).lower().split(",")
        count = len(self.NAMES.split(","))
        names = names * 2 if len(names) == count else names
        alphas, betas = list(self.alphas or ()), list(self.betas or ())
        out: list[tuple[str, float, float]] = []
        for position, name in enumerate(names):
            _, alpha, beta = _ACTIVATIONS[name]
            takes_alpha, takes_beta = name not in ("relu", "tanh", "sigmoid", "softsign", "softplus"), name in _TWO
            a = alphas.pop(0) if takes_alpha and alphas else alpha
            b = betas.pop(0) if takes_beta and betas else beta
            if position // count == direction:
                out.append((name, a, b))
        return out

    def functions(self, direction: int) -> list[Function]:
        """The activations of one direction, in numpy."""
        named = self.named_activations(direction)
        return [lambda v, f=_ACTIVATIONS[name][0], a=a, b=b: f(v, a, b).astype(v.dtype) for name, a, b in named]

    def clipped(self, v: np.ndarray) -> np.ndarray:
        """A gate before its activation."""
        return v if not self.clip else np.clip(v, -self.clip, self.clip).astype(v.dtype)

    def run_directions(
        self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, lengths: np.ndarray | None, starts: list[np.ndarray | None], step: Any
    ) -> tuple[np.ndarray, ...]:
        """Run `step(direction, x_t, states, w, bias)` over time for each direction; y and the last states."""
        if self.layout == "batch":
            x = np.swapaxes(x, 0, 1)
            starts = [None if s is None else np.swapaxes(s, 0, 1) for s in starts]
        steps, batch = x.shape[:2]
        hidden = w.shape[1] // self.GATES
        lengths = np.full(batch, steps) if lengths is None else lengths
        check_range("sequence length", lengths, 0, steps + 1)
        outputs, finals = [], []
        for direction in range(w.shape[0]):
            b = np.zeros(2 * w.shape[1], x.dtype) if bias is None else bias[direction]
            states = [np.zeros((batch, hidden), x.dtype) if s is None else s[direction] for s in starts]
            backwards = self.direction == "reverse" or direction == 1
            y = np.zeros((steps, batch, hidden), x.dtype)
            for t in reversed(range(steps)) if backwards else range(steps):
                new = step(direction, x[t], states, b)
                live = (t < lengths)[:, None]
                states = [np.where(live, n, s) for n, s in zip(new, states, strict=True)]
                y[t] = np.where(live, states[0], 0)
            outputs.append(y)
            finals.append(states)
        whole = np.stack(outputs, axis=1)
        last = [np.stack([f[i] for f in finals]) for i in range(len(starts))]
        if self.layout == "batch":
            return whole.transpose(2, 0, 1, 3), *(np.swapaxes(v, 0, 1) for v in last)
        return whole, *last


def rounded_by_range(x: np.ndarray) -> np.ndarray:
    """x as the 256 numbers that ONNX's DynamicQuantizeLinear-11 spreads over its range, which includes 0."""
    levels, zero, scale = levels_by_range(x)
    return (levels - zero) * scale


def levels_by_range(x: np.ndarray) -> tuple[np.ndarray, Any, Any]:
    """(levels, zero, scale): x is about (levels - zero) * scale, levels are whole numbers of 0 to 255."""
    low, high = min(x.min(initial=0), 0), max(x.max(initial=0), 0)
    scale = x.dtype.type(high - low) / x.dtype.type(255) if high > low else x.dtype.type(1)
    zero = np.round(-low / scale)
    return np.clip(np.round(x / scale) + zero, 0, 255), zero, scale


_TWO = ("affine", "scaledtanh", "hardsigmoid")


@define
class RnnOp(Recurrent):
    """Simple recurrence: h = f(x w^T + h r^T + b). Layouts as the other recurrent ops have them: see `inference.lstm`.

    Source: ONNX RNN-22. Example:
        %y, %h = inference.rnn %x, %w, %r : (tensor<5x2x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
    """

    name = "inference.rnn"

    def reference(
        self,
        x: np.ndarray,
        w: np.ndarray,
        r: np.ndarray,
        bias: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
        h0: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:
        """numpy."""

        def step(d: int, now: np.ndarray, states: list[np.ndarray], b: np.ndarray) -> list[np.ndarray]:
            wb, rb = np.split(b, 2)
            return [self.functions(d)[0](self.clipped(now @ w[d].T + states[0] @ r[d].T + wb + rb))]

        return self.run_directions(x, w, bias, lengths, [h0], step)


@define
class GruOp(Recurrent):
    """Gated recurrent unit; gates in the order z, r, h. Layouts as the other recurrent ops have them: see `inference.lstm`.

    z = f(x wz + h rz + b), r = f(x wr + h rr + b), n = g(x wh + (r * h) rh + b), h = (1 - z) * n + z * h

    linear_before_reset  n = g(x wh + wb + r * (h rh + rb)) instead

    Source: ONNX GRU-22. Example:
        %y, %h = inference.gru %x, %w, %r : (tensor<5x2x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
    """

    name = "inference.gru"
    GATES = 3
    NAMES = "sigmoid,tanh"
    linear_before_reset = flag()

    def reference(
        self,
        x: np.ndarray,
        w: np.ndarray,
        r: np.ndarray,
        bias: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
        h0: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:
        """numpy."""

        def step(d: int, now: np.ndarray, states: list[np.ndarray], b: np.ndarray) -> list[np.ndarray]:
            (h,) = states
            f, g = self.functions(d)
            wz, wr, wh = np.split(w[d], 3)
            rz, rr, rh = np.split(r[d], 3)
            bz, br, bh, cz, cr, ch = np.split(b, 6)
            z = f(self.clipped(now @ wz.T + h @ rz.T + bz + cz))
            reset = f(self.clipped(now @ wr.T + h @ rr.T + br + cr))
            if self.linear_before_reset:
                n = g(self.clipped(now @ wh.T + reset * (h @ rh.T + ch) + bh))
            else:
                n = g(self.clipped(now @ wh.T + (reset * h) @ rh.T + bh + ch))
            return [(1 - z) * n + z * h]

        return self.run_directions(x, w, bias, lengths, [h0], step)


@define
class LstmOp(Recurrent):
    """Long short-term memory; gates in the order i, o, f, c.

    i, o, f = s(x w + h r + p * c + b), c = f * c + i * g(x wc + h rc + bc), h = o * t(c); o sees the new c

    x      [T, B, I]  (layout batch: [B, T, I])
    w, r   [D, 4 * H, I], [D, 4 * H, H]: input and recurrent weights of D directions
    bias   [D, 8 * H]: of the input, then of the recurrence; optional
    lengths  [B]: how many steps each sample has; optional
    h0, c0   [D, B, H]: the first states; optional  (layout batch: [B, D, H])
    peepholes  [D, 3 * H]: i, o, f; optional
    y, last, cell  [T, D, B, H], [D, B, H], [D, B, H]  (layout batch: [B, T, D, H], [B, D, H], [B, D, H])
    input_forget   f = 1 - i
    quantize_state h is rounded to 8 bits before its product with r, by its range over all samples of a step (`rounded_by_range`)
    scales [D, 4 * H]: what r, of i8, is multiplied by; only where the state is rounded

    Source: ONNX LSTM-22, com.microsoft DynamicQuantizeLSTM-1. Example:
        %y, %h, %c = inference.lstm %x, %w, %r : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
    """

    name = "inference.lstm"
    GATES = 4
    NAMES = "sigmoid,tanh,tanh"
    c0 = opt_operand_def()
    peepholes = opt_operand_def()
    scales = opt_operand_def()
    input_forget = flag()
    quantize_state = flag()
    cell = result_def()

    def infer_shape(self, x: Shape, w: Shape, r: Shape, *others: Shape | None) -> Any:
        """y, last, cell."""
        y, last = super().infer_shape(x, w, r, *others)
        return [y, last, last]

    def check(self) -> None:
        """Weights of bytes have scales, and meet bytes."""
        super().check()
        if (self.scales is not None) != (getattr(self.r.type, "element_type", None) == i8) or (
            self.scales is not None and not self.quantize_state
        ):
            self.error("r is of i8 where it has scales, and they stand with quantize_state")

    def reference(
        self,
        x: np.ndarray,
        w: np.ndarray,
        r: np.ndarray,
        bias: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
        h0: np.ndarray | None = None,
        c0: np.ndarray | None = None,
        peepholes: np.ndarray | None = None,
        scales: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:
        """numpy."""
        r = r if scales is None else r.astype(x.dtype) * scales[..., None]

        def step(d: int, now: np.ndarray, states: list[np.ndarray], b: np.ndarray) -> list[np.ndarray]:
            h, c = states
            f, g, t = self.functions(d)
            wb, rb = np.split(b, 2)
            seen = rounded_by_range(h) if self.quantize_state else h
            i, o, forget, new = np.split(now @ w[d].T + seen @ r[d].T + wb + rb, 4, axis=-1)
            pi, po, pf = np.split(peepholes[d], 3) if peepholes is not None else (0, 0, 0)
            i = f(self.clipped(i + pi * c))
            forget = 1 - i if self.input_forget else f(self.clipped(forget + pf * c))
            c = forget * c + i * g(self.clipped(new))
            return [f(self.clipped(o + po * c)) * t(c), c]

        return self.run_directions(x, w, bias, lengths, [h0, c0], step)
