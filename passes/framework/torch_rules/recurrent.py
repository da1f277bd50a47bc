"""LSTM, GRU and simple recurrent nets: one recurrent op a layer, both directions in it."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten

_ORDER = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}
"""Where the gates of the recurrent op stand among torch's: i f g o for lstm, r z n for gru."""


@aten("lstm", "gru", "rnn_tanh", "rnn_relu")
def recurrent(call: Call, lo: Lowering) -> Any:
    """lstm, gru, rnn, layer upon layer"""
    if call.overload != "input":
        lo.decline("packed sequences")
    if call.get("train") and call.get("dropout"):
        lo.decline("it drops elements between layers; export the model after model.eval()")
    kind = call.packet.partition("_")[0]
    states = [t for t in (call.tensors("hx") if kind == "lstm" else [call.x("hx")]) if t is not None]
    params = [t for t in call.tensors("params") if t is not None]
    layers, both, biased = call.get("num_layers"), bool(call.get("bidirectional")), bool(call.get("has_biases"))
    directions, each = 1 + both, 4 if biased else 2
    if len(params) != layers * directions * each:
        lo.decline("projections of the state")
    x = call.x("input")
    batched = lo.rank(x) == 3
    batch_first = bool(call.get("batch_first"))
    if not batched:
        lo.decline("a sequence without a batch")
    x = lo.transpose(x, permutation=(1, 0, 2)) if batch_first else x
    lasts: list[list[SSAValue]] = []
    for layer in range(layers):
        mine = params[layer * directions * each : (layer + 1) * directions * each]
        starts = [
            lo.slice(s, starts=(layer * directions,), ends=((layer + 1) * directions,), axes=(0,)) if layers > 1 else s for s in states
        ]
        y, *last = _layer(lo, call.packet, x, [mine[i : i + each] for i in range(0, len(mine), each)], starts)
        lasts.append(last)
        x = lo.reshape(lo.transpose(y, permutation=(0, 2, 1, 3)), (0,), (1,), (2, 3))
    joined = [p[0] if layers == 1 else lo.concat(list(p), axis=0) for p in zip(*lasts, strict=True)]
    return [lo.transpose(x, permutation=(1, 0, 2)) if batch_first else x, *joined]


def _layer(lo: Lowering, packet: str, x: SSAValue, params: list[list[SSAValue]], states: list[SSAValue]) -> list[SSAValue]:
    """One layer: every step's state [T, D, B, H], and the states after the last."""
    kind, _, activation = packet.partition("_")
    order = _ORDER[kind]
    columns = [[_gates(lo, v, order) for v in one] for one in params]
    w, r = (lo.concat([lo.unsqueeze(c[i], [0]) for c in columns], axis=0) for i in (0, 1))
    bias = None
    if len(columns[0]) == 4:
        bias = lo.concat([lo.unsqueeze(lo.concat([c[2], c[3]], axis=0), [0]) for c in columns], axis=0)
    direction = "bidirectional" if len(params) == 2 else "forward"
    if kind == "lstm":
        return list(lo.lstm(x, w, r, bias, None, states[0], states[1], None, direction=direction))
    if kind == "gru":
        return list(lo.gru(x, w, r, bias, None, states[0], direction=direction, linear_before_reset=True))
    names = ",".join([activation] * len(params)) if activation == "relu" else None
    return list(lo.rnn(x, w, r, bias, None, states[0], direction=direction, activations=names))


def _gates(lo: Lowering, v: SSAValue, order: tuple[int, ...]) -> SSAValue:
    """The gates' rows in another order."""
    if order == tuple(range(len(order))):
        return v
    size = lo.shape(v)[0] // len(order)
    parts = lo.results_of(lo.split(v, axis=0, sizes=(size,) * len(order)))
    return lo.concat([parts[i] for i in order], axis=0)


@aten("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell")
def cell(call: Call, lo: Lowering) -> Any:
    """One step: a sequence of one"""
    kind = call.packet.partition("_")[0]
    states = [t for t in (call.tensors("hx") if kind == "lstm" else [call.x("hx")]) if t is not None]
    params = [call.x("w_ih"), call.x("w_hh"), *(b for n in ("b_ih", "b_hh") if (b := call.tensor(n)) is not None)]
    x, packet = lo.unsqueeze(call.x("input"), [0]), call.packet.removesuffix("_cell")
    _, *last = _layer(lo, packet, x, [params], [lo.unsqueeze(s, [0]) for s in states])
    return [lo.squeeze(v, [0]) for v in last]
