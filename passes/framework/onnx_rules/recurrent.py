"""LSTM, GRU, RNN."""

from __future__ import annotations

from typing import Any

from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


@lowering("onnx", "LSTM", "GRU", "RNN")
def recurrent(op: Any, lo: Lowering) -> Any:
    """lstm, gru, rnn"""
    x, w, r, bias, lengths, h0, c0, peepholes = lo.operands(8)
    activations = attr(op, "activations")
    clip = attr(op, "clip")
    properties: dict[str, Any] = {
        "direction": op.get("direction"),
        "layout": "batch" if attr(op, "layout", 0) else "time",
        "activations": ",".join(activations).lower() if activations else None,
        "alphas": tuple(attr(op, "activation_alpha") or ()) or None,
        "betas": tuple(attr(op, "activation_beta") or ()) or None,
        "clip": clip,
    }
    match op.schema.name:
        case "LSTM":
            return lo.lstm(x, w, r, bias, lengths, h0, c0, peepholes, input_forget=bool(op.get("input_forget")), **properties)
        case "GRU":
            return lo.gru(x, w, r, bias, lengths, h0, linear_before_reset=bool(attr(op, "linear_before_reset", 0)), **properties)
        case _:
            names = properties["activations"]
            if names is not None and names == ",".join(["tanh"] * (names.count(",") + 1)):
                properties["activations"] = None
            return lo.rnn(x, w, r, bias, lengths, h0, **properties)
